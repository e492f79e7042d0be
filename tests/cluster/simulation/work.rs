//! What machines and the engine do.

use super::Cluster;
use super::crowd::{World, look_up};
use super::machine::{Process, Service, Standing};
use super::stream::{Condition, Publish};
use std::time::Duration;
use tictalk::cluster::{Applied, ClusterChange, Command, MachineId};
use tictalk::room::{ConnectionId, HubEffect, HubInput, Query, Recipient};
use tictalk::wire::PostId;

/// Carries messages to the engine, and its answers back.
pub(super) fn publish(world: &mut World<Cluster>) {
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
pub(super) fn read(world: &mut World<Cluster>, number: usize) {
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
pub(super) fn write(world: &mut World<Cluster>, number: usize) {
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
pub(super) fn answer(world: &mut World<Cluster>, number: usize) {
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
