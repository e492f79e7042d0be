//! The host's page and the projector, over bare WebSockets.

use crate::support::{Peer, Program, Room, WebSocket};

#[test]
fn a_projector_sees_games_results_and_messages_and_is_no_member() {
    let mut room = Room::open(&[]);
    let mut ann = room.join("ann");
    let mut bob = room.join("bob");
    ann.say("/msg bob psst");
    bob.hears("psst");
    ann.say("Welcome to the game.");
    let mut wall = WebSocket::open(room.port);
    wall.send(r#"{"type":"hello","version":2,"as":"watcher"}"#);
    let welcome = wall.next();
    assert_eq!(
        (&welcome["mode"], &welcome["room"]),
        (&"room".into(), &().into())
    );
    assert_eq!(wall.wait_for("open")["port"], room.port);
    let members = wall.wait_for("members");
    assert_eq!(members["members"].as_array().unwrap().len(), 2, "{members}");
    assert_eq!(wall.wait_for("results")["players"], serde_json::json!([]));
    wall.hears("Welcome to the game.");
    ann.say("/play tictactoe bob");
    bob.hears("offers you a game");
    bob.say("/accept");
    let board = wall.wait_for("board");
    assert_eq!(board["you"], serde_json::Value::Null);
    let table = board["table"].clone();
    let first = board["players"][0].as_str().unwrap().to_owned();
    let (mover, other) = match first == "ann" {
        true => (&mut ann, &mut bob),
        false => (&mut bob, &mut ann),
    };
    for (number, square) in [1, 4, 2, 5, 3].into_iter().enumerate() {
        let (by, seen_by) = match number % 2 {
            0 => (&mut *mover, &mut *other),
            _ => (&mut *other, &mut *mover),
        };
        by.say(&format!("/move {square}"));
        seen_by.hears("moves: ");
        let board = wall.wait_for("board");
        let turn = (number < 4).then_some((number + 1) % 2);
        assert_eq!(board["turn"], serde_json::json!(turn), "{board}");
        let last = &board["grids"][0]["rows"][(square - 1) / 3]["squares"][(square - 1) % 3];
        let mark = if number < 4 { "last" } else { "won" };
        assert_eq!(last["mark"], mark, "{board}");
        if number == 4 {
            assert_eq!(board["won"], 0);
        }
    }
    assert_eq!(wall.wait_for("ended")["table"], table);
    let results = wall.wait_for("results");
    assert_eq!(results["players"][0]["name"], *first, "{results}");
    assert_eq!(results["players"][0]["won"], 1, "{results}");
    // It says nothing, and nobody sees it.
    wall.send(r#"{"type":"say","number":1,"text":"I was never here."}"#);
    wall.send(r#"{"type":"say","number":2,"text":"/q"}"#);
    ann.say("/who");
    let heard = ann.hears("quiet for").join("\n");
    assert!(heard.contains("2 members"), "{heard}");
    ann.say("the last one");
    wall.hears("the last one");
    let output = room.close().stdout;
    assert!(!output.contains("never here"), "{output}");
    let refusal = wall.wait_for("refuse");
    assert_eq!(refusal["reason"], "ended");
    assert_eq!(wall.closed(), 1000);
}

#[test]
fn the_hosts_page_needs_its_secret() {
    let mut room = Room::open(&[]);
    for secret in [
        "",
        r#","secret":"00000000000000000000000000000000""#,
        r#","secret":"ffffffffffffffffffffffffffffffff""#,
    ] {
        let mut page = WebSocket::open(room.port);
        page.send(&format!(
            r#"{{"type":"hello","version":2,"as":"host"{secret}}}"#
        ));
        let refusal = page.next();
        assert_eq!(refusal["reason"], "unknown", "{refusal}");
        assert_eq!(page.closed(), 1000);
    }
    let mut page = WebSocket::open(room.port);
    page.send(r#"{"type":"hello","version":2,"as":"host","secret":"short"}"#);
    assert_eq!(page.closed(), 1002);
    room.host.enter("/who");
    room.host.wait_for("Nobody is here.\n");
}

#[test]
fn pages_of_a_room_take_no_seat_of_a_pair() {
    let (mut server, port) = Program::server().start().listening();
    for hello in [
        r#"{"type":"hello","version":2,"as":"watcher"}"#,
        r#"{"type":"hello","version":2,"as":"host","secret":"00000000000000000000000000000000"}"#,
    ] {
        let mut page = WebSocket::open(port);
        page.send(hello);
        let refusal = page.next();
        assert_eq!(
            refusal["message"],
            "There is no room here: this port is for a session of two."
        );
        assert_eq!(page.closed(), 1000);
    }
    // A page whose room was here before is told so, and joins as somebody new.
    let mut page = WebSocket::open(port);
    page.send(
        r#"{"type":"hello","version":2,"name":"ann","nonce":"00112233445566778899aabbccddeeff","room":{"member":"ff0ddde96695c1c167ae6de92a79066f","since":3}}"#,
    );
    assert_eq!(page.next()["reason"], "unknown");
    let mut page = WebSocket::open(port);
    page.send(r#"{"type":"hello","version":2,"name":"ann","room":{"ticket":"11111111111111111111111111111111"}}"#);
    assert_eq!(page.next()["mode"], "pair");
    page.send(r#"{"type":"text","text":"Hello from the page."}"#);
    server.wait_for("Hello from the page.");
}

#[test]
fn more_projectors_than_a_room_has_are_turned_away() {
    let room = Room::open(&[]);
    let mut ann = Peer::join(room.port, "ann");
    let hello = r#"{"type":"hello","version":2,"as":"watcher"}"#;
    let mut walls: Vec<_> = (0..32)
        .map(|_| {
            let mut wall = WebSocket::open(room.port);
            wall.send(hello);
            wall.wait_for("welcome");
            wall
        })
        .collect();
    let mut last = WebSocket::open(room.port);
    last.send(hello);
    assert_eq!(last.next()["reason"], "busy");
    // The pages of the host have their own places, so projectors keep nobody out of them.
    let mut page = WebSocket::open(room.port);
    page.send(
        r#"{"type":"hello","version":2,"as":"host","secret":"00000000000000000000000000000000"}"#,
    );
    assert_eq!(page.next()["reason"], "unknown");
    // One that leaves makes space.
    drop(walls.pop());
    ann.say("one less");
    walls[0].hears("one less");
    for _ in 0..100 {
        let mut next = WebSocket::open(room.port);
        next.send(hello);
        if next.next()["type"] == "welcome" {
            return;
        }
    }
    panic!("the place of a projector that has left stays taken");
}

#[test]
fn a_browser_is_the_partner_of_a_server_and_plays_to_the_end() {
    let (mut server, port) = Program::server()
        .args(["--name", "bob"])
        .start()
        .listening();
    let mut page = WebSocket::open(port);
    page.send(r#"{"type":"hello","version":2,"name":"ann","room":{"ticket":"11111111111111111111111111111111"},"sees":["boards"]}"#);
    let welcome = page.next();
    assert_eq!(
        (&welcome["mode"], &welcome["name"]),
        (&"pair".into(), &"bob".into())
    );
    assert_eq!(welcome["session"], serde_json::Value::Null);
    assert_eq!(page.wait_for("turn")["yours"], true);
    // Another browser is told that the seat is taken.
    let mut other = WebSocket::open(port);
    other.send(r#"{"type":"hello","version":2,"name":"eve"}"#);
    assert_eq!(other.next()["reason"], "busy");
    page.send(r#"{"type":"text","text":"Hello, bob."}"#);
    server.wait_for("Hello, bob.");
    assert_eq!(page.wait_for("turn")["yours"], false);
    server.enter("play tictactoe");
    assert_eq!(page.wait_for("text")["text"], "play tictactoe");
    let told = page.wait_for("tell")["text"].as_str().unwrap().to_owned();
    assert!(told.contains("you are X and move first"), "{told}");
    assert!(!told.contains("---+"), "the board is not drawn: {told}");
    let board = page.wait_for("board");
    assert_eq!(
        (&board["table"], &board["you"]),
        (&0.into(), &0.into()),
        "{board}"
    );
    assert_eq!(board["players"], serde_json::json!(["ann", "bob"]));
    assert_eq!(page.wait_for("turn")["yours"], true);
    // A wrong move is explained, and it stays the page's turn.
    page.send(r#"{"type":"text","text":"10"}"#);
    let told = page.wait_for("tell")["text"].as_str().unwrap().to_owned();
    assert!(told.contains("no square 10"), "{told}");
    assert_eq!(page.wait_for("turn")["yours"], true);
    for (mine, theirs) in [("1", "4"), ("2", "5")] {
        page.send(&format!(r#"{{"type":"text","text":"{mine}"}}"#));
        page.wait("the turn of bob", |it| it["yours"] == false);
        server.enter(theirs);
        page.wait("the own turn", |it| it["yours"] == true);
    }
    page.send(r#"{"type":"text","text":"3"}"#);
    let last = page.wait("the last board", |it| it["won"] == 0);
    assert_eq!(
        last["grids"][0]["rows"][0]["squares"][2]["mark"], "won",
        "{last}"
    );
    assert_eq!(page.wait_for("ended")["table"], 0);
    // Games with secrets need a program that checks them.
    server.enter("play rps");
    server.enter("/q");
    page.wait("the goodbye", |it| it["text"] == "/q");
    assert_eq!(page.closed(), 1000);
    assert_eq!(server.finish().code, Some(0));
}
