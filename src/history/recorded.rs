//! A session read from the journal.

use super::error::{HistoryError, missing};
use super::id::Id;
use crate::journal::{Journal, StoredComment, StoredSession, Written};
use crate::session::{Played, TurnLog};
use std::path::Path;

/// A session with its verified turns.
#[derive(Debug, Clone)]
pub(super) struct Recorded {
    pub(super) session: StoredSession,
    pub(super) turns: Vec<Written>,
    /// What was said without taking a turn, in order.
    pub(super) comments: Vec<StoredComment>,
}

impl Recorded {
    /// Reads a session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`], [`JournalError::Altered`] and [`HistoryError::Unusable`].
    pub(super) fn read(journal: &Journal, id: i64) -> Result<Self, HistoryError> {
        let session = journal.session(id)?;
        let turns = journal.turns(&session)?;
        let comments = journal.comments(&session)?;
        Ok(Self {
            session,
            turns,
            comments,
        })
    }

    /// Reads a session of the journal in `folder` for a replay.
    ///
    /// # Errors
    /// Those of [`Self::read`], [`HistoryError::Unopened`], and [`HistoryError::Unplayed`].
    pub(super) fn read_in(folder: &Path, id: Id) -> Result<Self, HistoryError> {
        match (Journal::open_existing(folder)?, id) {
            (Some(journal), Id::Session(id)) => Self::read(&journal, id),
            (Some(journal), Id::Room(id)) => Err(HistoryError::Unplayed(journal.room(id)?.id)),
            (None, id) => Err(missing(id).into()),
        }
    }

    /// The comments made when this many turns had been taken.
    pub(super) fn comments_after(&self, turns: u64) -> impl Iterator<Item = &StoredComment> {
        let comments = &self.comments;
        let first = comments.partition_point(|stored| stored.comment.turns < turns);
        let is_after = move |stored: &&StoredComment| stored.comment.turns == turns;
        comments.iter().skip(first).take_while(is_after)
    }

    /// A short digest of all turns, which the two people can compare.
    pub(super) fn fingerprint(&self) -> String {
        match self.turns.last() {
            Some(last) => last.digest.fingerprint(),
            None => TurnLog::new(self.session.header.ticket)
                .standing()
                .digest
                .fingerprint(),
        }
    }

    /// The games of the session.
    pub(super) fn games(&self) -> Vec<Played> {
        self.session.games(&self.turns)
    }
}
