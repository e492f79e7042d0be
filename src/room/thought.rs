//! What the hub asks of a thread that has more time than the hub: moves of the computer and hints.

use super::table::TableId;
use crate::games::{Advice, Chance, Game, Seat, Skill};
use crate::wire::MemberId;
use serde::{Deserialize, Serialize};

/// The number of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ThoughtId(pub u64);

/// A position for which a good move is wanted.
#[derive(Debug, Clone)]
pub struct GameProblem {
    pub(super) id: ThoughtId,
    /// The game as the mover sees it; `None` if it has gone on since, and no solution is of use.
    pub(super) game: Option<Box<dyn Game>>,
    pub(super) skill: Skill,
    pub(super) seed: [u8; 32],
}

/// The answer to a problem.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Solution {
    pub(super) id: ThoughtId,
    /// A good move; `None` if no move is better than another, or the search has failed.
    pub(super) advice: Option<Advice>,
}

impl GameProblem {
    /// Searches for a move, which may take about two seconds. The same problem always has the same
    /// solution.
    #[must_use]
    pub fn solve(&self) -> Solution {
        let mut chance = Chance::new(self.seed);
        let game = self.game.as_ref();
        Solution {
            id: self.id,
            advice: game.and_then(|game| game.advise(self.skill, &mut chance)),
        }
    }

    /// The answer of a search that has failed.
    #[must_use]
    pub fn unsolved(&self) -> Solution {
        Solution {
            id: self.id,
            advice: None,
        }
    }
}

/// Problems are equal if their numbers are.
impl PartialEq for GameProblem {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for GameProblem {}

/// A problem that is being solved. A member has at most one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Thought {
    pub(super) owner: MemberId,
    pub(super) table: TableId,
    /// How often the game had changed: the solution is of no use for another position.
    pub(super) changes: u64,
    /// The seat from which the game is seen.
    pub(super) seat: Seat,
    pub(super) skill: Skill,
    pub(super) seed: [u8; 32],
    pub(super) purpose: ThoughtPurpose,
}

/// What a solution is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) enum ThoughtPurpose {
    /// The computer moves.
    Move,
    /// The owner wants a hint.
    Hint,
    /// The owner has offered the computer a draw.
    Draw,
}
