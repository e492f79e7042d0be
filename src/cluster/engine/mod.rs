//! The engine that keeps the streams of rooms: a NATS server with JetStream, version 2.9 or newer.
//! No other module names its client library.
//!
//! Each room has one stream:
//!
//! - Its name is `tictalk-TOKEN`. The token stands for the name of the room: `token` says how.
//! - Its subjects are `tictalk.TOKEN.genesis` and `tictalk.TOKEN.log.PART`. So [`RoomStream::trim`]
//!   removes old messages of all parts by one filter and never the genesis.
//! - It refuses new messages when it is full, and never drops old ones by itself.
//! - It remembers the ids of messages for ten minutes. Within this time, a message that is published
//!   again under the same id is stored once.
//!
//! The engine writes its files at every message, but syncs them only every two minutes by default. A
//! killed engine loses nothing; a power cut may cost the last messages, unless the stream has
//! replicas. A reader that is ahead of the stream then ends with [`ReadError::Gone`].
//!
//! Requests are plain messages with JSON, as documented in the
//! [reference of the API](https://docs.nats.io/reference/reference-protocols/nats_api_reference).
//! The client library has functions for them, but these need fields that version 2.9 does not send,
//! and hide the engine's reasons for a refusal.

mod answer;
mod base64;
mod connect;
mod entry;
mod error;
mod feed;
mod link;
mod part;
mod reader;
mod replicas;
mod stream;
mod token;
mod url;

pub use connect::Engine;
pub use entry::StreamEntry;
pub use error::{EngineError, PublishError, ReadError};
pub use link::Contact;
pub use part::Part;
pub use reader::Reader;
pub use replicas::Replicas;
pub use stream::{Published, RoomStream, StreamState};
pub use url::{EngineUrl, NoEngineUrl};
