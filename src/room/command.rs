//! The commands of a room, in one table: `/help`, completion and the reader of lines all come from
//! it.

use crate::wire::QUIT;

/// What can be typed that is not a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RoomCommand {
    /// List the commands.
    Help,
    /// List who is here.
    Who,
    /// Ping everybody and list the answers.
    Status,
    /// Say something to everybody, as the host.
    Say,
    /// Say something to one member.
    Msg,
    /// Say of oneself what one does.
    Me,
    /// Take another name.
    Nick,
    /// Show what was said last.
    History,
    /// Show where words were said.
    Search,
    /// Remove a member.
    Kick,
    /// Offer a game.
    Play,
    /// Agree to a game that was offered.
    Accept,
    /// Do not agree to it.
    Decline,
    /// Make a move.
    Move,
    /// Show the board.
    Board,
    /// See what two others play.
    Watch,
    /// Give up the game.
    Resign,
    /// Leave; of the host: close the room.
    Quit,
}

/// Who somebody is in a room, from the least to the most that one may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// Anybody who is in.
    Member,
    /// The member who takes care of the others.
    Coordinator,
    /// The person at the server.
    Host,
}

/// Whose a command is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    Everybodys,
    /// Who is no member cannot use it.
    Members,
    /// The coordinator's and the host's.
    Keepers,
    Hosts,
}

impl Whose {
    fn includes(self, rank: Rank) -> bool {
        match self {
            Self::Everybodys => true,
            Self::Members => rank != Rank::Host,
            Self::Keepers => rank >= Rank::Coordinator,
            Self::Hosts => rank == Rank::Host,
        }
    }
}

/// A command: the word that calls it, what stands behind the word, whose it is and what it does.
#[derive(Debug)]
struct CommandSpec(&'static str, &'static str, RoomCommand, Whose, &'static str);

use Whose::{Everybodys, Hosts, Keepers, Members};

const COMMANDS: &[CommandSpec] = &[
    CommandSpec("/help", "", RoomCommand::Help, Everybodys, "show this list"),
    CommandSpec("/who", "", RoomCommand::Who, Everybodys, "list who is here"),
    CommandSpec(
        "/msg",
        "NAME TEXT",
        RoomCommand::Msg,
        Everybodys,
        "say something to one person only",
    ),
    CommandSpec(
        "/me",
        "TEXT",
        RoomCommand::Me,
        Everybodys,
        "say what you are doing",
    ),
    CommandSpec(
        "/nick",
        "NAME",
        RoomCommand::Nick,
        Members,
        "take another name",
    ),
    CommandSpec(
        "/history",
        "[N]",
        RoomCommand::History,
        Everybodys,
        "show the last N posts, 20 if you do not say",
    ),
    CommandSpec(
        "/search",
        "WORDS",
        RoomCommand::Search,
        Everybodys,
        "show where these words were said",
    ),
    CommandSpec(
        "/play",
        "GAME NAME",
        RoomCommand::Play,
        Members,
        "offer a game to somebody, who then moves first",
    ),
    CommandSpec(
        "/accept",
        "[NAME]",
        RoomCommand::Accept,
        Members,
        "agree to a game that was offered",
    ),
    CommandSpec(
        "/decline",
        "[NAME]",
        RoomCommand::Decline,
        Members,
        "do not agree to it",
    ),
    CommandSpec(
        "/move",
        "WORDS",
        RoomCommand::Move,
        Members,
        "make a move in your game",
    ),
    CommandSpec(
        "/board",
        "",
        RoomCommand::Board,
        Everybodys,
        "show the board of your game, or of the one you watch",
    ),
    CommandSpec(
        "/watch",
        "[NAME]",
        RoomCommand::Watch,
        Everybodys,
        "see what somebody plays; again to see no more of it",
    ),
    CommandSpec(
        "/resign",
        "",
        RoomCommand::Resign,
        Members,
        "give up your game",
    ),
    CommandSpec(
        "/status",
        "",
        RoomCommand::Status,
        Keepers,
        "ping everybody and list the answers",
    ),
    CommandSpec(
        "/kick",
        "NAME",
        RoomCommand::Kick,
        Keepers,
        "remove somebody from the room",
    ),
    CommandSpec(
        "/say",
        "TEXT",
        RoomCommand::Say,
        Hosts,
        "say something to everybody",
    ),
    CommandSpec(QUIT, "", RoomCommand::Quit, Members, "leave the room"),
    CommandSpec(
        "/quit",
        "",
        RoomCommand::Quit,
        Hosts,
        "close the room for everybody",
    ),
];

impl RoomCommand {
    /// Whether the host closes the room by this line.
    #[must_use]
    pub fn closes(line: &str) -> bool {
        matches!(ParsedLine::of(line), ParsedLine::Command(Self::Quit, ""))
    }

    /// How the command is used, such as `/kick NAME`.
    #[must_use]
    pub fn usage(self) -> String {
        let row = COMMANDS
            .iter()
            .find(|CommandSpec(_, _, it, ..)| *it == self);
        row.map(usage).unwrap_or_default()
    }

    /// Whether somebody of this rank may use it.
    #[must_use]
    pub fn is_for(self, rank: Rank) -> bool {
        let mut rows = COMMANDS.iter();
        rows.any(|CommandSpec(_, _, it, whose, _)| *it == self && whose.includes(rank))
    }
}

fn usage(CommandSpec(word, arguments, ..): &CommandSpec) -> String {
    format!("{word} {arguments}").trim_end().to_owned()
}

/// What somebody of this rank can type, and what each does: one pair a line of `/help`.
#[must_use]
pub fn help_lines(rank: Rank) -> Vec<(String, String)> {
    let rows = COMMANDS
        .iter()
        .filter(|CommandSpec(_, _, _, whose, _)| whose.includes(rank));
    rows.map(|row| (usage(row), row.4.to_owned())).collect()
}

/// What a line turns out to be.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum ParsedLine<'a> {
    /// A command, and what stands behind it.
    Command(RoomCommand, &'a str),
    /// A word that begins with a slash and is no command.
    Unknown(&'a str),
    /// Anything else.
    Words(&'a str),
}

impl<'a> ParsedLine<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        let (word, behind) = match line.split_once(char::is_whitespace) {
            Some((word, behind)) => (word, behind.trim()),
            None => (line, ""),
        };
        let mut rows = COMMANDS.iter();
        if let Some(row) = rows.find(|row| row.0.eq_ignore_ascii_case(word)) {
            return Self::Command(row.2, behind);
        }
        let is_word = |text: &str| !text.is_empty() && text.chars().all(char::is_alphabetic);
        if word.strip_prefix('/').is_some_and(is_word) {
            Self::Unknown(word)
        } else {
            Self::Words(line)
        }
    }
}
