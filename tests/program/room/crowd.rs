//! A class that comes in, and leaves, at once.

use super::client;
use crate::support::{Peer, Room, Socket, Wire, control, new_folder};
use nix::sys::signal::Signal;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fs;

const MEMBERS: usize = 30;

/// The most lines about all of them: eight alone and the rest together, in each of two seconds.
const FEW: usize = 2 * (8 + 1);

const CROWD: &[&str] = &["--burst", "0", "--per-address", "0"];

/// All members come while the room is stopped, and so at the same time for it.
fn join_at_once(room: &Room) -> Vec<Peer> {
    room.host.signal(Signal::SIGSTOP);
    let mut peers: Vec<Peer> = (0..MEMBERS)
        .map(|number| {
            let mut peer = Peer::connect(room.port, Wire::Framed);
            peer.say(&format!("m{number}"));
            peer
        })
        .collect();
    room.host.signal(Signal::SIGCONT);
    for (number, peer) in peers.iter_mut().enumerate() {
        peer.hears(&format!("You are m{number}, "));
    }
    peers
}

/// Adds the members of a line to `named`, and returns how many others it counts.
fn read(line: &str, verb: &str, named: &mut BTreeSet<String>) -> usize {
    let names = line
        .strip_prefix("-- ")
        .and_then(|line| line.strip_suffix(verb));
    let names = names.unwrap_or_else(|| panic!("{line:?}"));
    let mut others = 0;
    for name in names.trim_end().replace(" and ", ", ").split(", ") {
        match name.split_once(' ') {
            Some((count, _)) => others = count.parse().unwrap(),
            None => assert!(named.insert(name.to_owned()), "{name} is named twice"),
        }
    }
    others
}

/// Reads lines until they tell of all members, and returns them.
fn reads_of_all(mut next: impl FnMut() -> String, verb: &str) -> Vec<String> {
    let (mut lines, mut named, mut others) = (Vec::new(), BTreeSet::new(), 0);
    while named.len() + others < MEMBERS {
        let line = next();
        others += read(&line, verb, &mut named);
        lines.push(line);
    }
    assert_eq!(named.len() + others, MEMBERS);
    lines
}

#[test]
fn a_class_that_comes_and_goes_at_once_is_told_of_in_a_few_lines() {
    let folder = new_folder();
    fs::create_dir_all(&folder).unwrap();
    let file = folder.join("room.log");
    let options = [CROWD, &["--log", file.to_str().unwrap()]].concat();
    let mut room = Room::open(&options);
    let mut ann = Peer::join(room.port, "ann");
    ann.hears("-- ann is now the coordinator.");
    let mut bob = client(room.port, "bob");
    ann.hears_last("-- bob joined.");
    let peers = join_at_once(&room);
    let joined = reads_of_all(|| ann.next().unwrap(), "joined.");
    assert!(joined.len() <= FEW, "{joined:?}");
    // The client and the host read the same.
    for line in &joined {
        bob.wait_for(&format!("{line}\n"));
        room.host.wait_for(&format!("{line}\n"));
    }
    room.host.signal(Signal::SIGSTOP);
    drop(peers);
    room.host.signal(Signal::SIGCONT);
    let left = reads_of_all(|| ann.next().unwrap(), "left: connection lost.");
    assert!(left.len() <= FEW, "{left:?}");
    // What is said next comes after all of them.
    ann.say("alone again");
    bob.wait_for(&format!("{}\nann: alone again\n", left.last().unwrap()));
    // The log has a line for each.
    room.close();
    let log = fs::read_to_string(&file).unwrap();
    for number in 0..MEMBERS {
        let name = format!("name=\"m{number}\"");
        for event in [" joined ", " left: connection lost "] {
            let lines = log.lines().filter(|line| line.contains(event));
            let lines = lines.filter(|line| line.ends_with(&name));
            assert_eq!(lines.count(), 1, "{event}{name} in {log}");
        }
    }
}

#[test]
fn a_program_that_sees_members_gets_all_names() {
    let room = Room::open(CROWD);
    let mut bot = Socket::connect(room.port);
    let hello = json!({"type": "hello", "version": 2, "name": "bot", "sees": ["members"]});
    bot.send(&control(&hello.to_string()));
    let mut next = || -> Value {
        let (_, payload) = bot.receive_frame();
        serde_json::from_str(&payload).unwrap()
    };
    while next()["what"] != "coordinator" {}
    let _peers = join_at_once(&room);
    let (mut named, mut messages) = (BTreeSet::new(), 0);
    while named.len() < MEMBERS {
        let message = next();
        let mut add = |member: &Value| {
            let by = member["by"].as_u64().unwrap();
            let name = member["name"].as_str().unwrap().to_owned();
            assert!(named.insert((by, name)), "{member} is named twice");
        };
        match message["type"].as_str() {
            Some("post") => add(&message),
            Some("gathered") => {
                let groups = message["groups"].as_array().unwrap().iter();
                let members = groups.flat_map(|group| group["members"].as_array().unwrap());
                members.for_each(&mut add);
            }
            _ => continue,
        }
        messages += 1;
    }
    assert!(messages <= FEW + 2, "{messages} messages");
}
