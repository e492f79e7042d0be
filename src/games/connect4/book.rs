//! The opening book: the best moves where the solver would think too long.
//!
//! It holds only positions that can come up when the moves of one side are always the best ones,
//! each together with its mirror image, and of these only the ones for which the solver, starting
//! with an empty table, needs more than four million nodes, a part of what
//! [`Skill::Perfect`](crate::games::Skill::Perfect) may spend. `cargo run --release --example
//! connect4_book` computes it.

use super::position::{COLUMNS, Position, ROWS};
use super::score::{Score, Suggestion};

/// The entries, sorted. Each is [`ENTRY`] bytes, most significant first, of which the upper 31 bits
/// are the position, then 6 bits its score and 3 bits the column to play.
const BOOK: &[u8] = include_bytes!("book.bin");

/// The bytes of an entry.
const ENTRY: usize = 5;

/// The most stones of a position in the book: with these, and a mark after each of the seven
/// columns, its number is less than 3^19, which is less than 2^31.
const MOST_STONES: u32 = 12;

/// What is added to a score so that it is not negative.
const OFFSET: i32 = 32;

/// The best move in `position` and its score, if the book has it.
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
        forecast: Some(Score::new(score)),
    })
}

/// How many positions the book has, each counted once with its mirror image.
#[must_use]
pub fn len() -> usize {
    BOOK.len() / ENTRY
}

/// The book entry that says: in `position`, play `column`, which gives `score`. `None` when the
/// position has too many stones for a book.
#[must_use]
pub fn entry(position: Position, column: usize, score: Score) -> Option<[u8; ENTRY]> {
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

/// A number of its own for each position of few stones: its columns, each from below and ended by
/// a 0, read as digits of a number to the base of 3.
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
