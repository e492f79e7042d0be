//! The result of judging a line.

use crate::games::{Chance, GameId};
use crate::session::notice::Notice;
use crate::session::refusal::Refusal;

/// The turn of a side that has no move to make. Its program sends it automatically, so that turns
/// keep alternating.
pub(super) const NOTED: &str = "noted";

/// The verdict on a line.
#[derive(Debug)]
pub(in crate::session) enum Verdict {
    /// A turn, which has been carried out.
    Turn(Done),
    /// A request to show something. The turn does not change hands.
    Aside(Vec<Notice>),
    /// A request for something that the shell has to find out first.
    Question(Question),
    /// Not allowed; nothing has changed.
    Refused(Refusal),
    /// The end of the session.
    Quit,
}

/// A turn that has been carried out.
#[derive(Debug)]
pub(in crate::session) struct Done {
    /// The words to send, if they differ from the line.
    pub(in crate::session) words: Option<String>,
    /// The secret of this turn, known only to this side.
    pub(in crate::session) secret: Option<String>,
    /// The notices to show besides the words.
    pub(in crate::session) seen: Vec<Notice>,
    pub(in crate::session) voice: Voice,
}

impl Done {
    /// A turn whose words are for people.
    pub(super) fn aloud(words: Option<String>, seen: Vec<Notice>) -> Self {
        Self {
            words,
            secret: None,
            seen,
            voice: Voice::Aloud,
        }
    }
}

/// Whether the words of a turn are for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Voice {
    Aloud,
    /// They are a move that both sides see.
    Move,
    /// They are for programs; the notices of the turn tell people about it.
    Silent,
}

/// A question that the shell answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Question {
    Hint,
    Score,
}

/// The action that a side's turn requires.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::session) enum Awaits {
    /// A person enters a line.
    Line,
    /// A person enters something that nobody may see.
    Hidden,
    /// The program takes the turn by itself.
    Step,
}

/// The source of a line.
#[derive(Debug)]
pub(in crate::session) enum TurnOrigin<'a> {
    /// A person here typed it.
    Typed(&'a mut Chance),
    /// The partner's program sent it.
    Sent,
    /// The journal has it as a turn of this end, with this secret.
    Written(Option<&'a str>),
}

/// Facts outside the activity that a verdict depends on.
#[derive(Debug, Clone, Copy)]
pub(in crate::session) struct Circumstances {
    /// The id of a game that begins with this line.
    pub(in crate::session) id: GameId,
    /// Whether the partner has another program than tictalk, or none.
    pub(in crate::session) is_foreign: bool,
}

impl From<Result<Done, Refusal>> for Verdict {
    fn from(result: Result<Done, Refusal>) -> Self {
        match result {
            Ok(done) => Self::Turn(done),
            Err(refusal) => Self::Refused(refusal),
        }
    }
}
