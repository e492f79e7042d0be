//! The task behind a reader.
//!
//! It asks the engine for a batch of messages at a time, through a consumer that the engine forgets
//! by itself. The consumer numbers what it delivers, so a message that went missing on the way
//! leaves a gap in these numbers, while a message that was removed from the stream leaves a gap in
//! the numbers of the stream only. Whatever else goes wrong, the task makes a new consumer behind
//! the last message that it has passed on.

use super::answer::{ConsumerInfo, Meaning, StreamInfo, Trouble};
use super::entry::{Place, StreamEntry};
use super::error::{EngineError, ReadError};
use super::link::Link;
use super::part::Subjects;
use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt as _;
use serde_json::json;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// A stream, which another one of its name is not.
#[derive(Debug)]
pub(super) struct Identity {
    pub(super) name: String,
    /// When it was created, as the engine says.
    pub(super) created: String,
    pub(super) subjects: Subjects,
}

/// How many messages and bytes the engine may send at a time.
const BATCH_MESSAGES: u64 = 500;
const BATCH_BYTES: u64 = 4 * 1024 * 1024;

/// How long the engine keeps a request for a batch. Then the reader looks after the stream.
const BATCH_TIME: Duration = Duration::from_secs(20);

/// How often the engine says that it still knows of the request.
const HEARTBEAT: Duration = Duration::from_secs(2);

/// How long the engine may say nothing.
const LONGEST_SILENCE: Duration = Duration::from_secs(5);

/// How long the engine keeps a consumer that nobody asks.
const CONSUMER_TIME: Duration = Duration::from_secs(30);

/// The first pause before a new consumer is made. Each pause is twice as long as the last, up to the
/// longest one, until the engine has sent something.
const FIRST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);

pub(super) struct Feed {
    pub(super) link: Link,
    pub(super) stream: Arc<Identity>,
    /// The last message that was passed on.
    pub(super) last: u64,
    pub(super) entries: mpsc::Sender<Result<StreamEntry, ReadError>>,
}

/// Why a consumer is not used any more.
enum Stop {
    /// Another one is needed.
    Lost,
    /// No other one would do better.
    End(ReadError),
    /// The reader was dropped.
    Dropped,
}

/// Why the engine sends no more for a request.
#[derive(PartialEq, Eq)]
enum Close {
    /// The batch is full, or the next message would make it too large.
    Full,
    /// There was nothing more in time.
    Expired,
}

struct Consumer {
    inbox: Subscriber,
    /// The subject of the inbox.
    address: String,
    /// The subject of requests for a batch.
    requests: String,
    /// How many messages it has delivered.
    delivered: u64,
    link: Link,
    /// The number of the connection on which it was made.
    connection: u64,
    has_heard: bool,
}

impl Feed {
    /// Passes on messages until the reader is dropped or reading makes no sense any more.
    pub(super) async fn run(mut self) {
        let mut pause = FIRST_PAUSE;
        loop {
            let mut has_heard = false;
            let Err(stop) = self.follow(&mut has_heard).await;
            match stop {
                Stop::Lost => {}
                Stop::Dropped => return,
                Stop::End(error) => {
                    let _ = self.entries.send(Err(error)).await;
                    return;
                }
            }
            if has_heard {
                pause = FIRST_PAUSE;
            }
            sleep(pause).await;
            pause = (2 * pause).min(LONGEST_PAUSE);
        }
    }

    /// Makes a consumer and passes on what it delivers.
    async fn follow(&mut self, has_heard: &mut bool) -> Result<Infallible, Stop> {
        let mut consumer = self.consumer().await?;
        loop {
            let closed = self.batch(&mut consumer).await;
            *has_heard |= consumer.has_heard;
            if closed? == Close::Expired && self.info().await?.state.last_seq != self.last {
                return Err(Stop::Lost);
            }
        }
    }

    async fn consumer(&self) -> Result<Consumer, Stop> {
        let connection = self.link.connected().await;
        let info = self.info().await?;
        let address = self.link.client.new_inbox();
        let subscribed = timeout(LONGEST_SILENCE, self.link.client.subscribe(address.clone()));
        let Ok(Ok(inbox)) = subscribed.await else {
            return Err(Stop::Lost);
        };
        let name = &self.stream.name;
        let config = json!({
            "stream_name": name,
            "config": {
                "description": "tictalk",
                "deliver_policy": "by_start_sequence",
                "opt_start_seq": self.last + 1,
                "ack_policy": "none",
                "replay_policy": "instant",
                "inactive_threshold": nanos(CONSUMER_TIME),
                "mem_storage": true,
                "num_replicas": 1,
            },
        });
        let request = format!("CONSUMER.CREATE.{name}");
        let made: Result<ConsumerInfo, Trouble> = self.link.ask(&request, &config).await;
        let made = made.map_err(|trouble| self.stop(trouble))?;
        if made.num_pending == 0 && info.state.last_seq > self.last {
            // What was there has been removed, and nothing has come since.
            return Err(Stop::End(ReadError::Trimmed {
                first: info.state.last_seq + 1,
            }));
        }
        Ok(Consumer {
            inbox,
            address,
            requests: format!("$JS.API.CONSUMER.MSG.NEXT.{name}.{}", made.name),
            delivered: 0,
            link: self.link.clone(),
            connection,
            has_heard: false,
        })
    }

    /// The stream as it is now, if it is still the same one.
    async fn info(&self) -> Result<StreamInfo, Stop> {
        let request = format!("STREAM.INFO.{}", self.stream.name);
        let info: Result<StreamInfo, Trouble> = self.link.ask(&request, &json!({})).await;
        let info = info.map_err(|trouble| self.stop(trouble))?;
        if info.created != self.stream.created || info.state.last_seq < self.last {
            return Err(Stop::End(ReadError::Gone(self.link.engine.clone())));
        }
        Ok(info)
    }

    fn stop(&self, trouble: Trouble) -> Stop {
        let is_final = matches!(trouble.meaning(), Some(Meaning::NoStream | Meaning::Other));
        match self.link.error(trouble) {
            EngineError::Gone(engine) if is_final => Stop::End(ReadError::Gone(engine)),
            EngineError::Refused { engine, reason } if is_final => {
                Stop::End(ReadError::Refused { engine, reason })
            }
            _ => Stop::Lost,
        }
    }

    /// Asks for a batch and passes it on.
    async fn batch(&mut self, consumer: &mut Consumer) -> Result<Close, Stop> {
        let request = json!({
            "batch": BATCH_MESSAGES,
            "max_bytes": BATCH_BYTES,
            "expires": nanos(BATCH_TIME),
            "idle_heartbeat": nanos(HEARTBEAT),
        });
        let client = &self.link.client;
        let (requests, address) = (consumer.requests.clone(), consumer.address.clone());
        let body = Bytes::from(request.to_string());
        let asked = client.publish_with_reply(requests, address, body);
        let Ok(Ok(())) = timeout(LONGEST_SILENCE, asked).await else {
            return Err(Stop::Lost);
        };
        let mut count = 0;
        while count < BATCH_MESSAGES {
            let message = consumer.receive().await?;
            match message.status.map(|status| status.as_u16()) {
                None => {
                    self.pass_on(consumer, message).await?;
                    count += 1;
                }
                Some(100) => {}
                Some(404 | 408) => return Ok(Close::Expired),
                Some(409) => {
                    let words = message.description.unwrap_or_default();
                    return match (words.contains("MaxBytes"), count) {
                        (true, 0) => Err(Stop::End(ReadError::Oversize {
                            sequence: self.last + 1,
                        })),
                        (true, _) => Ok(Close::Full),
                        (false, _) => Err(Stop::Lost),
                    };
                }
                Some(_) => return Err(Stop::Lost),
            }
        }
        Ok(Close::Full)
    }

    async fn pass_on(&mut self, consumer: &mut Consumer, message: Message) -> Result<(), Stop> {
        let place = message.reply.as_deref().and_then(Place::read);
        let place = place.filter(|place| place.delivery == consumer.delivered + 1);
        let place = place.ok_or(Stop::Lost)?;
        if place.sequence != self.last + 1 {
            return Err(if place.sequence > self.last {
                Stop::End(ReadError::Trimmed {
                    first: place.sequence,
                })
            } else {
                Stop::Lost
            });
        }
        let entry = StreamEntry {
            sequence: place.sequence,
            at: place.at,
            part: self.stream.subjects.part(&message.subject),
            // A slice of the client's buffer would keep the whole buffer.
            bytes: Bytes::copy_from_slice(&message.payload),
        };
        let sent = self.entries.send(Ok(entry)).await;
        sent.map_err(|_| Stop::Dropped)?;
        consumer.delivered = place.delivery;
        self.last = place.sequence;
        Ok(())
    }
}

impl Consumer {
    async fn receive(&mut self) -> Result<Message, Stop> {
        let received = tokio::select! {
            biased;
            // What came in before may be all that will come.
            () = self.link.lost(self.connection) => None,
            received = timeout(LONGEST_SILENCE, self.inbox.next()) => received.ok().flatten(),
        };
        self.has_heard |= received.is_some();
        received.ok_or(Stop::Lost)
    }
}

fn nanos(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}
