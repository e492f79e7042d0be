//! Members that are too many, too loud, too slow or frozen, and connections that say nothing.

use super::client;
use crate::support::{Peer, Program, Room, Wire, frame};
use nix::sys::signal::Signal;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

/// The limits with which a room admits so many members from one machine, as fast as they can talk.
const CROWD: &[&str] = &["--burst", "0", "--per-address", "0"];

#[test]
fn two_hundred_talk_at_once_and_each_hears_all_others_in_one_order() {
    const MEMBERS: usize = 200;
    const LINES: usize = 20;
    let Room { host: _room, port } = Room::open(CROWD);
    let mut peers: Vec<Peer> = (0..MEMBERS)
        .map(|number| {
            let mut peer = Peer::connect(port, Wire::Framed);
            peer.say(&format!("m{number}"));
            peer.hears(&format!("You are m{number}, "));
            peer
        })
        .collect();
    // Everybody talks and hears at the same time.
    let talking: Vec<_> = peers
        .drain(..)
        .enumerate()
        .map(|(number, mut peer)| {
            thread::spawn(move || {
                let mut mouth = peer.stream.get_ref().try_clone().unwrap();
                let lines: Vec<u8> = (0..LINES)
                    .flat_map(|line| frame(&line.to_string()))
                    .collect();
                for part in lines.chunks(7) {
                    mouth.write_all(part).unwrap();
                }
                let mut heard: Vec<(usize, usize)> = Vec::with_capacity((MEMBERS - 1) * LINES);
                while heard.len() < (MEMBERS - 1) * LINES {
                    let text = peer.next().unwrap();
                    if let Some((name, line)) = text.split_once(": ")
                        && let Some(by) = name.strip_prefix('m')
                    {
                        heard.push((by.parse().unwrap(), line.parse().unwrap()));
                    }
                }
                (number, heard, peer)
            })
        })
        .collect();
    let heard: Vec<_> = talking.into_iter().map(|it| it.join().unwrap()).collect();
    let (_, order, _) = &heard[0];
    for (number, heard, _) in &heard {
        for by in 0..MEMBERS {
            let lines: Vec<usize> = heard
                .iter()
                .filter(|(it, _)| *it == by)
                .map(|(_, line)| *line)
                .collect();
            let expected: Vec<usize> = if by == *number {
                Vec::new()
            } else {
                (0..LINES).collect()
            };
            assert_eq!(lines, expected, "m{number} of m{by}");
        }
        let common = |(by, _): &&(usize, usize)| *by != 0 && by != number;
        assert!(
            heard.iter().filter(common).eq(order.iter().filter(common)),
            "m{number} and m0 heard another order"
        );
    }
}

/// A connection that takes in as little ahead as the system allows.
pub(super) fn narrow(port: u16) -> TcpStream {
    let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address: std::net::SocketAddr = ([127, 0, 0, 1], port).into();
    socket.connect(&address.into()).unwrap();
    socket.into()
}

#[test]
fn a_member_that_never_reads_is_dropped_and_slows_nobody() {
    let Room { mut host, port } = Room::open(&["--burst", "0", "--queue", "64"]);
    let mut ann = Peer::join(port, "ann");
    let mut deaf = Peer::new(narrow(port), Wire::Framed);
    deaf.say("deaf");
    let mut bob = Peer::join(port, "bob");
    let long = "x".repeat(4_000);
    let mut said = 0;
    // Bob hears all at once, whatever waits for the deaf one.
    let heard = loop {
        ann.say(&format!("{said} {long}"));
        let heard = bob.hears_last(&format!("ann: {said} {long}"));
        said += 1;
        if heard.iter().any(|line| line.starts_with("-- deaf")) {
            break heard;
        }
        assert!(said < 10_000, "it is never dropped");
    };
    assert!(heard.contains(&"-- deaf was removed: too slow to keep up.".to_owned()));
    host.wait_for("-- deaf was removed: too slow to keep up.\n");
    // The rest of its input has no gap, and ends with the reason.
    let read = deaf.rest();
    let of_ann: Vec<&String> = read
        .iter()
        .filter(|line| line.starts_with("ann: "))
        .collect();
    for (number, line) in of_ann.iter().enumerate() {
        assert!(
            line.starts_with(&format!("ann: {number} ")),
            "{number}: {}",
            &line[..20]
        );
    }
    assert!(of_ann.len() < said);
    let last = read.last().unwrap();
    assert_eq!(last, "You were removed from the room: too slow to keep up.");
    // The name is free again.
    Peer::join(port, "deaf");
}

#[test]
fn a_member_that_reads_too_slowly_is_told_how_far_behind_it_is() {
    let Room { host: _room, port } = Room::open(&["--burst", "0", "--queue", "4096"]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let long = "x".repeat(4_000);
    // How much may be said until somebody is dropped, kept by the system or by the room.
    let mut deaf = Peer::new(narrow(port), Wire::Framed);
    deaf.say("deaf");
    let mut most = 0;
    loop {
        ann.say(&long);
        let heard = bob.hears_last(&format!("ann: {long}"));
        most += 1;
        if heard
            .iter()
            .any(|line| line == "-- deaf was removed: too slow to keep up.")
        {
            break;
        }
    }
    // A megabyte less than that is more than half.
    let mut slow = Peer::new(narrow(port), Wire::Framed);
    slow.say("slow");
    bob.hears_last("-- slow joined.");
    for _ in 0..most - 250 {
        ann.say(&long);
        bob.hears_last(&format!("ann: {long}"));
    }
    let heard = slow.hears(" KiB behind. Read faster, or you will be removed.");
    let warning = heard.last().unwrap();
    let kib: usize = warning
        .strip_prefix("You are ")
        .unwrap()
        .split(' ')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    assert!((2_048..2_100).contains(&kib), "{warning}");
    // Which it does, and misses nothing.
    ann.say("the end");
    let rest = slow.hears_last("ann: the end");
    let count = heard
        .iter()
        .chain(&rest)
        .filter(|line| line.ends_with(&long))
        .count();
    let from_before = 19;
    assert!(
        (most - 250..=most - 250 + from_before).contains(&count),
        "{count} of {most}"
    );
}

#[test]
fn a_member_that_floods_is_slowed_and_loses_nothing() {
    let Room { host: _room, port } = Room::open(&["--burst", "5", "--rate", "20"]);
    let mut bob = Peer::join(port, "bob");
    let mut louds = [Wire::Framed, Wire::Raw].map(|wire| Peer::connect(port, wire));
    for loud in &mut louds {
        let wire = loud.wire;
        let began = std::time::Instant::now();
        loud.say(&format!("loud {wire:?}"));
        for number in 0..25 {
            loud.say(&number.to_string());
        }
        bob.hears_last(&format!("loud {wire:?}: 0"));
        // Somebody else is heard between.
        bob.say("/me listens");
        loud.hears_last("* bob listens");
        for number in 1..25 {
            assert_eq!(bob.next().unwrap(), format!("loud {wire:?}: {number}"));
        }
        // 5 at once, and then 20 a second.
        assert!(
            began.elapsed() > std::time::Duration::from_millis(700),
            "{:?}",
            began.elapsed()
        );
    }
    let mut ann = client(port, "ann");
    let lines: String = (0..25).map(|number| format!("{number}\n")).collect();
    ann.feed(&lines);
    ann.end_input();
    bob.hears_last("-- ann joined.");
    for number in 0..25 {
        assert_eq!(bob.next().unwrap(), format!("ann: {number}"));
    }
    assert_eq!(ann.finish().code, Some(0));
}

#[test]
fn connections_that_say_nothing_keep_nobody_out_and_are_closed() {
    let Room { host: _room, port } = Room::open(&["--introduction", "1", "--per-address", "0"]);
    let silent: Vec<TcpStream> = (0..500)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.enter("hello");
    bob.hears_last("ann: hello");
    for mut stream in silent {
        stream
            .set_read_timeout(Some(crate::support::LIMIT))
            .unwrap();
        // The question for a name and the reason of the close.
        let mut told = Vec::new();
        stream.read_to_end(&mut told).unwrap();
        assert!(told.len() < 200, "{told:?}");
    }
    // Those who have said who they are stay.
    bob.say("still here");
    ann.wait_for("bob: still here\n");
}

#[test]
fn a_connection_that_never_ends_its_name_is_closed_too() {
    let Room { host: _room, port } = Room::open(&["--introduction", "1", "--patience", "2"]);
    let mut ann = Peer::join(port, "ann");
    // A frame that is never whole, an empty line, and half a greeting.
    for bytes in [&b"\0\0\0\x05bo"[..], b"\n", b"\x01\0\0\x20{"] {
        let mut half = TcpStream::connect(("127.0.0.1", port)).unwrap();
        half.set_read_timeout(Some(crate::support::LIMIT)).unwrap();
        half.write_all(bytes).unwrap();
        let mut rest = Vec::new();
        half.read_to_end(&mut rest).unwrap();
    }
    // A member whose name was refused has longer to find another one, but not for ever.
    let mut late = Peer::connect(port, Wire::Framed);
    late.say("ann");
    late.hears("is taken");
    assert_eq!(late.rest().last().unwrap(), "You did not give a name.");
    ann.say("/who");
    ann.hears("1 member:");
}

#[test]
fn a_frozen_program_is_removed_and_everybody_told() {
    let Room { mut host, port } = Room::open(&["--patience", "2"]);
    let mut frozen = client(port, "frozen");
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    frozen.signal(Signal::SIGSTOP);
    bob.hears_last("-- frozen was removed: no answer.");
    ann.wait_for("-- frozen was removed: no answer.\n");
    host.wait_for("-- frozen was removed: no answer.\n");
    // Its coordinator's place went to one of the others, who say nothing and stay all the same.
    let told = bob.hears(" is now the coordinator.").pop().unwrap();
    assert!(
        [
            "-- ann is now the coordinator.",
            "-- bob is now the coordinator."
        ]
        .contains(&told.as_str())
    );
    ann.enter("/who");
    ann.wait_for("2 members:");
    // When it wakes, it comes in again as who it was, and has missed nothing.
    ann.enter("you slept");
    bob.hears_last("ann: you slept");
    frozen.signal(Signal::SIGCONT);
    bob.hears_last("-- frozen joined.");
    frozen.wait_for("ann: you slept\n");
    frozen.enter("I did");
    bob.hears_last("frozen: I did");
}

#[test]
fn the_connections_of_one_address_are_limited() {
    let Room { host: _room, port } = Room::open(&["--per-address", "3"]);
    let mut ann = Peer::join(port, "ann");
    let _bob = Peer::join(port, "bob");
    let cleo = Peer::join(port, "cleo");
    let mut fourth = Peer::connect(port, Wire::Framed);
    assert_eq!(fourth.next(), None);
    drop(cleo);
    ann.hears_last("-- cleo left: connection lost.");
    Peer::join(port, "dora");
}

#[test]
fn a_full_room_says_so_and_takes_the_next_when_one_leaves() {
    let Room { host: _room, port } = Room::open(&["--members", "2"]);
    let mut ann = Peer::join(port, "ann");
    let bob = Peer::join(port, "bob");
    for wire in [Wire::Framed, Wire::Raw] {
        let mut cleo = Peer::connect(port, wire);
        cleo.say("cleo");
        assert_eq!(cleo.rest(), ["The room is full. Try again later."]);
    }
    let dora = Program::client(port).args(["--name", "dora"]).run();
    assert_eq!(dora.code, Some(1), "{dora:?}");
    assert!(dora.stderr.contains("The room is full."), "{dora:?}");
    drop(bob);
    ann.hears_last("-- bob left: connection lost.");
    Peer::join(port, "cleo");
}

#[test]
fn an_unknown_dialect_harms_nobody() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = Peer::join(port, "ann");
    for bytes in [
        &b"\x01\0\0\x02{}"[..],
        b"\x01\xff\xff\xff",
        b"\0\xff\xff\xff",
        b"\0\0\0\0",
        b"\0\0\0\x02\xff\xfe",
        b"\x01\0\0\x0f{\"type\":\"ping\"}",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    ] {
        let mut odd = TcpStream::connect(("127.0.0.1", port)).unwrap();
        odd.set_read_timeout(Some(crate::support::LIMIT)).unwrap();
        odd.write_all(bytes).unwrap();
        odd.shutdown(std::net::Shutdown::Write).unwrap();
        let mut rest = Vec::new();
        let _ = odd.read_to_end(&mut rest);
    }
    ann.say("/who");
    let who = ann.hears(" member:").pop().unwrap();
    assert!(who.starts_with("1 member:\n  ann #1, coordinator"), "{who}");
}

#[test]
fn a_burst_of_long_messages_drops_nobody_who_reads() {
    let Room { mut host, port } = Room::open(&["--per-address", "0"]);
    let mut readers: Vec<Peer> = [Wire::Framed, Wire::Raw]
        .map(|wire| Peer::join_by(port, &format!("reader {wire:?}"), wire))
        .into();
    let long = "x".repeat(4_000);
    let talkers: Vec<Peer> = (0..40)
        .map(|number| Peer::join(port, &format!("t{number}")))
        .collect();
    let talking: Vec<_> = talkers
        .into_iter()
        .map(|mut talker| {
            let lines = frame(&long).repeat(4);
            thread::spawn(move || {
                talker.send(&lines);
                talker
            })
        })
        .collect();
    let mut talkers: Vec<Peer> = talking.into_iter().map(|it| it.join().unwrap()).collect();
    let reading: Vec<_> = readers
        .drain(..)
        .chain(talkers.drain(..))
        .map(|mut peer| {
            thread::spawn(move || {
                for _ in 0..3 * 40 {
                    peer.hears(": x");
                }
                peer
            })
        })
        .collect();
    for reader in reading {
        reader.join().unwrap();
    }
    host.enter("/quit");
    let host = host.finish();
    assert!(
        !host.stdout.contains("too far behind"),
        "{}",
        host.stdout.replace(&long, "x")
    );
}

/// The next control frame of the room for a program of ours.
fn next_control(stream: &mut TcpStream) -> String {
    let mut header = [0; 4];
    stream.read_exact(&mut header).unwrap();
    assert_eq!(header[0], 1);
    header[0] = 0;
    let mut json = vec![0; u32::from_be_bytes(header) as usize];
    stream.read_exact(&mut json).unwrap();
    String::from_utf8(json).unwrap()
}

#[test]
fn a_member_that_reconnects_over_a_slow_connection_gets_all_that_was_missed() {
    catches_up_with(&["--burst", "0"]);
}

#[test]
fn a_member_that_reconnects_is_sent_no_more_at_once_than_may_wait() {
    catches_up_with(&["--burst", "0", "--queue", "64"]);
}

fn catches_up_with(options: &[&str]) {
    let Room { host: _room, port } = Room::open(options);
    let mut cleo = Peer::join(port, "cleo");
    let mut bob = Peer::join(port, "bob");
    let come = |since: &str| {
        let mut ann = narrow(port);
        ann.set_read_timeout(Some(crate::support::LIMIT)).unwrap();
        let ticket = "0123456789abcdef0123456789abcdef";
        let hello = format!(
            r#"{{"type":"hello","version":2,"name":"ann","room":{{"ticket":"{ticket}","since":{since}}}}}"#
        );
        ann.write_all(&crate::support::control(&hello)).unwrap();
        ann
    };
    let mut ann = come("0");
    while !next_control(&mut ann).contains(r#""name":"ann","what":"joined""#) {}
    drop(ann);
    bob.hears_last("-- ann lost the connection and may return.");
    // As much as the room keeps at hand, and then more than that.
    let long = "x".repeat(4_000);
    for count in [250, 600] {
        for _ in 0..count {
            bob.say(&long);
            cleo.hears("bob: x");
        }
        bob.say(&format!("/me has said {count}"));
        cleo.hears_last(&format!("* bob has said {count}"));
        let mut ann = come("5");
        let mut seen = 0;
        loop {
            let control = next_control(&mut ann);
            assert!(
                !control.contains(r#""type":"refuse""#),
                "behind {seen}: {:.200}",
                control
            );
            assert!(
                !control.contains(" KiB behind"),
                "behind {seen}: {:.200}",
                control
            );
            seen += usize::from(control.contains(&long));
            if control.contains(&format!("has said {count}")) {
                break;
            }
        }
        drop(ann);
        bob.hears_last("-- ann lost the connection and may return.");
        assert_eq!(seen, if count == 250 { 250 } else { 850 });
    }
}
