//! Honest programs play by the rules, and texts of any kind break nothing.

use super::{
    APART, ID, SEATS, STACKED, Sealed, Table, at, chance, ship_squares, squares, staged, truth,
    water, widths,
};
use proptest::prelude::*;
use std::collections::HashSet;
use tictalk::games::{Battleship, Game, Illegal, Next, Outcome, Seat, Secrets, Skill};

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
    fn any_message_is_accepted_or_is_a_lie(
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

#[test]
fn a_copy_from_the_wire_and_the_kept_secrets_continues_the_same_way() {
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
