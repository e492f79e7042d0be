//! Measures how the levels of the computer play against each other. `cargo bench --bench levels`
//! prints the results of 1,000 games of each pair; the same games in every run. `-- GAME` plays only
//! that game, and `-- 100` only 100 games of each pair.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]
#![expect(
    clippy::panic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a game that cannot be played ends the measurement"
)]

mod arena;

use arena::{Arena, Player, Results};
use std::env;
use tictalk::games::{Entry, GAMES, Rules, Skill};

/// Games of each pair.
const GAMES_OF_A_PAIR: u32 = 1_000;

const EASY: Player = Player::Level(Skill::Easy);
const MEDIUM: Player = Player::Level(Skill::Medium);
const PERFECT: Player = Player::Level(Skill::Perfect);

/// The pairs of each game.
const PAIRS: [[Player; 2]; 6] = [
    [Player::Random, EASY],
    [Player::Random, MEDIUM],
    [Player::Random, PERFECT],
    [MEDIUM, EASY],
    [PERFECT, EASY],
    [PERFECT, MEDIUM],
];

/// The pairs of the games in which attentive play is simulated.
const ATTENTIVE: [[Player; 2]; 2] = [[Player::Attentive, MEDIUM], [Player::Attentive, PERFECT]];

fn main() {
    let arguments: Vec<String> = env::args().skip(1).collect();
    if !arguments.iter().any(|argument| argument == "--bench") {
        println!("Measures only when `cargo bench` runs it.");
        return;
    }
    let named = |game: &&Entry| arguments.iter().any(|argument| argument == game.name);
    let is_any_named = GAMES.iter().any(|game| named(&game));
    println!("Won, drawn and lost by the player named first, in percent");
    let number = arguments.iter().find_map(|argument| argument.parse().ok());
    for game in GAMES.iter().filter(|game| !is_any_named || named(game)) {
        measure(game, number.unwrap_or(GAMES_OF_A_PAIR));
    }
}

fn measure(game: &'static Entry, games: u32) {
    println!("{}", game.name);
    let mut arena = Arena::new(game);
    let is_simulated = matches!(game.rules, Rules::Open(_)) || game.name == "rps";
    let attentive = ATTENTIVE.iter().filter(|_| is_simulated);
    for pair in PAIRS.iter().chain(attentive) {
        let [first, second] = arena.series(*pair, games);
        let [one, other] = pair;
        let name = format!("{one} against {other}");
        println!(
            "  {name:<32} {:<20} moving first {:<20} second {}",
            percent(first.and(second)),
            percent(first),
            percent(second)
        );
    }
}

/// The results in percent of the games.
fn percent(results: Results) -> String {
    let share = |count: usize| 100.0 * count as f64 / results.games() as f64;
    format!(
        "{:.1} / {:.1} / {:.1}",
        share(results.won),
        share(results.drawn),
        share(results.lost)
    )
}
