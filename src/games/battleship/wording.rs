//! The texts of a game of battleship.

use super::fleet::{Fleet, Ship, ShotResult};
use super::{Battleship, BattleshipStage};
use crate::games::{OTHER, Outcome, Seat};
use std::fmt::Write as _;

pub(super) const SHOTS: &str = "A shot is a square, a1 to j10, such as b5.";

/// The prompt to place a ship.
macro_rules! placing {
    ($ship:literal, $squares:literal, $rest:literal) => {
        concat!(
            "Place the ",
            $ship,
            ", ",
            $squares,
            " squares long: a1 right or a1 down. ",
            $rest
        )
    };
    ($ship:literal, $squares:literal) => {
        placing!(
            $ship,
            $squares,
            "random places the rest, again starts over."
        )
    };
}

impl Battleship {
    pub(super) fn move_help(&self) -> &'static str {
        let BattleshipStage::Placing(_) = self.stage else {
            return SHOTS;
        };
        match self.placed.left().next() {
            Some(Ship::Carrier) | None => {
                placing!("carrier", 5, "random places the whole fleet.")
            }
            Some(Ship::Battleship) => placing!("battleship", 4),
            Some(Ship::Cruiser) => placing!("cruiser", 3),
            Some(Ship::Submarine) => placing!("submarine", 3),
            Some(Ship::Destroyer) => {
                placing!(
                    "destroyer",
                    2,
                    "random places it for you, again starts over."
                )
            }
        }
    }

    pub(super) fn description(&self, reader: Seat) -> String {
        let other = reader.other();
        let mut words = String::from("battleship");
        if self.waters(reader).root.is_none() {
            if self.placed.ships().next().is_some() {
                let _ = write!(words, "; placed: {}", berths(&self.placed));
            }
            let _ = write!(words, "; to place: {}", names(self.placed.left()));
            return words;
        }
        if let BattleshipStage::Placing(_) = self.stage {
            let _ = write!(words, "; your fleet is sealed, {OTHER} places a fleet now");
        }
        if let Some(own) = self.own(reader) {
            let _ = write!(words, "; your ships: {}", berths(&own.fleet));
        }
        if let BattleshipStage::Placing(_) = self.stage {
            return words;
        }
        for (owner, whose) in [
            (other, "your shots".to_owned()),
            (reader, format!("{OTHER}'s shots")),
        ] {
            let waters = self.waters(owner);
            let (tried, hits) = (waters.tried().len(), waters.hits());
            let _ = write!(words, "; {whose}: {tried}");
            let Some((last, answer)) = waters.last() else {
                continue;
            };
            let found = match answer {
                ShotResult::Miss => "a miss".to_owned(),
                ShotResult::Hit => "a hit".to_owned(),
                ShotResult::Sunk(ship) => format!("sank the {}", ship.name()),
            };
            let _ = write!(
                words,
                ", {}, {}; the last at {last}, {found}; sunk: {}",
                counted(hits.len(), "hit", "hits"),
                counted(tried - hits.len(), "miss", "misses"),
                names(waters.sunk()),
            );
            let open = hits.without(self.wrecks(owner, reader));
            if !open.is_empty() {
                let open = listed(open.iter().map(|cell| cell.to_string()));
                let _ = write!(words, "; hit but afloat: {open}");
            }
            let missed = waters.tried().without(hits);
            if owner == other && !missed.is_empty() {
                // Needed to choose a target without seeing the chart.
                let missed = listed(missed.iter().map(|cell| cell.to_string()));
                let _ = write!(words, "; missed: {missed}");
            }
        }
        words
    }

    /// The seat that was just shot at, and whether the whole fleet is sunk.
    fn target_of_last_shot(&self) -> Option<(Seat, bool)> {
        match self.stage {
            BattleshipStage::Shooting(seat) => Some((seat, false)),
            BattleshipStage::Showing(seat) => Some((seat.other(), true)),
            BattleshipStage::Placing(_)
            | BattleshipStage::Answering(..)
            | BattleshipStage::Over(_) => None,
        }
    }

    /// The last shot in a few words; empty after the last one of the game.
    pub(super) fn brief_report(&self, reader: Seat) -> String {
        let shot = self
            .target_of_last_shot()
            .filter(|(_, is_last)| !is_last)
            .and_then(|(owner, _)| Some((owner, self.waters(owner).last()?)));
        let Some((owner, (cell, answer))) = shot else {
            return String::new();
        };
        let shooter = match owner == reader {
            true => OTHER,
            false => "You",
        };
        match answer {
            ShotResult::Miss => format!("{shooter}: {cell} miss."),
            ShotResult::Hit => format!("{shooter}: {cell} hit."),
            ShotResult::Sunk(ship) => format!("{shooter}: {cell} sank the {}.", ship.name()),
        }
    }

    /// The places of the reader's own ships, right after they were sealed.
    pub(super) fn unseen_report(&self, reader: Seat) -> String {
        let is_sealed = match self.stage {
            BattleshipStage::Placing(Seat::Second) => reader == Seat::First,
            BattleshipStage::Shooting(Seat::First) if self.second.last().is_none() => {
                reader == Seat::Second
            }
            _ => false,
        };
        match self.own(reader).filter(|_| is_sealed) {
            Some(own) => format!("Your ships: {}.", berths(&own.fleet)),
            None => String::new(),
        }
    }

    pub(super) fn report(&self, reader: Seat) -> String {
        let (owner, is_last) = match self.stage {
            BattleshipStage::Placing(Seat::Second) => return sealed(reader == Seat::First),
            BattleshipStage::Shooting(Seat::First) if self.second.last().is_none() => {
                return sealed(reader == Seat::Second);
            }
            BattleshipStage::Over(Outcome::Won(seat)) => {
                return match seat == reader {
                    true => {
                        format!("Your fleet is revealed to {OTHER}: all your answers were true.")
                    }
                    false => format!("{OTHER} reveals the fleet: all answers were true."),
                };
            }
            BattleshipStage::Placing(_)
            | BattleshipStage::Shooting(_)
            | BattleshipStage::Answering(..)
            | BattleshipStage::Showing(_)
            | BattleshipStage::Over(_) => match self.target_of_last_shot() {
                Some(target) => target,
                None => return String::new(),
            },
        };
        let Some((cell, answer)) = self.waters(owner).last() else {
            return String::new();
        };
        let ship = self.own(reader).and_then(|own| own.fleet.ship_at(cell));
        let ship = ship.map_or("ship", Ship::name);
        let news = match (answer, owner == reader) {
            (ShotResult::Miss, false) => format!("You shoot at {cell}: a miss."),
            (ShotResult::Hit, false) => format!("You hit at {cell}."),
            (ShotResult::Sunk(ship), false) => format!("You sank {OTHER}'s {}.", ship.name()),
            (ShotResult::Miss, true) => format!("{OTHER} shoots at {cell}: a miss."),
            (ShotResult::Hit, true) => format!("{OTHER} hits your {ship} at {cell}."),
            (ShotResult::Sunk(_), true) => format!("{OTHER} sank your {ship} at {cell}."),
        };
        match (is_last, owner == reader) {
            (false, _) => news,
            (true, false) => format!("{news}\n{OTHER}'s whole fleet is sunk."),
            (true, true) => format!("{news}\nYour whole fleet is sunk."),
        }
    }
}

/// The places of the ships of a fleet.
fn berths(fleet: &Fleet) -> String {
    listed(fleet.ships().map(|(ship, berth, _)| {
        let stern = berth.stern(ship).unwrap_or(berth.bow);
        format!("{} {} to {stern}", ship.name(), berth.bow)
    }))
}

/// The names of these ships, separated by commas, or `none`.
pub(super) fn names(ships: impl Iterator<Item = Ship>) -> String {
    listed(ships.map(|ship| ship.name().to_owned()))
}

pub(super) fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [] => "none".to_owned(),
        parts => parts.join(", "),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    }
}

/// Reports a sealed fleet.
fn sealed(is_mine: bool) -> String {
    match is_mine {
        true => format!("Your fleet is sealed: {OTHER} can't see it, and it can't change."),
        false => format!("{OTHER} has placed a fleet and can no longer move a ship."),
    }
}
