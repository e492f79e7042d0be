//! A program that asks for members and boards as data.

use crate::support::{Peer, Room, Socket, Wire, control};
use serde_json::{Value, json};

/// A program of somebody else, which speaks the `tictalk` dialect.
struct Bot {
    socket: Socket,
    said: u64,
}

impl Bot {
    fn join(port: u16, hello: &Value) -> Self {
        let mut socket = Socket::connect(port);
        socket.send(&control(&hello.to_string()));
        Self { socket, said: 0 }
    }

    fn say(&mut self, text: &str) {
        self.said += 1;
        let say = json!({"type": "say", "number": self.said, "text": text});
        self.socket.send(&control(&say.to_string()));
    }

    /// The next message. Pings are answered.
    fn next(&mut self) -> Value {
        loop {
            let (kind, payload) = self.socket.receive_frame();
            assert_eq!(kind, 1, "{payload}");
            let message: Value = serde_json::from_str(&payload).unwrap();
            if message["type"] != "ping" {
                return message;
            }
            self.socket.send(&control(r#"{"type":"pong"}"#));
        }
    }

    /// Reads on until a message of this type, and returns it. No drawing comes before it.
    fn awaits(&mut self, kind: &str) -> Value {
        loop {
            let message = self.next();
            let text = message["text"].as_str().unwrap_or_default();
            assert!(!text.contains("+---+"), "{text}");
            if message["type"] == kind {
                return message;
            }
        }
    }
}

/// All squares of a board, row by row.
fn squares(board: &Value) -> Vec<&Value> {
    let rows = board["grids"][0]["rows"].as_array().unwrap();
    let squares = rows.iter().map(|row| row["squares"].as_array().unwrap());
    squares.flatten().collect()
}

#[test]
fn a_program_plays_by_what_it_sees_against_somebody_with_nc() {
    let Room { mut host, port } = Room::open(&[]);
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    let sees = json!(["members", "boards"]);
    let mut ann = Bot::join(
        port,
        &json!({"type": "hello", "version": 2, "name": "ann", "sees": sees}),
    );
    assert_eq!(ann.next()["type"], "welcome");
    let members = ann.next();
    assert_eq!(members["type"], "members");
    assert_eq!(
        members["members"],
        json!([
            {"id": 1, "name": "bob", "coordinator": true, "here": true},
            {"id": 2, "name": "ann", "here": true},
        ])
    );
    assert_eq!(members.get("more"), None);
    host.wait_for("-- ann joined.\n");

    bob.say("/play tictactoe ann");
    bob.hears_last("You offered ann a game of tictactoe.");
    ann.say("/accept");
    let first = ann.awaits("board");
    assert_eq!(first["players"], json!(["ann", "bob"]));
    assert_eq!((&first["you"], &first["turn"]), (&json!(0), &json!(0)));
    assert_eq!(first["hint"], "A move is 1 to 9, or a1 to c3.");

    // Ann takes the first free square of the middle column each time, as the board offers it.
    let mut board = first;
    for answer in [Some("1"), Some("3"), None] {
        let free = squares(&board);
        let middle = free.iter().skip(1).step_by(3);
        let choice = middle.filter_map(|square| square["move"].as_str()).next();
        let choice = choice.unwrap().to_owned();
        assert!(board["legal"].as_array().unwrap().contains(&json!(choice)));
        ann.say(&format!("/move {choice}"));
        bob.hears_last(&format!("-- ann moves: {choice}"));
        let mine = ann.awaits("board");
        let taken: usize = choice.parse().unwrap();
        assert_eq!(squares(&mine)[taken - 1]["sign"], "X");
        assert!(squares(&mine).iter().all(|it| it.get("move").is_none()));
        board = mine;
        if let Some(square) = answer {
            assert_eq!(board["turn"], 1);
            bob.say(square);
            board = ann.awaits("board");
            let at: usize = square.parse().unwrap();
            let square = squares(&board)[at - 1];
            assert_eq!(square, &json!({"sign": "O", "by": 1, "mark": "last"}));
        }
    }
    assert_eq!(board["won"], 0);
    assert_eq!(board.get("turn"), None);
    let won = squares(&board)
        .iter()
        .filter(|it| it["mark"] == "won")
        .count();
    assert_eq!(won, 3);
    assert_eq!(ann.awaits("ended")["table"], board["table"]);
    bob.hears_last("You lose: ann wins. rematch plays again.");
    loop {
        let post = ann.awaits("post");
        if post["what"] == "ended" {
            assert_eq!(
                (&post["end"], &post["with"]),
                (&json!("won"), &json!("bob"))
            );
            break;
        }
    }
}

#[test]
fn a_program_that_asks_for_nothing_gets_drawings() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut bob = Peer::join_by(port, "bob", Wire::Raw);
    let hello = json!({"type": "hello", "version": 2, "name": "ann", "sees": ["smells"]});
    let mut ann = Bot::join(port, &hello);
    ann.awaits("welcome");
    bob.hears_last("-- ann joined.");
    bob.say("/play tictactoe ann");
    bob.hears_last("You offered ann a game of tictactoe.");
    ann.say("/accept");
    loop {
        let message = ann.next();
        let kind = message["type"].as_str().unwrap();
        assert!(!["members", "board", "ended"].contains(&kind), "{message}");
        if message["text"]
            .as_str()
            .is_some_and(|it| it.contains("+---+"))
        {
            break;
        }
    }
}
