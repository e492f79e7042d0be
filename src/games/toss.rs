//! A coin toss over a wire that neither side can influence.
//!
//! The first seat seals a side of the coin, the second names one, and the first opens its seal. All
//! three turns are automatic. If the sides are equal, the second seat begins. Neither seat knows
//! the other's side before it commits to its own.

use super::seal::{GameId, Opening, Seal};
use super::{Chance, Choice, Game, Illegal, Lie, Next, OTHER, Outcome, Said, Seat, Secrets};

const SIDES: [&str; 2] = ["heads", "tails"];

/// A coin toss. [`Outcome::Won`] names the seat that begins.
#[derive(Debug, Clone)]
pub struct Toss {
    id: GameId,
    stage: TossStage,
    /// The secret of this copy's own seat.
    kept: Option<Opening>,
}

#[derive(Debug, Clone)]
enum TossStage {
    Sealing,
    Naming(Seal),
    Opening(Seal, &'static str),
    Over(Outcome),
}

impl Toss {
    /// A toss before the first turn.
    #[must_use]
    pub fn new(id: GameId) -> Self {
        Self {
            id,
            stage: TossStage::Sealing,
            kept: None,
        }
    }

    /// The seat that begins after the first seat has sent `words` to open its seal.
    fn opened(&self, seal: Seal, named: &str, words: &str) -> Result<Seat, Lie> {
        let opening = seal.opened_by(words, self.id, Seat::First)?;
        let sealed = side(&opening.secret).ok_or(Lie::AgainstTheRules)?;
        Ok(if sealed == named {
            Seat::Second
        } else {
            Seat::First
        })
    }
}

fn draw(chance: &mut Chance) -> &'static str {
    let [heads, tails] = SIDES;
    if chance.below(2) == 0 { heads } else { tails }
}

fn side(words: &str) -> Option<&'static str> {
    SIDES.into_iter().find(|side| *side == words)
}

impl Game for Toss {
    fn next(&self) -> Next {
        match self.stage {
            TossStage::Sealing | TossStage::Opening(..) => Next::Step(Seat::First),
            TossStage::Naming(_) => Next::Step(Seat::Second),
            TossStage::Over(outcome) => Next::Over(outcome),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        self.stage = match &self.stage {
            TossStage::Sealing => match Seal::sent_in(words) {
                Ok(seal) => TossStage::Naming(seal),
                // A coin has no secret that could be revealed too early.
                Err(_) => TossStage::Over(Outcome::Caught(seat, Lie::NotSealed)),
            },
            TossStage::Naming(seal) => match side(words) {
                Some(named) => TossStage::Opening(*seal, named),
                None => TossStage::Over(Outcome::Caught(seat, Lie::NoMove)),
            },
            TossStage::Opening(seal, named) => {
                let opened = self.opened(*seal, named, words);
                TossStage::Over(opened.map_or_else(|lie| Outcome::Caught(seat, lie), Outcome::Won))
            }
            TossStage::Over(outcome) => TossStage::Over(*outcome),
        };
        Ok(words.to_owned())
    }

    fn describe(&self, _: Seat) -> String {
        "a coin is being tossed".to_owned()
    }

    fn moves(&self) -> &'static str {
        "The programs toss a coin."
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
        match &self.stage {
            TossStage::Sealing => {
                let opening = Opening::draw(draw(chance), chance);
                Said::sealed(&opening, self.id, Seat::First)
            }
            TossStage::Naming(_) => Said::openly(draw(chance)),
            TossStage::Opening(..) | TossStage::Over(_) => Said::opening(self.kept.as_ref()),
        }
    }

    fn keep(&mut self, secret: &str) {
        self.kept = secret.parse().ok();
    }

    fn news(&self, reader: Seat) -> String {
        match self.stage {
            TossStage::Over(Outcome::Won(seat)) if seat == reader => "The coin decides: you begin.",
            TossStage::Over(Outcome::Won(_)) => {
                return format!("The coin decides: {OTHER} begins.");
            }
            _ => "",
        }
        .to_owned()
    }

    fn resign(&mut self, seat: Seat) {
        self.stage = TossStage::Over(Outcome::Won(seat.other()));
    }
}
