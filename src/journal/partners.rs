//! Partners that are recognized by the key of a private line.

use super::{Erased, Journal, JournalError, Moment};
use crate::room::folded_name;
use crate::wire::LineKey;
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};

/// How many partners are remembered, those seen most recently.
const KEPT: i64 = 1_024;

/// A partner of an earlier session over a private line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RememberedPartner {
    /// The name as the partner wrote it at first. Foreign text.
    pub name: String,
    /// The key by which the two programs meet again.
    pub key: LineKey,
    /// When the partner was remembered.
    pub since: Moment,
    /// When the partner was last recognized.
    pub seen: Moment,
}

/// A partner who was remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Forgotten {
    /// The name as the partner wrote it at first. Foreign text.
    pub name: String,
    /// When the key disappears from the file.
    pub erased: Erased,
}

/// What [`Journal::remember_partner`] has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Remembered {
    /// The partner is new.
    New,
    /// The partner was remembered with this key already.
    Again,
    /// Somebody else is remembered by this name, or by one that looks like it. Nothing has changed.
    OtherKey,
}

impl Journal {
    /// The remembered partners, those seen most recently first, at most 1,024. A damaged key is left out.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn partners(&self) -> Result<Vec<RememberedPartner>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT shown, line, since, seen FROM partners ORDER BY seen DESC, name LIMIT ?",
        )?;
        let partners = query.query_map([KEPT], partner)?;
        // A damaged row is skipped: it must not prevent a server from starting.
        let is_damaged = |error: &rusqlite::Error| {
            matches!(error, rusqlite::Error::FromSqlConversionFailure(..))
        };
        let partners = partners.filter(|row| !row.as_ref().is_err_and(is_damaged));
        Ok(partners.collect::<Result<_, _>>()?)
    }

    /// The partner who is remembered by this name, or by one that looks like it.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn partner(&self, name: &str) -> Result<Option<RememberedPartner>, JournalError> {
        let mut query = self
            .db
            .prepare("SELECT shown, line, since, seen FROM partners WHERE name = ?")?;
        let found = query.query_row([folded_name(name)], partner);
        Ok(found.optional()?)
    }

    /// Remembers a partner by `key`, or notes that the partner was seen again. The key of a
    /// remembered partner never changes: that takes [`forget_partner`](Self::forget_partner).
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing has changed.
    pub fn remember_partner(
        &mut self,
        name: &str,
        key: &LineKey,
    ) -> Result<Remembered, JournalError> {
        let (folded, now) = (folded_name(name), Moment::now().0);
        let change = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let known: Option<LineKey> = change
            .query_row(
                "SELECT line FROM partners WHERE name = ?",
                [&folded],
                |row| row.get(0),
            )
            .optional()?;
        let remembered = match known {
            Some(known) if known != *key => return Ok(Remembered::OtherKey),
            Some(_) => Remembered::Again,
            None => Remembered::New,
        };
        change.execute(
            "INSERT INTO partners (name, shown, line, since, seen)
             VALUES (:name, :shown, :line, :now, :now)
             ON CONFLICT (name) DO UPDATE SET seen = excluded.seen",
            named_params! { ":name": folded, ":shown": name, ":line": key, ":now": now },
        )?;
        change.execute(
            "DELETE FROM partners WHERE name NOT IN
                (SELECT name FROM partners ORDER BY seen DESC LIMIT ?)",
            [KEPT],
        )?;
        change.commit()?;
        Ok(remembered)
    }

    /// Forgets the partner of this name, or of one that looks like it: removes the key wherever this
    /// journal has it, and overwrites it in the file. Unfinished sessions with that key, or
    /// over a private line with a partner of that name, are over. `None` if there is no such partner.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn forget_partner(&mut self, name: &str) -> Result<Option<Forgotten>, JournalError> {
        let name = folded_name(name);
        self.overwrite_deleted()?;
        let change = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        // The key is not read, so that a partner with a damaged one can be forgotten too. A session
        // without its key ends: it must not resume over a plain line.
        change.execute(
            "UPDATE sessions SET line = NULL, ended = coalesce(ended, :now),
                ended_by = coalesce(ended_by, role)
             WHERE line = (SELECT line FROM partners WHERE name = :name)",
            named_params! { ":name": name, ":now": Moment::now().0 },
        )?;
        for session in sessions_with(&change, &name)? {
            change.execute(
                "UPDATE sessions SET line = NULL, ended = :now, ended_by = role WHERE id = :id",
                named_params! { ":id": session, ":now": Moment::now().0 },
            )?;
        }
        change.execute(
            "DELETE FROM promised WHERE line = (SELECT line FROM partners WHERE name = ?)",
            [&name],
        )?;
        let delete = "DELETE FROM partners WHERE name = ? RETURNING shown";
        let shown = change.query_row(delete, [&name], |row| row.get(0));
        let Some(name) = shown.optional()? else {
            return Ok(None);
        };
        change.commit()?;
        let erased = self.write_back()?;
        Ok(Some(Forgotten { name, erased }))
    }
}

/// The unfinished private sessions with partners of this folded name, whatever their keys.
fn sessions_with(db: &Connection, folded: &str) -> rusqlite::Result<Vec<i64>> {
    let mut query = db.prepare(
        "SELECT id, partner FROM sessions
         WHERE line IS NOT NULL AND ended IS NULL AND partner IS NOT NULL",
    )?;
    let found = query.query_map([], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    let found: Vec<(i64, String)> = found.collect::<Result<_, _>>()?;
    let theirs = found
        .into_iter()
        .filter(|(_, partner)| folded_name(partner) == folded);
    Ok(theirs.map(|(id, _)| id).collect())
}

fn partner(row: &Row<'_>) -> rusqlite::Result<RememberedPartner> {
    Ok(RememberedPartner {
        name: row.get(0)?,
        key: row.get(1)?,
        since: Moment(row.get(2)?),
        seen: Moment(row.get(3)?),
    })
}
