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
    /// The file of results does not begin as this program begins it.
    #[error("{0} is not a file of results; start again with --restart, or remove the file")]
    NotResults(PathBuf),
    /// Another process plays the same tournament.
    #[error("the same tournament is being played by another process")]
    Running,
    /// The machine has run out of processes, open files or memory.
    #[error("a player {0}; play fewer games at once with --jobs, or try again later")]
    Shortage(String),
    /// A server cannot be reached.
    #[error(
        "the server of player {player} cannot be reached: {why}; start it, and give the same command again"
    )]
    Unreachable {
        /// The player, as the command line names it.
        player: String,
        /// Why not.
        why: String,
    },
    /// The system fails.
    #[error("{0}")]
    System(#[from] io::Error),
}
