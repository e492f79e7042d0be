//! Drawings of the gallows, the word and the misses.

use super::answer::Answered;
use super::{Hangman, HangmanStage, MISSES};
use crate::games::{Board, Mark, Outcome, Seat, Span};

impl Hangman {
    pub(super) fn drawing(&self, reader: Seat) -> Board {
        let frame = |text: String| vec![Span::new(text, Mark::Frame)];
        let mut lines = vec![Vec::new()];
        if self.length == 0 {
            lines.push(frame("no word yet".to_owned()));
        } else {
            lines.push(self.drawn_pattern());
            lines.push(Vec::new());
            lines.push(frame(format!("misses {} of {MISSES}", self.misses())));
            lines.extend(self.drawn_misses());
        }
        if let Some(last) = self.guessed.last() {
            lines.push(frame(format!("last guess: {}", last.guess)));
        }
        if let Some(word) = self.word(reader) {
            lines.push(frame(format!("the word: {word}")));
        }
        self.gallows().beside(Board::new(lines), 5)
    }

    /// The gallows, with one part of the man per miss.
    fn gallows(&self) -> Board {
        const BODY: [char; MISSES] = ['O', '|', '/', '\\', '/', '\\'];
        let misses = self.misses();
        let has_missed = self.guessed.last().is_some_and(Answered::is_miss);
        let part = |number: usize| {
            let sign = BODY.get(number - 1).filter(|_| number <= misses);
            let mark = if sign.is_none() {
                Mark::Frame
            } else if misses == MISSES {
                Mark::Winning(Seat::Second)
            } else if has_missed && number == misses {
                Mark::Last(Seat::Second)
            } else {
                Mark::Held(Seat::Second)
            };
            Span::new(sign.copied().unwrap_or(' '), mark)
        };
        let frame = |text: &str| Span::new(text, Mark::Frame);
        Board::new(vec![
            vec![frame("   +---+")],
            vec![frame("   |   |")],
            vec![frame("   |   "), part(1)],
            vec![frame("   |  "), part(3), part(2), part(4)],
            vec![frame("   |  "), part(5), frame(" "), part(6)],
            vec![frame("   |")],
            vec![frame("  =======")],
        ])
    }

    /// The letters of the word; hidden ones as `_`.
    fn drawn_pattern(&self) -> Vec<Span> {
        let has_won = matches!(self.stage, HangmanStage::Over(Outcome::Won(Seat::First)));
        let mut line = Vec::new();
        for (letter, is_new) in self.pattern() {
            if !line.is_empty() {
                line.push(Span::new(" ", Mark::Frame));
            }
            line.push(match letter {
                None => Span::new("_", Mark::Free),
                Some(letter) if has_won && self.is_open() => {
                    Span::new(letter, Mark::Winning(Seat::First))
                }
                Some(letter) if is_new => Span::new(letter, Mark::Last(Seat::First)),
                Some(letter) => Span::new(letter, Mark::Held(Seat::First)),
            });
        }
        line
    }

    /// The wrong guesses, in lines that fit beside the gallows on a narrow screen.
    fn drawn_misses(&self) -> Vec<Vec<Span>> {
        const WIDTH: usize = 42;
        let missed = self.guessed.iter().enumerate();
        let missed = missed.filter(|(_, guess)| guess.is_miss());
        let mut lines = Vec::new();
        let mut line: Vec<Span> = Vec::new();
        let mut width = 0;
        for (at, Answered { guess, .. }) in missed {
            if !line.is_empty() && width + 1 + guess.len() > WIDTH {
                lines.push(std::mem::take(&mut line));
                width = 0;
            }
            if !line.is_empty() {
                line.push(Span::new(" ", Mark::Frame));
                width += 1;
            }
            width += guess.len();
            let mark = if at + 1 == self.guessed.len() {
                Mark::Last(Seat::Second)
            } else {
                Mark::Held(Seat::Second)
            };
            line.push(Span::new(guess, mark));
        }
        if !line.is_empty() {
            lines.push(line);
        }
        lines
    }
}
