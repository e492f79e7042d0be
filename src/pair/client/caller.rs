//! Calls a server again when the connection is lost.

use super::greeting::{ClientGreeting, ServerReply, Welcome};
use super::line_secret::{LineSecret, LineWish};
use super::options::Client;
use crate::net::retry_pause;
use crate::pair::conversation::{Partner, Reconnected};
use crate::pair::error::PairError;
use crate::pair::handshake::HandshakeError;
use crate::session::Session;
use crate::wire::{Abilities, Dialect, LineKey, Sees, Standing};
use std::future::pending;
use tokio::time::sleep;

/// Reconnects to a server.
#[derive(Debug)]
pub(super) struct Caller<'client> {
    /// The options of this client.
    pub(super) client: &'client Client,
    /// What this end can do.
    pub(super) can: Abilities,
    /// The key of the private line, if it is one.
    pub(super) key: Option<LineKey>,
    /// The number of attempts since the connection was lost.
    pub(super) attempts: u32,
}

impl Caller<'_> {
    async fn call(&self, ours: &Standing) -> Result<Reconnected, PairError> {
        let stream = self.client.address.connect().await?;
        let secret = LineSecret::new(&LineWish::Plain, self.key.clone());
        let (mut connection, _) = secret.open(stream, Dialect::Tictalk).await?;
        let greeting = ClientGreeting {
            address: &self.client.address,
            name: self.client.name.as_ref(),
            resume: Some(ours),
            entry: None,
            unfinished: None,
            can: self.can,
            sees: Sees::default(),
        };
        match greeting.exchange(&mut connection).await? {
            ServerReply::Pair(Welcome {
                standing: Some(standing),
                can,
                ..
            }) => Ok(Reconnected {
                connection,
                standing,
                can,
            }),
            ServerReply::Pair(_) | ServerReply::Room(..) => Err(HandshakeError::Unexpected.into()),
        }
    }
}

impl Partner for Caller<'_> {
    async fn reconnect(&mut self, session: &Session) -> Result<Reconnected, PairError> {
        if !session.is_apart() {
            return pending().await;
        }
        loop {
            sleep(retry_pause(self.attempts)).await;
            self.attempts = self.attempts.saturating_add(1);
            match self.call(session.standing()).await {
                Ok(back) => {
                    self.attempts = 0;
                    return Ok(back);
                }
                Err(error) if may_pass(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn resume_command(&self) -> Option<String> {
        Some(self.client.resume_command())
    }
}

/// Whether another attempt may succeed.
fn may_pass(error: &PairError) -> bool {
    matches!(
        error,
        PairError::Address(_)
            | PairError::System(_)
            | PairError::Handshake(
                HandshakeError::Busy { .. }
                    | HandshakeError::Closed
                    | HandshakeError::Silent
                    | HandshakeError::Impostor(_)
                    // Nobody has authenticated what it says.
                    | HandshakeError::NoLine(_)
                    | HandshakeError::OnlyPrivate
                    // Another program has the port, for now.
                    | HandshakeError::NotTictalk { .. }
                    | HandshakeError::OnlyText
                    | HandshakeError::Unexpected
            )
    )
}
