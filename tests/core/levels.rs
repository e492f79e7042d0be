//! The levels of the computer: how they play against each other, against chance, and against
//! somebody who pays attention. `cargo bench --bench levels` measures the same with more games.

use arena::{Arena, Player, Results};
use tictalk::games::{Skill, find};

#[path = "../../benches/levels/arena.rs"]
mod arena;

const RANDOM: Player = Player::Random;
const EASY: Player = Player::Level(Skill::Easy);
const MEDIUM: Player = Player::Level(Skill::Medium);
const PERFECT: Player = Player::Level(Skill::Perfect);

/// The results of the first player over a series, as percentages of won and lost games.
fn percent(game: &str, players: [Player; 2], games: u32) -> (usize, usize) {
    let [first, second] = Arena::new(find(game).unwrap()).series(players, games);
    let Results { won, lost, .. } = first.and(second);
    let games = first.and(second).games();
    (100 * won / games, 100 * lost / games)
}

#[test]
fn easy_loses_a_good_part_of_its_games_even_to_chance() {
    for (game, games, least) in [
        ("tictactoe", 300, 25),
        ("rps", 100, 25),
        ("hangman", 60, 30),
        ("connect4", 200, 8),
        ("battleship", 40, 8),
    ] {
        let (won, _) = percent(game, [RANDOM, EASY], games);
        assert!(won >= least, "{game}: {won}");
    }
}

#[test]
fn medium_beats_easy() {
    for (game, games, least) in [
        ("tictactoe", 300, 65),
        ("rps", 100, 50),
        ("hangman", 60, 65),
        ("connect4", 100, 75),
        ("battleship", 40, 75),
    ] {
        let (won, _) = percent(game, [MEDIUM, EASY], games);
        assert!(won >= least, "{game}: {won}");
    }
}

#[test]
fn perfect_beats_medium_where_skill_decides() {
    for (game, games, least) in [
        ("tictactoe", 60, 15),
        ("hangman", 100, 50),
        ("battleship", 40, 65),
    ] {
        let (won, lost) = percent(game, [PERFECT, MEDIUM], games);
        assert!(won >= least && won > lost, "{game}: {won}, {lost}");
        assert!(game != "tictactoe" || lost == 0, "{lost}");
    }
}

#[test]
fn medium_can_be_beaten_by_somebody_who_pays_attention() {
    for (game, games, least) in [("tictactoe", 60, 20), ("rps", 60, 80), ("connect4", 12, 40)] {
        let (won, lost) = percent(game, [Player::Attentive, MEDIUM], games);
        assert!(won >= least && won > lost, "{game}: {won}, {lost}");
    }
}

#[test]
fn nobody_gains_an_edge_over_perfect_rock_paper_scissors() {
    for player in [RANDOM, EASY, MEDIUM, Player::Attentive] {
        let (won, lost) = percent("rps", [player, PERFECT], 200);
        assert!(won.abs_diff(lost) <= 15, "{player}: {won}, {lost}");
    }
}
