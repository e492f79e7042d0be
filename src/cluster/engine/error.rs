//! What can go wrong with the engine, each as one sentence for a person.

use super::url::EngineUrl;

/// Why the engine did not do what it was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EngineError {
    /// There is no connection, or no answer in time.
    #[error("The engine at {0} does not answer.")]
    Unreachable(EngineUrl),
    /// The login is wrong or missing.
    #[error("The engine at {0} does not accept the user name, password or token.")]
    Denied(EngineUrl),
    /// The connection cannot be encrypted.
    #[error("The engine at {engine} cannot be reached over TLS: {reason}.")]
    Tls {
        /// The engine.
        engine: EngineUrl,
        /// What failed.
        reason: String,
    },
    /// Nobody answers requests about streams.
    #[error("The engine at {0} has no JetStream, or JetStream is not ready.")]
    NoJetStream(EngineUrl),
    /// The engine says no, in these words.
    #[error("The engine at {engine} refuses: {reason}.")]
    Refused {
        /// The engine.
        engine: EngineUrl,
        /// Its words.
        reason: String,
    },
    /// The stream was deleted, or somebody made another one of its name.
    #[error("The engine at {0} does not have the stream of this room any more.")]
    Gone(EngineUrl),
    /// There is a stream of the room's name that cannot serve the room.
    #[error("The stream {stream} of the engine at {engine} cannot be used: {reason}.")]
    Unusable {
        /// The engine.
        engine: EngineUrl,
        /// The name of the stream.
        stream: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// The answer is none of those that the engine should give.
    #[error("The engine at {0} gives an answer that tictalk does not understand.")]
    Strange(EngineUrl),
}

/// Why a message was not stored, or may not have been.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// There is no connection, or no answer in time. The message may have been stored, and even may
    /// be stored later: publish it again under the same id.
    #[error("The engine at {0} does not answer.")]
    Unreachable(EngineUrl),
    /// The last message of the part is not the expected one.
    #[error("Another machine wrote to the stream of the room first.")]
    Outrun,
    /// The engine says no, in these words. The message was not stored.
    #[error("The engine at {engine} does not store the message: {reason}.")]
    Refused {
        /// The engine.
        engine: EngineUrl,
        /// Its words.
        reason: String,
    },
    /// The stream was deleted.
    #[error("The engine at {0} does not have the stream of this room any more.")]
    Gone(EngineUrl),
}

/// Why a reader cannot go on. A lost connection is no reason: the reader waits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The stream was deleted, somebody made another one of its name, or it ends before what this
    /// reader has read.
    #[error("The engine at {0} does not have the stream of this room any more.")]
    Gone(EngineUrl),
    /// The next message was removed.
    #[error("The stream of the room was cut off: it continues with message {first}.")]
    Trimmed {
        /// The first message behind what was removed. It may not be there yet.
        first: u64,
    },
    /// A message is larger than any message of tictalk.
    #[error("Message {sequence} of the stream of the room is too large.")]
    Oversize {
        /// The message, or one before it that was removed.
        sequence: u64,
    },
    /// The engine does not let this reader read.
    #[error("The engine at {engine} refuses: {reason}.")]
    Refused {
        /// The engine.
        engine: EngineUrl,
        /// Its words.
        reason: String,
    },
}
