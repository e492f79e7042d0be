//! The keys of both ends, derived from the secret of an exchange.

use super::derivation::expand;
use super::exchange::TAG;
use super::records::{PrivateLine, RecordReader, RecordWriter, Records};
use crate::wire::line_key::LineKey;
use hkdf::Hkdf;
use hkdf::hmac::{Hmac, KeyInit as _, Mac as _};
use pakery_core::encoding::lv_cat;
use pakery_cpace::CpaceOutput;
use sha2::{Digest as _, Sha512};
use zeroize::{Zeroize as _, Zeroizing};

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

/// One end of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineEnd {
    /// The end that has connected.
    Client,
    /// The end that has accepted the connection.
    Server,
}

/// What both ends derive from the secret of CPace.
pub(super) struct Keys {
    /// The key of the tags (section 9.4 of the draft), padded with zeros to the block of SHA-512 as
    /// HMAC does.
    tags: Zeroizing<[u8; 128]>,
    /// The pseudorandom key of HKDF.
    derived: Hkdf<Sha512>,
}

impl Keys {
    /// The keys of the exchange with these random bytes.
    pub(super) fn new(sid: &[u8], output: CpaceOutput) -> Self {
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
    pub(super) fn tag(&self, share: &[u8], other: &[u8]) -> [u8; TAG] {
        Hmac::<Sha512>::new((&*self.tags).into())
            .chain_update(lv_cat(&[share, other]))
            .finalize()
            .into_bytes()
            .into()
    }

    /// The outcome of the exchange at this end.
    pub(super) fn agreement(&self, end: LineEnd) -> Agreement {
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
                writer: RecordWriter::new(writer),
            },
            key: LineKey::new(*key),
            check: *check,
        }
    }
}
