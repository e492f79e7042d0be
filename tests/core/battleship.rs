//! Battleship between two programs, of which one may lie.
//!
//! What is right is found out here once more, by other means than the game's: ships are lists of
//! names, and the tree of seals is built anew from the seals alone.

use proptest::prelude::*;
use std::collections::HashSet;
use tictalk::games::seal::{Opening, Salt, Seal};
use tictalk::games::{
    self, Battleship, Chance, Choice, Game, GameId, Illegal, Lie, Next, Outcome, Said, Seat,
    Secrets, Skill,
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

/// Ships that stand apart.
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

/// What a shot at `cell` finds behind those at `before`: `miss`, `hit` or `sunk cruiser`.
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
    /// What each seat has sealed.
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

/// All that an end shows and does.
fn shown(end: &Battleship, reader: Seat) -> impl PartialEq + std::fmt::Debug + use<> {
    (
        (end.next(), end.board(reader), end.describe(reader)),
        (end.news(reader), end.legal(), end.moves()),
        end.step(&mut chance(0)),
    )
}

fn has_rules_kept(table: &Table) {
    let [first, second] = &table.shots;
    let ahead = first.len() - second.len();
    assert!(ahead <= 1, "one shot a turn");
    for seat in SEATS {
        let shots = &table.shots[at(seat)];
        let different: HashSet<&String> = shots.iter().collect();
        assert_eq!(different.len(), shots.len(), "no square is shot at twice");
        assert!(shots.iter().all(|shot| squares().contains(shot)));
    }
    // The answers, in the order of the shots.
    let mut told = [0; 2];
    for (seat, said) in &table.log {
        let target = at(*seat);
        let shots = &table.shots[1 - target];
        let word = said.words.split(' ').next().unwrap();
        if !["miss", "hit", "sunk"].contains(&word) {
            continue;
        }
        let number = told[target];
        told[target] += 1;
        let truth = truth(&table.layouts[target], &shots[..number], &shots[number]);
        let words: Vec<&str> = said.words.split(' ').collect();
        assert_eq!(words[..words.len() - 8].join(" "), truth);
    }
}

fn hits(table: &Table, shooter: Seat) -> usize {
    let ships = ship_squares(&table.layouts[at(shooter.other())]);
    let shots = table.shots[at(shooter)].iter();
    shots.filter(|shot| ships.contains(shot)).count()
}

fn widths(end: &Battleship) {
    for reader in SEATS {
        for line in end.board(reader).to_string().lines() {
            assert!(line.chars().count() <= 78, "{line:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn honest_programs_play_by_the_rules_and_agree(
        seed: u8,
        levels in prop::array::uniform2(0usize..4),
        picks in prop::collection::vec(any::<usize>(), 1..40),
    ) {
        let mut table = Table::new(seed);
        let mut picks = picks.into_iter().cycle();
        let skills = [None, Some(Skill::Easy), Some(Skill::Medium), Some(Skill::Perfect)];
        while let Next::Move(seat) = table.next() {
            let end = &table.ends[at(seat)];
            let words = match skills[levels[at(seat)]] {
                Some(skill) => end.advise(skill, &mut table.chance).unwrap().words,
                None => {
                    let legal = end.legal();
                    legal[picks.next().unwrap() % legal.len()].clone()
                }
            };
            assert!(end.legal().contains(&words));
            table.types(&[&words]).unwrap();
            table.steps();
            for end in &table.ends {
                widths(end);
            }
            for (end, reader) in table.ends.iter().zip(SEATS) {
                let is_due = table.shots().is_multiple_of(16) || table.shots() < 3;
                if is_due {
                    assert_eq!(shown(&table.rebuilt(reader), reader), shown(end, reader));
                }
            }
        }
        let Next::Over(Outcome::Won(winner)) = table.next() else {
            panic!("{:?}", table.next());
        };
        has_rules_kept(&table);
        assert!(table.shots() <= 200);
        assert_eq!(hits(&table, winner), 17);
        assert!(hits(&table, winner.other()) < 17);
        for layout in &table.layouts {
            let squares: HashSet<String> = ship_squares(layout).into_iter().collect();
            assert_eq!(squares.len(), 17, "{layout} is no legal fleet");
        }
        let openings = table.log.iter().rev().take(2);
        let openings: Vec<Seat> = openings.map(|(seat, _)| *seat).collect();
        assert_eq!(openings, [winner, winner.other()], "both fleets are opened");
    }

    #[test]
    fn whatever_is_sent_is_taken_or_is_a_lie(
        stage in 0usize..4,
        words in "\\PC{0,40}|(fleet|miss|hit|sunk|sunk cruiser|[a-k]?[0-9]{0,3})( [a-f0-9]{64}){0,9}",
        typed in "\\PC{0,20}|[a-k] ?[0-9]{0,4} ?(right|down|r|d|up)?",
    ) {
        let table = staged(stage);
        for (end, reader) in table.ends.iter().zip(SEATS) {
            let seat = end.next().seat().unwrap();
            let mut end = end.clone();
            let before = shown(&end, reader);
            assert_eq!(end.play(seat.other(), &words), Err(Illegal::OutOfTurn));
            if reader == seat && end.choose(&typed, &mut chance(1)).is_err() {
                assert_eq!(shown(&end, reader), before, "what is refused changes nothing");
            }
            assert_eq!(end.play(seat, &words), Ok(words.clone()));
            match end.next() {
                Next::Over(outcome) => assert!(matches!(outcome, Outcome::Caught(s, _) if s == seat)),
                next => assert_ne!(next, table.next(), "{words:?}"),
            }
            widths(&end);
        }
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

#[test]
fn a_copy_from_the_wire_and_what_was_kept_goes_on_the_same_way() {
    let mut table = Table::placed(1, [STACKED, APART]);
    let mut shots = ship_squares(APART).into_iter();
    let mut misses = water(STACKED).into_iter();
    let check = |table: &Table| {
        for (end, reader) in table.ends.iter().zip(SEATS) {
            assert_eq!(shown(&table.rebuilt(reader), reader), shown(end, reader));
        }
    };
    while let Some(seat) = table.next().seat() {
        check(&table);
        match (table.next(), seat) {
            (Next::Step(_), _) => {
                // Not the program that was there before takes the turn, but the one rebuilt.
                let mut rebuilt = table.rebuilt(seat);
                std::mem::swap(&mut table.ends[at(seat)], &mut rebuilt);
                let said = table.ends[at(seat)].step(&mut chance(0));
                table.take(seat, said);
            }
            (_, Seat::First) => table.types(&[&shots.next().unwrap()]).unwrap(),
            (_, Seat::Second) => table.types(&[&misses.next().unwrap()]).unwrap(),
        }
    }
    check(&table);
    assert_eq!(table.next(), Next::Over(Outcome::Won(Seat::First)));
    assert_eq!(table.shots(), 17 + 16);
}

/// Nobody but the seat itself can answer or open: a copy without its secret has nothing to say.
#[test]
fn a_program_opens_nothing_that_is_not_its_own_or_not_due() {
    let mut table = Table::placed(1, [STACKED, APART]);
    assert_eq!(table.ends[0].step(&mut chance(0)).words, "nothing");
    table.types(&["a1"]).unwrap();
    assert_eq!(table.ends[0].step(&mut chance(0)).words, "nothing");
    let secret = table.log[0].1.secret.clone().unwrap();
    let mut stranger = table.ends[1].clone();
    stranger.keep("nonsense");
    stranger.keep(&secret.replace("a5r", "b5r"));
    assert_eq!(
        stranger.step(&mut chance(0)),
        table.ends[1].step(&mut chance(0)),
        "what does not fit the seal is not taken for the fleet"
    );
    let logged = format!("{:?}", table.ends[0]);
    let salt = secret.split(' ').nth(1).unwrap();
    assert!(
        !logged.contains("Right") && !logged.contains(salt),
        "{logged}"
    );
}

#[test]
fn the_seal_is_the_tree_that_the_text_describes() {
    for seat in SEATS {
        let mut end = Battleship::new(ID);
        if seat == Seat::Second {
            end.play(
                Seat::First,
                &Sealed::of_layout(APART, ID, Seat::First).fleet(),
            )
            .unwrap();
        }
        let sealed = Sealed::of_layout(STACKED, ID, seat);
        end.play(seat, &sealed.fleet()).unwrap();
        end.keep(&format!("{STACKED} {}", sealed.salt));
        assert!(end.board(seat).to_string().contains("C  C  C  C  C"));
        assert!(!end.board(seat.other()).to_string().contains("C  C"));
    }
}

/// A program without honour in one seat, an honest one in the other.
#[derive(Debug, Clone)]
struct Duel {
    honest: Battleship,
    liar: Seat,
    sealed: Sealed,
    layout: String,
    /// Where the liar shoots.
    aims: Vec<String>,
    /// Where the honest one has shot.
    shot: Vec<String>,
}

impl Duel {
    /// The honest fleet is [`STACKED`]; the liar shoots beside it.
    fn new(liar: Seat, layout: &str) -> Self {
        let sealed = Sealed::of_layout(layout, ID, liar);
        Self::with(liar, layout, sealed)
    }

    fn with(liar: Seat, layout: &str, sealed: Sealed) -> Self {
        let mut aims = water(STACKED);
        aims.extend(ship_squares(STACKED));
        let mut duel = Self {
            honest: Battleship::new(ID),
            liar,
            sealed,
            layout: layout.to_owned(),
            aims,
            shot: Vec::new(),
        };
        for seat in SEATS {
            if seat == liar {
                duel.sends(&duel.sealed.fleet());
                continue;
            }
            let mut said = None;
            for berth in STACKED.split(',') {
                match duel.honest.choose(berth, &mut chance(5)).unwrap() {
                    Choice::Partly => {}
                    Choice::Said(all) => said = Some(all),
                }
            }
            let said = said.unwrap();
            duel.honest.play(seat, &said.words).unwrap();
            duel.honest.keep(&said.secret.unwrap());
        }
        duel
    }

    /// The liar goes for the honest ships at once, and wins.
    fn winning(mut self) -> Self {
        self.aims = ship_squares(STACKED);
        self
    }

    fn sends(&mut self, words: &str) {
        self.honest.play(self.liar, words).unwrap();
    }

    /// The honest program answers and the liar shoots, until the honest person shoots or the liar's
    /// program has something to do.
    fn advance(&mut self) {
        loop {
            match self.honest.next() {
                Next::Step(seat) if seat != self.liar => {
                    let said = self.honest.step(&mut chance(6));
                    self.honest.play(seat, &said.words).unwrap();
                }
                Next::Move(seat) if seat == self.liar => {
                    let aim = self.aims.remove(0);
                    self.sends(&aim);
                }
                _ => return,
            }
        }
    }

    /// The honest person shoots, and the liar has to answer.
    fn asks(&mut self, cell: &str) {
        self.advance();
        self.honest.play(self.liar.other(), cell).unwrap();
        assert_eq!(self.honest.next(), Next::Step(self.liar));
        self.shot.push(cell.to_owned());
    }

    /// The answer with these words and a proof that fits the seal.
    fn answers(&mut self, words: &str) {
        let cell = self.shot.last().unwrap();
        let proof = self.sealed.proof(cell);
        self.sends(&format!("{words} {proof}"));
    }

    /// The honest person shoots here one by one, and is told the truth.
    fn is_honest_at<S: AsRef<str>>(&mut self, cells: &[S]) {
        for cell in cells {
            let cell = cell.as_ref();
            let truth = truth(&self.layout, &self.shot, cell);
            self.asks(cell);
            self.answers(&truth);
            let next = self.honest.next();
            assert!(matches!(next, Next::Move(_)), "{cell} {truth}: {next:?}");
        }
    }

    fn is_caught(&self, lie: Lie) {
        let caught = Next::Over(Outcome::Caught(self.liar, lie));
        assert_eq!(self.honest.next(), caught);
        assert_eq!(self.honest.news(self.liar.other()), "");
        widths(&self.honest);
    }

    fn sends_and_is_caught(&self, words: &str, lie: Lie) {
        let mut duel = self.clone();
        duel.sends(words);
        let caught = Next::Over(Outcome::Caught(self.liar, lie));
        assert_eq!(duel.honest.next(), caught, "{words:?}");
    }

    /// All ships of the liar but one square are hit, and the shot at that one is not answered yet.
    fn at_the_last_hit(&mut self) {
        let mut cells = ship_squares(&self.layout);
        let last = cells.pop().unwrap();
        self.is_honest_at(&cells);
        self.asks(&last);
    }

    /// The liar has sunk all, and the honest fleet is open: now the liar has to open its own.
    fn at_the_end(&mut self) {
        let cells = water(&self.layout);
        for cell in cells {
            self.advance();
            if self.honest.next() == Next::Step(self.liar) {
                return;
            }
            self.is_honest_at(&[cell]);
        }
        panic!("the liar did not win");
    }
}

#[test]
fn a_false_answer_is_caught_at_once() {
    for liar in SEATS {
        let mut duel = Duel::new(liar, APART);
        duel.asks("j1");
        let proof = duel.sealed.proof("j1");
        duel.sends_and_is_caught(&format!("miss {proof}"), Lie::FalseAnswer);
        // Proven, but no ship is sunk by one hit.
        duel.sends_and_is_caught(&format!("sunk destroyer {proof}"), Lie::FalseAnswer);
        duel.sends_and_is_caught(&format!("sunk dinghy {proof}"), Lie::FalseAnswer);
        duel.sends_and_is_caught(
            &format!("hit {}", duel.sealed.proof("j2")),
            Lie::FalseAnswer,
        );
        let mut honest = duel.clone();
        honest.answers("hit");
        assert_eq!(honest.honest.next(), Next::Move(liar));

        let mut duel = Duel::new(liar, APART);
        duel.asks("a1");
        let proof = duel.sealed.proof("a1");
        for words in ["hit", "sunk destroyer"] {
            duel.sends_and_is_caught(&format!("{words} {proof}"), Lie::FalseAnswer);
        }
        duel.answers("miss");
        assert_eq!(duel.honest.next(), Next::Move(liar));

        // The same ship a second time.
        let mut duel = Duel::new(liar, "a1r,a2r,a3r,a4r,a5r");
        duel.is_honest_at(&["a5", "b5", "a1"]);
        duel.asks("b1");
        duel.answers("sunk destroyer");
        duel.is_caught(Lie::FalseAnswer);
    }
}

#[test]
fn every_part_of_a_proof_counts() {
    let mut duel = Duel::new(Seat::Second, APART);
    duel.asks("j1");
    let proof = duel.sealed.proof("j1");
    let parts: Vec<&str> = proof.split(' ').collect();
    for number in 0..parts.len() {
        let mut wrong = parts.clone();
        let other: String = match wrong[number].split_at(1) {
            ("0", rest) => format!("1{rest}"),
            (_, rest) => format!("0{rest}"),
        };
        wrong[number] = &other;
        duel.sends_and_is_caught(&format!("hit {}", wrong.join(" ")), Lie::FalseAnswer);
        wrong.remove(number);
        duel.sends_and_is_caught(&format!("hit {}", wrong.join(" ")), Lie::NotShown);
        wrong.insert(number, "x");
        duel.sends_and_is_caught(&format!("hit {}", wrong.join(" ")), Lie::NotShown);
    }
    duel.sends_and_is_caught(&format!("hit {proof} {}", parts[1]), Lie::NotShown);
    duel.sends_and_is_caught(&format!("hit  {proof}"), Lie::NotShown);
    duel.sends_and_is_caught(&format!("hit {proof} "), Lie::NotShown);
}

#[test]
fn malformed_words_are_caught_in_every_stage() {
    for liar in SEATS {
        // Placing: the liar is next.
        let mut duel = Duel::new(liar, APART);
        let root = duel.sealed.fleet();
        let mut fresh = duel.clone();
        fresh.honest = Battleship::new(ID);
        if liar == Seat::Second {
            fresh.honest.play(Seat::First, &root).unwrap();
        }
        for words in [
            "",
            "random",
            "fleet",
            "fleet ",
            "fleet x",
            "noted",
            "Fleet",
            "b5",
            "fleet a1r,a2r",
        ] {
            fresh.sends_and_is_caught(words, Lie::NotSealed);
        }
        fresh.sends_and_is_caught(&format!("{root} "), Lie::NotSealed);
        fresh.sends_and_is_caught(&format!("{root}00"), Lie::NotSealed);
        fresh.sends_and_is_caught(&duel.sealed.opening(APART), Lie::TooEarly);

        // Answering.
        duel.asks("b5");
        for words in ["", "noted", "b5", "fleet", "yes", "fleet x y", &root] {
            duel.sends_and_is_caught(words, Lie::NoMove);
        }
        for words in [
            "miss",
            "hit",
            "miss ",
            "hit x",
            "sunk cruiser",
            "sunk cruiser ",
        ] {
            duel.sends_and_is_caught(words, Lie::NotShown);
        }
        duel.sends_and_is_caught("sunk", Lie::FalseAnswer);
        duel.sends_and_is_caught(&duel.sealed.opening(APART), Lie::TooEarly);

        // Shooting.
        duel.answers("miss");
        assert_eq!(duel.honest.next(), Next::Move(liar));
        // The first seat has shot there already.
        let before = if liar == Seat::First { "f1" } else { "F1" };
        for words in [
            "", "noted", "B5", "b05", "b+5", "k1", "a0", "a11", "b 5", "b5 ", "5b", "1", "٣", "a",
            "random", before,
        ] {
            duel.sends_and_is_caught(words, Lie::NoMove);
        }
        duel.sends_and_is_caught(&duel.sealed.opening(APART), Lie::NoMove);
    }
}

#[test]
fn who_does_not_open_the_fleet_at_the_last_hit_is_caught() {
    for liar in SEATS {
        let mut duel = Duel::new(liar, APART);
        duel.at_the_last_hit();
        let cell = duel.shot.last().unwrap();
        let proof = duel.sealed.proof(cell);
        duel.sends_and_is_caught(&format!("hit {proof}"), Lie::NotShown);
        duel.sends_and_is_caught(&format!("sunk destroyer {proof}"), Lie::NotShown);
        duel.sends_and_is_caught(&format!("miss {proof}"), Lie::FalseAnswer);
        duel.sends_and_is_caught("fleet x", Lie::NotShown);
        duel.sends_and_is_caught("noted", Lie::NoMove);

        // A ship that has moved away from the last shot.
        for moved in ["j1d,a10r,c3d,e5r,a1r", "j1d,a10r,c3d,e5r,h9d", STACKED] {
            duel.sends_and_is_caught(&duel.sealed.opening(moved), Lie::Changed);
        }
        let other_salt = Salt::draw(&mut chance(1));
        duel.sends_and_is_caught(&format!("fleet {APART} {other_salt}"), Lie::Changed);

        duel.sends(&duel.sealed.opening(APART));
        assert_eq!(duel.honest.next(), Next::Step(liar.other()));
        duel.advance();
        let won = Next::Over(Outcome::Won(liar.other()));
        assert_eq!(duel.honest.next(), won);
    }
}

#[test]
fn who_opens_the_fleet_before_the_last_hit_is_caught() {
    for liar in SEATS {
        let mut duel = Duel::new(liar, APART);
        let cells = ship_squares(APART);
        duel.is_honest_at(&cells[..15]);
        duel.asks(&cells[15]);
        duel.sends_and_is_caught(&duel.sealed.opening(APART), Lie::TooEarly);
        duel.answers("hit");
        // The next one would be the last hit, but this is none.
        duel.asks("a1");
        duel.sends_and_is_caught(&duel.sealed.opening(APART), Lie::TooEarly);
        duel.answers("miss");
        assert_eq!(duel.honest.next(), Next::Move(liar));
    }
}

#[test]
fn a_winner_has_to_open_the_fleet_that_was_sealed() {
    for liar in SEATS {
        let mut duel = Duel::new(liar, APART).winning();
        duel.at_the_end();
        for words in ["", "noted", "fleet", "fleet x y", "a1"] {
            duel.sends_and_is_caught(words, Lie::NotShown);
        }
        duel.sends_and_is_caught(&duel.sealed.fleet(), Lie::NotShown);
        duel.sends_and_is_caught(&duel.sealed.opening(STACKED), Lie::Changed);
        for layout in [
            "j1d,a10r,c3d,e5r",
            "j1d,a10r,c3d,e5r,h9r,a1r",
            "j1d,a10r,c3d,e5r,h9",
        ] {
            duel.sends_and_is_caught(&duel.sealed.opening(layout), Lie::NotShown);
        }
        duel.sends(&duel.sealed.opening(APART));
        assert_eq!(duel.honest.next(), Next::Over(Outcome::Won(liar)));
    }
}

/// The places of the ships decide, not the seal: it fits in each of these.
#[test]
fn a_fleet_against_the_rules_comes_out() {
    for liar in SEATS {
        for layout in [
            // On each other.
            "a1r,a1r,c3d,e5r,h9r",
            "a1r,c1d,e5r,h9r,j1d",
            "a1r,a1d,c3d,e5r,h9r",
            // Beyond the sea.
            "g1r,a10r,c3d,e5r,h9r",
            "j7d,a10r,c3d,e5r,h8r",
            "j1d,a10r,c3d,e5r,j9r",
        ] {
            let mut duel = Duel::new(liar, layout).winning();
            duel.at_the_end();
            duel.sends(&duel.sealed.opening(layout));
            duel.is_caught(Lie::AgainstTheRules);
        }
    }
}

/// Too few ships cannot be sunk; the game ends all the same, before every square is shot at.
#[test]
fn an_empty_sea_is_caught_when_no_fleet_fits_any_more() {
    for liar in SEATS {
        let sealed = Sealed::new(&[], ID, liar);
        let mut duel = Duel::with(liar, APART, sealed);
        for (number, cell) in (1..).zip(squares()) {
            duel.asks(&cell);
            duel.answers("miss");
            if number < 84 {
                assert_eq!(duel.honest.next(), Next::Move(liar));
            } else {
                duel.is_caught(Lie::AgainstTheRules);
                break;
            }
        }
    }
}

/// Too many ships: each shot hits.
#[test]
fn a_sea_of_ships_is_caught_at_the_last_hit() {
    let liar = Seat::Second;
    let mut duel = Duel::with(liar, APART, Sealed::new(&squares(), ID, liar));
    for cell in &squares()[..16] {
        duel.asks(cell);
        duel.answers("hit");
    }
    duel.asks("a9");
    duel.sends_and_is_caught(&format!("hit {}", duel.sealed.proof("a9")), Lie::NotShown);
    duel.sends_and_is_caught(&duel.sealed.opening(APART), Lie::Changed);
}

#[test]
fn a_false_sunk_is_caught_when_the_fleet_is_opened() {
    for liar in SEATS {
        // Three squares of the carrier pass for the cruiser until then.
        for (cells, lies) in [
            (["j1", "j2", "j3"], "sunk cruiser"),
            (["c3", "c4", "c5"], "sunk submarine"),
            (["c3", "c4", "c5"], "hit"),
            (["e5", "f5", "g5"], "hit"),
        ] {
            let mut duel = Duel::new(liar, APART).winning();
            duel.is_honest_at(&cells[..2]);
            duel.asks(cells[2]);
            duel.answers(lies);
            assert_eq!(duel.honest.next(), Next::Move(liar), "it passes at first");
            duel.at_the_end();
            duel.sends(&duel.sealed.opening(APART));
            duel.is_caught(Lie::FalseAnswer);
        }
        // The same of a loser.
        let mut duel = Duel::new(liar, APART);
        duel.is_honest_at(&["c3", "c4"]);
        duel.asks("c5");
        duel.answers("hit");
        let mut cells = ship_squares(APART);
        cells.retain(|cell| !duel.shot.contains(cell));
        let last = cells.pop().unwrap();
        duel.is_honest_at(&cells);
        duel.asks(&last);
        duel.sends(&duel.sealed.opening(APART));
        duel.is_caught(Lie::FalseAnswer);
    }
}

/// A seal holds in one game and for one seat.
#[test]
fn the_seal_of_another_game_or_another_seat_opens_nothing() {
    for liar in SEATS {
        for (id, seat) in [(GameId([8; 32]), liar), (ID, liar.other())] {
            let sealed = Sealed::of_layout(APART, id, seat);
            let mut duel = Duel::with(liar, APART, sealed.clone());
            duel.asks("j1");
            duel.answers("hit");
            duel.is_caught(Lie::FalseAnswer);

            // It wins before it has to answer, as the other one gives up.
            let mut duel = Duel::with(liar, APART, sealed);
            duel.honest.resign(liar.other());
            duel.sends(&duel.sealed.opening(APART));
            duel.is_caught(Lie::Changed);
        }
    }
}

/// The second seat sends the first one's seal, and each proof that it learns.
#[test]
fn nothing_that_was_heard_can_be_said_again() {
    let mut honest = Battleship::new(ID);
    let Choice::Said(said) = honest.choose("random", &mut chance(1)).unwrap() else {
        panic!("a whole fleet is placed");
    };
    honest.play(Seat::First, &said.words).unwrap();
    honest.keep(&said.secret.unwrap());
    let mut echo = honest.clone();
    echo.play(Seat::Second, &said.words).unwrap();
    echo.play(Seat::First, "e5").unwrap();
    // What an honest answer of the first seat to the same shot looks like.
    let mut asked = honest.clone();
    asked
        .play(
            Seat::Second,
            &Sealed::of_layout(APART, ID, Seat::Second).fleet(),
        )
        .unwrap();
    asked.play(Seat::First, "a1").unwrap();
    let proof = Sealed::of_layout(APART, ID, Seat::Second).proof("a1");
    asked.play(Seat::Second, &format!("miss {proof}")).unwrap();
    asked.play(Seat::Second, "e5").unwrap();
    let answer = asked.step(&mut chance(0)).words;
    assert!(answer.len() > 500);
    echo.play(Seat::Second, &answer).unwrap();
    let caught = Next::Over(Outcome::Caught(Seat::Second, Lie::FalseAnswer));
    assert_eq!(echo.next(), caught);
}

#[test]
fn who_stays_shows_the_fleet_if_there_is_one_when_the_other_gives_up() {
    // The seats that have sealed a fleet, stage by stage.
    let stages: [&[Seat]; 4] = [&[], &[Seat::First], &SEATS, &SEATS];
    for (stage, sealed) in stages.into_iter().enumerate() {
        for quitter in SEATS {
            let winner = quitter.other();
            let mut table = staged(stage);
            for end in &mut table.ends {
                end.resign(quitter);
            }
            if sealed.contains(&winner) {
                assert_eq!(table.next(), Next::Step(winner));
                let mut liar = table.ends[at(quitter)].clone();
                liar.play(winner, "noted").unwrap();
                let caught = Outcome::Caught(winner, Lie::NotShown);
                assert_eq!(liar.next(), Next::Over(caught));
                table.steps();
                assert!(table.log.last().unwrap().1.words.starts_with("fleet "));
            }
            assert_eq!(table.next(), Next::Over(Outcome::Won(winner)), "{stage}");
            // It cannot be given up once more.
            table.ends[0].resign(winner);
            table.next();
        }
    }
}

#[test]
fn giving_up_does_not_hide_a_false_answer() {
    for liar in SEATS {
        let mut duel = Duel::new(liar, APART);
        duel.is_honest_at(&["j1", "j2"]);
        duel.asks("j3");
        duel.answers("sunk cruiser");
        duel.honest.resign(liar.other());
        assert_eq!(duel.honest.next(), Next::Step(liar));
        duel.sends(&duel.sealed.opening(APART));
        duel.is_caught(Lie::FalseAnswer);
    }
}

/// The one who has to open the fleet gives up instead: the loser has lost anyway, and a winner
/// without an honest fleet has not won.
#[test]
fn giving_up_instead_of_opening_wins_nothing() {
    for seat in SEATS {
        let mut duel = Duel::new(seat, APART);
        duel.at_the_last_hit();
        duel.honest.resign(seat);
        duel.advance();
        let won = Next::Over(Outcome::Won(seat.other()));
        assert_eq!(duel.honest.next(), won);

        let mut duel = Duel::new(seat, APART).winning();
        duel.at_the_end();
        duel.honest.resign(seat);
        assert_eq!(duel.honest.next(), won, "its fleet is open already");
    }
}

fn refusal(end: &mut Battleship, typed: &str) -> String {
    let board = end.board(Seat::First);
    let refusal = end.choose(typed, &mut chance(1)).unwrap_err();
    assert_eq!(end.board(Seat::First), board, "{typed:?} changes nothing");
    refusal.to_string()
}

#[test]
fn a_place_is_typed_in_many_ways() {
    let ways = [
        (
            ["a1 right", "a1 r", "A1 R", "a 1 across", "a1 horizontal"],
            "a1 to e1",
        ),
        (
            [" a01  ri ", "a1r", "a1RIGHT", "a\t1 acr", "A 1 h"],
            "a1 to e1",
        ),
        (
            ["c6 down", "c6 d", "C 6 D", "c6 vertical", "c6v"],
            "c6 to c10",
        ),
    ];
    for (typed, place) in ways {
        for typed in typed {
            let mut end = Battleship::new(ID);
            let choice = end.choose(typed, &mut chance(1));
            assert_eq!(choice, Ok(Choice::Partly), "{typed:?}");
            let words = end.describe(Seat::First);
            assert!(words.contains(&format!("carrier {place}")), "{words}");
        }
    }
}

#[test]
fn ships_are_placed_one_by_one_or_at_random_or_again() {
    let mut end = Battleship::new(ID);
    let mut chance = chance(1);
    assert!(end.moves().starts_with("Place the carrier, 5 squares long"));
    assert_eq!(end.legal(), ["random"]);
    for (place, next) in [
        ("a1 right", "battleship, 4"),
        ("a2 right", "cruiser, 3"),
        ("a3 right", "submarine, 3"),
        ("a4 right", "destroyer, 2"),
    ] {
        assert_eq!(end.choose(place, &mut chance), Ok(Choice::Partly));
        assert!(
            end.moves()
                .starts_with(&format!("Place the {next} squares"))
        );
        assert_eq!(end.next(), Next::Move(Seat::First));
    }
    let mut whole = end.clone();
    let Ok(Choice::Said(Said { words, secret })) = whole.choose("a5 r", &mut chance) else {
        panic!("all ships are placed");
    };
    assert!(words.starts_with("fleet ") && words.len() == 6 + 64);
    assert!(secret.unwrap().starts_with("a1r,a2r,a3r,a4r,a5r "));

    let mut random = end.clone();
    let Ok(Choice::Said(Said { secret, .. })) = random.choose("Random", &mut chance) else {
        panic!("all ships are placed");
    };
    assert!(secret.unwrap().starts_with("a1r,a2r,a3r,a4r,"));

    assert_eq!(end.choose("again", &mut chance), Ok(Choice::Partly));
    assert!(end.moves().starts_with("Place the carrier"));
    assert_eq!(
        end.board(Seat::First),
        Battleship::new(ID).board(Seat::First)
    );

    // Two fleets at random are not the same, nor are the seals of the same fleet.
    let mut fleets = HashSet::new();
    for _ in 0..20 {
        let Ok(Choice::Said(said)) = end.choose("random", &mut chance) else {
            panic!("all ships are placed");
        };
        fleets.insert(said.secret);
    }
    assert_eq!(fleets.len(), 20);
    let mut seal = || match whole.choose("a5 r", &mut chance) {
        Ok(Choice::Said(said)) => said.words,
        other => panic!("{other:?}"),
    };
    assert_ne!(seal(), seal());
}

#[test]
fn a_place_that_does_not_do_is_refused_with_the_reason() {
    let mut end = Battleship::new(ID);
    for (typed, why) in [
        (
            "g1 right",
            "The carrier does not fit there: it would extend past column j.",
        ),
        (
            "a7 down",
            "The carrier does not fit there: it would extend past row 10.",
        ),
        (
            "b5",
            "Which way does the carrier lie from b5? Type b5 right or b5 down.",
        ),
    ] {
        assert_eq!(refusal(&mut end, typed), why);
    }
    for typed in ["k1 right", "a0 right", "a11 down", "z99 d"] {
        let why = refusal(&mut end, typed);
        assert!(why.starts_with("There is no square "), "{why}");
    }
    for typed in [
        "", " ", "1", "a", "right", "a1 up", "a1 left", "5a right", "a1 rr", "a1111 r", "ä1 r",
    ] {
        let why = refusal(&mut end, typed);
        assert!(
            why.starts_with("That is not a move. Place the carrier"),
            "{why}"
        );
    }
    end.choose("a1 right", &mut chance(1)).unwrap();
    assert_eq!(
        refusal(&mut end, "c1 down"),
        "The battleship does not fit there: it would lie on your carrier."
    );
    let why = refusal(&mut end, "up");
    assert!(
        why.starts_with("That is not a move. Place the battleship"),
        "{why}"
    );
    // Touching is allowed.
    end.choose("a2 right", &mut chance(1)).unwrap();
}

#[test]
fn a_shot_is_typed_in_some_ways_and_once() {
    let table = Table::placed(1, [STACKED, APART]);
    for typed in ["b5", "B5", "b 5", " B  5 ", "b05"] {
        let mut table = table.clone();
        table.types(&[typed]).unwrap();
        assert_eq!(table.shots[0], ["b5"]);
    }
    let mut table = table;
    for typed in ["", "b", "5", "b5 right", "55", "bb5", "random", "b5!"] {
        let why = refusal(&mut table.ends[0], typed);
        assert!(why.starts_with("That is not a move. A shot is"), "{why}");
    }
    for typed in ["k5", "b11", "b0"] {
        let why = refusal(&mut table.ends[0], typed);
        assert!(
            why.starts_with(&format!("There is no square {typed}.")),
            "{why}"
        );
    }
    assert_eq!(table.ends[0].legal().len(), 100);
    table.shoot("b5");
    assert_eq!(table.ends[1].legal().len(), 100);
    table.shoot("b5");
    assert_eq!(
        refusal(&mut table.ends[0], "B 5"),
        "You have already shot at b5."
    );
    assert_eq!(table.ends[0].legal().len(), 99);
    assert!(!table.ends[0].legal().contains(&"b5".to_owned()));
    let mut other = table.ends[1].clone();
    other.play(Seat::First, "a1").unwrap();
    assert_eq!(other.choose("a1", &mut chance(1)), Err(Illegal::OutOfTurn));
}

#[test]
fn both_ends_are_shown_what_is_theirs_to_see() {
    let mut table = Table::new(1);
    let berths: Vec<&str> = STACKED.split(',').collect();
    table.ends[0].choose(berths[0], &mut chance(1)).unwrap();
    let placing = "   your sea
    a  b  c  d  e  f  g  h  i  j
 1  C  C  C  C  C  .  .  .  .  .
 2  .  .  .  .  .  .  .  .  .  .
 3  .  .  .  .  .  .  .  .  .  .
 4  .  .  .  .  .  .  .  .  .  .
 5  .  .  .  .  .  .  .  .  .  .
 6  .  .  .  .  .  .  .  .  .  .
 7  .  .  .  .  .  .  .  .  .  .
 8  .  .  .  .  .  .  .  .  .  .
 9  .  .  .  .  .  .  .  .  .  .
10  .  .  .  .  .  .  .  .  .  .
   to place: battleship 4, cruiser 3, submarine 3, destroyer 2
";
    assert_eq!(
        table.ends[0].board(Seat::First).to_string(),
        format!(" {placing}")
    );
    assert_eq!(
        table.ends[0].describe(Seat::First),
        "battleship; placed: carrier a1 to e1; \
         to place: battleship, cruiser, submarine, destroyer"
    );
    table.types(&berths[1..]).unwrap();
    let news = |table: &Table, seat| table.ends[at(seat)].news(seat);
    assert_eq!(
        news(&table, Seat::First),
        "Your fleet is sealed: {other} cannot see it."
    );
    assert_eq!(
        news(&table, Seat::Second),
        "The fleet of {other} is sealed: it cannot change."
    );
    table.types(&APART.split(',').collect::<Vec<_>>()).unwrap();
    let told = [
        ("h9", "You hit at h9.", "{other} hits your destroyer at h9."),
        ("a1", "You hit at a1.", "{other} hits your carrier at a1."),
        (
            "i9",
            "You sank the destroyer of {other}.",
            "{other} sank your destroyer at i9.",
        ),
        (
            "j10",
            "You shoot at j10: a miss.",
            "{other} shoots at j10: a miss.",
        ),
        ("j1", "You hit at j1.", "{other} hits your carrier at j1."),
        ("a5", "You hit at a5.", "{other} hits your destroyer at a5."),
        (
            "b7",
            "You shoot at b7: a miss.",
            "{other} shoots at b7: a miss.",
        ),
        (
            "b5",
            "You sank the destroyer of {other}.",
            "{other} sank your destroyer at b5.",
        ),
    ];
    for ((shot, shooter, target), seat) in told.into_iter().zip(SEATS.into_iter().cycle()) {
        table.types(&[shot]).unwrap();
        for reader in SEATS {
            assert_eq!(news(&table, reader), "", "the answer tells it all");
        }
        table.steps();
        assert_eq!(news(&table, seat), shooter);
        assert_eq!(news(&table, seat.other()), target);
    }
    let board = "    your sea                             their sea
    a  b  c  d  e  f  g  h  i  j         a  b  c  d  e  f  g  h  i  j
 1  X  C  C  C  C  .  .  .  .  .      1  .  .  .  .  .  .  .  .  .  X
 2  B  B  B  B  .  .  .  .  .  .      2  .  .  .  .  .  .  .  .  .  .
 3  R  R  R  .  .  .  .  .  .  .      3  .  .  .  .  .  .  .  .  .  .
 4  S  S  S  .  .  .  .  .  .  .      4  .  .  .  .  .  .  .  .  .  .
 5  # [#] .  .  .  .  .  .  .  .      5  .  .  .  .  .  .  .  .  .  .
 6  .  .  .  .  .  .  .  .  .  .      6  .  .  .  .  .  .  .  .  .  .
 7  .  .  .  .  .  .  .  .  .  .      7  . [o] .  .  .  .  .  .  .  .
 8  .  .  .  .  .  .  .  .  .  .      8  .  .  .  .  .  .  .  .  .  .
 9  .  .  .  .  .  .  .  .  .  .      9  .  .  .  .  .  .  .  #  #  .
10  .  .  .  .  .  .  .  .  .  o     10  .  .  .  .  .  .  .  .  .  .
   yours afloat:  C carrier, B battleship, R cruiser, S submarine
   theirs afloat: carrier, battleship, cruiser, submarine
   X a hit, # a ship sunk, o a miss, [ ] the last shot
";
    assert_eq!(table.ends[0].board(Seat::First).to_string(), board);
    assert_eq!(
        table.ends[0].describe(Seat::First),
        "battleship; your shots: 4, 3 hits, 1 miss; the last at b7, a miss; sunk: destroyer; \
         hit but afloat: j1; missed: b7; shots of {other}: 4, 3 hits, 1 miss; the last at b5, \
         sank the destroyer; sunk: destroyer; hit but afloat: a1"
    );
}

/// At the end, both see both fleets.
#[test]
fn the_end_shows_every_ship() {
    let mut table = Table::placed(1, [STACKED, APART]);
    let mut misses = water(STACKED).into_iter();
    for shot in ship_squares(APART) {
        table.types(&[&shot]).unwrap();
        if table.shots[0].len() < 17 {
            table.steps();
            table.shoot(&misses.next().unwrap());
        }
    }
    let said = table.ends[1].step(&mut chance(0));
    table.take(Seat::Second, said);
    assert_eq!(
        table.ends[0].news(Seat::First),
        "You sank the destroyer of {other}.\nThe whole fleet of {other} is sunk."
    );
    assert_eq!(
        table.ends[1].news(Seat::Second),
        "{other} sank your destroyer at i9.\nYour whole fleet is sunk."
    );
    let board = table.ends[1].board(Seat::Second).to_string();
    assert!(!board.contains("C  C"), "{board}");
    table.steps();
    let board = table.ends[1].board(Seat::Second).to_string();
    assert!(board.contains("yours afloat:  none"), "{board}");
    assert!(board.contains("C  C  C  C  C"), "{board}");
    assert_eq!(
        table.ends[1].news(Seat::Second),
        "{other} reveals the fleet: all answers were true."
    );
}

/// Where ships touch, a hit may belong to either; what is told of sunk ships must not mislead.
#[test]
fn touching_ships_are_told_apart_when_they_can_be() {
    let mut table = Table::placed(1, [APART, STACKED]);
    let mut misses = water(APART).into_iter();
    // The cruiser's last square completes two lines of three: along row 3, and down column c.
    for shot in ["c1", "c2", "a3", "b3", "c3"] {
        table.shoot(shot);
        table.shoot(&misses.next().unwrap());
    }
    let theirs = |table: &Table| {
        let board = table.ends[0].board(Seat::First).to_string();
        let charts = board.lines().skip(2).take(10);
        let charts: String = charts.map(|line| line[37..].to_owned() + "\n").collect();
        charts
    };
    assert!(!theirs(&table).contains('#'), "{}", theirs(&table));
    // Then all hits belong to ships that were sunk.
    for shot in ["a1", "b1", "d1", "e1", "a2", "b2", "d2"] {
        table.shoot(shot);
        table.shoot(&misses.next().unwrap());
    }
    let chart = theirs(&table);
    assert_eq!(chart.matches('#').count(), 12, "{chart}");
}

/// How many shots one of this skill needs against random fleets, on the average.
fn shots_needed(skill: Skill, games: u8) -> f64 {
    let first = Sealed::of_layout(STACKED, ID, Seat::First);
    let mut shots = 0;
    for seed in 0..games {
        let mut chance = chance(seed);
        let mut end = Battleship::new(ID);
        end.play(Seat::First, &first.fleet()).unwrap();
        let Ok(Choice::Said(said)) = end.choose("random", &mut chance) else {
            panic!("all ships are placed");
        };
        end.play(Seat::Second, &said.words).unwrap();
        end.keep(&said.secret.unwrap());
        // The other one needs all the shots there are.
        let mut aims = water(STACKED);
        aims.extend(ship_squares(STACKED));
        let mut shot = Vec::new();
        loop {
            let words = end.advise(skill, &mut chance).unwrap().words;
            assert_eq!(end.advise(skill, &mut chance).unwrap().forecast, None);
            end.play(Seat::First, &words).unwrap();
            shots += 1;
            let answer = end.step(&mut chance).words;
            end.play(Seat::Second, &answer).unwrap();
            if end.next() == Next::Step(Seat::First) {
                break;
            }
            let aim = &aims[shot.len()];
            end.play(Seat::Second, aim).unwrap();
            let answer = format!("{} {}", truth(STACKED, &shot, aim), first.proof(aim));
            end.play(Seat::First, &answer).unwrap();
            shot.push(aim.clone());
        }
    }
    f64::from(shots) / f64::from(games)
}

#[test]
fn the_better_the_player_the_fewer_shots_are_needed() {
    let [easy, medium, perfect] =
        [Skill::Easy, Skill::Medium, Skill::Perfect].map(|skill| shots_needed(skill, 12));
    assert!(easy > 85.0, "{easy}");
    assert!((50.0..75.0).contains(&medium), "{medium}");
    assert!(perfect < 50.0, "{perfect}");
}

#[test]
fn the_registry_knows_it() {
    let entry = games::find("Battle-Ship").unwrap();
    assert_eq!(entry.name, "battleship");
    assert_eq!(entry.options(""), Some(String::new()));
    assert_eq!(entry.options("5"), None);
    let games::Rules::Secret { start, .. } = entry.rules else {
        panic!("a game with secrets");
    };
    let game = start("", ID);
    assert_eq!(
        game.intro(Seat::First),
        "you place your fleet first, and shoot first."
    );
    assert_eq!(
        game.intro(Seat::Second),
        "{other} places a fleet first, and shoots first."
    );
}
