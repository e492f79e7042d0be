//! The results of each entrant against each other one.

use super::result::{Finish, GameResult};
use crate::games::{Score, Seat};

/// How each entrant has done against each other one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crosstable {
    rows: Vec<Vec<Score>>,
}

impl Crosstable {
    /// The table of this many entrants and these results. Results of entrants that do not exist, or
    /// against oneself, do not count.
    #[must_use]
    pub fn new<'a>(entrants: usize, results: impl IntoIterator<Item = &'a GameResult>) -> Self {
        let mut table = Self {
            rows: vec![vec![Score::default(); entrants]; entrants],
        };
        for result in results {
            table.add(result);
        }
        table
    }

    fn add(&mut self, result: &GameResult) {
        let (first, second) = (result.first, result.second);
        if first == second || first.max(second) >= self.rows.len() {
            return;
        }
        let (won, lost, drawn) = match result.finish {
            Finish::Won(Seat::First, _) => (1, 0, 0),
            Finish::Won(Seat::Second, _) => (0, 1, 0),
            Finish::Drawn => (0, 0, 1),
        };
        let score = Score { won, lost, drawn };
        for (of, against, score) in [(first, second, score), (second, first, score.reversed())] {
            if let Some(cell) = self.rows.get_mut(of).and_then(|row| row.get_mut(against)) {
                cell.won += score.won;
                cell.lost += score.lost;
                cell.drawn += score.drawn;
            }
        }
    }

    /// The score of one entrant against another one.
    #[must_use]
    pub fn score(&self, of: usize, against: usize) -> Score {
        let row = self.rows.get(of);
        let cell = row.and_then(|row| row.get(against));
        cell.copied().unwrap_or_default()
    }

    /// The score of an entrant against all others.
    #[must_use]
    pub fn total(&self, of: usize) -> Score {
        let mut total = Score::default();
        for cell in self.rows.get(of).into_iter().flatten() {
            total.won += cell.won;
            total.lost += cell.lost;
            total.drawn += cell.drawn;
        }
        total
    }

    /// The scores of each entrant against each, in the order of the entrants.
    pub(super) fn rows(&self) -> &[Vec<Score>] {
        &self.rows
    }
}
