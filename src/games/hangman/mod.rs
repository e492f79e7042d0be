//! Hangman: the second seat knows a word, the first seat guesses it letter by letter.
//!
//! The word is sealed before the first guess and opened after the last, so it cannot change in
//! between, and every answer is checked against it in the end:
//!
//! | turn | seat | words sent |
//! |---|---|---|
//! | 1 | second | `word 9 <seal>`: the length of the word, and its seal |
//! | 2 | first | the guess: `e`, or a whole word |
//! | 3 | second | `e at 2 4`: all places of the letter, from 1; or `no e` |
//!
//! Turns 2 and 3 repeat until a guess ends the game; the answer to that one is the opening of the
//! seal, `telescope <salt>`. All answers are automatic.

use super::seal::{GameId, Opening, Seal};
use super::{
    Advice, Board, Chance, Choice, Entry, Game, Illegal, Lie, Next, Options, Outcome, Rules, Said,
    Seat, Secrets, Skill,
};
use answer::{Answered, is_letter};
use word::{LENGTHS, is_word, tidy};

mod answer;
mod drawing;
mod guesser;
mod word;
mod wording;

pub(super) const ENTRY: Entry = Entry {
    name: "hangman",
    aliases: &[],
    about: "guess a word letter by letter; six misses lose",
    options: Options::Words {
        usage: "--words for a word that the program draws",
        example: FROM_LIST,
        read: read_options,
    },
    rules: Rules::Secret {
        start: |options, id| {
            let source = match options {
                FROM_LIST => WordSource::List,
                _ => WordSource::Person,
            };
            Box::new(Hangman::new(source, id))
        },
        in_rooms: false,
    },
};

/// The option to draw the word from the list.
const FROM_LIST: &str = "--words";

/// The number of misses that lose the game: head, body, two arms, two legs.
const MISSES: usize = 6;

fn read_options(words: &str) -> Option<String> {
    ["", FROM_LIST].contains(&words).then(|| words.to_owned())
}

/// The source of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WordSource {
    /// The person in the second seat: any 3 to 20 letters.
    Person,
    /// The program of the second seat, which draws one of [`Hangman::words`].
    List,
}

/// A game of hangman. The first seat guesses the word of the second.
#[derive(Debug, Clone)]
pub struct Hangman {
    id: GameId,
    source: WordSource,
    stage: HangmanStage,
    /// The length of the word; 0 before it is sealed.
    length: usize,
    /// The answered guesses, in order.
    guessed: Vec<Answered>,
    /// The word, once opened and found to match its seal and the rules.
    shown: Option<String>,
    /// Whether a seat has resigned.
    is_given_up: bool,
    /// The secret of this copy's own seat.
    kept: Option<Opening>,
}

#[derive(Debug, Clone)]
enum HangmanStage {
    /// The second seat seals a word.
    Sealing,
    /// The first seat guesses.
    Guessing(Seal),
    /// The program of the second seat answers this guess.
    Answering(Seal, String),
    /// The first seat has resigned; the program of the second opens the word.
    Showing(Seal),
    Over(Outcome),
}

impl Hangman {
    /// A game without a word yet.
    #[must_use]
    pub fn new(source: WordSource, id: GameId) -> Self {
        Self {
            id,
            source,
            stage: HangmanStage::Sealing,
            length: 0,
            guessed: Vec::new(),
            shown: None,
            is_given_up: false,
            kept: None,
        }
    }

    /// The built-in words, 4 to 12 letters a to z, in alphabetical order.
    pub fn words() -> impl Iterator<Item = &'static str> {
        word::all()
    }

    /// The number of wrong guesses.
    fn misses(&self) -> usize {
        self.guessed.iter().filter(|guess| guess.is_miss()).count()
    }

    /// For each place of the word, its letter if it is open, and whether the last guess opened it.
    fn pattern(&self) -> impl Iterator<Item = (Option<char>, bool)> {
        (1..=self.length).map(|place| {
            let at = |guess: &Answered| guess.letter_at(place);
            let is_new = self.guessed.last().and_then(at).is_some();
            (self.guessed.iter().find_map(at), is_new)
        })
    }

    fn is_open(&self) -> bool {
        self.pattern().all(|(letter, _)| letter.is_some())
    }

    /// The letters not guessed yet.
    fn letters(&self) -> impl Iterator<Item = char> {
        ('a'..='z').filter(|letter| {
            let is_it = |guess: &Answered| guess.guess == letter.to_string();
            !self.guessed.iter().any(is_it)
        })
    }

    /// Why `guess` is illegal; `None` if it is legal.
    fn objection(&self, guess: &str) -> Option<Illegal> {
        let length = self.length;
        if !is_letter(guess) && !is_word(guess) {
            let moves = self.moves();
            Some(Illegal::Unreadable { moves })
        } else if self.guessed.iter().any(|before| before.guess == guess) {
            Some(Illegal::Against(format!(
                "{guess} has already been guessed."
            )))
        } else if !is_letter(guess) && guess.len() != length {
            Some(Illegal::Against(format!(
                "The word has {length} letters, and {guess} has {}.",
                guess.len()
            )))
        } else {
            None
        }
    }

    /// The stage after the second seat has sent `words` to seal its word.
    fn seal(&mut self, words: &str) -> Result<HangmanStage, Lie> {
        let (length, seal) = words
            .strip_prefix("word ")
            .and_then(|rest| rest.split_once(' '))
            .ok_or(Lie::NotSealed)?;
        let seal = seal.parse().map_err(|_| Lie::NotSealed)?;
        let size: usize = length.parse().map_err(|_| Lie::NotSealed)?;
        if size.to_string() != length {
            return Err(Lie::NotSealed);
        }
        let is_possible = match self.source {
            WordSource::Person => LENGTHS.contains(&size),
            WordSource::List => Self::words().any(|word| word.len() == size),
        };
        if !is_possible {
            return Err(Lie::AgainstTheRules);
        }
        self.length = size;
        Ok(HangmanStage::Guessing(seal))
    }

    /// The stage after the second seat has sent `words` to answer `guess`.
    fn answer(&mut self, seal: Seal, guess: &str, words: &str) -> Result<HangmanStage, Lie> {
        if let Ok(opening) = words.parse() {
            let word = self.open(seal, opening)?;
            self.guessed.push(Answered::truly(guess, &word));
            return match self.decided() {
                Some(winner) => Ok(HangmanStage::Over(Outcome::Won(winner))),
                None => Err(Lie::TooEarly),
            };
        }
        let answer = Answered::read(guess, words).ok_or(Lie::FalseAnswer)?;
        let is_free = |place: &usize| {
            let letter = place.checked_sub(1).and_then(|at| self.pattern().nth(at));
            letter.is_some_and(|(letter, _)| letter.is_none())
        };
        // A whole word is right only if the seal is opened.
        if !answer.places.iter().all(is_free) || !answer.is_miss() && !is_letter(guess) {
            return Err(Lie::FalseAnswer);
        }
        self.guessed.push(answer);
        match self.decided() {
            Some(_) => Err(Lie::NotShown),
            None => Ok(HangmanStage::Guessing(seal)),
        }
    }

    /// The seat that the guesses so far have made the winner.
    fn decided(&self) -> Option<Seat> {
        if self.is_open() {
            Some(Seat::First)
        } else {
            (self.misses() >= MISSES).then_some(Seat::Second)
        }
    }

    /// The word of this opening, if it matches the seal and all answers so far were true.
    fn open(&mut self, seal: Seal, opening: Opening) -> Result<String, Lie> {
        if Seal::of(&opening, self.id, Seat::Second) != seal {
            return Err(Lie::Changed);
        }
        let word = opening.secret;
        let is_known =
            self.source == WordSource::Person || Self::words().any(|known| known == word);
        if !is_word(&word) || word.len() != self.length || !is_known {
            return Err(Lie::AgainstTheRules);
        }
        // The guesser may see the word even if an answer was false.
        self.shown = Some(word.clone());
        if self.guessed.iter().all(|given| given.is_true_of(&word)) {
            Ok(word)
        } else {
            Err(Lie::FalseAnswer)
        }
    }

    /// The turn that seals `word`.
    fn sealed(&self, word: &str, chance: &mut Chance) -> Said {
        let opening = Opening::draw(word, chance);
        let seal = Seal::of(&opening, self.id, Seat::Second);
        Said {
            words: format!("word {} {seal}", word.len()),
            secret: Some(opening.to_string()),
        }
    }

    /// The word, if `reader` may see it. A word that a person has typed is hidden until the end,
    /// even from its own side: both players may look at the same screen.
    fn word(&self, reader: Seat) -> Option<&str> {
        let mine = match (reader, self.source) {
            (Seat::Second, WordSource::List) => self.kept.as_ref().map(|kept| kept.secret.as_str()),
            _ => None,
        };
        self.shown.as_deref().or(mine)
    }
}

impl Game for Hangman {
    fn next(&self) -> Next {
        match (&self.stage, self.source) {
            (HangmanStage::Sealing, WordSource::Person) => Next::Hidden(Seat::Second),
            (HangmanStage::Sealing, WordSource::List) => Next::Step(Seat::Second),
            (HangmanStage::Guessing(_), _) => Next::Move(Seat::First),
            (HangmanStage::Answering(..) | HangmanStage::Showing(_), _) => Next::Step(Seat::Second),
            (HangmanStage::Over(outcome), _) => Next::Over(*outcome),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        let then = match self.stage.clone() {
            HangmanStage::Sealing => self.seal(words),
            HangmanStage::Guessing(seal) => match self.objection(words) {
                None => Ok(HangmanStage::Answering(seal, words.to_owned())),
                Some(_) => Err(Lie::NoMove),
            },
            HangmanStage::Answering(seal, guess) => self.answer(seal, &guess, words),
            HangmanStage::Showing(seal) => match words.parse() {
                Ok(opening) => self
                    .open(seal, opening)
                    .map(|_| HangmanStage::Over(Outcome::Won(Seat::Second))),
                Err(_) => Err(Lie::NotShown),
            },
            HangmanStage::Over(outcome) => Ok(HangmanStage::Over(outcome)),
        };
        self.stage = then.unwrap_or_else(|lie| HangmanStage::Over(Outcome::Caught(seat, lie)));
        Ok(words.to_owned())
    }

    fn describe(&self, reader: Seat) -> String {
        self.description(reader)
    }

    fn board(&self, reader: Seat) -> Board {
        self.drawing(reader)
    }

    fn moves(&self) -> &'static str {
        self.move_help()
    }

    fn legal(&self) -> Vec<String> {
        match self.stage {
            HangmanStage::Guessing(_) => self.letters().map(String::from).collect(),
            _ => Vec::new(),
        }
    }

    fn intro(&self, reader: Seat) -> String {
        self.introduction(reader)
    }

    fn how_to_begin(&self, reader: Seat) -> &'static str {
        self.instructions(reader)
    }

    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let words = match self.next() {
            Next::Move(_) => self.guess(skill, chance)?,
            Next::Hidden(_) => word::for_player(skill, chance).to_owned(),
            Next::Step(_) | Next::Over(_) => return None,
        };
        let forecast = None;
        Some(Advice { words, forecast })
    }
}

impl Secrets for Hangman {
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal> {
        let typed = tidy(typed);
        match self.next() {
            // The message does not repeat a refused word: somebody may see it.
            Next::Hidden(_) if !is_word(&typed) => Err(Illegal::Against(
                "A word has 3 to 20 letters, a to z only.".to_owned(),
            )),
            Next::Hidden(_) => Ok(Choice::Said(self.sealed(&typed, chance))),
            Next::Move(_) => match self.objection(&typed) {
                None => Ok(Choice::Said(Said::openly(typed))),
                Some(illegal) => Err(illegal),
            },
            Next::Step(_) | Next::Over(_) => Err(Illegal::OutOfTurn),
        }
    }

    fn step(&self, chance: &mut Chance) -> Said {
        if let (HangmanStage::Sealing, WordSource::List) = (&self.stage, self.source) {
            return self.sealed(word::draw(chance), chance);
        }
        let Some(kept) = &self.kept else {
            return Said::nothing();
        };
        if let HangmanStage::Answering(_, guess) = &self.stage {
            let mut then = self.clone();
            let answer = Answered::truly(guess, &kept.secret);
            let words = answer.words();
            then.guessed.push(answer);
            if then.decided().is_none() {
                return Said::openly(words);
            }
        }
        Said::openly(kept.to_string())
    }

    fn keep(&mut self, secret: &str) {
        self.kept = secret.parse().ok();
    }

    fn news(&self, reader: Seat) -> String {
        self.report(reader)
    }

    fn resign(&mut self, seat: Seat) {
        let then = match (&self.stage, seat) {
            (HangmanStage::Over(_), _) => return,
            (HangmanStage::Sealing, _) | (_, Seat::Second) => {
                HangmanStage::Over(Outcome::Won(seat.other()))
            }
            (
                HangmanStage::Guessing(seal)
                | HangmanStage::Answering(seal, _)
                | HangmanStage::Showing(seal),
                Seat::First,
            ) => HangmanStage::Showing(*seal),
        };
        self.is_given_up = true;
        self.stage = then;
    }
}
