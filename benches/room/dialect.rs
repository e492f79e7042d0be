//! What members and servers say to each other.

use crate::frame::{next_text, put_frame};

/// Prefix of the text with which a room, and the relay, welcomes a member.
pub(crate) const WELCOME: &[u8] = b"You are ";

/// The channel that all members of an IRC server join.
const CHANNEL: &str = "#room";

/// The language of a server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// That of programs of a few lines: a frame for each text, the first with a name.
    Framed,
    /// IRC (RFC 2812), one channel.
    Irc,
}

/// What a member receives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard<'bytes> {
    /// The receiver is a member now.
    Welcome,
    /// A message, or another text of the server.
    Text(&'bytes [u8]),
    /// IRC: the server has taken the name, so the receiver may join the channel.
    Registered,
    /// IRC: the server expects this token back.
    Ping(&'bytes [u8]),
}

impl Dialect {
    /// Clients that may be on their way to becoming members at a time. More would fill the queue of
    /// connections that the server has not accepted, and the system would retry after a second. That
    /// queue takes 1,024 connections in a room, 128 in the relay, and 10 in ngircd.
    pub(crate) fn most_joining(self) -> usize {
        match self {
            Self::Framed => 100,
            Self::Irc => 8,
        }
    }

    /// Appends what a client says first.
    pub(crate) fn put_name(self, name: &str, out: &mut Vec<u8>) {
        match self {
            Self::Framed => put_frame(name.as_bytes(), out),
            Self::Irc => put_line(&format!("NICK {name}\r\nUSER {name} 0 * :{name}"), out),
        }
    }

    /// Appends a message to all.
    pub(crate) fn put_message(self, text: &str, out: &mut Vec<u8>) {
        match self {
            Self::Framed => put_frame(text.as_bytes(), out),
            Self::Irc => put_line(&format!("PRIVMSG {CHANNEL} :{text}"), out),
        }
    }

    /// Takes the first text or line off `bytes`, if it is complete.
    pub(crate) fn next<'bytes>(self, bytes: &mut &'bytes [u8]) -> Option<Heard<'bytes>> {
        match self {
            Self::Framed => next_text(bytes).map(|text| match text.strip_prefix(WELCOME) {
                Some(_) => Heard::Welcome,
                None => Heard::Text(text),
            }),
            Self::Irc => next_line(bytes).map(heard_on_irc),
        }
    }
}

impl Heard<'_> {
    /// Appends the answer that the server needs, if any.
    pub(crate) fn put_answer(self, out: &mut Vec<u8>) {
        match self {
            Self::Registered => put_line(&format!("JOIN {CHANNEL}"), out),
            Self::Ping(token) => {
                put_line(&format!("PONG {}", String::from_utf8_lossy(token)), out);
            }
            Self::Welcome | Self::Text(_) => {}
        }
    }
}

fn put_line(line: &str, out: &mut Vec<u8>) {
    out.extend(line.as_bytes());
    out.extend(b"\r\n");
}

fn next_line<'bytes>(bytes: &mut &'bytes [u8]) -> Option<&'bytes [u8]> {
    let end = bytes.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = bytes.split_at_checked(end + 1)?;
    *bytes = rest;
    Some(line.trim_ascii_end())
}

/// Reads a line: an optional prefix with its sender, a command, and parameters.
fn heard_on_irc(line: &[u8]) -> Heard<'_> {
    let (first, rest) = next_word(line);
    let (command, rest) = match first {
        [b':', ..] => next_word(rest),
        command => (command, rest),
    };
    match command {
        b"001" => Heard::Registered,
        // The list of members ends. It follows the member's own join.
        b"366" => Heard::Welcome,
        b"PING" => Heard::Ping(rest),
        _ => Heard::Text(rest),
    }
}

fn next_word(line: &[u8]) -> (&[u8], &[u8]) {
    let end = line.iter().position(|byte| *byte == b' ');
    let (word, rest) = line.split_at(end.unwrap_or(line.len()));
    (word, rest.strip_prefix(b" ").unwrap_or_default())
}
