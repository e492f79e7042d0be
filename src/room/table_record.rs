//! Games as they are stored, to be restored after a restart of the server.

use crate::games::Seat;
use crate::wire::MemberId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A running game with everything that has to survive a crash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableRecord {
    /// The number of the table in its room.
    pub number: u64,
    /// The game's name.
    pub game: String,
    /// Its options in standard form.
    pub options: String,
    /// How well the computer plays, if it does.
    pub skill: String,
    /// The identity of the game, to which its seals are bound.
    pub id: [u8; 32],
    /// The players, the one who moves first first.
    pub players: [PlayerRecord; 2],
    /// The turns so far.
    pub plies: Vec<PlyRecord>,
}

/// A player of a stored game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlayerRecord {
    /// The member's number; `None` for the computer.
    pub member: Option<MemberId>,
    /// The player's name.
    pub name: Arc<str>,
}

/// A turn of a stored game.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlyRecord {
    /// Who took the turn.
    pub seat: Seat,
    /// The turn as a program would send it.
    pub words: String,
    /// The secret of the turn.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// What a post changes in the games that are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TableChange {
    /// The game is now like this.
    Set(Arc<TableRecord>),
    /// The game with this number is over.
    Over(u64),
}
