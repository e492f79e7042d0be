//! What the stream of a room contains.

use super::machine::{ListedMachine, MachineId, Report};
use crate::journal::ClusterKey;
use crate::room::{ConnectionId, HubInput, Settings};
use crate::wire::{LineKey, Ticket};
use serde::{Deserialize, Serialize};
use std::net::IpAddr;
use std::time::Duration;

/// The version that all machines of a cluster must have: another one may compute another state from
/// the same inputs.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The first message of the stream: what all machines start from.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Genesis {
    /// The version of the machines.
    pub version: String,
    /// The number of the cluster, by which a machine recognizes its journal.
    pub cluster: ClusterKey,
    /// The number of the stream.
    pub stream: [u8; 16],
    /// The last input before the stream, 0 for none. A stream that replaces a deleted one continues the
    /// numbers, from the state of a machine.
    pub base: u64,
    /// The source of all tickets and secrets of games.
    pub seed: [u8; 32],
    /// The settings of the room.
    pub settings: Settings,
    /// What its members need for a private line, if the room is private.
    pub secrets: Option<GenesisSecrets>,
}

/// The secrets of a private room.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct GenesisSecrets {
    /// The key by which members return.
    pub key: LineKey,
    /// The code by which they join.
    pub code: String,
}

/// A message of the stream after the first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum StreamMessage {
    /// Another machine serves the room.
    Join {
        /// Identifies the message to its author, who learns its number from it.
        nonce: [u8; 16],
        /// Where members reach the machine.
        address: String,
        /// The version of the machine.
        version: String,
    },
    /// A machine has left.
    Leave(MachineId),
    /// Inputs, in the order in which they came to a machine.
    Batch {
        /// The machine.
        machine: MachineId,
        /// Counts the batches of the machine, from 1. One that the engine has stored twice is applied
        /// once: it remembers ids for some minutes only.
        number: u64,
        /// The inputs.
        commands: Vec<Command>,
        /// What the machine says about itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        report: Option<Report>,
    },
    /// A second has passed.
    Tick {
        /// The machine that says so.
        machine: MachineId,
        /// All machines, for those who only look.
        machines: Vec<ListedMachine>,
    },
}

/// One input.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Command {
    /// An input of the hub.
    Input(HubInput),
    /// A newcomer asks to be admitted.
    Arrival {
        /// Its connection.
        connection: ConnectionId,
        /// Its address.
        from: IpAddr,
    },
    /// A member asks to be admitted again.
    Comeback {
        /// Its connection.
        connection: ConnectionId,
        /// Its ticket.
        ticket: Ticket,
    },
    /// Tells its machine that everything before it is applied.
    Barrier {
        /// A number that no connection has.
        connection: ConnectionId,
    },
    /// A key exchange has taken time.
    Exchange {
        /// The address to be charged.
        from: IpAddr,
        /// The time to charge.
        time: Duration,
    },
}

impl Command {
    /// The connection that the command is about; nothing if it is about none.
    #[must_use]
    pub fn connection(&self) -> Option<ConnectionId> {
        match self {
            Self::Arrival { connection, .. }
            | Self::Comeback { connection, .. }
            | Self::Barrier { connection } => Some(*connection),
            Self::Exchange { .. } => None,
            Self::Input(input) => input.connection(),
        }
    }
}

impl StreamMessage {
    /// The message as bytes.
    ///
    /// # Errors
    /// None that this version knows: a message has no part that JSON cannot express.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec(self)
    }

    /// The message of these bytes; nothing if they are none. All machines ignore such a message.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        serde_json::from_slice(bytes).ok()
    }
}
