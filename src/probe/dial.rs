//! Connects to the examined server, which may have ended or may refuse further connections.

use super::stream::PeerStream;
use std::io::ErrorKind;
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
    /// It accepts no further connection.
    Busy,
    /// It ends each further connection at once.
    Closes,
}

/// The pause between attempts to connect.
const RETRY: Duration = Duration::from_millis(50);

/// Connects to a program that keeps the connection open. While a program ends, its system may still
/// accept connections for a moment, so a connection that ends at once is tried again.
pub(super) async fn connect_living(
    address: SocketAddr,
    wait: Duration,
) -> Result<PeerStream, Reached> {
    let end = Instant::now() + wait;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match connect(address, left).await {
            Ok(stream) => {
                let mut stream = PeerStream::new(stream);
                if stream.lives(DIES).await {
                    return Ok(stream);
                }
            }
            Err(Reached::Closes) => {}
            Err(failed) => return Err(failed),
        }
        if Instant::now() + RETRY > end {
            return Err(Reached::Closes);
        }
        sleep(RETRY).await;
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
            // A reset that follows the handshake at once shows as a failure to connect.
            Ok(Err(error)) if error.kind() == ErrorKind::ConnectionReset => {
                return Err(Reached::Closes);
            }
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
