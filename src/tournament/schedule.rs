//! The schedule: all against all.
//!
//! The circle method: of an odd number of entrants `m`, on day `d` everybody plays the entrant with
//! whom their indices add up to `2d` modulo `m`, and entrant `d` has nobody. With one entrant more,
//! that one plays entrant `d` on day `d`. So nobody plays twice on a day, and at most one entrant
//! has a free day. See Wikipedia, "Round-robin tournament", circle method.

use serde::{Deserialize, Serialize};

/// How often two entrants meet in a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Legs {
    /// Once. Everybody moves first in half of their games, or in one more or less.
    One,
    /// Twice: each of the two moves first once.
    Both,
}

/// A game to be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fixture {
    /// Its number in the schedule, from 1.
    pub number: u32,
    /// The round, from 1.
    pub round: u32,
    /// The day, from 1. Nobody plays twice on a day.
    pub day: u32,
    /// The entrant who moves first.
    pub first: usize,
    /// The entrant who moves second.
    pub second: usize,
}

/// The games of a tournament, day by day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Schedule {
    fixtures: Vec<Fixture>,
}

impl Schedule {
    /// All against all, in this many rounds. Empty for fewer than two entrants.
    #[must_use]
    pub fn new(entrants: usize, rounds: u32, legs: Legs) -> Self {
        let mut schedule = Self {
            fixtures: Vec::new(),
        };
        if entrants < 2 {
            return schedule;
        }
        // The entrants on the circle; with an even number, the last one is beside it.
        let circle = if entrants.is_multiple_of(2) {
            entrants - 1
        } else {
            entrants
        };
        let mut day = 0;
        for round in 1..=rounds {
            let first_leg = std::iter::once(is_turned(round, legs));
            let second_leg = (legs == Legs::Both).then_some(true);
            for turned in first_leg.chain(second_leg) {
                for pivot in 0..circle {
                    day += 1;
                    schedule.add_day(entrants, circle, pivot, (round, day), turned);
                }
            }
        }
        schedule
    }

    fn add_day(
        &mut self,
        entrants: usize,
        circle: usize,
        pivot: usize,
        (round, day): (u32, u32),
        turned: bool,
    ) {
        let beside = (circle < entrants).then(|| {
            let beside = entrants - 1;
            match pivot.is_multiple_of(2) {
                true => (beside, pivot),
                false => (pivot, beside),
            }
        });
        // The entrants at the same distance from the pivot on both sides. The one that reaches the
        // other in fewer steps forward moves first, which makes half of the games of each.
        let across = (1..=circle / 2).map(|distance| {
            let ahead = (pivot + distance) % circle;
            let behind = (pivot + circle - distance) % circle;
            let steps = (ahead + circle - behind) % circle;
            match steps <= circle / 2 {
                true => (behind, ahead),
                false => (ahead, behind),
            }
        });
        for (first, second) in beside.into_iter().chain(across) {
            let (first, second) = match turned {
                true => (second, first),
                false => (first, second),
            };
            self.fixtures.push(Fixture {
                number: u32::try_from(self.fixtures.len() + 1).unwrap_or(u32::MAX),
                round,
                day,
                first,
                second,
            });
        }
    }

    /// The games, in the order in which they are to be started.
    #[must_use]
    pub fn fixtures(&self) -> &[Fixture] {
        &self.fixtures
    }

    /// How many games there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.fixtures.len()
    }

    /// Whether there are no games.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.fixtures.is_empty()
    }
}

/// Whether the seats of the first leg are exchanged: in every other round with one leg.
fn is_turned(round: u32, legs: Legs) -> bool {
    match legs {
        Legs::One => round.is_multiple_of(2),
        Legs::Both => false,
    }
}
