//! Full-text search and its indexes.

use super::comments::{COMMENT, CommentHit, stored};
use super::rooms::{POST, post};
use super::row_id::{RowId, owner_of};
use super::sessions::{TURN, written};
use super::{Hit, Journal, JournalError, Remark, schema};
use rusqlite::Row;
use std::thread;
use std::time::{Duration, Instant};

/// How many turns or posts one transaction adds to an index: a few milliseconds of work, during
/// which other writers wait.
const BATCH: i64 = 64;

/// How many turns or posts one query checks for entries that are missing in an index.
const LOOKED_AT: i64 = 4_096;

/// The shortest pause for other writers between two transactions of a long task.
const PAUSE: Duration = Duration::from_millis(2);

/// Pauses for as long as other writers had to wait.
pub(super) fn give_way(since: Instant) {
    thread::sleep(since.elapsed().max(PAUSE));
}

impl Journal {
    /// The newest turns in which each of `words` is the beginning of a word, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search(&self, words: &[String], limit: usize) -> Result<Vec<Hit>, JournalError> {
        self.matches(&schema::SESSIONS, TURN, words, limit, |row| {
            let (session, written) = written(row)?;
            Ok(Hit { session, written })
        })
    }

    /// The newest comments in which each of `words` is the beginning of a word, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search_comments(
        &self,
        words: &[String],
        limit: usize,
    ) -> Result<Vec<CommentHit>, JournalError> {
        self.matches(&schema::COMMENTS, COMMENT, words, limit, stored)
    }

    /// The newest posts in which each of `words` is the beginning of a word, at most `limit`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search_rooms(
        &self,
        words: &[String],
        limit: usize,
    ) -> Result<Vec<Remark>, JournalError> {
        self.matches(&schema::ROOMS, POST, words, limit, |row| {
            let room = row.get::<_, RowId>(0)?.owner();
            let post = post(row)?;
            Ok(Remark { room, post })
        })
    }

    /// The newest rows of the stored table that match, at most `limit`, with these columns.
    fn matches<T>(
        &self,
        tables: &schema::Indexed,
        columns: &str,
        words: &[String],
        limit: usize,
        read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, JournalError> {
        self.index(tables)?;
        let schema::Indexed {
            heads,
            stored,
            index,
            ..
        } = tables;
        let mut query = self.db.prepare(&format!(
            "SELECT {columns} FROM {index} JOIN {stored} ON {stored}.id = {index}.rowid
             WHERE {index} MATCH ? AND {} IN (SELECT id FROM {heads})
             ORDER BY {stored}.at DESC, {stored}.id DESC LIMIT ?",
            owner_of(stored)
        ))?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let rows = query.query_map((prefixes(words), limit), read)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Brings an index up to date in small transactions.
    fn index(&self, tables: &schema::Indexed) -> Result<(), JournalError> {
        let schema::Indexed {
            entries,
            stored,
            index,
            ..
        } = tables;
        // Only reads, so that no writer waits during the scan.
        let mut missing = self.db.prepare(&format!(
            "SELECT max(id), min(id) FILTER (WHERE is_missing) FROM
                (SELECT id, id NOT IN (SELECT id FROM {index}_docsize) AS is_missing
                 FROM {entries} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)"
        ))?;
        let mut after = i64::MIN;
        // Later rows are left to the next search; otherwise a busy room could keep this going for
        // ever.
        let end = format!("SELECT coalesce(max(id), 0) FROM {stored}");
        let end: i64 = self.db.query_row(&end, [], |row| row.get(0))?;
        loop {
            let (last, first): (Option<i64>, Option<i64>) = missing
                .query_row((after, end, LOOKED_AT), |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })?;
            let Some(last) = last else {
                return Ok(());
            };
            if let Some(first) = first {
                loop {
                    let begun = Instant::now();
                    if self.index_batch(tables, first, last)? == 0 {
                        break;
                    }
                    give_way(begun);
                }
            }
            after = last;
        }
    }

    /// Adds the next turns or posts with these row ids to an index, at most [`BATCH`], in one
    /// transaction. Returns how many it added.
    fn index_batch(
        &self,
        tables: &schema::Indexed,
        first: i64,
        last: i64,
    ) -> Result<usize, JournalError> {
        let schema::Indexed { entries, index, .. } = tables;
        let mut add = self.db.prepare_cached(&format!(
            "INSERT INTO {index} (rowid, text) SELECT id, text FROM {entries}
             WHERE id BETWEEN ? AND ? AND id NOT IN (SELECT id FROM {index}_docsize)
             ORDER BY id LIMIT ?"
        ))?;
        Ok(add.execute((first, last, BATCH))?)
    }
}

/// The FTS5 pattern for texts in which each of `words` is the beginning of a word.
fn prefixes(words: &[String]) -> String {
    // Within quotes only the quote itself is special.
    let quoted = words
        .iter()
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::BATCH;
    use crate::journal::{Journal, JournalError, schema};

    #[test]
    fn one_transaction_indexes_no_more_than_a_batch() -> Result<(), JournalError> {
        let (journal, _folder) = Journal::with_turns(2 * BATCH + 1)?;
        for added in [BATCH, BATCH, 1, 0] {
            let indexed = journal.index_batch(&schema::SESSIONS, i64::MIN, i64::MAX)?;
            assert_eq!(i64::try_from(indexed).ok(), Some(added));
            // Other writers can go first.
            assert!(journal.db.is_autocommit());
        }
        Ok(())
    }
}
