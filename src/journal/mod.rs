//! What was said, written down: an SQLite database that both programs of a person may share.
//!
//! A turn is written before it is sent or shown, so a program that is killed goes on where it
//! stopped. Against the loss of power nothing is promised but that the file stays sound: a turn is
//! handed to the system at once, and the system takes its time with the disk (WAL mode,
//! `synchronous = NORMAL`).
//!
//! [`Journal`] is the file, [`Ledger`] the place in it where one running session is written. What
//! people read of it is put into words elsewhere.

use crate::files::FileError;
use crate::session::{Played, Retelling, Role, Turn, TurnLog};
use crate::text;
use crate::wire::{Dialect, Digest, Post, Ticket};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, named_params};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

mod claim;
mod erase;
mod files;
mod ledger;
mod pass;
mod register;
mod schema;
mod search;

pub use ledger::{Header, Ledger};
pub use pass::{Pass, RoomLogin};
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
    /// SQLite cannot make sense of it.
    #[error("it is damaged: restore it from a copy")]
    Damaged,
    /// A number or a text in it is none that this program writes.
    #[error("it holds a value that tictalk never writes")]
    Value,
    /// Another program has claimed the room.
    #[error(
        "another tictalk has the room of port {port} open: give this one another port or another \
         --name"
    )]
    RoomOpen {
        /// Its port.
        port: u16,
    },
    /// It holds another session that its two ends call the same.
    #[error("a session with this ticket is already in it: the server has given one ticket twice")]
    SameTicket,
    /// It has as many posts or turns as it can hold.
    #[error("no more can be written down here: begin another one")]
    Complete,
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
    /// Somebody else's file stands there, or no file at all.
    #[error(transparent)]
    File(#[from] FileError),
    /// What SQLite says, where nothing better is known; its words may hold names out of the file.
    #[error("SQLite reports: {}", in_line(&.0.to_string()))]
    Database(rusqlite::Error),
}

/// `text` in one line, with a mark for each character that is not plainly visible.
fn in_line(text: &str) -> String {
    let marked = text::marked(text, |_, shown| shown.push(char::REPLACEMENT_CHARACTER));
    marked.replace(['\n', '\t'], " ")
}

impl Problem {
    /// Whether it makes sense to try the same again after a while: nothing is wrong but that somebody
    /// else uses the journal.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        matches!(self, Self::Locked)
    }
}

impl JournalError {
    /// Whether it makes sense to try the same again after a while.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        match self {
            Self::Use(problem) | Self::Open { problem, .. } => problem.may_pass(),
            _ => false,
        }
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::File(error.into())
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        use rusqlite::{Error, ErrorCode};
        if matches!(
            error,
            Error::FromSqlConversionFailure(..)
                | Error::IntegralValueOutOfRange(..)
                | Error::InvalidColumnType(..)
                | Error::Utf8Error(..)
        ) {
            return Self::Value;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::SystemIoFailure) => Self::Disk,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Locked,
            Some(ErrorCode::NotADatabase) => Self::NotAJournal,
            Some(ErrorCode::DatabaseCorrupt) => Self::Damaged,
            _ => Self::Database(error),
        }
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
    folder: PathBuf,
}

/// What is known of a session, besides its turns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredSession {
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

    /// Opens the journal in `folder`; both are made where they are missing. Nobody else can read it
    /// from then on.
    ///
    /// # Errors
    /// [`JournalError::Open`].
    pub fn open(folder: &Path) -> Result<Self, JournalError> {
        let path = folder.join(FILE);
        let begun = Instant::now();
        loop {
            match Self::open_file(folder) {
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
        let path = folder.join(FILE);
        match fs::symlink_metadata(&path) {
            Ok(_) => Self::open(folder).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                let problem = error.into();
                Err(JournalError::Open { path, problem })
            }
        }
    }

    fn open_file(folder: &Path) -> Result<Self, JournalError> {
        files::prepare(folder)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut db = Connection::open_with_flags(folder.join(FILE), flags)?;
        schema::distrust(&db)?;
        db.busy_timeout(PATIENCE)?;
        // Before the mode, which is written into the file.
        schema::is_current(&mut db)?;
        files::make_private(folder)?;
        db.pragma_update(None, "journal_mode", "WAL")?;
        db.pragma_update(None, "synchronous", "NORMAL")?;
        schema::migrate(&mut db)?;
        let folder = folder.to_owned();
        Ok(Self { db, folder })
    }

    /// All sessions, the newest first.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn sessions(&self) -> Result<Vec<StoredSession>, JournalError> {
        let mut query = self.db.prepare(&format!("{SESSION} ORDER BY id DESC"))?;
        let sessions = query.query_map([], session)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    /// One session.
    ///
    /// # Errors
    /// [`JournalError::NoSession`] and [`JournalError::Use`].
    pub fn session(&self, id: i64) -> Result<StoredSession, JournalError> {
        let mut query = self.db.prepare(&format!("{SESSION} WHERE id = ?"))?;
        let found = query.query_row([id], session).optional()?;
        found.ok_or(JournalError::NoSession(id))
    }

    /// The session that its two ends call `ticket`, at the end of the role `me`.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn find(&self, me: Role, ticket: &Ticket) -> Result<Option<StoredSession>, JournalError> {
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
    pub fn unfinished(&self, host: &str, port: u16) -> Result<Option<StoredSession>, JournalError> {
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
    pub fn turns(&self, of: &StoredSession) -> Result<Vec<Written>, JournalError> {
        let mut query = self.db.prepare(
            "SELECT id, by, text, at, digest, secret FROM turns WHERE id BETWEEN ? AND ? ORDER BY id",
        )?;
        let mut log = TurnLog::new(of.header.ticket);
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
    pub fn games(&self, of: &StoredSession) -> Result<Vec<Played>, JournalError> {
        let turns = self.turns(of)?;
        Ok(of.games(&turns))
    }

    /// `moment` as people write it where this program runs: `2026-11-20 09:30`. Of a time outside of
    /// the years 0 to 9999, which no clock shows, the nearest is told that can be written.
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn local_time(&self, moment: Moment) -> Result<String, JournalError> {
        let format = "SELECT strftime('%Y-%m-%d %H:%M', ? / 1000, 'unixepoch', 'localtime')";
        self.time(format, moment, ["0000-01-01 00:00", "9999-12-31 23:59"])
    }

    /// `moment` as programs write it (RFC 3339): `2026-11-20T08:30:05.123Z`; see
    /// [`local_time`](Self::local_time).
    ///
    /// # Errors
    /// [`JournalError::Use`].
    pub fn utc_time(&self, moment: Moment) -> Result<String, JournalError> {
        let format = "SELECT strftime('%Y-%m-%dT%H:%M:%fZ', ? / 1000.0, 'unixepoch')";
        let ends = ["0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"];
        self.time(format, moment, ends)
    }

    /// `moment` in this format, or the first or last of the times that have one.
    fn time(
        &self,
        format: &str,
        moment: Moment,
        [first, last]: [&str; 2],
    ) -> Result<String, JournalError> {
        let mut query = self.db.prepare_cached(format)?;
        let time: Option<String> = query.query_row([moment.0], |row| row.get(0))?;
        let nearest = if moment.0 < 0 { first } else { last };
        Ok(time.unwrap_or_else(|| nearest.to_owned()))
    }
}

impl StoredSession {
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

const SESSION: &str = "SELECT id, role, ticket, dialect, host, port, me, partner, began, ended,
    ended_by,
    (SELECT count(*) FROM turns
        WHERE turns.id BETWEEN sessions.id << 32 AND sessions.id << 32 | 4294967295) FROM sessions";

/// The `id` of a turn: its session's number in the upper 32 bits, its own in the lower. A number that
/// does not fit there is taken for the last that does.
fn turn_id(session: i64, number: u64) -> i64 {
    session << 32 | number.min(LAST).cast_signed()
}

/// The greatest number that a turn or a post can have, since that is how many bits there are.
const LAST: u64 = u32::MAX as u64;

/// The greatest number of a session or a room for the same reason.
const LAST_SESSION: i64 = i32::MAX as i64;

/// The first and the last `id` that a turn of this session can have.
fn turn_ids(session: i64) -> (i64, i64) {
    (turn_id(session, 0), turn_id(session, u64::from(u32::MAX)))
}

fn session(row: &Row<'_>) -> rusqlite::Result<StoredSession> {
    let ended = match (
        row.get::<_, Option<i64>>(9)?,
        row.get::<_, Option<String>>(10)?,
    ) {
        (Some(at), Some(by)) => Some((Moment(at), role(&by))),
        _ => None,
    };
    Ok(StoredSession {
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
