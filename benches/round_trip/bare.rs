//! The lower bound of a round trip: two blocking sockets, one write and one read for each frame.

use crate::stopwatch::Stopwatch;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};

/// Answers each frame with `text` until the client's end closes the connection.
pub(crate) fn server(text: &str) -> anyhow::Result<()> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    println!("{}", listener.local_addr()?.port());
    let (stream, _) = listener.accept()?;
    let mut end = End::new(stream, text)?;
    loop {
        match end.receive() {
            Ok(()) => end.send()?,
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Sends `text` and waits for the answer, again and again, and prints the median round trip.
pub(crate) fn client(text: &str, port: u16) -> anyhow::Result<()> {
    let stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
    let mut end = End::new(stream, text)?;
    let mut stopwatch = Stopwatch::new();
    while stopwatch.lap() {
        end.send()?;
        end.receive()?;
    }
    println!("{}", stopwatch.median());
    Ok(())
}

/// One end of a connection whose frames all have the same size.
struct End {
    stream: TcpStream,
    outgoing: Vec<u8>,
    incoming: Vec<u8>,
}

impl End {
    fn new(stream: TcpStream, text: &str) -> anyhow::Result<Self> {
        stream.set_nodelay(true)?;
        let mut outgoing = u32::try_from(text.len())?.to_be_bytes().to_vec();
        outgoing.extend_from_slice(text.as_bytes());
        Ok(Self {
            stream,
            incoming: vec![0; outgoing.len()],
            outgoing,
        })
    }

    fn send(&mut self) -> io::Result<()> {
        self.stream.write_all(&self.outgoing)
    }

    fn receive(&mut self) -> io::Result<()> {
        self.stream.read_exact(&mut self.incoming)
    }
}
