//! Why a request to the history cannot be answered.

use super::id::Id;
use crate::files::FileError;
use crate::journal::{JournalError, Problem};
use std::io;
use std::path::PathBuf;

/// Why a request cannot be answered. Each message is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// The journal is open but cannot be read.
    #[error("cannot use the journal: {0}")]
    Unusable(Problem),
    /// The journal cannot be opened.
    #[error("cannot open the journal {}: {problem}; name another folder with --data DIR", .path.display())]
    Unopened {
        /// The file.
        path: PathBuf,
        /// The cause.
        problem: Problem,
    },
    /// The journal does not hold the session or room, or it was altered.
    #[error(transparent)]
    Journal(JournalError),
    /// Rooms have no digests to verify.
    #[error("room r{0} cannot be verified: only sessions have a fingerprint")]
    Unverified(i64),
    /// Rooms cannot be replayed, since no one end saw everything.
    #[error("room r{0} cannot be replayed: `tictalk history show r{0}` prints it")]
    Unplayed(i64),
    /// The journal remembers no partner of this name, which is visible text.
    #[error("there is no partner {0} in the journal: `tictalk history` lists them")]
    NoPartner(String),
    /// There is no last session.
    #[error("there is no session in the journal yet")]
    NoSessions,
    /// A picture of the session would have too many rows.
    #[error(
        "the session takes {rows} rows, and a picture has {most} at most: choose its last turns with \
         --last 50, or write a page with --format html"
    )]
    TooLong {
        /// Its rows.
        rows: usize,
        /// How many a picture may have.
        most: usize,
    },
    /// No one end of a room saw everything, so there is no terminal to draw.
    #[error("room r{0} cannot be drawn as a terminal: use --format html")]
    NoPicture(i64),
    /// Only drawings of a session can be restricted to its end.
    #[error("--last applies to a session as html or svg")]
    NoLast,
    /// A file cannot be written.
    #[error("cannot write {}: {error}", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        error: FileError,
    },
    /// The file to be written exists.
    #[error("{} exists: name another file, or add --force to overwrite it", .0.display())]
    Exists(PathBuf),
    /// The terminal cannot be used for panes.
    #[error("cannot use the terminal: {0}")]
    Terminal(io::Error),
    /// Standard output cannot be written.
    #[error("cannot write to standard output: {0}")]
    Output(io::Error),
}

impl From<JournalError> for HistoryError {
    fn from(error: JournalError) -> Self {
        match error {
            JournalError::Use(problem) => Self::Unusable(problem),
            // Its own message suggests --no-journal, which does not apply to reading.
            JournalError::Open { path, problem } => Self::Unopened { path, problem },
            other => Self::Journal(other),
        }
    }
}

/// The error for a session or a room that the journal does not hold.
pub(super) fn missing(id: Id) -> JournalError {
    match id {
        Id::Session(id) => JournalError::NoSession(id),
        Id::Room(id) => JournalError::NoRoom(id),
    }
}
