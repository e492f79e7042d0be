//! A room on three machines that are killed again and again under load, as is their engine.

mod ledger;
mod machine;
mod member;
mod person;
mod process;
mod saving;
mod verdict;
mod welcome;

use crate::support::Server;
use ledger::{Alarm, Stage, Storm};
use machine::{Machine, free_ports};
use member::Member;
use person::Person;
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;
use tictalk::net::new_chance;
use tokio::task::{JoinSet, LocalSet};

/// How often a machine is killed, and the engine. This takes about 35 seconds on two cores.
const KILLS: u64 = 100;
const ENGINE_KILLS: u64 = 20;

/// How many machines there are.
const MACHINES: usize = 3;

/// How many members there are, without those whose program is the real client.
const MEMBERS: u8 = 57;
const PEOPLE: [&str; 3] = ["person a", "person b", "person c"];

/// Members say as much as they can.
const UNLIMITED: [&str; 4] = ["--burst", "0", "--per-address", "0"];

/// The message of the last one.
const END: &str = "this is the end";

/// The machines, and the engine.
struct Cluster {
    engine: Server,
    machines: Vec<Machine>,
    dice: Dice,
    kills: u64,
    engine_kills: u64,
}

/// Random numbers (Steele, Lea and Flood, "Fast splittable pseudorandom number generators").
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % limit
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        if thread::panicking() {
            self.machines.iter().for_each(Machine::explain);
        }
    }
}

impl Cluster {
    /// Three machines that serve the room; nothing where there is no engine.
    fn start(folder: &Path, dice: Dice) -> Option<Self> {
        let ports = free_ports(MACHINES + 1);
        let engine = Server::at(ports[MACHINES])?;
        let machines = ports.iter().take(MACHINES).map(|port| {
            let folder = folder.join(port.to_string());
            Machine::new(engine.port(), folder, *port, &UNLIMITED)
        });
        let mut cluster = Self {
            machines: machines.collect(),
            engine,
            dice,
            kills: 0,
            engine_kills: 0,
        };
        for machine in &mut cluster.machines {
            machine.start();
        }
        Some(cluster)
    }

    /// Kills the first machine and keeps it away until its members are back through the others.
    fn lose_one(&mut self, storm: &Storm) {
        self.machines[0].kill();
        self.kills += 1;
        let its_members = usize::from(MEMBERS) / MACHINES;
        storm.wait("the members of a machine", |ledger| {
            let moved = ledger.absences.iter().filter(|it| it.has_moved);
            moved.count() >= its_members
        });
        self.machines[0].start();
        storm.wait("the machine", |_| self.machines[0].serves());
    }

    fn serves(&mut self) -> bool {
        let serving = self.machines.iter_mut().filter_map(|machine| {
            // Each is looked at: none may have ended.
            machine.serves().then_some(())
        });
        serving.count() == MACHINES
    }

    /// Kills some machines, the engine, or both, and starts them again.
    fn strike(&mut self, storm: &Storm) {
        let mut machines: Vec<usize> = (0..MACHINES).collect();
        let count = [1, 1, 1, 1, 1, 1, 2, 2, 2, 3][self.dice.index(10)];
        while machines.len() > count {
            machines.remove(self.dice.index(machines.len()));
        }
        // Without machines, their members talk to the others meanwhile.
        let is_due = self.engine_kills * KILLS < (self.kills + count as u64) * ENGINE_KILLS;
        let strikes_engine = is_due && self.engine_kills < ENGINE_KILLS;
        let strikes_first = self.dice.below(2) == 0;
        if strikes_engine && strikes_first {
            self.engine.restart();
        }
        for machine in &machines {
            self.machines[*machine].kill();
            self.kills += 1;
        }
        if strikes_engine && !strikes_first {
            self.engine.restart();
        }
        self.engine_kills += u64::from(strikes_engine);
        // Their members come in through the others, if there are any and they are given the time.
        if machines.len() < MACHINES && self.dice.below(3) == 0 {
            let more = [50, 100, 400][self.dice.index(3)];
            storm.wait_for_lines(more);
        }
        for machine in &machines {
            self.machines[*machine].start();
        }
        // Some do not live long enough to serve.
        if self.dice.below(5) == 0 && self.kills < KILLS {
            let enough = storm.ledger().received + self.dice.below(60);
            storm.wait("lines or a machine", |ledger| {
                ledger.received >= enough || self.serves()
            });
            let again = machines[self.dice.index(machines.len())];
            self.machines[again].kill();
            self.kills += 1;
            self.machines[again].start();
        }
        storm.wait("the machines", |_| self.serves());
        // At once after the start, in the middle of resending, or under full load.
        let more = [0, 0, 1, 10, 50, 200][self.dice.index(6)];
        storm.wait_for_lines(more);
    }
}

impl Dice {
    fn index(&mut self, limit: usize) -> usize {
        usize::try_from(self.below(limit as u64)).unwrap()
    }
}

/// Lets the members live, on a thread of their own.
fn live(storm: &Arc<Storm>, addresses: &[String]) -> JoinHandle<Vec<Member>> {
    let members = (0..MEMBERS).map(|number| {
        let address = addresses[usize::from(number) % addresses.len()].clone();
        Member::new(number, address)
    });
    let members: Vec<Member> = members.collect();
    let storm = Arc::clone(storm);
    thread::spawn(move || {
        let _alarm = Alarm(Arc::clone(&storm));
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let local = LocalSet::new();
        local.block_on(&runtime, async {
            let mut living = JoinSet::new();
            for member in members {
                living.spawn_local(member.live(Arc::clone(&storm)));
            }
            living.join_all().await
        })
    })
}

#[expect(clippy::print_stdout, reason = "a long run says what it has tried")]
#[test]
fn through_kills_of_machines_and_of_the_engine_everybody_sees_everything_once_and_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let seed = u64::from_be_bytes(new_chance().unwrap().bytes()[..8].try_into().unwrap());
    let Some(mut cluster) = Cluster::start(folder.path(), Dice(seed)) else {
        return;
    };
    let storm = Arc::new(Storm::new());
    storm.wait("the machines", |_| cluster.serves());
    let addresses: Vec<String> = cluster.machines.iter().map(Machine::address).collect();
    let members = live(&storm, &addresses);
    let people = PEOPLE.iter().zip(&cluster.machines);
    let people = people.map(|(name, it)| Person::start(&storm, folder.path(), name, it.port));
    let people: Vec<Person> = people.collect();
    storm.wait("all members", |ledger| {
        ledger.heard.len() == usize::from(MEMBERS) + PEOPLE.len()
    });
    let begun = Instant::now();
    let before = storm.ledger().received;
    cluster.lose_one(&storm);
    while cluster.kills < KILLS || cluster.engine_kills < ENGINE_KILLS {
        cluster.strike(&storm);
    }
    let took = begun.elapsed();
    let lines = storm.ledger().received - before;
    println!(
        "{} kills of machines and {} of the engine in {:.1} s; {lines} lines, {:.0} a second",
        cluster.kills,
        cluster.engine_kills,
        took.as_secs_f64(),
        lines as f64 / took.as_secs_f64()
    );
    verdict::await_checkpoint(&cluster.machines[0]);
    storm.stage.send_replace(Stage::Calm);
    storm.wait("all acknowledgements", |ledger| {
        ledger.received == ledger.said
    });
    verdict::await_agreement(&cluster.machines[0]);
    verdict::one_coordinator(&mut cluster.machines);
    cluster.machines[0].say(END);
    storm.wait("the end", |ledger| {
        let end = ledger.end();
        let seen = ledger.seen.values().filter(|it| Some(**it) >= end);
        end.is_some() && seen.count() == usize::from(MEMBERS)
    });
    let end = storm.ledger().end().unwrap();
    let people: Vec<_> = people.into_iter().map(|it| it.leave(&storm)).collect();
    let journals = cluster.machines.iter().map(|it| it.journal(end.0));
    let journals: Vec<_> = journals.collect();
    storm.stage.send_replace(Stage::Over);
    let members = members.join().unwrap();
    for machine in &mut cluster.machines {
        machine.close();
    }
    verdict::compare(&journals, &storm.ledger(), &members, &people, end);
    verdict::report(&cluster.machines, &storm.ledger());
}
