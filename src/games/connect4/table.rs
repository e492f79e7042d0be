//! The transposition table of the solver.

/// The number of bits of a position's key.
const KEY_BITS: u32 = 49;

/// An odd number, so that multiplication by it is invertible; otherwise arbitrary.
const MIX: u64 = 0x9E37_79B9_7F4A_7C15;

/// The bits for each of the two bounds, and for the work that went into them.
const FIELD: u32 = 6;

/// Added to a bound to make it positive: an entry of 0 is empty.
const OFFSET: i32 = 32;

/// The number of entries per bucket.
const WAYS: usize = 2;

/// The minimum size of a table in bytes.
const LEAST: usize = 1 << 19;

/// A table of a fixed size. When a bucket is full, the entry that took the least work is replaced.
///
/// An entry is one number: the part of the key that its bucket does not imply, a lower and an upper
/// bound of the score, and the logarithm of the nodes that they took.
#[derive(Debug)]
pub(super) struct TranspositionTable {
    entries: Vec<u64>,
    /// The bits of a key that the bucket does not imply.
    rest_bits: u32,
}

/// The bounds of a position's score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    /// The score is at least this.
    pub(super) low: i32,
    /// The score is at most this.
    pub(super) high: i32,
}

impl TranspositionTable {
    /// A table of at most `bytes`, rounded down to a power of two, and at least 512 KiB: with fewer
    /// buckets an entry could not hold the rest of the key.
    pub(super) fn new(bytes: usize) -> Self {
        let bits = bytes.max(LEAST).ilog2();
        let places = bits - (size_of::<u64>() * WAYS).ilog2();
        Self {
            // The system allocates zeroed pages only on the first write.
            entries: vec![0; WAYS << places],
            rest_bits: KEY_BITS - places,
        }
    }

    /// Removes all entries.
    pub(super) fn clear(&mut self) {
        self.entries = vec![0; self.entries.len()];
    }

    /// The bucket of `key`, and the part of the key that distinguishes it there.
    fn place(&self, key: u64) -> (usize, u64) {
        let mixed = key.wrapping_mul(MIX) & ((1 << KEY_BITS) - 1);
        let place = (mixed >> self.rest_bits) as usize;
        (place * WAYS, mixed & ((1 << self.rest_bits) - 1))
    }

    /// What is known of the position with this key.
    pub(super) fn get(&self, key: u64) -> Option<Bounds> {
        let (start, rest) = self.place(key);
        let entries = self.entries.get(start..start + WAYS)?;
        let entry = entries
            .iter()
            .find(|&&entry| entry != 0 && entry >> (3 * FIELD) == rest)?;
        Some(bounds(*entry))
    }

    /// Remembers what is known of the position with this key, after `nodes` more nodes.
    pub(super) fn put(&mut self, key: u64, bounds: Bounds, nodes: u64) {
        let (start, rest) = self.place(key);
        let work = u64::from(nodes.max(1).ilog2());
        let entry =
            ((rest << FIELD | field(bounds.low)) << FIELD | field(bounds.high)) << FIELD | work;
        if let Some([first, second]) = self.entries.get_mut(start..start + WAYS) {
            if *first >> (3 * FIELD) == rest || work >= work_of(*first) {
                if *first >> (3 * FIELD) != rest {
                    *second = *first;
                }
                *first = entry;
            } else {
                *second = entry;
            }
        }
    }
}

fn field(bound: i32) -> u64 {
    (bound + OFFSET) as u64
}

fn bounds(entry: u64) -> Bounds {
    let field = |shift: u32| ((entry >> shift) & ((1 << FIELD) - 1)) as i32 - OFFSET;
    Bounds {
        low: field(2 * FIELD),
        high: field(FIELD),
    }
}

fn work_of(entry: u64) -> u64 {
    entry & ((1 << FIELD) - 1)
}
