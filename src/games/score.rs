//! How many games somebody has won, lost and drawn.

use crate::text::two_columns;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The finished games of one side.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Score {
    /// Games won.
    pub won: u64,
    /// Games lost.
    pub lost: u64,
    /// Games that nobody won.
    pub drawn: u64,
}

impl Score {
    /// The score as the other side sees it.
    #[must_use]
    pub fn reversed(self) -> Self {
        let Self { won, lost, drawn } = self;
        Self {
            won: lost,
            lost: won,
            drawn,
        }
    }

    /// The score in a few words, for a reader who has played against `other`.
    #[must_use]
    pub fn with(self, other: &str) -> String {
        let Self { won, lost, drawn } = self;
        format!("You {won}, {other} {lost}, drawn {drawn}")
    }

    /// The text about all games with `other`, with a row for each game.
    #[must_use]
    pub fn table(other: &str, games: &[(&str, Self)]) -> String {
        if games.is_empty() {
            return format!("You haven't finished a game with {other} yet.");
        }
        let rows: Vec<_> = games
            .iter()
            .map(|(game, score)| (*game, score.to_string()))
            .collect();
        format!("Games with {other}:{}", two_columns(&rows))
    }
}

impl fmt::Display for Score {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { won, lost, drawn } = self;
        write!(f, "won {won}, lost {lost}, drawn {drawn}")
    }
}
