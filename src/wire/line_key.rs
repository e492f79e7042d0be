//! The key of a private line, by which two programs meet again.

use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::fmt;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// A secret of two programs: 256 bits that came from an earlier exchange, or that a room has drawn.
/// Wiped from memory when it is dropped.
#[derive(Clone, ZeroizeOnDrop, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct LineKey([u8; 32]);

impl LineKey {
    /// A key of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// 16 bytes that two people can compare. They do not reveal the key.
    #[must_use]
    pub fn fingerprint(&self) -> [u8; 16] {
        self.derived("tictalk fingerprint", &[])
    }

    /// What names the key to a server that knows it. Without the key, the hints of two connections
    /// have nothing in common.
    pub(super) fn hint(&self, random: &[u8; 16]) -> [u8; 16] {
        self.derived("tictalk hint", random)
    }

    fn derived(&self, purpose: &str, random: &[u8]) -> [u8; 16] {
        let digest = Sha256::new()
            .chain_update(purpose)
            .chain_update(self.0)
            .chain_update(random)
            .finalize();
        let mut first = [0; 16];
        first
            .iter_mut()
            .zip(digest)
            .for_each(|(to, byte)| *to = byte);
        first
    }
}

/// Takes constant time.
impl PartialEq for LineKey {
    fn eq(&self, other: &Self) -> bool {
        let pairs = self.0.iter().zip(other.0);
        pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }
}

impl Eq for LineKey {}

/// Keeps the secret out of logs.
impl fmt::Debug for LineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LineKey(..)")
    }
}

impl From<LineKey> for String {
    fn from(key: LineKey) -> Self {
        hex::digits(&key.0)
    }
}

impl TryFrom<String> for LineKey {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&Zeroizing::new(text)).map(Self)
    }
}
