//! The screen and the keyboard of a person in a room.

use super::client;
use crate::support::{Cable, Peer, Program, Pty, Room, Wire, new_folder};
use nix::sys::signal::Signal;

/// Somebody at a screen, in the room already.
fn seated(port: u16, name: &str) -> Pty {
    let person = Program::client(port).args(["--name", name]).on_screen();
    person.wait_for(&format!("You are {name}, "));
    person.prompt();
    person
}

/// A room whose host sits at a screen, and its port.
fn open_room() -> (Pty, u16) {
    let host = Program::new().args(["room", "--port", "0"]).on_screen();
    let port = host.wait("a port", |screen| {
        let contents = screen.contents();
        let (_, behind) = contents.split_once("on port: ")?;
        let (port, _) = behind.split_once('\n')?;
        port.trim().parse().ok()
    });
    host.prompt();
    (host, port)
}

/// The lines of the screen that are not empty, without the times of posts.
fn lines(screen: &Pty) -> Vec<String> {
    let contents = screen.contents();
    let lines = contents.lines().filter(|line| !line.is_empty());
    let untimed = |line: &str| match line.split_once(' ') {
        Some((time, said)) if time.len() == 5 && time.as_bytes()[2] == b':' => said.to_owned(),
        _ => line.to_owned(),
    };
    lines.map(untimed).collect()
}

#[test]
fn lines_that_arrive_are_shown_above_the_prompt_and_leave_the_draft_alone() {
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.wait_for("-- bob joined.");
    ann.press("half a thou");
    ann.prompt_with("half a thou");
    // The cursor is in the middle of the line, and stays there.
    ann.press("\u{1b}[D\u{1b}[D\u{1b}[D\u{1b}[D");
    ann.prompt_with("half a ");
    for number in 0..50 {
        bob.say(&format!("line {number}"));
    }
    ann.wait_for("bob: line 49");
    ann.prompt_with("half a ");
    let shown = lines(&ann);
    let (last, above) = shown.split_last().unwrap();
    assert_eq!(last, "ann> half a thou");
    let expected: Vec<String> = (12..50)
        .map(|number| format!("bob: line {number}"))
        .collect();
    assert!(above.ends_with(&expected), "{shown:?}");
    // Typed text is inserted at the cursor, and sent as one line.
    ann.press("good ");
    ann.prompt_with("half a good ");
    ann.press("\u{1b}[F");
    ann.prompt_with("half a good thou");
    ann.press("ght\r");
    bob.hears_last("ann: half a good thought");
    ann.prompt();
    // A line longer than the screen is wide.
    let long = "wide ".repeat(30);
    ann.press(long.trim_end());
    ann.wait("the long line", |screen| {
        screen
            .contents()
            .replace('\n', "")
            .contains(long.trim_end())
            .then_some(())
    });
    bob.say("between");
    ann.wait_for("bob: between");
    ann.press("\r");
    bob.hears_last(&format!("ann: {}", long.trim_end()));
}

#[test]
fn a_line_that_mentions_the_reader_is_highlighted() {
    let Room { host: _room, port } = Room::open(&[]);
    let ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    bob.say("planning");
    bob.say("Ann, are you there?");
    ann.wait_for("> bob: Ann, are you there?");
    ann.wait_for(" bob: planning");
    // The name of the speaker has another colour than what is said.
    let colors = ann.read(|screen| {
        let row = screen
            .contents()
            .lines()
            .position(|line| line.ends_with(" bob: planning"))
            .unwrap();
        let row = u16::try_from(row).unwrap();
        [6, 11].map(|column| {
            screen
                .cell(row, column)
                .map(|cell| (cell.fgcolor(), cell.bold()))
        })
    });
    assert_ne!(colors[0], colors[1]);
}

#[test]
fn a_lost_connection_is_reported_and_lines_typed_meanwhile_arrive() {
    let Room { host: _room, port } = Room::open(&[]);
    let cable = Cable::to(port);
    let mut ann = seated(cable.port(), "ann");
    let mut bob = Peer::join(port, "bob");
    ann.wait_for("-- bob joined.");
    ann.press("not yet");
    ann.prompt_with("not yet");
    cable.pull();
    ann.wait_for("Connection to the room lost. Your lines are kept and sent later.");
    ann.prompt_with("not yet");
    ann.wait_for("-- ann is now the coordinator.");
    ann.press(" sent\r");
    ann.prompt();
    bob.hears_last("-- bob is now the coordinator.");
    bob.say("while you were away");
    cable.plug_in();
    bob.hears_last("-- ann reconnected.");
    bob.hears_last("ann: not yet sent");
    ann.wait_for("Reconnected.");
    ann.wait_for("-- bob is now the coordinator.");
    ann.wait_for("bob: while you were away");
    ann.prompt();
    drop(bob);
    ann.wait_for("-- bob left: connection lost.");
    ann.wait_for("You are the coordinator now: you can use /status and /kick.");
}

#[test]
fn a_server_that_is_killed_and_started_again_is_found_again() {
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let Room {
        host: mut room,
        port,
    } = Room::open(&["--data", folder]);
    let mut ann = seated(port, "ann");
    room.kill();
    ann.wait_for("Connection to the room lost.");
    let _room = Program::new()
        .args(["room", "--port", &port.to_string()])
        .data(folder)
        .start();
    ann.wait_for("Reconnected.");
    let mut bob = Peer::join(port, "bob");
    ann.enter("hello");
    bob.hears_last("ann: hello");
}

#[test]
fn tab_completes_names_and_commands() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "Bartholomew");
    ann.wait_for("-- Bartholomew joined.");
    ann.press("/hist\t");
    ann.prompt_with("/history");
    ann.press("\u{15}");
    ann.prompt();
    ann.press("/msg Bar\t");
    ann.wait("the name", |screen| {
        screen.contents().contains("/msg Bartholomew").then_some(())
    });
    ann.press("\u{5}");
    ann.press(" psst\r");
    let whispered = bob.hears("psst").pop().unwrap();
    assert!(whispered.contains("ann"), "{whispered}");
}

/// Somebody who was counted in an announcement is completed like somebody who was named.
#[test]
fn tab_completes_the_names_of_a_class_that_came_at_once() {
    let Room { host, port } = Room::open(&["--burst", "0", "--per-address", "0"]);
    let mut ann = seated(port, "ann");
    host.signal(Signal::SIGSTOP);
    let mut class: Vec<Peer> = (0..30)
        .map(|number| {
            let mut peer = Peer::connect(port, Wire::Framed);
            peer.say(&format!("{number:02}pupil"));
            peer
        })
        .collect();
    host.signal(Signal::SIGCONT);
    for peer in &mut class {
        peer.hears("You are ");
    }
    ann.wait_for(" others joined.");
    for number in 0..30 {
        ann.press(&format!("/msg {number:02}\t"));
        ann.wait("the name", |screen| {
            let name = format!("/msg {number:02}pupil");
            screen.contents().contains(&name).then_some(())
        });
        ann.press("\u{15}");
        ann.prompt();
    }
}

#[test]
fn q_leaves() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.enter("/q");
    assert_eq!(ann.finish(), 0);
    bob.hears_last("-- ann left.");
    assert_eq!(lines(&ann).last().unwrap(), "Bye!");
    assert!(ann.is_cooked());
}

#[test]
fn control_d_leaves() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.press("\u{4}");
    assert_eq!(ann.finish(), 0);
    bob.hears_last("-- ann left.");
    assert!(ann.is_cooked());
}

#[test]
fn control_c_leaves_with_the_exit_code_of_an_interrupt() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.press("a draft");
    ann.prompt_with("a draft");
    ann.press("\u{3}");
    assert_eq!(ann.finish(), 130);
    bob.hears_last("-- ann left.");
    assert!(ann.is_cooked());
}

#[test]
fn the_host_at_a_screen_sees_what_happens_while_typing_and_closes_the_room() {
    let (mut host, port) = open_room();
    host.press("/say hel");
    host.prompt_with("/say hel");
    let mut ann = client(port, "ann");
    ann.enter("good morning");
    host.wait_for("-- ann joined (#1, ");
    host.wait_for("ann: good morning");
    host.prompt_with("/say hel");
    host.press("lo\r");
    ann.wait_for("host: hello\n");
    host.wait_for("host: hello");
    host.prompt();
    host.press("\u{1b}[2J");
    host.press("\u{15}");
    host.press("/quit\r");
    host.cursor_behind("Close the room for 1 member? [y/N] ");
    host.press("y\r");
    assert_eq!(host.finish(), 0);
    assert_eq!(lines(&host).last().unwrap(), "-- host closed the room.");
    assert!(host.is_cooked());
    assert_eq!(ann.finish().code, Some(0));
}

#[test]
fn the_host_closes_the_room_by_control_c_and_by_control_d() {
    for key in ["\u{3}", "\u{4}"] {
        let (mut host, port) = open_room();
        let ann = client(port, "ann");
        host.wait_for("-- ann is now the coordinator.");
        host.prompt();
        host.press(key);
        if key == "\u{4}" {
            host.cursor_behind("Close the room for 1 member? [y/N] ");
            host.press(key);
        }
        assert_eq!(host.finish(), 0, "{key:?}");
        assert!(host.is_cooked());
        assert!(ann.finish().stdout.ends_with(" closed the room.\nBye!\n"));
    }
}

#[test]
fn a_person_who_was_frozen_comes_back_by_itself() {
    let Room { host: _room, port } = Room::open(&["--patience", "1"]);
    let mut ann = seated(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.wait_for("-- bob joined.");
    ann.signal(Signal::SIGSTOP);
    bob.hears_last("-- ann was removed: no answer.");
    bob.say("where are you?");
    ann.signal(Signal::SIGCONT);
    bob.hears_last("-- ann joined.");
    ann.wait_for("bob: where are you?");
    ann.enter("here");
    bob.hears_last("ann: here");
}
