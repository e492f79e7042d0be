//! A connection that is lost: what the status row says, the draft, and the session after it.

use super::{USUAL, has_line, member, status};
use crate::support::{Machine, Program, Pty, Room, new_folder};
use nix::sys::signal::Signal;

/// Waits until the status row says how much time is left.
fn has_time_left(person: &Pty) {
    person.wait("the time that is left", |screen| {
        let status = status(screen);
        let (before, _) = status.split_once(" s left to reconnect")?;
        let left: u64 = before.rsplit(' ').next()?.parse().ok()?;
        (1..=600).contains(&left).then_some(())
    });
}

/// Waits until it says nothing of that.
fn has_connection(person: &Pty) {
    person.wait("a connection", |screen| {
        (!status(screen).contains("left to reconnect")).then_some(())
    });
}

#[test]
fn a_pair_goes_on_after_the_partner_was_killed() {
    for turn in ["ours", "theirs"] {
        let folder = new_folder();
        let server = Program::server().args(["--panes"]).data(&folder);
        let (mut server, port) = server.on_screen_of(USUAL).listening();
        let mut client = Program::client(port).args(["--panes"]).on_screen_of(USUAL);
        client.exchange_greetings_with(&mut server);
        if turn == "theirs" {
            client.enter("Well?");
            server.prompt();
        }
        client.press("half a thought");
        client.wait_for("half a thought");
        server.signal(Signal::SIGKILL);
        client.wait_for("Connection to the server lost.");
        has_time_left(&client);
        has_line(&client, "Reconnecting ... half a thought");
        client.press("s");
        has_line(&client, "Reconnecting ... half a thoughts");
        let again = Program::new().args(["server", "--panes", "--port", &port.to_string()]);
        let mut again = again.data(&folder).on_screen_of(USUAL);
        client.wait_for("Reconnected.");
        has_connection(&client);
        if turn == "theirs" {
            again.prompt();
            again.enter("Fine");
        }
        has_line(&client, "Enter Input >half a thoughts");
        client.press("\r");
        again.wait_for("half a thoughts");
        again.prompt();
    }
}

#[test]
fn a_server_waits_for_a_client_that_was_killed() {
    let (server, port) = Program::server()
        .args(["--panes"])
        .on_screen_of(USUAL)
        .listening();
    let mut server = server;
    let folder = new_folder();
    let mut client = Program::client(port).data(&folder).on_screen();
    client.exchange_greetings_with(&mut server);
    server.press("half a thought");
    has_line(&server, "The client's turn ... half a thought");
    client.signal(Signal::SIGKILL);
    server.wait_for("Connection to the client lost.");
    has_time_left(&server);
    let client = Program::client(port).args(["--resume"]).data(&folder);
    let mut client = client.on_screen();
    has_connection(&server);
    client.prompt();
    client.enter("Well?");
    has_line(&server, "Enter Input >half a thought");
}

#[test]
fn a_room_goes_on_after_its_server_was_killed() {
    let folder = new_folder();
    let Room {
        host: mut room,
        port,
    } = Room::open(&["--data", folder.to_str().unwrap()]);
    let mut ann = member(port, "ann", USUAL);
    ann.press("before\r");
    ann.wait_for("before ✓");
    ann.press("half a thought");
    has_line(&ann, "ann> half a thought");
    room.kill();
    ann.wait_for("Connection to the room lost.");
    has_time_left(&ann);
    has_line(&ann, "ann> half a thought");
    // A line that is entered now is sent later.
    ann.press("s\r");
    ann.wait_for("half a thoughts");
    ann.press("another");
    let room = Program::new().args(["room", "--port", &port.to_string()]);
    let mut room = room.data(&folder).start();
    ann.wait_for("Reconnected.");
    has_connection(&ann);
    ann.wait_for("half a thoughts ✓");
    has_line(&ann, "ann> another");
    room.wait_for("ann: half a thoughts\n");
}

#[test]
fn a_room_goes_on_through_another_machine() {
    let (a, b) = (Machine::start(), Machine::start());
    let client = Program::client(a.port).args(["--panes", "--name", "ann"]);
    let mut ann = client.on_screen_of(USUAL);
    let mut seat = a.joined(serde_json::json!([b.address()]));
    has_line(&ann, "ann>");
    seat.post(1, "welcome");
    ann.wait_for("bob: welcome");
    ann.press("one\r");
    let (number, line) = seat.next_line();
    assert_eq!(line, "one");
    let ticket = seat.ticket;
    a.die(seat);
    ann.wait_for("Connection to the room lost.");
    has_time_left(&ann);
    let mut seat = b.rejoined(ticket, 1, 0, serde_json::json!([]));
    ann.wait_for(&format!("Reconnected through {}.", b.address()));
    has_connection(&ann);
    assert_eq!(seat.next_line(), (number, "one".to_owned()));
    seat.tell(&serde_json::json!({"type": "stored", "number": number}));
    ann.wait_for("one ✓");
}

#[test]
fn a_resumed_session_is_there_from_its_first_message_with_its_times() {
    let (mut server, port) = Program::server().on_screen().listening();
    let folder = new_folder();
    let mut client = Program::client(port).data(&folder).on_screen();
    for number in 0..20 {
        client.prompt();
        client.enter(&format!("line {number}"));
        server.prompt();
        server.enter(&format!("answer {number}"));
    }
    client.prompt();
    client.signal(Signal::SIGKILL);
    let client = Program::client(port).args(["--resume", "--panes"]);
    let mut client = client.data(&folder).on_screen_of(USUAL);
    client.wait_for("answer 19");
    has_line(&client, "Enter Input >");
    client.press("\x1b[5~\x1b[5~\x1b[5~");
    client.wait("the first message with its time", |screen| {
        let contents = screen.contents();
        let mut rows = contents.lines();
        let first = rows.find(|row| row.contains("You: line 0 ✓"))?;
        let answer = rows.next()?;
        let is_timed = |row: &str| row.as_bytes().get(2) == Some(&b':');
        (is_timed(first) && is_timed(answer) && answer.contains("answer 0")).then_some(())
    });
}
