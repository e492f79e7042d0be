//! The records of a private line, which are sealed and opened in order.

use super::derivation::expand;
use super::framing::{HEADER, header, take_frame};
use crate::wire::error::WireError;
use bytes::{BufMut as _, BytesMut};
use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce as RecordNonce, Tag};
use hkdf::Hkdf;
use sha2::Sha512;
use std::fmt;
use zeroize::Zeroizing;

/// The maximum length of what a record contains.
pub const MAX_RECORD: usize = 16_384;

/// How many records are sealed with one key.
const RECORDS_OF_A_KEY: u64 = 1 << 16;

/// The length of what authenticates a record.
const SEAL: usize = 16;

/// A line of two programs: everything that one of them sends is encrypted, and the other notices
/// every change.
#[derive(Debug)]
pub struct PrivateLine {
    /// Opens the records that arrive.
    pub reader: RecordReader,
    /// Seals the records that are sent.
    pub writer: RecordWriter,
}

/// The keys of one direction. Each record has its own nonce: the number of the record. Keys come from
/// an exchange with fresh random numbers of both ends, so no nonce is ever used twice with a key.
pub(super) struct Records {
    /// What the key was derived from, and the next key will be.
    chain: Zeroizing<[u8; 64]>,
    cipher: ChaCha20Poly1305,
    next: u64,
}

impl Records {
    /// The records of the direction whose keys are derived from this chain.
    pub(super) fn new(chain: Zeroizing<[u8; 64]>) -> Self {
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
    /// Seals with these keys.
    pub(super) fn new(records: Records) -> Self {
        Self { records }
    }

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
    /// Opens with these keys.
    pub(super) fn new(records: Records) -> Self {
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
