//! What was said, written down: an SQLite database that both programs of a person may share.
//!
//! A turn is written before it is sent or shown, so a program that is killed goes on where it
//! stopped. Against the loss of power nothing is promised but that the file stays sound: a turn is
//! handed to the system at once, and the system takes its time with the disk (WAL mode,
//! `synchronous = NORMAL`).
//!
//! [`Journal`] is the file, [`Ledger`] the place in it where one running session is written. What
//! people read of it is put into words elsewhere.

use crate::session::{Log, Played, Retelling, Role, Turn};
use crate::wire::{Dialect, Digest, Post, Ticket};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, named_params};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

mod ledger;
mod register;
mod schema;

pub use ledger::{Header, Ledger};
pub use register::{Register, Remark, Room, RoomKey};

/// The name of the file in its folder.
const FILE: &str = "journal.db";

/// How long another program may hold the file. The talk stands still meanwhile.
const PATIENCE: Duration = Duration::from_secs(1);

/// How many tickets of sessions in which nothing has been said are kept.
const PROMISES: i64 = 64;

/// Why the journal cannot be used: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system names no folder for a program's data.
    #[error("no folder is known for the journal: name one with --data DIR, or use --no-journal")]
    NoFolder,
    /// It cannot be opened.
    #[error(
        "cannot open the journal {}: {problem}; name another folder with --data DIR, or use \
         --no-journal", .path.display()
    )]
    Open {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        problem: Problem,
    },
    /// It can be opened, but not read or written.
    #[error(transparent)]
    Use(#[from] Problem),
    /// No such session is in it.
    #[error("there is no session {0} in the journal: `tictalk history` lists them")]
    NoSession(i64),
    /// No such room is in it.
    #[error("there is no room r{0} in the journal: `tictalk history` lists them")]
    NoRoom(i64),
    /// What it says of a session is not what was written.
    #[error("turn {turn} of session {session} in the journal is not what was written there")]
    Altered {
        /// Which session.
        session: i64,
        /// The first turn that is wrong.
        turn: u64,
    },
}

/// What is wrong with a journal.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk fails, or the file has reached a limit of the system.
    #[error("the disk reports an error, or the file may not grow")]
    Disk,
    /// It may only be read.
    #[error("it cannot be written")]
    ReadOnly,
    /// Another program does not let go of it.
    #[error("another program is using it and does not let go")]
    Locked,
    /// It is some other file.
    #[error("it is not a journal of tictalk")]
    NotAJournal,
    /// It was made by a later version.
    #[error("it was made by a newer tictalk: update this one")]
    Newer,
    /// Another program goes on with the session.
    #[error("another tictalk goes on with this session")]
    TakenOver,
    /// Somebody has deleted the session.
    #[error("this session was deleted from the journal")]
    Deleted,
    /// Somebody has deleted the room.
    #[error("this room was deleted from it")]
    RoomDeleted,
    /// What the system says.
    #[error(transparent)]
    System(#[from] io::Error),
    /// What SQLite says, where nothing better is known.
    #[error("{0}")]
    Database(rusqlite::Error),
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::ErrorCode;
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure) => Self::Disk,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::NotADatabase) => Self::NotAJournal,
            _ => Self::Database(error),
        }
    }
}

impl JournalError {
    /// Whether trying again may help: another program holds the journal just now.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Use(Problem::Locked))
    }
}

impl From<rusqlite::Error> for JournalError {
    fn from(error: rusqlite::Error) -> Self {
        Self::Use(error.into())
    }
}

/// The journal: a file with all sessions of a person, at both ends of a connection if they like.
#[derive(Debug)]
pub struct Journal {
    db: Connection,
}

/// What is known of a session, besides its turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Its number in this journal, from 1.
    pub id: i64,
    /// What was known of it before its first turn.
    pub header: Header,
    /// When the first turn was written down.
    pub began: Moment,
    /// When somebody said goodbye, and who.
    pub ended: Option<(Moment, Role)>,
    /// How many turns there are.
    pub turns: u64,
}

/// A turn as it stands in the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// Its number in the session, from 1.
    pub number: u64,
    /// Who said what.
    pub turn: Turn,
    /// When it was written down.
    pub at: Moment,
    /// The digest over all turns up to it.
    pub digest: Digest,
    /// What this end has kept secret of it.
    pub secret: Option<String>,
}

/// A turn that a search has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hit {
    /// In which session.
    pub session: i64,
    /// The turn.
    pub written: Written,
}

/// When deleted words are gone from the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Erased {
    /// They are.
    Now,
    /// As soon as no other program reads the journal.
    Later,
}

/// A point in time: milliseconds since the Unix epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Moment(pub i64);

impl Moment {
    /// This one.
    #[must_use]
    pub fn now() -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        Self(since.map_or(0, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        }))
    }

    /// When this post was made.
    #[must_use]
    pub fn of(post: &Post) -> Self {
        Self(i64::try_from(post.at).unwrap_or(i64::MAX))
    }

    /// How long it has been since `earlier`; nothing where a clock was set back.
    #[must_use]
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }
}

impl Journal {
    /// The folder that the system has for a person's data of this program.
    ///
    /// # Errors
    /// [`JournalError::NoFolder`] when it has none.
    pub fn default_folder() -> Result<PathBuf, JournalError> {
        directories::ProjectDirs::from("", "", "tictalk")
            .map(|folders| folders.data_dir().to_owned())
            .ok_or(JournalError::NoFolder)
    }

    /// Opens the journal in `folder`; both are made where they are missing, for nobody else to read.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(FILE);
        let begun = Instant::now();
        loop {
            match Self::open_file(folder, &path) {
                // Where two programs make the same file, SQLite tells one of them at once that the
                // other is at it, and does not wait.
                Err(JournalError::Use(Problem::Locked)) if begun.elapsed() < PATIENCE => {
                    thread::sleep(Duration::from_millis(10));
                }
                Err(JournalError::Use(problem)) => {
                    return Err(JournalError::Open { path, problem });
                }
                opened => return opened,
            }
        }
    }

    /// Opens the journal in `folder` if there is one.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, JournalError> {
        if folder.join(FILE).exists() {
            Self::open(folder).map(Some)
        } else {
            Ok(None)
        }
    }

    fn open_file(folder: &Path, path: &Path) -> Result<Self, JournalError> {
        make_private(folder, path).map_err(Problem::System)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(path, flags)?;
        db.busy_timeout(PATIENCE)?;
        // Before the mode, which is written into the file.
        schema::is_current(&mut db)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        schema::migrate(&mut db)?;
        Ok(Self { db })
    }

    /// All sessions, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn sessions(&self) -> Result<Vec<Session>, JournalError> {
        let mut query = self.db.prepare(&format!("{SESSION} ORDER BY id DESC"))?;
        let sessions = query.query_map([], session)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// One session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn session(&self, id: i64) -> Result<Session, JournalError> {
        let mut query = self.db.prepare(&format!("{SESSION} WHERE id = ?"))?;
        let found = query.query_row([id], session).optional()?;
        found.ok_or(JournalError::NoSession(id))
    }

    /// The session that its two ends call `ticket`, at the end of the role `me`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn find(&self, me: Role, ticket: &Ticket) -> Result<Option<Session>, JournalError> {
        let mut query = self
            .db
            .prepare(&format!("{SESSION} WHERE role = ? AND ticket = ?"))?;
        let found = query.query_row((me.name(), ticket.as_bytes()), session);
        Ok(found.optional()?)
    }

    /// Writes down that a server has given away `ticket` for a session in which nothing has been said
    /// yet: with the first turn it stands with the session. The newest 64 are kept.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn promise(&mut self, ticket: &Ticket) -> Result<(), JournalError> {
        let change = self.db.transaction()?;
        change.execute(
            "INSERT INTO promised (ticket) VALUES (?)",
            [ticket.as_bytes()],
        )?;
        change.execute(
            "DELETE FROM promised WHERE id <= (SELECT max(id) FROM promised) - ?",
            [PROMISES],
        )?;
        Ok(change.commit()?)
    }

    /// The tickets that a server has given away, the oldest first: those of its sessions, the newest
    /// `limit` at most, and those that were [promised](Self::promise).
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn server_tickets(&self, limit: usize) -> Result<Vec<Ticket>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT ticket FROM (SELECT id, ticket FROM sessions WHERE role = 'server'
                AND dialect = :dialect ORDER BY id DESC LIMIT :limit)
             UNION ALL SELECT ticket FROM promised",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let dialect = Dialect::Tictalk.name();
        let found = query.query_map(
            named_params! { ":dialect": dialect, ":limit": limit },
            |row| Ok(Ticket::new(row.get(0)?)),
        )?;
        let mut tickets: Vec<Ticket> = found.collect::<Result<_, _>>()?;
        tickets.reverse();
        Ok(tickets)
    }

    /// The newest session of a client with the server at this place that nobody has ended.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn unfinished(&self, host: &str, port: u16) -> Result<Option<Session>, JournalError> {
        let mut query = self.db.prepare(&format!(
            "{SESSION} WHERE role = 'client' AND dialect = :dialect AND host = :host
                AND port = :port AND ended IS NULL ORDER BY id DESC LIMIT 1"
        ))?;
        let dialect = Dialect::Tictalk.name();
        let found = query.query_row(
            named_params! { ":dialect": dialect, ":host": host, ":port": port },
            session,
        );
        Ok(found.optional()?)
    }

    /// The turns of a session, in order, with their digests checked.
    ///
    /// # Errors
    /// [`JournalError::Altered`] at the first turn that is missing or changed, and
    /// [`JournalError::Use`].
    pub fn turns(&self, of: &Session) -> Result<Vec<Written>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT id, by, text, at, digest, secret FROM turns WHERE id BETWEEN ? AND ? ORDER BY id",
        )?;
        let mut log = Log::new(of.header.ticket);
        let mut turns = Vec::new();
        for written in query.query_map(turn_ids(of.id), written)? {
            let (_, written) = written?;
            let entry = log.add(written.turn.clone());
            if (entry.number, entry.digest) != (written.number, written.digest) {
                let (session, turn) = (of.id, entry.number);
                return Err(JournalError::Altered { session, turn });
            }
            turns.push(written);
        }
        Ok(turns)
    }

    /// The games that were played in a session, as this end knows them.
    ///
    /// # Errors
    /// Those of [`turns`](Self::turns).
    pub fn games(&self, of: &Session) -> Result<Vec<Played>, JournalError> {
        let turns = self.turns(of)?;
        Ok(of.games(&turns))
    }

    /// The turns with words that begin with each of these, the newest first, `limit` at most.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn search(&self, words: &[String], limit: usize) -> Result<Vec<Hit>, JournalError> {
        let pattern = beginnings(words);
        self.db.execute(schema::INDEX, [])?;
        let mut query = self.db.prepare(
            "SELECT turns.id, by, turns.text, at, digest, secret
             FROM words JOIN turns ON turns.id = words.rowid
             WHERE words MATCH ? ORDER BY at DESC, turns.id DESC LIMIT ?",
        )?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let hits = query.query_map((pattern, limit), |row| {
            let (session, written) = written(row)?;
            Ok(Hit { session, written })
        })?;
        Ok(hits.collect::<Result<_, _>>()?)
    }

    /// Forgets a session; its words are overwritten in the file. Returns whether they are gone from
    /// there already: where another program is reading, it takes until that has ended.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn delete(&mut self, id: i64) -> Result<Erased, JournalError> {
        self.erase(|change| {
            if change.execute("DELETE FROM sessions WHERE id = ?", [id])? == 0 {
                return Err(JournalError::NoSession(id));
            }
            change.execute(schema::UNINDEX, turn_ids(id))?;
            change.execute("DELETE FROM turns WHERE id BETWEEN ? AND ?", turn_ids(id))?;
            // The index keeps deleted words until it is written anew.
            change.execute("INSERT INTO words (words) VALUES ('optimize')", [])?;
            Ok(())
        })
    }

    /// Has `delete` delete something, so that nothing of it stays in the file.
    fn erase(
        &mut self,
        delete: impl FnOnce(&Connection) -> Result<(), JournalError>,
    ) -> Result<Erased, JournalError> {
        self.db.pragma_update(None, "secure_delete", true)?;
        let change = self.db.transaction()?;
        delete(&change)?;
        change.commit()?;
        let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = self.db.query_row(checkpoint, [], |row| row.get(0))?;
        Ok(if is_busy { Erased::Later } else { Erased::Now })
    }

    /// `moment` as people write it where this program runs: `2026-11-20 09:30`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn local_time(&self, moment: Moment) -> Result<String, JournalError> {
        let format = "SELECT strftime('%Y-%m-%d %H:%M', ? / 1000, 'unixepoch', 'localtime')";
        let mut query = self.db.prepare_cached(format)?;
        Ok(query.query_row([moment.0], |row| row.get(0))?)
    }

    /// `moment` as programs write it (RFC 3339): `2026-11-20T08:30:05.123Z`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn utc_time(&self, moment: Moment) -> Result<String, JournalError> {
        let format = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ? / 1000.0, 'unixepoch')";
        let mut query = self.db.prepare_cached(format)?;
        Ok(query.query_row([moment.0], |row| row.get(0))?)
    }
}

impl Session {
    /// Goes through the session once more from its beginning.
    #[must_use]
    pub fn retelling(&self) -> Retelling {
        let Header {
            role,
            ticket,
            dialect,
            ..
        } = self.header;
        Retelling::new(role, ticket, dialect != Dialect::Tictalk)
    }

    /// The games among these turns, which are all of the session.
    #[must_use]
    pub fn games(&self, turns: &[Written]) -> Vec<Played> {
        let mut retelling = self.retelling();
        for written in turns {
            retelling.tell(&written.turn, written.secret.as_deref());
        }
        retelling.into_games()
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

/// Makes folder and file where they are missing, so that only their owner can read them.
fn make_private(folder: &Path, path: &Path) -> io::Result<()> {
    let mut folders = fs::DirBuilder::new();
    let mut file = fs::OpenOptions::new();
    file.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
        folders.mode(0o700);
        file.mode(0o600);
    }
    folders.recursive(true).create(folder)?;
    file.open(path).map(drop)
}

const SESSION: &str = "SELECT id, role, ticket, dialect, host, port, me, partner, began, ended,
    ended_by,
    (SELECT count(*) FROM turns
        WHERE turns.id BETWEEN sessions.id << 32 AND sessions.id << 32 | 4294967295) FROM sessions";

/// The `id` of a turn: its session's number in the upper 32 bits, its own in the lower.
fn turn_id(session: i64, number: u64) -> i64 {
    session << 32 | i64::try_from(number).unwrap_or(0)
}

/// The first and the last `id` that a turn of this session can have.
fn turn_ids(session: i64) -> (i64, i64) {
    (turn_id(session, 0), turn_id(session, u64::from(u32::MAX)))
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let ended = match (
        row.get::<_, Option<i64>>(9)?,
        row.get::<_, Option<String>>(10)?,
    ) {
        (Some(at), Some(by)) => Some((Moment(at), role(&by))),
        _ => None,
    };
    Ok(Session {
        id: row.get(0)?,
        header: Header {
            role: role(&row.get::<_, String>(1)?),
            ticket: Ticket::new(row.get(2)?),
            dialect: dialect(&row.get::<_, String>(3)?),
            host: row.get(4)?,
            port: row.get(5)?,
            me: row.get(6)?,
            partner: row.get(7)?,
        },
        began: Moment(row.get(8)?),
        ended,
        turns: row.get(11)?,
    })
}

/// Reads a turn, and the number of its session.
fn written(row: &Row<'_>) -> rusqlite::Result<(i64, Written)> {
    let id: i64 = row.get(0)?;
    let written = Written {
        number: u64::try_from(id & i64::from(u32::MAX)).unwrap_or(0),
        turn: Turn {
            by: role(&row.get::<_, String>(1)?),
            text: row.get(2)?,
        },
        at: Moment(row.get(3)?),
        digest: Digest::new(row.get(4)?),
        secret: row.get(5)?,
    };
    Ok((id >> 32, written))
}

/// The table allows no other names.
fn role(name: &str) -> Role {
    if name == Role::Client.name() {
        Role::Client
    } else {
        Role::Server
    }
}

fn dialect(name: &str) -> Dialect {
    let named = [Dialect::Tictalk, Dialect::Framed];
    let found = named.into_iter().find(|dialect| dialect.name() == name);
    found.unwrap_or(Dialect::Raw)
}
