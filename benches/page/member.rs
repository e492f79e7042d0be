//! A member at a terminal, at a page or over a private line.

use crate::exchange;
use anyhow::bail;
use bytes::BytesMut;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use tictalk::wire::PrivateLine;

/// How a member is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// As `tictalk client`.
    Terminal,
    /// As a browser.
    Page,
    /// As `tictalk client --private`.
    Private,
}

/// The end of the text of each message.
const PADDING: usize = 80;

/// A part of what tells that the last member has joined: its post, or several gathered ones.
const LAST_JOINED: &[u8] = br#""name":"last""#;

/// A member whose reads do not wait.
pub(crate) struct Member {
    kind: Kind,
    stream: TcpStream,
    /// The private line, if there is one.
    line: Option<PrivateLine>,
    inbox: Vec<u8>,
    /// Whether the last member has joined.
    pub(crate) is_complete: bool,
    /// Messages received.
    pub(crate) heard: usize,
    /// Lines sent.
    said: u64,
}

impl Member {
    /// Joins under this name. The number must be the member's own. A private room needs its `code`.
    pub(crate) fn join(
        (port, code): (u16, &str),
        kind: Kind,
        number: usize,
        name: &str,
    ) -> anyhow::Result<Self> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.set_nodelay(true)?;
        if kind == Kind::Page {
            let host = format!("127.0.0.1:{port}");
            let request = format!(
                "GET /live HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\n\
                 Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                 Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
            );
            stream.write_all(request.as_bytes())?;
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let mut byte = [0];
                stream.read_exact(&mut byte)?;
                head.extend(byte);
            }
        }
        let line = match kind {
            Kind::Terminal | Kind::Page => None,
            Kind::Private => Some(exchange::as_client(&mut stream, code)?),
        };
        let ticket = format!("{:032x}", number + 1);
        let hello = format!(
            r#"{{"type":"hello","version":2,"name":"{name}","room":{{"ticket":"{ticket}"}}}}"#
        );
        stream.set_nonblocking(true)?;
        let mut member = Self {
            kind,
            stream,
            line,
            inbox: Vec::new(),
            is_complete: false,
            heard: 0,
            said: 0,
        };
        member.write(hello.as_bytes())?;
        Ok(member)
    }

    pub(crate) fn say(&mut self, message: usize) -> anyhow::Result<()> {
        self.said += 1;
        let (number, padding) = (self.said, ".".repeat(PADDING));
        let say = format!(
            r#"{{"type":"say","number":{number},"text":"message {message:>8} {padding}"}}"#
        );
        self.write(say.as_bytes())
    }

    /// Sends a control message.
    fn write(&mut self, json: &[u8]) -> anyhow::Result<()> {
        let frame = framed(self.kind, json);
        let mut sealed = BytesMut::new();
        let mut bytes = match &mut self.line {
            None => &frame[..],
            Some(line) => {
                line.writer.seal(&frame, &mut sealed);
                &sealed[..]
            }
        };
        while !bytes.is_empty() {
            match self.stream.write(bytes) {
                Ok(written) => bytes = bytes.get(written..).unwrap_or_default(),
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.read()?,
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Reads what has arrived.
    pub(crate) fn read(&mut self) -> anyhow::Result<()> {
        let mut buffer = [0; 65_536];
        match self.stream.read(&mut buffer) {
            Ok(0) => bail!("the room has closed a connection"),
            Ok(length) => {
                let received = buffer.get(..length).unwrap_or_default();
                match &mut self.line {
                    None => self.inbox.extend(received),
                    Some(line) => {
                        let mut opened = BytesMut::new();
                        line.reader.received().extend_from_slice(received);
                        line.reader.open(&mut opened)?;
                        self.inbox.extend(opened);
                    }
                }
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
        let mut start = 0;
        let mut has_ping = false;
        while let Some((header, length)) =
            self.inbox.get(start..).and_then(|it| size(self.kind, it))
            && let Some(payload) = self.inbox.get(start + header..start + header + length)
        {
            start += header + length;
            let has = |text: &[u8]| payload.windows(text.len()).any(|it| it == text);
            if has(br#""what":"said""#) {
                self.heard += 1;
            } else if has(LAST_JOINED) {
                self.is_complete = true;
            } else if payload == br#"{"type":"ping"}"# {
                has_ping = true;
            }
        }
        self.inbox.drain(..start);
        if has_ping {
            self.write(br#"{"type":"pong"}"#)?;
        }
        Ok(())
    }
}

/// The lengths of the header and of the payload of the first frame, if the header is complete.
fn size(kind: Kind, bytes: &[u8]) -> Option<(usize, usize)> {
    match (kind, bytes) {
        (Kind::Terminal | Kind::Private, [_, a, b, c, ..]) => Some((
            4,
            usize::from(*a) << 16 | usize::from(*b) << 8 | usize::from(*c),
        )),
        (Kind::Page, [_, 126, a, b, ..]) => Some((4, usize::from(*a) << 8 | usize::from(*b))),
        (Kind::Page, [_, short @ 0..126, ..]) => Some((2, usize::from(*short))),
        _ => None,
    }
}

/// A control message in its frame. A page masks its frames with zeros, which change nothing.
fn framed(kind: Kind, json: &[u8]) -> Vec<u8> {
    let length = json.len() as u16;
    let [high, low] = length.to_be_bytes();
    let mut bytes = match (kind, length) {
        (Kind::Terminal | Kind::Private, _) => vec![1, 0, high, low],
        (Kind::Page, 0..126) => vec![0x81, 0x80 | low, 0, 0, 0, 0],
        (Kind::Page, _) => vec![0x81, 0x80 | 126, high, low, 0, 0, 0, 0],
    };
    bytes.extend(json);
    bytes
}
