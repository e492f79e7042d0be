//! What everybody in a room has seen, and who can come back to it.

use super::claim::Claim;
use super::{Journal, JournalError, LAST, LAST_SESSION, Moment, Problem, turn_id, turn_ids};
use crate::room::{PostRecord, REMEMBERED, RestoredMember, RestoredRoom};
use crate::wire::{Author, MemberId, Name, Post, PostId, Ticket, What};
use rusqlite::{Connection, OptionalExtension as _, Row, named_params};
use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Which room: a server that is started again at the same port, with the same name, goes on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomKey {
    /// The name of the room, if it has one.
    pub name: Option<Name>,
    /// Its port.
    pub port: u16,
}

/// A room in the journal, as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Room {
    /// Its number in this journal, from 1.
    pub id: i64,
    /// What names it.
    pub key: RoomKey,
    /// How many have ever come in; a framed or raw peer counts each time.
    pub members: u64,
    /// The last post, which is also how many there are; 0 for none.
    pub last: PostId,
    /// When the first and the last post were made.
    pub posted: Option<(Moment, Moment)>,
}

/// Something that somebody has said in a room, as a search finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// In which room.
    pub room: i64,
    /// What.
    pub post: Post,
}

/// The place in the journal where a running room is written.
#[derive(Debug)]
pub struct Register {
    journal: Journal,
    room: i64,
    known: RestoredRoom,
    /// Who is known no more, and may still have a row.
    forgotten: BTreeSet<MemberId>,
    /// No other program writes this room.
    _claim: Claim,
}

impl Register {
    /// Goes on with the room in `journal`, or begins it. From now on no other program can, until this
    /// one ends.
    ///
    /// # Errors
    /// [`Problem::RoomOpen`] where another program has it, [`Problem::Value`] where what is written of
    /// it cannot be gone on with, and [`JournalError::Use`].
    pub fn open(mut journal: Journal, key: &RoomKey) -> Result<Self, JournalError> {
        let name = key.name.as_ref().map(Name::to_string).unwrap_or_default();
        let port = key.port.to_string();
        let Some(claim) = Claim::take(&journal.folder, &["room", &port, &name])? else {
            return Err(Problem::RoomOpen { port: key.port }.into());
        };
        let room = journal.db.query_row(
            "INSERT INTO rooms (name, port) VALUES (:name, :port)
             ON CONFLICT (name, port) DO UPDATE SET port = port RETURNING id",
            named_params! { ":name": name, ":port": key.port },
            |row| row.get(0),
        )?;
        if !(1..=LAST_SESSION).contains(&room) {
            return Err(Problem::Value.into());
        }
        forget_departed(&mut journal.db, room)?;
        let known = known(&journal.db, room)?;
        if !can_go_on(&known) {
            return Err(Problem::Value.into());
        }
        Ok(Self {
            journal,
            room,
            known,
            forgotten: BTreeSet::new(),
            _claim: claim,
        })
    }

    /// What is known of the room.
    #[must_use]
    pub fn known(&self) -> &RestoredRoom {
        &self.known
    }

    /// The room's number in the journal.
    #[must_use]
    pub fn room(&self) -> i64 {
        self.room
    }

    /// Writes down all of `entries`, or none.
    ///
    /// # Errors
    /// [`JournalError::Use`]; nothing is written then, and the same entries have to come again.
    pub fn write(&mut self, entries: &[PostRecord]) -> Result<(), JournalError> {
        if entries.iter().any(|entry| entry.post.id.0 > LAST) {
            return Err(Problem::Complete.into());
        }
        let known = &mut self.known;
        let change = self.journal.db.transaction()?;
        let mut changed = BTreeSet::new();
        {
            let mut insert = change.prepare_cached(
                "INSERT INTO posts (id, at, member, name, what) VALUES (?, ?, ?, ?, ?)",
            )?;
            for entry in entries {
                self.forgotten.extend(known.apply(entry));
                changed.extend(entry.line.map(|(member, _)| member));
                let Post { id, at, by, what } = &*entry.post;
                changed.insert(by.id);
                insert.execute((
                    turn_id(self.room, id.0),
                    at,
                    by.id.0,
                    &*by.name,
                    serde_json::to_string(what).unwrap_or_default(),
                ))?;
            }
        }
        let closes = |entry: &PostRecord| matches!(entry.post.what, What::Closed);
        if entries.iter().any(closes) {
            changed.extend(known.members.keys());
        }
        for number in changed {
            if let Some(member) = known.members.get(&number) {
                write_member(&change, self.room, number, member)?;
            }
        }
        {
            let mut delete =
                change.prepare_cached("DELETE FROM members WHERE room = ? AND number = ?")?;
            for number in &self.forgotten {
                delete.execute((self.room, number.0))?;
            }
        }
        let found = change.execute(
            "UPDATE rooms SET last_member = :last_member, coordinator = :coordinator
             WHERE id = :id",
            named_params! {
                ":id": self.room,
                ":last_member": known.last_member.0,
                ":coordinator": known.coordinator.map(|member| member.0),
            },
        )?;
        if found == 0 {
            // What is written all the same could never be deleted.
            return Err(Problem::RoomDeleted.into());
        }
        change.commit()?;
        self.forgotten.clear();
        Ok(())
    }
}

/// Deletes whoever has left a room longest ago, but for as many as are remembered.
fn forget_departed(db: &mut Connection, room: i64) -> Result<(), JournalError> {
    let kept = i64::try_from(REMEMBERED).unwrap_or(i64::MAX);
    let change = db.transaction()?;
    change.execute(
        "DELETE FROM members WHERE room = :room AND NOT is_in AND number NOT IN
            (SELECT number FROM members WHERE room = :room AND NOT is_in
             ORDER BY number DESC LIMIT :kept)",
        named_params! { ":room": room, ":kept": kept },
    )?;
    Ok(change.commit()?)
}

/// Whether numbers are left for more members and posts, and the members there are have theirs from
/// this room.
fn can_go_on(known: &RestoredRoom) -> bool {
    let is_given = |number: &MemberId| (1..=known.last_member.0).contains(&number.0);
    known.last.0 < LAST
        && known.last_member.0 <= MOST_MEMBERS
        && known.members.keys().all(is_given)
        && known.coordinator.as_ref().is_none_or(is_given)
}

/// No room has had so many members, at a million joins a second for a century.
const MOST_MEMBERS: u64 = 1 << 52;

fn write_member(
    db: &Connection,
    room: i64,
    number: MemberId,
    member: &RestoredMember,
) -> rusqlite::Result<()> {
    let mut write = db.prepare_cached(
        "INSERT OR REPLACE INTO members
            (room, number, ticket, name, heard, joined, joined_at, is_in)
         VALUES (:room, :number, :ticket, :name, :heard, :joined, :joined_at, :is_in)",
    )?;
    write.execute(named_params! {
        ":room": room,
        ":number": number.0,
        ":ticket": member.ticket.as_bytes(),
        ":name": &*member.name,
        ":heard": member.heard,
        ":joined": member.joined.0,
        ":joined_at": member.joined_at,
        ":is_in": member.is_in,
    })?;
    Ok(())
}

/// What the tables tell of a room.
fn known(db: &Connection, room: i64) -> Result<RestoredRoom, JournalError> {
    let (last_member, coordinator) = db.query_row(
        "SELECT last_member, coordinator FROM rooms WHERE id = ?",
        [room],
        |row| Ok((row.get(0)?, row.get::<_, Option<u64>>(1)?)),
    )?;
    let mut query = db.prepare(
        "SELECT number, ticket, name, heard, joined, joined_at, is_in FROM members WHERE room = ?",
    )?;
    let members = query.query_map([room], |row| {
        let member = RestoredMember {
            ticket: Ticket::new(row.get(1)?),
            name: row.get::<_, String>(2)?.into(),
            heard: row.get(3)?,
            joined: PostId(row.get(4)?),
            joined_at: row.get(5)?,
            is_in: row.get(6)?,
        };
        Ok((MemberId(row.get(0)?), member))
    })?;
    let members = members.collect::<Result<_, _>>()?;
    let mut known = RestoredRoom::of(members);
    known.last = last(db, room)?;
    known.last_member = MemberId(last_member);
    known.coordinator = coordinator.map(MemberId);
    Ok(known)
}

/// The last post of a room; 0 for none.
fn last(db: &Connection, room: i64) -> rusqlite::Result<PostId> {
    let last: Option<i64> = db
        .query_row(
            "SELECT id FROM posts WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
            turn_ids(room),
            |row| row.get(0),
        )
        .optional()?;
    Ok(PostId(last.map_or(0, number)))
}

/// The number in its room of the post with this `id`.
fn number(id: i64) -> u64 {
    u64::try_from(id & i64::from(u32::MAX)).unwrap_or(0)
}

impl Journal {
    /// All rooms, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn rooms(&self) -> Result<Vec<Room>, JournalError> {
        let mut query = self.db.prepare(&format!("{ROOM} ORDER BY id DESC"))?;
        let rooms = query.query_map([], room)?;
        Ok(rooms.collect::<Result<_, _>>()?)
    }

    /// One room.
    ///
    /// # Errors
    /// [`JournalError::NoRoom`] and [`JournalError::Use`].
    pub fn room(&self, id: i64) -> Result<Room, JournalError> {
        let mut query = self.db.prepare(&format!("{ROOM} WHERE id = ?"))?;
        let found = query.query_row([id], room).optional()?;
        found.ok_or(JournalError::NoRoom(id))
    }

    /// The posts of a room behind `after` and up to `up_to`, in order, `limit` at most: the first
    /// ones.
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
            "{POST} WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?"
        ))?;
        if after.0 >= LAST {
            return Ok(Vec::new());
        }
        let first = turn_id(room, after.next().0);
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let posts = query.query_map((first, turn_id(room, up_to.0), limit), post)?;
        Ok(posts.collect::<Result<_, _>>()?)
    }

    /// Looks at the posts of a room from the one of this number back to the first, until `look` has
    /// seen enough.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn posts_backwards(
        &self,
        room: i64,
        from: PostId,
        mut look: impl FnMut(&Post) -> ControlFlow<()>,
    ) -> Result<(), JournalError> {
        let mut query = self
            .db
            .prepare_cached(&format!("{POST} WHERE id BETWEEN ? AND ? ORDER BY id DESC"))?;
        let mut posts = query.query_map((turn_id(room, 0), turn_id(room, from.0)), post)?;
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
            self.posts_backwards(room, PostId(u32::MAX.into()), |post| {
                found.push(post.clone());
                match found.len() >= limit {
                    true => ControlFlow::Break(()),
                    false => ControlFlow::Continue(()),
                }
            })?;
        }
        found.reverse();
        Ok(found)
    }
}

const ROOM: &str = "SELECT id, name, port, last_member,
    (SELECT max(posts.id) FROM posts
        WHERE posts.id BETWEEN rooms.id << 32 AND rooms.id << 32 | 4294967295),
    (SELECT at FROM posts
        WHERE posts.id BETWEEN rooms.id << 32 AND rooms.id << 32 | 4294967295
        ORDER BY posts.id LIMIT 1),
    (SELECT at FROM posts
        WHERE posts.id BETWEEN rooms.id << 32 AND rooms.id << 32 | 4294967295
        ORDER BY posts.id DESC LIMIT 1) FROM rooms";

fn room(row: &Row<'_>) -> rusqlite::Result<Room> {
    let posted = match (row.get(5)?, row.get(6)?) {
        (Some(first), Some(last)) => Some((Moment(first), Moment(last))),
        _ => None,
    };
    Ok(Room {
        id: row.get(0)?,
        key: RoomKey {
            // The name of a room without one is empty, which is no name.
            name: row.get::<_, String>(1)?.parse().ok(),
            port: row.get(2)?,
        },
        members: row.get(3)?,
        last: PostId(row.get::<_, Option<i64>>(4)?.map_or(0, number)),
        posted,
    })
}

const POST: &str = "SELECT id, at, member, name, what FROM posts";

pub(super) fn post(row: &Row<'_>) -> rusqlite::Result<Post> {
    let what = row.get_ref(4)?.as_str()?;
    Ok(Post {
        id: PostId(number(row.get(0)?)),
        at: row.get(1)?,
        by: Author {
            id: MemberId(row.get(2)?),
            name: Arc::from(row.get_ref(3)?.as_str()?),
        },
        // What this version cannot read, a later one has written.
        what: serde_json::from_str(what).unwrap_or(What::Unknown),
    })
}
