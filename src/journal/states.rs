//! The last states of a room on several machines, from which one of them catches up.

use super::row_id::RowId;
use super::{JournalError, Problem, Register};
use crate::room::PostRecord;
use rusqlite::{OptionalExtension as _, named_params};

/// How many states of a room are kept: another one in case the last is found to be wrong.
const KEPT: i64 = 2;

/// Maximum size of a state that is read.
const SIZE: i64 = 256 * 1_024 * 1_024;

/// The number of a cluster, which its first machine draws.
pub type ClusterKey = [u8; 16];

impl Register {
    /// The cluster that the room is part of.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn cluster(&self) -> Result<Option<ClusterKey>, JournalError> {
        let query = "SELECT cluster FROM rooms WHERE id = ?";
        let db = &self.journal.db;
        let found = db.query_row(query, [self.room], |row| row.get(0));
        found.optional()?.ok_or(Problem::RoomDeleted.into())
    }

    /// Makes the room part of a cluster: one that has no posts yet, or is part of it already.
    ///
    /// # Errors
    /// [`Problem::OtherRoom`], and [`JournalError::Use`].
    pub fn join_cluster(&mut self, key: &ClusterKey) -> Result<(), JournalError> {
        match self.cluster()? {
            Some(known) if known == *key => return Ok(()),
            None if self.known.last.0 == 0 => {}
            Some(_) | None => return Err(Problem::OtherRoom.into()),
        }
        let statement = "UPDATE rooms SET cluster = ? WHERE id = ?";
        self.journal.db.execute(statement, (key, self.room))?;
        Ok(())
    }

    /// Replaces the posts of all inputs after this one.
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing is replaced.
    pub fn replace(&mut self, after: u64, records: &[PostRecord]) -> Result<(), JournalError> {
        let (first, last) = RowId::range(self.room);
        self.journal.db.execute(
            "DELETE FROM posts WHERE id BETWEEN ? AND ? AND input > ?",
            (first, last, after),
        )?;
        self.write(records)
    }

    /// Stores the state of the room after this input, and deletes old ones.
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing is stored.
    pub fn save_state(&mut self, input: u64, state: &[u8]) -> Result<(), JournalError> {
        let change = self.journal.db.transaction()?;
        change.execute(
            "INSERT OR REPLACE INTO states (room, input, state) VALUES (?, ?, ?)",
            (self.room, input, state),
        )?;
        change.execute(
            "DELETE FROM states WHERE room = :room AND input NOT IN
                (SELECT input FROM states WHERE room = :room ORDER BY input DESC LIMIT :kept)",
            named_params! { ":room": self.room, ":kept": KEPT },
        )?;
        Ok(change.commit()?)
    }

    /// The stored states, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn states(&self) -> Result<Vec<Vec<u8>>, JournalError> {
        let mut query = self.journal.db.prepare(
            "SELECT state FROM states WHERE room = :room AND length(state) <= :size
             ORDER BY input DESC LIMIT :kept",
        )?;
        let parameters = named_params! { ":room": self.room, ":size": SIZE, ":kept": KEPT };
        let states = query.query_map(parameters, |row| row.get(0))?;
        Ok(states.collect::<Result<_, _>>()?)
    }
}
