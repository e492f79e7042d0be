//! Rounds of a trial, each with fresh servers.

use crate::figures::Comparison;
use crate::server::Kind;
use anyhow::Context as _;

/// Rounds of a trial that takes seconds, and of one that thousands of members join.
pub(crate) const ROUNDS: usize = 5;
pub(crate) const LONG_ROUNDS: usize = 3;

/// What one round has shown of the reference and of the room.
#[derive(Debug)]
pub(crate) struct Round<T> {
    pub(crate) base: T,
    pub(crate) room: T,
}

/// Runs a trial with the reference and with the room in every round.
pub(crate) fn both<T>(
    rounds: usize,
    base: Kind,
    trial: impl Fn(Kind) -> anyhow::Result<T>,
) -> anyhow::Result<Vec<Round<T>>> {
    let of = |kind| trial(kind).with_context(|| format!("with the server {kind:?}"));
    let round = |_| {
        Ok(Round {
            base: of(base)?,
            room: of(Kind::Room)?,
        })
    };
    (0..rounds).map(round).collect()
}

/// Compares one figure of the trial, unless a round lacks it.
pub(crate) fn compare<T>(
    rounds: &[Round<T>],
    figure: impl Fn(&T) -> Option<f64>,
) -> Option<Comparison> {
    let pairs: Option<Vec<_>> = rounds
        .iter()
        .map(|round| figure(&round.base).zip(figure(&round.room)))
        .collect();
    Some(Comparison::of(&pairs?))
}
