//! The toss of a coin over a wire: who of two begins, decided by neither.
//!
//! The first seat seals a side of the coin, the second names one, the first opens its seal: all
//! three by the programs themselves. Where the two sides are the same, the second seat begins.
//! Neither could know the other's side in time.

use super::seal::{GameId, Opening, Seal};
use super::{Chance, Choice, Game, Illegal, Lie, Next, OTHER, Outcome, Said, Seat, Secrets};

const SIDES: [&str; 2] = ["heads", "tails"];

/// A toss; [`Outcome::Won`] is who begins.
#[derive(Debug, Clone)]
pub struct Toss {
    id: GameId,
    stage: Stage,
    /// What the reader's seat has sealed.
    kept: Option<Opening>,
}

#[derive(Debug, Clone)]
enum Stage {
    Sealing,
    Naming(Seal),
    Opening(Seal, &'static str),
    Over(Outcome),
}

impl Toss {
    /// A coin in the air, in the game of this id.
    #[must_use]
    pub fn new(id: GameId) -> Self {
        Self {
            id,
            stage: Stage::Sealing,
            kept: None,
        }
    }

    /// Who begins, once the first seat has sent `opening` for its seal.
    fn opened(&self, seal: Seal, named: &str, opening: &str) -> Outcome {
        let cheat = Seat::First;
        let Ok(opening) = opening.parse::<Opening>() else {
            return Outcome::Caught(cheat, Lie::NotShown);
        };
        if Seal::of(&opening, self.id, cheat) != seal {
            return Outcome::Caught(cheat, Lie::Changed);
        }
        match side(&opening.secret) {
            None => Outcome::Caught(cheat, Lie::AgainstTheRules),
            Some(sealed) if sealed == named => Outcome::Won(Seat::Second),
            Some(_) => Outcome::Won(Seat::First),
        }
    }
}

fn side(words: &str) -> Option<&'static str> {
    SIDES.into_iter().find(|side| *side == words)
}

impl Game for Toss {
    fn next(&self) -> Next {
        match self.stage {
            Stage::Sealing | Stage::Opening(..) => Next::Step(Seat::First),
            Stage::Naming(_) => Next::Step(Seat::Second),
            Stage::Over(outcome) => Next::Over(outcome),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        self.stage = match &self.stage {
            Stage::Sealing => match words.strip_prefix("sealed ").map(str::parse) {
                Some(Ok(seal)) => Stage::Naming(seal),
                _ => Stage::Over(Outcome::Caught(seat, Lie::NotSealed)),
            },
            Stage::Naming(seal) => match side(words) {
                Some(named) => Stage::Opening(*seal, named),
                None => Stage::Over(Outcome::Caught(seat, Lie::NoMove)),
            },
            Stage::Opening(seal, named) => Stage::Over(self.opened(*seal, named, words)),
            Stage::Over(outcome) => Stage::Over(*outcome),
        };
        Ok(words.to_owned())
    }

    fn describe(&self, _: Seat) -> String {
        "a coin is being tossed".to_owned()
    }

    fn moves(&self) -> &'static str {
        "The two programs toss a coin."
    }

    fn legal(&self) -> Vec<String> {
        Vec::new()
    }
}

impl Secrets for Toss {
    fn choose(&mut self, _: &str, _: &mut Chance) -> Result<Choice, Illegal> {
        Err(Illegal::OutOfTurn)
    }

    fn step(&self, chance: &mut Chance) -> Said {
        let any = |chance: &mut Chance| chance.pick(&SIDES).copied().unwrap_or_default();
        match &self.stage {
            Stage::Sealing => {
                let opening = Opening::draw(any(chance), chance);
                Said {
                    words: format!("sealed {}", Seal::of(&opening, self.id, Seat::First)),
                    secret: Some(opening.to_string()),
                }
            }
            Stage::Naming(_) => Said::openly(any(chance)),
            Stage::Opening(..) | Stage::Over(_) => Said::openly(
                self.kept
                    .as_ref()
                    .map(Opening::to_string)
                    .unwrap_or_default(),
            ),
        }
    }

    fn keep(&mut self, secret: &str) {
        self.kept = secret.parse().ok();
    }

    fn news(&self, reader: Seat) -> String {
        match self.stage {
            Stage::Over(Outcome::Won(seat)) if seat == reader => "The coin says: you begin.",
            Stage::Over(Outcome::Won(_)) => return format!("The coin says: {OTHER} begins."),
            _ => "",
        }
        .to_owned()
    }

    fn resign(&mut self, seat: Seat) {
        self.stage = Stage::Over(Outcome::Won(seat.other()));
    }
}
