//! One seal for a hundred squares, each of which can be shown alone.
//!
//! Every square is sealed by itself, with `ship` or `water`. The seals are the leaves of a binary
//! tree (Merkle, 1979): above each two of them stands the seal of both, and so on up to one root,
//! which is all that is sent before the game. Who shows a square sends its salt and, from the leaf
//! up to the root, the seal beside each one on the way; anybody can then compute the root.
//!
//! All salts come of one, the fleet's ([`Salt::part`]), so that this one opens everything at once.

use super::fleet::{Cell, Cells, SQUARES};
use crate::games::seal::{GameId, Opening, Salt, Seal};
use crate::games::{Chance, Seat};
use std::fmt;
use std::str::FromStr;

/// How many times two seals become one on the way to the root.
const HEIGHT: usize = 7;

/// The leaves: a power of two, as a tree without gaps has them.
const LEAVES: usize = 1 << HEIGHT;

/// The sealed sea of a seat: its seals level by level, from the leaves to the root.
#[derive(Clone)]
pub(super) struct Tree {
    salt: Salt,
    levels: Vec<Vec<Seal>>,
}

/// A hundred seals are too many for a log.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tree(..)")
    }
}

/// What shows one square. Written as its salt and the seals on the way, with spaces between.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MerkleProof {
    salt: Salt,
    beside: [Seal; HEIGHT],
}

/// A text that is no proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoMerkleProof;

/// The leaf of a square.
fn leaf(cell: Cell, is_ship: bool, salt: Salt, id: GameId, seat: Seat) -> Seal {
    let what = if is_ship { "ship" } else { "water" };
    let secret = format!("{cell} {what}");
    Seal::of(&Opening { secret, salt }, id, seat)
}

/// A leaf behind the last square. It keeps nothing secret, and its salt is the same everywhere.
fn padding(number: usize, id: GameId, seat: Seat) -> Seal {
    let opening = Opening {
        secret: format!("no square {number}"),
        salt: Salt::draw(&mut Chance::new([0; 32])),
    };
    Seal::of(&opening, id, seat)
}

impl Tree {
    /// Seals a sea of `seat` with these ships.
    pub(super) fn of(ships: Cells, salt: Salt, id: GameId, seat: Seat) -> Self {
        let squares = Cell::all().map(|cell| {
            let salt = salt.part(cell.number());
            leaf(cell, ships.has(cell), salt, id, seat)
        });
        let rest = (SQUARES..LEAVES).map(|number| padding(number, id, seat));
        let mut level: Vec<Seal> = squares.chain(rest).collect();
        let mut levels = Vec::with_capacity(HEIGHT + 1);
        for _ in 0..HEIGHT {
            let (pairs, _) = level.as_chunks::<2>();
            let above = pairs.iter().map(|[left, right]| Seal::over(*left, *right));
            let above = above.collect();
            levels.push(std::mem::replace(&mut level, above));
        }
        levels.push(level);
        Self { salt, levels }
    }

    /// The seal of it all.
    pub(super) fn root(&self) -> Option<Seal> {
        self.levels.last()?.first().copied()
    }

    /// What shows the square.
    pub(super) fn proof(&self, cell: Cell) -> Option<MerkleProof> {
        let mut at = cell.number();
        let beside = self.levels.iter().take(HEIGHT).map(|level| {
            let seal = level.get(at ^ 1).copied();
            at /= 2;
            seal
        });
        let beside: Vec<Seal> = beside.collect::<Option<_>>()?;
        Some(MerkleProof {
            salt: self.salt.part(cell.number()),
            beside: beside.try_into().ok()?,
        })
    }
}

impl MerkleProof {
    /// The root of every tree in which this shows a ship, or water, on `cell`.
    pub(super) fn root(&self, cell: Cell, is_ship: bool, id: GameId, seat: Seat) -> Seal {
        let mut at = cell.number();
        let below = leaf(cell, is_ship, self.salt, id, seat);
        self.beside.iter().fold(below, |seal, beside| {
            let is_left = at.is_multiple_of(2);
            at /= 2;
            match is_left {
                true => Seal::over(seal, *beside),
                false => Seal::over(*beside, seal),
            }
        })
    }
}

impl fmt::Display for MerkleProof {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.salt)?;
        self.beside.iter().try_for_each(|seal| write!(f, " {seal}"))
    }
}

impl FromStr for MerkleProof {
    type Err = NoMerkleProof;

    fn from_str(text: &str) -> Result<Self, NoMerkleProof> {
        let (salt, beside) = text.split_once(' ').ok_or(NoMerkleProof)?;
        let beside = beside.split(' ').map(str::parse);
        let beside: Vec<Seal> = beside
            .collect::<Result<_, _>>()
            .map_err(|_| NoMerkleProof)?;
        Ok(Self {
            salt: salt.parse().map_err(|_| NoMerkleProof)?,
            beside: beside.try_into().map_err(|_| NoMerkleProof)?,
        })
    }
}
