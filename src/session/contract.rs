//! What the session is told, and what it asks for.

use super::{Diverged, LoggedTurn, Notice, Refusal, Tally};
use crate::games::Advice;
use crate::wire::Standing;

/// Which end of the connection a program is. The client speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The side that listens.
    Server,
    /// The side that connects.
    Client,
}

impl Role {
    /// The role opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    /// The role as a word in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// Who did something, or who reads of it, as seen from this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person at this program.
    Me,
    /// The person, or the program, at the other end.
    Partner,
}

impl Side {
    /// The side opposite.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Me => Self::Partner,
            Self::Partner => Self::Me,
        }
    }
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A person entered a line (or several, pasted) at the prompt.
    Line(String),
    /// A person entered a line of so many bytes that it was not kept: it is over the limit.
    Overlong(usize),
    /// The person leaves: the end of input, Ctrl-C, a closed window, a signal.
    Hangup,
    /// A message came from the peer.
    Text(String),
    /// The peer has written down and shown so many turns.
    Receipt(u64),
    /// The connection is gone: nothing more comes from the peer, and nothing reaches it.
    PeerGone,
    /// The peer broke the rules of the wire: nothing that it says can be trusted any more.
    PeerBroken,
    /// The same partner has connected anew, and stands here.
    Back(Standing),
    /// The partner has been waited for long enough.
    GaveUp,
    /// What came of [`Effect::Advise`].
    Advised(Option<Advice>),
    /// What came of [`Effect::Count`].
    Counted(Tally),
}

/// What must be done about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this down.
    Record(Record),
    /// Send this message to the peer: 1 to [`MAX_TEXT`](crate::wire::MAX_TEXT) bytes.
    Send(String),
    /// Let the peer know that so many turns have been written down and shown here. A turn of ours
    /// that follows says the same.
    Receipt(u64),
    /// Tell the person.
    Show(Notice),
    /// Ask the person for a line, with this text in it already.
    Prompt(String),
    /// Ask the person for a line that is not shown while it is typed.
    PromptHidden,
    /// Find a good move in the [running game](super::Session::game), which may take some seconds, and come
    /// back with [`Input::Advised`].
    Advise,
    /// Count the games with this partner in other sessions, add them to these, and come back with
    /// [`Input::Counted`].
    Count(Tally),
    /// Close the connection: the session is over.
    Close(Ending),
}

/// What is written down of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A turn.
    Turn(LoggedTurn),
    /// The goodbye of this end; there are no more turns.
    Goodbye(Role),
}

/// What the loss of the connection means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The session is over.
    Ends,
    /// The partner may come back.
    Waits,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The person here left; the partner was told where it could be.
    Left,
    /// The partner said goodbye.
    PartnerLeft,
    /// The connection ended without a goodbye.
    PartnerGone,
    /// The connection ended before anything was said.
    NothingSaid,
    /// The connection to a framed or raw client ended before this end had said anything: whoever it
    /// was, it was no partner yet.
    PartnerUnanswered,
    /// The partner's end has written down other turns than this one.
    Diverged(Diverged),
    /// The partner's program broke a rule that it promised to check itself.
    PartnerBrokeRule(Refusal),
}
