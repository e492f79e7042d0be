//! This server as one machine of a cluster.
//!
//! `start` finds the room in the engine, computes its state, and joins. `run` then reads the stream and
//! publishes what comes to this machine. `rebuild` computes the state once more if another machine
//! has another one.

use crate::cluster::{
    EngineError, EngineUrl, PublishError, ReadError, Reader, Replicas, RoomStream, in_line,
};
use crate::net::HostPort;

use std::sync::Arc;

mod rebuild;
mod run;
mod start;
mod watch;

pub(super) use rebuild::Rebuilt;
pub(super) use run::Machine;
pub(super) use start::{Started, Starting};

/// The cluster that a server is to be part of.
#[derive(Debug, Clone)]
pub struct ClusterOptions {
    /// Where the engine is.
    pub engine: EngineUrl,
    /// On how many servers of the engine a new stream is kept.
    pub replicas: Replicas,
    /// Where members reach this machine, as `HOST:PORT`. By default, where it listens.
    pub address: Option<HostPort>,
}

/// Why a machine cannot be part of its cluster. Each message says what to do.
#[derive(Debug, thiserror::Error)]
pub enum ClusterError {
    /// The engine does not do what it was asked for.
    #[error("{}", in_line(&.0.to_string()))]
    Engine(EngineError),
    /// The engine stores nothing.
    #[error("{}", in_line(&.0.to_string()))]
    Publish(PublishError),
    /// The stream cannot be read.
    #[error("{}", in_line(&.0.to_string()))]
    Read(ReadError),
    /// There is no journal.
    #[error("--cluster needs a journal: leave out --no-journal")]
    NoJournal,
    /// The room has no name.
    #[error("--cluster needs the name of the room: add --room NAME")]
    NoName,
    /// Nothing comes from the stream.
    #[error("the engine sends nothing of the stream of the room: try again when it is ready")]
    Silent,
    /// The stream was deleted.
    #[error(
        "the stream of the room was deleted from the engine, or has lost inputs: stop all machines, \
         then start first the one whose journal has the most posts"
    )]
    Deleted,
    /// The stream has another beginning than this version writes.
    #[error(
        "the stream of the room has no beginning that this version understands: choose another --room"
    )]
    Genesis,
    /// The machines of the room have another version.
    #[error(
        "the machines of this room run tictalk {theirs}, and this is {ours}: all have to run the \
         same version"
    )]
    Version {
        /// Their version.
        theirs: String,
        /// The version of this program.
        ours: &'static str,
    },
    /// The room has private lines and this server has not, or the other way round.
    #[error("the room was opened {}: start this machine in the same way", .0)]
    Lines(&'static str),
    /// The stream does not reach back to the end of the journal.
    #[error(
        "the stream begins after the last state in this journal: stop another machine, and copy its \
         journal and port to this one"
    )]
    TooOld,
    /// The stream ends before the journal does.
    #[error(
        "the journal has inputs of the room that the stream has lost: delete the stream from the engine \
         and start first the machine whose journal has the most posts, or start this one with an empty \
         --data folder"
    )]
    Ahead,
    /// The journal of a cluster has no state of this version.
    #[error("the state of the room in this journal cannot be read: {0}")]
    State(String),
    /// Another machine has the same address.
    #[error(
        "another machine has joined as {0}: give each machine its own address with --advertise"
    )]
    Replaced(String),
    /// Other machines compute another state, and cannot be wrong: they are more, or have been there for
    /// longer.
    #[error(
        "this machine computes another state of the room than the others: run the same program on all \
         machines, and start this one with an empty --data folder"
    )]
    Diverged,
    /// A message cannot be written.
    #[error(transparent)]
    Encoding(#[from] serde_json::Error),
}

/// The stream of the room. Inputs are numbered over all streams that the room has had: one that
/// replaces a deleted stream continues the numbers.
#[derive(Debug, Clone)]
pub(super) struct RoomLog {
    pub(super) stream: RoomStream,
    /// The number of the last input before the stream.
    base: u64,
}

impl RoomLog {
    /// Reads the inputs after this one.
    fn reader(&self, after: u64) -> Reader {
        self.stream.reader(after.saturating_sub(self.base))
    }

    /// The number of the input that is this message of the stream.
    fn input(&self, sequence: u64) -> u64 {
        self.base + sequence
    }

    /// The message of the stream that is this input; 0 if it is before the stream.
    fn sequence(&self, input: u64) -> u64 {
        input.saturating_sub(self.base)
    }
}

/// A state from which the room can be computed.
#[derive(Debug, Clone)]
pub(super) struct SavedState {
    /// Its last input.
    pub(super) input: u64,
    /// The state, as [`Replica::save`](crate::cluster::Replica::save) writes it.
    pub(super) bytes: Arc<[u8]>,
}

// Their messages are part of the own one, so they are no sources.
impl From<EngineError> for ClusterError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<PublishError> for ClusterError {
    fn from(error: PublishError) -> Self {
        Self::Publish(error)
    }
}

impl From<ReadError> for ClusterError {
    fn from(error: ReadError) -> Self {
        Self::Read(error)
    }
}
