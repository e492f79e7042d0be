//! What can be wrong with the bytes of a peer.

use super::limits::MAX_TEXT;

/// What the bytes of a peer can do wrong: each says what was expected and what came.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WireError {
    /// A length over the limit of its kind; it is checked before anything is allocated.
    #[error("expected at most {limit} bytes in a {kind}, but {size} were announced")]
    TooLong {
        /// What was announced, such as `message`.
        kind: &'static str,
        /// The announced length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A message without a byte in it.
    #[error("expected a message of 1 to {MAX_TEXT} bytes, but an empty one came")]
    Empty,
    /// A kind that the dialect does not have.
    #[error("expected a frame of kind 0 (text) or 1 (control), but kind {0} came")]
    UnknownKind(u8),
    /// Text that is not UTF-8, from a peer that promised UTF-8.
    #[error("expected UTF-8 text, but byte {0} of the frame is not")]
    NotUtf8(usize),
    /// A control frame that is not the JSON it should be.
    #[error("expected a control frame with a JSON object of a known form, but: {0}")]
    BadControl(String),
    /// The end of the connection inside a frame.
    #[error("expected {expected} more bytes of a frame, but the connection ended")]
    CutShort {
        /// How many bytes were missing at least.
        expected: usize,
    },
}
