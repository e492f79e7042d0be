//! The control frames of a room's client, as bytes and as JSON. They use few of the program's own
//! types, because a hostile guest sends frames that these types do not allow.

use serde_json::{Value, json};
use tictalk::wire::{Exchange, HANDSHAKE_VERSION, Nonce, Prover, Ticket};

/// The bytes before a payload: its kind, and its length in 24 bits.
const HEADER: usize = 4;

/// The kind of a control frame.
const CONTROL: u8 = 1;

/// The hello of a newcomer to a room.
pub(crate) fn hello(name: &str, ticket: u128, since: u64) -> Vec<u8> {
    control(&json!({
        "type": "hello",
        "version": HANDSHAKE_VERSION,
        "name": name,
        "nonce": hex(NONCE),
        "room": { "ticket": hex(ticket), "since": since },
    }))
}

/// The hello of a client that reconnects.
pub(crate) fn hello_again(ticket: u128) -> Vec<u8> {
    let member = String::from(Ticket::new(ticket.to_be_bytes()).handle());
    control(&json!({
        "type": "hello",
        "version": HANDSHAKE_VERSION,
        "nonce": hex(NONCE),
        "room": { "member": member },
    }))
}

/// The proof for a room's challenge, from a client that knows the ticket; `None` if the frame is no
/// challenge.
pub(crate) fn proof(ticket: u128, challenge: &Said) -> Option<Vec<u8>> {
    let exchange = Exchange {
        ticket: Ticket::new(ticket.to_be_bytes()),
        client: Nonce::new(NONCE.to_be_bytes()),
        server: Nonce::try_from(challenge.word("nonce").to_owned()).ok()?,
    };
    let proof = String::from(exchange.proof(Prover::Client));
    Some(control(&json!({ "type": "proof", "proof": proof })))
}

/// The nonce of every client. It protects nothing here, so it need not be random.
const NONCE: u128 = 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef;

/// 32 hex digits, the form of a ticket.
fn hex(bits: u128) -> String {
    format!("{bits:032x}")
}

/// A typed line.
pub(crate) fn say(number: u64, text: &str) -> Vec<u8> {
    Line::new(text).frame(number)
}

/// A typed line that is repeated, and escaped only once.
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

/// A control frame with a type and no other field.
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

/// The header of a control frame with `length` bytes of payload.
pub(crate) fn announce(length: usize) -> Vec<u8> {
    let [_, high, middle, low] = u32::try_from(length).unwrap_or(0).to_be_bytes();
    vec![CONTROL, high, middle, low]
}

/// A control frame of a room.
#[derive(Debug)]
pub(crate) struct Said(Value);

impl Said {
    /// A text field; empty if it is missing.
    pub(crate) fn word(&self, field: &str) -> &str {
        self.0
            .get(field)
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// A number field; 0 if it is missing.
    pub(crate) fn number(&self, field: &str) -> u64 {
        self.0
            .get(field)
            .and_then(Value::as_u64)
            .unwrap_or_default()
    }

    /// How many posts are announced together. The messages with the rest of their names announce none.
    pub(crate) fn gathered(&self) -> u64 {
        let groups = self.0.get("groups").and_then(Value::as_array);
        let counts = groups.into_iter().flatten().map(|group| {
            let named = group.get("members").and_then(Value::as_array);
            let more = group.get("more").and_then(Value::as_u64);
            named.map_or(0, Vec::len) as u64 + more.unwrap_or_default()
        });
        match self.0.get("rest") {
            None => counts.sum(),
            Some(_) => 0,
        }
    }

    pub(crate) fn is(&self, kind: &str) -> bool {
        self.word("type") == kind
    }
}

/// Takes the next complete control frame off the front of `bytes`. Invalid JSON has no fields.
pub(crate) fn next(bytes: &mut Vec<u8>) -> Option<Said> {
    next_but(&[], bytes)
}

/// The same, but does not parse a payload with this prefix, which therefore has no fields.
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
