//! Whose turn it is: one type for each state. A transition takes its state by value, so a turn that
//! has been spent cannot be spent again.

use std::collections::VecDeque;

/// How many messages of an impatient peer are kept while it is not its turn: the one that is read
/// next, and one more so that a `/q` or a close right after the first is still noticed.
const HELD: usize = 2;

/// The state of a session.
#[derive(Debug, Clone)]
pub(super) enum TurnState {
    Mine(MyTurn),
    Theirs(TheirTurn),
    Apart(Apart),
    Over,
}

/// It is our turn to speak.
#[derive(Debug, Clone)]
pub(super) struct MyTurn {
    held: VecDeque<String>,
}

/// It is the partner's turn to speak.
#[derive(Debug, Clone)]
pub(super) struct TheirTurn {
    receipt: Receipt,
}

/// The connection is lost and the partner may reconnect.
#[derive(Debug, Clone)]
pub(super) struct Apart {
    receipt: Receipt,
}

/// Whether the partner is known to have our last turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipt {
    Pending,
    /// It has come, or nobody waits for it.
    Received,
}

impl MyTurn {
    /// Our turn, before the peer has sent anything.
    pub(super) fn new() -> Self {
        Self {
            held: VecDeque::new(),
        }
    }

    /// Whether another early message of the peer can be kept.
    pub(super) fn can_hold(&self) -> bool {
        self.held.len() < HELD
    }

    /// Keeps a message that came before the peer's turn.
    pub(super) fn hold(&mut self, text: String) {
        self.held.push_back(text);
    }

    /// Spends the turn. Returns the partner's turn and the messages that were kept.
    pub(super) fn spend(self, receipt: Receipt) -> (TheirTurn, VecDeque<String>) {
        (TheirTurn { receipt }, self.held)
    }
}

impl TheirTurn {
    /// The partner's turn, with the receipt for our last turn in this state.
    pub(super) fn new(receipt: Receipt) -> Self {
        Self { receipt }
    }

    /// Notes the receipt for our last turn. Returns whether it was still pending.
    pub(super) fn acknowledge(&mut self) -> bool {
        std::mem::replace(&mut self.receipt, Receipt::Received) == Receipt::Pending
    }

    /// The partner has spent its turn.
    pub(super) fn spend(self) -> MyTurn {
        MyTurn::new()
    }
}

impl TurnState {
    /// The receipt for our last turn, if that was the last of all.
    pub(super) fn receipt(&self) -> Receipt {
        match self {
            Self::Theirs(TheirTurn { receipt }) | Self::Apart(Apart { receipt }) => *receipt,
            Self::Mine(_) | Self::Over => Receipt::Received,
        }
    }

    /// The state after the connection is lost.
    pub(super) fn apart(receipt: Receipt) -> Self {
        Self::Apart(Apart { receipt })
    }

    /// Takes the messages that were kept, so that they are not lost with the session.
    pub(super) fn into_held(self) -> VecDeque<String> {
        match self {
            Self::Mine(MyTurn { held }) => held,
            Self::Theirs(_) | Self::Apart(_) | Self::Over => VecDeque::new(),
        }
    }
}
