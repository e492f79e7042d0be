//! Deletes sessions and rooms: at once for readers, in small transactions for other writers.

use super::row_id::RowId;
use super::search::give_way;
use super::{Journal, JournalError, schema};
use std::time::Instant;

/// How many turns, posts or members one transaction deletes: a few milliseconds of work, during
/// which other writers wait.
const BATCH: i64 = 64;

/// How many pages of an index one step rewrites.
const PAGES: i64 = 32;

/// When deleted text disappears from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// It is overwritten already.
    Now,
    /// Once no other program is reading the journal.
    Later,
}

impl Journal {
    /// Deletes a session and overwrites its text in the file.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn delete(&mut self, id: i64) -> Result<Erased, JournalError> {
        self.forget(&schema::SESSIONS, id, JournalError::NoSession(id))
    }

    /// Deletes a room, as [`delete`](Self::delete) does a session. A server that has it open cannot
    /// write to it any more.
    ///
    /// # Errors
    /// [`JournalError::NoRoom`] and [`JournalError::Use`].
    pub fn delete_room(&mut self, id: i64) -> Result<Erased, JournalError> {
        self.forget(&schema::ROOMS, id, JournalError::NoRoom(id))
    }

    /// Deletes the head row of a session or a room, which hides the rest from readers at once; then
    /// the rest in batches, including that of earlier, interrupted deletions.
    fn forget(
        &mut self,
        tables: &schema::Indexed,
        id: i64,
        missing: JournalError,
    ) -> Result<Erased, JournalError> {
        self.overwrite_deleted()?;
        let change = self.db.transaction()?;
        if let Some(delete) = tables.delete_first {
            change.execute(delete, [id])?;
        }
        let delete = format!("DELETE FROM {} WHERE id = ?", tables.heads);
        if change.execute(&delete, [id])? == 0 {
            return Err(missing);
        }
        let note = "INSERT OR IGNORE INTO deletions (what, id) VALUES (?, ?)";
        change.execute(note, (tables.heads, id))?;
        change.commit()?;
        self.finish_deletions()?;
        self.write_back()
    }

    /// Has SQLite overwrite what is deleted from now on.
    pub(super) fn overwrite_deleted(&self) -> Result<(), JournalError> {
        Ok(self.db.pragma_update(None, "secure_delete", true)?)
    }

    /// Moves all changes into the file, so that no log of them is left.
    pub(super) fn write_back(&self) -> Result<Erased, JournalError> {
        // The first checkpoint does most of the work without blocking writers.
        let mut is_busy = false;
        for mode in ["PASSIVE", "TRUNCATE"] {
            let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
            is_busy = self.db.query_row(&checkpoint, [], |row| row.get(0))?;
        }
        Ok(if is_busy { Erased::Later } else { Erased::Now })
    }

    /// Completes deletions that a program has begun and not finished.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn finish_deletions(&mut self) -> Result<(), JournalError> {
        for (tables, others) in [
            (&schema::SESSIONS, Some(&schema::COMMENTS)),
            (&schema::ROOMS, None),
        ] {
            let mut query = self.db.prepare("SELECT id FROM deletions WHERE what = ?")?;
            let ids = query.query_map([tables.heads], |row| row.get(0))?;
            let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
            drop(query);
            if ids.is_empty() {
                continue;
            }
            self.overwrite_deleted()?;
            for tables in std::iter::once(tables).chain(others) {
                for id in &ids {
                    self.delete_entries(tables, *id)?;
                }
                self.rewrite(tables)?;
            }
            for id in ids {
                let done = "DELETE FROM deletions WHERE what = ? AND id = ?";
                self.db.execute(done, (tables.heads, id))?;
            }
        }
        Ok(())
    }

    /// Deletes all turns of a deleted session, or all posts and members of a deleted room.
    fn delete_entries(&mut self, tables: &schema::Indexed, id: i64) -> Result<(), JournalError> {
        loop {
            let begun = Instant::now();
            if !self.delete_batch(tables, id)? {
                break;
            }
            give_way(begun);
        }
        for delete in tables.delete_rest {
            loop {
                let begun = Instant::now();
                if self.db.execute(delete, (id, BATCH))? == 0 {
                    break;
                }
                give_way(begun);
            }
        }
        Ok(())
    }

    /// Deletes the next turns or posts, at most [`BATCH`], in one transaction. Returns whether there
    /// were any.
    fn delete_batch(&mut self, tables: &schema::Indexed, id: i64) -> Result<bool, JournalError> {
        let schema::Indexed {
            entries,
            stored,
            index,
            ..
        } = tables;
        let (first, last) = RowId::range(id);
        let change = self
            .db
            .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
        let upper = format!(
            "SELECT max(id) FROM
                (SELECT id FROM {stored} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)"
        );
        let upper: Option<RowId> =
            change.query_row(&upper, (first, last, BATCH), |row| row.get(0))?;
        let Some(upper) = upper else {
            return Ok(false);
        };
        let unindex = format!(
            "INSERT INTO {index} ({index}, rowid, text) SELECT 'delete', id, text FROM {entries}
             WHERE id BETWEEN ? AND ? AND id IN (SELECT id FROM {index}_docsize)"
        );
        change.execute(&unindex, (first, upper))?;
        let delete = format!("DELETE FROM {stored} WHERE id BETWEEN ? AND ?");
        change.execute(&delete, (first, upper))?;
        change.commit()?;
        Ok(true)
    }

    /// Rewrites an index, which keeps deleted words until then, some pages at a time
    /// (<https://www.sqlite.org/fts5.html#the_merge_command>).
    fn rewrite(&mut self, tables: &schema::Indexed) -> Result<(), JournalError> {
        let index = tables.index;
        let merge = format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)");
        // A negative number schedules all segments of the index for merging.
        let mut pages = -PAGES;
        loop {
            let begun = Instant::now();
            let before = self.db.total_changes();
            self.db.execute(&merge, [pages])?;
            // Fewer than two changed rows mean that nothing was left to merge.
            if self.db.total_changes() - before < 2 {
                return Ok(());
            }
            pages = PAGES;
            give_way(begun);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::BATCH;
    use crate::journal::{Journal, JournalError, schema};

    #[test]
    fn one_transaction_deletes_no_more_than_a_batch() -> Result<(), JournalError> {
        let (mut journal, _folder) = Journal::with_turns(2 * BATCH + 1)?;
        journal.db.execute("DELETE FROM sessions", [])?;
        for left in [BATCH + 1, 1, 0] {
            assert!(journal.delete_batch(&schema::SESSIONS, 1)?);
            // Other writers can go first.
            assert!(journal.db.is_autocommit());
            assert_eq!(journal.count("turns")?, left);
        }
        assert!(!journal.delete_batch(&schema::SESSIONS, 1)?);
        Ok(())
    }
}
