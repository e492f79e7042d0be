//! Lines that break, and servers that die: nothing is lost, and nothing comes twice.

use super::{client, said};
use crate::support::{Cable, Peer, Program, Room, Running, Way, new_folder};
use std::collections::BTreeMap;

/// A room at this port whose folder outlives it.
fn room_at(port: u16, folder: &str) -> Room {
    Room::at(port, &["--data", folder, "--burst", "0"])
}

/// Counts each message in the output, and checks that those of one member come in order.
fn counted<'a>(lines: &[&'a str]) -> BTreeMap<&'a str, usize> {
    let mut counts = BTreeMap::new();
    let mut last: BTreeMap<&str, u64> = BTreeMap::new();
    for line in lines {
        *counts.entry(*line).or_default() += 1;
        let (name, text) = line.split_once(": ").unwrap();
        let number = text.parse().unwrap();
        if let Some(before) = last.insert(name, number) {
            assert!(before < number, "{line} comes behind {before}");
        }
    }
    counts
}

#[test]
fn a_server_that_is_killed_under_load_loses_nothing_that_it_has_taken() {
    const TALKERS: usize = 6;
    const LINES: u64 = 300;
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let Room {
        host: mut room,
        port,
    } = room_at(0, folder);
    let mut talkers: Vec<(String, Running)> = (0..TALKERS)
        .map(|number| {
            let name = format!("talker{number}");
            let program = client(port, &name);
            (name, program)
        })
        .collect();
    talkers[0].1.wait_for("-- talker0 is now the coordinator.");
    talkers[0].1.wait_for("-- talker5 joined.");

    // Four times: all talk, and the server dies in the middle of it.
    for round in 0..4 {
        for (_, program) in &mut talkers {
            let first = round * LINES / 4;
            let lines: String = (first..first + LINES / 4)
                .map(|number| format!("{number}\n"))
                .collect();
            program.feed(&lines);
        }
        talkers[0]
            .1
            .wait_for(&format!("talker1: {}\n", round * LINES / 4 + 20));
        room.kill();
        room = room_at(port, folder).host;
        for (_, program) in &mut talkers {
            program.wait_for("Reconnected.\n");
        }
    }
    // Each has said all of it when its last line is shown to another one.
    for at in 0..TALKERS {
        let (other, own) = ((at + 1) % TALKERS, talkers[at].0.clone());
        assert!(talkers[other].1.says(&format!("{own}: {}\n", LINES - 1)));
    }
    // The room remembers who took care of it.
    talkers[0].1.enter("/status");
    talkers[0].1.wait_for("Pinged 6 members:\n  talker0 #1, ");
    for (_, program) in &mut talkers {
        program.enter("/q");
        program.wait_for("Bye!");
    }
    for (name, program) in talkers {
        let finished = program.finish();
        assert_eq!(finished.code, Some(0), "{finished:?}");
        let lines: Vec<&str> = finished
            .stdout
            .lines()
            .filter(|line| line.starts_with("talker"))
            .collect();
        let counts = counted(&lines);
        for speaker in (0..TALKERS).map(|number| format!("talker{number}")) {
            for number in 0..LINES {
                let line = format!("{speaker}: {number}");
                let expected = usize::from(speaker != name);
                let count = counts.get(line.as_str()).copied().unwrap_or(0);
                assert_eq!(count, expected, "{name} has seen {line:?} {count} times");
            }
        }
    }
}

#[test]
fn a_room_that_was_closed_continues_where_it_was() {
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let Room { mut host, port } = room_at(0, folder);
    let mut ann = Peer::join(port, "ann");
    ann.say("remember this");
    host.wait_for("ann: remember this\n");
    host.enter("/quit");
    assert_eq!(host.finish().code, Some(0));
    let Room {
        host: _host,
        port: _,
    } = room_at(port, folder);
    let mut bob = Peer::join(port, "bob");
    bob.say("/search remember");
    bob.hears_last("ann: remember this");
    bob.say("/who");
    let who = bob.hears("1 member:").pop().unwrap();
    assert!(who.contains("bob #2, coordinator, "), "{who}");
}

#[test]
fn a_connection_is_cut_after_any_byte_and_nothing_is_missed_or_said_twice() {
    let Room { mut host, port } = Room::open(&[]);
    let mut bob = Peer::join(port, "bob");
    // Where the greetings go, the first lines and the first posts.
    for (way, bytes) in [
        (Way::ToServer, 1),
        (Way::ToServer, 60),
        (Way::ToServer, 140),
        (Way::ToServer, 170),
        (Way::ToServer, 250),
        (Way::ToClient, 300),
        (Way::ToClient, 350),
        (Way::ToClient, 700),
        (Way::ToClient, 900),
    ] {
        let name = format!("{way:?}{bytes}");
        let cable = Cable::cut_after(port, way, bytes);
        let mut ann = Program::client(cable.port())
            .args(["--name", &name])
            .start();
        if !ann.says("Connected to: ") {
            // It has not been greeted, and says so; a person would try again.
            let turned_away = ann.finish();
            assert!(
                turned_away
                    .stderr
                    .contains("closed the connection without answering"),
                "{turned_away:?}"
            );
            ann = Program::client(cable.port())
                .args(["--name", &name])
                .start();
        }
        ann.feed("one\ntwo\nthree\n");
        ann.wait_for(&format!("You are {name}, "));
        bob.hears_last(&format!("{name}: one"));
        bob.hears_last(&format!("{name}: two"));
        bob.hears_last(&format!("{name}: three"));
        bob.say(&format!("to {name}"));
        ann.wait_for(&format!("bob: to {name}\n"));
        ann.enter("/q");
        bob.hears_last(&format!("-- {name} left."));
        let ann = ann.finish();
        let count = ann.stdout.matches(&format!("bob: to {name}\n")).count();
        assert_eq!((ann.code, count), (Some(0), 1), "{ann:?}");
    }
    bob.say("the end");
    let all = host.wait_for("bob: the end\n");
    let all = said(all.lines());
    for what in ["one", "two", "three"] {
        let count = all
            .iter()
            .filter(|line| line.ends_with(&format!(": {what}")))
            .count();
        assert_eq!(count, 9, "{what}: {all:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_member_that_was_away_gets_what_it_missed_and_its_own_lines_are_said_once() {
    let Room { host: _host, port } = Room::open(&["--burst", "0"]);
    let cable = Cable::to(port);
    let mut ann = client(cable.port(), "ann");
    let mut bob = Peer::join(port, "bob");
    ann.wait_for("-- bob joined.\n");
    cable.pull();
    ann.wait_for("Connection to the room lost.");
    bob.hears_last("-- ann lost the connection and may return.");
    // More than the server keeps at hand, and more than it looks up at once.
    for number in 0..1_000 {
        bob.say(&format!("{number}"));
    }
    ann.feed("a\nb\nc\n");
    cable.plug_in();
    bob.hears_last("-- ann reconnected.");
    for letter in ["a", "b", "c"] {
        assert_eq!(bob.next().unwrap(), format!("ann: {letter}"));
    }
    let heard = ann.wait_for("bob: 999\n");
    let heard: Vec<&str> = heard
        .lines()
        .filter(|line| line.starts_with("bob: "))
        .collect();
    let expected: Vec<String> = (0..1_000).map(|number| format!("bob: {number}")).collect();
    assert_eq!(heard, expected);
    ann.enter("d");
    bob.hears_last("ann: d");
}

#[test]
fn a_client_gives_up_where_no_room_comes_back() {
    let Room { mut host, port } = Room::open(&[]);
    let mut ann = Program::client(port)
        .args(["--name", "ann", "--reconnect", "1"])
        .start();
    ann.wait_for("-- ann joined.");
    host.kill();
    ann.wait_for("Connection to the room lost.");
    ann.enter("too late");
    let ann = ann.finish();
    assert_eq!(ann.code, Some(1), "{ann:?}");
    assert!(
        ann.stderr
            .contains("not restored within 1 second; 1 of your lines may not have been delivered"),
        "{ann:?}"
    );
}

#[cfg(unix)]
#[test]
fn a_member_that_missed_long_messages_gets_them_as_fast_as_it_reads() {
    for data in [&[][..], &["--no-journal"]] {
        let options = [&["--burst", "0"], data].concat();
        let Room { mut host, port } = Room::open(&options);
        let cable = Cable::to(port);
        let mut ann = client(cable.port(), "ann");
        let mut bob = Peer::join(port, "bob");
        ann.wait_for("-- bob joined.\n");
        cable.pull();
        bob.hears_last("-- ann lost the connection and may return.");
        let long = "x".repeat(4_000);
        for number in 0..250 {
            bob.say(&format!("{number} {long}"));
        }
        bob.say("/me is done");
        host.wait_for("* bob is done\n");
        cable.plug_in();
        ann.wait_for("* bob is done\n");
        ann.wait_for("-- ann reconnected.\n");
        ann.enter("/q");
        let heard = bob.hears_last("-- ann left.");
        assert!(!heard.contains(&"-- ann was removed: too slow to keep up.".to_owned()));
        let back = heard
            .iter()
            .filter(|line| *line == "-- ann reconnected.")
            .count();
        assert_eq!(back, 1, "{options:?}: {} of {}", back, heard.len());
        let ann = ann.finish();
        for number in 0..250 {
            assert_eq!(
                ann.stdout.matches(&format!("bob: {number} x")).count(),
                1,
                "{number}"
            );
        }
    }
}

#[test]
fn a_client_that_was_killed_comes_back_as_the_same_member() {
    let Room { mut host, port } = room_at(0, new_folder().to_str().unwrap());
    let folder = new_folder();
    let options = ["--name", "ann", "--data", folder.to_str().unwrap()];
    let mut first = Program::client(port).args(options).start();
    first.wait_for("-- ann joined.\n");
    for number in 0..3 {
        first.enter(&format!("first {number}"));
        host.wait_for(&format!("ann: first {number}\n"));
    }
    // While it runs, another program of the same person is somebody else.
    let other = Program::client(port).args(options).run();
    assert!(other.stderr.contains("The name ann is taken"), "{other:?}");
    first.kill();
    host.wait_for("-- ann lost the connection and may return.\n");
    let mut second = Program::client(port).args(options).start();
    second.wait_for("You returned to the room as ann.\n");
    host.wait_for("-- ann reconnected.\n");
    // It sees what was said last, and is heard, though it counts its lines from the beginning.
    second.wait_for("ann: first 2\n");
    second.enter("second");
    host.wait_for("ann: second\n");
    // After a goodbye too, it is the same member.
    second.enter("/quit");
    assert_eq!(second.finish().code, Some(0));
    host.wait_for("-- ann left.\n");
    let mut third = Program::client(port).args(options).start();
    host.wait_for("-- ann joined.\n");
    third.enter("/who");
    third.wait_for("  ann #1, ");
    // A room that knows nothing of it is no hindrance.
    host.kill();
    third.kill();
    let Room {
        host: _host,
        port: _,
    } = room_at(port, new_folder().to_str().unwrap());
    let mut fourth = Program::client(port).args(options).start();
    fourth.wait_for("You are ann, #1.");
}
