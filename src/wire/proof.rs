//! How two programs prove to each other that they know a session's ticket, without telling it.
//!
//! A ticket travels once, in the first welcome. From then on a client names the session by the
//! ticket's [`Handle`], and each end proves that it knows the ticket by a digest over it and one
//! [`Nonce`] of each end. A program that took the port of a server that died learns neither the
//! ticket nor anything that another connection would accept.
//!
//! ```text
//! handle = the first 16 bytes of SHA-256("tictalk handle" ‖ ticket)
//! next   = the first 16 bytes of SHA-256("tictalk next ticket" ‖ ticket)
//! proof  = SHA-256("tictalk proof" ‖ "c" or "s" ‖ ticket ‖ client's nonce ‖ server's nonce)
//! ```
//!
//! Every part of the input has a fixed length, so no two inputs have the same bytes, and the proof
//! of one end is not that of the other. The accepted input is one length only: a longer one, whose
//! digest could be computed from a known proof (SHA-256 allows length extension), is never compared.
//! A ticket has 128 random bits, which nobody finds by trying.

use super::ticket::Ticket;
use crate::hex::{self, NotHex};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// 128 random bits that one end makes for one connection. No nonce is used twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Nonce([u8; 16]);

/// What only an end that knows the ticket can compute. Compare it by [`Exchange::accepts`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Proof([u8; 32]);

/// Which end proves that it knows the ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prover {
    /// The side that connects.
    Client,
    /// The side that listens.
    Server,
}

/// One challenge and response: the session's ticket and the nonces of both ends.
#[derive(Debug, Clone, Copy)]
pub struct Exchange {
    /// The secret that both ends know.
    pub ticket: Ticket,
    /// The nonce in the client's hello.
    pub client: Nonce,
    /// The nonce in the server's challenge.
    pub server: Nonce,
}

impl Nonce {
    /// A nonce of these bytes, which have to be random.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl Exchange {
    /// The proof of this end.
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

    /// Whether `proof` is the one of this end. The time that it takes does not tell how much of it
    /// is right.
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
