//! Computer partners.

use super::{APART, ID, STACKED, Sealed, Table, chance, ship_squares, truth, water};
use tictalk::games;
use tictalk::games::{Battleship, Choice, Game, Next, Seat, Secrets, Skill};

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
    assert!((78.0..92.0).contains(&easy), "{easy}");
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
