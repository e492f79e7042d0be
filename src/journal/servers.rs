//! What the servers that this person has met speak.

use super::{Journal, JournalError, Moment};
use crate::wire::Dialect;
use rusqlite::{OptionalExtension as _, named_params};

/// How many servers are remembered, those met most recently.
const KEPT: i64 = 1_024;

impl Journal {
    /// The dialect that the server at this place spoke last time, if that is remembered.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn dialect_of_server(
        &self,
        host: &str,
        port: u16,
    ) -> Result<Option<Dialect>, JournalError> {
        let mut query = self
            .db
            .prepare("SELECT dialect FROM servers WHERE host = ? AND port = ?")?;
        let name: Option<String> = query.query_row((host, port), |row| row.get(0)).optional()?;
        Ok(name.and_then(|name| Dialect::from_name(&name)))
    }

    /// Remembers what the server at this place speaks.
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing has changed.
    pub fn remember_server(
        &mut self,
        host: &str,
        port: u16,
        dialect: Dialect,
    ) -> Result<(), JournalError> {
        if self.dialect_of_server(host, port)? == Some(dialect) {
            return Ok(());
        }
        let change = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        change.execute(
            "INSERT INTO servers (host, port, dialect, seen)
             VALUES (:host, :port, :dialect, :now)
             ON CONFLICT (host, port) DO UPDATE
             SET dialect = excluded.dialect, seen = excluded.seen",
            named_params! {
                ":host": host,
                ":port": port,
                ":dialect": dialect.name(),
                ":now": Moment::now().0,
            },
        )?;
        change.execute(
            "DELETE FROM servers WHERE (host, port) NOT IN
                (SELECT host, port FROM servers ORDER BY seen DESC LIMIT ?)",
            [KEPT],
        )?;
        Ok(change.commit()?)
    }
}
