//! Inputs on their way through the stream of a cluster.

use super::admission::Admission;
use crate::cluster::{Command, MachineId, Replica, Submissions, table};
use crate::room::{ConnectionId, Found, Hub, HubEffect, HubInput, Recipient, RoomCommand};
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;
use tokio::sync::{Notify, oneshot};

/// How many peers may wait to be admitted. Those after them are turned away.
const ASKED: usize = 16_384;

/// The state of the room, and this machine's inputs for it.
#[derive(Debug)]
pub(in crate::room_server) struct StreamOrder {
    pub(super) replica: Replica,
    /// The inputs of this machine, while it is part of the room.
    pub(super) submissions: Option<Submissions>,
    /// Whether everybody was told that the engine is away.
    pub(super) is_waiting: bool,
    /// Who waits to be admitted.
    pub(super) admissions: HashMap<ConnectionId, oneshot::Sender<Option<Duration>>>,
    /// The last number that this machine had.
    pub(super) machine: MachineId,
    /// The input of the last saved state.
    pub(super) saved: u64,
    /// Notified when there is something to publish.
    pub(super) submitted: Rc<Notify>,
    /// Notified when the journal was written.
    pub(super) journal_written: Rc<Notify>,
    /// Notified when the host closes this machine.
    pub(super) leaving: Rc<Notify>,
}

impl StreamOrder {
    /// The order of a machine that has joined with this number, and can start from its state after the
    /// input `saved`.
    pub(in crate::room_server) fn new(replica: Replica, machine: MachineId, saved: u64) -> Self {
        Self {
            replica,
            submissions: Some(Submissions::new(machine)),
            is_waiting: false,
            admissions: HashMap::new(),
            machine,
            saved,
            submitted: Rc::default(),
            journal_written: Rc::default(),
            leaving: Rc::default(),
        }
    }

    /// Notes that the journal was written.
    pub(super) fn note_written(&self) {
        self.journal_written.notify_one();
    }

    /// Notes that the state after this input is saved.
    pub(super) fn note_saved(&mut self, input: u64) {
        self.saved = self.saved.max(input);
        self.journal_written.notify_one();
    }

    /// The machines of the cluster, as a table.
    pub(super) fn machines(&self) -> String {
        table(&self.replica.machines(), self.replica.applied())
    }

    pub(super) fn hub(&self) -> &Hub {
        self.replica.hub()
    }

    /// The number of this machine's n-th connection.
    pub(super) fn connection(&self, n: u64) -> ConnectionId {
        self.machine.connection(n)
    }

    /// Puts an input on its way. The posts of an answer are sent at once.
    pub(super) fn submit(&mut self, input: HubInput, effects: &mut Vec<HubEffect>) {
        let console = self.machine.console();
        let input = match input {
            HubInput::Found(Found {
                to,
                query,
                posts,
                rest,
            }) => {
                let sent = self.hub().send_found(&to, &query, posts, effects);
                let to = match to {
                    Recipient::Host => Recipient::Console(console),
                    to => to,
                };
                HubInput::Sent {
                    to,
                    query,
                    sent,
                    rest,
                }
            }
            // That closes this machine, and not the room.
            HubInput::Host(text) if RoomCommand::closes(&text) => {
                return self.leaving.notify_one();
            }
            HubInput::Host(text) => HubInput::Console { console, text },
            HubInput::HostLeft => return self.leaving.notify_one(),
            // The stream itself tells when these are.
            HubInput::Stored(_) | HubInput::Tick => return,
            input => input,
        };
        self.add(Command::Input(input));
    }

    /// Puts a command on its way. A machine that is not part of the room has nobody to speak for.
    pub(super) fn add(&mut self, command: Command) {
        if let Some(submissions) = &mut self.submissions {
            submissions.add(command);
            self.submitted.notify_one();
        }
    }

    /// Asks whether a peer may be admitted.
    pub(super) fn ask(&mut self, connection: ConnectionId, command: Command) -> Admission {
        // While the engine is away, peers come again and again.
        if self.is_waiting || self.submissions.is_none() || self.admissions.len() >= ASKED {
            return Admission::Known(None);
        }
        let (answer, asked) = oneshot::channel();
        self.admissions.insert(connection, answer);
        self.add(command);
        Admission::Asked(asked)
    }

    /// Whether this machine performs an effect of an input that came from the machine `origin`.
    pub(super) fn performs(&self, origin: Option<MachineId>, effect: &HubEffect) -> bool {
        match effect {
            HubEffect::Tell { to, .. }
            | HubEffect::Recall { to, .. }
            | HubEffect::Look { to, .. } => match to {
                Recipient::Host => true,
                Recipient::Console(at) | Recipient::Connection(at) => self.machine.has(*at),
            },
            HubEffect::Think(_) => origin == Some(self.machine),
            HubEffect::Welcome { connection, .. }
            | HubEffect::Send { connection, .. }
            | HubEffect::Receipt { connection, .. }
            | HubEffect::Ping(connection)
            | HubEffect::Read { connection, .. }
            | HubEffect::Close { connection, .. } => self.machine.has(*connection),
            HubEffect::Store(_)
            | HubEffect::Deliver { .. }
            | HubEffect::Announce { .. }
            | HubEffect::Over => true,
        }
    }
}
