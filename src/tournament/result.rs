//! How a game of a tournament ended.

use crate::games::Seat;
use serde::{Deserialize, Serialize};

/// How a game ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// Nobody won.
    Drawn,
    /// The player in this seat won.
    Won(Seat, HowWon),
}

/// How a game was won, as the loser's reason for losing it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HowWon {
    /// By the rules of the game.
    ByPlay,
    /// The loser resigned.
    Resignation,
    /// The loser's program ended.
    Crash,
    /// The loser did not move in time.
    Timeout,
    /// The loser sent something that is no legal move.
    IllegalMove,
    /// The loser left, or could not be reached.
    Gone,
}

impl HowWon {
    /// All of them, in the order in which tables list them.
    pub const ALL: [Self; 6] = [
        Self::ByPlay,
        Self::Resignation,
        Self::Crash,
        Self::Timeout,
        Self::IllegalMove,
        Self::Gone,
    ];

    /// Whether the loser's program, rather than its play, lost the game.
    #[must_use]
    pub fn is_fault(self) -> bool {
        match self {
            Self::ByPlay | Self::Resignation => false,
            Self::Crash | Self::Timeout | Self::IllegalMove | Self::Gone => true,
        }
    }

    /// The reason in words, after "lost by".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::ByPlay => "play",
            Self::Resignation => "resignation",
            Self::Crash => "crash",
            Self::Timeout => "timeout",
            Self::IllegalMove => "illegal move",
            Self::Gone => "absence",
        }
    }
}

/// A game that is over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GameResult {
    /// The number of its fixture in the schedule, from 1.
    pub number: u32,
    /// The entrant in the first seat.
    pub first: usize,
    /// The entrant in the second seat.
    pub second: usize,
    /// How it ended.
    pub finish: Finish,
    /// The number of its session in the journal, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u64>,
    /// What happened, for a game that was lost by a fault. May quote the loser's program: foreign
    /// text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl GameResult {
    /// The entrant in this seat.
    #[must_use]
    pub fn entrant(&self, seat: Seat) -> usize {
        match seat {
            Seat::First => self.first,
            Seat::Second => self.second,
        }
    }

    /// The entrant that lost by a fault of its program, and the fault.
    #[must_use]
    pub fn fault(&self) -> Option<(usize, HowWon)> {
        match self.finish {
            Finish::Won(winner, how) if how.is_fault() => Some((self.entrant(winner.other()), how)),
            Finish::Won(..) | Finish::Drawn => None,
        }
    }
}
