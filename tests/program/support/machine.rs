//! A machine that serves a room together with others, played by the test. Its only member is ann.

use super::{Resuming, Socket, control};
use serde_json::{Value, json};
use std::net::TcpListener;
use tictalk::wire::Ticket;

/// A machine that listens.
pub(crate) struct Machine {
    listener: TcpListener,
    pub(crate) port: u16,
}

/// A member's connection to a machine.
pub(crate) struct Seat {
    socket: Socket,
    pub(crate) ticket: Ticket,
}

impl Machine {
    pub(crate) fn start() -> Self {
        let (listener, port) = Socket::listen();
        Self { listener, port }
    }

    /// A machine at the port of one that has died.
    pub(crate) fn again(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        Self { listener, port }
    }

    /// The address as a machine names it.
    pub(crate) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    /// Takes a new member in, and names these other machines.
    pub(crate) fn joined(&self, others: Value) -> Seat {
        let mut socket = Socket::accept(&self.listener);
        let (_, hello) = socket.receive_frame();
        let hello: Value = serde_json::from_str(&hello).unwrap();
        let ticket = hello["room"]["ticket"].as_str().unwrap().to_owned();
        let ticket = Ticket::try_from(ticket).unwrap();
        let mut seat = Seat { socket, ticket };
        seat.welcome(0, 0, others);
        seat
    }

    /// Takes the member back who has seen the posts up to `seen`, after challenge and proof.
    pub(crate) fn rejoined(&self, ticket: Ticket, seen: u64, heard: u64, others: Value) -> Seat {
        let mut socket = Socket::accept(&self.listener);
        let (resuming, since) = Resuming::read_member(&mut socket, ticket);
        assert_eq!(since, Some(seen));
        resuming.challenge(&mut socket);
        assert!(resuming.is_proved_by(&mut socket));
        let mut seat = Seat { socket, ticket };
        seat.welcome(seen, heard, others);
        seat
    }

    /// Whether nobody has connected besides those who were taken in.
    pub(crate) fn is_untouched(&self) -> bool {
        self.listener.set_nonblocking(true).unwrap();
        let accepted = self.listener.accept();
        accepted.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock)
    }

    /// Dies with this connection.
    pub(crate) fn die(self, seat: Seat) {
        drop((self, seat));
    }
}

impl Seat {
    fn welcome(&mut self, since: u64, heard: u64, others: Value) {
        let mut room = json!({"you": 3, "name": "ann", "since": since, "heard": heard});
        if !others.is_null() {
            room["others"] = others;
        }
        self.tell(&json!({"type": "welcome", "version": 2, "mode": "room", "room": room}));
    }

    /// Sends a control frame.
    pub(crate) fn tell(&mut self, message: &Value) {
        self.socket.send(&control(&message.to_string()));
    }

    /// Sends a post: what bob has said.
    pub(crate) fn post(&mut self, id: u64, text: &str) {
        self.tell(&json!({
            "type": "post", "id": id, "at": 1, "by": 4, "name": "bob", "what": "said", "text": text,
        }));
    }

    /// The next line of the person, with its number. Panes ask for old posts by lines of their own.
    pub(crate) fn next_line(&mut self) -> (u64, String) {
        loop {
            let (_, said) = self.socket.receive_frame();
            let said: Value = serde_json::from_str(&said).unwrap();
            let text = said["text"].as_str().unwrap_or_default();
            if said["type"] == "say" && !text.starts_with("/history") {
                return (said["number"].as_u64().unwrap(), text.to_owned());
            }
        }
    }
}
