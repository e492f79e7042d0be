//! The server's end of an exchange. It chooses the secret and confirms it last.

use super::exchange::{
    CHANNEL, HINT, HINTS, OFFER, PRIVATE_VERSION, RANDOM, SHARE, SecretChoice, TAG, is_equal, sid,
};
use super::framing::frame;
use super::keys::{Agreement, Keys, LineEnd};
use super::refusal::PrivateError;
use crate::wire::line_key::LineKey;
use bytes::BytesMut;
use pakery_cpace::{CpaceInitiator, CpaceMode, InitiatorState};
use pakery_crypto::CpaceRistretto255;
use rand_core::CryptoRng;

/// A server that has read a client's first message.
#[derive(Debug)]
pub struct ServerOpening {
    open: Vec<u8>,
    random: [u8; RANDOM],
    hints: Vec<[u8; HINT]>,
}

/// A server that has sent its offer.
pub struct ServerOffer {
    state: InitiatorState<CpaceRistretto255>,
    sid: [u8; 2 * RANDOM],
    offer: [u8; OFFER],
    share: Vec<u8>,
    open: Vec<u8>,
}

impl ServerOpening {
    /// Reads the first message.
    ///
    /// # Errors
    /// [`PrivateError`].
    pub fn read(payload: &[u8]) -> Result<Self, PrivateError> {
        let (random, rest) = payload
            .split_first_chunk::<RANDOM>()
            .ok_or(PrivateError::Malformed)?;
        let (&version, rest) = rest.split_first().ok_or(PrivateError::Malformed)?;
        if version != PRIVATE_VERSION {
            return Err(PrivateError::Version(version));
        }
        let (hints, _) = rest.as_chunks::<HINT>();
        let hints = hints.get(..HINTS).ok_or(PrivateError::Malformed)?.to_vec();
        Ok(Self {
            open: payload.to_vec(),
            random: *random,
            hints,
        })
    }

    /// The first of `keys` that the client has proposed, and the choice of it.
    pub fn find<'a>(
        &self,
        keys: impl IntoIterator<Item = &'a LineKey>,
    ) -> Option<(SecretChoice, &'a LineKey)> {
        keys.into_iter().find_map(|key| {
            let hint = key.hint(&self.random);
            let place = self.hints.iter().position(|theirs| *theirs == hint)?;
            Some((SecretChoice::Key(place), key))
        })
    }

    /// Offers an exchange with this secret. Returns the message.
    ///
    /// # Errors
    /// [`PrivateError::Malformed`] if the secret leads to no generator, which no known secret does.
    pub fn offer(
        self,
        choice: SecretChoice,
        secret: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(ServerOffer, BytesMut), PrivateError> {
        let mut offer = [0; OFFER];
        let [random @ .., version, chosen] = &mut offer;
        rng.fill_bytes(random);
        (*version, *chosen) = (PRIVATE_VERSION, choice.to_byte());
        let sid = sid(&self.random, &offer);
        let started =
            CpaceInitiator::<CpaceRistretto255>::start(secret, CHANNEL, &sid, &offer, rng);
        let (share, state) = started.map_err(|_| PrivateError::Malformed)?;
        let message = frame(&[&offer, &share]);
        let Self { open, .. } = self;
        let offered = ServerOffer {
            state,
            sid,
            offer,
            share,
            open,
        };
        Ok((offered, message))
    }
}

impl ServerOffer {
    /// Reads the client's answer. Returns the confirmation, for a client that knows the secret.
    ///
    /// # Errors
    /// [`PrivateError::WrongSecret`] is a guess that has failed. [`PrivateError::Malformed`] is none.
    pub fn confirm(self, payload: &[u8]) -> Result<(Agreement, BytesMut), PrivateError> {
        let (answer, tag) = payload
            .split_first_chunk::<SHARE>()
            .filter(|(_, tag)| tag.len() == TAG)
            .ok_or(PrivateError::Malformed)?;
        let finished = self
            .state
            .finish(answer, &self.open, CpaceMode::InitiatorResponder);
        let output = finished.map_err(|_| PrivateError::Malformed)?;
        let keys = Keys::new(&self.sid, output);
        if !is_equal(tag, &keys.tag(answer, &self.open)) {
            return Err(PrivateError::WrongSecret);
        }
        let message = frame(&[&keys.tag(&self.share, &self.offer)]);
        Ok((keys.agreement(LineEnd::Server), message))
    }
}
