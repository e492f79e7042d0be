//! Violations of a dialect.

use super::limits::MAX_TEXT;

/// A violation of a dialect: what was expected, and what arrived.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum WireError {
    /// A length over the limit of its kind. Checked before anything is allocated.
    #[error("expected at most {limit} bytes in a {kind}, but {size} were announced")]
    TooLong {
        /// The kind, such as `message`.
        kind: &'static str,
        /// The announced length in bytes.
        size: usize,
        /// The limit in bytes.
        limit: usize,
    },
    /// A message of no bytes.
    #[error("expected a message of 1 to {MAX_TEXT} bytes, but received an empty one")]
    Empty,
    /// Bytes in the place of a size that are not one of the dialect of this name.
    #[error("expected a {0} message, but received something else")]
    NotASize(&'static str),
    /// An unknown kind of frame.
    #[error("expected a frame of kind 0 (text) or 1 (control), but received kind {0}")]
    UnknownKind(u8),
    /// Text that is not UTF-8, in a dialect that requires it.
    #[error("expected UTF-8 text, but byte {0} of the frame is not")]
    NotUtf8(usize),
    /// A control frame that is not valid.
    #[error("expected a control frame with a JSON object of a known form, but: {0}")]
    BadControl(String),
    /// A frame that breaks the rules of a WebSocket.
    #[error("expected a WebSocket frame of a browser, but {0}")]
    BadFrame(&'static str),
    /// A record of a private line that the peer has not sent, or not as the next one.
    #[error("expected the next record of a private line, but it was changed, repeated or replaced")]
    BadRecord,
    /// A private line that ended without its last record.
    #[error("the connection was cut")]
    Cut,
    /// The peer has closed the connection by a message of its dialect.
    #[error("the peer closed the connection")]
    Closed,
    /// The connection ended inside a frame.
    #[error("expected {expected} more bytes of a frame, but the connection ended")]
    CutShort {
        /// The minimum number of missing bytes.
        expected: usize,
    },
}
