//! Input of a person, and the boards they see.

use super::{APART, ID, SEATS, STACKED, Table, at, chance, ship_squares, water};
use std::collections::HashSet;
use tictalk::games::{Battleship, Choice, Game, Illegal, Next, Said, Seat, Secrets};

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
        "Your fleet is sealed: {other} can't see it, and it can't change."
    );
    assert_eq!(
        news(&table, Seat::Second),
        "{other} has placed a fleet and can no longer move a ship."
    );
    table.types(&APART.split(',').collect::<Vec<_>>()).unwrap();
    let told = [
        ("h9", "You hit at h9.", "{other} hits your destroyer at h9."),
        ("a1", "You hit at a1.", "{other} hits your carrier at a1."),
        (
            "i9",
            "You sank {other}'s destroyer.",
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
            "You sank {other}'s destroyer.",
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
        "battleship; your ships: carrier a1 to e1, battleship a2 to d2, cruiser a3 to c3, \
         submarine a4 to c4, destroyer a5 to b5; your shots: 4, 3 hits, 1 miss; the last at b7, a miss; sunk: destroyer; \
         hit but afloat: j1; missed: b7; {other}'s shots: 4, 3 hits, 1 miss; the last at b5, \
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
        "You sank {other}'s destroyer.\n{other}'s whole fleet is sunk."
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
