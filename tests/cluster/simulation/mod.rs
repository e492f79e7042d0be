//! A room on three machines, over a false stream and a false network.
//!
//! The stream delays its messages differently for each machine, and may be away. What a machine
//! publishes is delayed, lost and repeated, and so is the answer. Machines are cut off, killed and
//! started again; one may be lost for good. Several of them believe that the clock is theirs. The
//! members connect to any machine, and return through another one.

#[path = "../../core/room/crowd/mod.rs"]
mod crowd;
mod faults;
mod machine;
mod oracle;
mod storm;
mod stream;
mod verdict;
mod work;

use crowd::{Comeback, Server, World, settings};
use faults::Fault;
use machine::{Machine, Process, Seat, Standing};
use oracle::Oracle;
use std::collections::VecDeque;
use std::time::Duration;
use stream::{Publish, Stream};
use tictalk::cluster::{Genesis, Replica, VERSION};
use tictalk::room::{ConnectionId, Hub, HubInput, Listed, PostRecord};
use verdict::verdict;
use work::{answer, publish, read, write};

const MACHINES: usize = 3;

/// The machines, the engine, and what is on its way between them.
struct Cluster {
    stream: Stream,
    seats: Vec<Seat>,
    /// What is on its way to the engine, and who has sent it.
    requests: Vec<(Duration, usize, Publish)>,
    /// Ids and numbers of stored messages on their way back.
    answers: Vec<(Duration, usize, String, u64)>,
    oracle: Oracle,
    /// What goes wrong, and when.
    faults: VecDeque<(Duration, Fault)>,
    /// The network is calm from then on.
    calm_from: Duration,
    counts: Counts,
}

/// Events that must have occurred for the run to be meaningful.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    kills: u32,
    losses: u32,
    cuts: u32,
    pauses: u32,
    /// Machines that have read that they are gone.
    gone: u32,
    /// Starts from a saved state.
    loaded: u32,
    /// Members that were unknown to a machine until it had read on.
    asked: u32,
    looks: u32,
}

fn genesis() -> Genesis {
    Genesis {
        version: VERSION.to_owned(),
        cluster: [3; 16],
        stream: [0; 16],
        base: 0,
        seed: [5; 32],
        settings: settings(),
        secrets: None,
    }
}

impl Cluster {
    /// The machines of an empty room, whose states are compared after every so many messages.
    fn new(
        every: u64,
        calm_from: Duration,
        faults: impl Into<VecDeque<(Duration, Fault)>>,
    ) -> Self {
        let mut stream = Stream::default();
        let first = serde_json::to_vec(&genesis()).unwrap();
        stream.push(Duration::ZERO, first.into());
        let oracle = Oracle::new(genesis(), &stream, every);
        Self {
            stream,
            seats: (0..MACHINES).map(Seat::new).collect(),
            requests: Vec::new(),
            answers: Vec::new(),
            oracle,
            faults: faults.into(),
            calm_from,
            counts: Counts::default(),
        }
    }

    /// The machine of a connection, if it still has it.
    fn seat_of(&self, connection: ConnectionId) -> Option<usize> {
        let is_its = |seat: &Seat| seat.service().is_some_and(|it| it.id.has(connection));
        self.seats.iter().position(is_its)
    }

    /// A machine starts, from its last state or from the beginning.
    fn start(&mut self, number: usize) {
        let seat = &mut self.seats[number];
        let replica = match &seat.saved {
            Some((_, saved)) => {
                self.counts.loaded += 1;
                Replica::load(saved).unwrap()
            }
            None => Replica::begin(genesis(), self.stream.message(1).at),
        };
        let nonce = seat.nonce(number);
        seat.process = Process::Up(Box::new(Machine {
            replica,
            deliveries: VecDeque::new(),
            standing: Standing::Joining {
                nonce,
                asked_at: None,
            },
            writing: VecDeque::new(),
            commits_at: Duration::ZERO,
        }));
    }
}

impl Server for Cluster {
    fn disturb(world: &mut World<Self>) {
        let now = world.now;
        while let Some((_, fault)) = world.server.faults.pop_front_if(|(at, _)| *at <= now) {
            faults::inflict(world, fault);
        }
    }

    fn serve(world: &mut World<Self>) {
        let now = world.now;
        for number in 0..MACHINES {
            if let Process::Down(Some(at)) = world.server.seats[number].process
                && at <= now
            {
                world.server.start(number);
            }
        }
        publish(world);
        for number in 0..MACHINES {
            read(world, number);
            write(world, number);
            answer(world, number);
        }
    }

    fn connect(world: &mut World<Self>) -> Option<ConnectionId> {
        let number = usize::try_from(world.dice.below(MACHINES as u64)).unwrap();
        let service = world.server.seats[number].service_mut()?;
        service.connections += 1;
        Some(service.id.connection(service.connections))
    }

    fn hub(&self, connection: ConnectionId) -> Option<&Hub> {
        let number = self.seat_of(connection)?;
        Some(self.seats[number].machine()?.replica.hub())
    }

    fn time(&self, _: Duration, connection: ConnectionId) -> Duration {
        let number = self.seat_of(connection);
        let machine = number.and_then(|number| self.seats[number].machine());
        machine.map_or(Duration::ZERO, |machine| machine.replica.now())
    }

    fn tell(world: &mut World<Self>, input: HubInput) {
        let of = input.connection().unwrap();
        let Some(number) = world.server.seat_of(of) else {
            return;
        };
        if let Some(machine) = world.server.seats[number].machine_mut()
            && let Standing::In(service) = &mut machine.standing
        {
            service.take(&machine.replica, input);
        }
    }

    fn challenge(world: &mut World<Self>, comeback: Comeback) {
        let server = &mut world.server;
        let hub = server.hub(comeback.connection);
        if hub.is_some_and(|hub| hub.ticket(&comeback.member).is_some()) {
            return world.challenge(comeback);
        }
        server.counts.asked += 1;
        if let Some(number) = server.seat_of(comeback.connection)
            && let Some(service) = server.seats[number].service_mut()
        {
            service.ask(comeback);
        }
    }

    fn committed(&self) -> &[PostRecord] {
        &self.oracle.journal
    }

    fn members(&self, _: Duration) -> Vec<Listed> {
        let replica = &self.oracle.replica;
        replica.hub().members(replica.now())
    }
}

impl std::ops::AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.kills += other.kills;
        self.losses += other.losses;
        self.cuts += other.cuts;
        self.pauses += other.pauses;
        self.gone += other.gone;
        self.loaded += other.loaded;
        self.asked += other.asked;
        self.looks += other.looks;
    }
}
