//! Fleets that move, and answers to shots that are not true.

use super::{CHANGED, Cheat};
use tictalk::games::seal::{GameId, Opening, Salt, Seal};
use tictalk::games::{Chance, Seat};

const FALSE: &str = "gave a false answer";
const NOT_SHOWN: &str = "did not reveal its sealed choice";
const NO_MOVE: &str = "sent a turn that is not legal";
const AGAINST_THE_RULES: &str = "sealed a choice that breaks the rules";

const SHIPS: [(&str, usize); 5] = [
    ("carrier", 5),
    ("battleship", 4),
    ("cruiser", 3),
    ("submarine", 3),
    ("destroyer", 2),
];

/// The fleet of the cheat: the rows 1 to 5, each ship from column a. The ships touch, so that one
/// can be taken for another.
const FLEET: &str = "a1r,a2r,a3r,a4r,a5r";

/// The names of all squares, row by row.
fn squares() -> Vec<String> {
    let rows = 1..=10;
    rows.flat_map(|row| ('a'..='j').map(move |column| format!("{column}{row}")))
        .collect()
}

/// The squares of the ships of a layout, ship by ship. Beyond the sea there are none.
fn ships(layout: &str) -> Vec<Vec<String>> {
    let berths = layout.split(',').zip(SHIPS);
    let ship = |(berth, (_, length)): (&str, (&str, usize))| {
        let (bow, way) = berth.split_at(berth.len() - 1);
        let (column, row) = bow.split_at(1);
        let column = usize::from(column.as_bytes()[0] - b'a');
        let row = row.parse::<usize>().unwrap() - 1;
        let places = (0..length).map(|step| match way {
            "r" => (column + step, row),
            _ => (column, row + step),
        });
        let inside = places.filter(|(column, row)| *column < 10 && *row < 10);
        let all = squares();
        inside
            .map(|(column, row)| all[10 * row + column].clone())
            .collect()
    };
    berths.map(ship).collect()
}

/// A sea that is sealed as the game's text says, whatever is claimed to be in it.
struct Sea {
    salt: Salt,
    /// The seals of the squares, then of each two of them, and so on up to the one that is sent.
    levels: Vec<Vec<Seal>>,
}

impl Sea {
    /// With a ship on each of the squares `taken`.
    fn new(taken: &[String], salt: Salt, id: GameId, seat: Seat) -> Self {
        let public = Salt::draw(&mut Chance::new([0; 32]));
        let all = squares();
        let leaf = |number: usize| {
            let (secret, salt) = match all.get(number) {
                Some(name) if taken.contains(name) => (format!("{name} ship"), salt.part(number)),
                Some(name) => (format!("{name} water"), salt.part(number)),
                None => (format!("no square {number}"), public),
            };
            Seal::of(&Opening { secret, salt }, id, seat)
        };
        let mut levels: Vec<Vec<Seal>> = vec![(0..128).map(leaf).collect()];
        while let [.., below] = levels.as_slice()
            && below.len() > 1
        {
            let above = below.chunks(2).map(|two| Seal::over(two[0], two[1]));
            let above = above.collect();
            levels.push(above);
        }
        Self { salt, levels }
    }

    fn of(layout: &str, salt: Salt, id: GameId, seat: Seat) -> Self {
        Self::new(&ships(layout).concat(), salt, id, seat)
    }

    /// The turn that seals it.
    fn sealed(&self) -> String {
        format!("fleet {}", self.levels[7][0])
    }

    /// The turn that opens it with this layout, whether that is the sealed one or not.
    fn opened(&self, layout: &str) -> String {
        format!("fleet {layout} {}", self.salt)
    }

    /// The turn that gives this answer, with what proves all that was sealed of `square`.
    fn answer(&self, answer: &str, square: &str) -> String {
        let mut number = squares().iter().position(|name| name == square).unwrap();
        let mut turn = format!("{answer} {}", self.salt.part(number));
        for level in &self.levels[..7] {
            turn += &format!(" {}", level[number ^ 1]);
            number /= 2;
        }
        turn
    }
}

/// A game in which both fleets are sealed, and the server shoots first.
struct Duel {
    cheat: Cheat,
    id: GameId,
    /// The fleet that the cheat has sealed.
    sea: Sea,
    /// The turn with which the server has sealed its own.
    their_seal: String,
    /// The shots of the cheat, and the server's answers.
    told: Vec<(String, String)>,
}

/// The server has sealed a fleet, and the cheat is to seal one; the game's id and the server's turn.
fn begun() -> (Cheat, GameId, String) {
    let mut cheat = Cheat::new();
    let id = cheat.id();
    cheat.say("play battleship");
    let their_seal = cheat.server_says("random");
    (cheat, id, their_seal)
}

impl Duel {
    /// The cheat seals this fleet.
    fn with(layout: &str) -> Self {
        Self::with_sea(|salt, id| Sea::of(layout, salt, id, Seat::Second))
    }

    /// The cheat seals whatever `sea` makes of a fresh salt and the game's id.
    fn with_sea(sea: impl FnOnce(Salt, GameId) -> Sea) -> Self {
        let (mut cheat, id, their_seal) = begun();
        let sea = sea(Salt::draw(&mut cheat.chance), id);
        cheat.say(&sea.sealed());
        Self {
            cheat,
            id,
            sea,
            their_seal,
            told: Vec::new(),
        }
    }

    /// The same with [`FLEET`], and one more hit would sink it all; returns the last square too.
    fn all_but_lost() -> (Self, String) {
        let mut duel = Self::with(FLEET);
        let mut answers = true_answers();
        let (last, _) = answers.pop().unwrap();
        for (square, answer) in answers {
            duel.exchange(&square, &answer);
        }
        (duel, last)
    }

    /// The server shoots at `square`, and is answered.
    fn is_shot_at(&mut self, square: &str, answer: &str) {
        assert_eq!(self.cheat.server_says(square), square);
        let answer = self.sea.answer(answer, square);
        self.cheat.say(&answer);
    }

    /// The same, and the cheat shoots back.
    fn exchange(&mut self, square: &str, answer: &str) {
        self.is_shot_at(square, answer);
        assert_eq!(self.cheat.hear(), "noted");
        let back = self.target();
        self.cheat.say(&back);
        let answer = self.cheat.hear();
        self.told.push((back, answer));
        self.cheat.say("noted");
    }

    /// The next shot of the cheat: square by square, but never at the whole of the first ship that
    /// it finds, so that it does not win. That ship continues to the right of its first square or
    /// below.
    fn target(&self) -> String {
        let all = squares();
        let mut told = self.told.iter();
        let hit = told.find(|(_, answer)| !answer.starts_with("miss "));
        let hit = hit.and_then(|(square, _)| all.iter().position(|name| name == square));
        let is_spared = |number| hit.is_some_and(|hit| [hit + 1, hit + 10].contains(&number));
        let is_told = |square| self.told.iter().any(|(before, _)| before == square);
        let mut targets = (0..).zip(&all);
        let target = targets.find(|(number, name)| !is_spared(*number) && !is_told(*name));
        target.unwrap().1.clone()
    }

    /// The server gives up, and the cheat is to show its fleet.
    fn wins(&mut self) {
        assert_eq!(self.cheat.server_says("/resign"), "/resign");
    }
}

/// The squares of [`FLEET`], each with the true answer after those before.
fn true_answers() -> Vec<(String, String)> {
    let named = ships(FLEET).into_iter().zip(SHIPS);
    let answers = named.flat_map(|(ship, (name, length))| {
        (1..)
            .zip(ship)
            .map(move |(number, square)| match number == length {
                true => (square, format!("sunk {name}")),
                false => (square, "hit".to_owned()),
            })
    });
    answers.collect()
}

#[test]
fn honest_fleets_are_nobodys_lie() {
    let (mut duel, last) = Duel::all_but_lost();
    duel.cheat.server_says(&last);
    duel.cheat.say(&duel.sea.opened(FLEET));
    let server = &mut duel.cheat.server;
    server.wait_for("You sank the client's destroyer.\n");
    server.wait_for("The client's whole fleet is sunk.\n");
    server.wait_for("You win! The game is over; back to chat.\n");
    // The winner shows its fleet too: it is the sealed one, and all its answers were true.
    let opening = duel.cheat.hear();
    let opening: Opening = opening.strip_prefix("fleet ").unwrap().parse().unwrap();
    let taken = ships(&opening.secret).concat();
    assert_eq!(taken.len(), 17);
    let theirs = Sea::new(&taken, opening.salt, duel.id, Seat::First);
    assert_eq!(theirs.sealed(), duel.their_seal);
    for (square, answer) in duel.told {
        let is_hit = !answer.starts_with("miss ");
        assert_eq!(is_hit, taken.contains(&square), "{square}: {answer}");
        assert!(answer.ends_with(&theirs.answer("", &square)), "{square}");
    }
}

#[test]
fn a_true_fleet_is_no_lie_when_the_server_gives_up() {
    let mut duel = Duel::with(FLEET);
    duel.exchange("a1", "hit");
    duel.exchange("a6", "miss");
    duel.wins();
    duel.cheat.say(&duel.sea.opened(FLEET));
    let server = &mut duel.cheat.server;
    server.wait_for("The client reveals the fleet: all answers were true.\n");
    server.wait_for("You gave up: the client wins.");
}

#[test]
fn a_fleet_that_is_not_the_sealed_one_is_caught() {
    let moved = "a1r,a2r,a3r,a4r,i10r";
    let mut duel = Duel::with(FLEET);
    duel.wins();
    duel.cheat.say(&duel.sea.opened(moved));
    duel.cheat.loses_by(CHANGED);

    let mut duel = Duel::with(FLEET);
    let salt = Salt::draw(&mut duel.cheat.chance);
    duel.wins();
    duel.cheat.say(&format!("fleet {FLEET} {salt}"));
    duel.cheat.loses_by(CHANGED);

    // The last ship gets away from the last shot.
    let (mut duel, last) = Duel::all_but_lost();
    duel.cheat.server_says(&last);
    duel.cheat.say(&duel.sea.opened(moved));
    duel.cheat.loses_by(CHANGED);
}

#[test]
fn a_ship_that_leaves_its_square_is_caught_at_the_shot() {
    for (square, answer) in [("a1", "miss"), ("a6", "hit"), ("a6", "sunk destroyer")] {
        let mut duel = Duel::with(FLEET);
        duel.is_shot_at(square, answer);
        duel.cheat.loses_by(FALSE);
    }
}

#[test]
fn a_proof_of_another_sea_or_another_square_is_caught() {
    let mut duel = Duel::with(FLEET);
    let elsewhere = "a6r,a7r,a8r,a9r,a10r";
    duel.sea = Sea::of(elsewhere, duel.sea.salt, duel.id, Seat::Second);
    duel.is_shot_at("a1", "miss");
    duel.cheat.loses_by(FALSE);

    let mut duel = Duel::with(FLEET);
    duel.cheat.server_says("a1");
    duel.cheat.say(&duel.sea.answer("miss", "a6"));
    duel.cheat.loses_by(FALSE);
}

#[test]
fn an_answer_without_a_proof_is_caught() {
    for answer in ["miss", "hit", "miss 00ff", "sunk destroyer"] {
        let mut duel = Duel::with(FLEET);
        duel.cheat.server_says("a1");
        duel.cheat.say(answer);
        duel.cheat.loses_by(NOT_SHOWN);
    }
    for instead in ["hello", "noted", "a1"] {
        let mut duel = Duel::with(FLEET);
        duel.cheat.server_says("a1");
        duel.cheat.say(instead);
        duel.cheat.loses_by(NO_MOVE);
    }
}

#[test]
fn a_ship_that_cannot_be_sunk_yet_is_caught_at_the_shot() {
    let mut duel = Duel::with(FLEET);
    duel.is_shot_at("a5", "sunk destroyer");
    duel.cheat.loses_by(FALSE);

    let mut duel = Duel::with(FLEET);
    duel.exchange("a5", "hit");
    duel.exchange("b5", "sunk destroyer");
    duel.exchange("a4", "hit");
    duel.is_shot_at("b4", "sunk destroyer");
    duel.cheat.loses_by(FALSE);
}

#[test]
fn a_ship_that_was_not_sunk_or_another_one_is_caught_when_the_fleet_is_shown() {
    for shots in [
        // Any two squares could be the destroyer.
        [("a1", "hit"), ("b1", "sunk destroyer"), ("c1", "hit")],
        [("a5", "hit"), ("b5", "hit"), ("c5", "miss")],
        [("a3", "hit"), ("b3", "hit"), ("c3", "sunk submarine")],
    ] {
        let mut duel = Duel::with(FLEET);
        for (square, answer) in shots {
            duel.exchange(square, answer);
        }
        duel.wins();
        duel.cheat.say(&duel.sea.opened(FLEET));
        duel.cheat.loses_by(FALSE);
    }
}

#[test]
fn a_fleet_that_was_sealed_for_another_game_or_seat_proves_nothing() {
    let elsewhere = || {
        let mut other = Cheat::new();
        let id = other.id();
        other.say("play battleship");
        other.server_says("random");
        id
    };
    let of_another_game = |salt, _| Sea::of(FLEET, salt, elsewhere(), Seat::Second);
    let of_the_other_seat = |salt, id| Sea::of(FLEET, salt, id, Seat::First);

    let mut duel = Duel::with_sea(of_another_game);
    duel.is_shot_at("a1", "hit");
    duel.cheat.loses_by(FALSE);

    let mut duel = Duel::with_sea(of_the_other_seat);
    duel.is_shot_at("a1", "hit");
    duel.cheat.loses_by(FALSE);

    for mut duel in [
        Duel::with_sea(of_another_game),
        Duel::with_sea(of_the_other_seat),
    ] {
        duel.wins();
        duel.cheat.say(&duel.sea.opened(FLEET));
        duel.cheat.loses_by(CHANGED);
    }
}

#[test]
fn a_fleet_of_an_earlier_game_proves_nothing() {
    let mut duel = Duel::with(FLEET);
    duel.exchange("a1", "hit");
    duel.wins();
    duel.cheat.say(&duel.sea.opened(FLEET));
    duel.cheat.server_says("Again?");
    duel.cheat.say("play battleship");
    duel.cheat.server_says("random");
    duel.cheat.say(&duel.sea.sealed());
    duel.is_shot_at("a1", "hit");
    duel.cheat.server.wait_for(FALSE);
}

#[test]
fn a_fleet_that_breaks_the_rules_is_caught_when_it_is_shown() {
    for layout in [
        // On each other.
        "a1r,a1d,a6r,a7r,a8r",
        "a1r,a1r,a1r,a1r,a1r",
        // Partly or wholly beyond the sea.
        "h1r,a2r,a3r,a4r,a5r",
        "a1r,a2r,a3r,a4r,j10d",
    ] {
        let mut duel = Duel::with(layout);
        duel.wins();
        duel.cheat.say(&duel.sea.opened(layout));
        duel.cheat.loses_by(AGAINST_THE_RULES);
    }
}

#[test]
fn a_sea_without_a_fleet_is_caught_before_the_server_runs_out_of_squares() {
    let mut duel = Duel::with_sea(|salt, id| Sea::new(&[], salt, id, Seat::Second));
    let shots = squares();
    // Room for a whole fleet is left.
    for square in &shots[..83] {
        duel.exchange(square, "miss");
    }
    duel.is_shot_at(&shots[83], "miss");
    duel.cheat.loses_by(AGAINST_THE_RULES);
}

#[test]
fn a_fleet_that_is_shown_too_early_is_caught() {
    const TOO_EARLY: &str = "revealed its secret too early";
    let (mut cheat, id, _) = begun();
    let salt = Salt::draw(&mut cheat.chance);
    cheat.say(&Sea::of(FLEET, salt, id, Seat::Second).opened(FLEET));
    cheat.loses_by(TOO_EARLY);

    for square in ["a1", "a6"] {
        let mut duel = Duel::with(FLEET);
        duel.exchange("b1", "hit");
        duel.cheat.server_says(square);
        duel.cheat.say(&duel.sea.opened(FLEET));
        duel.cheat.loses_by(TOO_EARLY);
    }

    // One hit is missing still, and this shot is none.
    let (mut duel, _) = Duel::all_but_lost();
    duel.cheat.server_says("j10");
    duel.cheat.say(&duel.sea.opened(FLEET));
    duel.cheat.loses_by(TOO_EARLY);
}

#[test]
fn a_fleet_that_is_not_shown_when_it_is_due_is_caught() {
    for answer in ["sunk destroyer", "hit"] {
        let (mut duel, last) = Duel::all_but_lost();
        duel.is_shot_at(&last, answer);
        duel.cheat.loses_by(NOT_SHOWN);
    }
    for instead in ["hello", "noted", "a1", "fleet", "fleet a1r,a2r 00ff"] {
        let mut duel = Duel::with(FLEET);
        duel.wins();
        duel.cheat.say(instead);
        duel.cheat.loses_by(NOT_SHOWN);
    }
    let mut duel = Duel::with(FLEET);
    duel.wins();
    duel.cheat.say(&duel.sea.sealed());
    duel.cheat.loses_by(NOT_SHOWN);
}

#[test]
fn a_fleet_that_is_not_sealed_is_caught() {
    for instead in ["random", "a1 right", "fleet", "fleet 00ff", "noted"] {
        let (mut cheat, ..) = begun();
        cheat.say(instead);
        cheat.loses_by("did not seal its choice in time");
    }
}

#[test]
fn a_shot_that_is_none_is_caught() {
    for instead in ["k1", "a11", "a0", "A2", "a2 a3", "hello", "noted"] {
        let mut duel = Duel::with(FLEET);
        duel.exchange("a1", "hit");
        duel.is_shot_at("a6", "miss");
        duel.cheat.hear();
        duel.cheat.say(instead);
        duel.cheat.loses_by(NO_MOVE);
    }
    // It has shot there before.
    let mut duel = Duel::with(FLEET);
    duel.exchange("a1", "hit");
    let (before, _) = duel.told[0].clone();
    duel.is_shot_at("a6", "miss");
    duel.cheat.hear();
    duel.cheat.say(&before);
    duel.cheat.loses_by(NO_MOVE);
}
