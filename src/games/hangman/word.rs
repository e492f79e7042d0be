//! The words that can be guessed.

use crate::games::chance::Chance;
use std::ops::RangeInclusive;

/// The words that a program draws from: 4 to 12 letters, in order, one a line.
const WORDS: &str = include_str!("words.txt");

/// How many letters a word has.
pub(super) const LENGTHS: RangeInclusive<usize> = 3..=20;

/// The built-in words, in order.
pub(super) fn all() -> impl Iterator<Item = &'static str> {
    WORDS.lines()
}

/// One of the built-in words, all equally likely.
#[expect(clippy::expect_used, reason = "the list is a part of the program")]
pub(super) fn draw(chance: &mut Chance) -> &'static str {
    let words: Vec<&str> = all().collect();
    chance.pick(&words).expect("the list has words")
}

/// Whether `text` has the form of a word, as programs write it.
pub(super) fn is_word(text: &str) -> bool {
    LENGTHS.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_lowercase())
}

/// What a person has typed, as programs write it.
pub(super) fn tidy(typed: &str) -> String {
    // Only ASCII: some foreign capitals have an English small letter.
    typed.trim().to_ascii_lowercase()
}
