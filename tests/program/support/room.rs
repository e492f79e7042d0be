//! A room with its host at pipes, and people at bare sockets.

use super::{Finished, LIMIT, Program, Running, frame};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;

/// A room that is open.
pub(crate) struct Room {
    pub(crate) host: Running,
    pub(crate) port: u16,
}

impl Room {
    /// On a free port.
    pub(crate) fn open(options: &[&str]) -> Self {
        Self::at(0, options)
    }

    pub(crate) fn at(port: u16, options: &[&str]) -> Self {
        let room = Program::new().args(["room", "--port", &port.to_string()]);
        let (host, port) = room.args(options).start().listening();
        Self { host, port }
    }

    /// Somebody with a program that frames comes in.
    pub(crate) fn join(&mut self, name: &str) -> Peer {
        let mut peer = Peer::connect(self.port, Wire::Framed);
        peer.say(name);
        self.host.wait_for(&format!("-- {name} joined.\n"));
        peer
    }

    /// Somebody says this, and the host reads it as that.
    pub(crate) fn hear(&mut self, from: &mut Peer, said: &str, heard: &str) {
        from.say(said);
        self.host.wait_for(heard);
    }

    /// The host closes it.
    pub(crate) fn close(mut self) -> Finished {
        self.host.enter("/quit");
        self.host.finish()
    }
}

/// In which way a peer without a program of ours speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wire {
    Framed,
    /// Lines, as `nc` sends them.
    Raw,
}

/// Somebody at a bare socket.
pub(crate) struct Peer {
    pub(crate) wire: Wire,
    pub(crate) stream: BufReader<TcpStream>,
}

impl Peer {
    pub(crate) fn connect(port: u16, wire: Wire) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        Self::new(stream, wire)
    }

    pub(crate) fn new(stream: TcpStream, wire: Wire) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        let stream = BufReader::new(stream);
        Self { wire, stream }
    }

    /// A framed peer that is in the room already.
    pub(crate) fn join(port: u16, name: &str) -> Self {
        Self::join_by(port, name, Wire::Framed)
    }

    pub(crate) fn join_by(port: u16, name: &str, wire: Wire) -> Self {
        let mut peer = Self::connect(port, wire);
        peer.say(name);
        peer.hears(&format!("You are {name}, "));
        peer.hears_last(&format!("-- {name} joined."));
        peer
    }

    pub(crate) fn say(&mut self, text: &str) {
        let bytes = match self.wire {
            Wire::Framed => frame(text),
            Wire::Raw => format!("{text}\n").into_bytes(),
        };
        self.send(&bytes);
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.get_mut().write_all(bytes).unwrap();
    }

    /// The next message, or the next line of a raw one; none where the connection has ended.
    pub(crate) fn next(&mut self) -> Option<String> {
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
    pub(crate) fn hears(&mut self, text: &str) -> Vec<String> {
        self.read_until(text, |message| message.contains(text))
    }

    /// Reads up to a message that is `text`; returns all that was read.
    pub(crate) fn hears_last(&mut self, text: &str) -> Vec<String> {
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
    pub(crate) fn rest(&mut self) -> Vec<String> {
        std::iter::from_fn(|| self.next()).collect()
    }
}
