//! Computer players: their skill, and the moves that they suggest.

use crate::text::count;
use serde::{Deserialize, Serialize};

/// How well a computer partner plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Skill {
    /// Plays like a beginner.
    Easy,
    /// Looks some moves ahead.
    Medium,
    /// Plays as well as the game allows.
    Perfect,
}

impl Skill {
    /// All skills, the weakest first.
    pub const ALL: [Self; 3] = [Self::Easy, Self::Medium, Self::Perfect];

    /// The name, in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Easy => "easy",
            Self::Medium => "medium",
            Self::Perfect => "perfect",
        }
    }

    /// The skill of this name, in any case.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|skill| skill.name().eq_ignore_ascii_case(name))
    }
}

/// A suggested move.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advice {
    /// The move, as a person types it.
    pub words: String,
    /// The result of the move; `None` if it cannot be known.
    pub forecast: Option<Forecast>,
}

impl Advice {
    /// The advice as a hint for the mover, who gets `None` in a game without good moves.
    #[must_use]
    pub fn hint(advice: Option<&Self>) -> String {
        let Some(Self { words, forecast }) = advice else {
            return "There is no hint here: any move is as good as another.".to_owned();
        };
        match forecast {
            Some(Forecast::Wins(1)) => format!("Best is {words}: it wins."),
            Some(Forecast::Wins(moves)) => {
                let moves = count(*moves, "move");
                format!("Best is {words}: it wins in {moves}, whatever the other side does.")
            }
            Some(Forecast::Draws) => {
                format!("Best is {words}: with good play on both sides it is a draw.")
            }
            Some(Forecast::Loses(moves)) => {
                let moves = count(*moves, "move");
                format!("Best is {words}, but it loses: the other side can win in {moves}.")
            }
            None => format!("{words} looks best."),
        }
    }
}

/// The result of a move under best play by both sides, as the mover sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Forecast {
    /// A win on the mover's own *n*th move, counting this one.
    Wins(u32),
    /// A draw.
    Draws,
    /// A loss on the opponent's *n*th move after this one.
    Loses(u32),
}

impl Forecast {
    /// A number that orders forecasts: sooner wins first, later losses before sooner ones.
    #[must_use]
    pub fn worth(self) -> i64 {
        match self {
            Self::Wins(moves) => i64::from(u32::MAX - moves) + 1,
            Self::Draws => 0,
            Self::Loses(moves) => i64::from(moves) - i64::from(u32::MAX) - 1,
        }
    }
}
