//! Replicas that read the same stream have the same state, whatever is in it.

mod changed;
mod random;
mod tales;

use bytes::Bytes;
use std::net::SocketAddr;
use std::time::Duration;
use tictalk::cluster::{
    Applied, Command, Genesis, MachineId, Replica, StreamMessage, Submissions, VERSION,
};
use tictalk::room::{
    ConnectionId, Entrant, GameProblem, HubEffect, HubInput, LineMark, Nick, Settings,
};
use tictalk::wire::{PostId, Sees, Ticket};

const BEGAN: Duration = Duration::from_secs(1_700_000_000);
const SECOND: Duration = Duration::from_secs(1);

fn genesis() -> Genesis {
    Genesis {
        version: VERSION.to_owned(),
        cluster: [3; 16],
        stream: [0; 16],
        base: 0,
        seed: [5; 32],
        settings: Settings::new(Nick::read("host").unwrap(), 0),
        secrets: None,
    }
}

/// A stream, and the replica that has read all of it.
struct Story {
    messages: Vec<(Duration, Bytes)>,
    at: Duration,
    replica: Replica,
    machines: Vec<Submissions>,
    /// All connections that there were.
    connections: Vec<ConnectionId>,
    problems: Vec<GameProblem>,
}

impl Story {
    fn new() -> Self {
        Self {
            messages: Vec::new(),
            at: BEGAN,
            replica: Replica::begin(genesis(), BEGAN),
            machines: Vec::new(),
            connections: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// So many machines, and a member at each, who plays against the computer.
    fn with_machines(machines: u32) -> Self {
        let mut story = Self::new();
        for number in 1..=machines {
            story.join(u8::try_from(number).unwrap());
            let connection = story.connect(number);
            story.say(number, hello(connection, &format!("guest {number}")));
            story.line(number, 1, "/play tictactoe computer");
        }
        story
    }

    fn push(&mut self, bytes: impl Into<Bytes>) -> Applied {
        let bytes = bytes.into();
        let sequence = self.replica.applied() + 1;
        self.messages.push((self.at, bytes.clone()));
        let applied = self.replica.apply(sequence, self.at, &bytes);
        for effect in &applied.effects {
            if let HubEffect::Think(problem) = effect {
                self.problems.push(problem.clone());
            }
        }
        applied
    }

    fn publish(&mut self, message: &StreamMessage) -> Applied {
        self.push(message.encode().unwrap())
    }

    fn join(&mut self, address: u8) -> Applied {
        let applied = self.publish(&StreamMessage::Join {
            nonce: [address; 16],
            address: format!("machine-{address}:7777"),
            version: VERSION.to_owned(),
        });
        let next = u32::try_from(self.machines.len()).unwrap() + 1;
        self.machines.push(Submissions::new(MachineId(next)));
        applied
    }

    /// A new connection of a machine.
    fn connect(&mut self, machine: u32) -> ConnectionId {
        let its = |it: &&ConnectionId| MachineId(machine).has(**it);
        let count = self.connections.iter().filter(its).count() as u64;
        let connection = MachineId(machine).connection(count + 1);
        self.connections.push(connection);
        connection
    }

    fn tick(&mut self, machine: u32) -> Applied {
        self.publish(&StreamMessage::Tick {
            machine: MachineId(machine),
            machines: self.replica.machines(),
        })
    }

    /// A machine publishes what it has to.
    fn submit(&mut self, machine: u32) -> Applied {
        let index = usize::try_from(machine).unwrap() - 1;
        let submissions = &mut self.machines[index];
        let bytes = submissions.upcoming().unwrap().unwrap().bytes.clone();
        submissions.published();
        self.push(bytes)
    }

    fn say(&mut self, machine: u32, input: HubInput) -> Applied {
        let index = usize::try_from(machine).unwrap() - 1;
        self.machines[index].add(Command::Input(input));
        self.submit(machine)
    }

    fn line(&mut self, machine: u32, number: u64, text: &str) -> Applied {
        let connection = MachineId(machine).connection(1);
        self.say(machine, line(connection, Some(number), text))
    }

    /// A replica reads everything after its last message.
    fn read(&self, mut replica: Replica) -> Replica {
        while replica.applied() < self.replica.applied() {
            self.read_next(&mut replica);
        }
        replica
    }

    fn read_next(&self, replica: &mut Replica) -> Applied {
        let sequence = replica.applied() + 1;
        let (at, bytes) = &self.messages[usize::try_from(sequence).unwrap() - 2];
        replica.apply(sequence, *at, bytes)
    }

    fn saved(&self) -> Vec<u8> {
        self.replica.save().unwrap()
    }
}

fn from() -> SocketAddr {
    SocketAddr::from(([192, 0, 2, 1], 40_000))
}

/// A client with this name says hello, by the same ticket each time.
fn hello(connection: ConnectionId, name: &str) -> HubInput {
    let mut ticket = [0; 16];
    for (byte, of) in ticket.iter_mut().zip(name.bytes()) {
        *byte = of;
    }
    HubInput::Hello {
        connection,
        from: from(),
        mark: LineMark::Unmarked,
        name: name.parse().ok(),
        room: Some(Entrant {
            ticket: Ticket::new(ticket),
            since: Some(PostId(0)),
        }),
        sees: Sees::from(vec!["members".to_owned(), "boards".to_owned()]),
    }
}

fn connected(connection: ConnectionId) -> HubInput {
    HubInput::Connected {
        connection,
        from: from(),
        mark: LineMark::Unmarked,
    }
}

fn line(connection: ConnectionId, number: Option<u64>, text: &str) -> HubInput {
    HubInput::Line {
        connection,
        number: number.and_then(|number| number.try_into().ok()),
        text: text.to_owned(),
    }
}
