//! A peer that is no program of ours: a bare socket.

use super::LIMIT;
use std::io::{ErrorKind, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};

/// One end of a TCP connection, with every wait limited.
pub(crate) struct Socket {
    stream: TcpStream,
}

impl Socket {
    pub(crate) fn connect(port: u16) -> Self {
        Self::new(TcpStream::connect(("127.0.0.1", port)).unwrap())
    }

    /// A socket that listens on a free port, and the port.
    pub(crate) fn listen() -> (TcpListener, u16) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (listener, port)
    }

    /// A port at which nobody can listen while the socket lives.
    pub(crate) fn closed() -> (socket2::Socket, u16) {
        use socket2::{Domain, Socket, Type};
        let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        let any = std::net::SocketAddr::from(([127, 0, 0, 1], 0));
        socket.bind(&any.into()).unwrap();
        let bound = socket.local_addr().unwrap().as_socket().unwrap();
        (socket, bound.port())
    }

    pub(crate) fn accept(listener: &TcpListener) -> Self {
        // Fails instead of waiting for a program that never connects.
        #[cfg(unix)]
        {
            use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
            use std::os::fd::AsFd as _;
            let mut ready = [PollFd::new(listener.as_fd(), PollFlags::POLLIN)];
            let limit = PollTimeout::try_from(LIMIT).unwrap();
            assert_eq!(poll(&mut ready, limit), Ok(1), "nobody connects");
        }
        Self::new(listener.accept().unwrap().0)
    }

    fn new(stream: TcpStream) -> Self {
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(LIMIT)).unwrap();
        stream.set_write_timeout(Some(LIMIT)).unwrap();
        Self { stream }
    }

    pub(crate) fn stream(&self) -> &TcpStream {
        &self.stream
    }

    pub(crate) fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).unwrap();
    }

    /// Receives exactly `length` bytes.
    pub(crate) fn receive(&mut self, length: usize) -> Vec<u8> {
        let mut bytes = vec![0; length];
        self.stream.read_exact(&mut bytes).unwrap();
        bytes
    }

    /// Receives one frame: its kind and payload.
    pub(crate) fn receive_frame(&mut self) -> (u8, String) {
        let header = self.receive(4);
        let size =
            usize::from(header[1]) << 16 | usize::from(header[2]) << 8 | usize::from(header[3]);
        (header[0], String::from_utf8(self.receive(size)).unwrap())
    }

    /// Receives a text frame's payload; receipts and pings may come before it.
    pub(crate) fn receive_text(&mut self) -> String {
        loop {
            let (kind, text) = self.receive_frame();
            if kind == 0 {
                return text;
            }
            assert!(
                text.starts_with(r#"{"type":"receipt""#) || text == r#"{"type":"ping"}"#,
                "expected text, not {text:?}"
            );
        }
    }

    /// Receives the welcome of a new session: its ticket.
    pub(crate) fn receive_ticket(&mut self) -> tictalk::wire::Ticket {
        let (_, welcome) = self.receive_frame();
        let welcome: serde_json::Value = serde_json::from_str(&welcome).unwrap();
        let ticket = welcome["session"].as_str().unwrap().to_owned();
        tictalk::wire::Ticket::try_from(ticket).unwrap()
    }

    /// Receives until `text` has come, of a peer that does not frame.
    pub(crate) fn receive_until(&mut self, text: &str) -> String {
        let mut received = Vec::new();
        while !String::from_utf8_lossy(&received).contains(text) {
            let mut buffer = [0; 4096];
            let length = self.stream.read(&mut buffer).unwrap();
            assert!(
                length > 0,
                "the connection ended before {text:?}, behind {:?}",
                String::from_utf8_lossy(&received)
            );
            received.extend_from_slice(&buffer[..length]);
        }
        String::from_utf8(received).unwrap()
    }

    /// Receives all that comes until the peer closes, or resets, the connection.
    pub(crate) fn receive_rest(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::ConnectionReset => {}
            Err(error) => panic!("{error}"),
        }
        rest
    }

    /// Closes the connection so that the peer reads of a reset.
    #[cfg(unix)]
    pub(crate) fn reset(self) {
        socket2::SockRef::from(&self.stream)
            .set_linger(Some(std::time::Duration::ZERO))
            .unwrap();
    }
}

/// A text frame, as a `framed` peer sends it too.
pub(crate) fn frame(text: &str) -> Vec<u8> {
    let mut frame = u32::try_from(text.len()).unwrap().to_be_bytes().to_vec();
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// A control frame.
pub(crate) fn control(json: &str) -> Vec<u8> {
    let mut frame = frame(json);
    frame[0] = 1;
    frame
}

/// The greeting of a `tictalk` client.
pub(crate) fn hello() -> Vec<u8> {
    control(r#"{"type":"hello","version":2}"#)
}
