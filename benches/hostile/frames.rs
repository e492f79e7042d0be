//! The control frames of a room's client, as bytes and as JSON: no more of the program's own types
//! than the versions and limits, since a hostile guest sends what they would not allow.

use serde_json::{Value, json};
use tictalk::wire::{Exchange, HANDSHAKE_VERSION, Nonce, Prover, Ticket};

/// The bytes before a payload: its kind, and its length in 24 bits.
const HEADER: usize = 4;

/// The kind of a control frame.
const CONTROL: u8 = 1;

/// What a newcomer says first, to a room. All of the handshake that the bench knows stands here.
pub(crate) fn hello(name: &str, ticket: u128, since: u64) -> Vec<u8> {
    control(&json!({
        "type": "hello",
        "version": HANDSHAKE_VERSION,
        "name": name,
        "nonce": hex(NONCE),
        "room": { "ticket": hex(ticket), "since": since },
    }))
}

/// What a client says first that comes back.
pub(crate) fn hello_again(ticket: u128) -> Vec<u8> {
    let member = String::from(Ticket::new(ticket.to_be_bytes()).handle());
    control(&json!({
        "type": "hello",
        "version": HANDSHAKE_VERSION,
        "nonce": hex(NONCE),
        "room": { "member": member },
    }))
}

/// The answer to a room's challenge, by a client that knows the ticket; `None` where it is none.
pub(crate) fn proof(ticket: u128, challenge: &Said) -> Option<Vec<u8>> {
    let exchange = Exchange {
        ticket: Ticket::new(ticket.to_be_bytes()),
        client: Nonce::new(NONCE.to_be_bytes()),
        server: Nonce::try_from(challenge.word("nonce").to_owned()).ok()?,
    };
    let proof = String::from(exchange.proof(Prover::Client));
    Some(control(&json!({ "type": "proof", "proof": proof })))
}

/// The nonce of every client here: nobody has anything to lose.
const NONCE: u128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;

/// 32 digits, as tickets are written.
fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}

/// A line that somebody types.
pub(crate) fn say(number: u64, text: &str) -> Vec<u8> {
    Line::new(text).frame(number)
}

/// A line that somebody types again and again, escaped only once.
pub(crate) struct Line(String);

impl Line {
    pub(crate) fn new(text: &str) -> Self {
        Self(json!(text).to_string())
    }

    pub(crate) fn frame(&self, number: u64) -> Vec<u8> {
        let payload = format!(r#"{{"type":"say","number":{number},"text":{}}}"#, self.0);
        frame(&payload)
    }
}

/// A control frame of this type and nothing else.
pub(crate) fn bare(kind: &str) -> Vec<u8> {
    control(&json!({ "type": kind }))
}

fn control(json: &Value) -> Vec<u8> {
    frame(&json.to_string())
}

fn frame(payload: &str) -> Vec<u8> {
    let mut frame = announce(payload.len());
    frame.extend_from_slice(payload.as_bytes());
    frame
}

/// The header of a control frame with so many bytes of payload.
pub(crate) fn announce(length: usize) -> Vec<u8> {
    let [_, high, middle, low] = u32::try_from(length).unwrap_or(0).to_be_bytes();
    vec![CONTROL, high, middle, low]
}

/// What a room says in a control frame.
#[derive(Debug)]
pub(crate) struct Said(Value);

impl Said {
    /// A field that is a text; empty where it is missing.
    pub(crate) fn word(&self, field: &str) -> &str {
        self.0
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A field that is a number; 0 where it is missing.
    pub(crate) fn number(&self, field: &str) -> u64 {
        self.0
            .get(field)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.word("type") == kind
    }
}

/// Takes the next whole control frame off the front of `bytes`. What is no JSON has no fields.
pub(crate) fn next(bytes: &mut Vec<u8>) -> Option<Said> {
    next_but(&[], bytes)
}

/// The same, but a payload that begins like this is not read, and so has no fields.
pub(crate) fn next_but(skipped: &[u8], bytes: &mut Vec<u8>) -> Option<Said> {
    let [_, high, middle, low] = *bytes.first_chunk::<HEADER>()?;
    let end = HEADER + u32::from_be_bytes([0, high, middle, low]) as usize;
    let payload = bytes.get(HEADER..end)?;
    let said = match !skipped.is_empty() && payload.starts_with(skipped) {
        true => Value::Null,
        false => serde_json::from_slice(payload).unwrap_or(Value::Null),
    };
    bytes.drain(..end);
    Some(Said(said))
}
