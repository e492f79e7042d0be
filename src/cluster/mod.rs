//! A room on several machines.
//!
//! The [`Hub`](crate::room::Hub) of a room is a state machine without a clock or randomness of its own.
//! So its inputs are replicated, and not its posts: all machines write the inputs that come to them into
//! one stream, read that stream in order, and hand each input to a hub of their own. All hubs are then
//! equal, and each machine performs the effects for its own connections. The stream is kept by an
//! [`Engine`].
//!
//! # One order
//! - A machine publishes one message at a time ([`Submissions`]), which has all inputs that have come
//!   since the last one. If it is not known whether the engine has stored a message, it is published
//!   again under the same id, and the engine stores it once. It forgets ids after some time, so
//!   messages are numbered, and the replica applies none twice. A member that sends a line again
//!   through another machine is recognized by the hub: it accepts no number twice.
//! - An input that is in the stream is stored. So posts are sent and lines acknowledged as soon as a
//!   machine reads them from the stream. Its journal follows.
//! - Time is the stream's ([`RoomClock`]). It stands still while the engine is away.
//! - Ticks are messages as well. Each expects a certain tick before it, so of several machines that want
//!   to publish the next one only one succeeds.
//!
//! # Machines
//! A machine joins with a message, whose effect gives it a number. It is heard every second. One that
//! was silent for [`MACHINE_PATIENCE`] is gone: all machines conclude so from the same tick. Its members
//! are disconnected then, and its later messages are ignored. When it reads that it is gone, it drops its
//! connections and joins again.
//!
//! # One state
//! The digest of the state after each [`CHECKPOINT`]th input is part of the next report of each
//! machine. A machine that finds another digest computes the state once more from its last saved
//! state and the stream. All machines have the same version, since another one may compute another
//! state.
//!
//! A saved state is in the journal of a machine, from which it starts again. The stream is trimmed up
//! to the oldest state that some machine starts from.

pub use clock::{LONGEST_PAUSE, RoomClock};
pub use engine::{
    Contact, Engine, EngineError, EngineUrl, NoEngineUrl, Part, PublishError, Published, ReadError,
    Reader, Replicas, RoomStream, StreamEntry, StreamState,
};
pub use entry::{Command, Genesis, GenesisSecrets, StreamMessage, VERSION};
pub use machine::{Checkpoint, ListedMachine, Machine, MachineId, MachinePresence, Report};
pub use replica::{
    Applied, CHECKPOINT, ClusterChange, Departure, MACHINE_PATIENCE, Replica, StateError, Verdict,
};
pub use status::{ClusterStatus, table};
pub use submissions::{Submission, Submissions};

mod clock;
mod engine;
mod entry;
mod machine;
mod replica;
mod status;
mod submissions;

/// A message of the engine within a line of the program: no capital at its start, no full stop.
#[must_use]
pub fn in_line(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    let first = letters.next().map(|first| first.to_ascii_lowercase());
    first.into_iter().chain(letters).collect()
}
