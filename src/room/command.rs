//! The commands of a room, in one table. `/help`, completion and the parser all read it.

use crate::wire::QUIT;

/// Everything that can be typed in a room besides messages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomCommand {
    /// List the commands.
    Help,
    /// List the members.
    Who,
    /// Ping all members.
    Status,
    /// Send a message, whatever it looks like.
    Say,
    /// Send a private message.
    Msg,
    /// Describe an action ("/me waves").
    Me,
    /// Change one's name.
    Nick,
    /// Show the last posts, or the last ones before a post.
    History,
    /// Find posts by their words.
    Search,
    /// Remove a member.
    Kick,
    /// Remove a member for good.
    Ban,
    /// Show the QR code of the page.
    Qr,
    /// Let somebody return.
    Unban,
    /// Silence a member.
    Mute,
    /// Let a member speak again.
    Unmute,
    /// List who is banned, removed or muted.
    Bans,
    /// Offer a game.
    Play,
    /// Accept an offered game.
    Accept,
    /// Decline an offered game.
    Decline,
    /// Make a move.
    Move,
    /// Show the board.
    Board,
    /// Watch the game of two others.
    Watch,
    /// Resign from a game.
    Resign,
    /// Show a good move.
    Hint,
    /// Describe the board in words.
    Describe,
    /// Offer a draw, or accept one.
    Draw,
    /// Offer to take back the last move, or accept that offer.
    Undo,
    /// Play the last game again.
    Rematch,
    /// Show the score against another member.
    Score,
    /// Show the results of all members.
    Results,
    /// Open, enter, start or stop a tournament.
    Tournament,
    /// List the games.
    Games,
    /// Leave the room; as the host, close it.
    Quit,
}

/// What somebody may do in a room, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// A member without special rights.
    Member,
    /// The member who may ping and remove others.
    Coordinator,
    /// The person at the server, who is no member.
    Host,
}

/// Who can use a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    Everybody,
    Members,
    CoordinatorAndHost,
    Host,
}

impl Access {
    fn includes(self, rank: Rank) -> bool {
        match self {
            Self::Everybody => true,
            Self::Members => rank != Rank::Host,
            Self::CoordinatorAndHost => rank >= Rank::Coordinator,
            Self::Host => rank == Rank::Host,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Everybody => "everybody",
            Self::Members => "members",
            Self::CoordinatorAndHost => "the host or the coordinator",
            Self::Host => "the host",
        }
    }
}

/// What follows the word of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Args {
    None,
    Optional(&'static str),
    Required(&'static str),
}

impl Args {
    fn allow(self, words: &str) -> bool {
        match self {
            Self::None => words.is_empty(),
            Self::Optional(_) => true,
            Self::Required(_) => !words.is_empty(),
        }
    }
}

/// A row of the table. A command with several words has a row for each.
#[derive(Debug)]
struct CommandSpec {
    word: &'static str,
    args: Args,
    command: RoomCommand,
    access: Access,
    help: &'static str,
}

impl CommandSpec {
    fn usage(&self) -> String {
        let word = self.word;
        match self.args {
            Args::None => word.to_owned(),
            Args::Optional(args) => format!("{word} [{args}]"),
            Args::Required(args) => format!("{word} {args}"),
        }
    }
}

const COMMANDS: &[CommandSpec] = &[
    CommandSpec {
        word: "/help",
        args: Args::None,
        command: RoomCommand::Help,
        access: Access::Everybody,
        help: "list the commands",
    },
    CommandSpec {
        word: "/who",
        args: Args::None,
        command: RoomCommand::Who,
        access: Access::Everybody,
        help: "list the members",
    },
    CommandSpec {
        word: "/say",
        args: Args::Required("TEXT"),
        command: RoomCommand::Say,
        access: Access::Everybody,
        help: "send a message to everybody, even if it looks like a move",
    },
    CommandSpec {
        word: "/msg",
        args: Args::Required("NAME TEXT"),
        command: RoomCommand::Msg,
        access: Access::Everybody,
        help: "send a private message",
    },
    CommandSpec {
        word: "/me",
        args: Args::Required("TEXT"),
        command: RoomCommand::Me,
        access: Access::Everybody,
        help: "describe an action, such as /me waves",
    },
    CommandSpec {
        word: "/nick",
        args: Args::Required("NAME"),
        command: RoomCommand::Nick,
        access: Access::Members,
        help: "change your name",
    },
    CommandSpec {
        word: "/history",
        args: Args::Optional("N [POST]"),
        command: RoomCommand::History,
        access: Access::Everybody,
        help: "show the last N posts (default 20), or those before the post with this number",
    },
    CommandSpec {
        word: "/search",
        args: Args::Required("WORDS"),
        command: RoomCommand::Search,
        access: Access::Everybody,
        help: "find posts that contain all of these words",
    },
    CommandSpec {
        word: "/games",
        args: Args::None,
        command: RoomCommand::Games,
        access: Access::Everybody,
        help: "list the games",
    },
    CommandSpec {
        word: "/play",
        args: Args::Required("GAME NAME"),
        command: RoomCommand::Play,
        access: Access::Members,
        help: "offer a game to a member, who moves first, or play the computer",
    },
    CommandSpec {
        word: "/accept",
        args: Args::Optional("NAME"),
        command: RoomCommand::Accept,
        access: Access::Members,
        help: "accept an offered game",
    },
    CommandSpec {
        word: "/decline",
        args: Args::Optional("NAME"),
        command: RoomCommand::Decline,
        access: Access::Members,
        help: "decline an offered game",
    },
    CommandSpec {
        word: "/move",
        args: Args::Required("MOVE"),
        command: RoomCommand::Move,
        access: Access::Members,
        help: "make a move; on your turn, the move alone is enough",
    },
    CommandSpec {
        word: "/board",
        args: Args::None,
        command: RoomCommand::Board,
        access: Access::Everybody,
        help: "show the board of the game that you play or watch",
    },
    CommandSpec {
        word: "/describe",
        args: Args::Optional("on|off"),
        command: RoomCommand::Describe,
        access: Access::Everybody,
        help: "describe the board in words, once or always",
    },
    CommandSpec {
        word: "/hint",
        args: Args::None,
        command: RoomCommand::Hint,
        access: Access::Members,
        help: "show a good move and its outcome",
    },
    CommandSpec {
        word: "/undo",
        args: Args::None,
        command: RoomCommand::Undo,
        access: Access::Members,
        help: "offer to take back your last move, or accept that offer",
    },
    CommandSpec {
        word: "/draw",
        args: Args::None,
        command: RoomCommand::Draw,
        access: Access::Members,
        help: "offer a draw, or accept one",
    },
    CommandSpec {
        word: "/resign",
        args: Args::None,
        command: RoomCommand::Resign,
        access: Access::Members,
        help: "resign from your game",
    },
    CommandSpec {
        word: "/rematch",
        args: Args::None,
        command: RoomCommand::Rematch,
        access: Access::Members,
        help: "offer your last game again; the other side moves first",
    },
    CommandSpec {
        word: "/score",
        args: Args::Optional("NAME"),
        command: RoomCommand::Score,
        access: Access::Members,
        help: "show the score against a member",
    },
    CommandSpec {
        word: "/results",
        args: Args::Optional("GAME"),
        command: RoomCommand::Results,
        access: Access::Everybody,
        help: "show who has won and lost how many games",
    },
    CommandSpec {
        word: "/tournament",
        args: Args::Optional("join|leave"),
        command: RoomCommand::Tournament,
        access: Access::Everybody,
        help: "enter a tournament or leave it, or show its table",
    },
    CommandSpec {
        word: "/tournament",
        args: Args::Required("GAME|start|stop"),
        command: RoomCommand::Tournament,
        access: Access::CoordinatorAndHost,
        help: "open a tournament of a game, start or stop it",
    },
    CommandSpec {
        word: "/watch",
        args: Args::Optional("NAME"),
        command: RoomCommand::Watch,
        access: Access::Everybody,
        help: "watch a game, or stop watching",
    },
    CommandSpec {
        word: "/status",
        args: Args::None,
        command: RoomCommand::Status,
        access: Access::CoordinatorAndHost,
        help: "ping all members and list the answers",
    },
    CommandSpec {
        word: "/kick",
        args: Args::Required("NAME"),
        command: RoomCommand::Kick,
        access: Access::CoordinatorAndHost,
        help: "remove a member for ten minutes",
    },
    CommandSpec {
        word: "/mute",
        args: Args::Required("NAME"),
        command: RoomCommand::Mute,
        access: Access::CoordinatorAndHost,
        help: "refuse the messages of a member",
    },
    CommandSpec {
        word: "/unmute",
        args: Args::Required("NAME"),
        command: RoomCommand::Unmute,
        access: Access::CoordinatorAndHost,
        help: "accept them again",
    },
    CommandSpec {
        word: "/bans",
        args: Args::None,
        command: RoomCommand::Bans,
        access: Access::CoordinatorAndHost,
        help: "list who is banned, removed or muted",
    },
    CommandSpec {
        word: "/ban",
        args: Args::Required("NAME"),
        command: RoomCommand::Ban,
        access: Access::Host,
        help: "remove a member until /unban",
    },
    CommandSpec {
        word: "/unban",
        args: Args::Required("NAME"),
        command: RoomCommand::Unban,
        access: Access::Host,
        help: "let somebody return who was banned or removed",
    },
    CommandSpec {
        word: "/qr",
        args: Args::None,
        command: RoomCommand::Qr,
        access: Access::Host,
        help: "show the QR code of the page",
    },
    CommandSpec {
        word: QUIT,
        args: Args::None,
        command: RoomCommand::Quit,
        access: Access::Members,
        help: "leave the room",
    },
    CommandSpec {
        word: QUIT,
        args: Args::None,
        command: RoomCommand::Quit,
        access: Access::Host,
        help: "close the room for everybody",
    },
    CommandSpec {
        word: "/quit",
        args: Args::None,
        command: RoomCommand::Quit,
        access: Access::Host,
        help: "close the room for everybody",
    },
];

impl RoomCommand {
    /// Whether the host closes the room with this line.
    pub(crate) fn closes(line: &str) -> bool {
        matches!(ParsedLine::of(line), ParsedLine::Command(Self::Quit, ""))
    }

    /// Whether the host asks for the QR code of the page with this line.
    pub(crate) fn shows_code(line: &str) -> bool {
        matches!(ParsedLine::of(line), ParsedLine::Command(Self::Qr, ""))
    }

    /// How the command is typed, such as `/kick NAME`.
    pub(super) fn usage(self) -> String {
        self.rows()
            .next()
            .map_or_else(String::new, CommandSpec::usage)
    }

    /// The word of the command, such as `/kick`.
    pub(super) fn word(self) -> &'static str {
        self.rows().next().map_or("", |row| row.word)
    }

    /// Who can use the command, such as `the host`.
    pub(super) fn users(self) -> &'static str {
        let access = self.rows().next().map(|row| row.access);
        access.unwrap_or(Access::Everybody).name()
    }

    pub(super) fn is_for(self, rank: Rank) -> bool {
        self.rows().any(|row| row.access.includes(rank))
    }

    /// Whether the command can be typed with these words after it.
    pub(super) fn allows(self, words: &str) -> bool {
        self.rows().any(|row| row.args.allow(words))
    }

    fn rows(self) -> impl Iterator<Item = &'static CommandSpec> {
        COMMANDS.iter().filter(move |row| row.command == self)
    }
}

/// The commands of this rank, in the order of `/help`: how each is typed, and what it does.
#[must_use]
pub fn help_lines(rank: Rank) -> Vec<(String, String)> {
    let rows = COMMANDS.iter().filter(|row| row.access.includes(rank));
    rows.map(|row| (row.usage(), row.help.to_owned())).collect()
}

/// What a line means.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ParsedLine<'a> {
    /// A command and the words after it.
    Command(RoomCommand, &'a str),
    /// A word that looks like a command and is none.
    Unknown(&'a str),
    /// Anything else: a message.
    Message(&'a str),
}

impl<'a> ParsedLine<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        if !line.starts_with('/') {
            return Self::Message(line);
        }
        let (word, words) = match line.split_once(char::is_whitespace) {
            Some((word, words)) => (word, words.trim()),
            None => (line, ""),
        };
        let mut rows = COMMANDS.iter();
        if let Some(row) = rows.find(|row| row.word.eq_ignore_ascii_case(word)) {
            return Self::Command(row.command, words);
        }
        let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
        if word.strip_prefix('/').is_some_and(is_word) {
            Self::Unknown(word)
        } else {
            Self::Message(line)
        }
    }
}
