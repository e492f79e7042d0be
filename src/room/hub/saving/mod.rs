//! The whole state of a hub as data.
//!
//! Equal hubs are written as equal bytes, and a hub that was read behaves like the one that was
//! written. What is left out decides nothing: the tables of searches, the list of live connections,
//! and the last boards, which wait for a page. A game is written as its turns, which are all that
//! there is to know: in a room no player has a half-finished turn, because none of its games has a
//! turn in several parts.

use super::Hub;
use serde_json::Error;
use sha2::{Digest as _, Sha256};
use std::io::{Result as Written, Write};

mod checks;
pub(super) mod tables;

/// Why bytes are not the state of a hub.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// They are not what [`Hub::save`] writes.
    #[error("this is no state of a room: {0}")]
    Unreadable(#[from] Error),
    /// One part of the state contradicts another.
    #[error("this state of a room is damaged: {0}")]
    Inconsistent(&'static str),
}

impl Hub {
    /// The state of the room, as JSON. It contains the secrets of the room: its tickets, and the
    /// seed of those to come.
    ///
    /// # Errors
    /// None that this version knows: the state has no part that JSON cannot express.
    pub fn save(&self) -> Result<Vec<u8>, Error> {
        serde_json::to_vec(self)
    }

    /// A hub that behaves as the one whose state was [saved](Self::save): it answers the same inputs
    /// with the same effects. The problems that were being solved have to be solved again:
    /// [`problems`](Self::problems).
    ///
    /// # Errors
    /// [`LoadError`] if the bytes are not a whole and consistent state. They may come from anywhere,
    /// and take memory in proportion to their number. But the state has to be trusted: it may name
    /// any member and any sanction.
    pub fn load(saved: &[u8]) -> Result<Self, LoadError> {
        let mut hub: Self = serde_json::from_slice(saved)?;
        hub.check().map_err(LoadError::Inconsistent)?;
        for table in hub.tables.values() {
            if let Some(model) = table.model() {
                hub.models.adopt(table.setup.game, model);
            }
        }
        Ok(hub)
    }

    /// The SHA-256 digest of the [saved](Self::save) state, which is not built for it. Equal hubs
    /// have equal digests.
    ///
    /// # Errors
    /// Those of [`save`](Self::save).
    pub fn digest(&self) -> Result<[u8; 32], Error> {
        let mut digester = Digester(Sha256::new());
        serde_json::to_writer(&mut digester, self)?;
        Ok(digester.0.finalize().into())
    }
}

/// A digest over what is written to it.
struct Digester(Sha256);

impl Write for Digester {
    fn write(&mut self, bytes: &[u8]) -> Written<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> Written<()> {
        Ok(())
    }
}
