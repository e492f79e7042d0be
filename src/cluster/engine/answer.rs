//! What the engine answers, in JSON.

use serde::Deserialize;
use serde::de::DeserializeOwned;

/// Why there is no answer, or not the one that was asked for.
#[derive(Debug)]
pub(super) enum Trouble {
    /// No connection, or no answer in time.
    Silent,
    /// Nobody serves the subject.
    Unserved,
    /// The request is larger than the server accepts.
    Oversize,
    /// The engine answers with an error.
    Complaint(Complaint),
    /// The answer is not in the expected form.
    Strange,
}

/// How many characters of the engine's words are shown.
const WORDS: usize = 200;

/// An error of the engine, as it words it.
#[derive(Debug, Deserialize)]
pub(super) struct Complaint {
    #[serde(default)]
    err_code: u32,
    #[serde(default)]
    description: String,
}

/// What some errors of the engine mean here. The numbers are those of `server/errors.json` in the
/// source of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    /// Its servers are choosing a leader.
    NotReady,
    NoMessage,
    NoStream,
    NameInUse,
    WrongLastSequence,
    Other,
}

impl Complaint {
    pub(super) fn meaning(&self) -> Meaning {
        match self.err_code {
            10_008 | 10_009 => Meaning::NotReady,
            10_037 => Meaning::NoMessage,
            10_058 => Meaning::NameInUse,
            10_059 => Meaning::NoStream,
            10_071 => Meaning::WrongLastSequence,
            _ => Meaning::Other,
        }
    }

    /// The words, without a full stop.
    pub(super) fn words(self) -> String {
        match self.description.trim_end_matches('.') {
            "" => format!("error {}", self.err_code),
            words => words.chars().take(WORDS).collect(),
        }
    }
}

impl Trouble {
    /// What the engine's error means, if it is one.
    pub(super) fn meaning(&self) -> Option<Meaning> {
        match self {
            Self::Complaint(complaint) => Some(complaint.meaning()),
            _ => None,
        }
    }
}

/// Reads an answer of the form `T`, or the error in its place.
pub(super) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Trouble> {
    #[derive(Deserialize)]
    struct Errand {
        error: Option<Complaint>,
    }
    let errand: Errand = serde_json::from_slice(bytes).map_err(|_| Trouble::Strange)?;
    if let Some(complaint) = errand.error {
        return Err(Trouble::Complaint(complaint));
    }
    serde_json::from_slice(bytes).map_err(|_| Trouble::Strange)
}

/// A message was stored.
#[derive(Debug, Deserialize)]
pub(super) struct Stored {
    pub(super) seq: u64,
    #[serde(default)]
    pub(super) duplicate: bool,
}

/// A stream.
#[derive(Debug, Deserialize)]
pub(super) struct StreamInfo {
    pub(super) config: StreamConfig,
    /// The time in RFC 3339. It tells two streams of one name apart.
    pub(super) created: String,
    pub(super) state: Fill,
}

#[derive(Debug, Deserialize)]
pub(super) struct StreamConfig {
    #[serde(default)]
    pub(super) subjects: Vec<String>,
    pub(super) retention: String,
    pub(super) discard: String,
    #[serde(default)]
    pub(super) max_msg_size: i64,
}

/// What is in a stream.
#[derive(Debug, Deserialize)]
pub(super) struct Fill {
    pub(super) messages: u64,
    pub(super) bytes: u64,
    pub(super) first_seq: u64,
    pub(super) last_seq: u64,
}

/// A consumer of a stream.
#[derive(Debug, Deserialize)]
pub(super) struct ConsumerInfo {
    pub(super) name: String,
    /// How many messages it has to deliver.
    #[serde(default)]
    pub(super) num_pending: u64,
}

/// A message that was asked for.
#[derive(Debug, Deserialize)]
pub(super) struct Fetched {
    pub(super) message: FetchedMessage,
}

#[derive(Debug, Deserialize)]
pub(super) struct FetchedMessage {
    pub(super) subject: String,
    pub(super) seq: u64,
    /// In base64.
    #[serde(default)]
    pub(super) data: String,
    /// In RFC 3339.
    pub(super) time: String,
}

/// Messages were removed.
#[derive(Debug, Deserialize)]
pub(super) struct Purged {
    pub(super) purged: u64,
}

#[cfg(test)]
#[expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on should stop there"
)]
mod tests {
    use super::{Meaning, Stored, Trouble, read};

    #[test]
    fn an_answer_or_its_error_is_read() {
        let stored: Stored = read(br#"{"stream":"a","seq":7}"#).unwrap();
        assert_eq!((stored.seq, stored.duplicate), (7, false));
        let stored: Stored = read(br#"{"stream":"a","seq":7,"duplicate":true}"#).unwrap();
        assert_eq!((stored.seq, stored.duplicate), (7, true));
        let error = br#"{"error":{"code":400,"err_code":10071,"description":"wrong: 3"},"seq":0}"#;
        let trouble = read::<Stored>(error).unwrap_err();
        assert_eq!(trouble.meaning(), Some(Meaning::WrongLastSequence));
        for strange in [&b""[..], b"+OK", b"{}", b"[]", br#"{"seq":-1}"#] {
            let trouble = read::<Stored>(strange).unwrap_err();
            assert!(matches!(trouble, Trouble::Strange), "{trouble:?}");
        }
    }
}
