//! Why a tournament cannot start or continue.

use crate::files::FileError;
use crate::journal::JournalError;
use std::io;
use std::path::PathBuf;

/// Why a tournament cannot start or continue.
#[derive(Debug, thiserror::Error)]
pub enum ArenaError {
    /// The journal cannot be opened or written.
    #[error("{0}; --no-journal plays without one")]
    Journal(#[from] JournalError),
    /// The file of results cannot be opened or written.
    #[error("cannot write {path}: {error}")]
    Results {
        /// The file.
        path: PathBuf,
        /// Why not.
        error: FileError,
    },
    /// Another process plays the same tournament.
    #[error("the same tournament is being played by another process")]
    Running,
    /// The system fails.
    #[error("{0}")]
    System(#[from] io::Error),
}
