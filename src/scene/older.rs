//! The request for posts that are older than those in the talk, as a line of a room.

use crate::wire::PostId;

/// How many posts a room is asked for at once.
pub const OLDER: usize = 100;

/// The command that shows old posts.
const HISTORY: &str = "/history";

/// The line that asks a room for the posts before this one.
#[must_use]
pub fn older_request(before: PostId) -> String {
    format!("{HISTORY} {OLDER} {}", before.0)
}
