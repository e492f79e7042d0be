//! How sessions and rooms are deleted: for those who read at once, for those who write in pieces.

use super::search::give_way;
use super::{Erased, Journal, JournalError, schema, turn_ids};
use std::time::Instant;

/// How many turns, posts or members are deleted at a time: a few milliseconds of work, for which
/// other programs that write have to wait.
const BATCH: i64 = 64;

/// How many pages of an index are written anew at a time.
const PAGES: i64 = 32;

impl Journal {
    /// Forgets a session; its words are overwritten in the file. Returns whether they are gone from
    /// there already: where another program is reading, it takes until that has ended.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn delete(&mut self, id: i64) -> Result<Erased, JournalError> {
        self.forget(&schema::TALKS, id, JournalError::NoSession(id))
    }

    /// Forgets a room, as [`delete`](Self::delete) does a session. A server that has it open cannot
    /// write any more.
    ///
    /// # Errors
    /// [`JournalError::NoRoom`] and [`JournalError::Use`].
    pub fn delete_room(&mut self, id: i64) -> Result<Erased, JournalError> {
        self.forget(&schema::ROOMS, id, JournalError::NoRoom(id))
    }

    /// Deletes what names a session or a room, and with it, for everybody who reads, all of it; then
    /// the rest in pieces, with whatever earlier deletions have left.
    fn forget(
        &mut self,
        tables: &schema::Indexed,
        id: i64,
        missing: JournalError,
    ) -> Result<Erased, JournalError> {
        self.db.pragma_update(None, "secure_delete", true)?;
        let change = self.db.transaction()?;
        let delete = format!("DELETE FROM {} WHERE id = ?", tables.heads);
        if change.execute(&delete, [id])? == 0 {
            return Err(missing);
        }
        let note = "INSERT OR IGNORE INTO deletions (what, id) VALUES (?, ?)";
        change.execute(note, (tables.heads, id))?;
        change.commit()?;
        self.finish_deletions()?;
        // The first does most of the work while others write.
        let mut is_busy = false;
        for mode in ["PASSIVE", "TRUNCATE"] {
            let checkpoint = format!("PRAGMA wal_checkpoint({mode})");
            is_busy = self.db.query_row(&checkpoint, [], |row| row.get(0))?;
        }
        Ok(if is_busy { Erased::Later } else { Erased::Now })
    }

    /// Completes the deletions that a program has begun and not finished, if there are any.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn finish_deletions(&mut self) -> Result<(), JournalError> {
        for tables in [&schema::TALKS, &schema::ROOMS] {
            let mut query = self.db.prepare("SELECT id FROM deletions WHERE what = ?")?;
            let ids = query.query_map([tables.heads], |row| row.get(0))?;
            let ids: Vec<i64> = ids.collect::<Result<_, _>>()?;
            drop(query);
            if ids.is_empty() {
                continue;
            }
            self.db.pragma_update(None, "secure_delete", true)?;
            for id in &ids {
                self.delete_entries(tables, *id)?;
            }
            self.rewrite(tables)?;
            for id in ids {
                let done = "DELETE FROM deletions WHERE what = ? AND id = ?";
                self.db.execute(done, (tables.heads, id))?;
            }
        }
        Ok(())
    }

    /// Deletes all turns of a session that is deleted, or all posts and members of such a room.
    fn delete_entries(&mut self, tables: &schema::Indexed, id: i64) -> Result<(), JournalError> {
        let schema::Indexed {
            entries,
            stored,
            index,
            ..
        } = tables;
        let (first, last) = turn_ids(id);
        let upper = format!(
            "SELECT max(id) FROM
                (SELECT id FROM {stored} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?)"
        );
        let unindex = format!(
            "INSERT INTO {index} ({index}, rowid, text) SELECT 'delete', id, text FROM {entries}
             WHERE id BETWEEN ? AND ? AND id IN (SELECT id FROM {index}_docsize)"
        );
        let delete = format!("DELETE FROM {stored} WHERE id BETWEEN ? AND ?");
        loop {
            let begun = Instant::now();
            let change = self
                .db
                .transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
            let upper: Option<i64> =
                change.query_row(&upper, (first, last, BATCH), |row| row.get(0))?;
            let Some(upper) = upper else {
                break;
            };
            change.execute(&unindex, (first, upper))?;
            change.execute(&delete, (first, upper))?;
            change.commit()?;
            give_way(begun);
        }
        if let Some(delete) = tables.delete_rest {
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

    /// Writes an index anew, since it keeps deleted words until then, some pages at a time
    /// (<https://www.sqlite.org/fts5.html#the_merge_command>).
    fn rewrite(&mut self, tables: &schema::Indexed) -> Result<(), JournalError> {
        let index = tables.index;
        let merge = format!("INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)");
        // A negative number first makes all parts of the index one to be merged.
        let mut pages = -PAGES;
        loop {
            let begun = Instant::now();
            let before = self.db.total_changes();
            self.db.execute(&merge, [pages])?;
            // Less than two rows have changed where nothing was left to be done.
            if self.db.total_changes() - before < 2 {
                return Ok(());
            }
            pages = PAGES;
            give_way(begun);
        }
    }
}
