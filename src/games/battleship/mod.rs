//! Battleship: find and sink the five ships of the other's fleet, one shot a turn.
//!
//! The sea has the columns a to j and the rows 1 to 10, and the fleet is that of Milton Bradley and
//! Hasbro: carrier 5, battleship 4, cruiser 3, submarine 3, destroyer 2. Ships lie straight and not
//! on each other; they may touch. The answers come from the programs, and none can lie: a fleet is
//! sealed before the first shot, each answer shows the square in that seal, and at the end both
//! fleets are opened.
//!
//! | turn | what is sent |
//! |---|---|
//! | placing, first seat, then second | `fleet <root>`: the seal of all squares |
//! | a shot | `b5` |
//! | its answer, by the program itself | `miss <proof>`, `hit <proof>` or `sunk cruiser <proof>` |
//! | the answer to the last hit, by the program | `fleet <layout> <salt>`: the fleet is opened |
//! | then, by the winner's program | `fleet <layout> <salt>` |
//!
//! A proof is the salt of the square and the seven seals beside its way up the tree of seals. A
//! layout has the first square and the direction of each ship, right or down, the largest ship
//! first: `a1r,c3d,h1d,e9r,j5d`.
//!
//! That a ship is sunk cannot be seen in one square. So a false `sunk` comes out at the end only,
//! when every answer is compared with the opened fleet; so does a fleet that breaks the rules.

use super::seal::{GameId, Opening, Salt};
use super::{
    Advice, Board, Chance, Choice, Entry, Game, Illegal, Lie, Mark, Next, OTHER, Options, Outcome,
    Rules, Said, Seat, Secrets, Skill, Span,
};
use fleet::{Berth, Cell, Cells, Fleet, SIDE, Ship, ShotResult, Way};
use merkle::{MerkleProof, Tree};
use std::fmt::Write as _;
use waters::Waters;

mod fleet;
mod gunner;
mod merkle;
mod waters;

pub(super) const ENTRY: Entry = Entry {
    name: "battleship",
    about: "find and sink five ships in a sea of ten by ten",
    options: Options::None,
    rules: Rules::Secret {
        start: |_, id| Box::new(Battleship::new(id)),
        in_rooms: false,
    },
};

const SHOTS: &str = "A shot is a square, a1 to j10, such as b5.";

/// Places all ships that are left.
const RANDOM: &str = "random";

/// Takes up the ships that are placed.
const AGAIN: &str = "again";

/// How much stands between the two charts.
const GAP: &str = "    ";

/// A game of battleship. The first seat places its fleet first, and shoots first.
#[derive(Debug, Clone)]
pub struct Battleship {
    id: GameId,
    stage: BattleshipStage,
    first: Waters,
    second: Waters,
    /// The ships that the person here has placed, before their fleet is sealed.
    placed: Fleet,
    /// What the reader's seat has sealed.
    own: Option<Own>,
}

/// What only the program of a seat knows.
#[derive(Debug, Clone)]
struct Own {
    seat: Seat,
    fleet: Fleet,
    salt: Salt,
    tree: Tree,
}

#[derive(Debug, Clone, Copy)]
enum BattleshipStage {
    /// This seat places its fleet, and seals it.
    Placing(Seat),
    /// This seat shoots.
    Shooting(Seat),
    /// The program of this seat says what a shot has found.
    Answering(Seat, Cell),
    /// This seat has won, if the fleet that its program opens now proves its answers.
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

    /// What the program here has sealed for `seat`.
    fn own(&self, seat: Seat) -> Option<&Own> {
        self.own.as_ref().filter(|own| own.seat == seat)
    }

    /// The fleet of `owner`, as far as `reader` may see it: one's own, or one that was opened.
    fn fleet(&self, owner: Seat, reader: Seat) -> Option<&Fleet> {
        let own = self.own(owner).filter(|_| owner == reader);
        own.map(|own| &own.fleet)
            .or(self.waters(owner).opened.as_ref())
    }

    /// What the program sends that opens this fleet.
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
        // Else the one who shoots would run out of squares.
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

    /// The fleet that `words` open, if it is the one that `seat` has sealed and if it proves every
    /// answer.
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

    /// Goes on with placing for `seat`, by what its person has typed.
    fn place(&mut self, seat: Seat, typed: &str, chance: &mut Chance) -> Result<Choice, Illegal> {
        let mut fleet = self.placed.clone();
        let squashed: String = typed.split_whitespace().collect();
        match squashed.to_lowercase().as_str() {
            AGAIN => fleet = Fleet::default(),
            RANDOM => fleet.fill(chance),
            words => self.place_ship(&mut fleet, words)?,
        }
        if fleet.left().next().is_some() {
            self.placed = fleet;
            return Ok(Choice::Partly);
        }
        let salt = Salt::draw(chance);
        let tree = Tree::of(fleet.cells(), salt, self.id, seat);
        Ok(Choice::Said(Said {
            words: format!("fleet {}", tree.root()),
            secret: Some(Self::opening(&fleet, salt).to_string()),
        }))
    }

    /// Places the next ship where `words`, without spaces and in lower case, want it.
    fn place_ship(&self, fleet: &mut Fleet, words: &str) -> Result<(), Illegal> {
        let moves = self.moves();
        let Some(ship) = fleet.left().next() else {
            return Err(Illegal::Unreadable { moves });
        };
        let (bow, way) = read_cell(words, moves)?;
        let name = ship.name();
        if way.is_empty() {
            return Err(Illegal::Against(format!(
                "Which way does the {name} lie from {bow}? Say {bow} right or {bow} down."
            )));
        }
        let way = Way::read(way).ok_or(Illegal::Unreadable { moves })?;
        fleet
            .place(Berth { bow, way })
            .map_err(|why| Illegal::Against(format!("The {name} does not fit there: {why}.")))
    }

    /// The square that the person in `seat` has typed to shoot at.
    fn target(&self, seat: Seat, typed: &str) -> Result<Cell, Illegal> {
        let squashed: String = typed.split_whitespace().collect();
        let words = squashed.to_lowercase();
        let (cell, rest) = read_cell(&words, SHOTS)?;
        if !rest.is_empty() {
            return Err(Illegal::Unreadable { moves: SHOTS });
        }
        match self.waters(seat.other()).tried().has(cell) {
            true => Err(Illegal::Against(format!("You have shot at {cell} before."))),
            false => Ok(cell),
        }
    }

    /// The squares of the ships of `owner` that were sunk, as far as `reader` knows.
    fn wrecks(&self, owner: Seat, reader: Seat) -> Cells {
        let waters = self.waters(owner);
        let Some(fleet) = self.fleet(owner, reader) else {
            return waters.wrecks();
        };
        let hits = waters.hits();
        let ships = fleet.ships().map(|(_, _, cells)| cells);
        ships
            .filter(|cells| cells.is_within(hits))
            .fold(Cells::default(), Cells::and)
    }

    /// The chart of the sea of `owner` with this fleet, as `reader` sees it.
    fn chart(&self, owner: Seat, reader: Seat, fleet: Option<&Fleet>) -> Vec<Vec<Span>> {
        let waters = self.waters(owner);
        let (tried, hits, wrecks) = (waters.tried(), waters.hits(), self.wrecks(owner, reader));
        let last = waters.last().map(|(cell, _)| cell);
        let shooter = owner.other();
        let square = |cell: Cell| {
            let (sign, mark) = if wrecks.has(cell) {
                // What the reader has sunk stands out most.
                let mark = match owner == reader {
                    true => Mark::Held(shooter),
                    false => Mark::Winning(shooter),
                };
                ('#', mark)
            } else if hits.has(cell) {
                ('X', Mark::Held(shooter))
            } else if tried.has(cell) {
                ('o', Mark::Frame)
            } else if let Some(ship) = fleet.and_then(|fleet| fleet.ship_at(cell)) {
                (ship.letter(), Mark::Held(owner))
            } else {
                ('.', Mark::Free)
            };
            match last == Some(cell) {
                true => Span::new(format!("[{sign}]"), Mark::Last(shooter)),
                false => Span::new(format!(" {sign} "), mark),
            }
        };
        let head = match owner == reader {
            true => "your sea",
            false => "their sea",
        };
        let width = 3 * SIDE;
        let letters = ('a'..='z').take(SIDE);
        let letters: String = letters.map(|letter| format!(" {letter} ")).collect();
        let mut lines = vec![
            vec![Span::new(format!("    {head:<0$}", width - 1), Mark::Frame)],
            vec![Span::new(format!("   {letters}"), Mark::Frame)],
        ];
        let mut cells = Cell::all();
        for row in 1..=SIDE {
            let mut line = vec![Span::new(format!("{row:>2} "), Mark::Frame)];
            line.extend(cells.by_ref().take(SIDE).map(square));
            lines.push(line);
        }
        lines
    }
}

/// The fleet and the salt that `words` open, whatever they are worth.
fn opened(words: &str) -> Option<(Fleet, Salt)> {
    let opening: Opening = words.strip_prefix("fleet ")?.parse().ok()?;
    Some((Fleet::read(&opening.secret)?, opening.salt))
}

/// The answer that `words` give, and what shows that it is true.
fn read_answer(words: &str) -> Result<(ShotResult, MerkleProof), Lie> {
    let (answer, proof) = words.split_once(' ').unwrap_or((words, ""));
    let (answer, proof) = match answer {
        "miss" => (ShotResult::Miss, proof),
        "hit" => (ShotResult::Hit, proof),
        "sunk" => {
            let (ship, proof) = proof.split_once(' ').unwrap_or((proof, ""));
            let ship = Ship::named(ship).ok_or(Lie::FalseAnswer)?;
            (ShotResult::Sunk(ship), proof)
        }
        _ => return Err(Lie::NoMove),
    };
    Ok((answer, proof.parse().map_err(|_| Lie::NotShown)?))
}

/// The square that `words`, without spaces and in lower case, begin with, and what stands behind it.
fn read_cell<'a>(words: &'a str, moves: &'static str) -> Result<(Cell, &'a str), Illegal> {
    let unreadable = || Illegal::Unreadable { moves };
    let mut rest = words.chars();
    let column = rest.next().filter(char::is_ascii_lowercase);
    let column = column.ok_or_else(unreadable)?;
    let behind = rest.as_str();
    let rest = behind.trim_start_matches(|c: char| c.is_ascii_digit());
    let row = behind.strip_suffix(rest).unwrap_or_default();
    if row.is_empty() || row.len() > 3 {
        return Err(unreadable());
    }
    let number: usize = row.parse().map_err(|_| unreadable())?;
    let cell = number
        .checked_sub(1)
        .and_then(|row| Cell::at(('a'..column).count(), row));
    match cell {
        Some(cell) => Ok((cell, rest)),
        None => Err(Illegal::OffBoard {
            square: format!("{column}{row}"),
            moves,
        }),
    }
}

/// The names of these ships, with commas between; `none` where there is none.
fn names(ships: impl Iterator<Item = Ship>) -> String {
    listed(ships.map(|ship| ship.name().to_owned()))
}

fn listed(parts: impl Iterator<Item = String>) -> String {
    let parts: Vec<String> = parts.collect();
    match parts.as_slice() {
        [] => "none".to_owned(),
        parts => parts.join(", "),
    }
}

fn counted(count: usize, one: &str, many: &str) -> String {
    match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
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
        let other = reader.other();
        let mut words = String::from("battleship");
        if self.waters(reader).root.is_none() {
            let mut placed = self.placed.ships().peekable();
            if placed.peek().is_some() {
                let placed = placed.map(|(ship, berth, _)| {
                    let stern = berth.stern(ship).unwrap_or(berth.bow);
                    format!("{} {} to {stern}", ship.name(), berth.bow)
                });
                let _ = write!(words, "; placed: {}", listed(placed));
            }
            let _ = write!(words, "; to place: {}", names(self.placed.left()));
            return words;
        }
        if let BattleshipStage::Placing(_) = self.stage {
            let _ = write!(words, "; your fleet is sealed, {OTHER} places a fleet now");
            return words;
        }
        for (owner, whose) in [
            (other, "your shots".to_owned()),
            (reader, format!("shots of {OTHER}")),
        ] {
            let waters = self.waters(owner);
            let (tried, hits) = (waters.tried().len(), waters.hits());
            let _ = write!(words, "; {whose}: {tried}");
            let Some((last, answer)) = waters.last() else {
                continue;
            };
            let found = match answer {
                ShotResult::Miss => "a miss".to_owned(),
                ShotResult::Hit => "a hit".to_owned(),
                ShotResult::Sunk(ship) => format!("sank the {}", ship.name()),
            };
            let _ = write!(
                words,
                ", {}, {}; the last at {last}, {found}; sunk: {}",
                counted(hits.len(), "hit", "hits"),
                counted(tried - hits.len(), "miss", "misses"),
                names(waters.sunk()),
            );
            let open = hits.without(self.wrecks(owner, reader));
            if !open.is_empty() {
                let open = listed(open.iter().map(|cell| cell.to_string()));
                let _ = write!(words, "; hit but afloat: {open}");
            }
            let missed = waters.tried().without(hits);
            if owner == other && !missed.is_empty() {
                // Who cannot see the chart has to know where not to shoot again.
                let missed = listed(missed.iter().map(|cell| cell.to_string()));
                let _ = write!(words, "; missed: {missed}");
            }
        }
        words
    }

    fn board(&self, reader: Seat) -> Board {
        let other = reader.other();
        let frame = |text: String| vec![Span::new(text, Mark::Frame)];
        if self.waters(reader).root.is_none() {
            let mut lines = self.chart(reader, reader, Some(&self.placed));
            let left = self.placed.left();
            let left = left.map(|ship| format!("{} {}", ship.name(), ship.length()));
            lines.push(frame(format!("   to place: {}", listed(left))));
            return Board::new(lines);
        }
        let yours = self.chart(reader, reader, self.fleet(reader, reader));
        let theirs = self.chart(other, reader, self.fleet(other, reader));
        let both = yours.into_iter().zip(theirs).map(|(mut line, right)| {
            line.push(Span::new(GAP, Mark::Frame));
            line.extend(right);
            line
        });
        let mut lines: Vec<_> = both.collect();
        let lettered = |ship: Ship| format!("{} {}", ship.letter(), ship.name());
        let yours = listed(self.waters(reader).afloat().map(lettered));
        let theirs = names(self.waters(other).afloat());
        lines.push(frame(format!("   yours afloat:  {yours}")));
        lines.push(frame(format!("   theirs afloat: {theirs}")));
        lines.push(frame(
            "   X a hit, # a ship sunk, o a miss, [ ] the last shot".to_owned(),
        ));
        Board::new(lines)
    }

    fn moves(&self) -> &'static str {
        match (self.stage, self.placed.left().next()) {
            (BattleshipStage::Placing(_), Some(Ship::Battleship)) => {
                "Place the battleship, 4 squares long: a1 right or a1 down. \
                 random places all that are left, again begins anew."
            }
            (BattleshipStage::Placing(_), Some(Ship::Cruiser)) => {
                "Place the cruiser, 3 squares long: a1 right or a1 down. \
                 random places all that are left, again begins anew."
            }
            (BattleshipStage::Placing(_), Some(Ship::Submarine)) => {
                "Place the submarine, 3 squares long: a1 right or a1 down. \
                 random places all that are left, again begins anew."
            }
            (BattleshipStage::Placing(_), Some(Ship::Destroyer)) => {
                "Place the destroyer, 2 squares long: a1 right or a1 down. \
                 random places it for you, again begins anew."
            }
            (BattleshipStage::Placing(_), _) => {
                "Place the carrier, 5 squares long: a1 right or a1 down. \
                 random places the whole fleet."
            }
            _ => SHOTS,
        }
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
        // The seal tells whose it is.
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
        // Who has just done something, or has just been shot at.
        let (owner, is_last) = match self.stage {
            BattleshipStage::Placing(Seat::Second) => return sealed(reader == Seat::First),
            BattleshipStage::Shooting(Seat::First) if self.second.last().is_none() => {
                return sealed(reader == Seat::Second);
            }
            BattleshipStage::Shooting(seat) => (seat, false),
            BattleshipStage::Showing(seat) => (seat.other(), true),
            BattleshipStage::Over(Outcome::Won(seat)) => {
                return match seat == reader {
                    true => {
                        format!("Your fleet is shown to {OTHER}: all your answers were true.")
                    }
                    false => format!("{OTHER} shows the fleet: all answers were true."),
                };
            }
            BattleshipStage::Placing(_)
            | BattleshipStage::Answering(..)
            | BattleshipStage::Over(_) => return String::new(),
        };
        let Some((cell, answer)) = self.waters(owner).last() else {
            return String::new();
        };
        let ship = self.own(reader).and_then(|own| own.fleet.ship_at(cell));
        let ship = ship.map_or("ship", Ship::name);
        let news = match (answer, owner == reader) {
            (ShotResult::Miss, false) => format!("You shoot at {cell}: a miss."),
            (ShotResult::Hit, false) => format!("You hit at {cell}."),
            (ShotResult::Sunk(ship), false) => format!("You sank the {} of {OTHER}.", ship.name()),
            (ShotResult::Miss, true) => format!("{OTHER} shoots at {cell}: a miss."),
            (ShotResult::Hit, true) => format!("{OTHER} hits your {ship} at {cell}."),
            (ShotResult::Sunk(_), true) => format!("{OTHER} sank your {ship} at {cell}."),
        };
        match (is_last, owner == reader) {
            (false, _) => news,
            (true, false) => format!("{news}\nThe whole fleet of {OTHER} is sunk."),
            (true, true) => format!("{news}\nYour whole fleet is sunk."),
        }
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

/// What is told when a fleet has been sealed.
fn sealed(is_mine: bool) -> String {
    match is_mine {
        true => format!("Your fleet is sealed: {OTHER} cannot see it."),
        false => format!("The fleet of {OTHER} is sealed: it cannot be changed any more."),
    }
}
