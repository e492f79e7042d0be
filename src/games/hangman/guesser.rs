//! Computer players: guesses by the words that still fit.

use super::Hangman;
use crate::games::advice::Skill;
use crate::games::chance::Chance;

impl Hangman {
    /// The built-in words that agree with all answers so far.
    fn fitting(&self) -> Vec<&'static str> {
        let fits = |word: &&str| {
            word.len() == self.length && self.guessed.iter().all(|given| given.is_true_of(word))
        };
        Self::words().filter(fits).collect()
    }

    /// A good guess. Perfect considers the words that fit, medium those of the right length, and easy
    /// guesses like medium half of the time and else any letter of a word.
    pub(super) fn guess(&self, skill: Skill, chance: &mut Chance) -> Option<String> {
        let is_careless = skill == Skill::Easy && chance.below(2) == 0;
        let fitting = self.fitting();
        if let (Skill::Medium | Skill::Perfect, [word]) = (skill, fitting.as_slice()) {
            return Some((*word).to_owned());
        }
        let all: Vec<&str> = Self::words().collect();
        let mut words = match skill {
            _ if is_careless => Vec::new(),
            Skill::Easy | Skill::Medium => {
                let mut words = all.clone();
                words.retain(|word| word.len() == self.length);
                words
            }
            Skill::Perfect => fitting,
        };
        if words.is_empty() {
            words = all;
        }
        let letters = self.letters().map(|letter| {
            let having = words.iter().filter(|word| word.contains(letter));
            (letter, having.count())
        });
        let letter = match is_careless {
            true => {
                // Add one, so that no letter is impossible.
                let weights: Vec<_> = letters.map(|(letter, count)| (letter, count + 1)).collect();
                let mut drawn = chance.below(weights.iter().map(|(_, weight)| weight).sum());
                weights.into_iter().find_map(|(letter, weight)| {
                    let is_here = drawn < weight;
                    drawn = drawn.saturating_sub(weight);
                    is_here.then_some(letter)
                })
            }
            // `max_by_key` takes the last of equal letters: reverse, to take the first.
            false => {
                let letters: Vec<_> = letters.collect();
                let most = letters.into_iter().rev().max_by_key(|(_, count)| *count);
                most.map(|(letter, _)| letter)
            }
        };
        letter.map(String::from)
    }
}
