//! How well a computer partner plays, and what it suggests.

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
