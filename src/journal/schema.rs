//! The tables of the journal, and how a file of an older version becomes one of this.

use super::{JournalError, Problem};
use rusqlite::Connection;
use rusqlite::config::DbConfig;
use std::collections::BTreeSet;

/// What makes a file ours: SQLite's `application_id`, "tict" in ASCII.
const APPLICATION: i32 = 0x7469_6374;

/// What each version added; the version of a file, in SQLite's `user_version`, is how many of these
/// have been done to it.
pub(super) const STEPS: &[&str] = &[
    // 1: sessions and their turns. A turn's `id` is its session's and its own number in one (see
    // `turn_id`), which keeps the turns of a session together and in order.
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
    // 2: what is said can be searched. The index is brought up to date before a search, since a
    // talk should not wait for it.
    "CREATE VIRTUAL TABLE words USING fts5 (text, content = 'turns', content_rowid = 'id');",
    // 3: what this end keeps secret of its turns, and needs to go on with a game.
    "ALTER TABLE turns ADD COLUMN secret TEXT;",
    // 4: rooms. A post's `id` is made as a turn's. Of a member stands here what lets it come back.
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
    // 5: what is said in rooms can be searched too, by an index of its own that is filled as late.
    "CREATE VIEW remarks AS SELECT id, what ->> 'text' AS text FROM posts
        WHERE what ->> 'what' IN ('said', 'acted');
     CREATE VIRTUAL TABLE room_words USING fts5 (text, content = 'remarks', content_rowid = 'id');",
    // 6: tickets that a server has given to clients before anything was said, so that it still knows
    // them when it was killed then.
    "CREATE TABLE promised (id INTEGER PRIMARY KEY, ticket BLOB NOT NULL) STRICT;",
    // 7: what a client comes back to a room by, and which deletions are not finished: of what is
    // deleted, the row that names it goes first.
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
];

/// Where the words of one kind of talk are, and their index.
#[derive(Debug)]
pub(super) struct Indexed {
    /// The table with a row for each talk or room, whose `id` is in the upper bits of all others.
    pub(super) heads: &'static str,
    /// The table with what is written down.
    pub(super) stored: &'static str,
    /// What has an `id` and a `text` for all of it that is said.
    pub(super) entries: &'static str,
    /// The index. What is in it has its `id` in the table `.._docsize`.
    pub(super) index: &'static str,
    /// Deletes what else belongs to one of the `heads`: its number comes first, and then how many
    /// rows at most.
    pub(super) delete_rest: Option<&'static str>,
}

pub(super) const TALKS: Indexed = Indexed {
    heads: "sessions",
    stored: "turns",
    entries: "turns",
    index: "words",
    delete_rest: None,
};

pub(super) const ROOMS: Indexed = Indexed {
    heads: "rooms",
    stored: "posts",
    entries: "remarks",
    index: "room_words",
    delete_rest: Some(
        "DELETE FROM members WHERE room = ?1 AND number IN
            (SELECT number FROM members WHERE room = ?1 LIMIT ?2)",
    ),
};

/// Makes a connection careful with what a file says of itself, before anything of it is read: no
/// trigger runs, and what is called from within the file can do no harm
/// (<https://www.sqlite.org/security.html>).
///
/// # Errors
/// What SQLite says.
pub(super) fn distrust(db: &Connection) -> Result<(), JournalError> {
    use DbConfig::{
        SQLITE_DBCONFIG_DEFENSIVE, SQLITE_DBCONFIG_ENABLE_TRIGGER, SQLITE_DBCONFIG_TRUSTED_SCHEMA,
    };
    db.set_db_config(SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.set_db_config(SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    Ok(())
}

/// Brings an open file up to this version.
///
/// # Errors
/// [`Problem::NotAJournal`] for somebody else's database, [`Problem::Newer`] for one from a later
/// version, and what SQLite says.
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

/// Whether nothing is left to be done to this file. Only reads, so that what is not ours can be left
/// as it is.
///
/// # Errors
/// Those of [`migrate`].
pub(super) fn is_current(db: &mut Connection) -> Result<bool, JournalError> {
    // In one transaction, since another program may be about to change it.
    let read = db.transaction()?;
    let done = version(&read)?;
    let steps = STEPS.get(..done).ok_or(Problem::Newer)?;
    // What else stands in a file of ours, somebody has put there.
    let ours = Connection::open_in_memory()?;
    for step in steps {
        ours.execute_batch(step)?;
    }
    if objects(&read)? != objects(&ours)? {
        return Err(Problem::NotAJournal.into());
    }
    Ok(done == STEPS.len())
}

/// All that is in a file besides rows: the kind and name of each thing, and what it is made of. Of a
/// table these are its columns; of a view or an index of words, the statement that made it.
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

/// How many steps have been done to this file.
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
