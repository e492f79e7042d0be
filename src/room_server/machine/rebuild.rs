//! Computes the state of the room once more.

use super::{ClusterError, RoomLog, SavedState};
use crate::cluster::{Genesis, Part, ReadError, Replica};
use crate::room::{HubEffect, PostRecord};
use crate::room_server::error::RoomServerError;
use std::time::Duration;
use tokio::time::timeout;

/// How long to wait for the next message of the stream.
const READ_LIMIT: Duration = Duration::from_secs(10);

/// A state that was computed again.
pub(in crate::room_server) struct Rebuilt {
    pub(in crate::room_server) replica: Replica,
    /// The input of the state from which it was computed.
    pub(in crate::room_server) after: u64,
    /// The posts since then.
    pub(in crate::room_server) records: Vec<PostRecord>,
}

/// Computes the state after the input `up_to` from a saved one, or else from the beginning of the
/// stream.
///
/// # Errors
/// If the stream cannot be read.
pub(super) async fn rebuild(
    log: &RoomLog,
    saved: Option<&SavedState>,
    up_to: u64,
) -> Result<Rebuilt, RoomServerError> {
    let mut replica = match saved {
        Some(saved) => {
            Replica::load(&saved.bytes).map_err(|error| ClusterError::State(error.to_string()))?
        }
        None => {
            let first = log.stream.last(Part::Genesis).await;
            let first = first.map_err(ClusterError::from)?;
            let first = first.ok_or(ClusterError::Deleted)?;
            let genesis: Genesis =
                serde_json::from_slice(&first.bytes).map_err(|_| ClusterError::Genesis)?;
            Replica::begin(genesis, first.at)
        }
    };
    let after = replica.applied();
    let mut reader = log.reader(after);
    let mut records = Vec::new();
    while replica.applied() < up_to {
        let entry = match timeout(READ_LIMIT, reader.next()).await {
            Ok(Ok(entry)) => entry,
            Ok(Err(ReadError::Trimmed { .. })) => return Err(ClusterError::TooOld.into()),
            Ok(Err(error)) => return Err(ClusterError::from(error).into()),
            Err(_) => return Err(ClusterError::Silent.into()),
        };
        let applied = replica.apply(log.input(entry.sequence), entry.at, &entry.bytes);
        let effects = applied.effects.into_iter();
        records.extend(effects.filter_map(|effect| match effect {
            HubEffect::Store(record) => Some(record),
            _ => None,
        }));
    }
    Ok(Rebuilt {
        replica,
        after,
        records,
    })
}
