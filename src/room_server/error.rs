//! Why a room fails.

#[cfg(feature = "cluster")]
use super::machine::ClusterError;
use crate::journal::JournalError;
use crate::net::AddressError;
use crate::room::NickError;
use crate::terminal::ConsoleError;
use std::io;

/// Why a room could not be opened or kept open. Each message is one line: what happened, where, and
/// what to do.
#[derive(Debug, thiserror::Error)]
pub enum RoomServerError {
    /// The server cannot listen on its address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The name of the room is not allowed as a member's name.
    #[error("this name cannot be used for the room")]
    Name(#[from] NickError),
    /// A post could not be written to the journal.
    #[error("the room was closed because its journal cannot be written: {0}")]
    Unwritten(JournalError),
    /// The journal could not be read when the room was opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The host's console failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The machine cannot be part of its cluster.
    #[cfg(feature = "cluster")]
    #[error(transparent)]
    Cluster(Box<ClusterError>),
    /// A system call failed that normally succeeds, such as starting a thread.
    #[error(transparent)]
    System(#[from] io::Error),
}

#[cfg(feature = "cluster")]
impl From<ClusterError> for RoomServerError {
    fn from(error: ClusterError) -> Self {
        Self::Cluster(error.into())
    }
}
