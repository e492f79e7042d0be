//! The rules of the games, one file a game, behind the [`Game`] trait.
//!
//! A game knows two seats, judges words, and shows a [`Board`]. It knows no socket, no terminal and
//! no person. To add one, write its file and add one line to [`GAMES`].
//!
//! # Secrets
//! A game in which a seat keeps something from the other one is also [`Secrets`]. Nobody has to be
//! trusted in it: a secret is sealed before it matters and opened afterwards ([`seal`]), and each
//! end checks what it is shown. Some turns are then nobody's choice, such as the answer to a guess:
//! the program takes them by itself ([`Next::Step`]). What cannot have come of an honest program is
//! a [`Lie`], and loses the game.

use std::fmt;

mod battleship;
mod board;
mod chance;
pub mod connect4;
mod hangman;
mod rps;
pub mod seal;
mod tictactoe;
mod toss;

pub use battleship::Battleship;
pub use board::{Board, Mark, Span, Square};
pub use chance::Chance;
pub use connect4::Connect4;
pub use hangman::{Hangman, WordSource};
pub use rps::Rps;
pub use seal::GameId;
use seal::Opening;
pub use tictactoe::TicTacToe;
pub use toss::Toss;

/// Every game, in the order in which `/games` lists them.
pub const GAMES: &[Entry] = &[
    tictactoe::ENTRY,
    rps::ENTRY,
    hangman::ENTRY,
    connect4::ENTRY,
    battleship::ENTRY,
];

/// What the registry knows of a game before one is started.
#[derive(Debug)]
pub struct Entry {
    /// The word after `play`, in lower case and without spaces.
    pub name: &'static str,
    /// What it is, in half a line.
    pub about: &'static str,
    /// What may stand behind the name.
    pub options: Options,
    /// How it is set up.
    pub rules: Rules,
}

/// What may stand behind the name of a game when it is started.
#[derive(Debug)]
pub enum Options {
    /// Nothing.
    None,
    /// Some words.
    Words {
        /// What they are, for a person.
        usage: &'static str,
        /// Brings them into their one standard form, or refuses them. They come in lower case, with
        /// single spaces; no words at all are a form too.
        read: fn(&str) -> Option<String>,
    },
}

/// Sets up a game with options in their standard form.
#[derive(Debug)]
pub enum Rules {
    /// Both seats see everything.
    Open(fn(&str) -> Box<dyn Game>),
    /// The seats keep secrets from each other.
    Secret {
        /// Sets up the game of this id.
        start: fn(&str, GameId) -> Box<dyn Secrets>,
        /// Whether a room may keep the secrets of both seats and take their turns for them. Only
        /// where nothing is typed that nobody may see: people in a room see what they type.
        in_rooms: bool,
    },
}

impl Entry {
    /// Whether a third party can see to it that two others play by the rules.
    #[must_use]
    pub fn is_refereed(&self) -> bool {
        match self.rules {
            Rules::Open(_) => true,
            Rules::Secret { in_rooms, .. } => in_rooms,
        }
    }

    /// The standard form of `words` as options of this game; `None` where they are none.
    #[must_use]
    pub fn options(&self, words: &str) -> Option<String> {
        match &self.options {
            Options::None => words.is_empty().then(String::new),
            Options::Words { read, .. } => read(words),
        }
    }
}

/// A game is known by its name.
impl PartialEq for Entry {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Entry {}

/// The game that a person means by `words`: letters count, case, spaces and hyphens do not.
#[must_use]
pub fn find(words: &str) -> Option<&'static Entry> {
    let name: String = words
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect();
    GAMES.iter().find(|entry| entry.name == name)
}

/// A place at the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Seat {
    /// Moves first.
    First,
    /// Moves second.
    Second,
}

impl Seat {
    /// The seat opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::First => Self::Second,
            Self::Second => Self::First,
        }
    }
}

/// Who does what next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Next {
    /// Somebody in this seat chooses a move.
    Move(Seat),
    /// Somebody in this seat types something that nobody may see.
    Hidden(Seat),
    /// The program of this seat has nothing to choose.
    Step(Seat),
    /// Nobody: the game has ended.
    Over(Outcome),
}

impl Next {
    /// Whose turn it is.
    #[must_use]
    pub fn seat(self) -> Option<Seat> {
        match self {
            Self::Move(seat) | Self::Hidden(seat) | Self::Step(seat) => Some(seat),
            Self::Over(_) => None,
        }
    }
}

/// How a game ended by its rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This seat has won.
    Won(Seat),
    /// Nobody has won, and nobody can any more.
    Drawn,
    /// This seat has lost, because its program did what no honest one can do.
    Caught(Seat, Lie),
}

/// What only a dishonest program does. Reads behind "the client's program".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Lie {
    /// It had to seal a choice, and sent something else.
    #[error("did not seal its choice before it mattered")]
    NotSealed,
    /// It had to open what it had sealed, and sent something else.
    #[error("did not show what it had sealed")]
    NotShown,
    /// It opened a secret while it still mattered.
    #[error("showed its secret too early")]
    TooEarly,
    /// What it opened is not what it had sealed for this game.
    #[error("showed something else than it had sealed for this game")]
    Changed,
    /// What it opened breaks a rule.
    #[error("had sealed something that breaks the rules")]
    AgainstTheRules,
    /// An answer does not fit what it opened, or what it answered before.
    #[error("gave a false answer")]
    FalseAnswer,
    /// It had to do something, and did something else.
    #[error("did not do what the game asked of it")]
    NoMove,
}

/// Why words are not a legal move. Nothing has changed on the board.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Illegal {
    /// The other seat moves now, or the game is over.
    #[error("It is not your move.")]
    OutOfTurn,
    /// The words do not name a move of this game.
    #[error("That is not a move. {moves}")]
    Unreadable {
        /// What a move looks like: [`Game::moves`].
        moves: &'static str,
    },
    /// A square that the board does not have.
    #[error("There is no square {square}. {moves}")]
    OffBoard {
        /// What was typed, a few characters.
        square: String,
        /// What a move looks like: [`Game::moves`].
        moves: &'static str,
    },
    /// A square that somebody holds already.
    #[error("Square {square} is taken. Free squares: {free}.")]
    Taken {
        /// The square's number.
        square: usize,
        /// The numbers of the free squares.
        free: String,
    },
    /// A move that this game does not allow now, and why, as a sentence.
    #[error("{0}")]
    Against(String),
}

/// How well a computer partner plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skill {
    /// As a beginner.
    Easy,
    /// Looks some moves ahead.
    Medium,
    /// As well as the game allows.
    Perfect,
}

impl Skill {
    /// Every skill, the least first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Perfect];

    /// Its name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Perfect => "perfect",
        }
    }
}

/// A move to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice {
    /// What to type.
    pub words: String,
    /// What comes of it; `None` where nobody can know.
    pub forecast: Option<Forecast>,
}

/// What comes of a move when both sides play as well as can be, for who makes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Forecast {
    /// A win with the so-manieth move of one's own, this one included.
    Wins(u32),
    /// A draw.
    Draws,
    /// A loss with the so-manieth move of the other's.
    Loses(u32),
}

impl Forecast {
    /// The better, the greater: a win the sooner, a loss the later.
    #[must_use]
    pub fn worth(self) -> i64 {
        match self {
            Self::Wins(moves) => i64::from(u32::MAX - moves) + 1,
            Self::Draws => 0,
            Self::Loses(moves) => i64::from(moves) - i64::from(u32::MAX) - 1,
        }
    }
}

/// Stands in a game's sentences for what the other person is called.
pub const OTHER: &str = "{other}";

/// A running game between two seats. A reader sits in one of them.
pub trait Game: fmt::Debug + Send + Sync + CloneGame {
    /// Who does what next.
    fn next(&self) -> Next;

    /// Makes the move that `words` name for `seat` and returns the words by which any other program
    /// knows it.
    ///
    /// # Errors
    /// [`Illegal`], and the game is as it was.
    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal>;

    /// What is on the board, in words: parts of a sentence, without the last full stop.
    fn describe(&self, reader: Seat) -> String;

    /// What is on the board, drawn.
    fn board(&self, reader: Seat) -> Board {
        Board::text(&self.describe(reader))
    }

    /// What a move looks like now, as a sentence.
    fn moves(&self) -> &'static str;

    /// All moves that can be made now; where there are too many to list, or a secret is asked for,
    /// some of them or none.
    fn legal(&self) -> Vec<String>;

    /// The sign by which the board shows the pieces of `seat`, where it has such.
    fn sign(&self, seat: Seat) -> Option<char> {
        let _ = seat;
        None
    }

    /// What the reader is told when the game begins. [`OTHER`] is the other person.
    fn intro(&self, reader: Seat) -> String {
        match (reader, self.sign(reader), self.sign(reader.other())) {
            (Seat::First, Some(mine), _) => format!("you are {mine} and move first."),
            (Seat::Second, Some(mine), Some(theirs)) => {
                format!("you are {mine}, {OTHER} is {theirs} and moves first.")
            }
            (Seat::First, ..) => "you move first.".to_owned(),
            (Seat::Second, ..) => format!("{OTHER} moves first."),
        }
    }

    /// A good move for the seat that is next; `None` where the game knows no better than chance.
    /// May take up to about two seconds.
    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let _ = (skill, chance);
        None
    }
}

/// A game in which the seats keep secrets from each other. Of its two copies each knows the secrets
/// of one seat.
///
/// [`Game::play`] takes what was sent, which is never refused but as [`Outcome::Caught`]; what a
/// person types goes through [`choose`](Self::choose) first. What a turn keeps secret is handed to
/// [`keep`](Self::keep) right behind that turn, now and when a session is read from the journal.
pub trait Secrets: Game + CloneSecrets {
    /// What comes of what a person in the seat that is next has typed.
    ///
    /// # Errors
    /// [`Illegal`], and the game is as it was.
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal>;

    /// The turn that the program of the seat that is next takes by itself.
    fn step(&self, chance: &mut Chance) -> Said;

    /// Learns again what the last turn of the reader's seat has kept secret.
    fn keep(&mut self, secret: &str);

    /// What has just happened, in one or more lines for who sits in the seat `reader`; empty where
    /// there is nothing to tell. [`OTHER`] is the other person.
    fn news(&self, reader: Seat) -> String;

    /// The one in `seat` gives up. A game that wants the other one to show its secrets first goes on
    /// with [`Next::Step`]; else it is over.
    fn resign(&mut self, seat: Seat);
}

/// What comes of a person's words in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    /// A turn.
    Said(Said),
    /// Only a part of what a turn needs; the board shows it.
    Partly,
}

/// A turn in a game with secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Said {
    /// What the other end is sent.
    pub words: String,
    /// What is kept here, and needed later.
    pub secret: Option<String>,
}

impl Said {
    /// A turn without a secret.
    pub fn openly(words: impl Into<String>) -> Self {
        Self {
            words: words.into(),
            secret: None,
        }
    }

    /// The turn that opens `kept`; a seat whose secret is lost opens [nothing](Self::nothing).
    fn opening(kept: Option<&Opening>) -> Self {
        kept.map_or_else(Self::nothing, |kept| Self::openly(kept.to_string()))
    }

    /// The turn of a program that cannot show what it has sealed, because its journal was altered. No
    /// game takes these words for an answer, so that the other seat wins.
    fn nothing() -> Self {
        Self::openly("nothing")
    }
}

/// Makes a copy of any game that can be cloned.
pub trait CloneGame {
    /// The same game once more, to be played on by itself.
    fn boxed(&self) -> Box<dyn Game>;
}

impl<G: Game + Clone + 'static> CloneGame for G {
    fn boxed(&self) -> Box<dyn Game> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Game> {
    fn clone(&self) -> Self {
        self.as_ref().boxed()
    }
}

/// Makes a copy of any game with secrets that can be cloned.
pub trait CloneSecrets {
    /// The same game once more, to be played on by itself.
    fn boxed_secrets(&self) -> Box<dyn Secrets>;
}

impl<G: Secrets + Clone + 'static> CloneSecrets for G {
    fn boxed_secrets(&self) -> Box<dyn Secrets> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Secrets> {
    fn clone(&self) -> Self {
        self.as_ref().boxed_secrets()
    }
}
