//! Battleship between two programs, of which one may lie.
//!
//! What is right is found out here once more, by other means than the game's: ships are lists of
//! names, and the tree of seals is built anew from the seals alone.

mod lies;
mod partner;
mod rules;
mod screen;

use tictalk::games::seal::{Opening, Salt, Seal};
use tictalk::games::{
    Battleship, Chance, Choice, Game, GameId, Illegal, Next, Said, Seat, Secrets,
};

const ID: GameId = GameId([7; 32]);
const SEATS: [Seat; 2] = [Seat::First, Seat::Second];
const SHIPS: [(&str, usize); 5] = [
    ("carrier", 5),
    ("battleship", 4),
    ("cruiser", 3),
    ("submarine", 3),
    ("destroyer", 2),
];

/// Ships that touch: the rows 1 to 5, each from column a.
const STACKED: &str = "a1r,a2r,a3r,a4r,a5r";

/// Ships that do not touch.
const APART: &str = "j1d,a10r,c3d,e5r,h9r";

fn chance(seed: u8) -> Chance {
    Chance::new([seed; 32])
}

/// The names of all squares, row by row.
fn squares() -> Vec<String> {
    let rows = 1..=10;
    rows.flat_map(|row| ('a'..='j').map(move |column| format!("{column}{row}")))
        .collect()
}

/// The squares of a ship of this length; beyond the sea there are none.
fn squares_of(berth: &str, length: usize) -> Vec<String> {
    let (bow, way) = berth.split_at(berth.len() - 1);
    let all = squares();
    let bow = all.iter().position(|name| name == bow).unwrap();
    let (step, room) = match way {
        "r" => (1, 10 - bow % 10),
        "d" => (10, 10 - bow / 10),
        way => panic!("{way}"),
    };
    (0..length.min(room))
        .map(|steps| all[bow + steps * step].clone())
        .collect()
}

/// Each ship of a layout, with its squares.
fn ships(layout: &str) -> Vec<(&'static str, Vec<String>)> {
    let berths = layout.split(',').zip(SHIPS);
    berths
        .map(|(berth, (name, length))| (name, squares_of(berth, length)))
        .collect()
}

fn ship_squares(layout: &str) -> Vec<String> {
    ships(layout)
        .into_iter()
        .flat_map(|(_, squares)| squares)
        .collect()
}

fn water(layout: &str) -> Vec<String> {
    let taken = ship_squares(layout);
    let mut all = squares();
    all.retain(|name| !taken.contains(name));
    all
}

/// The result of a shot at `cell` after those at `before`: `miss`, `hit` or `sunk cruiser`.
fn truth(layout: &str, before: &[String], cell: &str) -> String {
    let ships = ships(layout);
    let Some((name, squares)) = ships.iter().find(|(_, s)| s.iter().any(|it| it == cell)) else {
        return "miss".to_owned();
    };
    match squares.iter().all(|it| it == cell || before.contains(it)) {
        true => format!("sunk {name}"),
        false => "hit".to_owned(),
    }
}

/// A sea with whatever is claimed to be in it, sealed as the game's text says.
#[derive(Debug, Clone)]
struct Sealed {
    salt: Salt,
    levels: Vec<Vec<Seal>>,
}

impl Sealed {
    fn new(ships: &[String], id: GameId, seat: Seat) -> Self {
        let salt = Salt::draw(&mut chance(99));
        let public = Salt::draw(&mut Chance::new([0; 32]));
        let all = squares();
        let leaf = |number: usize| {
            let opening = match all.get(number) {
                Some(name) => Opening {
                    secret: match ships.contains(name) {
                        true => format!("{name} ship"),
                        false => format!("{name} water"),
                    },
                    salt: salt.part(number),
                },
                None => Opening {
                    secret: format!("no square {number}"),
                    salt: public,
                },
            };
            Seal::of(&opening, id, seat)
        };
        let mut levels: Vec<Vec<Seal>> = vec![(0..128).map(leaf).collect()];
        while levels[levels.len() - 1].len() > 1 {
            let below = &levels[levels.len() - 1];
            let above = below.chunks(2).map(|two| Seal::over(two[0], two[1]));
            levels.push(above.collect());
        }
        assert_eq!(levels.len(), 8);
        Self { salt, levels }
    }

    fn of_layout(layout: &str, id: GameId, seat: Seat) -> Self {
        Self::new(&ship_squares(layout), id, seat)
    }

    fn fleet(&self) -> String {
        format!("fleet {}", self.levels[7][0])
    }

    fn opening(&self, layout: &str) -> String {
        format!("fleet {layout} {}", self.salt)
    }

    fn proof(&self, cell: &str) -> String {
        let mut number = squares().iter().position(|name| name == cell).unwrap();
        let mut proof = self.salt.part(number).to_string();
        for level in &self.levels[..7] {
            proof += &format!(" {}", level[number ^ 1]);
            number /= 2;
        }
        proof
    }
}

/// Two ends that play as two programs do, and all that went over the wire.
#[derive(Debug, Clone)]
struct Table {
    ends: [Battleship; 2],
    chance: Chance,
    log: Vec<(Seat, Said)>,
    /// The fleet that each seat has sealed.
    layouts: [String; 2],
    /// The shots of each seat.
    shots: [Vec<String>; 2],
}

fn at(seat: Seat) -> usize {
    match seat {
        Seat::First => 0,
        Seat::Second => 1,
    }
}

impl Table {
    fn new(seed: u8) -> Self {
        Self {
            ends: [Battleship::new(ID), Battleship::new(ID)],
            chance: chance(seed),
            log: Vec::new(),
            layouts: Default::default(),
            shots: Default::default(),
        }
    }

    /// Both fleets are placed.
    fn placed(seed: u8, layouts: [&str; 2]) -> Self {
        let mut table = Self::new(seed);
        for layout in layouts {
            let berths: Vec<&str> = layout.split(',').collect();
            table.types(&berths).unwrap();
        }
        table
    }

    fn next(&self) -> Next {
        let [first, second] = &self.ends;
        assert_eq!(first.next(), second.next());
        first.next()
    }

    /// The person who is next types these lines; all but the last are only parts of the turn.
    fn types(&mut self, lines: &[&str]) -> Result<(), Illegal> {
        let Next::Move(seat) = self.next() else {
            panic!("nobody is to type now");
        };
        let end = &mut self.ends[at(seat)];
        for (number, line) in (1..).zip(lines) {
            match end.choose(line, &mut self.chance)? {
                Choice::Partly => assert!(number < lines.len(), "{lines:?} are too few"),
                Choice::Said(said) => {
                    assert_eq!(number, lines.len(), "{lines:?} are too many");
                    self.take(seat, said);
                    break;
                }
            }
        }
        Ok(())
    }

    /// The programs take the turns that are theirs.
    fn steps(&mut self) {
        while let Next::Step(seat) = self.next() {
            let said = self.ends[at(seat)].step(&mut self.chance);
            assert_eq!(said.secret, None);
            self.take(seat, said);
        }
    }

    fn shoot(&mut self, cell: &str) {
        self.types(&[cell]).unwrap();
        self.steps();
    }

    fn take(&mut self, seat: Seat, said: Said) {
        let next = self.next();
        let words = &said.words;
        assert!(words.len() <= 4_096, "{} bytes", words.len());
        for (end, reader) in self.ends.iter_mut().zip(SEATS) {
            assert_eq!(end.play(seat, words).as_ref(), Ok(words));
            if let Some(secret) = said.secret.as_deref().filter(|_| reader == seat) {
                end.keep(secret);
            }
        }
        match (next, &said.secret) {
            (Next::Move(_), Some(secret)) => {
                let (layout, _) = secret.split_once(' ').unwrap();
                self.layouts[at(seat)] = layout.to_owned();
            }
            (Next::Move(_), None) => self.shots[at(seat)].push(words.clone()),
            _ => {}
        }
        self.log.push((seat, said));
    }

    /// The end of `reader`, from what went over the wire and what was kept there.
    fn rebuilt(&self, reader: Seat) -> Battleship {
        let mut end = Battleship::new(ID);
        for (seat, said) in &self.log {
            end.play(*seat, &said.words).unwrap();
            if let Some(secret) = said.secret.as_deref().filter(|_| *seat == reader) {
                end.keep(secret);
            }
        }
        end
    }

    fn shots(&self) -> usize {
        self.shots.iter().map(Vec::len).sum()
    }
}

/// A table where the first seat places, the second one places, the first one shoots, or the second
/// one answers.
fn staged(stage: usize) -> Table {
    let mut table = Table::new(3);
    for typed in ["random", "random", "e5"].iter().take(stage) {
        table.types(&[typed]).unwrap();
    }
    table
}

fn widths(end: &Battleship) {
    for reader in SEATS {
        for line in end.board(reader).to_string().lines() {
            assert!(line.chars().count() <= 78, "{line:?}");
        }
    }
}
