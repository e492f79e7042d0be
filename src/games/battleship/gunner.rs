//! Computer players: where to shoot next.

use super::fleet::{Cell, Cells, SQUARES};
use super::waters::Waters;
use crate::games::advice::Skill;
use crate::games::chance::Chance;

/// The factor by which each explained hit raises the weight of a berth. Large enough that squares
/// near a hit come first, and those in line with several hits before them.
const PER_HIT: u64 = 64;

/// Of this many shots, [`Skill::Easy`] aims one beside a hit, if there is a hit to follow.
const EASY_FOLLOWS_OF: usize = 8;

/// The square to shoot at; `None` if none is left. Easy shoots at random and rarely follows a hit,
/// medium follows every hit in all directions, and perfect shoots where ships are likeliest.
pub(super) fn aim(waters: &Waters, skill: Skill, chance: &mut Chance) -> Option<Cell> {
    let free = Cell::all().collect::<Cells>().without(waters.tried());
    let open = waters.hits().without(waters.wrecks());
    let targets = match skill {
        Skill::Easy if chance.below(EASY_FOLLOWS_OF) == 0 => beside(free, open),
        Skill::Easy => free,
        Skill::Medium => hunt(free, open),
        Skill::Perfect => likeliest(waters, free, open),
    };
    let targets = if targets.is_empty() { free } else { targets };
    chance.pick(&targets.iter().collect::<Vec<_>>()).copied()
}

/// The squares next to a hit on a ship that may be afloat. Without such a hit, every other square:
/// each ship covers at least one of them.
fn hunt(free: Cells, open: Cells) -> Cells {
    let beside = beside(free, open);
    if !beside.is_empty() {
        return beside;
    }
    let is_dark = |cell: &Cell| (cell.column() + cell.row()).is_multiple_of(2);
    free.iter().filter(is_dark).collect()
}

/// The free squares next to the `open` hits.
fn beside(free: Cells, open: Cells) -> Cells {
    let beside = open.iter().map(Cell::neighbours);
    beside.fold(Cells::default(), Cells::and).shared(free)
}

/// The squares covered by the greatest weight of possible berths. A berth is possible if it agrees
/// with every answer; it weighs more for each of the `open` hits that it explains.
fn likeliest(waters: &Waters, free: Cells, open: Cells) -> Cells {
    let possible = free.and(open);
    let mut weights = [0u64; SQUARES];
    for ship in waters.afloat() {
        for (_, cells) in ship.places().filter(|(_, cells)| cells.is_within(possible)) {
            let explained = cells.shared(open).iter();
            let weight = explained.fold(1, |weight: u64, _| weight.saturating_mul(PER_HIT));
            for cell in cells.shared(free).iter() {
                if let Some(sum) = weights.get_mut(cell.number()) {
                    *sum = sum.saturating_add(weight);
                }
            }
        }
    }
    let most = weights.iter().copied().max().unwrap_or(0);
    let best = Cell::all().zip(weights);
    let best = best.filter(|(_, weight)| *weight == most && most > 0);
    best.map(|(cell, _)| cell).collect()
}
