//! What is looked for in a journal by its words.

use super::{Hit, Journal, JournalError, Remark, register, schema, written};
use std::thread;
use std::time::{Duration, Instant};

/// How many turns or posts are taken into an index at a time: a few milliseconds of work, for which
/// other programs that write have to wait.
const BATCH: i64 = 64;

/// How many turns or posts are looked at in one go for those that are not in an index yet.
const LOOKED_AT: i64 = 4_096;

/// The least time for which others may write between two pieces of a long work.
const PAUSE: Duration = Duration::from_millis(2);

/// Lets other programs write for as long as they had to wait.
pub(super) fn give_way(since: Instant) {
    thread::sleep(since.elapsed().max(PAUSE));
}

impl Journal {
    /// The turns with words that begin with each of these, the newest first, `limit` at most.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search(&self, words: &[String], limit: usize) -> Result<Vec<Hit>, JournalError> {
        self.index(&schema::TALKS)?;
        let mut query = self.db.prepare(
            "SELECT turns.id, by, turns.text, at, digest, secret
             FROM words JOIN turns ON turns.id = words.rowid
             WHERE words MATCH ? AND turns.id >> 32 IN (SELECT id FROM sessions)
             ORDER BY at DESC, turns.id DESC LIMIT ?",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let hits = query.query_map((beginnings(words), limit), |row| {
            let (session, written) = written(row)?;
            Ok(Hit { session, written })
        })?;
        Ok(hits.collect::<Result<_, _>>()?)
    }

    /// What was said in rooms with words that begin with each of these, the newest first, `limit` at
    /// most.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search_rooms(
        &self,
        words: &[String],
        limit: usize,
    ) -> Result<Vec<Remark>, JournalError> {
        self.index(&schema::ROOMS)?;
        let mut query = self.db.prepare(
            "SELECT posts.id, at, member, name, what
             FROM room_words JOIN posts ON posts.id = room_words.rowid
             WHERE room_words MATCH ? AND posts.id >> 32 IN (SELECT id FROM rooms)
             ORDER BY at DESC, posts.id DESC LIMIT ?",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let remarks = query.query_map((beginnings(words), limit), |row| {
            let room = row.get::<_, i64>(0)? >> 32;
            let post = register::post(row)?;
            Ok(Remark { room, post })
        })?;
        Ok(remarks.collect::<Result<_, _>>()?)
    }

    /// Brings an index up to date, some turns or posts at a time.
    fn index(&self, tables: &schema::Indexed) -> Result<(), JournalError> {
        let schema::Indexed {
            entries,
            stored,
            index,
            ..
        } = tables;
        // Only reads, so that nobody has to wait while this looks for what is missing.
        let mut missing = self.db.prepare(&format!(
            "SELECT max(id), min(id) FILTER (WHERE is_missing) FROM
                (SELECT id, id NOT IN (SELECT id FROM {index}_docsize) AS is_missing
                 FROM {entries} WHERE id > ? AND id <= ? ORDER BY id LIMIT ?)"
        ))?;
        let mut add = self.db.prepare(&format!(
            "INSERT INTO {index} (rowid, text) SELECT id, text FROM {entries}
             WHERE id BETWEEN ? AND ? AND id NOT IN (SELECT id FROM {index}_docsize)
             ORDER BY id LIMIT ?"
        ))?;
        let mut after = i64::MIN;
        // What is written meanwhile is for the next search: a busy room would else be followed for
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
                    if add.execute((first, last, BATCH))? == 0 {
                        break;
                    }
                    give_way(begun);
                }
            }
            after = last;
        }
    }
}

/// The pattern of an index for what has words that begin with each of these.
fn beginnings(words: &[String]) -> String {
    // In quotes nothing has a special meaning but the quote.
    let quoted = words
        .iter()
        .map(|word| format!("\"{}\"*", word.replace('"', "\"\"")));
    quoted.collect::<Vec<_>>().join(" ")
}
