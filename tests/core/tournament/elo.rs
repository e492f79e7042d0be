use super::wins;
use proptest::prelude::*;
use tictalk::games::Seat;
use tictalk::tournament::{Crosstable, PRIOR, ratings};

/// Elo in one unit of strength.
const ELO: f64 = 400.0 / std::f64::consts::LN_10;

/// The wins of seven baseball teams of the American League in 1987: Milwaukee, Detroit, Toronto, New
/// York, Boston, Cleveland and Baltimore, each against each. A. Agresti, "Categorical Data
/// Analysis", 2nd edition (2002), table 10.10.
const WINS: [[usize; 7]; 7] = [
    [0, 7, 9, 7, 7, 9, 11],
    [6, 0, 7, 5, 11, 9, 9],
    [4, 6, 0, 7, 7, 8, 12],
    [6, 8, 6, 0, 6, 7, 10],
    [6, 2, 6, 7, 0, 7, 12],
    [4, 4, 5, 6, 6, 0, 6],
    [2, 4, 1, 3, 1, 7, 0],
];

/// Their strengths relative to Baltimore, and the standard errors of these, as R's package
/// BradleyTerry2 (H. Turner and D. Firth) prints them in its summary of this example. Table 10.11 of
/// the book has the strengths to two digits, and says that the errors are about 0.3.
const STRENGTHS: [(f64, f64); 6] = [
    (1.5814, 0.3433),
    (1.4364, 0.3396),
    (1.2945, 0.3367),
    (1.2476, 0.3359),
    (1.1077, 0.3339),
    (0.6839, 0.3319),
];

fn baseball() -> Crosstable {
    let mut results = Vec::new();
    for (first, row) in WINS.iter().enumerate() {
        for (second, times) in row.iter().enumerate() {
            wins(&mut results, first, second, *times);
        }
    }
    assert_eq!(results.len(), 21 * 13);
    Crosstable::new(7, &results)
}

#[test]
fn the_ratings_are_those_of_a_published_example() {
    let ratings = ratings(&baseball(), 0.0).unwrap();
    for (rating, (strength, _)) in ratings.iter().zip(STRENGTHS) {
        let above = (rating.elo - ratings[6].elo) / ELO;
        assert!((above - strength).abs() < 5e-5, "{above} is not {strength}");
    }
}

#[test]
fn the_error_bars_are_those_of_the_published_example() {
    let ratings = ratings(&baseball(), 0.0).unwrap();
    let variance = |error: f64| (error / 1.959_964 / ELO).powi(2);
    // The variance of a difference is v(i) + v(7) - 2c(i, 7). Relative to the average, the sum of
    // c(i, 7) over all i is zero. So the published variances add up to these:
    let all: f64 = ratings.iter().map(|it| variance(it.error)).sum();
    let expected = all + 7.0 * variance(ratings[6].error);
    let published: f64 = STRENGTHS.iter().map(|(_, error)| error * error).sum();
    assert!(
        (published - expected).abs() < 2e-4,
        "{expected} is not {published}"
    );
}

#[test]
fn the_error_bar_of_two_equals_is_known_in_closed_form() {
    let mut results = Vec::new();
    wins(&mut results, 0, 1, 50);
    wins(&mut results, 1, 0, 50);
    let ratings = ratings(&Crosstable::new(2, &results), 0.0).unwrap();
    // 100 games with the variance 1/4 tell of the difference with the standard error 2/10; each is
    // half of it away from the average.
    let expected = 0.1 * 1.959_964 * ELO;
    for rating in ratings {
        assert!(rating.elo.abs() < 1e-6, "{}", rating.elo);
        assert!((rating.error - expected).abs() < 1e-3, "{}", rating.error);
    }
}

#[test]
fn three_wins_to_one_are_191_elo() {
    let mut results = Vec::new();
    wins(&mut results, 0, 1, 300);
    wins(&mut results, 1, 0, 100);
    let ratings = ratings(&Crosstable::new(2, &results), 0.0).unwrap();
    let difference = ratings[0].elo - ratings[1].elo;
    // 400 log10 3
    assert!((difference - 190.8485).abs() < 1e-3, "{difference}");
}

#[test]
fn a_draw_counts_as_half_a_win() {
    let mut drawn = Vec::new();
    wins(&mut drawn, 0, 1, 2);
    drawn.extend((3..=6).map(|number| super::game(number, 0, 1, None)));
    let mut decided = Vec::new();
    wins(&mut decided, 0, 1, 4);
    wins(&mut decided, 1, 0, 2);
    let of = |results: &[_]| ratings(&Crosstable::new(2, results), PRIOR).unwrap();
    assert_eq!(of(&drawn), of(&decided));
    assert!(of(&drawn)[0].elo > 0.0);
}

#[test]
fn somebody_who_wins_everything_has_a_finite_rating() {
    let mut results = Vec::new();
    for loser in 1..6 {
        wins(&mut results, 0, loser, 2_000);
    }
    let ratings = ratings(&Crosstable::new(6, &results), PRIOR).unwrap();
    assert!(
        ratings
            .iter()
            .all(|it| it.elo.is_finite() && it.error.is_finite())
    );
    assert!(ratings[0].elo > 1_000.0, "{}", ratings[0].elo);
    // The losers are equals.
    assert!((ratings[1].elo - ratings[5].elo).abs() < 1e-6);
}

#[test]
fn two_groups_that_never_met_have_ratings() {
    let mut results = Vec::new();
    wins(&mut results, 0, 1, 5);
    wins(&mut results, 2, 3, 5);
    let ratings = ratings(&Crosstable::new(5, &results), PRIOR).unwrap();
    assert!(
        ratings
            .iter()
            .all(|it| it.elo.is_finite() && it.error > 0.0)
    );
    assert!(ratings[4].elo.abs() < 1e-6, "who has not played is average");
    assert!(ratings[4].error > ratings[0].error);
}

proptest! {
    #[test]
    fn ratings_are_finite_and_average_zero(
        entrants in 1_usize..12,
        games in prop::collection::vec((0_usize..12, 0_usize..12, 0_u8..3), 0..200),
    ) {
        let results: Vec<_> = games
            .iter()
            .enumerate()
            .map(|(at, (first, second, end))| {
                let winner = [None, Some(Seat::First), Some(Seat::Second)][usize::from(*end)];
                super::game(u32::try_from(at).unwrap(), *first, *second, winner)
            })
            .collect();
        let table = Crosstable::new(entrants, &results);
        let ratings = ratings(&table, PRIOR).unwrap();
        prop_assert_eq!(ratings.len(), entrants);
        let sum: f64 = ratings.iter().map(|it| it.elo).sum();
        prop_assert!(sum.abs() < 1e-6, "{}", sum);
        prop_assert!(ratings.iter().all(|it| it.elo.is_finite() && it.error.is_finite()));
    }

    #[test]
    fn at_the_maximum_everybody_scores_what_the_ratings_expect(
        games in prop::collection::vec((0_usize..5, 0_usize..5, 0_u8..3), 20..200),
    ) {
        let results: Vec<_> = games
            .iter()
            .enumerate()
            .map(|(at, (first, second, end))| {
                let winner = [None, Some(Seat::First), Some(Seat::Second)][usize::from(*end)];
                super::game(u32::try_from(at).unwrap(), *first, *second, winner)
            })
            .collect();
        let table = Crosstable::new(5, &results);
        // With a tiny prior, the likelihood equations of Bradley and Terry have to hold.
        let ratings = ratings(&table, 1e-3).unwrap();
        for one in 0..5 {
            let (mut scored, mut expected, mut all) = (0.0, 0.0, 0.0);
            for other in 0..5 {
                let score = table.score(one, other);
                let games = (score.won + score.lost + score.drawn) as f64;
                let chance = 1.0 / (1.0 + 10_f64.powf((ratings[other].elo - ratings[one].elo) / 400.0));
                scored += score.won as f64 + score.drawn as f64 / 2.0;
                expected += games * chance;
                all += games;
            }
            prop_assert!((scored - expected).abs() <= 1e-3, "{} of {}, not {}", scored, all, expected);
        }
    }
}
