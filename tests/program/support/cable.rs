//! The connection between two programs, which a test can cut.

use super::Watched;
use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A line to a server on this machine: connect to [`port`](Self::port) instead of the server's.
pub(crate) struct Cable {
    port: u16,
    plug: Arc<Watched<Plug>>,
}

/// In which direction bytes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    ToServer,
    ToClient,
}

/// What happens to the first connection at some byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Disturbance {
    /// It is cut in front of the byte.
    Cut,
    /// The byte has another bit.
    Flip,
    /// The byte passes twice.
    Repeat,
}

struct Plug {
    /// The server's port.
    server: u16,
    is_out: bool,
    /// The first connection is disturbed after this number of bytes in this direction.
    disturbed: Option<(Way, usize, Disturbance)>,
    /// Whether the first connection has been cut so.
    is_cut: bool,
    /// How many bytes have gone each way, over all connections.
    passed: [usize; 2],
    /// These bytes.
    recorded: [Vec<u8>; 2],
    /// Both ends of each connection that passes here.
    connections: Vec<TcpStream>,
}

impl Cable {
    pub(crate) fn to(server: u16) -> Self {
        Self::with(server, None)
    }

    /// A cable whose first connection is cut after exactly this number of bytes in this direction.
    pub(crate) fn cut_after(server: u16, way: Way, bytes: usize) -> Self {
        Self::disturbed(server, way, bytes, Disturbance::Cut)
    }

    /// A cable whose first connection is disturbed after exactly this number of bytes in this
    /// direction.
    pub(crate) fn disturbed(server: u16, way: Way, bytes: usize, how: Disturbance) -> Self {
        Self::with(server, Some((way, bytes, how)))
    }

    fn with(server: u16, disturbed: Option<(Way, usize, Disturbance)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let plug = Arc::new(Watched::new(Plug {
            server,
            is_out: false,
            disturbed,
            is_cut: false,
            passed: [0; 2],
            recorded: [Vec::new(), Vec::new()],
            connections: Vec::new(),
        }));
        let watched = Arc::clone(&plug);
        // Ends with the tests.
        thread::spawn(move || {
            for client in listener.incoming() {
                let _ = client.and_then(|client| join(client, &watched));
            }
        });
        Self { port, plug }
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// New connections lead to another server.
    pub(crate) fn lead_to(&self, server: u16) {
        self.plug.change(|plug| plug.server = server);
    }

    /// Cuts all connections; new ones can be made.
    pub(crate) fn cut(&self) {
        self.plug.change(|plug| {
            for connection in plug.connections.drain(..) {
                let _ = connection.shutdown(Shutdown::Both);
            }
        });
    }

    /// Cuts all connections, and new ones as soon as they are made.
    #[cfg(unix)]
    pub(crate) fn pull(&self) {
        self.plug.change(|plug| plug.is_out = true);
        self.cut();
    }

    #[cfg(unix)]
    pub(crate) fn plug_in(&self) {
        self.plug.change(|plug| plug.is_out = false);
    }

    /// How many bytes have gone this way.
    pub(crate) fn passed(&self, way: Way) -> usize {
        self.plug.read(|plug| plug.passed[way as usize])
    }

    /// The bytes that have gone this way.
    pub(crate) fn recorded(&self, way: Way) -> Vec<u8> {
        self.plug.read(|plug| plug.recorded[way as usize].clone())
    }

    /// Waits until `bytes` bytes have passed in this direction, or the first connection has been
    /// cut.
    pub(crate) fn wait_for_bytes_or_cut(&self, way: Way, bytes: usize) {
        let passed = self
            .plug
            .wait(|plug| (plug.is_cut || plug.passed[way as usize] >= bytes).then_some(()));
        assert!(
            passed.is_some(),
            "waited for {bytes} bytes {way:?}, or a cut"
        );
    }

    /// Waits until `bytes` bytes have passed in both directions together.
    pub(crate) fn wait_for_bytes(&self, bytes: usize) {
        let passed = self.plug.wait(|plug| {
            let passed: usize = plug.passed.iter().sum();
            (passed >= bytes).then_some(())
        });
        assert!(passed.is_some(), "waited for {bytes} bytes to pass");
    }
}

/// Lets bytes pass both ways until one side ends.
fn join(client: TcpStream, plug: &Arc<Watched<Plug>>) -> io::Result<()> {
    if plug.read(|plug| plug.is_out) {
        return client.shutdown(Shutdown::Both);
    }
    let mut disturbed = None;
    let mut port = 0;
    plug.change(|plug| {
        disturbed = plug.disturbed.take();
        port = plug.server;
    });
    let server = TcpStream::connect(("127.0.0.1", port))?;
    for (way, from, to) in [
        (Way::ToServer, &client, &server),
        (Way::ToClient, &server, &client),
    ] {
        to.set_nodelay(true)?;
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        let limit =
            disturbed.and_then(|(there, bytes, how)| (there == way).then_some((bytes, how)));
        let plug = Arc::clone(plug);
        thread::spawn(move || pass(way, from, to, limit, &plug));
    }
    plug.change(|plug| plug.connections.extend([client, server]));
    Ok(())
}

/// Forwards bytes in one direction. Disturbs the connection once after this number of bytes.
fn pass(
    way: Way,
    mut from: TcpStream,
    mut to: TcpStream,
    disturbed: Option<(usize, Disturbance)>,
    plug: &Watched<Plug>,
) {
    let (mut left, how) = disturbed.map_or((usize::MAX, None), |(left, how)| (left, Some(how)));
    let mut buffer = [0; 4096];
    loop {
        if left == 0 && how == Some(Disturbance::Cut) {
            let _ = to.shutdown(Shutdown::Both);
            let _ = from.shutdown(Shutdown::Both);
            return plug.change(|plug| plug.is_cut = true);
        }
        let room = left.clamp(1, buffer.len());
        let Ok(length @ 1..) = from.read(&mut buffer[..room]) else {
            // The end of one direction is not the end of the other.
            let _ = to.shutdown(Shutdown::Write);
            return;
        };
        let mut bytes = buffer[..length].to_vec();
        match how {
            Some(Disturbance::Flip) if left == 0 => bytes[0] ^= 1,
            Some(Disturbance::Repeat) if left == 0 => bytes.push(bytes[0]),
            _ => {}
        }
        left = if left == 0 { usize::MAX } else { left - length };
        if to.write_all(&bytes).is_err() {
            return;
        }
        plug.change(|plug| {
            plug.passed[way as usize] += length;
            plug.recorded[way as usize].extend(&bytes);
        });
    }
}
