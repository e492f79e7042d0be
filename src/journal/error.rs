//! Why a journal cannot be used.

use crate::files::FileError;
use crate::text::in_line;
use std::io;
use std::path::PathBuf;

/// Why the journal cannot be used: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The system names no folder for a program's data.
    #[error("no folder is known for the journal: name one with --data DIR, or use --no-journal")]
    NoFolder,
    /// The journal cannot be opened.
    #[error(
        "cannot open the journal {}: {problem}; name another folder with --data DIR, or use \
         --no-journal", .path.display()
    )]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        problem: Problem,
    },
    /// The journal is open, but cannot be read or written.
    #[error(transparent)]
    Use(#[from] Problem),
    /// The journal holds no such session.
    #[error("there is no session {0} in the journal: `tictalk history` lists them")]
    NoSession(i64),
    /// The journal holds no such room.
    #[error("there is no room r{0} in the journal: `tictalk history` lists them")]
    NoRoom(i64),
    /// A turn does not match its digest, or is missing.
    #[error("turn {turn} of session {session} was altered in the journal")]
    Altered {
        /// The number of the session.
        session: i64,
        /// The number of the first turn that does not match.
        turn: u64,
    },
}

/// A problem with a journal.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The disk is full.
    #[error("the disk is full")]
    Full,
    /// The disk fails, or the file has reached a limit of the system.
    #[error("the disk reports an error, or the file may not grow")]
    Disk,
    /// The file or its folder is read-only.
    #[error("it cannot be written")]
    ReadOnly,
    /// Another program has held the file for longer than the timeout.
    #[error("another program has it locked")]
    Locked,
    /// The file is something else.
    #[error("it is not a tictalk journal")]
    NotAJournal,
    /// SQLite finds the file malformed.
    #[error("it is damaged: restore it from a copy")]
    Damaged,
    /// A row holds a number or a text that this program never writes.
    #[error("it holds a value that tictalk never writes")]
    Value,
    /// Another program has claimed the room.
    #[error("another tictalk has the room on port {port} open: choose another --port or --name")]
    RoomOpen {
        /// The port of the room.
        port: u16,
    },
    /// The room of this name and port is not the one of the cluster.
    #[error(
        "it holds another room of this name and port: name another folder with --data DIR, or choose \
         another --port"
    )]
    OtherRoom,
    /// The room is one of several machines, and this server would be alone.
    #[error("this room spans several machines: open it with --cluster")]
    InCluster,
    /// The journal already holds another session with the same ticket.
    #[error("it already holds a session with this ticket: the server has issued one ticket twice")]
    SameTicket,
    /// The session or room has as many turns or posts as the journal can number.
    #[error("this session or room has reached its maximum size: start a new one")]
    Complete,
    /// A later version made the file.
    #[error("it was made by a newer tictalk: update this one")]
    Newer,
    /// Another program has resumed the session.
    #[error("another tictalk has resumed this session")]
    TakenOver,
    /// The session was deleted while it was running.
    #[error("this session was deleted from the journal")]
    Deleted,
    /// The room was deleted while it was running.
    #[error("this room was deleted from it")]
    RoomDeleted,
    /// The path leads to another user's file, or to no file at all.
    #[error(transparent)]
    File(#[from] FileError),
    /// Any other error of SQLite. Its message may quote names from the file.
    #[error("SQLite reports: {}", in_line(&.0.to_string()))]
    Database(rusqlite::Error),
}

impl Problem {
    /// Whether a retry can succeed: another program is using the journal, and nothing else is
    /// wrong.
    #[must_use]
    pub(crate) fn may_pass(&self) -> bool {
        matches!(self, Self::Locked)
    }
}

impl JournalError {
    /// Whether a retry can succeed.
    #[must_use]
    pub(crate) fn may_pass(&self) -> bool {
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
