//! The page's WebSocket without a browser.

use super::{LIMIT, Socket};
use serde_json::Value;
use std::time::Instant;

/// The first byte of a last frame (RFC 6455, 5.2).
pub(crate) const FIN: u8 = 0x80;
pub(crate) const TEXT: u8 = 1;
pub(crate) const CLOSE: u8 = 8;
pub(crate) const PING: u8 = 9;
pub(crate) const PONG: u8 = 10;

/// The end of a WebSocket that a browser has.
pub(crate) struct WebSocket {
    socket: Socket,
}

impl WebSocket {
    /// Opens the WebSocket of the server at this port.
    pub(crate) fn open(port: u16) -> Self {
        let mut socket = Socket::connect(port);
        let host = format!("127.0.0.1:{port}");
        socket.send(upgrade(&host, &format!("http://{host}")).as_bytes());
        let mut web = Self { socket };
        let head = web.head();
        assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
        // The example of RFC 6455, 1.3.
        assert!(
            head.contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"),
            "{head}"
        );
        web
    }

    /// A member that has joined the room at this port.
    pub(crate) fn join(port: u16, name: &str, ticket: char) -> Self {
        let mut web = Self::open(port);
        let ticket = String::from(ticket).repeat(32);
        web.send(&format!(
            r#"{{"type":"hello","version":2,"name":"{name}","room":{{"ticket":"{ticket}"}},"sees":["members","boards"]}}"#
        ));
        let welcome = web.next();
        assert_eq!(welcome["type"], "welcome", "{welcome}");
        web
    }

    fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            head.extend(self.socket.receive(1));
        }
        String::from_utf8(head).unwrap()
    }

    /// Sends bytes without a frame.
    pub(crate) fn send_bytes(&mut self, bytes: &[u8]) {
        self.socket.send(bytes);
    }

    /// Sends a message.
    pub(crate) fn send(&mut self, json: &str) {
        self.socket.send(&masked(FIN | TEXT, json.as_bytes()));
    }

    /// Receives a frame: its first byte and payload.
    pub(crate) fn receive_frame(&mut self) -> (u8, Vec<u8>) {
        let header = self.socket.receive(2);
        let length = match header[1] {
            126 => {
                let length = self.socket.receive(2);
                usize::from(length[0]) << 8 | usize::from(length[1])
            }
            127 => {
                let length = self.socket.receive(8);
                usize::try_from(u64::from_be_bytes(length.try_into().unwrap())).unwrap()
            }
            short => usize::from(short),
        };
        (header[0], self.socket.receive(length))
    }

    /// The next message. Answers a ping.
    pub(crate) fn next(&mut self) -> Value {
        let (first, payload) = self.receive_frame();
        assert_eq!(first, FIN | TEXT, "{payload:?}");
        let message: Value = serde_json::from_slice(&payload).unwrap();
        if message["type"] == "ping" {
            self.send(r#"{"type":"pong"}"#);
        }
        message
    }

    /// Reads up to a message that meets this condition, and returns it.
    pub(crate) fn wait(&mut self, what: &str, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut read = Vec::new();
        let begun = Instant::now();
        while begun.elapsed() < LIMIT {
            let message = self.next();
            if is_it(&message) {
                return message;
            }
            read.push(message);
        }
        panic!("waited for {what}: {read:?}");
    }

    /// Waits for a message of this type.
    pub(crate) fn wait_for(&mut self, kind: &str) -> Value {
        self.wait(kind, |message| message["type"] == kind)
    }

    /// Waits for the post in which somebody says this.
    pub(crate) fn hears(&mut self, text: &str) -> Value {
        self.wait(text, |message| {
            message["type"] == "post" && message["text"] == text
        })
    }

    /// The status code of the close that comes next, after which the connection ends.
    pub(crate) fn closed(&mut self) -> u16 {
        loop {
            let (first, payload) = self.receive_frame();
            if first == FIN | CLOSE {
                assert_eq!(self.socket.receive_rest(), b"");
                return u16::from_be_bytes([payload[0], payload[1]]);
            }
        }
    }
}

/// The request that opens a WebSocket, with the key of RFC 6455, 1.3.
pub(crate) fn upgrade(host: &str, origin: &str) -> String {
    format!(
        "GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: keep-alive, Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
         Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
}

/// A frame as a browser sends it.
pub(crate) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    const MASK: [u8; 4] = [0xa5, 0x5a, 0x0f, 0xf0];
    let mut bytes = vec![first];
    match payload.len() {
        short @ 0..126 => bytes.push(0x80 | short as u8),
        middle @ 126..65_536 => {
            bytes.push(0x80 | 126);
            bytes.extend((middle as u16).to_be_bytes());
        }
        long => {
            bytes.push(0x80 | 127);
            bytes.extend((long as u64).to_be_bytes());
        }
    }
    bytes.extend(MASK);
    let masks = MASK.iter().cycle();
    bytes.extend(payload.iter().zip(masks).map(|(byte, mask)| byte ^ mask));
    bytes
}
