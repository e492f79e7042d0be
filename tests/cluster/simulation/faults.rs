//! What goes wrong besides the network.

use super::Cluster;
use super::crowd::World;
use super::machine::Process;
use super::stream::{Condition, Publish};
use std::time::Duration;
use tictalk::cluster::StreamMessage;

/// Something that goes wrong once.
#[derive(Debug, Clone, Copy)]
pub(super) enum Fault {
    /// A machine is killed, and started again after this time.
    Kill(usize, Duration),
    /// A machine is killed and never started again. The other two stay.
    Lose,
    /// A machine leaves and ends, and is started again after this time.
    Leave(usize, Duration),
    /// A machine does not reach the engine for this time.
    Cut(usize, Duration),
    /// The engine is away for this time.
    Pause(Duration),
    /// The clock of the engine is set back by this.
    SetBack(Duration),
}

pub(super) fn inflict(world: &mut World<Cluster>, fault: Fault) {
    let now = world.now;
    let server = &mut world.server;
    match fault {
        Fault::Kill(number, rest) => {
            if let Process::Up(_) = server.seats[number].process {
                server.counts.kills += 1;
                kill(world, number, Some(now + rest));
            }
        }
        Fault::Leave(number, rest) => {
            if let Some(id) = server.seats[number].service().map(|it| it.id) {
                server.counts.kills += 1;
                let leave = StreamMessage::Leave(id);
                let publish = Publish {
                    condition: Condition::Id(format!("leave {id}")),
                    bytes: leave.encode().unwrap().into(),
                };
                server.requests.push((now, number, publish));
                kill(world, number, Some(now + rest));
            }
        }
        Fault::Lose => {
            server.counts.losses += 1;
            kill(world, 0, None);
        }
        Fault::Cut(number, time) => {
            server.counts.cuts += 1;
            server.seats[number].cut_until = now + time;
        }
        Fault::Pause(time) => {
            server.counts.pauses += 1;
            server.stream.away_until = now + time;
        }
        Fault::SetBack(time) => server.stream.set_back += time,
    }
}

/// A machine is killed: all is gone that is not in its journal. What it has published is on its way.
fn kill(world: &mut World<Cluster>, number: usize, restarts_at: Option<Duration>) {
    let World { server, dice, .. } = world;
    let seat = &mut server.seats[number];
    let service = seat.service().map(|it| it.id);
    if let Process::Up(machine) = &mut seat.process {
        // Some of what was being written has come through.
        let kept = dice.below(machine.writing.len() as u64 + 1);
        let kept = machine.writing.drain(..usize::try_from(kept).unwrap());
        seat.journal.extend(kept);
    }
    if !matches!(seat.process, Process::Down(None)) {
        seat.process = Process::Down(restarts_at);
    }
    world.cut_all(|connection| service.is_some_and(|id| id.has(connection)));
}
