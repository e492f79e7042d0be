//! The limits of a room.

use crate::room::LineRate;
use std::num::NonZeroUsize;
use std::time::Duration;
use tokio::time::timeout;

/// Limits that protect the server. `None` disables a limit.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Maximum number of members.
    pub members: Option<NonZeroUsize>,
    /// Maximum number of connections, and of members, from one address.
    pub per_address: Option<NonZeroUsize>,
    /// Time within which a new connection must identify itself.
    pub introduction: Option<Duration>,
    /// Silence after which a member is removed, and time within which a disconnected member may
    /// return.
    pub patience: Option<Duration>,
    /// How fast a member may send.
    pub rate: Option<LineRate>,
    /// Maximum number of bytes queued for a slow reader.
    pub queue: Option<NonZeroUsize>,
}

/// Waits for `future`, for at most `limit` if there is one. Returns `None` on a timeout.
pub(super) async fn timeout_if<T>(
    limit: Option<Duration>,
    future: impl Future<Output = T>,
) -> Option<T> {
    match limit {
        Some(limit) => timeout(limit, future).await.ok(),
        None => Some(future.await),
    }
}
