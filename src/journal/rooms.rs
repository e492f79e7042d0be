//! Rooms and posts as they are stored, and how they are read.

use super::row_id::{LAST_NUMBER, RowId, belongs};
use super::{Journal, JournalError, Moment};
use crate::wire::{Author, MemberId, Name, Post, PostId, What};
use rusqlite::{OptionalExtension as _, Row};
use std::ops::ControlFlow;
use std::sync::Arc;

/// The identity of a room: a server started again with the same port and name reopens the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomKey {
    /// The room's name, if it has one.
    pub name: Option<Name>,
    /// The server's port.
    pub port: u16,
}

/// A room in the journal, without its posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its number in this journal, from 1.
    pub id: i64,
    /// Its name and port.
    pub key: RoomKey,
    /// How many members have ever joined. A framed or raw peer counts each time it connects.
    pub members: u64,
    /// The last post, which is also the number of posts; 0 for none.
    pub last: PostId,
    /// The times of the first and the last post.
    pub posted: Option<(Moment, Moment)>,
}

/// A post found by a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The number of its room.
    pub room: i64,
    /// The post itself.
    pub post: Post,
}

impl Journal {
    /// All rooms, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn rooms(&self) -> Result<Vec<Room>, JournalError> {
        let mut query = self.db.prepare(&select_rooms("ORDER BY id DESC"))?;
        let rooms = query.query_map([], room)?;
        Ok(rooms.collect::<Result<_, _>>()?)
    }

    /// One room.
    ///
    /// # Errors
    /// [`JournalError::NoRoom`] and [`JournalError::Use`].
    pub fn room(&self, id: i64) -> Result<Room, JournalError> {
        let mut query = self.db.prepare(&select_rooms("WHERE id = ?"))?;
        let found = query.query_row([id], room).optional()?;
        found.ok_or(JournalError::NoRoom(id))
    }

    /// The posts of a room after `after`, up to and including `up_to`, in order: the first `limit`
    /// of them.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn posts(
        &self,
        room: i64,
        after: PostId,
        up_to: PostId,
        limit: usize,
    ) -> Result<Vec<Post>, JournalError> {
        let mut query = self.db.prepare_cached(&format!(
            "SELECT {POST} FROM posts WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        ))?;
        if after.0 >= LAST_NUMBER {
            return Ok(Vec::new());
        }
        let first = RowId::new(room, after.next().0);
        let last = RowId::new(room, up_to.0);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let posts = query.query_map((first, last, limit), post)?;
        Ok(posts.collect::<Result<_, _>>()?)
    }

    /// Passes the posts of a room to `look`, from `from` back to the first, until `look` breaks.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub(crate) fn posts_backwards(
        &self,
        room: i64,
        from: PostId,
        mut look: impl FnMut(&Post) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let mut query = self.db.prepare_cached(&backwards())?;
        let mut posts = query.query_map((RowId::new(room, 0), RowId::new(room, from.0)), post)?;
        while let Some(post) = posts.next().transpose()? {
            if look(&post).is_break() {
                break;
            }
        }
        Ok(())
    }

    /// The last `limit` posts of a room, in order.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn last_posts(&self, room: i64, limit: usize) -> Result<Vec<Post>, JournalError> {
        let mut found = Vec::new();
        if limit > 0 {
            self.posts_backwards(room, PostId(LAST_NUMBER), |post| {
                found.push(post.clone());
                if found.len() >= limit {
                    ControlFlow::Break(())
                } else {
                    ControlFlow::Continue(())
                }
            })?;
        }
        found.reverse();
        Ok(found)
    }
}

/// Selects the posts between two ids, the last first.
fn backwards() -> String {
    format!("SELECT {POST} FROM posts WHERE id BETWEEN ? AND ? ORDER BY id DESC")
}

/// Selects rooms with the columns that [`room`] reads, as `rest` restricts and orders them.
fn select_rooms(rest: &str) -> String {
    let belongs = belongs("posts", "rooms");
    format!(
        "SELECT id, name, port, last_member,
            (SELECT max(posts.id) FROM posts WHERE {belongs}),
            (SELECT at FROM posts WHERE {belongs} ORDER BY posts.id LIMIT 1),
            (SELECT at FROM posts WHERE {belongs} ORDER BY posts.id DESC LIMIT 1)
         FROM rooms {rest}"
    )
}

fn room(row: &Row<'_>) -> rusqlite::Result<Room> {
    let posted = match (row.get(5)?, row.get(6)?) {
        (Some(first), Some(last)) => Some((Moment(first), Moment(last))),
        _ => None,
    };
    Ok(Room {
        id: row.get(0)?,
        key: RoomKey {
            // An empty text means that the room has no name.
            name: row.get::<_, String>(1)?.parse().ok(),
            port: row.get(2)?,
        },
        members: row.get(3)?,
        last: PostId(row.get::<_, Option<RowId>>(4)?.map_or(0, RowId::number)),
        posted,
    })
}

/// The columns of a post in the order in which [`post`] reads them.
pub(super) const POST: &str = "posts.id, posts.at, posts.member, posts.name, posts.what";

/// Reads a post.
pub(super) fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    let what = row.get_ref(4)?.as_str()?;
    Ok(Post {
        id: PostId(row.get::<_, RowId>(0)?.number()),
        at: row.get(1)?,
        by: Author {
            id: MemberId(row.get(2)?),
            name: Arc::from(row.get_ref(3)?.as_str()?),
        },
        // Written by a later version.
        what: serde_json::from_str(what).unwrap_or(What::Unknown),
    })
}

#[cfg(test)]
mod tests {
    use super::{RowId, backwards};
    use crate::journal::{Journal, JournalError};

    /// In a room with many posts, the posts before one of them are neither scanned nor sorted.
    #[test]
    fn posts_are_read_backwards_by_their_ids() -> Result<(), JournalError> {
        let (journal, _folder) = Journal::with_posts(10)?;
        let plan = format!("EXPLAIN QUERY PLAN {}", backwards());
        let mut plan = journal.db.prepare(&plan)?;
        let range = (RowId::new(1, 0), RowId::new(1, 5));
        let steps = plan.query_map(range, |row| row.get::<_, String>(3))?;
        let steps: Vec<String> = steps.collect::<Result<_, _>>()?;
        assert_eq!(
            steps,
            ["SEARCH posts USING INTEGER PRIMARY KEY (rowid>? AND rowid<?)"]
        );
        Ok(())
    }
}
