//! Where the games get their chance from.

use sha2::{Digest as _, Sha256};

/// Bytes in one SHA-256 digest.
const BLOCK: usize = 32;

/// A source of bytes that nobody can guess who does not know its seed, and that are always the same
/// for the same seed: SHA-256 of the seed and a counter.
#[derive(Clone)]
pub struct Chance {
    seed: [u8; 32],
    drawn: u64,
}

/// Whoever knows the seed knows every secret to come.
impl std::fmt::Debug for Chance {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Chance({} drawn)", self.drawn)
    }
}

impl Chance {
    /// All that can be drawn from `seed`, which has to be random where somebody must not guess it.
    #[must_use]
    pub fn new(seed: [u8; 32]) -> Self {
        Self { seed, drawn: 0 }
    }

    /// The next 32 bytes.
    pub fn bytes(&mut self) -> [u8; 32] {
        self.array()
    }

    /// The next `N` bytes, from as many blocks of 32 as that takes. The rest of the last block is
    /// dropped, so two calls never share one.
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
        self.drawn += 1;
        drawn.finalize().into()
    }

    /// A number below `limit`, each as likely as the other; 0 where the limit is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        let limit = limit as u64;
        if limit == 0 {
            return 0;
        }
        // The numbers above the last multiple of the limit would make the small ones likelier.
        let fair = u64::MAX - u64::MAX % limit;
        loop {
            let number = u64::from_be_bytes(self.array());
            if number < fair {
                return usize::try_from(number % limit).unwrap_or(0);
            }
        }
    }

    /// One of these; `None` where there is none.
    pub fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        from.get(self.below(from.len()))
    }
}
