//! The host of a room in panes: the members with their connections, the log, the tables.

use super::{WIDE, has_line, row};
use crate::support::{Peer, Program, Pty, new_folder};

/// A room whose host sits before panes, and its port.
fn open() -> (Pty, u16) {
    let host = Program::new().args(["room", "--port", "0", "--panes", "--burst", "0"]);
    let (host, port) = host.on_screen_of(WIDE).listening();
    has_line(&host, "host>");
    (host, port)
}

/// Waits until a row of the screen has all of this in order.
fn has_row(person: &Pty, parts: &[&str]) {
    person.wait(&format!("a row with {parts:?}"), |screen| {
        let rows = (0..screen.size().0.get()).map(|at| row(screen, at));
        let is_it = |row: String| {
            let mut rest = row.as_str();
            parts.iter().all(|part| match rest.split_once(part) {
                Some((_, behind)) => {
                    rest = behind;
                    true
                }
                None => false,
            })
        };
        rows.into_iter().any(is_it).then_some(())
    });
}

#[test]
fn the_host_sees_members_with_their_connections_the_log_and_the_tables() {
    let (mut host, port) = open();
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join(port, "bob");
    has_row(&host, &["│2 members"]);
    has_row(&host, &["│* ann #1 (coordinator)"]);
    has_row(&host, &["│  bob #2"]);
    let address = |peer: &Peer| {
        peer.stream
            .get_ref()
            .local_addr()
            .unwrap()
            .port()
            .to_string()
    };
    for peer in [&ann, &bob] {
        has_row(
            &host,
            &["│  127.0.0.1 ", &address(peer), " s, quiet ", " s"],
        );
    }
    // The log.
    host.wait_for("ann joined");
    host.wait_for("bob joined");
    ann.say("good morning");
    host.wait_for("ann: good morning");
    ann.say("/play tictactoe bob");
    bob.hears("ann offers you a game of tictactoe");
    bob.say("/accept");
    has_row(&host, &["│1 table"]);
    has_row(&host, &["│  tictactoe: ", " - "]);
    has_row(&host, &["ann #1 (tictactoe)"]);
    // A draft stays while they come and go.
    host.press("hello");
    has_line(&host, "host> hello");
    drop(bob);
    host.wait_for("bob left");
    has_row(&host, &["│1 member"]);
    has_line(&host, "host> hello");
    host.press("\r");
    ann.hears_last("host: hello");
    host.wait_for("host: hello ✓");
    assert_eq!(host.contents().matches("host: hello").count(), 1, "once");
    host.press("/quit\r");
    host.wait_for("Close the room for 1 member? [y/N]");
    host.press("y\r");
    assert_eq!(host.finish(), 0);
    assert!(host.has_first_settings());
    host.wait_for("-- host closed the room.");
    ann.rest();
}

#[test]
fn the_host_of_a_reopened_room_scrolls_back_to_what_was_said_before() {
    let folder = new_folder();
    // A room is known by its port.
    let room = |port: u16| {
        let host = Program::new().args(["room", "--panes", "--port", &port.to_string()]);
        let (host, port) = host.data(&folder).on_screen_of(WIDE).listening();
        has_line(&host, "host>");
        (host, port)
    };
    let (mut host, port) = room(0);
    let mut ann = Peer::join(port, "ann");
    ann.say("what was said before");
    host.wait_for("what was said before");
    host.press("/quit\r");
    host.wait_for("Close the room");
    host.press("y\r");
    assert_eq!(host.finish(), 0);
    let (mut host, _) = room(port);
    assert!(!host.contents().contains("what was said before"));
    host.press("\x1b[5~");
    host.wait_for("ann: what was said before");
}

#[test]
fn what_the_host_has_typed_is_told_at_the_end() {
    let (mut host, _) = open();
    host.press("a half line");
    has_line(&host, "host> a half line");
    host.signal(nix::sys::signal::Signal::SIGTERM);
    host.wait_for("Not sent: a half line");
    host.finish();
}
