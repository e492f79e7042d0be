//! The line between two programs, with a hand on the plug.

use super::Watched;
use std::io;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;

/// A line to a server on this machine: connect to [`port`](Self::port) instead of the server's.
pub(crate) struct Cable {
    port: u16,
    plug: Arc<Watched<Plug>>,
}

struct Plug {
    /// The server's port.
    server: u16,
    is_out: bool,
    /// Both ends of each connection that passes here.
    connections: Vec<TcpStream>,
}

impl Cable {
    pub(crate) fn to(server: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let plug = Arc::new(Watched::new(Plug {
            server,
            is_out: false,
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
    pub(crate) fn pull(&self) {
        self.plug.change(|plug| plug.is_out = true);
        self.cut();
    }

    pub(crate) fn plug_in(&self) {
        self.plug.change(|plug| plug.is_out = false);
    }
}

/// Lets bytes pass both ways until one side ends.
fn join(client: TcpStream, plug: &Watched<Plug>) -> io::Result<()> {
    if plug.read(|plug| plug.is_out) {
        return client.shutdown(Shutdown::Both);
    }
    let server = TcpStream::connect(("127.0.0.1", plug.read(|plug| plug.server)))?;
    for (from, to) in [(&client, &server), (&server, &client)] {
        to.set_nodelay(true)?;
        let (mut from, mut to) = (from.try_clone()?, to.try_clone()?);
        thread::spawn(move || {
            let _ = io::copy(&mut from, &mut to);
            let _ = to.shutdown(Shutdown::Write);
        });
    }
    plug.change(|plug| {
        plug.connections.extend([client, server]);
    });
    Ok(())
}
