//! The private line: a key exchange by a short code or an earlier key, and encrypted records.
//!
//! Cryptography is composed here and nowhere else, and nothing of it is invented here:
//!
//! - the key exchange is CPace with ristretto255 and SHA-512
//!   ([draft-irtf-cfrg-cpace-21](https://datatracker.ietf.org/doc/draft-irtf-cfrg-cpace/21/)), and
//!   its tags are those of section 9.4 there, with HMAC;
//! - keys are derived by HKDF with SHA-512 ([RFC 5869](https://www.rfc-editor.org/rfc/rfc5869));
//! - records are sealed by ChaCha20-Poly1305 ([RFC 8439](https://www.rfc-editor.org/rfc/rfc8439)).
//!
//! The four messages of the exchange are methods of four types, so they cannot be mixed up:
//!
//! | message | client | server |
//! |---|---|---|
//! | open | [`ClientOpening::new`] | [`ServerOpening::read`] |
//! | offer | [`ClientOpening::read`] | [`ServerOpening::offer`] |
//! | answer | [`ClientOffer::answer`] | [`ServerOffer::confirm`] |
//! | confirmation | [`ClientAnswer::confirm`] | [`ServerOffer::confirm`] |
//!
//! The client confirms first. Until a server has seen that the client knows the secret, it reveals
//! nothing that a guess could be compared with, so handshakes that are abandoned cost no code.
//! `docs/protocol.md` specifies every byte and gives the reasons.
//!
//! The files: `exchange` defines what the messages have in common, `client` and `server` are the two
//! ends, and `refusal` says why there is no line. `keys` derives the keys from the secret of an exchange
//! by `derivation`, and `records` seals and opens what is sent afterwards. Everything travels in frames
//! (`framing`).

mod client;
mod derivation;
mod exchange;
mod framing;
mod keys;
mod records;
mod refusal;
mod server;

pub use client::{ClientAnswer, ClientOffer, ClientOpening};
pub use exchange::{HINTS, MAX_PRIVATE, PRIVATE_VERSION, SecretChoice};
pub(super) use framing::PRIVATE;
pub use framing::take_frame;
pub use keys::Agreement;
pub use rand_core::CryptoRng;
pub use records::{MAX_RECORD, PrivateLine, RecordReader, RecordWriter};
pub use refusal::{NotAgreed, PrivateError, PrivateRefusal};
pub use server::{ServerOffer, ServerOpening};
