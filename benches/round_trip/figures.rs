//! Statistics of measured times.

use anyhow::Context as _;
use std::fmt;
use std::time::Instant;

/// Rounds of a comparison. Each one starts fresh processes, because the placement of a process in
/// memory affects all of its measurements.
pub(crate) const ROUNDS: usize = 11;

/// Times one round trip after another.
#[derive(Debug)]
pub(crate) struct Stopwatch {
    /// In microseconds.
    laps: Vec<f64>,
    skipped: usize,
    lap_began: Option<Instant>,
}

impl Stopwatch {
    /// Round trips that are measured.
    pub(crate) const LAPS: usize = 5_000;

    /// Round trips before those: the first ones meet cold caches and small buffers.
    const WARM_UP: usize = 500;

    pub(crate) fn new() -> Self {
        Self {
            laps: Vec::with_capacity(Self::LAPS),
            skipped: 0,
            lap_began: None,
        }
    }

    /// Ends the current lap, if any. Begins the next one and returns true while laps are left.
    pub(crate) fn lap(&mut self) -> bool {
        let now = Instant::now();
        match self.lap_began.replace(now) {
            Some(_) if self.skipped < Self::WARM_UP => self.skipped += 1,
            Some(began) => self.laps.push((now - began).as_secs_f64() * 1e6),
            None => {}
        }
        self.laps.len() < Self::LAPS
    }

    /// The median lap in microseconds.
    pub(crate) fn median(self) -> anyhow::Result<f64> {
        Ok(Spread::of(self.laps)?.median)
    }
}

/// The median, minimum and maximum of several figures.
#[derive(Debug)]
pub(crate) struct Spread {
    least: f64,
    pub(crate) median: f64,
    greatest: f64,
}

impl Spread {
    pub(crate) fn of(mut figures: Vec<f64>) -> anyhow::Result<Self> {
        figures.sort_by(f64::total_cmp);
        let at = |index: usize| figures.get(index).copied().context("nothing was measured");
        Ok(Self {
            least: at(0)?,
            median: at(figures.len() / 2)?,
            greatest: at(figures.len().saturating_sub(1))?,
        })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            least,
            median,
            greatest,
        } = self;
        write!(f, "{median:6.2} ({least:.2}-{greatest:.2})")
    }
}

/// Our figure and the one it is compared with.
#[derive(Debug)]
pub(crate) struct Comparison {
    pub(crate) base: Spread,
    pub(crate) ours: Spread,
    /// The median of the rounds' ratios of ours to the base. A slow phase of the machine affects
    /// both sides of a round.
    pub(crate) ratio: f64,
}

impl Comparison {
    /// Measures both sides in turns.
    pub(crate) fn of(
        mut base: impl FnMut() -> anyhow::Result<f64>,
        mut ours: impl FnMut() -> anyhow::Result<f64>,
    ) -> anyhow::Result<Self> {
        let (mut of_base, mut of_ours, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (base, ours) = (base()?, ours()?);
            of_base.push(base);
            of_ours.push(ours);
            ratios.push(ours / base);
        }
        Ok(Self {
            base: Spread::of(of_base)?,
            ours: Spread::of(of_ours)?,
            ratio: Spread::of(ratios)?.median,
        })
    }
}

/// `figure` and whether it meets the aim of at most `limit`, both in `unit`.
pub(crate) fn at_most(limit: f64, figure: f64, unit: &str) -> String {
    let verdict = if figure <= limit { "reached" } else { "missed" };
    format!("{figure:.3}{unit}  (aim: at most {limit:.2}{unit}, {verdict})")
}
