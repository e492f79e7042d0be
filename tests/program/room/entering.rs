//! How people come into a room: who asks whom for a name, and what a newcomer learns.

use super::client;
use crate::support::{Peer, Program, Pty, Room, Wire};
use std::io::Read as _;

/// Screens of 80 and of 40 columns.
const SIZES: [(u16, u16); 2] = [(24, 80), (24, 40)];

/// A client at a screen of this size, whose person has this login name.
fn nameless(port: u16, login: &str, size: (u16, u16)) -> Pty {
    Program::client(port).env("USER", login).on_screen_of(size)
}

/// Text without spaces, so that rows can be searched wherever they are broken.
fn flat(text: &str) -> String {
    text.split_whitespace().collect()
}

/// Waits until the screen shows `text`, on however many rows.
fn shows(screen: &Pty, text: &str) {
    let wanted = flat(text);
    screen.wait(text, |screen| {
        flat(&screen.contents()).contains(&wanted).then_some(())
    });
}

#[test]
fn a_person_is_asked_for_a_name_and_again_if_it_is_taken() {
    for size in SIZES {
        let Room { host: _room, port } = Room::open(&[]);
        let mut ann = nameless(port, "ann", size);
        ann.cursor_behind("Your name in this room [ann]: ");
        ann.press("\r");
        ann.wait_for("You are ann, #1");
        let mut other = nameless(port, "ann", size);
        other.cursor_behind("Your name in this room [ann]: ");
        other.press("\r");
        other.wait_for("The name ann is taken");
        other.cursor_behind("Your name in this room: ");
        other.press("bob\r");
        other.wait_for("You are bob, #2");
        other.wait_for("ann (coordinator)");
    }
}

#[test]
fn a_taken_name_of_the_command_line_can_be_replaced() {
    let Room { host: _room, port } = Room::open(&[]);
    let _ann = client(port, "ann");
    let mut other = Program::client(port).args(["--name", "Ann"]).on_screen();
    other.wait_for("The name Ann is taken, or looks like one that is taken.");
    other.cursor_behind("Your name in this room: ");
    other.press("a:b\r");
    other.wait_for("cannot contain a colon");
    other.cursor_behind("Your name in this room: ");
    other.press("bob\r");
    other.wait_for("You are bob, #2");
}

#[test]
fn a_person_who_gives_no_name_can_leave() {
    let Room { host: _room, port } = Room::open(&[]);
    for (keys, code) in [("/q\r", 0), ("\u{4}", 0), ("\u{3}", 130)] {
        let mut ann = nameless(port, "ann", (24, 80));
        ann.cursor_behind("Your name in this room [ann]: ");
        ann.press(keys);
        assert_eq!(ann.finish(), code, "{keys:?}");
        assert!(ann.is_cooked());
    }
}

#[test]
fn a_script_without_a_name_is_not_asked() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut script = Program::client(port).start();
    script.wait_for("You are guest1, ");
}

#[test]
fn a_silent_visitor_is_asked_for_a_name() {
    for wire in [Wire::Raw, Wire::Framed] {
        let Room { host: _room, port } = Room::open(&["--room", "math", "--name", "Ms Lee"]);
        let mut cid = Peer::connect(port, wire);
        let asked = cid.next().unwrap();
        let asked = asked.trim_matches(['\0', ' ', '\n']);
        assert_eq!(asked, "Hello there. What is your name?");
        cid.say("hello?");
        let told = cid.hears("You are ").pop().unwrap();
        assert_eq!(
            told.trim_start_matches('\n'),
            "You are hello?, #1, in the room math of Ms Lee. Nobody else is here yet. \
             /nick NAME changes your name, /help lists the commands."
        );
    }
}

#[test]
fn a_silent_visitor_is_told_why_the_connection_is_closed() {
    let Room { host: _room, port } = Room::open(&["--introduction", "2"]);
    let mut silent = Peer::connect(port, Wire::Raw);
    let mut heard = String::new();
    silent.stream.read_to_string(&mut heard).unwrap();
    assert_eq!(
        heard,
        "\0\0\0 Hello there. What is your name?\n\0\0\0 You didn't give a name in time.\n"
    );
}

#[test]
fn a_newcomer_learns_who_is_here() {
    for size in SIZES {
        let Room { host: _room, port } = Room::open(&["--room", "math", "--name", "Ms Lee"]);
        let _members = [client(port, "ann"), client(port, "bob")];
        let dee = Program::client(port)
            .args(["--name", "dee"])
            .on_screen_of(size);
        shows(
            &dee,
            "You are dee, #3, in the room math of Ms Lee. ann (coordinator) and bob are here. \
             /help lists the commands.",
        );
    }
}

#[test]
fn a_newcomer_to_a_crowd_is_told_some_names() {
    let Room { host: _room, port } = Room::open(&[]);
    let _crowd: Vec<Peer> = (0..12)
        .map(|number| Peer::join(port, &format!("p{number}")))
        .collect();
    let mut last = Peer::connect(port, Wire::Framed);
    last.say("last");
    let told = last.hears("You are last").pop().unwrap();
    assert!(
        told.contains("p0 (coordinator), p1, p2, p3, p4, p5, p6, p7 and 4 others are here."),
        "{told}"
    );
}

#[test]
fn the_host_sees_what_to_tell_others_and_who_joins_from_where() {
    for (rows, columns) in SIZES {
        let room = Program::new().args(["room", "--port", "0"]);
        let (host, port) = room.on_screen_of((rows, columns)).listening();
        shows(
            &host,
            &format!(
                "On this machine, in a browser: http://localhost:{port}/ \
                 or, with tictalk: tictalk client --port {port} \
                 or, with neither: nc localhost {port}"
            ),
        );
        let mut ann = client(port, "ann");
        shows(&host, "-- ann joined (#1, 127.0.0.1 port ");
        ann.enter("/who");
        let seen = ann.wait_for("ann #1, coordinator");
        assert!(!seen.contains("127.0.0.1"), "{seen}");
    }
}

#[test]
fn a_room_is_found_again_by_its_own_name() {
    let folder = crate::support::new_folder();
    let folder = folder.to_str().unwrap();
    let options = ["--data", folder, "--room", "math"];
    let room = Room::open(&options);
    let port = room.port;
    let mut ann = client(port, "ann");
    ann.enter("before");
    ann.enter("/q");
    ann.finish();
    room.close();
    let _room = Room::at(port, &[&options[..], &["--name", "Ms Lee"]].concat());
    let mut bob = client(port, "bob");
    bob.enter("/history");
    bob.wait_for("ann: before\n");
}
