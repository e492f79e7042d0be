//! The state of a room that every machine computes from the stream.

use super::clock::RoomClock;
use super::entry::{Command, Genesis, StreamMessage, VERSION};
use super::machine::{Checkpoint, ListedMachine, Machine, MachineId, MachinePresence, Report};
use crate::journal::ClusterKey;
use crate::room::{ConnectionId, Hub, HubEffect, HubInput, LoadError};
use crate::wire::{BoardSight, Others};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::cmp::Ordering;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// Each input with a number that this divides is a checkpoint: its digest is compared.
pub const CHECKPOINT: u64 = 100;

/// How many checkpoints are remembered, to be compared with those of machines that are behind.
const CHECKPOINTS: usize = 256;

/// How long a machine may be silent before its members are considered disconnected, in the room's
/// time. It reports every second.
pub const MACHINE_PATIENCE: Duration = Duration::from_secs(6);

/// Maximum number of machines that are part of the room at a time.
const MACHINES: usize = 256;

/// How many machines that have left are remembered. The stream is kept for them.
const REMEMBERED: usize = 16;

/// How long they are, in the room's time.
const MEMORY: Duration = Duration::from_secs(24 * 60 * 60);

/// The state of a room after an input. All machines have the same after the same input.
#[derive(Debug)]
pub struct Replica {
    hub: Hub,
    head: Head,
    /// The last checkpoints, the newest last.
    checkpoints: VecDeque<Checkpoint>,
}

/// The state of a cluster besides its room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    version: String,
    cluster: ClusterKey,
    /// The stream that the last input came from.
    stream: [u8; 16],
    /// The last input.
    applied: u64,
    /// The last tick, 0 for none.
    ticked: u64,
    clock: RoomClock,
    last_machine: MachineId,
    machines: BTreeMap<MachineId, Machine>,
}

/// What an input has caused. The hub's effects come first.
#[derive(Debug, Default)]
pub struct Applied {
    /// The machine that the input came from, or another one if that one has left. Only there problems
    /// are to be solved.
    pub origin: Option<MachineId>,
    /// The effects of the hub. Those about connections are for the machine of the connection.
    pub effects: Vec<HubEffect>,
    /// When the peers of these connections may be admitted; `None` to turn them away.
    pub admitted: Vec<(ConnectionId, Option<Duration>)>,
    /// The last boards of games that have ended.
    pub last_boards: Vec<BoardSight>,
    /// Changes of the cluster.
    pub changes: Vec<ClusterChange>,
}

/// A change of the cluster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClusterChange {
    /// A machine has joined.
    Joined {
        /// Its number.
        id: MachineId,
        /// What its author recognizes it by.
        nonce: [u8; 16],
    },
    /// A machine is no longer part of the room: it has left, was silent, or was replaced by one with
    /// the same address.
    Gone(MachineId, Departure),
    /// A machine agrees on this checkpoint.
    Confirmed(MachineId, u64),
    /// A machine has computed another state.
    Differs(MachineId, Checkpoint),
}

/// Whether a machine is right whose state differs from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Its state counts.
    Right,
    /// The other state counts.
    Wrong,
}

/// Why a machine is no longer part of the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Departure {
    /// It has said so.
    Left,
    /// It was silent for [`MACHINE_PATIENCE`].
    Silent,
    /// Another machine has joined with its address.
    Replaced,
}

/// Why bytes are not the state of a room.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The beginning is not what [`Replica::save`] writes.
    #[error("this is no state of a cluster")]
    Unreadable,
    /// Another version has written it.
    #[error("version {0} of tictalk has written it")]
    Version(String),
    /// The rest is no state of a room.
    #[error(transparent)]
    Room(#[from] LoadError),
}

impl Replica {
    /// The state after the first message of the stream, which the engine has stored at this time since
    /// 1970.
    #[must_use]
    pub fn begin(genesis: Genesis, at: Duration) -> Self {
        let mut settings = genesis.settings;
        settings.began = u64::try_from(at.as_millis()).unwrap_or(u64::MAX);
        Self {
            hub: Hub::open(settings, genesis.seed),
            head: Head {
                version: genesis.version,
                cluster: genesis.cluster,
                stream: genesis.stream,
                applied: 1,
                ticked: 0,
                clock: RoomClock::begin(at),
                last_machine: MachineId::default(),
                machines: BTreeMap::new(),
            },
            checkpoints: VecDeque::new(),
        }
    }

    /// The room.
    #[must_use]
    pub fn hub(&self) -> &Hub {
        &self.hub
    }

    /// The number of the cluster.
    #[must_use]
    pub fn cluster(&self) -> &ClusterKey {
        &self.head.cluster
    }

    /// Continues with this stream, which replaces a deleted one after the input `base`. Returns whether
    /// it follows the state: the state may have inputs of the deleted stream that the new one lacks.
    #[must_use]
    pub fn follow(&mut self, stream: [u8; 16], base: u64) -> bool {
        if self.head.applied == base {
            self.head.stream = stream;
        }
        self.head.stream == stream
    }

    /// The last input.
    #[must_use]
    pub fn applied(&self) -> u64 {
        self.head.applied
    }

    /// The last tick, 0 for none.
    #[must_use]
    pub fn ticked(&self) -> u64 {
        self.head.ticked
    }

    /// The time since the room began.
    #[must_use]
    pub fn now(&self) -> Duration {
        self.head.clock.now()
    }

    /// The checkpoint after this input, if it is remembered.
    #[must_use]
    pub fn checkpoint_at(&self, input: u64) -> Option<Checkpoint> {
        let mut checkpoints = self.checkpoints.iter().rev();
        checkpoints
            .find(|checkpoint| checkpoint.input == input)
            .copied()
    }

    /// Whether this machine is right about the state, where the last reports of others differ from it:
    /// the larger number of machines is, and of equal numbers the one with the oldest machine.
    /// Only checkpoints from this input on count.
    #[must_use]
    pub fn verdict(&self, me: MachineId, from: u64) -> Verdict {
        let (mut with, mut against) = (vec![me], Vec::new());
        for (id, machine) in self.here() {
            let Some(theirs) = machine.report.checkpoint else {
                continue;
            };
            match self.checkpoint_at(theirs.input) {
                Some(ours) if id != me && theirs.input >= from => {
                    if ours == theirs {
                        with.push(id);
                    } else {
                        against.push(id);
                    }
                }
                _ => {}
            }
        }
        let oldest = |side: &[MachineId]| side.iter().min().copied();
        let is_right = match with.len().cmp(&against.len()) {
            Ordering::Greater => true,
            Ordering::Less => false,
            Ordering::Equal => oldest(&with) < oldest(&against),
        };
        if is_right {
            Verdict::Right
        } else {
            Verdict::Wrong
        }
    }

    /// The last checkpoint.
    #[must_use]
    pub fn checkpoint(&self) -> Option<Checkpoint> {
        self.checkpoints.back().copied()
    }

    /// All machines, those that are gone included.
    #[must_use]
    pub fn machines(&self) -> Vec<ListedMachine> {
        let machines = self.head.machines.iter();
        let listed = machines.map(|(id, machine)| ListedMachine {
            id: *id,
            address: machine.address.clone(),
            presence: machine.presence,
            members: self.hub.connections_in(id.connections()).len(),
            report: machine.report,
        });
        listed.collect()
    }

    /// The machines that are part of the room at present.
    pub fn here(&self) -> impl Iterator<Item = (MachineId, &Machine)> {
        let machines = self.head.machines.iter().map(|(id, it)| (*id, it));
        machines.filter(|(_, machine)| machine.presence == MachinePresence::Here)
    }

    /// The first input that some machine may still need: all before it can be removed from the stream.
    /// The last tick is needed as well, because the next one follows it.
    #[must_use]
    pub fn needed(&self) -> u64 {
        let machines = self.head.machines.values();
        let saved = machines.map(|machine| machine.report.saved);
        let needed = saved.min().map_or(0, |saved| saved.saturating_add(1));
        needed.min(self.head.ticked)
    }

    /// Applies the next message of the stream, which the engine has stored at this time since 1970.
    /// A message that is none, or that comes from a machine that is gone, changes nothing but the time.
    pub fn apply(&mut self, sequence: u64, at: Duration, bytes: &[u8]) -> Applied {
        let mut applied = Applied::default();
        let pause = self.head.clock.advance(at);
        self.hub.pause(pause);
        self.head.applied = sequence;
        match StreamMessage::decode(bytes) {
            Some(StreamMessage::Join {
                nonce,
                address,
                version,
            }) if version == VERSION && self.takes(&address) => {
                self.join(&mut applied, nonce, address);
            }
            Some(StreamMessage::Leave(id)) => {
                self.leave(&mut applied, id, Departure::Left);
                applied.origin = self.here().next().map(|(id, _)| id);
            }
            Some(StreamMessage::Batch {
                machine,
                number,
                commands,
                report,
            }) if self.is_new(machine, number) && self.hear(&mut applied, machine, report) => {
                for command in commands {
                    self.command(&mut applied, machine, command);
                }
            }
            Some(StreamMessage::Tick { machine, .. }) => {
                // The engine expects the next tick after this one, whoever has published it.
                self.head.ticked = sequence;
                if self.hear(&mut applied, machine, None) {
                    self.tick(&mut applied);
                }
            }
            _ => {}
        }
        for effect in &mut applied.effects {
            if let HubEffect::Store(record) = effect {
                record.input = Some(sequence);
            }
        }
        applied.last_boards = self.hub.take_last_boards();
        if sequence.is_multiple_of(CHECKPOINT)
            && let Some(digest) = self.digest()
        {
            let input = sequence;
            if self.checkpoints.len() >= CHECKPOINTS {
                self.checkpoints.pop_front();
            }
            self.checkpoints.push_back(Checkpoint { input, digest });
        }
        applied
    }

    /// Hands an input to the hub. What is in the stream is stored.
    fn handle(&mut self, applied: &mut Applied, input: HubInput) {
        let now = self.now();
        self.hub.handle(now, input, &mut applied.effects);
        let stored = HubInput::Stored(self.hub.last());
        self.hub.handle(now, stored, &mut applied.effects);
    }

    /// Whether a machine with this address may join. The list of machines has to fit into a tick.
    fn takes(&self, address: &str) -> bool {
        let is_address = !address.is_empty()
            && address.len() <= Others::LONGEST
            && !address.chars().any(char::is_control);
        is_address && self.here().count() < MACHINES
    }

    fn join(&mut self, applied: &mut Applied, nonce: [u8; 16], address: String) {
        let same = |machine: &Machine| machine.address == address;
        let machines = self.head.machines.iter();
        let before: Vec<MachineId> = machines
            .filter(|(_, machine)| same(machine))
            .map(|(id, _)| *id)
            .collect();
        let mut report = Report::default();
        for id in before {
            self.leave(applied, id, Departure::Replaced);
            if let Some(machine) = self.head.machines.remove(&id) {
                report.saved = machine.report.saved;
            }
        }
        let id = MachineId(self.head.last_machine.0 + 1);
        self.head.last_machine = id;
        let machine = Machine {
            address,
            heard_at: self.now(),
            batch: 0,
            report,
            presence: MachinePresence::Here,
        };
        self.head.machines.insert(id, machine);
        applied.origin = Some(id);
        applied.changes.push(ClusterChange::Joined { id, nonce });
    }

    /// Notes that a machine is no longer part of the room. Its members are disconnected.
    fn leave(&mut self, applied: &mut Applied, id: MachineId, why: Departure) {
        let Some(machine) = self.head.machines.get_mut(&id) else {
            return;
        };
        if machine.presence == MachinePresence::Away {
            return;
        }
        machine.presence = MachinePresence::Away;
        for connection in self.hub.connections_in(id.connections()) {
            self.handle(applied, HubInput::Lost(connection));
        }
        // Another machine solves the problems that this one may have been solving.
        let problems = self.hub.problems().into_iter().map(HubEffect::Think);
        applied.effects.extend(problems);
        applied.changes.push(ClusterChange::Gone(id, why));
    }

    /// Notes the next batch of a machine. Returns false if it was there before.
    fn is_new(&mut self, id: MachineId, number: u64) -> bool {
        let Some(machine) = self.head.machines.get_mut(&id) else {
            return false;
        };
        // A machine publishes one batch at a time, so none is missing in between.
        let is_new = Some(number) == machine.batch.checked_add(1);
        if is_new {
            machine.batch = number;
        }
        is_new
    }

    /// Notes that a machine was heard. Returns whether it is part of the room.
    fn hear(&mut self, applied: &mut Applied, id: MachineId, report: Option<Report>) -> bool {
        let now = self.now();
        let Some(machine) = self.head.machines.get_mut(&id) else {
            return false;
        };
        if machine.presence == MachinePresence::Away {
            return false;
        }
        machine.heard_at = now;
        applied.origin = Some(id);
        if let Some(report) = report {
            machine.report = report;
            if let Some(theirs) = report.checkpoint {
                let ours = self.checkpoint_at(theirs.input);
                applied.changes.extend(ours.map(|ours| {
                    if ours == theirs {
                        ClusterChange::Confirmed(id, theirs.input)
                    } else {
                        ClusterChange::Differs(id, theirs)
                    }
                }));
            }
        }
        true
    }

    fn command(&mut self, applied: &mut Applied, machine: MachineId, command: Command) {
        // A machine that has joined again may still send for a connection that it has lost.
        if command.connection().is_some_and(|of| !machine.has(of)) {
            return;
        }
        let now = self.now();
        match command {
            // Ticks have their own message, and the others are never sent.
            Command::Input(
                HubInput::Tick
                | HubInput::Stored(_)
                | HubInput::Host(_)
                | HubInput::HostLeft
                | HubInput::Found(_),
            ) => {}
            Command::Input(input) => self.handle(applied, input),
            Command::Arrival { connection, from } => {
                let at = self.hub.arrival(now, from);
                applied.admitted.push((connection, at));
            }
            Command::Comeback { connection, ticket } => {
                let at = self.hub.comeback(now, &ticket);
                applied.admitted.push((connection, at));
            }
            Command::Barrier { connection } => applied.admitted.push((connection, Some(now))),
            Command::Exchange { from, time } => self.hub.took_exchange(now, from, time),
        }
    }

    fn tick(&mut self, applied: &mut Applied) {
        let now = self.now();
        let silent: Vec<MachineId> = self
            .here()
            .filter(|(_, machine)| now.saturating_sub(machine.heard_at) >= MACHINE_PATIENCE)
            .map(|(id, _)| id)
            .collect();
        for id in silent {
            self.leave(applied, id, Departure::Silent);
        }
        let machines = &mut self.head.machines;
        let is_remembered = |machine: &Machine| {
            machine.presence == MachinePresence::Here
                || now.saturating_sub(machine.heard_at) < MEMORY
        };
        machines.retain(|_, machine| is_remembered(machine));
        let away = |machine: &Machine| machine.presence == MachinePresence::Away;
        while machines.values().filter(|machine| away(machine)).count() > REMEMBERED {
            let oldest = machines.iter().filter(|(_, machine)| away(machine));
            let Some(id) = oldest.min_by_key(|(_, it)| it.heard_at).map(|(id, _)| *id) else {
                break;
            };
            machines.remove(&id);
        }
        self.handle(applied, HubInput::Tick);
    }

    /// The digest of the state; nothing if it cannot be written, which this version does not know.
    fn digest(&self) -> Option<[u8; 32]> {
        let mut digest = Sha256::new();
        digest.update(serde_json::to_vec(&self.head).ok()?);
        digest.update(self.hub.digest().ok()?);
        Some(digest.finalize().into())
    }

    /// The state as bytes. They contain the secrets of the room.
    ///
    /// # Errors
    /// None that this version knows: the state has no part that JSON cannot express.
    pub fn save(&self) -> Result<Vec<u8>, serde_json::Error> {
        let mut saved = serde_json::to_vec(&self.head)?;
        // JSON that is written without spaces has no line breaks.
        saved.push(b'\n');
        saved.extend(self.hub.save()?);
        Ok(saved)
    }

    /// The state of these bytes.
    ///
    /// # Errors
    /// [`StateError`].
    pub fn load(saved: &[u8]) -> Result<Self, StateError> {
        let end = saved.iter().position(|byte| *byte == b'\n');
        let (head, hub) = end
            .and_then(|end| saved.split_at_checked(end))
            .ok_or(StateError::Unreadable)?;
        let head: Head = serde_json::from_slice(head).map_err(|_| StateError::Unreadable)?;
        if head.version != VERSION {
            return Err(StateError::Version(head.version));
        }
        let hub = Hub::load(hub.get(1..).unwrap_or_default())?;
        Ok(Self {
            hub,
            head,
            checkpoints: VecDeque::new(),
        })
    }
}
