//! Times one round trip after another.

use crate::figures::Spread;
use std::time::Instant;

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
    pub(crate) fn median(self) -> f64 {
        Spread::of(self.laps).median
    }
}
