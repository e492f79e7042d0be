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
    stage: TossStage,
    /// What the reader's seat has sealed.
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
    /// A coin in the air, in the game of this id.
    #[must_use]
    pub fn new(id: GameId) -> Self {
        Self {
            id,
            stage: TossStage::Sealing,
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
            TossStage::Sealing => match words.strip_prefix("sealed ").map(str::parse) {
                Some(Ok(seal)) => TossStage::Naming(seal),
                _ => TossStage::Over(Outcome::Caught(seat, Lie::NotSealed)),
            },
            TossStage::Naming(seal) => match side(words) {
                Some(named) => TossStage::Opening(*seal, named),
                None => TossStage::Over(Outcome::Caught(seat, Lie::NoMove)),
            },
            TossStage::Opening(seal, named) => TossStage::Over(self.opened(*seal, named, words)),
            TossStage::Over(outcome) => TossStage::Over(*outcome),
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
        match &self.stage {
            TossStage::Sealing => {
                let opening = Opening::draw(draw(chance), chance);
                Said {
                    words: format!("sealed {}", Seal::of(&opening, self.id, Seat::First)),
                    secret: Some(opening.to_string()),
                }
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
            TossStage::Over(Outcome::Won(seat)) if seat == reader => "The coin says: you begin.",
            TossStage::Over(Outcome::Won(_)) => return format!("The coin says: {OTHER} begins."),
            _ => "",
        }
        .to_owned()
    }

    fn resign(&mut self, seat: Seat) {
        self.stage = TossStage::Over(Outcome::Won(seat.other()));
    }
}
