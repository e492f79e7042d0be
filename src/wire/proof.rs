//! Mutual proofs that two programs know the ticket of a session, without sending it.
//!
//! A ticket is sent once, in the first welcome. To resume, a client names the session by the
//! [`Handle`](super::Handle) of the ticket, and each end proves its knowledge by a digest over the
//! ticket and one [`Nonce`] of each end. A program that takes over the port of a dead server learns
//! neither the ticket nor anything that another connection would accept.
//!
//! ```text
//! handle = the first 16 bytes of SHA-256("tictalk handle" ‖ ticket)
//! next   = the first 16 bytes of SHA-256("tictalk next ticket" ‖ ticket)
//! proof  = SHA-256("tictalk proof" ‖ "c" or "s" ‖ ticket ‖ client's nonce ‖ server's nonce)
//! ```
//!
//! Every part has a fixed length, so different inputs have different bytes, and the proofs of the
//! two ends differ. SHA-256 permits length extension, but an extended input is longer than the only
//! one that is ever compared. The 128 random bits of a ticket cannot be found by trying.

use super::ticket::Ticket;
use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// 128 random bits that one end draws for one connection. Never used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nonce([u8; 16]);

/// A digest that only an end with the ticket can compute. Compare it with [`Exchange::accepts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Proof([u8; 32]);

/// The end that proves its knowledge of the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prover {
    /// The side that connects.
    Client,
    /// The side that listens.
    Server,
}

/// The input of the proofs of one connection: the ticket and the nonces of both ends.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// The shared secret.
    pub ticket: Ticket,
    /// The nonce in the client's hello.
    pub client: Nonce,
    /// The nonce in the server's challenge.
    pub server: Nonce,
}

impl Nonce {
    /// A nonce of these bytes, which must be random.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl Exchange {
    /// The proof of one end.
    #[must_use]
    pub fn proof(&self, by: Prover) -> Proof {
        let by = match by {
            Prover::Client => "c",
            Prover::Server => "s",
        };
        let digest = Sha256::new()
            .chain_update("tictalk proof")
            .chain_update(by)
            .chain_update(self.ticket.as_bytes())
            .chain_update(self.client.0)
            .chain_update(self.server.0);
        Proof(digest.finalize().into())
    }

    /// Whether `proof` is that of this end. Takes constant time.
    #[must_use]
    pub fn accepts(&self, proof: &Proof, by: Prover) -> bool {
        let pairs = self.proof(by).0.into_iter().zip(proof.0);
        pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
    }
}

impl From<Nonce> for String {
    fn from(nonce: Nonce) -> Self {
        hex::digits(&nonce.0)
    }
}

impl From<Proof> for String {
    fn from(proof: Proof) -> Self {
        hex::digits(&proof.0)
    }
}

impl TryFrom<String> for Nonce {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}

impl TryFrom<String> for Proof {
    type Error = NotHex;

    fn try_from(text: String) -> Result<Self, NotHex> {
        hex::bytes(&text).map(Self)
    }
}
