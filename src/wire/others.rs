//! The other machines that serve a room.

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// The addresses of the other machines that serve a room, each as `HOST:PORT`. Foreign text: their
/// number and length are limited here, and whoever connects to one checks what it is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<Entry>")]
pub struct Others(Vec<String>);

/// An entry of a received list. An entry that is no text is none of ours to understand.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Entry {
    Address(String),
    Other(IgnoredAny),
}

impl Others {
    /// How many addresses are kept: the first ones.
    pub const LIMIT: usize = 16;

    /// The maximum length of an address in bytes: a host name, a colon, and a port. A longer one is
    /// left out.
    pub const LONGEST: usize = 259;

    /// Whether there is no other machine.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The addresses, in the order in which they were named.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }
}

impl FromIterator<String> for Others {
    fn from_iter<I: IntoIterator<Item = String>>(addresses: I) -> Self {
        let addresses = addresses.into_iter();
        let addresses = addresses.filter(|address| address.len() <= Self::LONGEST);
        Self(addresses.take(Self::LIMIT).collect())
    }
}

impl From<Vec<Entry>> for Others {
    fn from(entries: Vec<Entry>) -> Self {
        let addresses = entries.into_iter().filter_map(|entry| match entry {
            Entry::Address(address) => Some(address),
            Entry::Other(IgnoredAny) => None,
        });
        addresses.collect()
    }
}
