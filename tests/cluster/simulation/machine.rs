//! One machine of a room, as far as a simulation needs it.

use super::crowd::Comeback;
use super::stream::{Condition, Publish, Stream};
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;
use tictalk::cluster::{Command, MachineId, Replica, Report, StreamMessage, Submissions, VERSION};
use tictalk::room::{ConnectionId, GameProblem, HubInput, PostRecord, Query, Recipient};
use tictalk::wire::PostId;

/// After how long a message without an answer is published again.
const TIMEOUT: Duration = Duration::from_millis(1_500);

const SECOND: Duration = Duration::from_secs(1);

/// The place of a machine: what is left of it when it is killed.
pub(super) struct Seat {
    pub(super) address: String,
    pub(super) journal: Vec<PostRecord>,
    /// A saved state, and the number of its last message. The journal goes at least as far.
    pub(super) saved: Option<(u64, Vec<u8>)>,
    pub(super) process: Process,
    /// It does not reach the engine until then.
    pub(super) cut_until: Duration,
    /// Counts the attempts to join.
    pub(super) joins: u8,
}

/// Whether a machine runs.
pub(super) enum Process {
    /// It starts again then, if at all.
    Down(Option<Duration>),
    Up(Box<Machine>),
}

/// A machine that runs.
pub(super) struct Machine {
    pub(super) replica: Replica,
    /// When the next messages arrive.
    pub(super) deliveries: VecDeque<Duration>,
    pub(super) standing: Standing,
    /// Posts that are not in the journal yet, and when they are.
    pub(super) writing: VecDeque<PostRecord>,
    pub(super) commits_at: Duration,
}

/// Whether a machine is part of the room.
pub(super) enum Standing {
    /// It has asked to be, if it has, with this nonce.
    Joining {
        nonce: [u8; 16],
        asked_at: Option<Duration>,
    },
    /// It is.
    In(Box<Service>),
}

/// What a machine does as part of the room.
pub(super) struct Service {
    pub(super) id: MachineId,
    pub(super) submissions: Submissions,
    /// The id of the message that is being published, and when it was sent last.
    underway: Option<(String, Duration)>,
    /// How many messages it has begun to publish.
    begun: u64,
    reported_at: Duration,
    /// When it has last read or published a tick.
    pub(super) ticked_at: Duration,
    pub(super) connections: u64,
    /// Peers that wait to be admitted: from when they are, once that is known, and their hello.
    pub(super) entering: BTreeMap<ConnectionId, (Option<Duration>, HubInput)>,
    /// Clients whose members are unknown.
    asking: Vec<Asking>,
    /// When a query is answered, and the post that has to be in the journal by then.
    pub(super) looks: Vec<(Duration, PostId, Recipient, Query)>,
    pub(super) problems: Vec<(Duration, GameProblem)>,
}

/// A client whose member is unknown. It may be in messages that have yet to be read: those before the
/// next message of the machine itself.
struct Asking {
    comeback: Comeback,
    /// Which message that is, of those that the machine publishes.
    before: u64,
    /// Its place in the stream, once that is known.
    sequence: Option<u64>,
}

impl Seat {
    pub(super) fn new(number: usize) -> Self {
        Self {
            address: format!("machine-{number}:7777"),
            journal: Vec::new(),
            saved: None,
            process: Process::Down(Some(Duration::ZERO)),
            cut_until: Duration::ZERO,
            joins: 0,
        }
    }

    pub(super) fn machine(&self) -> Option<&Machine> {
        match &self.process {
            Process::Up(machine) => Some(machine),
            Process::Down(_) => None,
        }
    }

    pub(super) fn machine_mut(&mut self) -> Option<&mut Machine> {
        match &mut self.process {
            Process::Up(machine) => Some(machine),
            Process::Down(_) => None,
        }
    }

    pub(super) fn service(&self) -> Option<&Service> {
        match &self.machine()?.standing {
            Standing::In(service) => Some(service),
            Standing::Joining { .. } => None,
        }
    }

    pub(super) fn service_mut(&mut self) -> Option<&mut Service> {
        match &mut self.machine_mut()?.standing {
            Standing::In(service) => Some(service),
            Standing::Joining { .. } => None,
        }
    }

    /// A post is to be stored. A machine that has started again has the first ones already.
    pub(super) fn note(&mut self, record: PostRecord) {
        let Process::Up(machine) = &mut self.process else {
            return;
        };
        let last = machine.writing.back().or(self.journal.last());
        let last = last.map_or(PostId(0), |record| record.post.id);
        if record.post.id > last {
            assert_eq!(record.post.id, last.next(), "the journal has a gap");
            return machine.writing.push_back(record);
        }
        let index = usize::try_from(record.post.id.0).unwrap() - 1;
        let stored = self.journal.get(index);
        let stored = stored.unwrap_or_else(|| &machine.writing[index - self.journal.len()]);
        assert_eq!(*stored, record, "another post is stored already");
    }

    /// A nonce that no other attempt to join has.
    pub(super) fn nonce(&mut self, number: usize) -> [u8; 16] {
        self.joins += 1;
        let number = u8::try_from(number).unwrap();
        [self.joins, number].repeat(8).try_into().unwrap()
    }

    /// Has another message of the stream arrive at this time, after the ones before it.
    pub(super) fn deliver(&mut self, stream: &Stream, at: impl FnOnce() -> Duration) -> bool {
        let Some(machine) = self.machine_mut() else {
            return false;
        };
        let delivered = machine.replica.applied() + machine.deliveries.len() as u64;
        if delivered >= stream.last() {
            return false;
        }
        let last = machine.deliveries.back().copied().unwrap_or_default();
        machine.deliveries.push_back(last.max(at()));
        true
    }

    /// What the machine wants to publish now.
    pub(super) fn publishes(&mut self, now: Duration, is_eager: bool) -> Vec<Publish> {
        let saved = self.saved.as_ref().map_or(0, |(sequence, _)| *sequence);
        let Process::Up(machine) = &mut self.process else {
            return Vec::new();
        };
        match &mut machine.standing {
            Standing::Joining { nonce, asked_at } => {
                if asked_at.is_some_and(|at| now - at < TIMEOUT) {
                    return Vec::new();
                }
                *asked_at = Some(now);
                let join = StreamMessage::Join {
                    nonce: *nonce,
                    address: self.address.clone(),
                    version: VERSION.to_owned(),
                };
                vec![Publish {
                    condition: Condition::Id(format!("{nonce:?}")),
                    bytes: join.encode().unwrap().into(),
                }]
            }
            Standing::In(service) => {
                let mut publishes = Vec::new();
                publishes.extend(service.batch(now, &machine.replica, saved));
                publishes.extend(service.tick(now, &machine.replica, is_eager));
                publishes
            }
        }
    }
}

impl Service {
    pub(super) fn new(id: MachineId, now: Duration) -> Self {
        Self {
            id,
            submissions: Submissions::new(id),
            underway: None,
            begun: 0,
            reported_at: now,
            ticked_at: now,
            connections: 0,
            entering: BTreeMap::new(),
            asking: Vec::new(),
            looks: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn batch(&mut self, now: Duration, replica: &Replica, saved: u64) -> Option<Publish> {
        if now - self.reported_at >= SECOND {
            self.reported_at = now;
            self.submissions.report(Report {
                applied: replica.applied(),
                saved,
                checkpoint: replica.checkpoint(),
            });
        }
        let waits = |(_, at): &(String, Duration)| now - *at < TIMEOUT;
        if self.underway.as_ref().is_some_and(waits) {
            return None;
        }
        let submission = self.submissions.upcoming().unwrap()?.clone();
        if self.underway.is_none() {
            self.begun += 1;
        }
        self.underway = Some((submission.id.clone(), now));
        Some(Publish {
            condition: Condition::Id(submission.id),
            bytes: submission.bytes,
        })
    }

    /// The first machine that is here has the clock; an eager one believes that it has.
    fn tick(&mut self, now: Duration, replica: &Replica, is_eager: bool) -> Option<Publish> {
        let is_first = replica.here().next().is_some_and(|(id, _)| id == self.id);
        let silence = now - self.ticked_at;
        if silence < SECOND || !is_first && !is_eager && silence < 3 * SECOND {
            return None;
        }
        self.ticked_at = now;
        let tick = StreamMessage::Tick {
            machine: self.id,
            machines: replica.machines(),
        };
        Some(Publish {
            condition: Condition::LastTick(replica.ticked()),
            bytes: tick.encode().unwrap().into(),
        })
    }

    /// The engine has stored the message with this id.
    pub(super) fn stored(&mut self, id: &str, sequence: u64) {
        let is_it = |(underway, _): &mut (String, Duration)| underway == id;
        if self.underway.take_if(is_it).is_none() {
            return;
        }
        self.submissions.published();
        for asking in &mut self.asking {
            if asking.before <= self.begun {
                asking.sequence.get_or_insert(sequence);
            }
        }
    }

    /// Takes what comes from a connection.
    pub(super) fn take(&mut self, replica: &Replica, input: HubInput) {
        let connection = input.connection().unwrap();
        match &input {
            HubInput::Hello { from, room, .. } => {
                let ticket = room.map(|room| room.ticket);
                let is_known = |hub: &tictalk::room::Hub| {
                    ticket.filter(|ticket| hub.ticket(&ticket.handle()).is_some())
                };
                let from = from.ip();
                self.submissions.add(match is_known(replica.hub()) {
                    Some(ticket) => Command::Comeback { connection, ticket },
                    None => Command::Arrival { connection, from },
                });
                self.entering.insert(connection, (None, input));
            }
            HubInput::Connected { from, .. } => {
                let from = from.ip();
                self.submissions.add(Command::Arrival { connection, from });
                self.entering.insert(connection, (None, input));
            }
            HubInput::Lost(_) if self.entering.remove(&connection).is_some() => {}
            // Nothing is handed in of a connection that is not admitted.
            _ if self.entering.contains_key(&connection) => {}
            _ => self.submissions.add(Command::Input(input)),
        }
    }

    /// A client comes back whose member is unknown here.
    pub(super) fn ask(&mut self, comeback: Comeback) {
        self.asking.push(Asking {
            comeback,
            before: self.begun + 1,
            sequence: None,
        });
        let (from, time) = ([0, 0, 0, 0].into(), Duration::ZERO);
        self.submissions.add(Command::Exchange { from, time });
    }

    /// The clients about which all is known when this message is applied.
    pub(super) fn asked(&mut self, applied: u64) -> Vec<Comeback> {
        let is_known = |it: &mut Asking| it.sequence.is_some_and(|it| it <= applied);
        let known = self.asking.extract_if(.., is_known);
        known.map(|asking| asking.comeback).collect()
    }

    /// The hellos of those who may enter now.
    pub(super) fn enter(&mut self, time: Duration) {
        let may = |_: &ConnectionId, (at, _): &mut (Option<Duration>, HubInput)| {
            at.is_some_and(|at| at <= time)
        };
        let admitted: Vec<_> = self.entering.extract_if(.., may).collect();
        for (_, (_, hello)) in admitted {
            self.submissions.add(Command::Input(hello));
        }
    }
}
