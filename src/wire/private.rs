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

use super::error::WireError;
use super::line_key::LineKey;
use bytes::{Buf as _, BufMut as _, BytesMut};
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce as RecordNonce, Tag};
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, Mac as _};
use pakery_core::encoding::lv_cat;
use pakery_cpace::{CpaceInitiator, CpaceMode, CpaceOutput, CpaceResponder, InitiatorState};
use pakery_crypto::CpaceRistretto255;
pub use rand_core::CryptoRng;
use sha2::{Digest as _, Sha512};
use std::fmt;
use zeroize::{Zeroize as _, Zeroizing};

/// The first byte of every frame of a private line.
pub(super) const PRIVATE: u8 = 2;

/// The version of the exchange.
pub const PRIVATE_VERSION: u8 = 1;

/// The maximum number of keys that a client proposes.
pub const HINTS: usize = 16;

/// The maximum length of a message of the exchange. Later versions may append to the first two.
pub const MAX_PRIVATE: usize = 1_024;

/// The maximum length of what a record contains.
pub const MAX_RECORD: usize = 16_384;

/// How many records are sealed with one key.
const RECORDS_OF_A_KEY: u64 = 1 << 16;

/// What the two ends agree to be: the server is the initiator of CPace.
const CHANNEL: &[u8] = b"tictalk private line 1, server to client";

/// The length of a header: the kind and the length of the payload, as in the tictalk dialect.
const HEADER: usize = 4;
const RANDOM: usize = 16;
const HINT: usize = 16;
const SHARE: usize = 32;
const TAG: usize = 64;
const SEAL: usize = 16;

/// The length of the first message: the random bytes, the version and the hints.
const OPEN: usize = RANDOM + 1 + HINTS * HINT;
/// The length of the part of an offer before the share: the random bytes, the version, the choice.
const OFFER: usize = RANDOM + 2;

/// Why an exchange or a record fails. The connection is of no more use.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum PrivateError {
    /// A message of the exchange is not of its form.
    #[error("expected a message of a private line, but received something else")]
    Malformed,
    /// The peer speaks this other version.
    #[error("it speaks version {0} of the private line")]
    Version(u8),
    /// The peer does not know the code or the key, or somebody has changed what it sent.
    #[error("it does not know the code")]
    WrongSecret,
}

/// Why a server ends an exchange. Not authenticated: somebody on the way can say so too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PrivateRefusal {
    /// The server speaks another version of the private line.
    Version,
    /// The server has no code, and knows none of the keys.
    NotPrivate,
    /// The server is in a session.
    Busy,
    /// The code is wrong.
    WrongCode,
    /// Too many codes were wrong. The next exchange is possible after this many seconds.
    Later(u16),
    /// Another client has burnt the code in the meantime.
    Burnt,
}

/// What the server says of the client.
impl fmt::Display for PrivateRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("speaks another version of the private line"),
            Self::NotPrivate => f.write_str("asked for a private line, which takes --private here"),
            Self::Busy => f.write_str("came during a session"),
            Self::WrongCode => f.write_str("entered a wrong code"),
            Self::Later(seconds) => write!(f, "has to wait {seconds} s after wrong codes"),
            Self::Burnt => f.write_str("entered a code that was burnt in the meantime"),
        }
    }
}

impl PrivateRefusal {
    /// The message, as a frame.
    #[must_use]
    pub fn to_frame(self) -> BytesMut {
        match self {
            Self::Version => frame(&[&[1]]),
            Self::NotPrivate => frame(&[&[2]]),
            Self::Busy => frame(&[&[3]]),
            Self::WrongCode => frame(&[&[4]]),
            Self::Later(seconds) => frame(&[&[5], &seconds.to_be_bytes()]),
            Self::Burnt => frame(&[&[6]]),
        }
    }

    /// The refusal of this payload; `None` if it is something else.
    fn read(payload: &[u8]) -> Option<Self> {
        Some(match payload {
            [1] => Self::Version,
            [2] => Self::NotPrivate,
            [3] => Self::Busy,
            [4] => Self::WrongCode,
            [5, high, low] => Self::Later(u16::from_be_bytes([*high, *low])),
            [6] => Self::Burnt,
            _ => return None,
        })
    }
}

/// Why a client gets no private line.
#[derive(Debug, thiserror::Error, Clone, Copy, PartialEq, Eq)]
pub enum NotAgreed {
    /// The server has said so.
    #[error("the server refused: {0:?}")]
    Refused(PrivateRefusal),
    /// The server broke the rules, or does not know the secret.
    #[error(transparent)]
    Error(#[from] PrivateError),
}

/// The secret that a server has chosen for an exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecretChoice {
    /// The code.
    Code,
    /// The key with this place among those that the client has proposed.
    Key(usize),
}

impl SecretChoice {
    fn to_byte(self) -> u8 {
        match self {
            Self::Code => 0,
            Self::Key(place) => u8::try_from(place + 1).unwrap_or(u8::MAX),
        }
    }

    fn read(byte: u8) -> Option<Self> {
        match usize::from(byte) {
            0 => Some(Self::Code),
            place if place <= HINTS => Some(Self::Key(place - 1)),
            _ => None,
        }
    }
}

/// What both ends have after an exchange. Each has proved to the other that it knows the secret.
#[derive(Debug)]
pub struct Agreement {
    /// The line, on which nothing was sent yet.
    pub line: PrivateLine,
    /// A key for later exchanges.
    pub key: LineKey,
    /// Bytes that are equal at both ends, unless somebody is between them.
    pub check: [u8; 8],
}

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

/// The random bytes of both ends, which no two exchanges have in common.
fn sid(client: &[u8; RANDOM], offer: &[u8; OFFER]) -> [u8; 2 * RANDOM] {
    let mut sid = [0; 2 * RANDOM];
    let bytes = client.iter().chain(offer);
    sid.iter_mut().zip(bytes).for_each(|(to, byte)| *to = *byte);
    sid
}

/// Compares in constant time.
fn is_equal(one: &[u8], other: &[u8]) -> bool {
    let pairs = one.iter().zip(other);
    one.len() == other.len() && pairs.fold(0, |different, (a, b)| different | (a ^ b)) == 0
}

/// One end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineEnd {
    Client,
    Server,
}

/// What both ends derive from the secret of CPace.
struct Keys {
    /// The key of the tags (section 9.4 of the draft), padded with zeros to the block of SHA-512 as
    /// HMAC does.
    tags: Zeroizing<[u8; 128]>,
    /// The pseudorandom key of HKDF.
    derived: Hkdf<Sha512>,
}

impl Keys {
    fn new(sid: &[u8], output: CpaceOutput) -> Self {
        let isk = output.isk.as_bytes();
        let mut key = Sha512::new()
            .chain_update("CPaceMac")
            .chain_update(sid)
            .chain_update(isk)
            .finalize();
        let mut tags = Zeroizing::new([0; 128]);
        tags.iter_mut().zip(&key).for_each(|(to, byte)| *to = *byte);
        key.zeroize();
        Self {
            tags,
            derived: Hkdf::new(Some(sid), isk),
        }
    }

    /// The tag of the end that has sent this share and these other bytes.
    fn tag(&self, share: &[u8], other: &[u8]) -> [u8; TAG] {
        Hmac::<Sha512>::new((&*self.tags).into())
            .chain_update(lv_cat(&[share, other]))
            .finalize()
            .into_bytes()
            .into()
    }

    fn agreement(&self, end: LineEnd) -> Agreement {
        let client = Records::new(expand(&self.derived, "tictalk client records"));
        let server = Records::new(expand(&self.derived, "tictalk server records"));
        let (writer, reader) = match end {
            LineEnd::Client => (client, server),
            LineEnd::Server => (server, client),
        };
        let key: Zeroizing<[u8; 32]> = expand(&self.derived, "tictalk key");
        let check: Zeroizing<[u8; 8]> = expand(&self.derived, "tictalk check");
        Agreement {
            line: PrivateLine {
                reader: RecordReader::new(reader),
                writer: RecordWriter { records: writer },
            },
            key: LineKey::new(*key),
            check: *check,
        }
    }
}

/// The first `N` bytes that HKDF derives for this purpose; `N` is at most 255 times 64.
fn expand<const N: usize>(from: &Hkdf<Sha512>, purpose: &str) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 64) };
    let mut bytes = Zeroizing::new([0; N]);
    // It fails only for more bytes than that.
    let _ = from.expand(purpose.as_bytes(), bytes.as_mut_slice());
    bytes
}

/// A line of two programs: everything that one of them sends is encrypted, and the other notices
/// every change.
#[derive(Debug)]
pub struct PrivateLine {
    /// What arrives.
    pub reader: RecordReader,
    /// What is sent.
    pub writer: RecordWriter,
}

/// The keys of one direction. Each record has its own nonce: the number of the record. Keys come from
/// an exchange with fresh random numbers of both ends, so no nonce is ever used twice with a key.
struct Records {
    /// What the key was derived from, and the next key will be.
    chain: Zeroizing<[u8; 64]>,
    cipher: ChaCha20Poly1305,
    next: u64,
}

impl Records {
    fn new(chain: Zeroizing<[u8; 64]>) -> Self {
        Self {
            cipher: Self::cipher(&chain),
            chain,
            next: 0,
        }
    }

    fn cipher(chain: &[u8; 64]) -> ChaCha20Poly1305 {
        let key: Zeroizing<[u8; 32]> = expand(&Self::hkdf(chain), "tictalk record key");
        ChaCha20Poly1305::new(<&Key>::from(&*key))
    }

    fn hkdf(chain: &[u8; 64]) -> Hkdf<Sha512> {
        Hkdf::new(None, chain)
    }

    /// The nonce of the next record. After [`RECORDS_OF_A_KEY`], the next key takes over, and the old
    /// one can be derived no more.
    fn advance(&mut self) -> RecordNonce {
        if self.next > 0 && self.next.is_multiple_of(RECORDS_OF_A_KEY) {
            self.chain = expand(&Self::hkdf(&self.chain), "tictalk next chain");
            self.cipher = Self::cipher(&self.chain);
        }
        let mut nonce = [0; 12];
        let number = self.next.to_be_bytes();
        nonce
            .iter_mut()
            .skip(4)
            .zip(number)
            .for_each(|(to, byte)| *to = byte);
        // 2^64 records take longer than any connection lasts.
        self.next = self.next.wrapping_add(1);
        nonce.into()
    }
}

/// Keeps the keys out of logs.
impl fmt::Debug for Records {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Records")
            .field("next", &self.next)
            .finish_non_exhaustive()
    }
}

/// Seals what is sent.
#[derive(Debug)]
pub struct RecordWriter {
    records: Records,
}

impl RecordWriter {
    /// Appends records with these bytes to `out`.
    pub fn seal(&mut self, bytes: &[u8], out: &mut BytesMut) {
        for part in bytes.chunks(MAX_RECORD) {
            self.put(part, out);
        }
    }

    /// Appends the last record, by which the peer knows that nothing was cut off.
    pub fn close(&mut self, out: &mut BytesMut) {
        self.put(&[], out);
    }

    fn put(&mut self, part: &[u8], out: &mut BytesMut) {
        let nonce = self.records.advance();
        let header = header(part.len() + SEAL);
        out.reserve(HEADER + part.len() + SEAL);
        out.put_slice(&header);
        let start = out.len();
        out.put_slice(part);
        let sealed = out.get_mut(start..).unwrap_or_default();
        let tag = self
            .records
            .cipher
            .encrypt_inout_detached(&nonce, &header, sealed.into());
        // It fails only for more than 256 GiB.
        out.put_slice(&tag.unwrap_or_default());
    }
}

/// Opens what arrives.
#[derive(Debug)]
pub struct RecordReader {
    records: Records,
    received: BytesMut,
    is_closed: bool,
}

impl RecordReader {
    fn new(records: Records) -> Self {
        Self {
            records,
            received: BytesMut::new(),
            is_closed: false,
        }
    }

    /// The buffer to which arriving bytes are appended.
    pub fn received(&mut self) -> &mut BytesMut {
        &mut self.received
    }

    /// Whether the peer has sent its last record.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.is_closed
    }

    /// Appends to `inbox` what the complete records contain that have arrived.
    ///
    /// # Errors
    /// [`WireError::BadRecord`] for a record that the peer has not sent, or not as the next one.
    /// [`WireError::UnknownKind`] and [`WireError::TooLong`] for something else than a record.
    pub fn open(&mut self, inbox: &mut BytesMut) -> Result<(), WireError> {
        while !self.is_closed
            && let Some(mut payload) = take_frame(&mut self.received, MAX_RECORD + SEAL)?
        {
            let length = payload
                .len()
                .checked_sub(SEAL)
                .ok_or(WireError::BadRecord)?;
            let tag = payload.split_off(length);
            let tag = Tag::try_from(&tag[..]).map_err(|_| WireError::BadRecord)?;
            let nonce = self.records.advance();
            let header = header(length + SEAL);
            self.records
                .cipher
                .decrypt_inout_detached(&nonce, &header, payload.as_mut().into(), &tag)
                .map_err(|_| WireError::BadRecord)?;
            self.is_closed = length == 0;
            match inbox.is_empty() {
                true => *inbox = payload,
                false => inbox.put_slice(&payload),
            }
        }
        if self.received.is_empty() || self.is_closed {
            // Release the buffer: an idle connection must cost nothing.
            self.received = BytesMut::new();
        }
        Ok(())
    }

    /// Checks a connection that has ended.
    ///
    /// # Errors
    /// [`WireError::Cut`] if the peer's last record did not arrive: somebody else may have ended the
    /// connection.
    pub fn end(&self) -> Result<(), WireError> {
        match self.is_closed {
            true => Ok(()),
            false => Err(WireError::Cut),
        }
    }
}

fn header(length: usize) -> [u8; HEADER] {
    // At most MAX_RECORD and the seal, or MAX_PRIVATE.
    let [.., high, middle, low] = length.to_be_bytes();
    [PRIVATE, high, middle, low]
}

/// A frame of the private line.
fn frame(parts: &[&[u8]]) -> BytesMut {
    let length = parts.iter().map(|part| part.len()).sum();
    let mut frame = BytesMut::with_capacity(HEADER + length);
    frame.put_slice(&header(length));
    parts.iter().for_each(|part| frame.put_slice(part));
    frame
}

/// Removes the payload of the first frame from `buffer`, once it is complete. It has 1 to `limit`
/// bytes.
///
/// # Errors
/// [`WireError::UnknownKind`], [`WireError::TooLong`] and [`WireError::Empty`].
pub fn take_frame(buffer: &mut BytesMut, limit: usize) -> Result<Option<BytesMut>, WireError> {
    let Some(&[kind, high, middle, low]) = buffer.first_chunk::<HEADER>() else {
        return match buffer.first() {
            Some(&kind) if kind != PRIVATE => Err(WireError::UnknownKind(kind)),
            _ => Ok(None),
        };
    };
    if kind != PRIVATE {
        return Err(WireError::UnknownKind(kind));
    }
    let size = u32::from_be_bytes([0, high, middle, low]) as usize;
    match size {
        0 => return Err(WireError::Empty),
        size if size > limit => {
            let kind = "record";
            return Err(WireError::TooLong { kind, size, limit });
        }
        _ => {}
    }
    if buffer.len() < HEADER + size {
        return Ok(None);
    }
    buffer.advance(HEADER);
    Ok(Some(buffer.split_to(size)))
}
