//! Writes the posts and members of a running room.

use super::claim::Claim;
use super::rooms::{POST, post};
use super::row_id::{LAST_NUMBER, LAST_OWNER, RowId};
use super::schema::{IS_RESULT, IS_SANCTION};
use super::{Journal, JournalError, Problem, RoomKey};
use crate::room::{
    PostRecord, REMEMBERED, RestoredMember, RestoredRoom, Results, SANCTIONS, TableChange,
    TableRecord,
};
use crate::wire::{LineKey, MemberId, Name, Post, PostId, Ticket, What};
use crate::words::Code;
use rusqlite::{Connection, OptionalExtension as _, named_params};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Writes one running room into the journal.
#[derive(Debug)]
pub struct Register {
    pub(super) journal: Journal,
    pub(super) room: i64,
    pub(super) known: RestoredRoom,
    /// The last member and the coordinator as they are stored.
    head: (MemberId, Option<MemberId>),
    secrets: Option<RoomSecrets>,
    /// Members that are no longer known but may still have a row.
    forgotten: BTreeSet<MemberId>,
    /// Keeps other programs from writing this room.
    _claim: Claim,
}

/// What a room with private lines keeps for as long as it exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoomSecrets {
    /// The key by which its members return.
    pub key: LineKey,
    /// The code by which they join.
    pub code: Code,
}

impl Register {
    /// Opens the room in `journal`, or creates it. No other program can open it until this one
    /// ends.
    ///
    /// # Errors
    /// [`Problem::RoomOpen`] if another program has it open, [`Problem::Value`] if its rows
    /// contradict each other or no number is left for another post, and [`JournalError::Use`].
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
        if !(1..=LAST_OWNER).contains(&room) {
            return Err(Problem::Value.into());
        }
        forget_departed(&mut journal.db, room)?;
        let known = known(&journal.db, room)?;
        if !is_consistent(&known) {
            return Err(Problem::Value.into());
        }
        let secrets = secrets(&journal.db, room)?;
        Ok(Self {
            journal,
            room,
            head: (known.last_member, known.coordinator),
            known,
            secrets,
            forgotten: BTreeSet::new(),
            _claim: claim,
        })
    }

    /// The stored state of the room.
    #[must_use]
    pub fn known(&self) -> &RestoredRoom {
        &self.known
    }

    /// The room's number in the journal.
    #[must_use]
    pub fn room(&self) -> i64 {
        self.room
    }

    /// The room's key and code, if it has been private before.
    #[must_use]
    pub fn secrets(&self) -> Option<&RoomSecrets> {
        self.secrets.as_ref()
    }

    /// Stores the room's key and code.
    ///
    /// # Errors
    /// [`Problem::RoomDeleted`], and [`JournalError::Use`]; then nothing is stored.
    pub fn keep_secrets(&mut self, secrets: RoomSecrets) -> Result<(), JournalError> {
        let found = self.journal.db.execute(
            "UPDATE rooms SET line = ?, code = ? WHERE id = ?",
            (&secrets.key, secrets.code.as_str(), self.room),
        )?;
        if found == 0 {
            return Err(Problem::RoomDeleted.into());
        }
        self.secrets = Some(secrets);
        Ok(())
    }

    /// Writes all of `entries`, or none of them.
    ///
    /// # Errors
    /// [`JournalError::Use`]; then nothing is written, and the caller has to pass the same entries
    /// again.
    pub fn write(&mut self, entries: &[PostRecord]) -> Result<(), JournalError> {
        if entries.iter().any(|entry| entry.post.id.0 > LAST_NUMBER) {
            return Err(Problem::Complete.into());
        }
        let known = &mut self.known;
        let change = self.journal.db.transaction()?;
        let mut changed = BTreeSet::new();
        {
            let mut insert = change.prepare_cached(
                "INSERT INTO posts (id, at, member, name, what, input) VALUES (?, ?, ?, ?, ?, ?)",
            )?;
            for entry in entries {
                self.forgotten.extend(known.apply(entry));
                if let Some(table) = &entry.table {
                    write_table(&change, self.room, table)?;
                }
                changed.extend(entry.line.map(|(member, _)| member));
                let Post { id, at, by, what } = &*entry.post;
                changed.insert(by.id);
                let id = RowId::new(self.room, id.0);
                insert.execute((id, at, by.id.0, &*by.name, json(what)?, entry.input))?;
            }
        }
        let closes = |entry: &PostRecord| matches!(entry.post.what, What::Closed);
        if entries.iter().any(closes) {
            changed.extend(known.members.keys());
            change.execute("DELETE FROM tables WHERE room = ?", [self.room])?;
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
        let head = (known.last_member, known.coordinator);
        let is_there = match self.head == head {
            // A row that is not written keeps its page out of the commit.
            true => change
                .prepare_cached("SELECT 1 FROM rooms WHERE id = ?")?
                .exists([self.room])?,
            false => {
                let mut update = change.prepare_cached(
                    "UPDATE rooms SET last_member = ?, coordinator = ? WHERE id = ?",
                )?;
                let (last, coordinator) = (head.0.0, head.1.map(|member| member.0));
                update.execute((last, coordinator, self.room))? > 0
            }
        };
        if !is_there {
            // Rows without their room could never be deleted.
            return Err(Problem::RoomDeleted.into());
        }
        change.commit()?;
        self.head = head;
        self.forgotten.clear();
        Ok(())
    }
}

/// Maximum number of posts from which the sanctions of a room are restored.
const READ: usize = 64 * SANCTIONS;

/// Stores a running game, or deletes one that is over.
fn write_table(db: &Connection, room: i64, change: &TableChange) -> rusqlite::Result<()> {
    match change {
        TableChange::Set(table) => {
            let mut write = db.prepare_cached(
                "INSERT OR REPLACE INTO tables (room, number, record) VALUES (?, ?, ?)",
            )?;
            write.execute((room, table.number, json(&**table)?))?;
        }
        TableChange::Over(number) => {
            let mut delete =
                db.prepare_cached("DELETE FROM tables WHERE room = ? AND number = ?")?;
            delete.execute((room, number))?;
        }
    }
    Ok(())
}

/// A post or a game as it is stored.
fn json(what: &impl Serialize) -> Result<String, rusqlite::Error> {
    serde_json::to_string(what)
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

/// The key and the code of a room.
fn secrets(db: &Connection, room: i64) -> Result<Option<RoomSecrets>, JournalError> {
    let stored: (Option<LineKey>, Option<String>) =
        db.query_row("SELECT line, code FROM rooms WHERE id = ?", [room], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
    match stored {
        (Some(key), Some(code)) => {
            let code = code.parse().map_err(|_| Problem::Value)?;
            Ok(Some(RoomSecrets { key, code }))
        }
        (None, None) => Ok(None),
        // They are stored together.
        (Some(_), None) | (None, Some(_)) => Err(Problem::Value.into()),
    }
}

/// Deletes the members who left, except the [`REMEMBERED`] newest.
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

/// Whether numbers are left for more members and posts, and every stored member has a number that
/// this room has assigned.
fn is_consistent(known: &RestoredRoom) -> bool {
    let is_given = |number: &MemberId| (1..=known.last_member.0).contains(&number.0);
    known.last.0 < LAST_NUMBER
        && known.last_member.0 <= MOST_MEMBERS
        && known.members.keys().all(is_given)
        && known.coordinator.as_ref().is_none_or(is_given)
}

/// More members than any room has had: a million joins a second for a century.
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

/// Reads the state of a room.
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
    known.tables = tables(db, room)?;
    known.results = results(db, room)?;
    known.last_member = MemberId(last_member);
    known.coordinator = coordinator.map(MemberId);
    for post in sanctions(db, room)? {
        known.sanctions.note(&post);
    }
    Ok(known)
}

/// The last posts of a room that say who may not return or speak, in order: more than a room
/// remembers of them.
fn sanctions(db: &Connection, room: i64) -> rusqlite::Result<Vec<Post>> {
    let mut query = db.prepare(&format!(
        "SELECT {POST} FROM posts INDEXED BY sanctions WHERE id BETWEEN ? AND ? AND {IS_SANCTION}
         ORDER BY id DESC LIMIT ?"
    ))?;
    let (first, last) = RowId::range(room);
    let posts = query.query_map((first, last, READ), post)?;
    let mut posts: Vec<Post> = posts.collect::<Result<_, _>>()?;
    posts.reverse();
    Ok(posts)
}

/// Maximum number of running games, of bytes of one game, and of finished games that are read.
const TABLES: i64 = 4_096;
const TABLE_SIZE: i64 = 64 * 1_024;
const FINISHED: i64 = 10_000;

/// The running games of a room. Those that this version cannot read are left out.
fn tables(db: &Connection, room: i64) -> rusqlite::Result<BTreeMap<u64, Arc<TableRecord>>> {
    let mut query = db.prepare(
        "SELECT number, record FROM tables WHERE room = :room
            AND number BETWEEN 1 AND :most AND length(record) <= :size
         ORDER BY number LIMIT :limit",
    )?;
    let parameters = named_params! {
        ":room": room, ":most": MOST_MEMBERS, ":size": TABLE_SIZE, ":limit": TABLES,
    };
    let mut rows = query.query(parameters)?;
    let mut tables = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let number = row.get(0)?;
        let record = serde_json::from_str::<TableRecord>(row.get_ref(1)?.as_str()?);
        if let Ok(record) = record {
            tables.insert(number, Arc::new(TableRecord { number, ..record }));
        }
    }
    Ok(tables)
}

/// The results of the last finished games of a room.
fn results(db: &Connection, room: i64) -> rusqlite::Result<Results> {
    let mut query = db.prepare(&format!(
        "SELECT {POST} FROM posts INDEXED BY results WHERE id BETWEEN ? AND ? AND {IS_RESULT}
         ORDER BY id DESC LIMIT {FINISHED}"
    ))?;
    let posts = query.query_map(RowId::range(room), post)?;
    let posts: Vec<Post> = posts.collect::<Result<_, _>>()?;
    let mut results = Results::default();
    posts.iter().rev().for_each(|post| results.add(post));
    Ok(results)
}

/// The last post of a room; 0 for none.
fn last(db: &Connection, room: i64) -> rusqlite::Result<PostId> {
    let last: Option<RowId> = db
        .query_row(
            "SELECT id FROM posts WHERE id BETWEEN ? AND ? ORDER BY id DESC LIMIT 1",
            RowId::range(room),
            |row| row.get(0),
        )
        .optional()?;
    Ok(PostId(last.map_or(0, RowId::number)))
}
