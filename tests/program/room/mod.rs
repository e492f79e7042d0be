//! A room from outside: its server, and everybody who can come to it.

use crate::support::{LIMIT, Program, frame};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

mod crash;
mod games;
#[cfg(unix)]
mod hardship;
mod host;
#[cfg(unix)]
mod hostile;
mod names;
#[cfg(unix)]
mod screen;
mod storm;
mod talk;

/// A room on a free port, and the port.
fn room() -> (Program, u16) {
    room_with(&[])
}

fn room_with(options: &[&str]) -> (Program, u16) {
    let mut room = Program::start(&[&["room", "--port", "0"], options].concat());
    let line = room.wait_for("\n");
    let port = line.trim_end().rsplit(' ').next().unwrap();
    let port = port
        .parse()
        .unwrap_or_else(|_| panic!("no port in {line:?}"));
    (room, port)
}

/// The program as a client at pipes, which is in the room already.
fn client(port: u16, name: &str) -> Program {
    let mut client = Program::client_with(port, &["--name", name]);
    client.wait_for(&format!("You are {name}, "));
    client.wait_for(&format!("-- {name} joined.\n"));
    client
}

/// In which way a peer without a program of ours speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wire {
    Framed,
    /// Lines, as `nc` sends them.
    Raw,
}

/// Somebody at a bare socket.
struct Peer {
    wire: Wire,
    stream: BufReader<TcpStream>,
}

impl Peer {
    fn connect(port: u16, wire: Wire) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        Self::new(stream, wire)
    }

    fn new(stream: TcpStream, wire: Wire) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        let stream = BufReader::new(stream);
        Self { wire, stream }
    }

    /// A framed peer that is in the room already.
    fn join(port: u16, name: &str) -> Self {
        Self::join_by(port, name, Wire::Framed)
    }

    fn join_by(port: u16, name: &str, wire: Wire) -> Self {
        let mut peer = Self::connect(port, wire);
        peer.say(name);
        peer.hears(&format!("You are {name}, "));
        peer.hears_last(&format!("-- {name} joined."));
        peer
    }

    fn say(&mut self, text: &str) {
        let bytes = match self.wire {
            Wire::Framed => frame(text),
            Wire::Raw => format!("{text}\n").into_bytes(),
        };
        self.send(&bytes);
    }

    fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The next message, or the next line of a raw one; none where the connection has ended.
    fn next(&mut self) -> Option<String> {
        let next = match self.wire {
            Wire::Framed => self.next_frame(),
            Wire::Raw => {
                let mut line = String::new();
                self.stream.read_line(&mut line).map(|length| {
                    let line = line.strip_suffix('\n').unwrap_or(&line);
                    (length > 0).then(|| line.to_owned())
                })
            }
        };
        match next {
            Ok(next) => next,
            Err(error) if error.kind() == ErrorKind::ConnectionReset => None,
            Err(error) => panic!("waited for a message: {error}"),
        }
    }

    fn next_frame(&mut self) -> std::io::Result<Option<String>> {
        if self.stream.fill_buf()?.is_empty() {
            return Ok(None);
        }
        let mut header = [0; 4];
        self.stream.read_exact(&mut header)?;
        assert_eq!(header[0], 0, "a framed peer reads nothing but text");
        let mut text = vec![0; u32::from_be_bytes(header) as usize];
        self.stream.read_exact(&mut text)?;
        Ok(Some(String::from_utf8(text).unwrap()))
    }

    /// Reads up to a message that has `text` in it; returns all that was read.
    fn hears(&mut self, text: &str) -> Vec<String> {
        self.read_until(text, |message| message.contains(text))
    }

    /// Reads up to a message that is `text`; returns all that was read.
    fn hears_last(&mut self, text: &str) -> Vec<String> {
        self.read_until(text, |message| message == text)
    }

    fn read_until(&mut self, what: &str, is_it: impl Fn(&str) -> bool) -> Vec<String> {
        let mut heard = Vec::new();
        loop {
            let Some(next) = self.next() else {
                panic!("the connection ended before {what:?}, behind {heard:?}");
            };
            let is_last = is_it(&next);
            heard.push(next);
            if is_last {
                return heard;
            }
        }
    }

    /// All that comes until the room closes the connection.
    fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).collect()
    }
}

/// The lines that somebody has said, of all that was heard.
fn said<'a>(heard: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let heard = heard.into_iter();
    heard
        .filter(|line| {
            line.contains(": ") && !line.starts_with("--") && !line.starts_with("You are ")
        })
        .collect()
}
