//! The machines of a cluster.

use crate::room::ConnectionId;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

/// How many bits of the number of a connection count the connections of one machine: enough for a
/// million connections a second for twelve days.
const CONNECTION_BITS: u32 = 40;

/// The number of a machine in its cluster. A machine that joins again gets another one.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
pub struct MachineId(pub u32);

impl MachineId {
    /// The number of the machine's n-th connection, from 1.
    #[must_use]
    pub fn connection(self, n: u64) -> ConnectionId {
        ConnectionId(u64::from(self.0) << CONNECTION_BITS | n)
    }

    /// The number of the machine's console.
    #[must_use]
    pub fn console(self) -> ConnectionId {
        self.connection(0)
    }

    /// Whether this is a connection of the machine, or its console.
    #[must_use]
    pub fn has(self, connection: ConnectionId) -> bool {
        connection.0 >> CONNECTION_BITS == u64::from(self.0)
    }

    /// The numbers of all connections of the machine.
    #[must_use]
    pub fn connections(self) -> RangeInclusive<ConnectionId> {
        self.connection(1)..=self.connection((1 << CONNECTION_BITS) - 1)
    }
}

impl fmt::Display for MachineId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "machine {}", self.0)
    }
}

/// The digest of the room's state after an input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// The number of the input.
    pub input: u64,
    /// The digest.
    pub digest: [u8; 32],
}

/// What a machine says about itself, about once a second.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The last input that it has applied.
    pub applied: u64,
    /// The input of the last state that it can start from.
    pub saved: u64,
    /// Its last checkpoint.
    pub checkpoint: Option<Checkpoint>,
}

/// A machine as all machines know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Machine {
    /// Where members reach it. No two machines have the same address.
    pub address: String,
    /// When it was heard last, in the room's time.
    pub(super) heard_at: Duration,
    /// The number of its last batch; 0 for none.
    pub(super) batch: u64,
    /// Its last report.
    pub report: Report,
    /// Whether it is part of the room at present.
    pub presence: MachinePresence,
}

/// Whether a machine is part of the room at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MachinePresence {
    /// It serves members.
    Here,
    /// It has left, or was silent for too long. It can start from its last state and join again.
    Away,
}

/// A line of the list of machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedMachine {
    /// Its number.
    pub id: MachineId,
    /// Where members reach it.
    pub address: String,
    /// Whether it is part of the room.
    pub presence: MachinePresence,
    /// How many members are connected to it.
    pub members: usize,
    /// What it said last about itself.
    pub report: Report,
}
