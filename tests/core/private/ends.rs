//! The two ends of an exchange, with a stranger between them and random numbers of our choice.

use bytes::BytesMut;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use rand_core::{TryCryptoRng, TryRng};
use serde::Deserialize;
use std::collections::VecDeque;
use std::convert::Infallible;
use tictalk::wire::{
    Agreement, ClientOpening, LineKey, MAX_PRIVATE, SecretChoice, ServerOpening, take_frame,
};

/// Bytes in hexadecimal digits.
#[derive(Deserialize, Clone, PartialEq, Eq, Debug)]
#[serde(try_from = "String")]
pub(super) struct Hex(pub(super) Vec<u8>);

impl TryFrom<String> for Hex {
    type Error = std::num::ParseIntError;

    fn try_from(digits: String) -> Result<Self, Self::Error> {
        let pairs = (0..digits.len()).step_by(2);
        pairs
            .map(|at| u8::from_str_radix(&digits[at..at + 2], 16))
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Hex {
    pub(super) fn array<const N: usize>(&self) -> [u8; N] {
        self.0[..].try_into().unwrap()
    }
}

/// A random number generator that yields these bytes and no more.
pub(super) struct Given(VecDeque<u8>);

impl Given {
    pub(super) fn new(bytes: impl IntoIterator<Item = u8>) -> Self {
        Self(bytes.into_iter().collect())
    }

    /// A scalar as the crate draws it: 64 bytes, of which the group order is taken.
    pub(super) fn scalar(bytes: &[u8]) -> Vec<u8> {
        [bytes, &[0; 32]].concat()
    }

    pub(super) fn is_used_up(&self) -> bool {
        self.0.is_empty()
    }
}

impl TryRng for Given {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.fill_with(|| self.0.pop_front().unwrap());
        Ok(())
    }
}

impl TryCryptoRng for Given {}

/// One of the four messages of an exchange.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Message {
    Open,
    Offer,
    Answer,
    Confirmation,
}

impl Message {
    pub(super) const ALL: [Self; 4] = [Self::Open, Self::Offer, Self::Answer, Self::Confirmation];
}

/// What the two ends of an exchange know.
pub(super) struct Pair<'a> {
    pub(super) client_code: &'a str,
    pub(super) server_code: &'a str,
    pub(super) client_keys: &'a [LineKey],
    pub(super) server_keys: &'a [LineKey],
}

impl Default for Pair<'_> {
    fn default() -> Self {
        Self {
            client_code: "acid-mango-riverboat",
            server_code: "acid-mango-riverboat",
            client_keys: &[],
            server_keys: &[],
        }
    }
}

/// What the two ends have at the end of an exchange.
#[derive(Default)]
pub(super) struct Outcome {
    pub(super) client: Option<Agreement>,
    pub(super) server: Option<Agreement>,
}

impl Pair<'_> {
    /// Runs an exchange over a stranger, who can change every message. An end that meets an error, or
    /// waits for bytes that do not come, has no agreement.
    pub(super) fn meet(&self, mut stranger: impl FnMut(Message, &mut BytesMut)) -> Outcome {
        let mut outcome = Outcome::default();
        self.exchange(&mut outcome, &mut |message, mut bytes| {
            stranger(message, &mut bytes);
            take_frame(&mut bytes, MAX_PRIVATE).ok().flatten()
        });
        outcome
    }

    fn exchange(
        &self,
        outcome: &mut Outcome,
        deliver: &mut dyn FnMut(Message, BytesMut) -> Option<BytesMut>,
    ) -> Option<()> {
        let mut rng = UnwrapErr(SysRng);
        let (client, open) = ClientOpening::new(self.client_keys, &mut rng);
        let server = ServerOpening::read(&deliver(Message::Open, open)?).ok()?;
        let (choice, secret) = match server.find(self.server_keys) {
            Some((choice, key)) => (choice, &key.as_bytes()[..]),
            None => (SecretChoice::Code, self.server_code.as_bytes()),
        };
        let (server, offer) = server.offer(choice, secret, &mut rng).ok()?;
        let client = client.read(&deliver(Message::Offer, offer)?).ok()?;
        let secret = match client.choice() {
            SecretChoice::Key(place) => &self.client_keys.get(place)?.as_bytes()[..],
            SecretChoice::Code => self.client_code.as_bytes(),
        };
        let (client, answer) = client.answer(secret, &mut rng).ok()?;
        let (agreement, confirmation) = server.confirm(&deliver(Message::Answer, answer)?).ok()?;
        outcome.server = Some(agreement);
        let confirmation = deliver(Message::Confirmation, confirmation)?;
        outcome.client = Some(client.confirm(&confirmation).ok()?);
        Some(())
    }

    /// Both ends after an exchange that nobody has disturbed.
    pub(super) fn agree(&self) -> (Agreement, Agreement) {
        let outcome = self.meet(|_, _| {});
        (outcome.client.unwrap(), outcome.server.unwrap())
    }
}
