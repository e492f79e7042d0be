//! The tables of the journal, and the migration of files from older versions.

use super::error::{JournalError, Problem};
use crate::hex;
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use sha2::{Digest as _, Sha256};
use std::collections::BTreeSet;

/// SQLite's `application_id` of our files: "tict" in ASCII.
const APPLICATION: i32 = 0x7469_6374;

/// The migrations. A file's version, SQLite's `user_version`, is the number of steps applied to it.
pub(super) const STEPS: &[&str] = &[
    // 1: sessions and their turns. A turn's `id` combines the numbers of its session and of the
    // turn (see `RowId`).
    "CREATE TABLE sessions (
        id       INTEGER PRIMARY KEY AUTOINCREMENT,
        role     TEXT NOT NULL CHECK (role IN ('client', 'server')),
        ticket   BLOB NOT NULL,
        dialect  TEXT NOT NULL,
        host     TEXT NOT NULL,
        port     INTEGER NOT NULL,
        me       TEXT,
        partner  TEXT,
        began    INTEGER NOT NULL,
        ended    INTEGER,
        ended_by TEXT,
        claim    INTEGER NOT NULL DEFAULT 0,
        UNIQUE (role, ticket)
     ) STRICT;
     CREATE TABLE turns (
        id     INTEGER PRIMARY KEY,
        by     TEXT NOT NULL CHECK (by IN ('client', 'server')),
        text   TEXT NOT NULL,
        at     INTEGER NOT NULL,
        digest BLOB NOT NULL
     ) STRICT;",
    // 2: full-text search in sessions. The index is updated before a search rather than with each
    // turn, so that a session never waits for it.
    "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'turns', content_rowid = 'id');",
    // 3: secrets of this end's turns, needed to resume a game.
    "ALTER TABLE turns ADD COLUMN secret TEXT;",
    // 4: rooms. A post's `id` is built like a turn's. A member's row lets it rejoin.
    "CREATE TABLE rooms (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        name        TEXT NOT NULL,
        port        INTEGER NOT NULL,
        last_member INTEGER NOT NULL DEFAULT 0,
        coordinator INTEGER,
        UNIQUE (name, port)
     ) STRICT;
     CREATE TABLE members (
        room      INTEGER NOT NULL,
        number    INTEGER NOT NULL,
        ticket    BLOB NOT NULL,
        name      TEXT NOT NULL,
        heard     INTEGER NOT NULL,
        joined    INTEGER NOT NULL,
        joined_at INTEGER NOT NULL,
        is_in     INTEGER NOT NULL,
        PRIMARY KEY (room, number)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE posts (
        id     INTEGER PRIMARY KEY,
        at     INTEGER NOT NULL,
        member INTEGER NOT NULL,
        name   TEXT NOT NULL,
        what   TEXT NOT NULL
     ) STRICT;",
    // 5: full-text search in rooms, with an index of the same kind.
    "CREATE VIEW remarks AS SELECT id, what ->> 'text' AS text FROM posts
        WHERE what ->> 'what' IN ('said', 'acted');
     CREATE VIRTUAL TABLE room_words USING fts5 (text, content = 'remarks', content_rowid = 'id');",
    // 6: tickets that a server issued for sessions without turns, so that it still knows them after
    // it was killed.
    "CREATE TABLE promised (id INTEGER PRIMARY KEY, ticket BLOB NOT NULL) STRICT;",
    // 7: the tickets by which a client rejoins rooms, and unfinished deletions: a deletion removes
    // the head row first.
    "CREATE TABLE tickets (
        host   TEXT NOT NULL,
        port   INTEGER NOT NULL,
        name   TEXT NOT NULL,
        ticket BLOB NOT NULL,
        at     INTEGER NOT NULL,
        PRIMARY KEY (host, port, name)
     ) STRICT, WITHOUT ROWID;
     CREATE TABLE deletions (
        what TEXT NOT NULL CHECK (what IN ('sessions', 'rooms')),
        id   INTEGER NOT NULL,
        PRIMARY KEY (what, id)
     ) STRICT, WITHOUT ROWID;",
    // 8: what was said in a session without taking a turn, and its index. An `id` is a `RowId` of the
    // session; its number is twice that of the comment at its side, plus 1 for the server's.
    "CREATE TABLE comments (
        id    INTEGER PRIMARY KEY,
        by    TEXT NOT NULL CHECK (by IN ('client', 'server')),
        turns INTEGER NOT NULL,
        text  TEXT NOT NULL,
        at    INTEGER NOT NULL
     ) STRICT;
     CREATE VIRTUAL TABLE comment_words USING fts5 (text, content = 'comments', content_rowid = 'id');",
    // 9: an index of the posts that say who may not return or speak, so that a room finds them when
    // it opens.
    "CREATE INDEX sanctions ON posts (id)
        WHERE what ->> 'what' IN ('kicked', 'banned', 'unbanned', 'muted', 'unmuted');",
    // 10: the running games of a room, so that they survive a restart of its server, and an index of
    // the posts that tell the results of finished games.
    "CREATE TABLE tables (
        room   INTEGER NOT NULL,
        number INTEGER NOT NULL,
        record TEXT NOT NULL,
        PRIMARY KEY (room, number)
     ) STRICT, WITHOUT ROWID;
     CREATE INDEX results ON posts (id) WHERE what ->> 'what' = 'ended';",
    // 11: the keys of private lines, the code of a room, and the partners who are recognized by their
    // key. `name` is the folded form of the name that was `shown`.
    "ALTER TABLE sessions ADD COLUMN line BLOB;
     ALTER TABLE promised ADD COLUMN line BLOB;
     ALTER TABLE tickets ADD COLUMN line BLOB;
     ALTER TABLE rooms ADD COLUMN line BLOB;
     ALTER TABLE rooms ADD COLUMN code TEXT;
     CREATE TABLE partners (
        name  TEXT PRIMARY KEY,
        shown TEXT NOT NULL,
        line  BLOB NOT NULL,
        since INTEGER NOT NULL,
        seen  INTEGER NOT NULL
     ) STRICT, WITHOUT ROWID;",
    // 12: the indexes of steps 9 and 10 by the start of the JSON, which is always its kind. Parsing the
    // JSON of each post for them took longer than storing the post.
    "DROP INDEX sanctions;
     DROP INDEX results;
     CREATE INDEX sanctions ON posts (id) WHERE what NOT GLOB '{\"what\":\"said\"*' AND (
        what GLOB '{\"what\":\"kicked\"*' OR
        what GLOB '{\"what\":\"banned\"*' OR
        what GLOB '{\"what\":\"unbanned\"*' OR
        what GLOB '{\"what\":\"muted\"*' OR
        what GLOB '{\"what\":\"unmuted\"*');
     CREATE INDEX results ON posts (id) WHERE what GLOB '{\"what\":\"ended\"*';",
    // 13: the dialects of the servers that a client has met.
    "CREATE TABLE servers (
        host    TEXT NOT NULL,
        port    INTEGER NOT NULL,
        dialect TEXT NOT NULL,
        seen    INTEGER NOT NULL,
        PRIMARY KEY (host, port)
     ) STRICT, WITHOUT ROWID;",
    // 14: rooms on several machines: the cluster that a room belongs to, the input that caused a post,
    // and the last states of the room, from which a machine catches up.
    "ALTER TABLE rooms ADD COLUMN cluster BLOB;
     ALTER TABLE posts ADD COLUMN input INTEGER;
     CREATE TABLE states (
        room  INTEGER NOT NULL,
        input INTEGER NOT NULL,
        state BLOB NOT NULL,
        PRIMARY KEY (room, input)
     ) STRICT;",
];

/// The [`digest`] of the schema of a file to which no step was applied, one, and so on. To build that
/// schema in memory and compare it took most of the time that the program needs to start.
const LAYOUTS: [&str; STEPS.len() + 1] = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "2013322e767a648e2fd462f1c17f631e381aa381a3d3efa56a05ee40031e4a8a",
    "b0d7738ee0b656f686bbe8518b1f7ac0344a2b8e3124719556c39c853377d8b0",
    "f616cc123cdb9f199de56d41dbb5fb8818a476940a82eb6093630fdb2e18240e",
    "5f1d2ed1e7cd120d974b490a04903535f1af4af1333514850b84de5806a59c94",
    "352707e9eaf6e84e4abdbd8d67e2633a99145266d5ab234f9c84fb28514c0c46",
    "b07ddf6633722259d2c8232911482626bffe6eec01818d748daad38842c2d54b",
    "058e952e9cd0edf33fc10d86a17a389a5da337fc6fb4889f9acb545b6f991115",
    "3d33c9c25664b23355efd3131ffa4c1aef9df203370ce6e6f72d94312c1cceaa",
    "de6ff5390490d73679adb32c69364981ba5c6f34ab151de8aae90dda2e70fc69",
    "ac4387044b1488ccc175411eb525c359c961fe761e271ef2fbda13d3cfeb7d41",
    "0b8f89dc737fd0be12465212efdbdaca482d6bc92baf8d0293fe8214da9b7cba",
    "bb7f287344fbfce84a932cea37d72f913fd553bd382e73f253406f7f3925b153",
    "de6a74cd8490f589d203a82a5a7e2ed34a1086a1cb4947ddc1744dddb611718d",
    "c74fe99b57111aecde29adaec56b86e5d798790827fbf62c933ad2cfefc5123a",
];

/// The condition of the index `sanctions`, word for word as in step 12: SQLite uses a partial index only
/// if the query implies its condition. The first test spares messages, which are most posts, the others.
pub(super) const IS_SANCTION: &str = r#"what NOT GLOB '{"what":"said"*' AND (
    what GLOB '{"what":"kicked"*' OR
    what GLOB '{"what":"banned"*' OR
    what GLOB '{"what":"unbanned"*' OR
    what GLOB '{"what":"muted"*' OR
    what GLOB '{"what":"unmuted"*')"#;

/// The condition of the index `results`, word for word as in step 12.
pub(super) const IS_RESULT: &str = r#"what GLOB '{"what":"ended"*'"#;

/// The tables of sessions or of rooms, and their full-text index.
#[derive(Debug)]
pub(super) struct Indexed {
    /// One row for each session or room.
    pub(super) heads: &'static str,
    /// One row for each turn or post; its id is a `RowId`.
    pub(super) stored: &'static str,
    /// The table or view with the `id` and the `text` of everything that can be searched.
    pub(super) entries: &'static str,
    /// The FTS5 index. The table with the suffix `_docsize` lists the ids of its entries.
    pub(super) index: &'static str,
    /// A statement that deletes another row of a head together with it. Its parameter is the head's
    /// number.
    pub(super) delete_first: Option<&'static str>,
    /// Statements that delete other rows of a head. Their parameters are the head's number and the
    /// maximum number of rows.
    pub(super) delete_rest: &'static [&'static str],
}

pub(super) const SESSIONS: Indexed = Indexed {
    heads: "sessions",
    stored: "turns",
    entries: "turns",
    index: "words",
    // The ticket that the server promised may carry the session's key.
    delete_first: Some(
        "DELETE FROM promised WHERE ticket IN
            (SELECT ticket FROM sessions WHERE id = ? AND role = 'server')",
    ),
    delete_rest: &[],
};

/// The comments of sessions. Their heads are those of [`SESSIONS`].
pub(super) const COMMENTS: Indexed = Indexed {
    heads: "sessions",
    stored: "comments",
    entries: "comments",
    index: "comment_words",
    delete_first: None,
    delete_rest: &[],
};

pub(super) const ROOMS: Indexed = Indexed {
    heads: "rooms",
    stored: "posts",
    entries: "remarks",
    index: "room_words",
    delete_first: None,
    delete_rest: &[
        "DELETE FROM members WHERE room = ?1 AND number IN
            (SELECT number FROM members WHERE room = ?1 LIMIT ?2)",
        "DELETE FROM tables WHERE room = ?1 AND number IN
            (SELECT number FROM tables WHERE room = ?1 LIMIT ?2)",
        "DELETE FROM states WHERE room = ?1 AND input IN
            (SELECT input FROM states WHERE room = ?1 LIMIT ?2)",
    ],
};

/// Hardens a connection against a malicious file before anything is read from it: disables triggers
/// and restricts the functions that its schema may call (<https://www.sqlite.org/security.html>).
///
/// # Errors
/// Errors of SQLite.
pub(super) fn distrust(db: &Connection) -> Result<(), JournalError> {
    use DbConfig::{
        SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    };
    db.set_db_config(SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    Ok(())
}

/// Migrates an open file to this version.
///
/// # Errors
/// [`Problem::NotAJournal`] for the database of another program, [`Problem::Newer`] for one of a
/// later version, and errors of SQLite.
pub(super) fn migrate(db: &mut Connection) -> Result<(), JournalError> {
    if is_current(db)? {
        return Ok(());
    }
    let change = db.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let done = version(&change)?;
    let steps = STEPS.get(done..).ok_or(Problem::Newer)?;
    for step in steps {
        change.execute_batch(step)?;
    }
    change.pragma_update(None, "application_id", APPLICATION)?;
    change.pragma_update(None, "user_version", STEPS.len())?;
    Ok(change.commit()?)
}

/// Whether the file has this version. Only reads, so that the database of another program stays
/// unchanged.
///
/// # Errors
/// Those of [`migrate`].
pub(super) fn is_current(db: &mut Connection) -> Result<bool, JournalError> {
    // In one transaction, since another program may be migrating the file.
    let read = db.transaction()?;
    let done = version(&read)?;
    let layout = LAYOUTS.get(done).ok_or(Problem::Newer)?;
    // Anything else in the schema was not put there by this program.
    if digest(&objects(&read)?) != *layout {
        return Err(Problem::NotAJournal.into());
    }
    Ok(done == STEPS.len())
}

/// The SHA-256 of a schema.
fn digest(objects: &BTreeSet<[String; 3]>) -> String {
    let mut digest = Sha256::new();
    for part in objects.iter().flatten() {
        digest.update(part);
        digest.update([0]);
    }
    hex::digits(&digest.finalize())
}

/// The schema of a file: the kind and name of each object and its definition. A table is defined by
/// its columns, a view or a full-text index by the statement that created it.
fn objects(db: &Connection) -> Result<BTreeSet<[String; 3]>, JournalError> {
    let mut query = db.prepare("SELECT type, name, coalesce(sql, '') FROM sqlite_schema")?;
    let mut columns = db.prepare(
        "SELECT coalesce(group_concat(name || ' ' || type || ' ' || hidden, ', '), '')
         FROM pragma_table_xinfo(?)",
    )?;
    let mut objects = BTreeSet::new();
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        let [kind, name, sql]: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        let made_of = if kind == "table" && sql.starts_with("CREATE TABLE") {
            columns.query_row([&name], |row| row.get(0))?
        } else {
            sql.split_whitespace().collect::<Vec<_>>().join(" ")
        };
        objects.insert([kind, name, made_of]);
    }
    Ok(objects)
}

/// The number of steps applied to this file.
fn version(db: &Connection) -> Result<usize, JournalError> {
    let number = |pragma| db.pragma_query_value(None, pragma, |row| row.get::<_, i32>(0));
    let (application, version) = (number("application_id")?, number("user_version")?);
    let is_empty = || {
        db.query_row("SELECT count(*) = 0 FROM sqlite_schema", [], |row| {
            row.get(0)
        })
    };
    if application == APPLICATION {
        usize::try_from(version).map_err(|_| Problem::NotAJournal.into())
    } else if application == 0 && version == 0 && is_empty()? {
        Ok(0)
    } else {
        Err(Problem::NotAJournal.into())
    }
}

#[cfg(test)]
mod tests {
    use super::{LAYOUTS, STEPS, digest, objects};
    use rusqlite::Connection;

    #[test]
    fn the_layouts_are_those_of_the_steps() -> anyhow::Result<()> {
        let db = Connection::open_in_memory()?;
        let mut layouts = vec![digest(&objects(&db)?)];
        for step in STEPS {
            db.execute_batch(step)?;
            layouts.push(digest(&objects(&db)?));
        }
        assert_eq!(LAYOUTS.to_vec(), layouts, "{layouts:#?}");
        Ok(())
    }
}
