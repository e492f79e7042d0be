use super::{game, names, wins};
use proptest::prelude::*;
use tictalk::games::{Score, Seat};
use tictalk::tournament::{Finish, GameResult, HowWon, Legs, Schedule, TournamentTable};

fn table(entrants: usize, results: Vec<GameResult>) -> TournamentTable {
    TournamentTable::new("tictactoe", &names(entrants), results.len(), results)
}

#[test]
fn the_best_is_first_and_equals_share_a_place() {
    let mut results = Vec::new();
    wins(&mut results, 2, 0, 3);
    wins(&mut results, 1, 3, 1);
    results.push(game(5, 0, 3, None));
    results.push(game(6, 0, 3, None));
    let table = table(4, results);
    let places: Vec<_> = table
        .rows()
        .iter()
        .map(|row| (row.place, row.entrant, row.points()))
        .collect();
    // Of two with the same points, the one with more wins is listed first.
    let expected = [(1, 2, "3.0"), (2, 1, "1.0"), (2, 0, "1.0"), (2, 3, "1.0")];
    let expected: Vec<_> = expected
        .map(|(place, who, it)| (place, who, it.to_owned()))
        .into();
    assert_eq!(places, expected);
}

#[test]
fn a_fault_is_counted_with_its_reason() {
    let faulty = |number, how| GameResult {
        finish: Finish::Won(Seat::Second, how),
        ..game(number, 0, 1, None)
    };
    let results = vec![
        faulty(1, HowWon::Timeout),
        faulty(2, HowWon::Timeout),
        faulty(3, HowWon::Crash),
        faulty(4, HowWon::ByPlay),
        faulty(5, HowWon::Resignation),
    ];
    let table = table(2, results);
    let loser = &table.rows()[1];
    assert_eq!(
        (loser.entrant, loser.score.lost, loser.faults.total()),
        (0, 5, 3)
    );
    let counts: Vec<_> = loser.faults.counts().collect();
    assert_eq!(counts, [(HowWon::Crash, 1), (HowWon::Timeout, 2)]);
    assert_eq!(table.rows()[0].faults.total(), 0);
    assert!(HowWon::ALL.is_sorted());
}

#[test]
fn a_result_reported_twice_counts_once() {
    let once = game(1, 0, 1, Some(Seat::First));
    let table = table(2, vec![once.clone(), once]);
    assert_eq!(table.played(), 1);
    assert_eq!(
        table.rows()[0].score,
        Score {
            won: 1,
            ..Score::default()
        }
    );
}

proptest! {
    #[test]
    fn points_add_up_and_the_order_of_results_does_not_matter(
        entrants in 2_usize..9,
        ends in prop::collection::vec(0_u8..3, 56),
        turn in 0_usize..56,
    ) {
        let schedule = Schedule::new(entrants, 1, Legs::Both);
        let mut results: Vec<GameResult> = schedule
            .fixtures()
            .iter()
            .zip(&ends)
            .map(|(it, end)| {
                let winner = [None, Some(Seat::First), Some(Seat::Second)][usize::from(*end)];
                game(it.number, it.first, it.second, winner)
            })
            .collect();
        let one = table(entrants, results.clone());
        let half_points: u64 = one.rows().iter().map(|row| row.half_points()).sum();
        prop_assert_eq!(half_points, 2 * results.len() as u64);
        prop_assert!(one.rows().is_sorted_by_key(|row| row.place));
        for row in one.rows() {
            prop_assert_eq!(row.games(), 2 * (entrants as u64 - 1));
            prop_assert_eq!(one.crosstable().total(row.entrant), row.score);
        }
        let at = turn % results.len();
        results.rotate_left(at);
        let other = table(entrants, results);
        prop_assert_eq!(one.json(), other.json());
        prop_assert_eq!(one, other);
    }
}
