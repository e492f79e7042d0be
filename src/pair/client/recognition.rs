//! Recognizes the dialect of a server: by what it says first, or by its answer to the greeting.

use crate::net::Connection;
use crate::wire::{Arrival, Dialect, Opener};
use std::time::Duration;

/// How long a server may take to say something first. A tictalk server never does, except a room to
/// peers that are silent for longer.
const BANNER: Duration = Duration::from_millis(300);

/// How long a server may pause within its first message.
const PAUSE: Duration = Duration::from_millis(100);

/// Waits for what a server says first or has just answered. Speaks its dialect from then on, and
/// returns it. `None` if it says nothing, or may be tictalk.
pub(super) async fn recognize(connection: &mut Connection) -> Option<Dialect> {
    let burst = connection.peek(BANNER, PAUSE).await;
    let dialect = match Opener::of_first_bytes(burst, Arrival::End)? {
        Opener::Dialect(dialect) if dialect.has_controls() => return None,
        Opener::Dialect(dialect) => dialect,
        Opener::Private => return None,
        // Servers of other protocols greet in text that people can read.
        Opener::Stranger(_) => Dialect::Raw,
    };
    connection.speak(dialect);
    Some(dialect)
}
