//! The adapter to the engine, against real servers.

mod connecting;
mod misfortune;
mod publishing;
mod reading;
mod rooms;

use crate::support::soon;
use bytes::Bytes;
use tictalk::cluster::{Part, PublishError, Published, Reader, RoomStream, StreamEntry};

/// Publishes a text as an input under an id that is the same.
async fn publish(stream: &RoomStream, text: &str) -> Result<Published, PublishError> {
    let bytes = Bytes::from(text.to_owned());
    soon(stream.publish(Part::Inputs, text, None, bytes)).await
}

/// Publishes these numbers as texts.
async fn publish_all(stream: &RoomStream, numbers: std::ops::Range<u64>) {
    for number in numbers {
        publish(stream, &number.to_string()).await.unwrap();
    }
}

async fn next(reader: &mut Reader) -> StreamEntry {
    soon(reader.next()).await.unwrap()
}

/// The number that an entry has as its text.
fn number(entry: &StreamEntry) -> u64 {
    std::str::from_utf8(&entry.bytes).unwrap().parse().unwrap()
}
