//! A stream as the engine keeps it.

use bytes::Bytes;
use std::collections::BTreeMap;
use std::time::Duration;

/// When the engine's clock begins, since 1970.
const BEGAN: Duration = Duration::from_secs(1_700_000_000);

/// How long the engine remembers the ids of messages: not long enough for all that come again.
const ID_TIME: Duration = Duration::from_secs(3);

/// A message in the stream.
pub(super) struct Message {
    /// When the engine has stored it, since 1970.
    pub(super) at: Duration,
    pub(super) bytes: Bytes,
}

/// A message to be stored.
#[derive(Clone)]
pub(super) struct Publish {
    pub(super) condition: Condition,
    pub(super) bytes: Bytes,
}

/// When a message is stored.
#[derive(Clone)]
pub(super) enum Condition {
    /// If no message of this id was.
    Id(String),
    /// If this is the last tick.
    LastTick(u64),
}

/// All messages of a room, numbered from 1.
#[derive(Default)]
pub(super) struct Stream {
    messages: Vec<Message>,
    /// The number of each id, and when it was stored.
    ids: BTreeMap<String, (u64, Duration)>,
    last_tick: u64,
    /// Where the removed messages end.
    first: u64,
    /// By how much the engine's clock was set back.
    pub(super) set_back: Duration,
    /// The engine is away until then.
    pub(super) away_until: Duration,
    /// Messages that came again, and ticks that came too late.
    pub(super) repeated: u32,
    pub(super) late_ticks: u32,
}

impl Stream {
    pub(super) fn is_away(&self, now: Duration) -> bool {
        now < self.away_until
    }

    /// The number of the last message.
    pub(super) fn last(&self) -> u64 {
        self.messages.len() as u64
    }

    pub(super) fn message(&self, sequence: u64) -> &Message {
        assert!(sequence >= self.first, "{sequence} was removed");
        &self.messages[usize::try_from(sequence).unwrap() - 1]
    }

    /// Removes the messages before this one.
    pub(super) fn trim(&mut self, before: u64) {
        self.first = self.first.max(before);
    }

    /// Adds a message at the end.
    pub(super) fn push(&mut self, now: Duration, bytes: Bytes) -> u64 {
        let at = BEGAN + now - self.set_back.min(now);
        self.messages.push(Message { at, bytes });
        self.last()
    }

    /// Stores a message unless its condition forbids it. Returns its number; nothing if it is refused.
    pub(super) fn publish(&mut self, now: Duration, publish: Publish) -> Option<u64> {
        match publish.condition {
            Condition::Id(id) => {
                self.ids.retain(|_, (_, at)| now - *at < ID_TIME);
                if let Some((sequence, _)) = self.ids.get(&id) {
                    self.repeated += 1;
                    return Some(*sequence);
                }
                let sequence = self.push(now, publish.bytes);
                self.ids.insert(id, (sequence, now));
                Some(sequence)
            }
            Condition::LastTick(expected) if expected != self.last_tick => {
                self.late_ticks += 1;
                None
            }
            Condition::LastTick(_) => {
                self.last_tick = self.push(now, publish.bytes);
                Some(self.last_tick)
            }
        }
    }
}
