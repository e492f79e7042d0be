//! The inputs and effects of a session.

use super::comments::Comment;
use super::log::{Diverged, LoggedTurn};
use super::notice::Notice;
use super::refusal::Refusal;
use super::role::Role;
use super::tally::Tally;
use crate::games::Advice;
use crate::wire::{Abilities, Standing};

/// An event that the shell reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The person entered a line (or several, pasted) at the prompt.
    Line(String),
    /// The person entered a line (or several, pasted) without a prompt, ahead of their turn.
    Ahead(String),
    /// The person entered a line over the limit, which was not kept. Its size in bytes.
    Overlong(usize),
    /// The person leaves: the end of input, Ctrl-C, a closed window, a signal.
    Hangup,
    /// A message arrived from the peer.
    Text(String),
    /// The peer has recorded and shown this many turns.
    Receipt(u64),
    /// The greeting has told what the peer can do.
    Met(Abilities),
    /// The partner has said something without taking a turn: its number at the peer, and the words.
    Comment(u64, String),
    /// The peer has recorded and shown our comments up to this one.
    Heard(u64),
    /// The connection is lost.
    PeerGone,
    /// The peer violated the wire protocol, so the session cannot continue.
    PeerBroken,
    /// The same partner has reconnected, and its end has come this far.
    Back(Standing),
    /// The time to reconnect is over.
    GaveUp,
    /// The answer to [`Effect::Advise`].
    Advised(Option<Advice>),
    /// The answer to [`Effect::Count`].
    Counted(Tally),
}

/// Something the shell must do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Write this to the journal.
    Record(Record),
    /// Send this message to the peer: 1 to [`MAX_TEXT`](crate::wire::MAX_TEXT) bytes.
    Send(String),
    /// Tell a partner at a page this, in words that nobody here has typed: at most
    /// [`MAX_TEXT`](crate::wire::MAX_TEXT) bytes are sent.
    Tell(String),
    /// Tell the peer that this many turns have been recorded and shown here. Our next turn implies
    /// the same.
    Receipt(u64),
    /// Send this comment to the peer.
    Comment(Comment),
    /// Tell the peer that its comments up to this one have been recorded and shown here.
    Heard(u64),
    /// Show this to the person.
    Show(Notice),
    /// Ask the person for a line, starting from this draft.
    Prompt(String),
    /// Ask the person for a line without echoing it.
    PromptHidden,
    /// Keep this line, which was entered ahead, as the draft of the next prompt.
    Keep(String),
    /// Find a good move in the [running game](super::Session::game), which may take seconds, and
    /// report [`Input::Advised`].
    Advise,
    /// Add the games with this partner in other sessions to this tally, and report
    /// [`Input::Counted`].
    Count(Tally),
    /// Close the connection. The session is over.
    Close(Ending),
}

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// A turn.
    Turn(LoggedTurn),
    /// A comment, which is no turn.
    Comment(Comment),
    /// The goodbye of this end, after which there are no more turns.
    Goodbye(Role),
}

/// What a person waits for who has no prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wait {
    /// The partner's turn.
    Turn,
    /// The answer to their own question.
    Answer,
    /// The partner, whose connection is lost.
    Reconnect,
}

/// The effect of losing the connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The session ends.
    Ends,
    /// The partner may reconnect.
    Waits,
}

/// How a session ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// The person here left. The partner was told if it was connected.
    Left,
    /// The partner said goodbye.
    PartnerLeft,
    /// The connection ended without a goodbye.
    PartnerGone,
    /// The connection ended before the first turn.
    NothingSaid,
    /// The connection to a framed or raw client ended before this end had answered it. It may have
    /// been any program that connects and sends bytes.
    PartnerUnanswered,
    /// The two ends have recorded different turns.
    Diverged(Diverged),
    /// The partner's program sent a turn that its own checks must refuse.
    PartnerBrokeRule(Refusal),
}
