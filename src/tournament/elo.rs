//! Elo ratings: the maximum-likelihood fit of the model by Bradley and Terry, with error bars.
//!
//! The model: an entrant of strength `a` beats one of strength `b` with the probability
//! `1 / (1 + exp(b - a))`. A draw counts as half a win and half a loss. `400 / ln 10` Elo are one
//! unit of strength, so 400 Elo more are odds of 10 to 1.
//!
//! - R. A. Bradley and M. E. Terry, "Rank Analysis of Incomplete Block Designs I", Biometrika 39
//!   (1952).
//! - A. Agresti, "Categorical Data Analysis", 2nd edition (2002), section 10.6, whose example is a
//!   test of this file.
//! - A draw as prior, and ratings relative to the field: R. Coulom,
//!   ["Bayesian Elo Rating"](https://www.remi-coulom.fr/Bayesian-Elo/).

use super::crosstable::Crosstable;

/// The prior of published tables: each entrant has also drawn this many games with an imaginary one
/// of average strength. So an entrant that has won all its games has a finite rating.
pub const PRIOR: f64 = 1.0;

/// 400 / ln 10: Elo in one unit of strength.
const ELO: f64 = 400.0 / std::f64::consts::LN_10;

/// The quantile of the normal distribution for an interval of 95 %.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// Enough steps for every table: Newton's method needs about ten.
const STEPS: usize = 100;

/// The longest step in one strength, in units of strength. Far from the maximum, Newton's method
/// would overshoot.
const LONGEST_STEP: f64 = 2.0;

/// The step at which the fit is exact for every purpose, in units of strength.
const EXACT: f64 = 1e-12;

/// A rating relative to the average of the field.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rating {
    /// The rating in Elo.
    pub elo: f64,
    /// Half of the 95 % interval, in Elo.
    pub error: f64,
}

/// The rating of each entrant, with this prior; see [`PRIOR`]. Without one, the results must connect
/// all entrants, and nobody may have won or lost all games. `None` if there is no fit.
///
/// The error bar is the square root of the entrant's variance, from the inverse of the Fisher
/// information at the maximum.
#[must_use]
pub fn ratings(table: &Crosstable, prior: f64) -> Option<Vec<Rating>> {
    let games = Games::of(table, prior);
    let entrants = games.points.len();
    let mut strengths = vec![0.0; entrants];
    for _ in 0..STEPS {
        let slope = games.slope(&strengths);
        let inverse = inverse(games.information(&strengths))?;
        let step: Vec<f64> = inverse.iter().map(|row| product(row, &slope)).collect();
        let longest = step.iter().fold(0.0_f64, |most, it| most.max(it.abs()));
        let scale = (LONGEST_STEP / longest).min(1.0);
        for (strength, step) in strengths.iter_mut().zip(&step) {
            *strength += step * scale;
        }
        if longest < EXACT {
            break;
        }
    }
    let covariance = inverse(games.information(&strengths))?;
    let average = mean(&strengths);
    // Seen from the average of the field: P C P with P = I - 1/n.
    let row_means: Vec<f64> = covariance.iter().map(|row| mean(row)).collect();
    let grand_mean = mean(&row_means);
    let rows = covariance.iter().zip(&row_means).zip(&strengths);
    let ratings = rows.enumerate().map(|(at, ((row, row_mean), strength))| {
        let own = row.get(at).copied().unwrap_or_default();
        let variance = (own - 2.0 * row_mean + grand_mean).max(0.0);
        Rating {
            elo: (strength - average) * ELO,
            error: variance.sqrt() * NORMAL_95 * ELO,
        }
    });
    Some(ratings.collect())
}

/// The games of each pair.
struct Games {
    /// The points of each entrant against each.
    points: Vec<Vec<f64>>,
    /// The draws of each with an imaginary entrant of strength 0.
    prior: f64,
}

impl Games {
    fn of(table: &Crosstable, prior: f64) -> Self {
        let points = table.rows().iter().map(|row| {
            let points = row.iter().map(|cell| {
                let half_points = 2 * cell.won + cell.drawn;
                f64::from(u32::try_from(half_points).unwrap_or(u32::MAX)) / 2.0
            });
            points.collect()
        });
        Self {
            points: points.collect(),
            prior,
        }
    }

    /// For one entrant, each other one's index, the points scored against it and the games played.
    fn of_entrant(&self, entrant: usize) -> impl Iterator<Item = (usize, f64, f64)> {
        let scored = self.points.get(entrant).into_iter().flatten();
        scored.enumerate().map(move |(against, scored)| {
            let conceded = self.points.get(against).and_then(|row| row.get(entrant));
            (against, *scored, scored + conceded.copied().unwrap_or(0.0))
        })
    }

    /// The derivative of the log-likelihood by each strength.
    fn slope(&self, strengths: &[f64]) -> Vec<f64> {
        let slopes = strengths.iter().enumerate().map(|(entrant, strength)| {
            let against = self.of_entrant(entrant).zip(strengths);
            let by_games: f64 = against
                .map(|((_, scored, games), other)| scored - games * expected(strength - other))
                .sum();
            by_games + self.prior * (0.5 - expected(*strength))
        });
        slopes.collect()
    }

    /// The Fisher information, with a unit of information about the sum of all strengths. That says
    /// nothing about their differences, and makes the matrix invertible without a prior.
    fn information(&self, strengths: &[f64]) -> Vec<Vec<f64>> {
        let rows = strengths.iter().enumerate().map(|(entrant, strength)| {
            let against = self.of_entrant(entrant).zip(strengths);
            let mut row: Vec<f64> = against
                .map(|((_, _, games), other)| 1.0 - games * variance(strength - other))
                .collect();
            let off_diagonal: f64 = row.iter().map(|cell| cell - 1.0).sum();
            if let Some(own) = row.get_mut(entrant) {
                *own = 1.0 - off_diagonal + self.prior * variance(*strength);
            }
            row
        });
        rows.collect()
    }
}

/// The points expected from one game against an opponent who is weaker by `advantage`.
fn expected(advantage: f64) -> f64 {
    1.0 / (1.0 + (-advantage).exp())
}

/// The variance of a game with a winner.
fn variance(advantage: f64) -> f64 {
    expected(advantage) * expected(-advantage)
}

fn product(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

fn mean(values: &[f64]) -> f64 {
    let count = u32::try_from(values.len()).unwrap_or(u32::MAX);
    values.iter().sum::<f64>() / f64::from(count.max(1))
}

/// The inverse of a positive definite matrix, by Gauss-Jordan elimination, which needs no pivots
/// then. `None` if it is not positive definite.
fn inverse(matrix: Vec<Vec<f64>>) -> Option<Vec<Vec<f64>>> {
    let size = matrix.len();
    let mut rows = matrix;
    for (at, row) in rows.iter_mut().enumerate() {
        row.extend((0..size).map(|column| if column == at { 1.0 } else { 0.0 }));
    }
    for column in 0..size {
        let mut pivot_row = std::mem::take(rows.get_mut(column)?);
        let pivot = *pivot_row.get(column)?;
        if !(pivot > 0.0 && pivot.is_finite()) {
            return None;
        }
        for cell in &mut pivot_row {
            *cell /= pivot;
        }
        for row in &mut rows {
            let factor = row.get(column).copied().unwrap_or(0.0);
            for (cell, pivot) in row.iter_mut().zip(&pivot_row) {
                *cell -= factor * pivot;
            }
        }
        *rows.get_mut(column)? = pivot_row;
    }
    for row in &mut rows {
        row.drain(..size);
    }
    Some(rows)
}
