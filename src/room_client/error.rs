//! Why a client has left its room.

use crate::net::Address;
use crate::terminal::ConsoleError;
use crate::text::count;
use std::io;
use std::time::Duration;

/// Why a client has left its room against the person's will. Each message is one line: what happened,
/// where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RoomClientError {
    /// The room has removed the member.
    #[error("{0}")]
    Removed(String),
    /// The room has turned the client away when it tried to reconnect.
    #[error("the room turned you away: {0}")]
    Refused(String),
    /// The connection could not be restored in time.
    #[error("the connection to the room was lost and not restored within {}{}", in_seconds(*.after), lost_lines(*.unsent))]
    GaveUp {
        /// How long the client has tried.
        after: Duration,
        /// Number of lines that the room has not acknowledged.
        unsent: usize,
    },
    /// The program that answers is not a room.
    #[error("there is no longer a room at {0}")]
    NoRoom(Address),
    /// The console failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused random numbers.
    #[error(transparent)]
    System(#[from] io::Error),
}

fn in_seconds(time: Duration) -> String {
    let seconds = usize::try_from(time.as_secs()).unwrap_or(usize::MAX);
    count(seconds, "second")
}

fn lost_lines(lines: usize) -> String {
    match lines {
        0 => String::new(),
        lines => format!("; {lines} of your lines may not have been delivered"),
    }
}
