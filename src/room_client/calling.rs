//! Connects to the room again, and waits for what comes over a connection.

use super::route::Route;
use crate::net::key_exchange::agree_as_client;
use crate::net::{
    Address, AddressError, Connection, KeyExchangeError, Line, ReceiveError, retry_pause,
};
use crate::room::GuestInput;
use crate::wire::{Dialect, Frame, LineKey, PrivateRefusal};
use bytes::BytesMut;
use std::future::pending;
use std::pin::Pin;
use std::slice;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};

/// An attempt to connect. It returns how far it has come on the route.
pub(super) type Attempt = Pin<Box<dyn Future<Output = (Route, Attempted)>>>;

/// What became of attempts to connect.
pub(super) enum Attempted {
    /// The room, or another program, has accepted the connection.
    Connected(Box<Connection>),
    /// A program answers that does not know the key of the room, after this many attempts.
    Stranger {
        /// How many attempts there were.
        attempts: u32,
    },
}

/// Tries the addresses of the route in turn until one accepts, after this many failed attempts. With a
/// `key`, only over a private line by that key.
///
/// The pauses grow with each round: an address is never tried more often than if it were alone.
pub(super) async fn connect(
    mut route: Route,
    key: Option<LineKey>,
    attempts: u32,
) -> (Route, Attempted) {
    let addresses = u32::try_from(route.len()).unwrap_or(u32::MAX).max(1);
    let mut tried: u32 = 0;
    loop {
        sleep(retry_pause(attempts.saturating_add(tried / addresses))).await;
        tried = tried.saturating_add(1);
        let address = route.advance();
        let reached = reach(&address, key.as_ref(), route.patience()).await;
        let attempted = match reached {
            Ok(connection) => Attempted::Connected(Box::new(connection)),
            Err(Unreached::Lost) => continue,
            Err(Unreached::Stranger) => Attempted::Stranger {
                attempts: attempts.saturating_add((tried / addresses).max(1)),
            },
        };
        return (route, attempted);
    }
}

/// Why an attempt at an address has failed.
enum Unreached {
    /// The next attempt may succeed.
    Lost,
    /// A program answers that does not know the key.
    Stranger,
}

/// Connects to one address. With `patience`, the connection and the agreement on a private line may
/// take so long each.
async fn reach(
    address: &Address,
    key: Option<&LineKey>,
    patience: Option<Duration>,
) -> Result<Connection, Unreached> {
    let mut stream = connected(address, patience)
        .await
        .map_err(|_| Unreached::Lost)?;
    let line = match key {
        None => Line::Plain,
        Some(key) => {
            let agreement = agree_as_client(&mut stream, slice::from_ref(key), None);
            let agreed = match patience {
                None => agreement.await,
                Some(limit) => {
                    let agreed = timeout(limit, agreement).await;
                    agreed.unwrap_or(Err(KeyExchangeError::Slow))
                }
            };
            match agreed {
                Ok(agreed) => agreed.agreement.line.into(),
                Err(error) if is_lost(&error) => return Err(Unreached::Lost),
                Err(_) => return Err(Unreached::Stranger),
            }
        }
    };
    let dialect = Dialect::Tictalk;
    Ok(Connection::over(stream, line, dialect, BytesMut::new()))
}

async fn connected(
    address: &Address,
    patience: Option<Duration>,
) -> Result<TcpStream, AddressError> {
    match patience {
        None => address.connect().await,
        Some(limit) => address.connect_within(limit).await,
    }
}

/// Waits for the attempt, if there is one.
pub(super) async fn attempt(attempt: &mut Option<Attempt>) -> (Route, Attempted) {
    match attempt {
        Some(attempt) => attempt.await,
        None => pending().await,
    }
}

/// Waits for the next frame, if there is a connection.
pub(super) async fn receive(
    connection: &mut Option<Connection>,
) -> Result<Option<Frame>, ReceiveError> {
    match connection {
        Some(connection) => connection.receive().await,
        None => pending().await,
    }
}

/// The input that a received frame causes.
pub(super) fn heard(received: Result<Option<Frame>, ReceiveError>) -> Option<GuestInput> {
    match received {
        Ok(Some(Frame::Control(control))) => Some(GuestInput::Control(control)),
        // A room sends only control frames.
        Ok(Some(Frame::Text(_))) => None,
        Ok(None) | Err(_) => Some(GuestInput::Lost),
    }
}

/// Whether the next attempt may succeed, after this error.
fn is_lost(error: &KeyExchangeError) -> bool {
    match error {
        KeyExchangeError::Left
        | KeyExchangeError::Slow
        | KeyExchangeError::Io(_)
        | KeyExchangeError::Refused(PrivateRefusal::Later(_) | PrivateRefusal::Busy) => true,
        KeyExchangeError::Wire(_)
        | KeyExchangeError::NeedsCode
        | KeyExchangeError::WrongCode
        | KeyExchangeError::Unconfirmed
        | KeyExchangeError::Private(_)
        | KeyExchangeError::Refused(
            PrivateRefusal::Version
            | PrivateRefusal::NotPrivate
            | PrivateRefusal::WrongCode
            | PrivateRefusal::Burnt,
        ) => false,
    }
}
