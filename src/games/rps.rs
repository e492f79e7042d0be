//! Rock-paper-scissors, best of several rounds.
//!
//! One seat seals its throw, the other throws openly, and the first opens its seal. Turns
//! alternate, so the seats swap roles in the next round:
//!
//! | turn | what is sent |
//! |---|---|
//! | 1 | `sealed <seal>` |
//! | 2 | `paper` |
//! | 3 | `rock 1 <salt>`, automatic: the throw, the round and the salt |

use super::seal::{GameId, Opening, Seal};
use super::{
    Advice, Board, Chance, Choice, Entry, Game, Illegal, Lie, Next, OTHER, Options, Outcome, Rules,
    Said, Seat, Secrets, Skill,
};
use std::cmp::Ordering;
use std::fmt::Write as _;

pub(super) const ENTRY: Entry = Entry {
    name: "rps",
    aliases: &["rock paper scissors"],
    about: "rock-paper-scissors, best of 3 rounds by default",
    options: Options::Words {
        usage: "the number of rounds, 1 to 15",
        example: "5",
        read: read_rounds,
    },
    rules: Rules::Secret {
        start: |rounds, id| Box::new(Rps::new(rounds.parse().unwrap_or(ROUNDS), id)),
        in_rooms: true,
    },
};

const MOVES: &str = "Throw rock, paper or scissors, or r, p or s for short.";

/// The default number of rounds.
const ROUNDS: u8 = 3;

/// The maximum number of rounds.
const MOST_ROUNDS: u8 = 15;

fn read_rounds(words: &str) -> Option<String> {
    let number = words.strip_prefix("best of ").unwrap_or(words);
    let rounds = match number {
        "" => ROUNDS,
        number => number.parse().ok()?,
    };
    (1..=MOST_ROUNDS)
        .contains(&rounds)
        .then(|| rounds.to_string())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Throw {
    Rock,
    Paper,
    Scissors,
}

impl Throw {
    const ALL: [Self; 3] = [Self::Rock, Self::Paper, Self::Scissors];

    fn name(self) -> &'static str {
        match self {
            Self::Rock => "rock",
            Self::Paper => "paper",
            Self::Scissors => "scissors",
        }
    }

    /// The throw that a person means by `words`: its name, or a prefix of it.
    fn read(words: &str) -> Option<Self> {
        let words = words.trim().to_ascii_lowercase();
        let mut throws = Self::ALL.into_iter();
        throws.find(|throw| !words.is_empty() && throw.name().starts_with(&words))
    }

    /// The throw of exactly this name.
    fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|throw| throw.name() == name)
    }

    /// The throw that beats this one.
    fn beater(self) -> Self {
        match self {
            Self::Rock => Self::Paper,
            Self::Paper => Self::Scissors,
            Self::Scissors => Self::Rock,
        }
    }

    /// `Greater` if this throw beats the other, `Less` if it loses.
    fn against(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Rock, Self::Scissors)
            | (Self::Paper, Self::Rock)
            | (Self::Scissors, Self::Paper) => Ordering::Greater,
            _ if self == other => Ordering::Equal,
            _ => Ordering::Less,
        }
    }
}

/// A match of rock-paper-scissors. A round with equal throws counts for neither seat. The match
/// ends as soon as one seat cannot be overtaken.
#[derive(Debug, Clone)]
pub struct Rps {
    id: GameId,
    rounds: u8,
    /// The throws of the first and the second seat in each finished round.
    played: Vec<(Throw, Throw)>,
    stage: RoundStage,
    /// The secret of this copy's own seat in this round.
    kept: Option<Opening>,
}

#[derive(Debug, Clone)]
enum RoundStage {
    /// The opener of the round seals a throw.
    Sealing,
    /// The other seat throws.
    Throwing(Seal),
    /// The opener opens its seal.
    Opening(Seal, Throw),
    Over(Outcome),
}

impl Rps {
    /// A match of this many rounds.
    #[must_use]
    pub fn new(rounds: u8, id: GameId) -> Self {
        Self {
            id,
            rounds,
            played: Vec::new(),
            stage: RoundStage::Sealing,
            kept: None,
        }
    }

    /// The number of the current round, from 1.
    fn round(&self) -> usize {
        self.played.len() + 1
    }

    /// The seat that seals its throw in this round.
    fn opener(&self) -> Seat {
        if self.played.len().is_multiple_of(2) {
            Seat::First
        } else {
            Seat::Second
        }
    }

    /// The rounds that `seat` has won.
    fn won(&self, seat: Seat) -> usize {
        let won = self.played.iter().filter(|(first, second)| {
            first.against(*second)
                == match seat {
                    Seat::First => Ordering::Greater,
                    Seat::Second => Ordering::Less,
                }
        });
        won.count()
    }

    /// The throw in the opening `words` of `seal`.
    fn open(&self, seal: Seal, words: &str) -> Result<Throw, Lie> {
        let opening = seal.opened_by(words, self.id, self.opener())?;
        let (throw, round) = opening.secret.split_once(' ').ok_or(Lie::AgainstTheRules)?;
        if round != self.round().to_string() {
            return Err(Lie::Changed);
        }
        Throw::named(throw).ok_or(Lie::AgainstTheRules)
    }

    /// The stage after a round.
    fn settle(&self) -> RoundStage {
        let (first, second) = (self.won(Seat::First), self.won(Seat::Second));
        let left = usize::from(self.rounds) - self.played.len();
        RoundStage::Over(match first.cmp(&second) {
            Ordering::Greater if first > second + left => Outcome::Won(Seat::First),
            Ordering::Less if second > first + left => Outcome::Won(Seat::Second),
            _ if left == 0 => Outcome::Drawn,
            _ => return RoundStage::Sealing,
        })
    }

    /// The throw of a player with a habit; `None` without one. Easy favours rock, and medium what
    /// would have won the last round. Only random throws cannot be predicted, so perfect has no
    /// habit.
    fn habit(&self, seat: Seat, skill: Skill, chance: &mut Chance) -> Option<Throw> {
        let (habit, follows) = match skill {
            Skill::Easy => (Throw::Rock, chance.below(2) == 0),
            Skill::Medium => {
                let (_, theirs, _) = self.rounds(seat).last()?;
                (theirs.beater(), chance.below(3) > 0)
            }
            Skill::Perfect => return None,
        };
        follows.then_some(habit)
    }

    /// The rounds as the reader sees them: its own throw, the other's, and its result.
    fn rounds(&self, reader: Seat) -> impl Iterator<Item = (Throw, Throw, Ordering)> {
        self.played.iter().map(move |(first, second)| {
            let (mine, theirs) = match reader {
                Seat::First => (*first, *second),
                Seat::Second => (*second, *first),
            };
            (mine, theirs, mine.against(theirs))
        })
    }
}

impl Game for Rps {
    fn next(&self) -> Next {
        match self.stage {
            RoundStage::Sealing => Next::Move(self.opener()),
            RoundStage::Throwing(_) => Next::Move(self.opener().other()),
            RoundStage::Opening(..) => Next::Step(self.opener()),
            RoundStage::Over(outcome) => Next::Over(outcome),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        self.stage = match self.stage {
            RoundStage::Sealing => match Seal::sent_in(words) {
                Ok(seal) => RoundStage::Throwing(seal),
                Err(lie) => RoundStage::Over(Outcome::Caught(seat, lie)),
            },
            RoundStage::Throwing(seal) => match Throw::named(words) {
                Some(throw) => RoundStage::Opening(seal, throw),
                None => RoundStage::Over(Outcome::Caught(seat, Lie::NoMove)),
            },
            RoundStage::Opening(seal, answer) => match self.open(seal, words) {
                Ok(throw) => {
                    self.played.push(match seat {
                        Seat::First => (throw, answer),
                        Seat::Second => (answer, throw),
                    });
                    self.settle()
                }
                Err(lie) => RoundStage::Over(Outcome::Caught(seat, lie)),
            },
            RoundStage::Over(outcome) => RoundStage::Over(outcome),
        };
        Ok(words.to_owned())
    }

    fn describe(&self, reader: Seat) -> String {
        let mut words = format!("rock-paper-scissors, best of {}", self.rounds);
        for (round, (mine, theirs, result)) in (1..).zip(self.rounds(reader)) {
            let result = match result {
                Ordering::Greater => "you won it",
                Ordering::Less => "you lost it",
                Ordering::Equal => "nobody won it",
            };
            let (mine, theirs) = (mine.name(), theirs.name());
            let _ = write!(
                words,
                "; round {round}: you {mine}, {OTHER} {theirs}, {result}"
            );
        }
        let (mine, theirs) = (self.won(reader), self.won(reader.other()));
        let _ = write!(words, "; rounds won: you {mine}, {OTHER} {theirs}");
        words
    }

    fn board(&self, reader: Seat) -> Board {
        let mut drawing = String::from("   round   you        partner");
        for (round, (mine, theirs, result)) in (1..).zip(self.rounds(reader)) {
            let result = match result {
                Ordering::Greater => "you win it",
                Ordering::Less => "you lose it",
                Ordering::Equal => "nobody wins it",
            };
            let (mine, theirs) = (mine.name(), theirs.name());
            let _ = write!(
                drawing,
                "\n   {round:>5}   {mine:<8}   {theirs:<8}   {result}"
            );
        }
        let (mine, theirs) = (self.won(reader), self.won(reader.other()));
        let rounds = self.rounds;
        let _ = write!(
            drawing,
            "\n     won   {mine:<8}   {theirs:<8}   best of {rounds}"
        );
        Board::text(&drawing)
    }

    fn moves(&self) -> &'static str {
        MOVES
    }

    fn legal(&self) -> Vec<String> {
        match self.next() {
            Next::Move(_) => Throw::ALL.map(|throw| throw.name().to_owned()).into(),
            _ => Vec::new(),
        }
    }

    fn intro(&self, reader: Seat) -> String {
        let rounds = self.rounds;
        match reader {
            Seat::First => format!("best of {rounds}: you throw first, and your throw is sealed."),
            Seat::Second => {
                format!("best of {rounds}: {OTHER} throws first, and the throw is sealed.")
            }
        }
    }

    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let Next::Move(seat) = self.next() else {
            return None;
        };
        Some(Advice {
            words: self.habit(seat, skill, chance)?.name().to_owned(),
            forecast: None,
        })
    }
}

impl Secrets for Rps {
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal> {
        let throw = Throw::read(typed).ok_or(Illegal::Unreadable { moves: MOVES })?;
        Ok(Choice::Said(match self.stage {
            RoundStage::Sealing => {
                let secret = format!("{} {}", throw.name(), self.round());
                let opening = Opening::draw(secret, chance);
                Said::sealed(&opening, self.id, self.opener())
            }
            _ => Said::openly(throw.name()),
        }))
    }

    fn step(&self, _: &mut Chance) -> Said {
        Said::opening(self.kept.as_ref())
    }

    fn keep(&mut self, secret: &str) {
        self.kept = secret.parse().ok();
    }

    fn news(&self, reader: Seat) -> String {
        match self.stage {
            RoundStage::Throwing(_) if reader == self.opener() => {
                format!("Your throw is sealed until {OTHER} throws.")
            }
            RoundStage::Throwing(_) => {
                format!("{OTHER} has thrown. You'll see it once you throw.")
            }
            RoundStage::Opening(_, throw) if reader == self.opener() => {
                format!("{OTHER} throws {}.", throw.name())
            }
            RoundStage::Opening(..) | RoundStage::Over(Outcome::Caught(..)) => String::new(),
            RoundStage::Sealing | RoundStage::Over(_) => {
                let Some((mine, theirs, result)) = self.rounds(reader).last() else {
                    return String::new();
                };
                let (mine, theirs) = (mine.name(), theirs.name());
                let result = match result {
                    Ordering::Greater => "you win the round",
                    Ordering::Less => "you lose the round",
                    Ordering::Equal => "nobody wins the round",
                };
                format!("You threw {mine}, {OTHER} threw {theirs}: {result}.")
            }
        }
    }

    fn resign(&mut self, seat: Seat) {
        self.stage = RoundStage::Over(Outcome::Won(seat.other()));
    }
}
