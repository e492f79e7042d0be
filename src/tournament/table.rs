//! The table of a tournament.

use super::crosstable::Crosstable;
use super::elo::{PRIOR, Rating, ratings};
use super::result::{GameResult, HowWon};
use crate::games::Score;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The table of a tournament: its entrants by place, and everything about its games.
#[derive(Debug, Clone, PartialEq)]
pub struct TournamentTable {
    pub(super) game: String,
    pub(super) names: Vec<String>,
    pub(super) planned: usize,
    pub(super) rows: Vec<EntrantRow>,
    pub(super) crosstable: Crosstable,
    /// In the order of their numbers.
    pub(super) results: Vec<GameResult>,
}

/// An entrant's row.
#[derive(Debug, Clone, PartialEq)]
pub struct EntrantRow {
    /// The entrant.
    pub entrant: usize,
    /// The place, from 1. Entrants with the same points share one.
    pub place: usize,
    /// The games.
    pub score: Score,
    /// The faults of its program.
    pub faults: Faults,
    /// The rating; `None` without a game.
    pub rating: Option<Rating>,
}

/// How many games an entrant has lost by which fault.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Faults(BTreeMap<HowWon, u32>);

impl Faults {
    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u32 {
        self.0.values().sum()
    }

    /// Each fault with its number, in the order of [`HowWon::ALL`].
    pub fn counts(&self) -> impl Iterator<Item = (HowWon, u32)> {
        self.0.iter().map(|(how, count)| (*how, *count))
    }
}

impl EntrantRow {
    /// The number of games.
    #[must_use]
    pub fn games(&self) -> u64 {
        games(self.score)
    }

    /// Twice the points: 2 for a win, 1 for a draw.
    #[must_use]
    pub fn half_points(&self) -> u64 {
        half_points(self.score)
    }

    /// The points: `5.5`.
    #[must_use]
    pub fn points(&self) -> String {
        points(self.score)
    }
}

/// The games of this score.
pub(super) fn games(score: Score) -> u64 {
    score.won + score.lost + score.drawn
}

pub(super) fn half_points(score: Score) -> u64 {
    2 * score.won + score.drawn
}

/// The points of this score: `5.5`.
pub(super) fn points(score: Score) -> String {
    let half_points = half_points(score);
    let fraction = if half_points.is_multiple_of(2) { 0 } else { 5 };
    format!("{}.{fraction}", half_points / 2)
}

impl TournamentTable {
    /// The table of a tournament of `game` between entrants of these names, of which `planned` games
    /// are to be played. A game that is reported twice counts once.
    #[must_use]
    pub fn new(
        game: &str,
        names: &[String],
        planned: usize,
        results: impl IntoIterator<Item = GameResult>,
    ) -> Self {
        let results: BTreeMap<u32, GameResult> = results
            .into_iter()
            .filter(|result| result.first.max(result.second) < names.len())
            .map(|result| (result.number, result))
            .collect();
        let results: Vec<GameResult> = results.into_values().collect();
        let crosstable = Crosstable::new(names.len(), &results);
        Self {
            game: game.to_owned(),
            names: names.to_vec(),
            planned,
            rows: rows(names.len(), &crosstable, &results),
            crosstable,
            results,
        }
    }

    /// The rows, best first.
    #[must_use]
    pub fn rows(&self) -> &[EntrantRow] {
        &self.rows
    }

    /// The results of each against each.
    #[must_use]
    pub fn crosstable(&self) -> &Crosstable {
        &self.crosstable
    }

    /// How many games are over.
    #[must_use]
    pub fn played(&self) -> usize {
        self.results.len()
    }

    /// How many games are to be played in all.
    #[must_use]
    pub fn planned(&self) -> usize {
        self.planned
    }

    /// The name of an entrant. Foreign text.
    pub(super) fn name(&self, entrant: usize) -> &str {
        self.names.get(entrant).map_or("", String::as_str)
    }

    /// The games that were lost by a fault.
    pub(super) fn lost_by_fault(&self) -> impl Iterator<Item = (&GameResult, usize, HowWon)> {
        let faults = self.results.iter();
        faults.filter_map(|result| {
            let (loser, how) = result.fault()?;
            Some((result, loser, how))
        })
    }
}

/// The rows, best first: by points, then by wins, then in the order of entry.
fn rows(entrants: usize, crosstable: &Crosstable, results: &[GameResult]) -> Vec<EntrantRow> {
    let mut faults = vec![Faults::default(); entrants];
    for (loser, how) in results.iter().filter_map(GameResult::fault) {
        if let Some(faults) = faults.get_mut(loser) {
            *faults.0.entry(how).or_default() += 1;
        }
    }
    let ratings = ratings(crosstable, PRIOR).unwrap_or_default();
    let rows = faults.into_iter().enumerate().map(|(entrant, faults)| {
        let score = crosstable.total(entrant);
        EntrantRow {
            entrant,
            place: 0,
            score,
            faults,
            rating: ratings.get(entrant).copied().filter(|_| games(score) > 0),
        }
    });
    let mut rows: Vec<EntrantRow> = rows.collect();
    rows.sort_by_key(|row| {
        (
            Reverse(row.half_points()),
            Reverse(row.score.won),
            row.entrant,
        )
    });
    let mut last = (0, 0);
    for (index, row) in rows.iter_mut().enumerate() {
        let (place, half_points) = last;
        let shares = place > 0 && half_points == row.half_points();
        row.place = if shares { place } else { index + 1 };
        last = (row.place, row.half_points());
    }
    rows
}
