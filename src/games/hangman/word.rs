//! Words to guess, built-in and typed.

use crate::games::chance::Chance;
use std::ops::RangeInclusive;

/// The built-in words: 4 to 12 letters, sorted, one per line.
const WORDS: &str = include_str!("words.txt");

/// The allowed lengths of a word.
pub(super) const LENGTHS: RangeInclusive<usize> = 3..=20;

/// The built-in words, in alphabetical order.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    WORDS.lines()
}

/// One of the built-in words, all equally likely.
#[expect(clippy::expect_used, reason = "the list is a part of the program")]
pub(super) fn draw(chance: &mut Chance) -> &'static str {
    let words: Vec<&str> = all().collect();
    chance.pick(&words).expect("the list has words")
}

/// Whether `text` is a word in its standard form.
pub(super) fn is_word(text: &str) -> bool {
    LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// Typed words in their standard form.
pub(super) fn tidy(typed: &str) -> String {
    // ASCII only: the lower case of some other letters is an ASCII letter.
    typed.trim().to_ascii_lowercase()
}
