//! The host's window at pipes, and how a room is closed.

use super::client;
use crate::support::{Peer, Program, Room};

#[test]
fn the_host_sees_all_and_keeps_order() {
    let Room { mut host, port } = Room::open(&["--name", "math"]);
    host.enter("/who");
    host.wait_for("Nobody is here.\n");
    let mut ann = client(port, "ann");
    host.wait_for("-- ann joined.\n-- ann is now the coordinator.\n");
    let mut bob = Peer::join(port, "bob");
    host.wait_for("-- bob joined.\n");

    host.enter("/say welcome");
    ann.wait_for("math: welcome\n");
    bob.hears_last("math: welcome");
    // A line that is no command is a message too.
    host.enter("all of you");
    bob.hears_last("math: all of you");
    host.wait_for("math: all of you\n");

    host.enter("/who");
    let who = host.wait_for("bob #2, here for ");
    assert!(
        who.contains("2 members:\n  ann #1, coordinator, here for "),
        "{who}"
    );
    host.enter("/status");
    let status = host.wait_for("cannot be pinged, last heard ");
    assert!(
        status.contains("ann #1, coordinator, 127.0.0.1 port "),
        "{status}"
    );
    assert!(status.contains(", answered in "), "{status}");
    host.enter("/msg bob psst");
    let whispered = bob.hears("psst").pop().unwrap();
    assert!(whispered.contains("math"), "{whispered}");
    host.enter("/nick boss");
    host.wait_for("Only members can use /nick.");
    host.enter("/kick nobody");
    host.wait_for("Nobody here is named nobody.");
    host.enter("/kick bob");
    assert_eq!(
        bob.rest().last().unwrap(),
        "You were removed from the room by math."
    );
    ann.wait_for("-- bob was removed by math.\n");
    host.enter(&"x".repeat(5_000));
    host.wait_for("That message is 5000 bytes long, and the limit is 4096: nothing was sent.");

    host.enter("/quit");
    let ann = ann.finish();
    assert_eq!(ann.code, Some(0), "{ann:?}");
    assert!(
        ann.stdout.ends_with("-- math closed the room.\nBye!\n"),
        "{ann:?}"
    );
    let host = host.finish();
    assert_eq!(host.code, Some(0), "{host:?}");
    assert!(
        host.stdout.ends_with("-- math closed the room.\n"),
        "{host:?}"
    );
}

#[test]
fn a_room_stays_open_where_the_host_can_type_no_more() {
    let Room { mut host, port } = Room::open(&[]);
    host.enter("/say hello");
    host.end_input();
    host.wait_for("host: hello\n");
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.enter("still open");
    bob.hears_last("ann: still open");
    host.wait_for("ann: still open\n");
}

#[cfg(unix)]
fn a_signal_closes_the_room(signal: nix::sys::signal::Signal) {
    let Room { host, port } = Room::open(&[]);
    let ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    // Somebody who has not said a word keeps nobody from leaving.
    let silent = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    host.signal(signal);
    let heard = bob.rest();
    assert_eq!(
        heard[heard.len() - 2..],
        ["-- host closed the room.", "Bye!"]
    );
    let ann = ann.finish();
    assert_eq!(ann.code, Some(0), "{ann:?}");
    assert!(
        ann.stdout.ends_with("-- host closed the room.\nBye!\n"),
        "{ann:?}"
    );
    let host = host.finish();
    assert_eq!(host.code, Some(0), "{host:?}");
    assert!(
        host.stdout.ends_with("-- host closed the room.\n"),
        "{host:?}"
    );
    drop(silent);
}

#[cfg(unix)]
#[test]
fn a_polite_kill_is_announced_and_no_failure() {
    a_signal_closes_the_room(nix::sys::signal::Signal::SIGTERM);
}

#[cfg(unix)]
#[test]
fn control_c_is_announced_and_no_failure() {
    a_signal_closes_the_room(nix::sys::signal::Signal::SIGINT);
}

#[test]
fn a_room_cannot_be_called_like_a_line_that_it_says() {
    let room = Program::new()
        .args(["room", "--port", "0", "--name", "a: b"])
        .run();
    assert_eq!(room.code, Some(1), "{room:?}");
    assert!(
        room.stderr
            .contains("A name must begin with a letter or a digit, and cannot contain a colon."),
        "{room:?}"
    );
    assert_eq!(room.stderr.lines().count(), 1, "{room:?}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_room_whose_screen_fails_is_closed_before_the_error() {
    let folder = crate::support::new_folder();
    let data = folder.to_str().unwrap();
    // Its journal is made first, by a room that opens and closes.
    let Room { mut host, .. } = Room::open(&["--name", "old", "--data", data]);
    host.enter("/quit");
    assert_eq!(host.finish().code, Some(0));
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    // The host could still type: it is the output that fails.
    let failed = Program::new()
        .args(["room", "--port", "0", "--name", "math"])
        .data(data)
        .stdout(full.unwrap())
        .run();
    assert_eq!(failed.code, Some(1), "{failed:?}");
    let error = "tictalk: cannot write the output: ";
    assert!(failed.stderr.starts_with(error), "{failed:?}");
    let shown = Program::new().args(["history", "show", "r2"]);
    let shown = shown.data(data).run();
    assert!(
        shown.stdout.ends_with("  -- math closed the room.\n"),
        "{shown:?}"
    );
}

#[test]
fn two_rooms_cannot_have_one_port() {
    let Room { host: _room, port } = Room::open(&[]);
    let port = port.to_string();
    let second = Program::new().args(["room", "--port", &port]).run();
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains(&port), "{second:?}");
}
