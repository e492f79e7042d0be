//! A room that several machines serve: its client returns through any of them. The test plays the
//! machines.

use crate::support::{Machine, Program, Running, Seat};
use serde_json::{Value, json};

/// A member at pipes in a room of this machine, which names these others.
fn member(machine: &Machine, others: Value) -> (Running, Seat) {
    member_with(&[], machine, others)
}

fn member_with(options: &[&str], machine: &Machine, others: Value) -> (Running, Seat) {
    let client = Program::client(machine.port).args(["--name", "ann"]);
    let mut ann = client.args(options).start();
    let mut seat = machine.joined(others);
    seat.post(1, "welcome");
    ann.wait_for("bob: welcome\n");
    (ann, seat)
}

#[test]
fn a_member_misses_nothing_and_repeats_nothing_through_another_machine() {
    let (a, b) = (Machine::start(), Machine::start());
    let (mut ann, mut seat) = member(&a, json!([b.address()]));
    for (number, line) in [(1, "one"), (2, "two"), (3, "three")] {
        ann.enter(line);
        assert_eq!(seat.next_line(), (number, line.to_owned()));
    }
    seat.tell(&json!({"type": "stored", "number": 1}));
    seat.post(2, "before");
    ann.wait_for("bob: before\n");
    let ticket = seat.ticket;
    a.die(seat);
    ann.wait_for("Connection to the room lost.");
    ann.enter("four");
    // The second line had reached the other machine.
    let mut seat = b.rejoined(ticket, 2, 2, Value::Null);
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
    assert_eq!(seat.next_line(), (3, "three".to_owned()));
    assert_eq!(seat.next_line(), (4, "four".to_owned()));
    seat.post(2, "before");
    seat.post(3, "after");
    assert!(!ann.wait_for("bob: after\n").contains("bob: before"));
    ann.enter("five");
    assert_eq!(seat.next_line(), (5, "five".to_owned()));
}

#[test]
fn the_machine_that_the_person_named_is_tried_again() {
    let (a, b) = (Machine::start(), Machine::start());
    let (ann, seat) = member(&a, json!([b.address()]));
    let (port, ticket) = (a.port, seat.ticket);
    a.die(seat);
    let mut ann = ann;
    // The other machine names none, and dies too.
    let seat = b.rejoined(ticket, 1, 0, Value::Null);
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
    b.die(seat);
    ann.wait_for("Connection to the room lost.");
    let a = Machine::again(port);
    let _seat = a.rejoined(ticket, 1, 0, json!([]));
    ann.wait_for(&format!("Reconnected through localhost:{port}.\n"));
}

#[test]
fn a_connection_that_breaks_is_restored_at_the_same_machine() {
    let (a, b) = (Machine::start(), Machine::start());
    let (mut ann, seat) = member(&a, json!([b.address()]));
    let ticket = seat.ticket;
    drop(seat);
    let seat = a.rejoined(ticket, 1, 0, json!([b.address()]));
    ann.wait_for("Reconnected.\n");
    assert!(b.is_untouched());
    // The same at the other machine, which is where the connection is lost then.
    let others = json!([a.address()]);
    a.die(seat);
    let seat = b.rejoined(ticket, 1, 0, others.clone());
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
    drop(seat);
    let _seat = b.rejoined(ticket, 1, 0, others);
    ann.wait_for("Reconnected.\n");
}

#[test]
fn a_newer_list_replaces_the_old_one() {
    let (a, b, c) = (Machine::start(), Machine::start(), Machine::start());
    let (mut ann, mut seat) = member(&a, json!([c.address()]));
    seat.tell(&json!({"type": "others", "others": [b.address()], "later": true}));
    seat.post(2, "told");
    ann.wait_for("bob: told\n");
    let ticket = seat.ticket;
    a.die(seat);
    let _seat = b.rejoined(ticket, 2, 0, Value::Null);
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
    assert!(c.is_untouched());
}

#[test]
fn a_hostile_list_neither_breaks_the_client_nor_reaches_the_screen() {
    let (a, b) = (Machine::start(), Machine::start());
    let own = format!("LOCALHOST:{}", a.port);
    let mut list = vec![
        json!(7),
        json!({"host": "b"}),
        json!("\u{1b}[2Jred:7"),
        json!("x".repeat(5_000)),
        json!("[fe80::1%\u{7}]:7"),
        json!(own),
        json!(own),
        json!(b.address()),
    ];
    list.extend((0..10_000).map(|_| json!("x")));
    let (mut ann, seat) = member(&a, json!(list));
    let ticket = seat.ticket;
    a.die(seat);
    let _seat = b.rejoined(ticket, 1, 0, Value::Null);
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
    assert!(!ann.output().contains(['\u{1b}', '\u{7}']));
}

/// A machine that accepts, and then says nothing or what the room would not say, is passed over.
#[test]
fn an_impostor_on_the_list_learns_nothing_and_holds_nobody_up() {
    use crate::support::{Socket, control};
    let (a, b) = (Machine::start(), Machine::start());
    let (impostor, port) = Socket::listen();
    let named = json!([format!("127.0.0.1:{port}"), b.address()]);
    let (mut ann, seat) = member(&a, named);
    ann.enter("a secret");
    let ticket = seat.ticket;
    a.die(seat);
    let mut socket = Socket::accept(&impostor);
    let (_, hello) = socket.receive_frame();
    assert!(!hello.contains(&String::from(ticket)), "{hello}");
    socket.send(&control(
        r#"{"type":"welcome","version":2,"mode":"room","room":{"you":3,"name":"ann","since":1,"heard":0,"others":["127.0.0.1:1"]}}"#,
    ));
    assert_eq!(socket.receive_rest(), b"");
    ann.wait_for(&format!(
        "Another program answers at 127.0.0.1 on port: {port}."
    ));
    let mut seat = b.rejoined(ticket, 1, 0, Value::Null);
    assert_eq!(seat.next_line(), (1, "a secret".to_owned()));
}

/// Addresses that drop what arrives. Each would take 5 seconds if nothing limited it.
#[cfg(target_os = "linux")]
#[test]
fn addresses_that_never_answer_do_not_hold_up_the_others() {
    let (first, second) = (silent(), silent());
    let (a, b) = (Machine::start(), Machine::start());
    let named = json!([first.address, second.address, b.address()]);
    let (mut ann, seat) = member_with(&["--reconnect", "9"], &a, named);
    let ticket = seat.ticket;
    a.die(seat);
    let _seat = b.rejoined(ticket, 1, 0, Value::Null);
    ann.wait_for(&format!("Reconnected through {}.\n", b.address()));
}

#[cfg(target_os = "linux")]
struct Silent {
    address: String,
    _sockets: Vec<socket2::Socket>,
}

/// A socket whose queue of connections is full: the system drops every further one.
#[cfg(target_os = "linux")]
fn silent() -> Silent {
    use socket2::{Domain, Socket, Type};
    let stream = || Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    let listener = stream();
    let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
    listener.bind(&any.into()).unwrap();
    listener.listen(0).unwrap();
    let at = listener.local_addr().unwrap();
    let first = stream();
    first.connect(&at).unwrap();
    Silent {
        address: format!("127.0.0.1:{}", at.as_socket().unwrap().port()),
        _sockets: vec![listener, first],
    }
}
