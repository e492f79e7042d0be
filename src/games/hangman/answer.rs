//! Guesses and their answers.

use std::fmt::Write as _;

/// A guess and its answer.
#[derive(Debug, Clone)]
pub(super) struct Answered {
    /// A letter, or a whole word.
    pub(super) guess: String,
    /// The places of the guess in the word, from 1, ascending; empty for a miss.
    pub(super) places: Vec<usize>,
}

impl Answered {
    /// The true answer to `guess` for this word.
    pub(super) fn truly(guess: &str, word: &str) -> Self {
        Self {
            guess: guess.to_owned(),
            places: places(guess, word).collect(),
        }
    }

    /// Whether this is the true answer for this word.
    pub(super) fn is_true_of(&self, word: &str) -> bool {
        places(&self.guess, word).eq(self.places.iter().copied())
    }

    /// The answer to `guess` in `words`, if they are in its standard form.
    pub(super) fn read(guess: &str, words: &str) -> Option<Self> {
        let places = match words.split_once(" at ") {
            Some((_, places)) => places.split(' ').map(|place| place.parse().ok()).collect(),
            None => Some(Vec::new()),
        };
        let guess = guess.to_owned();
        let answer = places.map(|places| Self { guess, places })?;
        // The form is unique: ascending, without signs or leading zeros.
        let is_rising = answer.places.is_sorted_by(|one, next| one < next);
        (is_rising && answer.words() == words).then_some(answer)
    }

    /// The answer in its standard form.
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

    /// The letter that this guess opened at `place`.
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

/// The places of `guess` in `word`, from 1: those of a letter, or all if it is the whole word.
pub(super) fn places(guess: &str, word: &str) -> impl Iterator<Item = usize> {
    let is_word = guess == word;
    let letter = guess.chars().next().filter(|_| is_letter(guess));
    let letters = (1..).zip(word.chars());
    letters.filter_map(move |(place, it)| (is_word || letter == Some(it)).then_some(place))
}

/// Whether `guess` is one lower-case letter.
pub(super) fn is_letter(guess: &str) -> bool {
    guess.len() == 1 && guess.bytes().all(|byte| byte.is_ascii_lowercase())
}
