//! Engines that are away, or whose disk is full.

use super::machine::{Machine, agree};
use super::program::Member;
use super::{AWAY, BACK};
use crate::support::Server;

#[test]
fn an_engine_that_is_killed_is_waited_for() {
    let Some(mut engine) = Server::start() else {
        return;
    };
    let (mut one, mut two) = Machine::two(&engine.url());
    let mut ann = Member::join("ann", one.port);
    let mut bob = Member::join("bob", two.port);
    ann.reads("-- bob joined.\n");
    ann.says("before");
    bob.hears(&ann, "before");
    engine.kill();
    ann.says("one");
    bob.says("two");
    // One of them may have been served without a pause.
    engine.start_again();
    ann.hears(&bob, "two");
    bob.hears(&ann, "one");
    engine.kill();
    ann.says("three");
    bob.says("four");
    for member in [&mut ann, &mut bob] {
        member.reads(AWAY);
    }
    for machine in [&mut one, &mut two] {
        machine.program.shows(AWAY);
    }
    engine.start_again();
    for machine in [&mut one, &mut two] {
        machine.program.shows(BACK);
    }
    ann.hears(&bob, "four");
    bob.hears(&ann, "three");
    ann.says("the end");
    bob.hears(&ann, "the end");
    let said = ["before", "one", "two", "three", "four"];
    assert_eq!(agree(&[&one, &two], "the end", &said), [1; 5]);
    for member in [&mut ann, &mut bob] {
        let read = member.has_read();
        assert!(!read.contains("lost the connection"), "{read}");
    }
}

#[test]
fn a_full_disk_of_the_engine_is_told_in_its_words() {
    let settings = |size| format!("jetstream {{ store_dir: STORE, max_file: {size} }}");
    let Some(mut engine) = Server::with(&settings("60KB")) else {
        return;
    };
    let (mut one, mut two) = Machine::two(&engine.url());
    let mut ann = Member::join("ann", one.port);
    let mut bob = Member::join("bob", two.port);
    ann.reads("-- bob joined.\n");
    let long = "x".repeat(3_000);
    for _ in 0..30 {
        ann.says(&long);
    }
    let full = "The room waits for its engine, which says: insufficient resources";
    for member in [&mut ann, &mut bob] {
        member.reads(full);
    }
    for machine in [&mut one, &mut two] {
        machine.program.shows(full);
    }
    bob.says("one");
    engine.set(&settings("60MB"));
    engine.restart();
    ann.hears(&bob, "one");
    for machine in [&mut one, &mut two] {
        machine.program.shows(BACK);
    }
    ann.says("the end");
    bob.hears(&ann, "the end");
    let times = agree(&[&one, &two], "the end", &[&long, "one"]);
    assert_eq!(times, [30, 1]);
}
