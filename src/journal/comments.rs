//! Comments: what was said in a session without taking a turn.

use super::row_id::RowId;
use super::sessions::role;
use super::{Journal, JournalError, Moment, StoredSession};
use crate::session::Comment;
use rusqlite::Row;

/// A comment as it is stored. Unlike a turn, it has no digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredComment {
    /// The comment.
    pub comment: Comment,
    /// When it was stored.
    pub at: Moment,
}

/// A comment that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommentHit {
    /// The number of the session.
    pub session: i64,
    /// The comment.
    pub stored: StoredComment,
}

/// The columns of a comment in the order in which [`stored`] reads them.
pub(super) const COMMENT: &str =
    "comments.id, comments.by, comments.turns, comments.text, comments.at";

impl Journal {
    /// The comments of a session, in order.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn comments(&self, of: &StoredSession) -> Result<Vec<StoredComment>, JournalError> {
        let mut query = self.db.prepare(&format!(
            "SELECT {COMMENT} FROM comments WHERE id BETWEEN ? AND ? ORDER BY turns, at, id"
        ))?;
        let comments = query.query_map(RowId::range(of.id), stored)?;
        Ok(comments
            .map(|row| row.map(|hit| hit.stored))
            .collect::<Result<_, _>>()?)
    }
}

/// Reads a comment and the number of its session.
pub(super) fn stored(row: &Row<'_>) -> rusqlite::Result<CommentHit> {
    let id: RowId = row.get(0)?;
    let comment = Comment {
        by: role(&row.get::<_, String>(1)?),
        number: id.number() / 2,
        turns: row.get(2)?,
        text: row.get(3)?,
    };
    let at = Moment(row.get(4)?);
    let stored = StoredComment { comment, at };
    Ok(CommentHit {
        session: id.owner(),
        stored,
    })
}
