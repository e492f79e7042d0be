//! Who speaks on a new connection, told from its first bytes: one of the dialects, or a program that
//! has come to the wrong port and is no partner.

use super::{Arrival, Dialect};

/// How many bytes may come before it is told who speaks, at most. A request line of HTTP that is
/// longer is one of HTTP all the same.
pub const FIRST_BYTES: usize = 8_192;

/// The whole answer to a request of HTTP; the connection is closed after it.
pub const HTTP_ANSWER: &str = "HTTP/1.1 400 Bad Request\r\n\
    Content-Type: text/plain; charset=utf-8\r\n\
    Content-Length: 72\r\n\
    X-Content-Type-Options: nosniff\r\n\
    Connection: close\r\n\
    \r\n\
    This is tictalk, not a web server. Connect with `tictalk client` or nc.\n";

/// Who speaks on a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opener {
    /// A partner of this dialect.
    Dialect(Dialect),
    /// A program that is no partner.
    Stranger(Stranger),
}

/// A program that has come to the wrong port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stranger {
    /// A web browser, or another program that sends requests of HTTP, RTSP or SIP. It is sent
    /// [`HTTP_ANSWER`].
    Http,
    /// A program that begins a TLS connection: its record type and version are `16 03`
    /// (RFC 8446, 5.1).
    Tls,
    /// A client of SSH, which begins with `SSH-` and a version (RFC 4253, 4.2).
    Ssh,
    /// A program whose first byte is a control character: nobody types it, and no text begins with it.
    Binary,
}

impl Stranger {
    /// What it speaks, as part of a sentence.
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
    /// Who has sent these first bytes; `None` while they do not tell yet.
    ///
    /// A request line ends in ` HTTP/1.1` or alike, so words that begin like one, `GET well soon`,
    /// are those of a person. They are told apart at the end of the line, after
    /// [`FIRST_BYTES`] without one, or when nothing more has come for as long as
    /// [ends a raw message](super::Codec::quiet).
    #[must_use]
    pub fn of_first_bytes(bytes: &[u8], arrival: Arrival) -> Option<Self> {
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
        // A server may let empty lines before a request pass (RFC 9112, 2.2).
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

/// Whether a line that comes later, when a name is expected, is one that a program sends that is no
/// partner.
#[must_use]
pub fn is_request_line(line: &str) -> bool {
    is_request(line.trim().as_bytes()) || is_ssh(line.trim().as_bytes())
}

/// Whether this is a method, a target and a version (RFC 9112, 3; RFC 7826, 20.1; RFC 3261, 7.1).
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

/// Whether this begins like a request whose target is too long to see its end.
fn has_long_target(line: &[u8]) -> bool {
    let mut words = line.split(|byte| *byte == b' ');
    let (method, target) = (words.next(), words.next());
    method.is_some_and(is_method) && target.is_some() && words.next().is_none()
}

/// Whether this can be a method: a token of letters, as all registered ones are.
fn is_method(word: &[u8]) -> bool {
    let is_token = |byte: &u8| byte.is_ascii_alphabetic() || matches!(byte, b'-' | b'_');
    !word.is_empty() && word.iter().all(is_token)
}
