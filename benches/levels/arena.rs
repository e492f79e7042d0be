//! Games between two players, of a level or of another kind, that repeat from a seed.

use std::collections::HashMap;
use std::fmt;
use tictalk::games::{
    Chance, Choice, Entry, Game, GameId, Hangman, Next, Outcome, Rules, Seat, Secrets, Skill,
};

/// A player of an [`Arena`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Player {
    /// Makes any legal move, all equally likely.
    Random,
    /// The computer at this level.
    Level(Skill),
    /// A person who thinks about the next two moves of each side, or in a game of rock-paper-scissors
    /// has noticed the habit of the medium level.
    Attentive,
}

impl fmt::Display for Player {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Random => "random play",
            Self::Level(skill) => skill.name(),
            Self::Attentive => "attentive play",
        })
    }
}

/// The results of a series, as its first player sees them.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Results {
    pub(crate) won: usize,
    pub(crate) drawn: usize,
    pub(crate) lost: usize,
}

impl Results {
    fn add(&mut self, winner: Option<usize>) {
        match winner {
            Some(0) => self.won += 1,
            Some(_) => self.lost += 1,
            None => self.drawn += 1,
        }
    }

    /// Both together.
    pub(crate) fn and(self, other: Self) -> Self {
        Self {
            won: self.won + other.won,
            drawn: self.drawn + other.drawn,
            lost: self.lost + other.lost,
        }
    }

    pub(crate) fn games(self) -> usize {
        self.won + self.drawn + self.lost
    }
}

/// Plays one game again and again. The moves of perfect players of a game without secrets are
/// remembered, because they depend on nothing but the moves before.
pub(crate) struct Arena {
    game: &'static Entry,
    options: &'static str,
    perfect: HashMap<String, String>,
}

/// The number of moves that an attentive player considers, of both sides together.
const ATTENTION: u32 = 4;

/// No game has as many turns as this.
const MOST_TURNS: usize = 2_000;

impl Arena {
    pub(crate) fn new(game: &'static Entry) -> Self {
        Self {
            game,
            // More rounds than by default, so that luck decides less.
            options: if game.name == "rps" { "9" } else { "" },
            perfect: HashMap::new(),
        }
    }

    /// Plays `games` games. The first player has the first seat in every other game. Returns the
    /// results by the seat of the first player.
    pub(crate) fn series(&mut self, players: [Player; 2], games: u32) -> [Results; 2] {
        let mut results = [Results::default(); 2];
        for number in 0..games {
            let seed = seed(self.game, players, number);
            let at = number as usize % 2;
            let outcome = match self.game.rules {
                Rules::Open(start) => self.play_open(start(self.options), players, at, seed),
                Rules::Secret { start, .. } => {
                    let ends = [0, 1].map(|_| start(self.options, GameId(seed)));
                    play_secret(ends, players, at, seed)
                }
            };
            let winner = match outcome {
                Outcome::Won(Seat::First) => Some(at),
                Outcome::Won(Seat::Second) => Some(1 - at),
                Outcome::Drawn => None,
                Outcome::Caught(seat, lie) => panic!("{seat:?} of {}: {lie}", self.game.name),
            };
            results[at].add(winner);
        }
        results
    }

    fn play_open(
        &mut self,
        mut game: Box<dyn Game>,
        players: [Player; 2],
        at: usize,
        seed: [u8; 32],
    ) -> Outcome {
        let mut chance = Chance::new(seed);
        let mut played = String::new();
        for _ in 0..MOST_TURNS {
            let seat = match game.next() {
                Next::Over(outcome) => return outcome,
                Next::Move(seat) => seat,
                other => panic!("{other:?}"),
            };
            let words = match players[index(seat, at)] {
                Player::Level(Skill::Perfect) => {
                    let known = self.perfect.entry(played.clone());
                    let words =
                        known.or_insert_with(|| level(game.as_ref(), Skill::Perfect, &mut chance));
                    words.clone()
                }
                Player::Level(skill) => level(game.as_ref(), skill, &mut chance),
                Player::Random => random(game.as_ref(), &mut chance),
                Player::Attentive => attentive(game.as_ref(), seat, &mut chance),
            };
            let words = game.play(seat, &words).unwrap();
            played.push_str(&words);
            played.push(' ');
        }
        panic!("no end of {}", self.game.name)
    }
}

/// Plays a game with secrets, of which each player has a copy.
fn play_secret(
    mut ends: [Box<dyn Secrets>; 2],
    players: [Player; 2],
    at: usize,
    seed: [u8; 32],
) -> Outcome {
    let mut chance = Chance::new(seed);
    let mut typed: [Vec<String>; 2] = Default::default();
    for _ in 0..MOST_TURNS {
        let next = ends[0].next();
        let Some(seat) = next.seat() else {
            match next {
                Next::Over(outcome) => return outcome,
                other => panic!("{other:?}"),
            }
        };
        let mover = index(seat, at);
        let end = &mut ends[mover];
        let said = if let Next::Step(_) = next {
            end.step(&mut chance)
        } else {
            let words = match players[mover] {
                Player::Level(skill) => level(end.as_ref(), skill, &mut chance),
                Player::Random => random(end.as_ref(), &mut chance),
                Player::Attentive => outguess(typed[mover].last(), &mut chance),
            };
            let choice = end.choose(&words, &mut chance);
            typed[mover].push(words);
            match choice.unwrap() {
                Choice::Said(said) => said,
                Choice::Partly => continue,
            }
        };
        for end in &mut ends {
            end.play(seat, &said.words).unwrap();
        }
        if let Some(secret) = &said.secret {
            ends[mover].keep(secret);
        }
    }
    panic!("no end")
}

/// The number of the player in this seat.
fn index(seat: Seat, first: usize) -> usize {
    match seat {
        Seat::First => first,
        Seat::Second => 1 - first,
    }
}

/// A seed that no other game has.
fn seed(game: &Entry, players: [Player; 2], number: u32) -> [u8; 32] {
    let [first, second] = players;
    let text = format!("{number} {} {first} {second}", game.name);
    let mut seed = [0; 32];
    for (at, byte) in text.bytes().enumerate() {
        seed[at % 32] = byte ^ u8::rotate_left(seed[at % 32], 3);
    }
    seed
}

fn level(game: &dyn Game, skill: Skill, chance: &mut Chance) -> String {
    match game.advise(skill, chance) {
        Some(advice) => advice.words,
        None => random(game, chance),
    }
}

fn random(game: &dyn Game, chance: &mut Chance) -> String {
    if let Next::Hidden(_) = game.next() {
        let words: Vec<&str> = Hangman::words().collect();
        return (*chance.pick(&words).unwrap()).to_owned();
    }
    chance.pick(&game.legal()).unwrap().clone()
}

/// A move that loses to nothing in sight and wins what is in sight.
fn attentive(game: &dyn Game, seat: Seat, chance: &mut Chance) -> String {
    let mut best = i32::MIN;
    let mut moves = Vec::new();
    for words in game.legal() {
        let value = -value(
            after(game, seat, &words).as_ref(),
            seat.other(),
            ATTENTION - 1,
            -1,
            1,
        );
        if value > best {
            best = value;
            moves.clear();
        }
        if value == best {
            moves.push(words);
        }
    }
    chance.pick(&moves).unwrap().clone()
}

fn after(game: &dyn Game, seat: Seat, words: &str) -> Box<dyn Game> {
    let mut then = game.boxed();
    then.play(seat, words).unwrap();
    then
}

/// 1 if `seat`, which is to move, can win in so many moves; -1 if it loses; else 0.
fn value(game: &dyn Game, seat: Seat, depth: u32, alpha: i32, beta: i32) -> i32 {
    match game.next() {
        Next::Over(Outcome::Won(winner)) => return if winner == seat { 1 } else { -1 },
        Next::Over(_) => return 0,
        _ if depth == 0 => return 0,
        _ => {}
    }
    let mut alpha = alpha;
    for words in game.legal() {
        let then = after(game, seat, &words);
        alpha = alpha.max(-value(
            then.as_ref(),
            seat.other(),
            depth - 1,
            -beta,
            -alpha,
        ));
        if alpha >= beta {
            break;
        }
    }
    alpha
}

/// The throw that beats a partner who throws what would have beaten our last one.
fn outguess(last: Option<&String>, chance: &mut Chance) -> String {
    let throw = match last.map(String::as_str) {
        Some("rock") => "scissors",
        Some("paper") => "rock",
        Some("scissors") => "paper",
        _ => return (*chance.pick(&["rock", "paper", "scissors"]).unwrap()).to_owned(),
    };
    throw.to_owned()
}
