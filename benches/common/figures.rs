//! Statistics of the rounds of a comparison, and the rows that show them.

use std::fmt;

/// The median, minimum and maximum of several figures; NaN if there are none.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Spread {
    least: f64,
    pub(crate) median: f64,
    greatest: f64,
}

impl Spread {
    pub(crate) fn of(mut figures: Vec<f64>) -> Self {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().unwrap_or(f64::NAN);
        Self {
            least: at(0),
            median: at(figures.len() / 2),
            greatest: at(figures.len().saturating_sub(1)),
        }
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            least,
            median,
            greatest,
        } = self;
        if !median.is_finite() {
            return f.pad("-");
        }
        let digits = match *median {
            0.0..10.0 => 3,
            10.0..1_000.0 => 1,
            _ => 0,
        };
        f.pad(&format!(
            "{median:.digits$} ({least:.digits$}..{greatest:.digits$})"
        ))
    }
}

/// Our figure and the one it is compared with.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) base: Spread,
    pub(crate) ours: Spread,
    /// The rounds' ratios of ours to the base. A slow phase of the machine affects both sides of a
    /// round, so the median of the ratios varies less than the ratio of the medians.
    pub(crate) ratio: Spread,
}

impl Comparison {
    /// Compares the figures of the rounds: the base's and ours of each.
    pub(crate) fn of(rounds: &[(f64, f64)]) -> Self {
        let spread =
            |figure: fn(&(f64, f64)) -> f64| Spread::of(rounds.iter().map(figure).collect());
        Self {
            base: spread(|(base, _)| *base),
            ours: spread(|(_, ours)| *ours),
            ratio: spread(|(base, ours)| ours / base),
        }
    }
}

/// The aim of a figure.
#[derive(Debug, Clone, Copy)]
#[allow(dead_code, reason = "not every bench has aims of both kinds")]
pub(crate) enum Aim {
    AtLeast(f64),
    AtMost(f64),
}

#[allow(dead_code, reason = "not every bench has aims")]
impl Aim {
    /// Whether the median of `figure` meets the aim, in words. `name` is that of the figure.
    pub(crate) fn verdict(self, name: &str, figure: &Spread) -> String {
        let (aim, is_reached) = match self {
            Self::AtLeast(limit) => (format!("at least {limit}"), figure.median >= limit),
            Self::AtMost(limit) => (format!("at most {limit}"), figure.median <= limit),
        };
        let verdict = if is_reached { "reached" } else { "missed" };
        format!("aim: {name} {aim}, {verdict}")
    }
}

/// Prints the heads of the columns that [`print_row`] fills.
pub(crate) fn print_heads(key: &str, base: &str, ours: &str) {
    println!("  {key:>7}  {:<22} {base:<23} {ours:<23} ratio", "");
}

/// Prints a figure: what it is of, its name or unit, both sides, their ratio, and a remark.
pub(crate) fn print_row(key: &str, what: &str, compared: &Comparison, remark: &str) {
    let Comparison { base, ours, ratio } = compared;
    let row = format!("  {key:>7}  {what:<22} {base:<23} {ours:<23} {ratio:<21} {remark}");
    println!("{}", row.trim_end());
}
