//! Order in class, from outside: bans that survive a restart, and a host who is asked first.

use super::client;
use crate::support::{Program, Room, new_folder};

/// Screens of 80 and of 40 columns.
const SIZES: [(u16, u16); 2] = [(24, 80), (24, 40)];

#[test]
fn a_ban_survives_a_restart() {
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let options = ["--data", folder];
    let Room { mut host, port } = Room::open(&options);
    let eve = client(port, "eve");
    host.enter("/ban eve");
    assert_eq!(
        eve.finish().stderr,
        "tictalk: You were banned from the room by host.\n"
    );
    host.enter("/quit");
    host.finish();
    let Room { mut host, port } = Room::at(port, &options);
    let eve = Program::client(port).args(["--name", "eve"]).run();
    assert_eq!(
        eve.stderr,
        "tictalk: the server turned you away: You are banned from this room.\n"
    );
    host.enter("/bans");
    host.wait_for("  eve: banned by host\n");
    host.enter("/unban eve");
    host.wait_for("-- eve may return, says host.\n");
    client(port, "eve");
}

#[test]
fn a_muted_person_reads_that_nobody_saw_the_line() {
    for size in SIZES {
        let Room { mut host, port } = Room::open(&[]);
        let mut ann = Program::client(port)
            .args(["--name", "ann"])
            .on_screen_of(size);
        ann.wait_for("You are ann, #1");
        host.enter("/mute ann");
        ann.wait_for("-- ann was muted by host.");
        ann.prompt();
        ann.enter("hello");
        ann.wait_for("You are muted: nobody else saw that.");
        for line in ["/say hello", "/me waves", "/msg host hello"] {
            ann.prompt();
            ann.press("\x0c");
            ann.prompt();
            ann.enter(line);
            ann.wait_for("You are muted: nobody else saw that.");
        }
        host.enter("/who");
        let seen = host.wait_for("1 member");
        assert!(!seen.contains("hello") && !seen.contains("waves"), "{seen}");
    }
}

#[test]
fn the_host_is_asked_before_the_room_closes_for_others() {
    for size in SIZES {
        let room = Program::new().args(["room", "--port", "0"]);
        let (mut host, port) = room.on_screen_of(size).listening();
        let ann = client(port, "ann");
        host.wait_for("-- ann joined (#1, ");
        for command in ["/q", "/quit"] {
            host.prompt();
            host.enter(command);
            host.cursor_behind("Close the room for 1 member? [y/N] ");
            host.press("\r");
            host.wait_for("The room stays open.");
        }
        host.prompt();
        host.enter("/q");
        host.cursor_behind("Close the room for 1 member? [y/N] ");
        host.press("y\r");
        assert_eq!(host.finish(), 0);
        assert_eq!(ann.finish().code, Some(0));
    }
}

#[test]
fn the_host_of_an_empty_room_is_not_asked() {
    let room = Program::new().args(["room", "--port", "0"]);
    let (mut host, _) = room.on_screen().listening();
    host.prompt();
    host.enter("/q");
    assert_eq!(host.finish(), 0);
}
