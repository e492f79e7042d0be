//! Statistics of the rounds.

/// Rounds, each with fresh processes.
pub(crate) const ROUNDS: usize = 5;

/// The figures of one round.
#[derive(Debug)]
pub(crate) struct Pair<T> {
    pub(crate) relay: T,
    pub(crate) room: T,
}

/// Medians over all rounds.
#[derive(Debug)]
pub(crate) struct Medians {
    pub(crate) relay: f64,
    pub(crate) room: f64,
    /// The median of the rounds' ratios of the room to the relay. A slow phase of the machine
    /// affects both sides of a round.
    pub(crate) ratio: f64,
}

/// The medians of one figure.
pub(crate) fn medians<T>(rounds: &[Pair<T>], figure: impl Fn(&T) -> f64) -> Medians {
    let of = |value: &dyn Fn(&Pair<T>) -> f64| median(rounds.iter().map(value).collect());
    Medians {
        relay: of(&|round| figure(&round.relay)),
        room: of(&|round| figure(&round.room)),
        ratio: of(&|round| figure(&round.room) / figure(&round.relay)),
    }
}

fn median(figures: Vec<f64>) -> f64 {
    quantile(figures, 0.5)
}

/// The quantile of the figures; NaN if there are none.
pub(crate) fn quantile(mut figures: Vec<f64>, part: f64) -> f64 {
    figures.sort_by(f64::total_cmp);
    let index = (figures.len() as f64 * part) as usize;
    figures.get(index).copied().unwrap_or(f64::NAN)
}

/// The aim of a figure.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

impl Aim {
    /// Whether `figure` meets the aim, in words.
    pub(crate) fn verdict(self, figure: f64) -> String {
        let (aim, is_reached) = match self {
            Self::AtLeast(limit) => (format!("at least {limit}"), figure >= limit),
            Self::AtMost(limit) => (format!("at most {limit}"), figure <= limit),
        };
        let verdict = if is_reached { "reached" } else { "missed" };
        format!("(aim: {aim}, {verdict})")
    }
}
