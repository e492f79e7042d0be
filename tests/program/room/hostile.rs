//! Guests who mean harm, and what the others notice of them.

use super::client;
use super::hardship::narrow;
use crate::support::{Peer, Program, Room, Socket, Wire, control, new_folder};
use nix::sys::signal::Signal;
use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{self, JoinHandle};

/// A client of the `tictalk` dialect that has said hello with this ticket, and has read its welcome.
fn greet(port: u16, name: &str, ticket: &str, since: u64) -> Socket {
    let mut guest = Socket::connect(port);
    guest.send(&hello(name, ticket, since));
    let (_, welcome) = guest.receive_frame();
    assert!(welcome.contains(r#""type":"welcome""#), "{welcome}");
    guest
}

fn hello(name: &str, ticket: &str, since: u64) -> Vec<u8> {
    control(&format!(
        r#"{{"type":"hello","version":2,"name":"{name}","room":{{"ticket":"{ticket}","since":{since}}}}}"#
    ))
}

/// A ticket for each letter.
fn ticket(letter: char) -> String {
    letter.to_string().repeat(32)
}

/// Somebody who sends the same bytes again and again, as fast as they are taken, until it is dropped.
struct Flood {
    is_over: Arc<AtomicBool>,
    stream: TcpStream,
    thread: Option<JoinHandle<()>>,
}

impl Flood {
    fn begin(guest: TcpStream, bytes: Vec<u8>) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (ends, mut sender) = (Arc::clone(&is_over), guest.try_clone().unwrap());
        let thread = thread::spawn(move || {
            while !ends.load(Ordering::Relaxed) && sender.write_all(&bytes).is_ok() {}
        });
        Self {
            is_over,
            stream: guest,
            thread: Some(thread),
        }
    }
}

impl Drop for Flood {
    fn drop(&mut self) {
        self.is_over.store(true, Ordering::Relaxed);
        let _ = self.stream.shutdown(Shutdown::Both);
        let _ = self.thread.take().unwrap().join();
    }
}

/// Each kind of flood without a message, over separate connections.
fn floods(port: u16) -> Vec<(&'static str, Flood)> {
    let stranger = || TcpStream::connect(("127.0.0.1", port)).unwrap();
    let member = |name: &str, letter| {
        let guest = greet(port, name, &ticket(letter), 0);
        guest.stream().try_clone().unwrap()
    };
    // They keep sending after the room has answered and said goodbye.
    let after = |words: &[u8]| {
        let mut stream = stranger();
        stream.write_all(words).unwrap();
        Flood::begin(stream, vec![b'x'; 65_536])
    };
    let pong = control(r#"{"type":"pong"}"#).repeat(3_000);
    let unknown = control(r#"{"type":"x"}"#).repeat(3_000);
    let question = control(r#"{"type":"say","number":1,"text":"/history 200"}"#).repeat(1_000);
    vec![
        (
            "blank lines",
            Flood::begin(stranger(), b"\n".repeat(65_536)),
        ),
        ("empty frames", Flood::begin(stranger(), vec![0; 65_536])),
        ("pongs", Flood::begin(member("pongs", 'a'), pong)),
        ("unknown", Flood::begin(member("unknown", 'b'), unknown)),
        ("asks", Flood::begin(member("asks", 'c'), question)),
        ("HTTP, and on", after(b"GET / HTTP/1.1\r\n\r\n")),
        ("HTTP, and on", after(b"POST / HTTP/1.1\r\n\r\n")),
        (
            "telnet's commands",
            Flood::begin(stranger(), b"\xff\xf1".repeat(32_768)),
        ),
        ("a goodbye, and on", after(b"zed\n/q\n")),
        ("a goodbye, and on", after(b"zoe\n/q\n")),
    ]
}

#[test]
fn nobody_waits_for_a_connection_that_always_has_bytes() {
    let Room { mut host, port } = Room::open(&["--burst", "20", "--rate", "5"]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = client(port, "bob");
    let floods = floods(port);
    for number in 0..3 {
        ann.say(&format!("line {number}"));
        bob.wait_for(&format!("ann: line {number}\n"));
        bob.enter(&format!("answer {number}"));
        ann.hears_last(&format!("bob: answer {number}"));
    }
    // The host is heard too.
    host.enter("/kick pongs");
    host.wait_for("-- pongs was removed by host.\n");
    host.enter("/status");
    host.wait_for(" members:\n");
    // The room also handles a signal while all of them keep sending.
    host.signal(Signal::SIGTERM);
    assert_eq!(host.finish().code, Some(0));
    bob.wait_for("-- host closed the room.\nBye!\n");
    drop(floods);
}

#[test]
fn a_line_number_that_nothing_can_store_costs_its_sender_the_connection() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = Peer::join(port, "ann");
    let mut bad = greet(port, "bad", &ticket('a'), 0);
    for number in ["9223372036854775808", "18446744073709551615", "0"] {
        bad.send(&control(&format!(
            r#"{{"type":"say","number":{number},"text":"hello"}}"#
        )));
        bad.receive_rest();
        ann.hears_last("-- bad lost the connection and may return.");
        bad = greet(port, "bad", &ticket('a'), 0);
        ann.hears_last("-- bad reconnected.");
    }
    // The greatest number is one.
    bad.send(&control(
        r#"{"type":"say","number":9223372036854775807,"text":"hello"}"#,
    ));
    ann.hears_last("bad: hello");
}

#[test]
fn a_long_list_reaches_whoever_asks() {
    let Room { host: _room, port } = Room::open(&["--burst", "0", "--per-address", "0"]);
    let mut ann = client(port, "ann");
    ann.wait_for("-- ann is now the coordinator.\n");
    // Long names, so that the list is longer than any control frame may be.
    let others: Vec<TcpStream> = (0..520)
        .map(|number| {
            let mut other = TcpStream::connect(("127.0.0.1", port)).unwrap();
            let name = format!("{}{number:03}\n", "\u{10300}".repeat(17));
            other.write_all(name.as_bytes()).unwrap();
            let mut welcome = [0; 8];
            other.read_exact(&mut welcome).unwrap();
            other
        })
        .collect();
    ann.enter("/status");
    ann.wait_for("Pinged 521 members:\n");
    let status = ann.wait_for("519 #521, ");
    assert!(status.len() > 65_536, "{} bytes", status.len());
    ann.enter("still here");
    drop(others);
    ann.enter("/q");
    let ann = ann.finish();
    assert!(!ann.stdout.contains("connection to the room lost"));
    assert_eq!(ann.code, Some(0));
}

#[test]
fn a_question_does_not_replace_what_was_missed() {
    const MISSED: usize = 1_500;
    let Room { host: _room, port } = Room::open(&["--burst", "0"]);
    let mut ann = Peer::join(port, "ann");
    let bob = greet(port, "bob", &ticket('b'), 0);
    ann.hears_last("-- bob joined.");
    drop(bob);
    ann.hears_last("-- bob lost the connection and may return.");
    let mut cleo = Peer::join(port, "cleo");
    let long = "x".repeat(4_000);
    for number in 0..MISSED {
        ann.say(&format!("{number} {long}"));
        cleo.hears_last(&format!("ann: {number} {long}"));
    }
    // Comes back and asks before anything is read.
    let mut bob = greet(port, "bob", &ticket('b'), 3);
    for (number, text) in [(100, "/history 3"), (101, "/search nothing like this")] {
        bob.send(&control(&format!(
            r#"{{"type":"say","number":{number},"text":"{text}"}}"#
        )));
    }
    let (mut posts, mut recalled, mut told) = (0, 0, 0);
    while posts < MISSED || recalled < 3 || told < 1 {
        let (_, control) = bob.receive_frame();
        posts += usize::from(control.contains(r#""type":"post""#) && control.contains(&long));
        recalled += usize::from(control.contains(r#""type":"recall""#));
        told += usize::from(control.contains("Nothing was found."));
        assert!(!control.contains(r#""type":"refuse""#), "{control:.200}");
    }
    assert_eq!((posts, recalled), (MISSED, 3));
    // It hears what is said now, and is heard.
    ann.say("now");
    while !bob.receive_frame().1.contains(r#""text":"now""#) {}
    bob.send(&control(r#"{"type":"say","number":102,"text":"I hear"}"#));
    ann.hears_last("bob: I hear");
}

#[test]
fn the_first_member_after_a_restart_misses_nothing() {
    let folder = new_folder();
    let folder = folder.to_str().unwrap();
    let options = ["--burst", "0", "--data", folder];
    let Room {
        host: mut first,
        port,
    } = Room::open(&options);
    let bob = greet(port, "bob", &ticket('b'), 0);
    let mut ann = Peer::join(port, "ann");
    drop(bob);
    ann.hears_last("-- bob lost the connection and may return.");
    for number in 0..600 {
        ann.say(&number.to_string());
    }
    ann.say("/me is done");
    first.wait_for("* ann is done\n");
    first.kill();
    let port = port.to_string();
    let room = ["room", "--port", &port];
    let mut again = Program::new().args(room).args(options).start();
    again.wait_for("\n");
    let port = port.parse().unwrap();
    // The host asks before anybody says a word.
    again.enter("/search done");
    again.wait_for("* ann is done\n");
    let mut bob = greet(port, "bob", &ticket('b'), 5);
    let mut next = 0;
    while next < 600 {
        let (_, control) = bob.receive_frame();
        if control.contains(r#""what":"said""#) {
            let text = format!(r#""text":"{next}"}}"#);
            assert!(control.contains(&text), "expected {next}, not {control}");
            next += 1;
        }
    }
}

#[test]
fn a_history_that_is_longer_than_what_may_wait_reaches_whoever_asks() {
    let Room {
        host: mut room,
        port,
    } = Room::open(&["--burst", "0"]);
    let mut ann = Peer::join(port, "ann");
    // On the wire each takes six times as much.
    let long = "\u{1}".repeat(4_000);
    for number in 0..200 {
        ann.say(&format!("{number} {long}"));
    }
    ann.say("done");
    room.wait_for("ann: done\n");
    let mut bob = client(port, "bob");
    bob.enter("/history 200");
    // The last of them is no part of it.
    for number in 1..200 {
        bob.wait_for(&format!("ann: {number} \u{2401}"));
    }
    bob.enter("still here");
    ann.hears_last("bob: still here");
    // Nor is it too much for a reader that takes it in late.
    let mut cleo = Peer::new(narrow(port), Wire::Framed);
    cleo.say("cleo");
    cleo.hears_last("-- cleo joined.");
    cleo.say("/history 200");
    for number in 0..100 {
        ann.say(&format!("{number}"));
        bob.wait_for(&format!("ann: {number}\n"));
    }
    ann.say("now read");
    cleo.hears_last("ann: now read");
    cleo.say("/me has read all");
    ann.hears_last("* cleo has read all");
}

#[test]
fn a_journal_that_is_locked_is_waited_for() {
    let folder = new_folder();
    let Room { mut host, port } = Room::open(&["--data", folder.to_str().unwrap()]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join(port, "bob");
    ann.hears_last("-- bob joined.");
    let journal = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
    journal.execute_batch("BEGIN IMMEDIATE").unwrap();
    ann.say("waits");
    host.wait_for("Another program has locked the journal.");
    // Nobody has seen it, since it could be lost yet; what needs no journal is answered.
    bob.say("/who");
    let heard = bob.hears("2 members:");
    assert!(
        !heard.iter().any(|line| line.contains("waits")),
        "{heard:?}"
    );
    journal.execute_batch("COMMIT").unwrap();
    bob.hears_last("ann: waits");
    host.wait_for("The journal is unlocked.");
    // A room that is to be closed does not wait for ever.
    journal.execute_batch("BEGIN IMMEDIATE").unwrap();
    host.enter("/quit");
    let host = host.finish();
    assert_eq!(host.code, Some(1));
    assert!(
        host.stderr.contains("another program has it locked"),
        "{}",
        host.stderr
    );
}

#[test]
fn an_impostor_of_a_room_learns_nothing_and_hears_nothing() {
    let Room {
        host: mut first,
        port,
    } = Room::open(&["--burst", "0"]);
    let mut ann = client(port, "ann");
    ann.enter("hello");
    first.wait_for("ann: hello\n");
    first.kill();
    ann.wait_for("Connection to the room lost.");
    ann.enter("a secret");
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let mut impostor = Socket::accept(&listener);
    let (_, hello) = impostor.receive_frame();
    assert!(!hello.contains("ticket"), "{hello}");
    impostor.send(&control(
        r#"{"type":"welcome","version":2,"mode":"room","room":{"you":1,"name":"ann","since":1,"heard":0}}"#,
    ));
    assert_eq!(impostor.receive_rest(), b"");
    ann.wait_for("Another program answers at");
}
/// While nothing is read, a line is not complete because nothing arrives.
#[test]
fn a_line_of_nc_stays_whole_while_its_author_is_throttled() {
    let Room { host: _room, port } = Room::open(&["--burst", "2", "--rate", "1"]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    bob.send(b"one\ntwo\nthree\nfour\nta");
    ann.hears("bob: one");
    bob.send(b"il\n");
    ann.hears("bob: four");
    ann.hears("bob: tail");
}

#[test]
fn members_that_never_say_a_word_and_go_do_not_fill_the_room() {
    let Room { host: _room, port } = Room::open(&["--members", "8"]);
    let mut ann = Peer::join(port, "ann");
    for number in 0..40_u128 {
        let ghost = greet(
            port,
            &format!("ghost {number}"),
            &format!("{number:032x}"),
            0,
        );
        drop(ghost);
        ann.hears_last(&format!(
            "-- ghost {number} lost the connection and may return."
        ));
    }
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    bob.say("hello");
    ann.hears_last("bob: hello");
}

#[test]
fn nobody_at_an_address_is_kept_out_by_others_who_only_connect() {
    let Room { host: _room, port } = Room::open(&["--per-address", "8"]);
    let mut ann = Peer::join(port, "ann");
    // Places that are taken by connections that say nothing are given to who comes.
    let silent: Vec<TcpStream> = (0..20)
        .map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap())
        .collect();
    let bob = client(port, "bob");
    ann.hears_last("-- bob joined.");
    drop((silent, bob));
}

#[test]
fn programs_at_the_wrong_port_are_no_members() {
    let Room { mut host, port } = Room::open(&[]);
    for (bytes, answer) in [
        (
            &b"GET /none HTTP/1.1\r\nHost: localhost\r\nUser-Agent: x\r\n\r\n"[..],
            "HTTP/1.1 404 Not Found\r\n",
        ),
        (b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03", ""),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", ""),
        (
            b"\r\n\r\nGET / HTTP/1.1\r\n\r\n",
            "HTTP/1.1 400 Bad Request\r\n",
        ),
        (b"get / HTTP/1.1\r\n\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        (b"GET /\r\n", "HTTP/1.1 400 Bad Request\r\n"),
        // A remote desktop, and a name server.
        (b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0", ""),
        (b"\0\x1e\0\x06\x01\0\0\x01", ""),
        // The header of a proxy is no name, and the lines after it are an HTTP request.
        (
            b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\nGET / HTTP/1.1\r\n\r\n",
            "A name has at most",
        ),
    ] {
        let mut stranger = Socket::connect(port);
        stranger.send(bytes);
        let rest = String::from_utf8(stranger.receive_rest()).unwrap();
        assert!(rest.starts_with(answer), "{rest}");
        assert_eq!(rest.is_empty(), answer.is_empty(), "{rest}");
    }
    host.enter("/who");
    host.wait_for("Nobody is here.\n");
    // A telnet client is a person, whatever else it sends.
    let mut telnet = Peer::connect(port, Wire::Raw);
    telnet.send(b"\xff\xfb\x1f\xff\xfd\x03\xff\xfa\x1f\0\x50\0\x18\xff\xf0GET well\r\n");
    telnet.hears("You are GET well, #1.");
    assert!(!host.output().contains("HTTP"), "{}", host.output());
}

#[test]
fn a_byte_that_looks_like_a_telnet_command_is_text_even_if_it_arrives_alone() {
    let Room { mut host, port } = Room::open(&[]);
    let mut guest = Peer::connect(port, Wire::Raw);
    guest.send(b"ann\n\xff");
    guest.hears("You are ann");
    // The rest of the line is another packet.
    guest.send(b"A\n");
    host.wait_for("\u{fffd}A\n");
    guest.say("still here");
    host.wait_for("still here\n");
}
