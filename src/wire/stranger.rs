//! Recognizes a new connection by its first bytes: one of the dialects, or a program of another
//! protocol that has the wrong port.

use super::limits::{MAX_CONTROL, MAX_TEXT};
use super::private::{MAX_PRIVATE, PRIVATE};
use super::size::SizeForm;
use super::tictalk::{CONTROL, HEADER, TEXT};
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
    /// A program whose first byte is a control character, with which no text begins, and no size
    /// that fits what follows.
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
    /// Whatever could be the start of several things is judged when the burst is complete: at a
    /// silence that [ends a raw message](super::Codec::quiet), or after [`FIRST_BYTES`]. Then
    ///
    /// 1. a size that is [exactly what follows](SizeForm::that_fits) makes a counted message, and a
    ///    size [without its message](SizeForm::may_follow) waits for it;
    /// 2. a first byte that only one kind of peer sends tells that peer;
    /// 3. a line `METHOD TARGET HTTP/1.1` or similar is a request, so `GET well soon` is text;
    /// 4. anything else is text.
    #[must_use]
    pub fn of_first_bytes(bytes: &[u8], arrival: Arrival) -> Option<Self> {
        let is_open = arrival == Arrival::Bytes && bytes.len() < FIRST_BYTES;
        if let Some(opener) = Self::of_header(bytes) {
            return Some(opener);
        }
        if is_open && may_be_counted(bytes) {
            return None;
        }
        if let Some(form) = SizeForm::that_fits(bytes) {
            return Some(Self::Dialect(Dialect::Counted(form)));
        }
        if arrival != Arrival::End && SizeForm::may_follow(bytes) {
            return None;
        }
        match bytes {
            [] => None,
            [PRIVATE, ..] => Some(Self::Private),
            [CONTROL, ..] => Some(Self::Dialect(Dialect::Tictalk)),
            [0, 0, ..] => Some(Self::Dialect(Dialect::Framed)),
            // No text begins with it, and a size has more bytes.
            [0] => None,
            [0x16, 0x03, ..] => Some(Self::Stranger(Stranger::Tls)),
            [first, ..] if first.is_ascii_control() && !matches!(first, b'\t' | b'\r' | b'\n') => {
                Some(Self::Stranger(Stranger::Binary))
            }
            _ => Self::of_text(bytes, is_open),
        }
    }

    /// The peer whose first message has this header, if the header can be nothing else.
    fn of_header(bytes: &[u8]) -> Option<Self> {
        let &[kind, high, middle, low] = bytes.first_chunk()?;
        let length = u32::from_be_bytes([0, high, middle, low]) as usize;
        match kind {
            CONTROL if length <= MAX_CONTROL && bytes.get(HEADER) == Some(&b'{') && length > 1 => {
                Some(Self::Dialect(Dialect::Tictalk))
            }
            PRIVATE if (1..=MAX_PRIVATE).contains(&length) => Some(Self::Private),
            TEXT if (1..=MAX_TEXT).contains(&length) => Some(Self::Dialect(Dialect::Framed)),
            _ => None,
        }
    }

    /// The peer that begins with text; `None` if more of it is needed.
    fn of_text(bytes: &[u8], is_open: bool) -> Option<Self> {
        // A server should ignore empty lines before a request (RFC 9112, 2.2).
        let bytes = bytes.trim_ascii_start();
        if bytes.is_empty() {
            return (!is_open).then_some(Self::Dialect(Dialect::Raw));
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
        Some(Self::Dialect(Dialect::Raw))
    }
}

/// Whether the bytes may begin with a size: one of digits, or one with a byte that is no text.
fn may_be_counted(bytes: &[u8]) -> bool {
    let is_binary = |byte: &u8| byte.is_ascii_control() && !matches!(byte, b'\t' | b'\r' | b'\n');
    let is_part = |byte: &u8| is_binary(byte) || byte.is_ascii_digit() || *byte == b' ';
    match bytes {
        [] => true,
        [first] => is_part(first),
        [first, second, ..] => is_part(first) || is_binary(second),
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
