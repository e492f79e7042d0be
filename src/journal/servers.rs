//! The dialects of the servers that this person has met.

use super::{Journal, JournalError, Moment};
use crate::wire::Dialect;
use rusqlite::{OptionalExtension as _, named_params};

/// How many servers are remembered, those met most recently.
const KEPT: i64 = 1_024;

/// For how long, in milliseconds: long enough for the next attempt, and not so long that another
/// server at the same port would be misunderstood.
const MEMORY: i64 = 10 * 60 * 1_000;

impl Journal {
    /// The dialect that the server at this place spoke in the last 10 minutes, if any.
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
            .prepare("SELECT dialect FROM servers WHERE host = ? AND port = ? AND seen > ?")?;
        let since = Moment::now().0.saturating_sub(MEMORY);
        let name: Option<String> = query
            .query_row((host, port, since), |row| row.get(0))
            .optional()?;
        let dialect = name.and_then(|name| Dialect::from_name(&name));
        // A page is no server.
        Ok(dialect.filter(|dialect| *dialect != Dialect::Web))
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
        let known = self.dialect_of_server(host, port)?;
        if known == Some(dialect) || (known.is_none() && dialect == Dialect::Tictalk) {
            // The usual dialect is remembered only in place of another one.
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
