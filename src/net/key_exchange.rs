//! The key exchange of a private line over a connection.
//!
//! [`agree_as_client`] and [`agree_as_server`] send and receive the four messages. Which secret a server
//! chooses, and what a failed guess costs, is decided by its [`LineSecrets`].

use super::random::system_random;
use crate::wire::{
    Agreement, ClientOpening, LineKey, MAX_PRIVATE, NotAgreed, PrivateError, PrivateRefusal,
    SecretChoice, ServerOpening, WireError, take_frame,
};
use crate::words::Code;
use bytes::BytesMut;
use std::cell::Cell;
use std::io;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

/// How long an exchange may take at either end.
pub(crate) const EXCHANGE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why there is no private line.
#[derive(Debug, thiserror::Error)]
pub enum KeyExchangeError {
    /// The peer closed the connection.
    #[error("it closed the connection")]
    Left,
    /// The exchange took too long.
    #[error("it did not finish the key exchange within {} seconds", EXCHANGE_TIMEOUT.as_secs())]
    Slow,
    /// The connection was lost, or the system has no random numbers.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// The peer does not speak the private line.
    #[error(transparent)]
    Wire(#[from] WireError),
    /// The server waits for a code, and the client has none.
    #[error("it waits for a code")]
    NeedsCode,
    /// The client does not know the code, which is burnt.
    #[error("it entered a wrong code")]
    WrongCode,
    /// The server has not confirmed that it knows the code, which is burnt.
    #[error("it did not confirm the code")]
    Unconfirmed,
    /// The peer does not know the key, or breaks the rules.
    #[error(transparent)]
    Private(#[from] PrivateError),
    /// The server has refused the client.
    #[error("it {0}")]
    Refused(PrivateRefusal),
}

impl From<NotAgreed> for KeyExchangeError {
    fn from(error: NotAgreed) -> Self {
        match error {
            NotAgreed::Refused(refusal) => Self::Refused(refusal),
            NotAgreed::Error(error) => Self::Private(error),
        }
    }
}

/// A line on which both ends have proved that they know the same secret.
#[derive(Debug)]
pub struct Agreed {
    /// The line and its keys.
    pub agreement: Agreement,
    /// The secret that both ends knew.
    pub by: AgreedBy,
}

/// The secret of an exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgreedBy {
    /// A code, which is used up.
    Code,
    /// A key of an earlier exchange.
    Key(LineKey),
}

/// The secrets of a server.
pub(crate) trait LineSecrets {
    /// The key that the client has proposed, if the server knows it, or the code.
    ///
    /// # Errors
    /// If there is neither.
    fn choose(&self, opening: &ServerOpening) -> Result<ChosenSecret, PrivateRefusal>;

    /// Asked before an answer is judged: whether a guess at this code still counts.
    ///
    /// # Errors
    /// If it does not.
    fn admits(&self, code: &Code) -> Result<(), PrivateRefusal>;

    /// A guess at this code was right or wrong.
    fn guessed(&self, code: &Code, guess: Guess);
}

/// The outcome of a guess at a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Guess {
    Right,
    Wrong,
}

/// The secret that a server has chosen.
#[derive(Debug, Clone)]
pub(crate) enum ChosenSecret {
    Code(Code),
    /// A key, and the client's name for it.
    Key(SecretChoice, LineKey),
}

/// Agrees with a server on a private line, by one of `keys` or by `code`.
///
/// # Errors
/// [`KeyExchangeError`].
pub(crate) async fn agree_as_client<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    keys: &[LineKey],
    code: Option<&Code>,
) -> Result<Agreed, KeyExchangeError> {
    let mut rng = system_random()?;
    let has_sent_code = Cell::new(false);
    let exchange = async {
        let mut received = BytesMut::new();
        let (opening, message) = ClientOpening::new(keys, &mut rng);
        stream.write_all(&message).await?;
        let offer = opening.read(&receive(stream, &mut received).await?)?;
        let (secret, by) = match (offer.choice(), code) {
            (SecretChoice::Key(place), _) => {
                let key = keys.get(place).ok_or(PrivateError::Malformed)?;
                (&key.as_bytes()[..], AgreedBy::Key(key.clone()))
            }
            (SecretChoice::Code, Some(code)) => (code.as_str().as_bytes(), AgreedBy::Code),
            (SecretChoice::Code, None) => return Err(KeyExchangeError::NeedsCode),
        };
        let (answer, message) = offer.answer(secret, &mut rng)?;
        has_sent_code.set(by == AgreedBy::Code);
        stream.write_all(&message).await?;
        let mut agreement = answer.confirm(&receive(stream, &mut received).await?)?;
        agreement.line.reader.received().unsplit(received);
        Ok(Agreed { agreement, by })
    };
    let agreed = timeout(EXCHANGE_TIMEOUT, exchange).await;
    match agreed.unwrap_or(Err(KeyExchangeError::Slow)) {
        Err(KeyExchangeError::Refused(PrivateRefusal::WrongCode)) => {
            Err(KeyExchangeError::WrongCode)
        }
        // The other end may be anybody, who now has made a guess. Its refusals are not authenticated.
        Err(_) if has_sent_code.get() => Err(KeyExchangeError::Unconfirmed),
        agreed => agreed,
    }
}

/// Agrees with a client on a private line. `received` was read from it already. A client that is
/// refused is told why.
///
/// # Errors
/// [`KeyExchangeError`].
pub(crate) async fn agree_as_server<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    received: BytesMut,
    secrets: &impl LineSecrets,
) -> Result<Agreed, KeyExchangeError> {
    let exchange = async {
        let agreed = offer_and_confirm(stream, received, secrets).await;
        let refusal = match &agreed {
            Err(KeyExchangeError::Refused(refusal)) => *refusal,
            Err(KeyExchangeError::Private(PrivateError::Version(_))) => PrivateRefusal::Version,
            Err(KeyExchangeError::WrongCode) => PrivateRefusal::WrongCode,
            _ => return agreed,
        };
        // Whoever does not read it is told nothing.
        let _ = stream.write_all(&refusal.to_frame()).await;
        agreed
    };
    let agreed = timeout(EXCHANGE_TIMEOUT, exchange).await;
    agreed.unwrap_or(Err(KeyExchangeError::Slow))
}

async fn offer_and_confirm<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    mut received: BytesMut,
    secrets: &impl LineSecrets,
) -> Result<Agreed, KeyExchangeError> {
    let mut rng = system_random()?;
    let opening = ServerOpening::read(&receive(stream, &mut received).await?)?;
    let chosen = secrets
        .choose(&opening)
        .map_err(KeyExchangeError::Refused)?;
    let (offer, message) = match &chosen {
        ChosenSecret::Code(code) => {
            opening.offer(SecretChoice::Code, code.as_str().as_bytes(), &mut rng)?
        }
        ChosenSecret::Key(choice, key) => opening.offer(*choice, key.as_bytes(), &mut rng)?,
    };
    stream.write_all(&message).await?;
    let answer = receive(stream, &mut received).await?;
    // No other client is served between these steps, so one guess is judged at a time.
    let (mut agreement, message, by) = match chosen {
        ChosenSecret::Code(code) => {
            secrets.admits(&code).map_err(KeyExchangeError::Refused)?;
            match offer.confirm(&answer) {
                Ok((agreement, message)) => {
                    secrets.guessed(&code, Guess::Right);
                    (agreement, message, AgreedBy::Code)
                }
                Err(PrivateError::WrongSecret) => {
                    secrets.guessed(&code, Guess::Wrong);
                    return Err(KeyExchangeError::WrongCode);
                }
                // No guess: no secret leads to such an answer.
                Err(error) => return Err(error.into()),
            }
        }
        ChosenSecret::Key(_, key) => {
            let (agreement, message) = offer.confirm(&answer)?;
            (agreement, message, AgreedBy::Key(key))
        }
    };
    stream.write_all(&message).await?;
    agreement.line.reader.received().unsplit(received);
    Ok(Agreed { agreement, by })
}

/// The payload of the next message.
async fn receive<S: AsyncRead + Unpin>(
    stream: &mut S,
    received: &mut BytesMut,
) -> Result<BytesMut, KeyExchangeError> {
    loop {
        if let Some(payload) = take_frame(received, MAX_PRIVATE)? {
            return Ok(payload);
        }
        if stream.read_buf(received).await? == 0 {
            return Err(KeyExchangeError::Left);
        }
    }
}
