//! The tables of the journal, and how a file of an older version becomes one of this.

use super::{JournalError, Problem};
use rusqlite::Connection;

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
    // Tickets that a server has given to clients before anything was said, so that it still knows
    // them when it was killed then.
    "CREATE TABLE promised (id INTEGER PRIMARY KEY, ticket BLOB NOT NULL) STRICT;",
];

/// Brings the index of words up to date: turns that are not in it have numbers that are not in it
/// either.
pub(super) const INDEX: &str = "INSERT INTO words (rowid, text)
    SELECT id, text FROM turns WHERE id NOT IN (SELECT id FROM words_docsize)";

/// Takes the turns between two ids out of the index, as far as they are in it.
pub(super) const UNINDEX: &str = "INSERT INTO words (words, rowid, text)
    SELECT 'delete', id, text FROM turns
    WHERE id BETWEEN ?1 AND ?2 AND id IN (SELECT id FROM words_docsize)";

/// [`INDEX`] for what is said in rooms.
pub(super) const INDEX_ROOMS: &str = "INSERT INTO room_words (rowid, text)
    SELECT id, text FROM remarks WHERE id NOT IN (SELECT id FROM room_words_docsize)";

/// [`UNINDEX`] for what is said in rooms.
pub(super) const UNINDEX_ROOMS: &str = "INSERT INTO room_words (room_words, rowid, text)
    SELECT 'delete', id, text FROM remarks
    WHERE id BETWEEN ?1 AND ?2 AND id IN (SELECT id FROM room_words_docsize)";

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
    let done = version(&*db.transaction()?)?;
    if done > STEPS.len() {
        return Err(Problem::Newer.into());
    }
    Ok(done == STEPS.len())
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
