//! Everybody talks at any time, and everybody hears the same.

use super::{client, said};
use crate::support::{Peer, Program, Room, Wire, python};

#[test]
fn all_but_the_sender_hear_a_message_whatever_they_speak_with() {
    let Room { mut host, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    let nc = Program::other("nc").args(["127.0.0.1", &port.to_string()]);
    let mut dan = nc.start();
    dan.enter("dan");
    dan.wait_for("-- dan joined.\n");
    ann.wait_for("-- dan joined.\n");
    bob.hears("-- dan joined.");
    cleo.hears("-- dan joined.");

    ann.enter("of ann");
    bob.hears_last("ann: of ann");
    bob.say("of bob");
    cleo.hears_last("bob: of bob");
    cleo.say("of cleo");
    dan.wait_for("cleo: of cleo\n");
    dan.enter("of dan");
    for peer in [&mut bob, &mut cleo] {
        peer.hears_last("dan: of dan");
    }
    ann.wait_for("dan: of dan\n");
    host.wait_for("dan: of dan\n");

    // Each once, and none to who has said it.
    let all = ["ann: of ann", "bob: of bob", "cleo: of cleo", "dan: of dan"];
    ann.enter("/q");
    ann.wait_for("Bye!");
    dan.wait_for("-- ann left.\n");
    assert_eq!(said(host.output().lines())[1..], all);
    let heard = ann.output();
    let heard = said(heard.lines());
    assert_eq!(heard[heard.len() - 3..], all[1..]);
    assert!(!heard.contains(&all[0]), "{heard:?}");
    let heard = dan.output();
    let heard = said(heard.lines());
    assert_eq!(heard[heard.len() - 3..], all[..3]);
    assert!(!heard.contains(&all[3]), "{heard:?}");
    let ann = ann.finish();
    assert_eq!(ann.code, Some(0), "{ann:?}");
}

#[test]
fn a_client_whose_input_ends_has_said_all_and_heard_the_answers() {
    let Room { mut host, port } = Room::open(&[]);
    let mut bob = Peer::join(port, "bob");
    // Her own lines may not be stored yet when she searches.
    bob.say("number zero");
    host.wait_for("bob: number zero\n");
    let mut ann = client(port, "ann");
    ann.write(b"one\ntwo\n/who\n/search ZERO\n");
    ann.end_input();
    let ann = ann.finish();
    assert_eq!(ann.code, Some(0), "{ann:?}");
    assert!(ann.stdout.contains("\n2 members:\n"), "{ann:?}");
    assert!(
        ann.stdout.ends_with("\nbob: number zero\nBye!\n"),
        "{ann:?}"
    );
    let heard = bob.hears_last("-- ann left.");
    assert_eq!(
        said(heard.iter().map(String::as_str)),
        ["ann: one", "ann: two"]
    );
    host.wait_for("-- ann left.");
}

#[test]
fn a_paste_arrives_line_by_line_however_long_it_is() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    // Far more than one message holds, with an end in the middle of a character.
    let lines: Vec<String> = (0..200)
        .map(|number| format!("{number} {}.", "ü".repeat(number)))
        .collect();
    cleo.send(format!("{}\r\n\r\n\n", lines.join("\n")).as_bytes());
    for line in &lines {
        let heard = bob.hears("cleo: ");
        let heard = heard.last().unwrap();
        assert_eq!(heard, &format!("cleo: {}", line));
    }
    // The last line has no end, and is said all the same.
    cleo.send(b"that was all");
    bob.hears_last("cleo: that was all");
    cleo.say("/q");
    bob.hears_last("-- cleo left.");
}

#[test]
fn a_member_that_sends_byte_by_byte_says_the_same() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut bob = Peer::join(port, "bob");
    for (wire, name) in [(Wire::Framed, "cleo"), (Wire::Raw, "dora")] {
        let mut slow = Peer::join_by(port, name, wire);
        let line = "slow but Grüße";
        let bytes = match wire {
            Wire::Framed => crate::support::frame(line),
            Wire::Raw => format!("{line}\n").into_bytes(),
        };
        let (last, first) = bytes.split_last().unwrap();
        for byte in first {
            slow.send(&[*byte]);
            // The whole output of it so far is read by now.
            bob.say("/who");
            bob.hears(" members:");
        }
        bob.say("wait");
        slow.hears_last("bob: wait");
        slow.send(&[*last]);
        bob.hears_last(&format!("{name}: {line}"));
    }
}

#[test]
fn a_message_may_be_as_long_as_any_and_no_longer() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    let most = "x".repeat(4_096);
    ann.enter(&most);
    ann.enter(&format!("{most}x"));
    ann.wait_for("That message is 4097 bytes long, and the limit is 4096: nothing was sent.");
    ann.enter("after");
    // With the name in front it is too long for one message, and comes as two.
    for peer in [&mut bob, &mut cleo] {
        let heard = peer.hears_last("ann: after");
        let from = heard
            .iter()
            .position(|text| text.starts_with("ann: x"))
            .unwrap();
        let parts = &heard[from..heard.len() - 1];
        assert_eq!(parts.len(), 2, "{parts:?}");
        assert!(parts.iter().all(|part| part.len() <= 4_096));
        let whole: String = parts.concat().replace("... ", "");
        assert_eq!(whole, format!("ann: {most}"));
    }
}

#[test]
fn commands_do_what_their_help_says() {
    let Room { mut host, port } = Room::open(&["--burst", "0"]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    ann.wait_for("-- cleo joined.\n");

    bob.say("/help");
    let help = bob.hears("Commands:").pop().unwrap();
    for command in [
        "/who",
        "/msg NAME TEXT",
        "/history [N [POST]]",
        "/play GAME NAME",
        "/q",
    ] {
        assert!(help.contains(command), "{help}");
    }
    for not_his in ["/kick", "/status", "/quit"] {
        assert!(!help.contains(not_his), "{help}");
    }

    ann.enter("/me waves");
    bob.hears_last("* ann waves");
    cleo.hears_last("* ann waves");
    host.wait_for("* ann waves\n");

    cleo.say("/who");
    cleo.hears_last("3 members:");
    for (name, what) in [
        ("ann #1", ", coordinator, "),
        ("bob #2", ", "),
        ("cleo #3", ", "),
    ] {
        let line = cleo.next().unwrap();
        assert!(
            line.starts_with(&format!("  {name}{what}here for 0 s, quiet for ")),
            "{line}"
        );
    }

    bob.say("/msg cleo only you");
    assert_eq!(bob.next().unwrap(), "(to cleo): only you");
    let whispered = cleo.next().unwrap();
    assert!(
        whispered.contains("bob") && whispered.ends_with("only you"),
        "{whispered}"
    );
    bob.say("/msg host hear me");
    host.wait_for("hear me\n");

    for number in 0..30 {
        bob.say(&format!("count {number}"));
    }
    ann.wait_for("bob: count 29\n");
    cleo.hears_last("bob: count 29");
    cleo.say("/history 3");
    for number in 27..30 {
        assert_eq!(cleo.next().unwrap(), format!("bob: count {number}"));
    }
    cleo.say("/search COUNT bob 2");
    let found: Vec<String> = (0..12).map(|_| cleo.next().unwrap()).collect();
    let numbers = [2, 12].into_iter().chain(20..30);
    let expected: Vec<String> = numbers
        .map(|number| format!("bob: count {number}"))
        .collect();
    assert_eq!(found, expected);
    cleo.say("/search nothing like it");
    cleo.hears_last("Nothing was found.");
    cleo.say("/history many");
    cleo.hears_last("Usage: /history [N [POST]]");
    // Nobody else has heard anything of this.
    bob.say("done");
    assert!(
        ann.wait_for("bob: done\n")
            .lines()
            .all(|line| line.is_empty() || line == "bob: done")
    );

    ann.enter("/status");
    let status = ann.wait_for("cannot be pinged, last heard 0 s ago\n");
    assert!(
        status.contains("Pinged 3 members:\n  ann #1, coordinator, 127.0.0.1 port "),
        "{status}"
    );
    assert!(status.contains(", answered in "), "{status}");
    bob.say("/status");
    bob.hears("Only the host or the coordinator can use /status.");
    bob.say("/kick ann");
    bob.hears("Only the host or the coordinator can use /kick.");
    bob.say("/frobnicate");
    bob.hears("Unknown command /frobnicate.");
    ann.enter("/kick bob");
    assert_eq!(
        bob.rest().last().unwrap(),
        "You were removed from the room by ann."
    );
    cleo.hears_last("-- bob was removed by ann.");
    host.wait_for("-- bob was removed by ann.\n");
}

#[test]
fn a_tictalk_client_that_is_removed_reads_by_whom() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let bob = client(port, "bob");
    ann.wait_for("-- bob joined.\n");
    ann.enter("/kick bob");
    let bob = bob.finish();
    assert_eq!(bob.code, Some(1), "{bob:?}");
    assert_eq!(
        bob.stderr,
        "tictalk: You were removed from the room by ann.\n"
    );
    ann.wait_for("-- bob was removed by ann.\n");
}

#[test]
fn somebody_else_takes_care_of_the_room_when_the_coordinator_is_gone() {
    let Room { mut host, port } = Room::open(&[]);
    let mut ann = Peer::connect(port, Wire::Framed);
    ann.say("ann");
    ann.hears_last("You are the coordinator now: you can use /status and /kick.");
    ann.hears_last("-- ann is now the coordinator.");
    let mut bob = client(port, "bob");
    drop(ann);
    bob.wait_for("-- ann left: connection lost.\n-- bob is now the coordinator.\n");
    host.wait_for("-- bob is now the coordinator.\n");
    let mut cleo = Peer::join(port, "cleo");
    bob.enter("/status");
    bob.wait_for("Pinged 2 members:\n  bob #2, coordinator, 127.0.0.1 port ");
    bob.enter("/q");
    let heard = cleo.hears_last("-- cleo is now the coordinator.");
    assert!(
        heard.contains(&"You are the coordinator now: you can use /status and /kick.".to_owned()),
        "{heard:?}"
    );
    drop(cleo);
    host.wait_for("-- cleo left: connection lost.\n");
    // The next one who comes finds nobody, and is it.
    let mut dan = client(port, "dan");
    dan.wait_for("-- dan is now the coordinator.\n");
}

#[test]
fn newcomers_see_the_last_twenty_posts() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join(port, "bob");
    for number in 0..300 {
        ann.say(&format!("{number}"));
    }
    bob.hears_last("ann: 299");
    let mut cleo = Peer::connect(port, Wire::Framed);
    cleo.say("cleo");
    cleo.hears("You are cleo, ");
    for number in 280..300 {
        assert_eq!(cleo.next().unwrap(), format!("ann: {number}"));
    }
    assert_eq!(cleo.next().unwrap(), "-- cleo joined.");
}

#[test]
fn a_class_of_threads_talks_and_hears_all_in_one_order() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/peers/class.py");
    let class = python(script).args([&port.to_string(), "30", "10"]).run();
    assert_eq!(class.stdout.trim_end(), "ok 8700", "{class:?}");
}
