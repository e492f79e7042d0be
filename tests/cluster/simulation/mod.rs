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

use crowd::{Comeback, Server, World, look_up, settings};
use faults::Fault;
use machine::{Machine, Process, Seat, Service, Standing};
use oracle::Oracle;
use std::collections::VecDeque;
use std::time::Duration;
use stream::{Condition, Publish, Stream};
use tictalk::cluster::{Applied, ClusterChange, Command, Genesis, MachineId, Replica, VERSION};
use tictalk::room::{ConnectionId, Hub, HubEffect, HubInput, Listed, PostRecord, Query, Recipient};
use tictalk::wire::{MemberId, PostId};

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

/// Carries messages to the engine, and its answers back.
fn publish(world: &mut World<Cluster>) {
    let now = world.now;
    let World { server, dice, .. } = world;
    let is_calm = now >= server.calm_from;
    for (number, seat) in server.seats.iter_mut().enumerate() {
        let is_eager = dice.one_in(10);
        for publish in seat.publishes(now, is_eager) {
            if now < seat.cut_until || !is_calm && dice.one_in(20) {
                continue;
            }
            if !is_calm && dice.one_in(10) {
                let at = now + dice.delay(4_000);
                server.requests.push((at, number, publish.clone()));
            }
            let at = now + dice.delay(300);
            server.requests.push((at, number, publish));
        }
    }
    let is_due = |(at, ..): &mut (Duration, usize, Publish)| *at <= now;
    let due: Vec<_> = server.requests.extract_if(.., is_due).collect();
    for (_, number, publish) in due {
        if server.stream.is_away(now) {
            continue;
        }
        let id = match &publish.condition {
            Condition::Id(id) => Some(id.clone()),
            Condition::LastTick(_) => None,
        };
        let stored = server.stream.publish(now, publish);
        // The answer may be lost.
        if let (Some(sequence), Some(id)) = (stored, id)
            && (is_calm || !dice.one_in(10))
        {
            let at = now + dice.delay(300);
            server.answers.push((at, number, id, sequence));
        }
    }
    server.oracle.read(&server.stream);
    // All have joined once, so nobody needs more than it says.
    if server.seats.iter().all(|seat| seat.saved.is_some()) {
        server.stream.trim(server.oracle.replica.needed());
    }
    let is_due = |(at, ..): &mut (Duration, usize, String, u64)| *at <= now;
    let due: Vec<_> = server.answers.extract_if(.., is_due).collect();
    for (_, number, id, sequence) in due {
        let seat = &mut server.seats[number];
        if now >= seat.cut_until
            && let Some(service) = seat.service_mut()
        {
            service.stored(&id, sequence);
        }
    }
}

/// A machine reads what has arrived from the stream.
fn read(world: &mut World<Cluster>, number: usize) {
    let now = world.now;
    let World { server, dice, .. } = world;
    let seat = &mut server.seats[number];
    if now >= seat.cut_until && !server.stream.is_away(now) {
        // One machine is always the slowest.
        let slowness = if now >= server.calm_from {
            100
        } else {
            500 * (number as u64 + 1)
        };
        while seat.deliver(&server.stream, || now + dice.delay(slowness)) {}
    }
    loop {
        let server = &mut world.server;
        let Some(machine) = server.seats[number].machine_mut() else {
            return;
        };
        if machine.deliveries.pop_front_if(|at| *at <= now).is_none() {
            return;
        }
        let sequence = machine.replica.applied() + 1;
        let message = server.stream.message(sequence);
        let applied = machine.replica.apply(sequence, message.at, &message.bytes);
        server.oracle.check(&machine.replica, &applied);
        perform(world, number, applied);
    }
}

/// A machine does what a message has caused.
fn perform(world: &mut World<Cluster>, number: usize, applied: Applied) {
    let now = world.now;
    let mut me = world.server.seats[number].service().map(|it| it.id);
    for change in &applied.changes {
        match change {
            ClusterChange::Joined { id, nonce } => {
                let machine = world.server.seats[number].machine_mut().unwrap();
                let is_mine = |standing: &Standing| match standing {
                    Standing::Joining { nonce: mine, .. } => mine == nonce,
                    Standing::In(_) => false,
                };
                if is_mine(&machine.standing) {
                    machine.standing = Standing::In(Box::new(Service::new(*id, now)));
                    me = Some(*id);
                }
            }
            ClusterChange::Gone(id, _) if me == Some(*id) => {
                world.server.counts.gone += 1;
                me = None;
                leave(world, number, *id);
            }
            _ => {}
        }
    }
    let is_mine = |connection: ConnectionId| me.is_some_and(|me| me.has(connection));
    for effect in applied.effects {
        match world.perform(effect, is_mine) {
            Some(HubEffect::Store(record)) => world.server.seats[number].note(record),
            Some(HubEffect::Think(problem)) if me.is_some() && applied.origin == me => {
                let at = now + world.dice.delay(2_000);
                let service = world.server.seats[number].service_mut().unwrap();
                service.problems.push((at, problem));
            }
            Some(HubEffect::Look { to, query }) => {
                let Recipient::Connection(connection) = to else {
                    continue;
                };
                if is_mine(connection) {
                    world.server.counts.looks += 1;
                    let at = now + world.dice.delay(500);
                    let machine = world.server.seats[number].machine().unwrap();
                    let last = machine.replica.hub().last();
                    let service = world.server.seats[number].service_mut().unwrap();
                    service.looks.push((at, last, to, query));
                }
            }
            _ => {}
        }
    }
    let Some(machine) = world.server.seats[number].machine_mut() else {
        return;
    };
    let Standing::In(service) = &mut machine.standing else {
        return;
    };
    if machine.replica.ticked() == machine.replica.applied() {
        service.ticked_at = now;
    }
    let mut turned_away = Vec::new();
    for (connection, at) in applied.admitted {
        if !is_mine(connection) {
            continue;
        }
        match (at, service.entering.get_mut(&connection)) {
            (Some(_), Some(entering)) => entering.0 = at,
            (None, _) => {
                service.entering.remove(&connection);
                turned_away.push(connection);
            }
            (Some(_), None) => {}
        }
    }
    world.cut_all(|connection| turned_away.contains(&connection));
}

/// A machine is no longer part of the room: it drops its connections and joins again.
fn leave(world: &mut World<Cluster>, number: usize, id: MachineId) {
    let seat = &mut world.server.seats[number];
    let nonce = seat.nonce(number);
    if let Some(machine) = seat.machine_mut() {
        machine.standing = Standing::Joining {
            nonce,
            asked_at: None,
        };
    }
    world.cut_all(|connection| id.has(connection));
}

/// A machine writes its journal, and sometimes its state.
fn write(world: &mut World<Cluster>, number: usize) {
    let now = world.now;
    let World { server, dice, .. } = world;
    let seat = &mut server.seats[number];
    let Process::Up(machine) = &mut seat.process else {
        return;
    };
    if now < machine.commits_at {
        return;
    }
    machine.commits_at = now + dice.delay(1_000);
    seat.journal.extend(machine.writing.drain(..));
    if dice.one_in(20) && matches!(machine.standing, Standing::In(_)) {
        let saved = machine.replica.save().unwrap();
        seat.saved = Some((machine.replica.applied(), saved));
    }
}

/// A machine does what has taken it some time.
fn answer(world: &mut World<Cluster>, number: usize) {
    let now = world.now;
    let Some(machine) = world.server.seats[number].machine_mut() else {
        return;
    };
    let Standing::In(service) = &mut machine.standing else {
        return;
    };
    service.enter(machine.replica.now());
    let problems = service.problems.extract_if(.., |(at, _)| *at <= now);
    let solved: Vec<_> = problems.map(|(_, it)| it.unsolved()).collect();
    for solution in solved {
        let thought = HubInput::Thought(solution);
        service.submissions.add(Command::Input(thought));
    }
    let me = service.id;
    let mut looks = std::mem::take(&mut service.looks);
    for comeback in service.asked(machine.replica.applied()) {
        world.challenge(comeback);
    }
    let journal = &world.server.seats[number].journal;
    let last = journal.last().map_or(PostId(0), |record| record.post.id);
    let is_due = |(at, until, reader, query): &mut (Duration, PostId, Recipient, Query)| {
        let waits = match (reader, query) {
            (Recipient::Connection(connection), Query::After(..)) => world.is_behind(*connection),
            _ => false,
        };
        *at <= now && *until <= last && !waits
    };
    let due: Vec<_> = looks.extract_if(.., is_due).collect();
    for (_, _, to, query) in due {
        let seat = &world.server.seats[number];
        let (posts, rest) = look_up(&seat.journal, &query);
        let mut effects = Vec::new();
        let hub = seat.machine().unwrap().replica.hub();
        let sent = hub.send_found(&to, &query, posts, &mut effects);
        for effect in effects {
            world.perform(effect, |connection| me.has(connection));
        }
        let sent = HubInput::Sent {
            to,
            query,
            sent,
            rest,
        };
        let service = world.server.seats[number].service_mut().unwrap();
        service.submissions.add(Command::Input(sent));
    }
    if let Some(service) = world.server.seats[number].service_mut() {
        service.looks.append(&mut looks);
    }
}

/// All machines read the rest of the stream. What was promised is then true.
fn verdict(world: &mut World<Cluster>) -> Result<(), String> {
    world.settle();
    for number in 0..MACHINES {
        let server = &mut world.server;
        let now = world.now;
        while server.seats[number].deliver(&server.stream, || now) {}
        read(world, number);
        let seat = &mut world.server.seats[number];
        if let Process::Up(machine) = &mut seat.process {
            seat.journal.extend(machine.writing.drain(..));
        }
        let oracle = &world.server.oracle;
        let (ours, theirs) = (&seat.journal, &oracle.journal);
        if let Some(machine) = seat.machine() {
            let states = [machine.replica.save(), oracle.replica.save()].map(Result::unwrap);
            if states[0] != states[1] || ours != theirs {
                return Err(format!("machine {number} differs at the end"));
            }
        } else if !theirs.starts_with(ours) {
            return Err(format!("machine {number} was wrong before it was lost"));
        }
    }
    world.settle();
    check_boards(world)?;
    world.verdict()
}

/// Whoever plays or watches sees the board as it is.
fn check_boards(world: &World<Cluster>) -> Result<(), String> {
    let hub = world.server.oracle.replica.hub();
    let members = hub.members_after(MemberId::HOST).members;
    for (guest, person) in world.people.iter().enumerate() {
        let sight = members.iter().find(|it| Some(it.id) == person.core.id());
        let is_playing = sight.is_some_and(|sight| sight.plays.is_some());
        if is_playing && !person.boards.values().any(|it| it.you.is_some()) {
            return Err(format!("{guest} does not see its board"));
        }
        for (table, board) in &person.boards {
            let Some(watched) = hub.watched_board(*table) else {
                return Err(format!("{guest} sees table {table}, which is over"));
            };
            let is_same = board.players == watched.players && board.turn == watched.turn;
            // The other games hide something of a board from some.
            let is_open = board.game == "tictactoe";
            let seen = board.clone().without_moves().grids;
            if !is_same || is_open && seen != watched.without_moves().grids {
                return Err(format!(
                    "{guest} sees another board of table {table}: {board:?}"
                ));
            }
        }
    }
    Ok(())
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
