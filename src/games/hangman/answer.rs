//! A guess and its answer, and when that is true.

use std::fmt::Write as _;

/// A guess, and what was answered.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    /// A letter, or a whole word.
    pub(super) guess: String,
    /// Where it stands in the word, from 1, in order; nowhere where it is a miss.
    pub(super) places: Vec<usize>,
}

impl Answered {
    /// The true answer to `guess`, where `word` is the word.
    pub(super) fn truly(guess: &str, word: &str) -> Self {
        Self {
            guess: guess.to_owned(),
            places: places(guess, word).collect(),
        }
    }

    /// Whether it is the true answer where `word` is the word.
    pub(super) fn is_true_of(&self, word: &str) -> bool {
        places(&self.guess, word).eq(self.places.iter().copied())
    }

    /// The answer to `guess` that `words` give, if they are one.
    pub(super) fn read(guess: &str, words: &str) -> Option<Self> {
        let places = match words.split_once(" at ") {
            Some((_, places)) => places.split(' ').map(|place| place.parse().ok()).collect(),
            None => Some(Vec::new()),
        };
        let guess = guess.to_owned();
        let answer = places.map(|places| Self { guess, places })?;
        // There is one way to write an answer: no signs, no zeros in front, in order.
        let is_rising = answer.places.is_sorted_by(|one, next| one < next);
        (is_rising && answer.words() == words).then_some(answer)
    }

    /// The answer as it is sent.
    pub(super) fn words(&self) -> String {
        let mut words = if self.is_miss() {
            format!("no {}", self.guess)
        } else {
            format!("{} at", self.guess)
        };
        for place in &self.places {
            let _ = write!(words, " {place}");
        }
        words
    }

    pub(super) fn is_miss(&self) -> bool {
        self.places.is_empty()
    }

    /// The letter that this guess has opened at `place`.
    pub(super) fn letter_at(&self, place: usize) -> Option<char> {
        if !self.places.contains(&place) {
            return None;
        }
        if is_letter(&self.guess) {
            self.guess.chars().next()
        } else {
            self.guess.chars().nth(place - 1)
        }
    }
}

/// Where `guess` stands in `word`, from 1: a letter wherever it is, a whole word everywhere if it is
/// the right one.
pub(super) fn places(guess: &str, word: &str) -> impl Iterator<Item = usize> {
    let is_word = guess == word;
    let letter = guess.chars().next().filter(|_| is_letter(guess));
    let letters = (1..).zip(word.chars());
    letters.filter_map(move |(place, it)| (is_word || letter == Some(it)).then_some(place))
}

/// Whether `guess` is one letter, as programs write it.
pub(super) fn is_letter(guess: &str) -> bool {
    guess.len() == 1 && guess.bytes().all(|byte| byte.is_ascii_lowercase())
}
