//! Whether what this machine publishes comes back from the stream.

use crate::cluster::PublishError;
use crate::room::RoomNotice;
use std::time::Duration;
use tokio::time::Instant;

/// How long an input may be under way before everybody is told that the room waits.
const PATIENCE: Duration = Duration::from_secs(3);

/// Watches the way of this machine's inputs through the stream.
#[derive(Debug, Default)]
pub(super) struct Watch {
    /// Since when the oldest input is under way.
    since: Option<Instant>,
    /// Why the engine does not store it, in its words.
    why: Option<String>,
    has_told: bool,
}

impl Watch {
    /// Notes that an input is under way.
    pub(super) fn begin(&mut self) {
        self.since.get_or_insert_with(Instant::now);
    }

    /// Notes why an input is not stored.
    pub(super) fn fail(&mut self, error: &PublishError) {
        if let PublishError::Refused { reason, .. } = error {
            self.why = Some(reason.clone());
        }
    }

    /// Notes that an input of this machine has come back. Returns what everybody is to be told.
    pub(super) fn end(&mut self) -> Option<RoomNotice> {
        self.since = None;
        self.why = None;
        std::mem::take(&mut self.has_told).then_some(RoomNotice::EngineBack)
    }

    /// When everybody is to be told that the room waits.
    pub(super) fn due(&self) -> Option<Instant> {
        let since = self.since.filter(|_| !self.has_told)?;
        Some(since + PATIENCE)
    }

    /// What everybody is to be told.
    pub(super) fn tell(&mut self) -> RoomNotice {
        self.has_told = true;
        RoomNotice::EngineLost {
            why: self.why.clone(),
        }
    }
}
