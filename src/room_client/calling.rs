//! Connects to the room again, and waits for what comes over a connection.

use crate::net::key_exchange::agree_as_client;
use crate::net::{Address, Connection, KeyExchangeError, Line, ReceiveError, retry_pause};
use crate::room::GuestInput;
use crate::wire::{Dialect, Frame, LineKey, PrivateRefusal};
use bytes::BytesMut;
use std::future::pending;
use std::pin::Pin;
use std::slice;
use tokio::time::sleep;

/// An attempt to connect.
pub(super) type Attempt = Pin<Box<dyn Future<Output = Attempted>>>;

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

/// Tries to connect until that succeeds, after this many failed attempts. With a `key`, only over a
/// private line by that key.
pub(super) async fn connect(
    address: Address,
    key: Option<LineKey>,
    mut attempts: u32,
) -> Attempted {
    loop {
        sleep(retry_pause(attempts)).await;
        attempts = attempts.saturating_add(1);
        let Ok(mut stream) = address.connect().await else {
            continue;
        };
        let line = match &key {
            None => Line::Plain,
            Some(key) => {
                let keys = slice::from_ref(key);
                match agree_as_client(&mut stream, keys, None).await {
                    Ok(agreed) => agreed.agreement.line.into(),
                    Err(error) if is_lost(&error) => continue,
                    Err(_) => return Attempted::Stranger { attempts },
                }
            }
        };
        let connection = Connection::over(stream, line, Dialect::Tictalk, BytesMut::new());
        return Attempted::Connected(Box::new(connection));
    }
}

/// Waits for the attempt, if there is one.
pub(super) async fn attempt(attempt: &mut Option<Attempt>) -> Attempted {
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
