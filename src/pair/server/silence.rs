//! A visitor that says nothing: its program may wait for a banner.

use crate::net::Signals;
use crate::pair::speaker::Speaker;
use std::mem;
use std::time::Duration;
use tokio::time::Instant;

/// How long a visitor may be silent before the person is asked to speak first.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// The question to the person about a silent visitor.
pub(super) const FIRST_TURN: &str = "Type /turn to speak first:";

/// How the person is told about a visitor that says nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Silence {
    /// There is none, or the person need not be asked.
    Unasked,
    /// It has begun then.
    Since(Instant),
    /// The person is being asked to speak first.
    Asked,
    /// The person speaks first.
    Answered,
}

impl Silence {
    /// When the person has to be asked.
    pub(super) fn due(self) -> Option<Instant> {
        match self {
            Self::Since(begun) => Some(begun + LONG_SILENCE),
            Self::Unasked | Self::Asked | Self::Answered => None,
        }
    }

    /// Withdraws the question, if there is one.
    pub(super) async fn end<S: Speaker>(&mut self, speaker: &mut S, signals: &mut Signals) {
        if mem::replace(self, Self::Unasked) == Self::Asked && speaker.set_aside().await {
            signals.forget_interrupts().await;
        }
    }
}
