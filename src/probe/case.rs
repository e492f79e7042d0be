//! What a case is.

use super::exam::Exam;
use super::facts::{Examined, Stop};
use super::verdict::Finding;
use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// The subject of a case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Family {
    /// Whose turn it is.
    Turns,
    /// How bytes become messages.
    Bytes,
    /// A game of tictactoe.
    Game,
    /// How a conversation ends, and what comes after it.
    Ends,
}

impl Family {
    /// Every family, in the order of the report.
    pub const ALL: [Self; 4] = [Self::Turns, Self::Bytes, Self::Game, Self::Ends];

    /// The name: the part of an id before the slash.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Turns => "turns",
            Self::Bytes => "bytes",
            Self::Game => "game",
            Self::Ends => "ends",
        }
    }
}

/// Which programs a case applies to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AppliesTo {
    /// Servers and clients.
    Both,
    /// Servers: clients serve one connection.
    Servers,
}

impl AppliesTo {
    /// Whether this includes such a program.
    #[must_use]
    pub fn includes(self, examined: Examined) -> bool {
        match (self, examined) {
            (Self::Both, _) | (Self::Servers, Examined::Server) => true,
            (Self::Servers, Examined::Client) => false,
        }
    }
}

/// The running of a case.
pub(super) type Trial<'a> = Pin<Box<dyn Future<Output = Result<Finding, Stop>> + 'a>>;

/// One case: a row of the table [`CASES`](super::CASES).
#[derive(Clone, Copy)]
pub struct ProbeCase {
    /// The name: the family, a slash, and a word.
    pub id: &'static str,
    /// The family.
    pub family: Family,
    /// The course of the case, in one sentence.
    pub sentence: &'static str,
    /// The expected behaviour, without a full stop.
    pub expected: &'static str,
    /// Where to look if it does something else.
    pub look: &'static str,
    /// Where the rule is written down.
    pub source: &'static str,
    /// Which programs it applies to.
    pub applies: AppliesTo,
    /// The cases that must pass before this one says anything new.
    pub needs: &'static [&'static str],
    /// Whether it always ends the connection, so that a client has to be started again.
    pub ends: bool,
    /// Carries the case out.
    pub(super) run: for<'a> fn(&'a mut Exam) -> Trial<'a>,
}

impl fmt::Debug for ProbeCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProbeCase")
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}
