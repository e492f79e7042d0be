//! Whether and when a peer may be admitted.

use std::time::Duration;

/// Whether a peer may join or return, and when.
pub(super) enum Admission {
    /// It is known.
    Known(Option<Duration>),
    /// The stream will tell.
    #[cfg(feature = "cluster")]
    Asked(tokio::sync::oneshot::Receiver<Option<Duration>>),
}

impl Admission {
    pub(super) async fn answer(self) -> Option<Duration> {
        match self {
            Self::Known(at) => at,
            #[cfg(feature = "cluster")]
            Self::Asked(answer) => answer.await.ok().flatten(),
        }
    }
}
