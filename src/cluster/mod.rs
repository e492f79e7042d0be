//! A room on several machines. All inputs of the room go into one stream, and every machine reads
//! that stream in order.

mod engine;

pub use engine::{
    Contact, Engine, EngineError, EngineUrl, NoEngineUrl, Part, PublishError, Published, ReadError,
    Reader, Replicas, RoomStream, StreamEntry, StreamState,
};
