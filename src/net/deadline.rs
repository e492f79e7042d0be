//! Waiting for a moment that may never come.

use std::future::pending;
use tokio::time::{Instant, sleep_until};

/// Waits until `deadline`; for ever without one. Cancel safe.
pub(crate) async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}
