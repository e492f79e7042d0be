//! What one member, or the host, is told, and the words for it: every text that the room says by
//! itself stands in this file, but for what everybody sees (see [`words`](super::words)).

use super::command::{Rank, RoomCommand, help_lines};
use super::name::NickError;
use crate::games::{Board, Entry, GAMES, Illegal, OTHER, Options};
use crate::text::{is_plain, marked};
use crate::wire::{MAX_TEXT, MemberId, Reason, Text};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Something that one person should see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RoomNotice {
    /// That was no name that can be had; the next text is taken for one.
    NotAName(NickError),
    /// The person is a member now.
    Entered {
        /// By this name.
        name: Arc<str>,
        /// With this number.
        id: MemberId,
        /// How many are here now, with this one.
        count: usize,
    },
    /// The person is the coordinator now.
    Coordinating,
    /// The list of commands.
    Help(Rank),
    /// Who is here, in the order in which they came.
    Who(Portion<Listed>),
    /// What came of a ping to everybody.
    Status(Portion<PingResult>),
    /// Somebody says this to this person only.
    Whispered {
        /// Who.
        from: Arc<str>,
        /// Foreign text.
        text: String,
    },
    /// The person has said this to somebody only.
    Whispering {
        /// To whom.
        to: Arc<str>,
        /// What.
        text: String,
    },
    /// Nothing was found.
    NothingFound,
    /// So many bytes wait for this person to be read; who falls further behind is removed.
    Behind {
        /// How many.
        bytes: usize,
    },
    /// Somebody wants to play.
    Offered {
        /// Who.
        by: Arc<str>,
        /// What.
        game: &'static Entry,
    },
    /// This person wants to play.
    Offering {
        /// With whom.
        to: Arc<str>,
        /// What.
        game: &'static Entry,
    },
    /// An offer came to nothing.
    NoGame {
        /// Who offered it.
        by: Arc<str>,
        /// To whom.
        to: Arc<str>,
        /// What.
        game: &'static Entry,
        /// Why.
        why: Fall,
    },
    /// A game begins.
    Started {
        /// Which.
        game: &'static Entry,
        /// Against whom.
        with: Arc<str>,
        /// What the rules tell this seat.
        intro: String,
        /// What a move looks like.
        moves: &'static str,
    },
    /// Somebody has moved.
    Moved {
        /// Who.
        by: Arc<str>,
        /// How; nothing where that is a secret, or is told by the board.
        words: Option<String>,
    },
    /// What has happened in a game, in its own words to one seat.
    News {
        /// The words.
        words: String,
        /// Whom they call the other one.
        other: Arc<str>,
    },
    /// The board as it stands.
    Board(TableView),
    /// The person watches a game now.
    Watching {
        /// Which.
        game: &'static Entry,
        /// Who plays it, the first seat in front.
        players: [Arc<str>; 2],
    },
    /// The person watches it no more.
    WatchingNoMore,
    /// What was typed could not be done.
    Refused(RoomRefusal),
}

/// A portion of a list. A long one comes in several, so that no notice is longer than a reader's
/// queue can hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Portion<T> {
    /// How long the whole list is, where this is its first portion.
    pub total: Option<usize>,
    /// The portion.
    pub items: Vec<T>,
}

/// What can be seen of a game.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableView {
    /// The drawing.
    pub board: Board,
    /// From whose chair it is drawn, for somebody who only watches.
    pub seen_by: Option<Arc<str>>,
    /// Whose move it is.
    pub next: NextMove,
}

/// Whose move it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextMove {
    /// The reader's; what a move looks like.
    Yours(&'static str),
    /// Somebody else's.
    Of(Arc<str>),
    /// Nobody's: the game is over.
    Nobodys,
}

/// Why an offer came to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fall {
    /// The other one does not want to.
    Declined,
    /// It was taken back for another one.
    Withdrawn,
    /// One of the two is gone, or plays with somebody else.
    Gone,
}

/// A member, as everybody may know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its number.
    pub id: MemberId,
    /// Its name.
    pub name: Arc<str>,
    /// Whether it is the coordinator.
    pub is_coordinator: bool,
    /// Whether it has a connection.
    pub is_here: bool,
    /// How long it has been a member.
    pub since: Duration,
    /// How long it has said nothing.
    pub quiet: Duration,
}

/// What came of a ping to a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingResult {
    /// Its number.
    pub id: MemberId,
    /// Its name.
    pub name: Arc<str>,
    /// Where it is, and whether it has answered; nothing while it has no connection.
    pub line: Option<(SocketAddr, PingOutcome)>,
    /// How long nothing has come from it.
    pub heard: Duration,
}

/// Whether a member has answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingOutcome {
    /// After this time.
    Came(Duration),
    /// Not yet.
    Missing,
    /// It has no program that could.
    Cannot,
}

/// Why a connection is closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Farewell {
    /// The member has said goodbye.
    Goodbye,
    /// The room is full, or waits for its store.
    Full,
    /// The name cannot be had.
    Name(NickError),
    /// Nobody has said a name.
    Nameless,
    /// The member was removed by somebody of this name.
    Kicked(Arc<str>),
    /// Nothing came from it for so long.
    Silent(Duration),
    /// It has not read what it was sent.
    Behind,
    /// The same client has connected anew.
    Replaced,
    /// The host has closed the room.
    Closed,
}

/// Why something typed could not be done. Nothing has changed by it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RoomRefusal {
    /// Over [`MAX_TEXT`].
    #[error("That message is {size} bytes long, and the limit is {MAX_TEXT}: nothing was sent.")]
    TooLong {
        /// Its bytes of UTF-8.
        size: usize,
    },
    /// More lines than a message may have.
    #[error("That message has {lines} lines, and the limit is {MAX_LINES}: nothing was sent.")]
    TooManyLines {
        /// Its lines that are not empty.
        lines: usize,
    },
    /// A search for too many words.
    #[error("A search takes at most {limit} words.")]
    TooManyWords {
        /// How many it takes.
        limit: usize,
    },
    /// A word behind a slash that is no command.
    #[error("There is no command {0}. /help lists them; a space before it sends it as text.")]
    UnknownCommand(String),
    /// A command that somebody of this rank does not have.
    #[error("{} is not for you here. /help lists what is.", .0.usage())]
    NotYours(RoomCommand),
    /// A command with too few or too many words behind it.
    #[error("Type it like this: {}", .0.usage())]
    Usage(RoomCommand),
    /// Nobody has this name.
    #[error("Nobody here is called {0}. /who lists the names.")]
    Nobody(String),
    /// It cannot be done to oneself.
    #[error("That is you.")]
    Oneself,
    /// It cannot be done to the host.
    #[error("That is the host.")]
    TheHost,
    /// The other one has no connection.
    #[error("{0} has lost the connection just now.")]
    IsAway(Arc<str>),
    /// The new name cannot be had.
    #[error(transparent)]
    Nick(#[from] NickError),
    /// No game has this name, or not with these options.
    #[error("There is no such game here. In a room you can play: {}.", games())]
    UnknownGame,
    /// Somebody plays already.
    #[error("{0} plays already.")]
    Plays(Arc<str>),
    /// The person plays already.
    #[error("You play already. /resign gives it up.")]
    YouPlay,
    /// Nobody has offered a game.
    #[error("Nobody has offered you a game.")]
    NoOffer,
    /// More than one has.
    #[error("More than one game is offered to you. Say whose: {0}.")]
    WhichOffer(String),
    /// The person does not play.
    #[error("You play no game. /play GAME NAME offers one.")]
    NoGame,
    /// There is nothing to watch.
    #[error("Nobody plays.")]
    NothingToWatch,
    /// This one does not play.
    #[error("{0} does not play.")]
    DoesNotPlay(Arc<str>),
    /// There is more than one game.
    #[error("More than one game is on. Say whose you want to watch: {0}.")]
    WhichGame(String),
    /// The rules of the game say no.
    #[error(transparent)]
    Illegal(#[from] Illegal),
}

impl RoomNotice {
    /// The notice in words: one or more lines without the last newline. Foreign text in it is not
    /// escaped yet.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::NotAName(error) => format!("{error} What is your name?"),
            Self::Entered { name, id, count } => {
                let others = match count {
                    0 | 1 => "Nobody else is here yet.".to_owned(),
                    count => format!("{count} people are here."),
                };
                format!("You are {name}, {id}. {others} /help lists what you can type.")
            }
            Self::Coordinating => {
                "You are the coordinator now: /status and /kick are yours.".to_owned()
            }
            Self::Help(rank) => help(*rank),
            Self::Who(members) => who(members),
            Self::Status(answers) => status(answers),
            Self::Whispered { from, text } => continued(&format!("(from {from}): "), text),
            Self::Whispering { to, text } => continued(&format!("(to {to}): "), text),
            Self::NothingFound => "Nothing was found.".to_owned(),
            Self::Behind { bytes } => format!(
                "You are {} KiB behind: read faster, or you will be removed.",
                bytes.div_ceil(1_024)
            ),
            Self::Offered { by, game } => format!(
                "{by} wants to play {} with you: /accept or /decline. You would move first.",
                game.name
            ),
            Self::Offering { to, game } => {
                format!("You offer {to} a game of {}.", game.name)
            }
            Self::NoGame { by, to, game, why } => {
                let game = game.name;
                match why {
                    Fall::Declined => format!("{to} does not want to play {game} with {by} now."),
                    Fall::Withdrawn => format!("{by} takes back the offer to play {game}."),
                    Fall::Gone => format!("{by} and {to} cannot play {game} now."),
                }
            }
            Self::Started {
                game,
                with,
                intro,
                moves,
            } => format!(
                "{} with {with}: {}\n{moves} /move makes one, /board shows the board, /resign \
                 gives up.",
                game.name,
                intro.replace(OTHER, with)
            ),
            Self::Moved { by, words } => match words {
                Some(words) => continued(&format!("-- {by} moves: "), words),
                None => format!("-- {by} has moved."),
            },
            Self::News { words, other } => words.replace(OTHER, other),
            Self::Board(view) => view.words(),
            Self::Watching { game, players } => {
                let [first, second] = players;
                format!(
                    "You watch {first} and {second} play {}. /watch ends it.",
                    game.name
                )
            }
            Self::WatchingNoMore => "You watch no more.".to_owned(),
            Self::Refused(refusal) => refusal.to_string(),
        }
    }

    /// The notice as texts for a program that escapes them: whole lines, as many as fit into each.
    #[must_use]
    pub fn texts(&self) -> Vec<Text> {
        let words = self.words();
        let mut texts = Vec::new();
        let mut rest = words.as_str();
        while rest.len() > MAX_TEXT {
            let most = rest.floor_char_boundary(MAX_TEXT);
            let (fitting, _) = rest.split_at(most);
            // A line that is longer than a text by itself is cut where it must be.
            let end = fitting.rfind('\n').unwrap_or(most);
            let (text, behind) = rest.split_at(end);
            texts.push(Text::cut(text.to_owned()));
            rest = behind.strip_prefix('\n').unwrap_or(behind);
        }
        texts.push(Text::cut(rest.to_owned()));
        texts
    }

    /// The notice as messages, each of at most [`MAX_TEXT`] bytes and without characters that
    /// command a terminal.
    #[must_use]
    pub fn plain(&self) -> Vec<String> {
        sanitized(self.words())
    }
}

impl TableView {
    fn words(&self) -> String {
        let mut words = String::new();
        if let Some(name) = &self.seen_by {
            let _ = writeln!(words, "From the chair of {name}:");
        }
        words.push_str(self.board.to_string().trim_end());
        match &self.next {
            NextMove::Yours(moves) => {
                let _ = write!(words, "\nYour move: /move and what you want. {moves}");
            }
            NextMove::Of(name) => {
                let _ = write!(words, "\nIt is the move of {name}.");
            }
            NextMove::Nobodys => {}
        }
        words
    }
}

impl Farewell {
    /// What a program is told, in [`Control::Refuse`](crate::wire::Control::Refuse); nothing where
    /// it has said goodbye itself.
    #[must_use]
    pub fn reason(&self) -> Option<Reason> {
        Some(match self {
            Self::Goodbye => return None,
            Self::Full => Reason::Busy,
            Self::Name(_) | Self::Nameless => Reason::Name,
            Self::Kicked(_) => Reason::Kicked,
            Self::Silent(_) | Self::Behind => Reason::Behind,
            Self::Replaced => Reason::Replaced,
            Self::Closed => Reason::Ended,
        })
    }

    /// What a person is told.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Goodbye => "Bye!".to_owned(),
            Self::Full => "The room has no place just now. Come again later.".to_owned(),
            Self::Name(error) => error.to_string(),
            Self::Nameless => "You did not say who you are.".to_owned(),
            Self::Kicked(from) => format!("You were removed from the room by {from}."),
            Self::Silent(patience) => {
                format!(
                    "You were removed: no answer for {} seconds.",
                    patience.as_secs()
                )
            }
            Self::Behind => {
                "You were removed: you did not read what was said in the room.".to_owned()
            }
            Self::Replaced => "You are in this room from another place now.".to_owned(),
            Self::Closed => "The host has closed the room.".to_owned(),
        }
    }
}

/// `text` behind `prefix`, which stands in front of each of its lines: none can then be taken for
/// somebody else's.
pub(super) fn continued(prefix: &str, text: &str) -> String {
    // Most messages are one line, and many are said in a second: bytes are looked at faster than
    // characters, and most messages have no others than these.
    if text.bytes().all(|byte| matches!(byte, b' '..=b'~')) || !text.contains(is_line_end) {
        return format!("{prefix}{text}");
    }
    let mut lines = lines_of(text);
    let shown = lines.by_ref().take(MAX_LINES);
    let mut shown: Vec<String> = shown.map(|line| format!("{prefix}{line}")).collect();
    let left = lines.count();
    if left > 0 {
        shown.push(format!("{prefix}... and {left} more lines"));
    }
    shown.join("\n")
}

/// The lines of a message that are not empty.
pub(super) fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_line_end).filter(|line| !line.is_empty())
}

/// The most lines of one message. Each stands behind the name of its author, so that without a limit
/// a message of newlines would be many times as long as it was sent.
pub(super) const MAX_LINES: usize = 64;

/// Whether some terminal begins a line behind `c`, or begins the same one again.
fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// What stands in front of the rest of a line that was too long for one message.
const REST: &str = "... ";

/// `words` for somebody without a program of ours that would escape them: in messages of at most
/// [`MAX_TEXT`] bytes, cut between lines where that is possible, and with U+FFFD for characters that
/// command a terminal, hide, or turn the order of the others round.
pub(super) fn sanitized(words: String) -> Vec<String> {
    let is_plain = is_plain(&words);
    // Most messages need no change, and many are said in a second.
    if words.len() <= MAX_TEXT && !words.is_empty() && is_plain {
        return vec![words];
    }
    let words = match is_plain {
        true => words,
        false => marked(&words, |_, clean| clean.push(char::REPLACEMENT_CHARACTER)),
    };
    let mut messages = Vec::new();
    let mut message = String::new();
    for line in words.split('\n') {
        if !message.is_empty() && message.len() + 1 + line.len() > MAX_TEXT {
            messages.push(std::mem::take(&mut message));
        }
        if !message.is_empty() {
            message.push('\n');
        }
        if line.len() <= MAX_TEXT {
            message.push_str(line);
            continue;
        }
        for c in line.chars() {
            if message.len() + c.len_utf8() > MAX_TEXT {
                messages.push(std::mem::replace(&mut message, REST.to_owned()));
            }
            message.push(c);
        }
    }
    if !message.is_empty() {
        messages.push(message);
    }
    messages
}

/// The games that can be played in a room.
fn games() -> String {
    let names = GAMES.iter().filter(|game| game.is_refereed());
    let names: Vec<&str> = names.map(|game| game.name).collect();
    names.join(", ")
}

fn help(rank: Rank) -> String {
    let mut help = String::from("What you can type at any time:");
    let lines = help_lines(rank);
    let width = lines.iter().map(|(usage, _)| usage.len()).max();
    let width = width.unwrap_or(0);
    for (usage, what) in lines {
        let _ = write!(help, "\n  {usage:width$}  {what}");
    }
    help.push_str("\nAnything else is said to everybody.");
    for game in GAMES.iter().filter(|game| game.is_refereed()) {
        let _ = write!(help, "\nGame {}: {}", game.name, game.about);
        if let Options::Words { usage, example, .. } = &game.options {
            let _ = write!(help, " ({usage}: /play {} {example} NAME)", game.name);
        }
    }
    help
}

fn who(Portion { total, items }: &Portion<Listed>) -> String {
    let mut who = match total {
        None => String::new(),
        Some(0) => "Nobody is here.".to_owned(),
        Some(1) => "1 person:".to_owned(),
        Some(count) => format!("{count} people:"),
    };
    for member in items {
        let Listed { id, name, .. } = member;
        begin_line(&mut who);
        let _ = write!(who, "  {name} {id}");
        if member.is_coordinator {
            who.push_str(", coordinator");
        }
        let (since, quiet) = (ago(member.since), ago(member.quiet));
        let _ = write!(who, ", here for {since}, quiet for {quiet}");
        if !member.is_here {
            who.push_str(", connection lost");
        }
    }
    who
}

/// Ends the line before, if there is one.
fn begin_line(text: &mut String) {
    if !text.is_empty() {
        text.push('\n');
    }
}

fn status(Portion { total, items }: &Portion<PingResult>) -> String {
    let mut status = match total {
        Some(total) => format!("{total} asked:"),
        None => String::new(),
    };
    for PingResult {
        id,
        name,
        line,
        heard,
    } in items
    {
        begin_line(&mut status);
        let _ = write!(status, "  {name} {id}");
        match line {
            None => status.push_str(", connection lost"),
            Some((from, echo)) => {
                let _ = write!(status, ", {} port {}, ", from.ip(), from.port());
                let _ = match echo {
                    PingOutcome::Came(time) => {
                        write!(status, "answered in {:.1} ms", time.as_secs_f64() * 1e3)
                    }
                    PingOutcome::Missing => write!(status, "no answer"),
                    PingOutcome::Cannot => write!(status, "cannot be asked"),
                };
            }
        }
        let _ = write!(status, ", last heard {} ago", ago(*heard));
    }
    status
}

/// A time in the one or two units that a person needs of it.
fn ago(time: Duration) -> String {
    match time.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3_600 => format!("{} min", seconds / 60),
        seconds => format!("{} h {} min", seconds / 3_600, seconds / 60 % 60),
    }
}
