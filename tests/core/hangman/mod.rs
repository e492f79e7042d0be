//! Hangman: two copies of a game that agree whatever is typed, and no lie that is believed.

mod lies;
mod rules;
mod screen;
mod session;
mod words;

use tictalk::games::seal::{Opening, Seal};
use tictalk::games::{
    Chance, Choice, Game, GameId, Hangman, Illegal, Lie, Next, Outcome, Said, Seat, Secrets, Skill,
    WordSource,
};
use tictalk::wire::MAX_TEXT;

const ID: GameId = GameId([1; 32]);

const SKILLS: [Skill; 3] = [Skill::Easy, Skill::Medium, Skill::Perfect];

fn chance() -> Chance {
    Chance::new([5; 32])
}

/// The two copies of a game: what the first seat's program knows, and the second's.
#[derive(Debug)]
struct Table {
    first: Hangman,
    second: Hangman,
    chance: Chance,
}

impl Table {
    fn new(source: WordSource, seed: u8) -> Self {
        Self {
            first: Hangman::new(source, ID),
            second: Hangman::new(source, ID),
            chance: Chance::new([seed; 32]),
        }
    }

    /// A game in which this word is sealed.
    fn of(word: &str) -> Self {
        let mut table = Self::new(WordSource::Person, 0);
        table.type_in(word).unwrap();
        table
    }

    fn copy(&mut self, seat: Seat) -> &mut Hangman {
        match seat {
            Seat::First => &mut self.first,
            Seat::Second => &mut self.second,
        }
    }

    /// Both ends learn of a turn, and its own end what it keeps secret.
    fn tell(&mut self, seat: Seat, said: &Said) {
        assert!((1..=MAX_TEXT).contains(&said.words.len()));
        for copy in [Seat::First, Seat::Second] {
            let words = self.copy(copy).play(seat, &said.words);
            assert_eq!(words.as_ref(), Ok(&said.words));
        }
        if let Some(secret) = &said.secret {
            self.copy(seat).keep(secret);
        }
        self.agrees();
    }

    /// A person types this, in the seat that is next.
    fn type_in(&mut self, typed: &str) -> Result<Said, Illegal> {
        let seat = self.first.next().seat().unwrap();
        let mut chance = self.chance.clone();
        let choice = self.copy(seat).choose(typed, &mut chance);
        self.chance = chance;
        match choice? {
            Choice::Said(said) => {
                self.tell(seat, &said);
                Ok(said)
            }
            Choice::Partly => panic!("no turn has two parts"),
        }
    }

    /// The program whose turn it is takes it.
    fn step(&mut self) -> Said {
        let Next::Step(seat) = self.first.next() else {
            panic!("{:?}", self.first.next());
        };
        let mut chance = self.chance.clone();
        let said = self.copy(seat).step(&mut chance);
        self.chance = chance;
        self.tell(seat, &said);
        said
    }

    /// A guess and its answer.
    fn guess(&mut self, guess: &str) -> Said {
        self.type_in(guess).unwrap();
        self.step()
    }

    fn resign(&mut self, seat: Seat) {
        self.first.resign(seat);
        self.second.resign(seat);
        self.agrees();
    }

    /// The two copies know the same but for the secret, so neither shows it to the first seat.
    fn agrees(&self) {
        let (one, other) = (&self.first, &self.second);
        let seat = Seat::First;
        assert_eq!(one.next(), other.next());
        assert_eq!(one.legal(), other.legal());
        assert_eq!(one.moves(), other.moves());
        assert_eq!(one.news(seat), other.news(seat));
        assert_eq!(one.describe(seat), other.describe(seat));
        assert_eq!(one.board(seat), other.board(seat));
    }
}

fn caught(seat: Seat, lie: Lie) -> Next {
    Next::Over(Outcome::Caught(seat, lie))
}

/// The turn that seals this word, and the one that opens it.
fn sealed(word: &str) -> (String, String) {
    sealed_for(word, ID, Seat::Second)
}

fn sealed_for(word: &str, id: GameId, seat: Seat) -> (String, String) {
    let opening = Opening::draw(word, &mut chance());
    let seal = Seal::of(&opening, id, seat);
    (format!("word {} {seal}", word.len()), opening.to_string())
}
