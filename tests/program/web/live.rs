//! The WebSocket of a room.

use crate::support::{FIN, PING, PONG, Peer, Room, Socket, TEXT, WebSocket, Wire, masked, upgrade};
use serde_json::Value;

/// A hello with this ticket.
fn hello(name: &str, ticket: char) -> String {
    let ticket = String::from(ticket).repeat(32);
    format!(r#"{{"type":"hello","version":2,"name":"{name}","room":{{"ticket":"{ticket}"}}}}"#)
}

/// Whether the message answers a line: with its post or with its receipt.
fn is_answer(message: &Value) -> bool {
    message["type"] == "stored" || message["what"] == "said"
}

#[test]
fn a_page_is_a_member_like_any_other() {
    let mut room = Room::open(&[]);
    let mut ann = WebSocket::join(room.port, "ann", 'a');
    let mut bob = room.join("bob");
    ann.send(r#"{"type":"say","number":1,"text":"Hello, bob."}"#);
    bob.hears_last("ann: Hello, bob.");
    // The two may come in either order.
    let first = ann.wait("the post or its receipt", is_answer);
    let second = ann.wait("the other one", is_answer);
    let (post, receipt) = match first["type"] == "post" {
        true => (first, second),
        false => (second, first),
    };
    assert_eq!(
        (&post["name"], &post["what"]),
        (&"ann".into(), &"said".into())
    );
    assert_eq!(receipt["number"], 1);
    bob.say("/msg ann psst");
    let told = ann.wait_for("tell");
    assert_eq!(told["text"], "(from bob): psst");
    // The same line again is not said again.
    ann.send(r#"{"type":"say","number":1,"text":"Hello, bob."}"#);
    ann.send(r#"{"type":"say","number":2,"text":"/q"}"#);
    bob.hears_last("-- ann left.");
    assert_eq!(ann.closed(), 1000);
    room.close();
}

#[test]
fn a_page_that_lost_its_connection_misses_nothing() {
    let room = Room::open(&[]);
    let mut bob = Peer::join(room.port, "bob");
    let mut ann = WebSocket::open(room.port);
    ann.send(&hello("ann", 'a'));
    let seen = ann.wait("ann's post", |it| {
        it["what"] == "joined" && it["name"] == "ann"
    });
    drop(ann);
    bob.hears("ann lost the connection");
    bob.say("Are you there?");
    bob.say("/q");
    let ticket = tictalk::wire::Ticket::new([0xaa; 16]);
    let handle = String::from(ticket.handle());
    let mut again = WebSocket::open(room.port);
    let nonce = "1".repeat(32);
    let since = &seen["id"];
    again.send(&format!(
        r#"{{"type":"hello","version":2,"nonce":"{nonce}","room":{{"member":"{handle}","since":{since}}}}}"#
    ));
    let challenge = again.wait_for("challenge");
    let server: String = challenge["nonce"].as_str().unwrap().to_owned();
    let exchange = tictalk::wire::Exchange {
        ticket,
        client: tictalk::wire::Nonce::try_from(nonce).unwrap(),
        server: tictalk::wire::Nonce::try_from(server).unwrap(),
    };
    let proof = exchange.proof(tictalk::wire::Prover::Client);
    let proof = serde_json::to_string(&proof).unwrap();
    again.send(&format!(r#"{{"type":"proof","proof":{proof}}}"#));
    assert_eq!(again.wait_for("welcome")["room"]["name"], "ann");
    let post = again.wait("bob's message", |it| it["what"] == "said");
    assert_eq!(post["text"], "Are you there?");
}

/// A text of more bytes than a message has.
fn long_text() -> String {
    format!(r#"{{"type":"text","text":"{}"}}"#, "x".repeat(5_000))
}

#[test]
fn a_page_that_says_no_hello_is_closed() {
    let room = Room::open(&[]);
    for first in [r#"{"type":"pong"}"#, r#"{"type":"text","text":"hi"}"#] {
        let mut page = WebSocket::open(room.port);
        page.send(first);
        assert_eq!(page.closed(), 1000);
    }
    // Pings and empty fragments before the hello have a limit.
    for flood in [masked(FIN | PING, b""), masked(TEXT, b"")] {
        let mut page = WebSocket::open(room.port);
        page.send_bytes(&flood);
        page.send_bytes(&masked(FIN | PING, b"").repeat(1_000));
        assert_eq!(page.closed(), 1000);
    }
}

#[test]
fn each_frame_that_breaks_a_rule_is_answered_and_affects_nobody_else() {
    let room = Room::open(&[]);
    let mut bob = Peer::join(room.port, "bob");
    let announced = |size: u64| {
        let mut bytes = vec![FIN | TEXT, 0x80 | 127];
        bytes.extend(size.to_be_bytes());
        bytes.extend([0; 4]);
        bytes
    };
    for (name, bytes, code) in [
        ("unmasked", vec![FIN | TEXT, 2, b'{', b'}'], 1002),
        ("compressed", masked(FIN | 0x40 | TEXT, b"{}"), 1002),
        ("binary", masked(FIN | 2, b"{}"), 1002),
        ("reserved", masked(FIN | 3, b"{}"), 1002),
        ("no message", masked(FIN, b"{}"), 1002),
        (
            "two at once",
            [masked(TEXT, b"{"), masked(FIN | TEXT, b"}")].concat(),
            1002,
        ),
        ("long ping", masked(FIN | PING, &[0; 126]), 1002),
        ("no JSON", masked(FIN | TEXT, b"hello"), 1002),
        (
            "a long text",
            masked(FIN | TEXT, long_text().as_bytes()),
            1002,
        ),
        ("no UTF-8", masked(FIN | TEXT, b"\xff\xfe"), 1007),
        ("too long", announced(65_537), 1009),
        ("far too long", announced(u64::MAX), 1009),
        (
            "smuggled",
            b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_vec(),
            1002,
        ),
        ("closed", masked(FIN | 8, &[0x03, 0xe9]), 1000),
    ] {
        // Before the hello, and as a member.
        let mut stranger = WebSocket::open(room.port);
        stranger.send_bytes(&bytes);
        assert_eq!(stranger.closed(), code, "{name}");
        let mut member = WebSocket::join(room.port, "eve", 'e');
        member.wait("the own post", |it| it["what"] == "joined");
        member.send_bytes(&bytes);
        assert_eq!(member.closed(), code, "{name}");
        bob.hears("eve lost the connection");
    }
}

#[test]
fn a_message_in_fragments_is_one_message_and_pings_are_answered() {
    let room = Room::open(&[]);
    let mut ann = WebSocket::join(room.port, "ann", 'a');
    ann.send_bytes(&masked(TEXT, br#"{"type":"say","num"#));
    ann.send_bytes(&masked(FIN | PING, b"there?"));
    let pong = loop {
        let (first, payload) = ann.receive_frame();
        if first == FIN | PONG {
            break payload;
        }
    };
    assert_eq!(pong, b"there?");
    ann.send_bytes(&masked(0, b""));
    ann.send_bytes(&masked(FIN, br#"ber":1,"text":"in parts"}"#));
    ann.hears("in parts");
}

#[test]
fn a_flood_of_pings_delays_nobody() {
    let room = Room::open(&[]);
    let mut flood = Socket::connect(room.port);
    flood.send(upgrade("localhost", "http://localhost").as_bytes());
    flood.receive_until("\r\n\r\n");
    flood.send(&masked(FIN | TEXT, hello("eve", 'e').as_bytes()));
    let mut bob = Peer::join(room.port, "bob");
    bob.say("/who");
    bob.hears("eve");
    let mut stream = flood.stream().try_clone().unwrap();
    std::thread::spawn(move || {
        use std::io::Write as _;
        let pings = masked(FIN | PING, b"").repeat(1_000);
        // Ends when the room closes the connection, or this test is over.
        for _ in 0..2_000 {
            if stream.write_all(&pings).is_err() {
                return;
            }
        }
    });
    let mut ann = Peer::join_by(room.port, "ann", Wire::Raw);
    for number in 0..10 {
        let text = format!("message {number}");
        ann.say(&text);
        bob.hears_last(&format!("ann: {text}"));
    }
}

#[test]
fn a_page_without_a_name_is_asked_for_one() {
    let room = Room::open(&[]);
    let mut page = WebSocket::open(room.port);
    let ticket = "b".repeat(32);
    page.send(&format!(
        r#"{{"type":"hello","version":2,"room":{{"ticket":"{ticket}","asks":true}}}}"#
    ));
    let refusal = page.next();
    assert_eq!(refusal["reason"], "name", "{refusal}");
    assert_eq!(page.closed(), 1000);
}
