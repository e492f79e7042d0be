//! The public knowledge of a sea: its seal and the answered shots.

use super::fleet::{Cell, Cells, FLEET_SQUARES, Fleet, SQUARES, Ship, ShotResult};
use crate::games::seal::Seal;

/// The sea of a seat, as both ends know it.
#[derive(Debug, Clone, Default)]
pub(super) struct Waters {
    /// The seal of the fleet.
    pub(super) root: Option<Seal>,
    /// The answered shots, in order.
    shots: Vec<(Cell, ShotResult)>,
    /// The fleet, once opened and verified.
    pub(super) opened: Option<Fleet>,
}

impl Waters {
    /// The last shot and its result.
    pub(super) fn last(&self) -> Option<(Cell, ShotResult)> {
        self.shots.last().copied()
    }

    /// The squares shot at.
    pub(super) fn tried(&self) -> Cells {
        self.shots.iter().map(|(cell, _)| *cell).collect()
    }

    /// The squares where a shot hit.
    pub(super) fn hits(&self) -> Cells {
        let hits = self.shots.iter();
        let hits = hits.filter(|(_, answer)| *answer != ShotResult::Miss);
        hits.map(|(cell, _)| *cell).collect()
    }

    /// The sunk ships, in the order of the fleet.
    pub(super) fn sunk(&self) -> impl Iterator<Item = Ship> {
        Ship::ALL.into_iter().filter(|ship| !self.is_afloat(*ship))
    }

    /// The ships afloat, in the order of the fleet.
    pub(super) fn afloat(&self) -> impl Iterator<Item = Ship> {
        Ship::ALL.into_iter().filter(|ship| self.is_afloat(*ship))
    }

    fn is_afloat(&self, ship: Ship) -> bool {
        let sunk = ShotResult::Sunk(ship);
        self.shots.iter().all(|(_, answer)| *answer != sunk)
    }

    /// Whether the next hit ends the game.
    pub(super) fn is_last_hit_due(&self) -> bool {
        self.hits().len() + 1 == FLEET_SQUARES
    }

    /// Whether the hits and the untried squares suffice for a whole fleet.
    pub(super) fn can_hold_a_fleet(&self) -> bool {
        self.hits().len() + SQUARES - self.tried().len() >= FLEET_SQUARES
    }

    pub(super) fn add(&mut self, cell: Cell, answer: ShotResult) {
        self.shots.push((cell, answer));
    }

    /// Whether an honest program could give this answer after the earlier ones. The berths are not
    /// known yet, so a false answer may pass.
    pub(super) fn allows(&self, cell: Cell, answer: ShotResult) -> bool {
        let ShotResult::Sunk(ship) = answer else {
            return true;
        };
        let hits = self.hits().with(cell);
        let mut places = ship.places();
        self.is_afloat(ship) && places.any(|(_, cells)| cells.has(cell) && cells.is_within(hits))
    }

    /// Whether every answer so far is true of `fleet`.
    pub(super) fn fits(&self, fleet: &Fleet) -> bool {
        let mut hits = Cells::default();
        self.shots.iter().all(|(cell, answer)| {
            let truth = fleet.answer(hits, *cell);
            if truth != ShotResult::Miss {
                hits = hits.with(*cell);
            }
            truth == *answer
        })
    }

    /// The squares of the sunk ships, as far as the shots determine them: where ships touch, a hit
    /// may belong to either.
    pub(super) fn wrecks(&self) -> Cells {
        let hits = self.hits();
        let sunk: usize = self.sunk().map(Ship::length).sum();
        if hits.len() == sunk {
            return hits;
        }
        let mut hit = Cells::default();
        let mut unknown = Vec::new();
        for (cell, answer) in &self.shots {
            if *answer != ShotResult::Miss {
                hit = hit.with(*cell);
            }
            if let ShotResult::Sunk(ship) = answer {
                unknown.push((*ship, *cell, hit));
            }
        }
        let mut wrecks = Cells::default();
        loop {
            let before = unknown.len();
            unknown.retain(|(ship, last, hit)| {
                let left = hit.without(wrecks);
                let mut places = ship
                    .places()
                    .filter(|(_, cells)| cells.has(*last) && cells.is_within(left));
                match (places.next(), places.next()) {
                    (Some((_, cells)), None) => {
                        wrecks = wrecks.and(cells);
                        false
                    }
                    _ => true,
                }
            });
            // Each located wreck leaves fewer squares for the others.
            if unknown.len() == before {
                return wrecks;
            }
        }
    }
}
