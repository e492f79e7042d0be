//! Recognizes a new connection by its first bytes: one of the dialects, or a program of another
//! protocol that has the wrong port.

use super::private::PRIVATE;
use super::{Arrival, Dialect};

/// The number of first bytes after which a connection is always recognized, even if a request line
/// of HTTP is longer.
pub const FIRST_BYTES: usize = 8_192;

/// The answer to a request of HTTP. The connection is closed after it.
pub const HTTP_ANSWER: &str = "HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 72\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n\
    \r\n\
    This is tictalk, not a web server. Connect with `tictalk client` or nc.\n";

/// The answer of a server that takes private lines only, to everybody else.
pub const ONLY_PRIVATE: &str = "This line is private. Connect with `tictalk client --private`.";

/// The peer of a new connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// A peer that speaks this dialect.
    Dialect(Dialect),
    /// A peer that asks for a private line.
    Private,
    /// A program of another protocol.
    Stranger(Stranger),
}

/// A program of another protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// A web browser, or another program that sends requests of HTTP, RTSP or SIP. The answer is
    /// [`HTTP_ANSWER`].
    Http,
    /// A program that begins a TLS connection: its record type and version are `16 03`
    /// (RFC 8446, 5.1).
    Tls,
    /// A client of SSH, which begins with `SSH-` and a version (RFC 4253, 4.2).
    Ssh,
    /// A program whose first byte is a control character, with which no text begins.
    Binary,
}

impl Stranger {
    /// The name of its protocol.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Http => "HTTP",
            Self::Tls => "TLS",
            Self::Ssh => "SSH",
            Self::Binary => "a binary protocol",
        }
    }
}

impl Opener {
    /// The peer that sends these first bytes; `None` if more bytes are needed.
    ///
    /// A request line ends in ` HTTP/1.1` or similar, so `GET well soon` is recognized as text.
    /// That takes the end of the line, or [`FIRST_BYTES`] without one, or a silence that [ends a
    /// raw message](super::Codec::quiet).
    #[must_use]
    pub fn of_first_bytes(bytes: &[u8], arrival: Arrival) -> Option<Self> {
        if bytes.first() == Some(&PRIVATE) {
            return Some(Self::Private);
        }
        let dialect = Dialect::of_first_bytes(bytes)?;
        if dialect != Dialect::Raw {
            return Some(Self::Dialect(dialect));
        }
        let is_open = arrival == Arrival::Bytes && bytes.len() < FIRST_BYTES;
        match bytes {
            [0x16, 0x03, ..] => return Some(Self::Stranger(Stranger::Tls)),
            [0x16] if is_open => return None,
            [first, ..] if first.is_ascii_control() && !matches!(first, b'\t' | b'\r' | b'\n') => {
                return Some(Self::Stranger(Stranger::Binary));
            }
            _ => {}
        }
        // A server should ignore empty lines before a request (RFC 9112, 2.2).
        let bytes = bytes.trim_ascii_start();
        if bytes.is_empty() {
            return (!is_open).then_some(Self::Dialect(dialect));
        }
        let line = bytes.split(|byte| *byte == b'\n').next();
        let has_end = line.is_some_and(|line| line.len() < bytes.len());
        if !has_end && is_open {
            return None;
        }
        let line = line.unwrap_or_default().trim_ascii_end();
        if is_ssh(line) {
            return Some(Self::Stranger(Stranger::Ssh));
        }
        if is_request(line) || (!has_end && bytes.len() >= FIRST_BYTES && has_long_target(line)) {
            return Some(Self::Stranger(Stranger::Http));
        }
        Some(Self::Dialect(dialect))
    }
}

fn is_ssh(line: &[u8]) -> bool {
    line.strip_prefix(b"SSH-")
        .is_some_and(|version| matches!(version, [digit, b'.', ..] if digit.is_ascii_digit()))
}

/// Whether a later line, where a name is expected, is from a program of another protocol.
#[must_use]
pub fn is_request_line(line: &str) -> bool {
    is_request(line.trim().as_bytes()) || is_ssh(line.trim().as_bytes())
}

/// Whether the line is a method, a target and a version (RFC 9112, 3; RFC 7826, 20.1; RFC 3261,
/// 7.1).
fn is_request(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target) = (words.next(), words.next());
    let (Some(method), Some(target), Some(version), None) =
        (method, target, words.next(), words.next())
    else {
        // HTTP/0.9 had no version.
        return method == Some(b"GET") && target.is_some_and(|target| target.starts_with(b"/"));
    };
    let is_version = [&b"HTTP/"[..], b"RTSP/", b"SIP/"].iter().any(|protocol| {
        version.strip_prefix(*protocol).is_some_and(|number| {
            matches!(number, [major, b'.', minor]
                if major.is_ascii_digit() && minor.is_ascii_digit())
        })
    });
    is_method(method) && !target.is_empty() && is_version
}

/// Whether the line is the start of a request with a very long target.
fn has_long_target(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target) = (words.next(), words.next());
    method.is_some_and(is_method) && target.is_some() && words.next().is_none()
}

/// Whether the word may be a method: a token (RFC 9110, 5.6.2).
fn is_method(word: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte);
    !word.is_empty() && word.iter().all(is_token)
}
