//! Why there is no private line, and the message by which a server says so.

use super::framing::frame;
use bytes::BytesMut;
use std::fmt;

/// Why an exchange or a record fails. The connection is of no more use.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum PrivateError {
    /// A message of the exchange is not of its form.
    #[error("expected a message of a private line, but received something else")]
    Malformed,
    /// The peer speaks this other version.
    #[error("it speaks version {0} of the private line")]
    Version(u8),
    /// The peer does not know the code or the key, or somebody has changed what it sent.
    #[error("it does not know the code")]
    WrongSecret,
}

/// Why a server ends an exchange. Not authenticated: somebody on the way can say so too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateRefusal {
    /// The server speaks another version of the private line.
    Version,
    /// The server has no code, and knows none of the keys.
    NotPrivate,
    /// The server is in a session.
    Busy,
    /// The code is wrong.
    WrongCode,
    /// Too many codes were wrong. The next exchange is possible after this many seconds.
    Later(u16),
    /// Another client has burnt the code in the meantime.
    Burnt,
}

/// What the server says of the client.
impl fmt::Display for PrivateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("speaks another version of the private line"),
            Self::NotPrivate => f.write_str("asked for a private line, which takes --private here"),
            Self::Busy => f.write_str("came during a session"),
            Self::WrongCode => f.write_str("entered a wrong code"),
            Self::Later(seconds) => write!(f, "has to wait {seconds} s after wrong codes"),
            Self::Burnt => f.write_str("entered a code that was burnt in the meantime"),
        }
    }
}

impl PrivateRefusal {
    /// The message, as a frame.
    #[must_use]
    pub fn to_frame(self) -> BytesMut {
        match self {
            Self::Version => frame(&[&[1]]),
            Self::NotPrivate => frame(&[&[2]]),
            Self::Busy => frame(&[&[3]]),
            Self::WrongCode => frame(&[&[4]]),
            Self::Later(seconds) => frame(&[&[5], &seconds.to_be_bytes()]),
            Self::Burnt => frame(&[&[6]]),
        }
    }

    /// The refusal of this payload; `None` if it is something else.
    pub(super) fn read(payload: &[u8]) -> Option<Self> {
        Some(match payload {
            [1] => Self::Version,
            [2] => Self::NotPrivate,
            [3] => Self::Busy,
            [4] => Self::WrongCode,
            [5, high, low] => Self::Later(u16::from_be_bytes([*high, *low])),
            [6] => Self::Burnt,
            _ => return None,
        })
    }
}

/// Why a client gets no private line.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum NotAgreed {
    /// The server has said so.
    #[error("the server refused: {0:?}")]
    Refused(PrivateRefusal),
    /// The server broke the rules, or does not know the secret.
    #[error(transparent)]
    Error(#[from] PrivateError),
}
