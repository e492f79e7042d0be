//! Battleship: find and sink the five ships of the other fleet, one shot per turn.
//!
//! The sea has columns a to j and rows 1 to 10. The fleet is that of Milton Bradley and Hasbro:
//! carrier 5, battleship 4, cruiser 3, submarine 3, destroyer 2. Ships lie straight and do not
//! overlap; they may touch. The programs give the answers and cannot lie: each fleet is sealed
//! before the first shot, each answer proves its square against that seal, and both fleets are
//! opened at the end.
//!
//! | turn | words sent |
//! |---|---|
//! | placing, first seat, then second | `fleet <root>`: the seal of all squares |
//! | a shot | `b5` |
//! | its answer, automatic | `miss <proof>`, `hit <proof>` or `sunk cruiser <proof>` |
//! | the answer to the last hit, automatic | `fleet <layout> <salt>`: opens the fleet |
//! | then, from the winner, automatic | `fleet <layout> <salt>` |
//!
//! A proof is the salt of the square and the seven sibling seals on its path to the root of the
//! tree. A layout gives the first square and the direction of each ship, right or down, largest
//! ship first: `a1r,c3d,h1d,e9r,j5d`.
//!
//! One square does not show that a ship is sunk. A false `sunk`, like an illegal fleet, is
//! therefore detected only at the end, when every answer is compared with the opened fleet.

use super::seal::{GameId, Opening, Salt};
use super::{
    Advice, Board, Chance, Choice, Entry, Game, Illegal, Lie, Next, OTHER, Options, Outcome, Rules,
    Said, Seat, Secrets, Skill,
};
use answer::{opened, read_answer};
use fleet::{Cell, Fleet, ShotResult};
use merkle::Tree;
use waters::Waters;

mod answer;
mod chart;
mod fleet;
mod gunner;
mod merkle;
mod typed;
mod waters;
mod wording;

pub(super) const ENTRY: Entry = Entry {
    name: "battleship",
    aliases: &["battleships"],
    about: "find and sink five ships in a sea of ten by ten",
    options: Options::None,
    rules: Rules::Secret {
        start: |_, id| Box::new(Battleship::new(id)),
        in_rooms: false,
    },
};

/// Places all remaining ships at random.
const RANDOM: &str = "random";

/// A game of battleship. The first seat places its fleet first, and shoots first.
#[derive(Debug, Clone)]
pub struct Battleship {
    id: GameId,
    stage: BattleshipStage,
    first: Waters,
    second: Waters,
    /// The ships placed so far by the player at this end, before the fleet is sealed.
    placed: Fleet,
    /// The secret of this copy's own seat.
    own: Option<Own>,
}

/// The secret of a seat, known only to its own program.
#[derive(Debug, Clone)]
struct Own {
    seat: Seat,
    fleet: Fleet,
    salt: Salt,
    tree: Tree,
}

#[derive(Debug, Clone, Copy)]
enum BattleshipStage {
    /// This seat places and seals its fleet.
    Placing(Seat),
    /// This seat shoots.
    Shooting(Seat),
    /// The program of this seat answers a shot.
    Answering(Seat, Cell),
    /// This seat wins if the fleet that its program opens now matches its answers.
    Showing(Seat),
    Over(Outcome),
}

impl Battleship {
    /// A game before the fleets are placed.
    #[must_use]
    pub fn new(id: GameId) -> Self {
        Self {
            id,
            stage: BattleshipStage::Placing(Seat::First),
            first: Waters::default(),
            second: Waters::default(),
            placed: Fleet::default(),
            own: None,
        }
    }

    fn waters(&self, seat: Seat) -> &Waters {
        match seat {
            Seat::First => &self.first,
            Seat::Second => &self.second,
        }
    }

    fn waters_mut(&mut self, seat: Seat) -> &mut Waters {
        match seat {
            Seat::First => &mut self.first,
            Seat::Second => &mut self.second,
        }
    }

    /// The secret of `seat`, if this copy has it.
    fn own(&self, seat: Seat) -> Option<&Own> {
        self.own.as_ref().filter(|own| own.seat == seat)
    }

    /// The fleet of `owner` if `reader` may see it: its own, or one that was opened.
    fn fleet(&self, owner: Seat, reader: Seat) -> Option<&Fleet> {
        let own = self.own(owner).filter(|_| owner == reader);
        own.map(|own| &own.fleet)
            .or(self.waters(owner).opened.as_ref())
    }

    /// The opening of this fleet.
    fn opening(fleet: &Fleet, salt: Salt) -> Opening {
        Opening {
            secret: fleet.to_string(),
            salt,
        }
    }

    fn seal(&mut self, seat: Seat, words: &str) -> Result<BattleshipStage, Lie> {
        if opened(words).is_some() {
            return Err(Lie::TooEarly);
        }
        let root = words.strip_prefix("fleet ").ok_or(Lie::NotSealed)?;
        self.waters_mut(seat).root = Some(root.parse().map_err(|_| Lie::NotSealed)?);
        self.placed = Fleet::default();
        Ok(match seat {
            Seat::First => BattleshipStage::Placing(Seat::Second),
            Seat::Second => BattleshipStage::Shooting(Seat::First),
        })
    }

    fn shoot(&self, seat: Seat, words: &str) -> Result<BattleshipStage, Lie> {
        let target = seat.other();
        let cell = Cell::named(words).ok_or(Lie::NoMove)?;
        if self.waters(target).tried().has(cell) {
            return Err(Lie::NoMove);
        }
        Ok(BattleshipStage::Answering(target, cell))
    }

    fn answer(&mut self, seat: Seat, cell: Cell, words: &str) -> Result<BattleshipStage, Lie> {
        let is_last_hit_due = self.waters(seat).is_last_hit_due();
        if words.starts_with("fleet ") && (is_last_hit_due || opened(words).is_some()) {
            if !is_last_hit_due {
                return Err(Lie::TooEarly);
            }
            let fleet = self.open(seat, words)?;
            let answer = fleet.answer(self.waters(seat).hits(), cell);
            if answer == ShotResult::Miss {
                return Err(Lie::TooEarly);
            }
            let waters = self.waters_mut(seat);
            waters.add(cell, answer);
            waters.opened = Some(fleet);
            return Ok(BattleshipStage::Showing(seat.other()));
        }
        let (answer, proof) = read_answer(words)?;
        let is_ship = answer != ShotResult::Miss;
        let root = Some(proof.root(cell, is_ship, self.id, seat));
        let waters = self.waters(seat);
        if waters.root != root || !waters.allows(cell, answer) {
            return Err(Lie::FalseAnswer);
        }
        if is_ship && is_last_hit_due {
            return Err(Lie::NotShown);
        }
        let waters = self.waters_mut(seat);
        waters.add(cell, answer);
        // Otherwise the other seat would run out of targets.
        if !waters.can_hold_a_fleet() {
            return Err(Lie::AgainstTheRules);
        }
        Ok(BattleshipStage::Shooting(seat))
    }

    fn show(&mut self, seat: Seat, words: &str) -> Result<BattleshipStage, Lie> {
        let fleet = self.open(seat, words)?;
        self.waters_mut(seat).opened = Some(fleet);
        Ok(BattleshipStage::Over(Outcome::Won(seat)))
    }

    /// The fleet that `words` open, if it matches the seal and every answer of `seat`.
    fn open(&self, seat: Seat, words: &str) -> Result<Fleet, Lie> {
        let (fleet, salt) = opened(words).ok_or(Lie::NotShown)?;
        let waters = self.waters(seat);
        if waters.root != Some(Tree::of(fleet.cells(), salt, self.id, seat).root()) {
            return Err(Lie::Changed);
        }
        if !fleet.is_legal() {
            return Err(Lie::AgainstTheRules);
        }
        match waters.fits(&fleet) {
            true => Ok(fleet),
            false => Err(Lie::FalseAnswer),
        }
    }
}

impl Game for Battleship {
    fn next(&self) -> Next {
        match self.stage {
            BattleshipStage::Placing(seat) | BattleshipStage::Shooting(seat) => Next::Move(seat),
            BattleshipStage::Answering(seat, _) | BattleshipStage::Showing(seat) => {
                Next::Step(seat)
            }
            BattleshipStage::Over(outcome) => Next::Over(outcome),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        if self.next().seat() != Some(seat) {
            return Err(Illegal::OutOfTurn);
        }
        let stage = match self.stage {
            BattleshipStage::Placing(_) => self.seal(seat, words),
            BattleshipStage::Shooting(_) => self.shoot(seat, words),
            BattleshipStage::Answering(_, cell) => self.answer(seat, cell, words),
            BattleshipStage::Showing(_) => self.show(seat, words),
            BattleshipStage::Over(outcome) => Ok(BattleshipStage::Over(outcome)),
        };
        self.stage = stage.unwrap_or_else(|lie| BattleshipStage::Over(Outcome::Caught(seat, lie)));
        Ok(words.to_owned())
    }

    fn describe(&self, reader: Seat) -> String {
        self.description(reader)
    }

    fn board(&self, reader: Seat) -> Board {
        self.charts(reader)
    }

    fn moves(&self) -> &'static str {
        self.move_help()
    }

    fn legal(&self) -> Vec<String> {
        match self.stage {
            BattleshipStage::Placing(_) => vec![RANDOM.to_owned()],
            BattleshipStage::Shooting(seat) => {
                let tried = self.waters(seat.other()).tried();
                let free = Cell::all().filter(|cell| !tried.has(*cell));
                free.map(|cell| cell.to_string()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn intro(&self, reader: Seat) -> String {
        match reader {
            Seat::First => "you place your fleet first, and shoot first.".to_owned(),
            Seat::Second => format!("{OTHER} places a fleet first, and shoots first."),
        }
    }

    fn advise(&self, skill: Skill, chance: &mut Chance) -> Option<Advice> {
        let words = match self.stage {
            BattleshipStage::Placing(_) => RANDOM.to_owned(),
            BattleshipStage::Shooting(seat) => {
                gunner::aim(self.waters(seat.other()), skill, chance)?.to_string()
            }
            _ => return None,
        };
        Some(Advice {
            words,
            forecast: None,
        })
    }
}

impl Secrets for Battleship {
    fn choose(&mut self, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal> {
        match self.stage {
            BattleshipStage::Placing(seat) => self.place(seat, typed, chance),
            BattleshipStage::Shooting(seat) => {
                let cell = self.target(seat, typed)?;
                Ok(Choice::Said(Said::openly(cell.to_string())))
            }
            _ => Err(Illegal::OutOfTurn),
        }
    }

    fn step(&self, _: &mut Chance) -> Said {
        let open = |own: &Own| format!("fleet {}", Self::opening(&own.fleet, own.salt));
        let words = match self.stage {
            BattleshipStage::Answering(seat, cell) => self.own(seat).map(|own| {
                let waters = self.waters(seat);
                let proof = own.tree.proof(cell);
                match own.fleet.answer(waters.hits(), cell) {
                    ShotResult::Miss => format!("miss {proof}"),
                    _ if waters.is_last_hit_due() => open(own),
                    ShotResult::Hit => format!("hit {proof}"),
                    ShotResult::Sunk(ship) => format!("sunk {} {proof}", ship.name()),
                }
            }),
            BattleshipStage::Showing(seat) => self.own(seat).map(open),
            _ => None,
        };
        words.map_or_else(Said::nothing, Said::openly)
    }

    fn keep(&mut self, secret: &str) {
        let Some((fleet, salt)) = opened(&format!("fleet {secret}")) else {
            return;
        };
        // The root tells whose fleet it is.
        for seat in [Seat::First, Seat::Second] {
            let tree = Tree::of(fleet.cells(), salt, self.id, seat);
            if self.waters(seat).root == Some(tree.root()) {
                self.own = Some(Own {
                    seat,
                    fleet,
                    salt,
                    tree,
                });
                return;
            }
        }
    }

    fn news(&self, reader: Seat) -> String {
        self.report(reader)
    }

    fn brief(&self, reader: Seat) -> String {
        self.brief_report(reader)
    }

    fn unseen(&self, reader: Seat) -> String {
        self.unseen_report(reader)
    }

    fn resign(&mut self, seat: Seat) {
        if let BattleshipStage::Over(_) = self.stage {
            return;
        }
        let winner = seat.other();
        let waters = self.waters(winner);
        self.stage = match waters.root.is_some() && waters.opened.is_none() {
            true => BattleshipStage::Showing(winner),
            false => BattleshipStage::Over(Outcome::Won(winner)),
        };
    }
}
