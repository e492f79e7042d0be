//! A source of chance that a test can repeat.

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

/// Bytes in one SHA-256 digest.
const BLOCK: usize = 32;

/// A deterministic source of bytes: SHA-256 over a seed and a counter. Without the seed nobody can
/// predict them.
#[derive(Clone, Serialize, Deserialize)]
pub struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

/// Hides the seed, which tells every secret to come.
impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chance({} drawn)", self.drawn)
    }
}

impl Chance {
    /// The bytes of `seed`, which must be random if they must not be guessed.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 32 bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        self.array()
    }

    /// The next `N` bytes. The rest of the last 32-byte block is dropped, so no two calls share
    /// one.
    pub fn array<const N: usize>(&mut self) -> [u8; N] {
        let mut array = [0; N];
        for part in array.chunks_mut(BLOCK) {
            for (byte, drawn) in part.iter_mut().zip(self.block()) {
                *byte = drawn;
            }
        }
        array
    }

    fn block(&mut self) -> [u8; BLOCK] {
        let drawn = Sha256::new()
            .chain_update("tictalk chance")
            .chain_update(self.seed)
            .chain_update(self.drawn.to_be_bytes());
        self.drawn = self.drawn.wrapping_add(1);
        drawn.finalize().into()
    }

    /// A number below `limit`, all equally likely; 0 if the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = limit as u64;
        if limit == 0 {
            return 0;
        }
        // Numbers above the last multiple of the limit would make small results more likely.
        let fair = u64::MAX - u64::MAX % limit;
        loop {
            let number = u64::from_be_bytes(self.array());
            if number < fair {
                return usize::try_from(number % limit).unwrap_or(0);
            }
        }
    }

    /// One of these, all equally likely; `None` if there are none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
