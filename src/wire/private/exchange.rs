//! What both ends of an exchange have to agree on: its version, the layout of its messages, the choice
//! of a secret.

/// The version of the exchange.
pub const PRIVATE_VERSION: u8 = 1;

/// The maximum number of keys that a client proposes.
pub const HINTS: usize = 16;

/// The maximum length of a message of the exchange. Later versions may append to the first two.
pub const MAX_PRIVATE: usize = 1_024;

/// What the two ends agree to be: the server is the initiator of CPace.
pub(super) const CHANNEL: &[u8] = b"tictalk private line 1, server to client";

/// The length of the random bytes of each end.
pub(super) const RANDOM: usize = 16;
/// The length of what names a key.
pub(super) const HINT: usize = 16;
/// The length of a share: a point of ristretto255.
pub(super) const SHARE: usize = 32;
/// The length of a tag, by which an end confirms the secret.
pub(super) const TAG: usize = 64;

/// The length of the first message: the random bytes, the version and the hints.
pub(super) const OPEN: usize = RANDOM + 1 + HINTS * HINT;

/// The length of the part of an offer before the share: the random bytes, the version, the choice.
pub(super) const OFFER: usize = RANDOM + 2;

/// The secret that a server has chosen for an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretChoice {
    /// The code.
    Code,
    /// The key with this place among those that the client has proposed.
    Key(usize),
}

impl SecretChoice {
    /// The choice as a byte of an offer.
    pub(super) fn to_byte(self) -> u8 {
        match self {
            Self::Code => 0,
            Self::Key(place) => u8::try_from(place + 1).unwrap_or(u8::MAX),
        }
    }

    /// The choice of this byte; `None` if it is none.
    pub(super) fn read(byte: u8) -> Option<Self> {
        match usize::from(byte) {
            0 => Some(Self::Code),
            place if place <= HINTS => Some(Self::Key(place - 1)),
            _ => None,
        }
    }
}

/// The random bytes of both ends, which no two exchanges have in common.
pub(super) fn sid(client: &[u8; RANDOM], offer: &[u8; OFFER]) -> [u8; 2 * RANDOM] {
    let mut sid = [0; 2 * RANDOM];
    let bytes = client.iter().chain(offer);
    sid.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    sid
}

/// Compares in constant time.
pub(super) fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
}
