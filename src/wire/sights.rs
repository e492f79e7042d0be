//! What a room shows a program that asks for more than text: members, boards and results as data.
//!
//! A client asks with [`Sees`] in its hello. Everybody else reads the same facts as words.

use super::room::MemberId;
use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

/// What a client wants to get as data: `sees` in its hello.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<String>", into = "Vec<String>")]
pub struct Sees {
    /// Whether it gets the [members](super::Control::Members).
    pub members: bool,
    /// Whether it gets [boards](super::Control::Board) in place of drawings.
    pub boards: bool,
}

/// The words for [`Sees::members`] and [`Sees::boards`].
const MEMBERS: &str = "members";
const BOARDS: &str = "boards";

/// The page of a room that a client shows, other than that of a member: `as` in its hello.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageRole {
    /// The host's page, which needs the [`HostSecret`].
    Host,
    /// The games of the room, for a projector. It sends no lines.
    Watcher,
    /// A page that this version does not know.
    #[serde(other)]
    Unknown,
}

/// The secret of the host's page: 128 random bits in the link that the host opens.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HostSecret([u8; 16]);

/// A member of a room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberSight {
    /// The member's number.
    pub id: MemberId,
    /// The member's name. Foreign text.
    pub name: Arc<str>,
    /// Whether the member is the coordinator.
    #[serde(
        rename = "coordinator",
        default,
        skip_serializing_if = "std::ops::Not::not"
    )]
    pub is_coordinator: bool,
    /// Whether the member is connected.
    #[serde(rename = "here", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_here: bool,
    /// Whether others can read the member's line, in a private room.
    #[serde(rename = "plain", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_plain: bool,
    /// The game that the member plays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub plays: Option<GameSight>,
}

/// The game of a member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GameSight {
    /// The game's name.
    pub game: String,
    /// The opponent's name. Foreign text.
    pub with: Arc<str>,
}

/// A member as the host's page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConnectedSight {
    /// The member.
    #[serde(flatten)]
    pub member: MemberSight,
    /// The address of the connection; `None` while it is lost.
    #[serde(flatten)]
    pub from: Option<AddressSight>,
    /// Milliseconds since the member joined.
    pub since: u64,
    /// Milliseconds since something last arrived from the member.
    pub heard: u64,
    /// Milliseconds since the member last said something, or joined.
    #[serde(default)]
    pub quiet: u64,
}

/// An address and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct AddressSight {
    /// The address.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
}

/// One of the two players of a board: 0 moves first, 1 second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub enum PlayerIndex {
    /// Number 0.
    First,
    /// Number 1.
    Second,
}

/// A number that is neither 0 nor 1.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected the player 0 or 1, not {0}")]
pub struct NotAPlayer(u8);

/// A board as one reader sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BoardSight {
    /// The number of the table in its room; 0 in a pair.
    pub table: u64,
    /// The game's name.
    pub game: String,
    /// The players' names, the one who moves first first. Foreign text.
    pub players: [Arc<str>; 2],
    /// The reader's place; `None` for somebody who watches.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub you: Option<PlayerIndex>,
    /// Whose turn it is; `None` when the game is over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turn: Option<PlayerIndex>,
    /// The winner, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub won: Option<PlayerIndex>,
    /// Whether the game is over and nobody has won.
    #[serde(rename = "drawn", default, skip_serializing_if = "std::ops::Not::not")]
    pub is_drawn: bool,
    /// The grids, from left to right. Empty for a game without grids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub grids: Vec<GridSight>,
    /// The lines of a drawing for a game without grids, or notes beneath the grids.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub text: Vec<String>,
    /// The moves of the reader, if it is the reader's turn. May be incomplete or empty: then the
    /// person types a move.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub legal: Vec<String>,
    /// The form of a move, as a sentence, if it is the reader's turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// The board in words, for somebody who does not see it.
    pub words: String,
}

impl BoardSight {
    /// The same board for somebody who cannot move.
    #[must_use]
    pub fn without_moves(mut self) -> Self {
        self.legal.clear();
        self.hint = None;
        let rows = self.grids.iter_mut().flat_map(|grid| &mut grid.rows);
        for square in rows.flat_map(|row| &mut row.squares) {
            square.choice = None;
        }
        self
    }
}

/// A grid of squares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GridSight {
    /// The heading, if the board has several grids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The rows, from top to bottom. All have the same number of squares.
    pub rows: Vec<RowSight>,
}

/// A row of a grid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowSight {
    /// The number of the row. Columns are lettered from `a`.
    pub label: String,
    /// The squares, from left to right.
    pub squares: Vec<SquareSight>,
}

/// A square of a grid.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SquareSight {
    /// What lies on the square; `None` if it is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sign: Option<char>,
    /// The player who put it there, if one did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<PlayerIndex>,
    /// The emphasis, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mark: Option<SquareMark>,
    /// The move that takes the square, if it is the reader's turn and the move is legal.
    #[serde(rename = "move", default, skip_serializing_if = "Option::is_none")]
    pub choice: Option<String>,
}

/// The emphasis of a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SquareMark {
    /// Taken by the last move.
    Last,
    /// Part of the line that has won.
    Won,
    /// An emphasis that this version does not know.
    #[serde(other)]
    Other,
}

/// The finished games of a player.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResultSight {
    /// The player's name. Foreign text.
    pub name: Arc<str>,
    /// Games won.
    pub won: u64,
    /// Games lost.
    pub lost: u64,
    /// Games that nobody won.
    pub drawn: u64,
}

impl Sees {
    pub(super) fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl From<Vec<String>> for Sees {
    /// Ignores unknown words, which later versions may add.
    fn from(words: Vec<String>) -> Self {
        let has = |wanted: &str| words.iter().any(|word| word == wanted);
        Self {
            members: has(MEMBERS),
            boards: has(BOARDS),
        }
    }
}

impl From<Sees> for Vec<String> {
    fn from(sees: Sees) -> Self {
        let Sees { members, boards } = sees;
        let words = [(members, MEMBERS), (boards, BOARDS)];
        let words = words.into_iter().filter(|(is_wanted, _)| *is_wanted);
        words.map(|(_, word)| word.to_owned()).collect()
    }
}

impl HostSecret {
    /// A secret of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// Whether the two secrets are equal. Takes constant time.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }
}

/// Keeps the secret out of logs.
impl fmt::Debug for HostSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostSecret(..)")
    }
}

impl From<HostSecret> for String {
    fn from(secret: HostSecret) -> Self {
        hex::digits(&secret.0)
    }
}

impl TryFrom<String> for HostSecret {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}

impl MemberSight {
    /// Maximum number of members in one message: with the longest names and all of them playing,
    /// they fit into a control frame.
    pub const PORTION: usize = 200;
}

impl From<PlayerIndex> for u8 {
    fn from(player: PlayerIndex) -> Self {
        match player {
            PlayerIndex::First => 0,
            PlayerIndex::Second => 1,
        }
    }
}

impl TryFrom<u8> for PlayerIndex {
    type Error = NotAPlayer;

    fn try_from(number: u8) -> Result<Self, NotAPlayer> {
        match number {
            0 => Ok(Self::First),
            1 => Ok(Self::Second),
            other => Err(NotAPlayer(other)),
        }
    }
}
