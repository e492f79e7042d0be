//! Connections to a server that may have ended, or may accept no more of them.

use super::stream::PeerStream;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

/// Whether the program can be reached, as far as the last attempt has shown.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// It can.
    #[default]
    Yes,
    /// Nothing listens on the port any longer, or no client comes.
    Ended,
    /// It accepts no further connection, or closes it at once.
    Busy,
}

/// The pause between attempts to connect.
const RETRY: Duration = Duration::from_millis(50);

/// Connects to a program that does not close the connection at once. A program that ends may still
/// have an open socket for a moment, and its system accepts connections.
pub(super) async fn connect_living(
    address: SocketAddr,
    wait: Duration,
) -> Result<PeerStream, Reached> {
    let end = Instant::now() + wait;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let mut stream = PeerStream::new(connect(address, left).await?);
        if stream.lives(DIES).await {
            return Ok(stream);
        }
        if Instant::now() > end {
            return Err(Reached::Busy);
        }
    }
}

/// How long a program that is ending may take to close what its system has accepted.
const DIES: Duration = Duration::from_millis(60);

/// Connects to the address; tries again while nothing listens there, until the wait is over.
pub(super) async fn connect(address: SocketAddr, wait: Duration) -> Result<TcpStream, Reached> {
    let end = Instant::now() + wait;
    loop {
        let attempt = Instant::now() + wait.max(CONNECT);
        let failed = match timeout_at(attempt, TcpStream::connect(address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(_)) => Reached::Ended,
            // The system queues no more connections for a program that does not accept them.
            Err(_) => Reached::Busy,
        };
        if Instant::now() + RETRY > end {
            return Err(failed);
        }
        sleep(RETRY).await;
    }
}

/// How long an attempt to connect may take at least.
const CONNECT: Duration = Duration::from_secs(2);
