//! One seal over a hundred squares, each of which can be revealed alone.
//!
//! Each square is sealed as `ship` or `water`. The seals are the leaves of a binary tree (Merkle,
//! 1979): the parent of two seals is the seal over both, up to one root, which is sent before the
//! game. A proof of a square has its salt and the sibling of each node on the path from the leaf to
//! the root, from which the other end computes the root.
//!
//! All salts are derived from the fleet's salt ([`Salt::part`]), which therefore opens all squares.

use super::fleet::{Cell, Cells, SQUARES};
use crate::games::chance::Chance;
use crate::games::seal::{GameId, Opening, Salt, Seal};
use crate::games::seat::Seat;
use std::fmt;
use std::str::FromStr;

/// The number of levels above the leaves.
const HEIGHT: usize = 7;

/// The number of leaves: a power of two, so that the tree is complete.
const LEAVES: usize = 1 << HEIGHT;

/// The sealed sea of a seat.
#[derive(Clone)]
pub(super) struct Tree {
    salt: Salt,
    /// The seals by number: the root is 1, and `n` is the seal over `2n` and `2n + 1`. Number 0 is
    /// not used; the leaves are the second half.
    nodes: Box<[Seal; 2 * LEAVES]>,
}

/// Keeps the many seals out of logs.
impl fmt::Debug for Tree {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tree(..)")
    }
}

/// The proof of one square. Written as its salt and the sibling seals, separated by spaces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MerkleProof {
    salt: Salt,
    beside: [Seal; HEIGHT],
}

/// The error of a text that is not a proof.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoMerkleProof;

/// The leaf of a square of `seat`.
fn leaf(cell: Cell, is_ship: bool, salt: Salt, id: GameId, seat: Seat) -> Seal {
    let what = if is_ship { "ship" } else { "water" };
    let secret = format!("{cell} {what}");
    Seal::of(&Opening { secret, salt }, id, seat)
}

/// A leaf after the last square. It hides nothing, so its salt is constant.
fn padding(number: usize, id: GameId, seat: Seat) -> Seal {
    let opening = Opening {
        secret: format!("no square {number}"),
        salt: Salt::draw(&mut Chance::new([0; 32])),
    };
    Seal::of(&opening, id, seat)
}

impl Tree {
    /// The tree over the sea of `seat` with these ships.
    #[expect(
        clippy::indexing_slicing,
        reason = "the children of an inner node, numbered below LEAVES, are below 2 * LEAVES"
    )]
    pub(super) fn of(ships: Cells, salt: Salt, id: GameId, seat: Seat) -> Self {
        let squares = Cell::all().map(|cell| {
            let salt = salt.part(cell.number());
            leaf(cell, ships.has(cell), salt, id, seat)
        });
        let rest = (SQUARES..LEAVES).map(|number| padding(number, id, seat));
        let mut nodes = Box::new([padding(SQUARES, id, seat); 2 * LEAVES]);
        let leaves = nodes.iter_mut().skip(LEAVES);
        for (node, seal) in leaves.zip(squares.chain(rest)) {
            *node = seal;
        }
        for node in (1..LEAVES).rev() {
            nodes[node] = Seal::over(nodes[2 * node], nodes[2 * node + 1]);
        }
        Self { salt, nodes }
    }

    /// The seal over all squares.
    pub(super) fn root(&self) -> Seal {
        let [_, root, ..] = *self.nodes;
        root
    }

    /// The proof of a square.
    #[expect(
        clippy::indexing_slicing,
        reason = "a square's number is below LEAVES, and each step up halves the node's number"
    )]
    pub(super) fn proof(&self, cell: Cell) -> MerkleProof {
        let mut node = LEAVES + cell.number();
        let beside = std::array::from_fn(|_| {
            let seal = self.nodes[node ^ 1];
            node /= 2;
            seal
        });
        MerkleProof {
            salt: self.salt.part(cell.number()),
            beside,
        }
    }
}

impl MerkleProof {
    /// The root of the trees for which this proves a ship, or water, on `cell`.
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
