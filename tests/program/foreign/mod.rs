//! Programs of other people: sizes in front of messages, lines, and what the client finds out.

mod lines;
mod recognition;
mod sizes;
mod taken_turns;

use crate::support::Socket;
use bytes::BytesMut;
use tictalk::wire::{Dialect, Frame};

/// A text as a program writes it that speaks this dialect.
fn encoded(dialect: Dialect, text: &str) -> Vec<u8> {
    let mut bytes = BytesMut::new();
    let frame = Frame::Text(text.to_owned());
    dialect.codec().encode(&frame, &mut bytes);
    bytes.to_vec()
}

/// Waits for exactly this text, as a program reads it that speaks this dialect.
fn expect(peer: &mut Socket, dialect: Dialect, text: &str) {
    let expected = encoded(dialect, text);
    let received = peer.receive(expected.len());
    assert_eq!(received, expected, "{}", String::from_utf8_lossy(&received));
}
