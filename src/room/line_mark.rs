//! Which members of a private room can be listened to.

use serde::{Deserialize, Serialize};

/// What lists of members say about the connection of a member.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum LineMark {
    /// Nothing: it is as private as the room.
    #[default]
    Unmarked,
    /// It is plain in a private room: others can read along.
    Plain,
}
