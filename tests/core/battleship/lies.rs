//! Lies of a program, and when they are caught.

use super::{
    APART, ID, SEATS, STACKED, Sealed, at, chance, ship_squares, squares, staged, truth, water,
    widths,
};
use tictalk::games::seal::Salt;
use tictalk::games::{Battleship, Choice, Game, GameId, Lie, Next, Outcome, Seat, Secrets};

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
fn a_loser_that_does_not_open_the_fleet_at_the_last_hit_is_caught() {
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
fn a_fleet_that_is_opened_before_the_last_hit_is_caught() {
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
    // The honest answer of the first seat to the same shot.
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
fn the_winner_shows_the_fleet_if_there_is_one_when_the_other_gives_up() {
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
