//! The client's end of an exchange. It confirms first.

use super::exchange::{
    CHANNEL, HINT, HINTS, OFFER, OPEN, PRIVATE_VERSION, RANDOM, SHARE, SecretChoice, TAG, is_equal,
    sid,
};
use super::framing::frame;
use super::keys::{Agreement, Keys, LineEnd};
use super::refusal::{NotAgreed, PrivateError, PrivateRefusal};
use crate::wire::line_key::LineKey;
use bytes::BytesMut;
use pakery_cpace::{CpaceMode, CpaceResponder};
use pakery_crypto::CpaceRistretto255;
use rand_core::CryptoRng;

/// A client that has sent its first message.
#[derive(Debug)]
pub struct ClientOpening {
    open: Vec<u8>,
    random: [u8; RANDOM],
}

/// A client that knows which secret the server has chosen.
#[derive(Debug)]
pub struct ClientOffer {
    opening: ClientOpening,
    offer: [u8; OFFER],
    /// What a later version has appended.
    more: Vec<u8>,
    share: [u8; SHARE],
    choice: SecretChoice,
}

/// A client that has confirmed its secret.
pub struct ClientAnswer {
    keys: Keys,
    expected: [u8; TAG],
}

impl ClientOpening {
    /// Begins an exchange in which the server may choose one of `keys`, at most [`HINTS`], or the
    /// code. Returns the first message.
    pub fn new(keys: &[LineKey], rng: &mut impl CryptoRng) -> (Self, BytesMut) {
        let mut random = [0; RANDOM];
        rng.fill_bytes(&mut random);
        let mut open = Vec::with_capacity(OPEN);
        open.extend(random);
        open.push(PRIVATE_VERSION);
        for place in 0..HINTS {
            // The number of keys stays a secret.
            let mut hint = [0; HINT];
            rng.fill_bytes(&mut hint);
            open.extend(keys.get(place).map_or(hint, |key| key.hint(&random)));
        }
        let message = frame(&[&open]);
        (Self { open, random }, message)
    }

    /// Reads the offer.
    ///
    /// # Errors
    /// [`NotAgreed`].
    pub fn read(self, payload: &[u8]) -> Result<ClientOffer, NotAgreed> {
        if let Some(refusal) = PrivateRefusal::read(payload) {
            return Err(NotAgreed::Refused(refusal));
        }
        let (offer, rest) = payload
            .split_first_chunk::<OFFER>()
            .ok_or(PrivateError::Malformed)?;
        let (share, more) = rest
            .split_first_chunk::<SHARE>()
            .ok_or(PrivateError::Malformed)?;
        let &[.., version, choice] = offer;
        if version != PRIVATE_VERSION {
            return Err(PrivateError::Version(version).into());
        }
        let choice = SecretChoice::read(choice).ok_or(PrivateError::Malformed)?;
        Ok(ClientOffer {
            opening: self,
            offer: *offer,
            more: more.to_vec(),
            share: *share,
            choice,
        })
    }
}

impl ClientOffer {
    /// The secret that the server has chosen.
    #[must_use]
    pub fn choice(&self) -> SecretChoice {
        self.choice
    }

    /// Answers with this secret: the code as it is written, or the bytes of the chosen key. After
    /// the answer, a code counts as used, even if the connection is lost.
    ///
    /// # Errors
    /// [`PrivateError::Malformed`] if the server's share is no valid point.
    pub fn answer(
        self,
        secret: &[u8],
        rng: &mut impl CryptoRng,
    ) -> Result<(ClientAnswer, BytesMut), PrivateError> {
        let Self {
            opening,
            offer,
            more,
            share,
            ..
        } = self;
        let sid = sid(&opening.random, &offer);
        let ours = opening.open;
        let theirs = [&offer[..], &more].concat();
        let answered = CpaceResponder::<CpaceRistretto255>::respond(
            &share,
            secret,
            CHANNEL,
            &sid,
            &theirs,
            &ours,
            CpaceMode::InitiatorResponder,
            rng,
        );
        let (answer, output) = answered.map_err(|_| PrivateError::Malformed)?;
        let keys = Keys::new(&sid, output);
        let expected = keys.tag(&share, &theirs);
        let message = frame(&[&answer, &keys.tag(&answer, &ours)]);
        Ok((ClientAnswer { keys, expected }, message))
    }
}

impl ClientAnswer {
    /// Reads the server's confirmation.
    ///
    /// # Errors
    /// [`NotAgreed`].
    pub fn confirm(self, payload: &[u8]) -> Result<Agreement, NotAgreed> {
        if let Some(refusal) = PrivateRefusal::read(payload) {
            return Err(NotAgreed::Refused(refusal));
        }
        if !is_equal(payload, &self.expected) {
            return Err(PrivateError::WrongSecret.into());
        }
        Ok(self.keys.agreement(LineEnd::Client))
    }
}
