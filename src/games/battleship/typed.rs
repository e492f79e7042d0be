//! Typed moves: berths for ships, and squares to shoot at.

use super::fleet::{Berth, Cell, Fleet, Way};
use super::merkle::Tree;
use super::wording::SHOTS;
use super::{Battleship, RANDOM};
use crate::games::seal::Salt;
use crate::games::{Chance, Choice, Game as _, Illegal, Said, Seat};

/// Removes the ships that are placed.
const AGAIN: &str = "again";

impl Battleship {
    /// Places one or more ships of `seat`, as typed.
    pub(super) fn place(
        &mut self,
        seat: Seat,
        typed: &str,
        chance: &mut Chance,
    ) -> Result<Choice, Illegal> {
        let mut fleet = self.placed.clone();
        let squashed: String = typed.split_whitespace().collect();
        match squashed.to_lowercase().as_str() {
            AGAIN => fleet = Fleet::default(),
            RANDOM => fleet.fill(chance),
            words => self.place_ship(&mut fleet, words)?,
        }
        if fleet.left().next().is_some() {
            self.placed = fleet;
            return Ok(Choice::Partly);
        }
        let salt = Salt::draw(chance);
        let tree = Tree::of(fleet.cells(), salt, self.id, seat);
        Ok(Choice::Said(Said {
            words: format!("fleet {}", tree.root()),
            secret: Some(Self::opening(&fleet, salt).to_string()),
        }))
    }

    /// Places the next ship. `words` are in lower case and without spaces.
    fn place_ship(&self, fleet: &mut Fleet, words: &str) -> Result<(), Illegal> {
        let moves = self.moves();
        let Some(ship) = fleet.left().next() else {
            return Err(Illegal::Unreadable { moves });
        };
        let (bow, way) = read_cell(words, moves)?;
        let name = ship.name();
        if way.is_empty() {
            return Err(Illegal::Against(format!(
                "Which way does the {name} lie from {bow}? Type {bow} right or {bow} down."
            )));
        }
        let way = Way::read(way).ok_or(Illegal::Unreadable { moves })?;
        fleet
            .place(Berth { bow, way })
            .map_err(|why| Illegal::Against(format!("The {name} does not fit there: {why}.")))
    }

    /// The target that `seat` has typed.
    pub(super) fn target(&self, seat: Seat, typed: &str) -> Result<Cell, Illegal> {
        let squashed: String = typed.split_whitespace().collect();
        let words = squashed.to_lowercase();
        let (cell, rest) = read_cell(&words, SHOTS)?;
        if !rest.is_empty() {
            return Err(Illegal::Unreadable { moves: SHOTS });
        }
        match self.waters(seat.other()).tried().has(cell) {
            true => Err(Illegal::Against(format!(
                "You have already shot at {cell}."
            ))),
            false => Ok(cell),
        }
    }
}

/// The square at the start of `words`, which are in lower case and without spaces, and the rest.
fn read_cell<'a>(words: &'a str, moves: &'static str) -> Result<(Cell, &'a str), Illegal> {
    let unreadable = || Illegal::Unreadable { moves };
    let mut rest = words.chars();
    let column = rest.next().filter(char::is_ascii_lowercase);
    let column = column.ok_or_else(unreadable)?;
    let after = rest.as_str();
    let rest = after.trim_start_matches(|c: char| c.is_ascii_digit());
    let (row, rest) = after.split_at(after.len() - rest.len());
    if row.is_empty() || row.len() > 3 {
        return Err(unreadable());
    }
    let number: usize = row.parse().map_err(|_| unreadable())?;
    let cell = number
        .checked_sub(1)
        .and_then(|row| Cell::at(('a'..column).count(), row));
    match cell {
        Some(cell) => Ok((cell, rest)),
        None => Err(Illegal::OffBoard {
            square: format!("{column}{row}"),
            moves,
        }),
    }
}
