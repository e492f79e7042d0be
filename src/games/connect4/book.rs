//! The opening book: the best moves in positions that take the solver too long.
//!
//! The book has the positions that can arise if one side always plays the best move, each together
//! with its mirror image, and of these only those for which the solver needs more than four million
//! nodes from an empty table, a part of the budget of
//! [`Skill::Perfect`](crate::games::Skill::Perfect). `cargo run --release --example connect4_book`
//! computes it.

use super::position::{COLUMNS, Position, ROWS};
use super::score::{SolverScore, Suggestion};

/// The sorted entries. Each has [`ENTRY`] bytes, big-endian: 31 bits for the position, 6 for its
/// score and 3 for the column to play.
const BOOK: &[u8] = include_bytes!("book.bin");

/// The length of an entry in bytes.
const ENTRY: usize = 5;

/// The maximum number of stones of a position in the book. With a mark after each of the seven
/// columns, its number is below 3^19 and thus below 2^31.
const MOST_STONES: u32 = 12;

/// Added to a score to make it non-negative.
const OFFSET: i32 = 32;

/// The best move in `position` and its score, if the position is in the book.
#[must_use]
pub fn look_up(position: Position) -> Option<Suggestion> {
    let number = number(position)?;
    let mirrored = self::number(position.mirrored())?;
    let (entries, _) = BOOK.as_chunks::<ENTRY>();
    let at = entries
        .binary_search_by_key(&number.min(mirrored), |entry| unpack(entry).0)
        .ok()?;
    let (_, score, column) = unpack(entries.get(at)?);
    Some(Suggestion {
        column: if mirrored < number {
            COLUMNS - 1 - column
        } else {
            column
        },
        forecast: Some(SolverScore::new(score)),
    })
}

/// The number of positions in the book, not counting mirror images.
#[must_use]
pub fn len() -> usize {
    BOOK.len() / ENTRY
}

/// The entry for playing `column` in `position`, with `score`. `None` if the position has too many
/// stones for the book.
#[must_use]
pub fn entry(position: Position, column: usize, score: SolverScore) -> Option<[u8; ENTRY]> {
    let number = number(position)?;
    let mirrored = self::number(position.mirrored())?;
    let column = if mirrored < number {
        COLUMNS - 1 - column
    } else {
        column
    };
    let score = (score.value() + OFFSET) as u64;
    let packed = u64::from(number.min(mirrored)) << 9 | score << 3 | column as u64;
    let [_, _, _, bytes @ ..] = packed.to_be_bytes();
    Some(bytes)
}

/// The position, score and column of an entry.
fn unpack(entry: &[u8; ENTRY]) -> (u32, i32, usize) {
    let packed = entry
        .iter()
        .fold(0_u64, |packed, byte| packed << 8 | u64::from(*byte));
    (
        (packed >> 9) as u32,
        ((packed >> 3) & 0x3F) as i32 - OFFSET,
        (packed & 7) as usize,
    )
}

/// A unique number for each position of few stones: its columns, each from the bottom and ended by
/// a 0, as the digits of a ternary number.
fn number(position: Position) -> Option<u32> {
    if position.plies() > MOST_STONES {
        return None;
    }
    let stones = (0..COLUMNS).flat_map(|column| {
        (0..ROWS)
            .map_while(move |row| position.square(column, row))
            .map(|seat| if seat == position.to_move() { 1 } else { 2 })
            .chain([0])
    });
    Some(stones.fold(0, |number, digit| number * 3 + digit))
}
