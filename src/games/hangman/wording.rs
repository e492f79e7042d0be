//! The texts of a game of hangman.

use super::answer::{Answered, is_letter};
use super::{Hangman, HangmanStage, MISSES, WordSource};
use crate::games::wording::joined;
use crate::games::{OTHER, Outcome, Seat};
use std::fmt::Write as _;

impl Hangman {
    pub(super) fn description(&self, reader: Seat) -> String {
        let mut words = String::from("hangman");
        if self.length == 0 {
            words.push_str(", no word yet");
            return words;
        }
        let _ = write!(words, ", a word of {} letters", self.length);
        let mut hidden = Vec::new();
        for (place, (letter, _)) in (1..).zip(self.pattern()) {
            match letter {
                Some(letter) => {
                    let _ = write!(words, "; {place} is {letter}");
                }
                None => hidden.push(place),
            }
        }
        if !hidden.is_empty() {
            let _ = write!(words, "; hidden: {}", joined(&hidden));
        }
        let _ = write!(words, "; {} of {MISSES} misses", self.misses());
        let missed = self.guessed.iter().filter(|guess| guess.is_miss());
        let missed: Vec<&str> = missed.map(|guess| guess.guess.as_str()).collect();
        if !missed.is_empty() {
            let _ = write!(words, ": {}", missed.join(", "));
        }
        if let Some(word) = self.word(reader) {
            let _ = write!(words, "; the word: {word}");
        }
        words
    }

    pub(super) fn move_help(&self) -> &'static str {
        match (&self.stage, self.source) {
            (HangmanStage::Sealing, WordSource::Person) => {
                "Type the word, 3 to 20 letters, a to z. It is not shown."
            }
            (HangmanStage::Sealing, WordSource::List) => {
                "The program draws a word of 4 to 12 letters."
            }
            (HangmanStage::Guessing(_), _) => "Guess a letter, such as e, or the whole word.",
            _ => "The programs finish the game automatically.",
        }
    }

    pub(super) fn instructions(&self, reader: Seat) -> &'static str {
        match reader {
            Seat::First => "Guess a letter, or the whole word. Six misses and you lose.",
            Seat::Second => self.move_help(),
        }
    }

    pub(super) fn introduction(&self, reader: Seat) -> String {
        match (reader, self.source) {
            (Seat::First, WordSource::Person) => {
                format!("{OTHER} thinks of a word, and you guess it.")
            }
            (Seat::First, WordSource::List) => {
                format!("{OTHER}'s program draws a word, and you guess it.")
            }
            (Seat::Second, WordSource::Person) => {
                format!("you think of a word, and {OTHER} guesses it.")
            }
            (Seat::Second, WordSource::List) => {
                format!("your program draws a word, and {OTHER} guesses it.")
            }
        }
    }

    pub(super) fn report(&self, reader: Seat) -> String {
        let mut news = Vec::new();
        match (&self.stage, self.guessed.last()) {
            (HangmanStage::Sealing | HangmanStage::Showing(_), _) => {}
            (HangmanStage::Answering(_, guess), _) => {
                if reader == Seat::Second {
                    news.push(format!("{OTHER} guesses {guess}."));
                }
            }
            (HangmanStage::Guessing(_), None) => {
                let length = self.length;
                news.push(match (reader, self.word(reader)) {
                    (Seat::First, _) => {
                        format!("The word has {length} letters and is sealed: it cannot change.")
                    }
                    (Seat::Second, None) => format!("Your word of {length} letters is sealed."),
                    (Seat::Second, Some(word)) => format!("Your word is {word}. It is sealed."),
                });
            }
            (HangmanStage::Guessing(_) | HangmanStage::Over(Outcome::Won(_)), Some(last))
                if !self.is_given_up =>
            {
                let Answered { guess, places } = last;
                let misses = self.misses();
                if is_letter(guess) && last.is_miss() {
                    news.push(format!("There is no {guess}: {misses} of {MISSES} misses."));
                } else if last.is_miss() {
                    news.push(format!(
                        "{guess} is not the word: {misses} of {MISSES} misses."
                    ));
                } else if is_letter(guess) {
                    news.push(format!("{guess} is at {}.", joined(places)));
                }
            }
            (HangmanStage::Guessing(_) | HangmanStage::Over(_), _) => {}
        }
        if let Some(word) = &self.shown {
            news.push(format!("The word was {word}."));
        }
        news.join("\n")
    }
}
