//! Words to guess, built-in and typed.

use crate::games::advice::Skill;
use crate::games::chance::Chance;
use std::cmp::Reverse;
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

/// From this many drawn words, [`for_player`] chooses the easiest or the hardest.
const CHOICE: usize = 8;

/// One of the built-in words for a player of this skill to set: at easy a word that is easily
/// guessed, at perfect one that is hard to guess.
pub(super) fn for_player(skill: Skill, chance: &mut Chance) -> &'static str {
    let letters = by_frequency();
    let mut drawn: Vec<&str> = (0..CHOICE).map(|_| draw(chance)).collect();
    match skill {
        Skill::Medium => {}
        Skill::Easy => drawn.sort_by_key(|word| difficulty(word, &letters)),
        Skill::Perfect => drawn.sort_by_key(|word| Reverse(difficulty(word, &letters))),
    }
    drawn.first().copied().unwrap_or_else(|| draw(chance))
}

/// The letters of the built-in words, those of most words first.
fn by_frequency() -> Vec<char> {
    let words = |letter: &char| all().filter(|word| word.contains(*letter)).count();
    let mut letters: Vec<char> = ('a'..='z').collect();
    letters.sort_by_cached_key(|letter| Reverse(words(letter)));
    letters
}

/// How many misses the whole word costs a player who guesses `letters` in this order.
fn difficulty(word: &str, letters: &[char]) -> usize {
    let has = |letter: &&char| word.contains(**letter);
    let tries = letters.iter().rposition(|letter| has(&letter)).unwrap_or(0);
    let hits = letters.iter().filter(has).count();
    (tries + 1).saturating_sub(hits)
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
