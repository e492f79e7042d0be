//! Openings: the first moves of a game, which both players get in turn.
//!
//! Two players without chance would play the same game in each round. So from the second round on, a
//! game without secrets begins with moves that are drawn by lot. Both games of a round begin with the
//! same ones, so that each player has both sides of it.

use crate::games::{Chance, Entry, Game, Next, Rules};

/// The openings of a game of `plies` moves, in the order of the rounds from the second one on. Empty
/// for a game with secrets.
#[must_use]
pub(super) fn openings(
    game: &Entry,
    options: &str,
    plies: u32,
    chance: &mut Chance,
) -> Vec<Vec<String>> {
    let start = match game.rules {
        Rules::Open(start) if plies > 0 => start,
        Rules::Open(_) | Rules::Secret { .. } => return Vec::new(),
    };
    let mut lines = vec![(Vec::new(), start(options))];
    for _ in 0..plies {
        lines = lines.iter().flat_map(continuations).collect();
    }
    let mut openings: Vec<Vec<String>> = lines.into_iter().map(|(moves, _)| moves).collect();
    // Fisher and Yates
    for left in (1..openings.len()).rev() {
        openings.swap(left, chance.below(left + 1));
    }
    openings
}

/// A line of moves and the position after it.
type OpeningLine = (Vec<String>, Box<dyn Game>);

/// The lines that are one move longer. A game that is over has none.
fn continuations((moves, game): &OpeningLine) -> Vec<OpeningLine> {
    let Next::Move(seat) = game.next() else {
        return Vec::new();
    };
    let longer = game.legal().into_iter().filter_map(|words| {
        let mut then = game.clone();
        let words = then.play(seat, &words).ok()?;
        let mut moves = moves.clone();
        moves.push(words);
        matches!(then.next(), Next::Move(_)).then_some((moves, then))
    });
    longer.collect()
}

/// The opening of this round.
#[must_use]
pub(super) fn of_round(openings: &[Vec<String>], round: u32) -> &[String] {
    let index = round
        .checked_sub(2)
        .and_then(|index| usize::try_from(index).ok());
    let opening = index.and_then(|index| openings.get(index % openings.len().max(1)));
    opening.map_or(&[], Vec::as_slice)
}
