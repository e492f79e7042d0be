//! The messages of a stream.

use super::part::Part;
use bytes::Bytes;
use std::time::Duration;

/// A message of a room's stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StreamEntry {
    /// Its number in the stream. The first one is 1.
    pub sequence: u64,
    /// When the engine stored it, since the beginning of 1970, in nanoseconds.
    pub at: Duration,
    /// What it is about; nothing if this version of tictalk does not know such a part.
    pub part: Option<Part>,
    /// What was published.
    pub bytes: Bytes,
}

/// Where a delivered message stands, as its reply subject tells.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Its number in the stream.
    pub(super) sequence: u64,
    /// Its number among the messages that this consumer has delivered.
    pub(super) delivery: u64,
    pub(super) at: Duration,
}

impl Place {
    /// Reads `$JS.ACK.STREAM.CONSUMER.TIMES.SEQUENCE.DELIVERY.TIME.PENDING`. Newer servers may put
    /// a domain and an account behind `ACK`, and more behind the end.
    pub(super) fn read(reply: &str) -> Option<Self> {
        let rest = reply.strip_prefix("$JS.ACK.")?;
        let all: Vec<&str> = rest.split('.').collect();
        let skipped = match all.len() {
            7 => 3,
            9.. => 5,
            _ => return None,
        };
        let mut numbers = all.iter().skip(skipped).map(|text| text.parse().ok());
        let mut number = || numbers.next().flatten();
        Some(Self {
            sequence: number()?,
            delivery: number()?,
            at: Duration::from_nanos(number()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Place;
    use std::time::Duration;

    #[test]
    fn the_place_of_a_message_is_read_from_both_forms() {
        let place = Place {
            sequence: 12,
            delivery: 3,
            at: Duration::new(1_700_000_000, 5),
        };
        for reply in [
            "$JS.ACK.tictalk-a.x1.1.12.3.1700000000000000005.0",
            "$JS.ACK.hub.hash.tictalk-a.x1.1.12.3.1700000000000000005.0",
            "$JS.ACK.hub.hash.tictalk-a.x1.1.12.3.1700000000000000005.0.random",
        ] {
            assert_eq!(Place::read(reply).as_ref(), Some(&place), "{reply}");
        }
        for reply in [
            "",
            "$JS.ACK.a.b.1.2.3.4",
            "$JS.ACK.a.b.1.2.x.4.5",
            "_INBOX.a",
        ] {
            assert_eq!(Place::read(reply), None, "{reply}");
        }
    }
}
