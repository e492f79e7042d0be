//! The stream of a room.

use super::answer::{self, Fetched, Meaning, Purged, Stored, StreamInfo, Trouble};
use super::base64;
use super::entry::StreamEntry;
use super::error::{EngineError, PublishError};
use super::feed::Identity;
use super::link::Link;
use super::part::Part;
use super::reader::Reader;
use async_nats::header::{HeaderMap, HeaderName, HeaderValue};
use bytes::Bytes;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// How long a message may take to be stored.
const STORE_LIMIT: Duration = Duration::from_secs(3);

const MESSAGE_ID: HeaderName = HeaderName::from_static("Nats-Msg-Id");
const EXPECTED_LAST: HeaderName = HeaderName::from_static("Nats-Expected-Last-Subject-Sequence");

/// The stream of one room. Clones are of the same stream.
#[derive(Debug, Clone)]
pub struct RoomStream {
    link: Link,
    identity: Arc<Identity>,
}

/// A message is in the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Published {
    /// Its number.
    pub sequence: u64,
    /// Whether it had been there before under the same id.
    pub is_duplicate: bool,
}

/// What is in a stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StreamState {
    /// The first message, which is the genesis as long as there is one.
    pub first: u64,
    /// The last message ever stored; 0 if there was none.
    pub last: u64,
    /// How many messages there are.
    pub messages: u64,
    /// How many bytes they take.
    pub bytes: u64,
}

impl RoomStream {
    pub(super) fn new(link: Link, identity: Identity) -> Self {
        Self {
            link,
            identity: Arc::new(identity),
        }
    }

    /// The name of the stream on the engine.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.identity.name
    }

    /// Stores a message, once for each `id` within ten minutes. `expected` is the number of the last
    /// message of this part, 0 for none; without it, any will do. Waits three seconds at most, or
    /// eight if nobody serves the stream.
    ///
    /// # Errors
    /// If the message was not stored, or it is not known whether it was.
    pub async fn publish(
        &self,
        part: Part,
        id: &str,
        expected: Option<u64>,
        bytes: Bytes,
    ) -> Result<Published, PublishError> {
        let end = Instant::now() + STORE_LIMIT;
        let mut headers = HeaderMap::new();
        let id: HeaderValue = id.parse().map_err(|_| PublishError::Refused {
            engine: self.link.engine.clone(),
            reason: "the id of a message has no line breaks".to_owned(),
        })?;
        headers.insert(MESSAGE_ID, id);
        if let Some(expected) = expected {
            headers.insert(EXPECTED_LAST, HeaderValue::from(expected));
        }
        let subject = self.identity.subjects.of_part(part);
        let answer = self.link.request(subject, headers, bytes, end).await;
        match answer.and_then(|answer| answer::read::<Stored>(&answer)) {
            Ok(stored) => Ok(Published {
                sequence: stored.seq,
                is_duplicate: stored.duplicate,
            }),
            Err(trouble) => Err(self.publish_error(trouble).await),
        }
    }

    async fn publish_error(&self, trouble: Trouble) -> PublishError {
        let engine = self.link.engine.clone();
        match trouble {
            Trouble::Silent | Trouble::Strange => PublishError::Unreachable(engine),
            // A deleted stream answers nothing, as does one whose servers are starting.
            Trouble::Unserved => match self.info().await {
                Err(EngineError::Gone(engine)) => PublishError::Gone(engine),
                _ => PublishError::Unreachable(engine),
            },
            Trouble::Oversize => PublishError::Refused {
                engine,
                reason: self.link.too_large(),
            },
            Trouble::Complaint(complaint) => match complaint.meaning() {
                Meaning::WrongLastSequence => PublishError::Outrun,
                Meaning::NoStream => PublishError::Gone(engine),
                Meaning::NotReady => PublishError::Unreachable(engine),
                Meaning::NoMessage | Meaning::NameInUse | Meaning::Other => PublishError::Refused {
                    engine,
                    reason: complaint.words(),
                },
            },
        }
    }

    /// Reads the messages behind this number.
    #[must_use]
    pub fn reader(&self, after: u64) -> Reader {
        Reader::start(&self.link, &self.identity, after)
    }

    /// The last message of a part.
    ///
    /// # Errors
    /// If the engine does not answer, or not as expected.
    pub async fn last(&self, part: Part) -> Result<Option<StreamEntry>, EngineError> {
        let request = format!("STREAM.MSG.GET.{}", self.identity.name);
        let body = json!({ "last_by_subj": self.identity.subjects.of_part(part) });
        let message = match self.link.ask::<Fetched>(&request, &body).await {
            Ok(fetched) => fetched.message,
            Err(trouble) if trouble.meaning() == Some(Meaning::NoMessage) => return Ok(None),
            Err(trouble) => return Err(self.link.error(trouble)),
        };
        let strange = || self.link.error(Trouble::Strange);
        let bytes = base64::decoded(&message.data).ok_or_else(strange)?;
        Ok(Some(StreamEntry {
            sequence: message.seq,
            at: since_1970(&message.time).ok_or_else(strange)?,
            part: self.identity.subjects.part(&message.subject),
            bytes: bytes.into(),
        }))
    }

    /// What is in the stream.
    ///
    /// # Errors
    /// If the engine does not answer, or not as expected.
    pub async fn state(&self) -> Result<StreamState, EngineError> {
        let fill = self.info().await?.state;
        Ok(StreamState {
            first: fill.first_seq,
            last: fill.last_seq,
            messages: fill.messages,
            bytes: fill.bytes,
        })
    }

    /// Removes all messages with a number below `before`, except for the genesis. Returns how many
    /// it has removed. A reader that wants one of them ends with
    /// [`ReadError::Trimmed`](super::ReadError::Trimmed).
    ///
    /// What this frees counts at once for the limits of the stream. For the limits of the server and
    /// of its accounts, version 2.9 counts it only when the server starts again.
    ///
    /// # Errors
    /// If the engine does not answer, or not as expected.
    pub async fn trim(&self, before: u64) -> Result<u64, EngineError> {
        // The engine would take 0 and 1 for no limit and remove everything.
        if before <= 1 {
            return Ok(0);
        }
        let request = format!("STREAM.PURGE.{}", self.identity.name);
        let body = json!({ "filter": self.identity.subjects.log(), "seq": before });
        let purged: Result<Purged, Trouble> = self.link.ask(&request, &body).await;
        let purged = purged.map_err(|trouble| self.link.error(trouble))?;
        Ok(purged.purged)
    }

    async fn info(&self) -> Result<StreamInfo, EngineError> {
        let request = format!("STREAM.INFO.{}", self.identity.name);
        let info: Result<StreamInfo, Trouble> = self.link.ask(&request, &json!({})).await;
        let info = info.map_err(|trouble| self.link.error(trouble))?;
        if info.created != self.identity.created {
            return Err(EngineError::Gone(self.link.engine.clone()));
        }
        Ok(info)
    }
}

/// The time of a text in RFC 3339.
fn since_1970(text: &str) -> Option<Duration> {
    let time = chrono::DateTime::parse_from_rfc3339(text).ok()?;
    let seconds = u64::try_from(time.timestamp()).ok()?;
    Some(Duration::new(seconds, time.timestamp_subsec_nanos()))
}
