//! Measures how many games of tic-tac-toe a tournament plays in a second between two programs.
//! `cargo bench --bench tournament` compares that with the two programs alone: they are started,
//! answer each other through a bare pipe as often as a game has moves, and end.
//!
//! One game is played at a time. This program starts itself again as each player. The two sides of
//! the comparison alternate, round by round, so that other load affects both.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

#[path = "../common/figures.rs"]
mod figures;
mod players;

use figures::{Comparison, print_heads, print_row};
use players::{FIRST, PLAYER, SECOND};
use std::env;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Rounds of the comparison.
const ROUNDS: usize = 7;

/// Games in each of them, on both sides.
const GAMES: u32 = 100;

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [PLAYER] => players::play(),
        [FIRST] => players::answer(true),
        [SECOND] => players::answer(false),
        arguments if arguments.contains(&"--bench") => measure(),
        _ => {
            println!("Measures only when `cargo bench` runs it.");
            Ok(())
        }
    }
}

fn measure() -> anyhow::Result<()> {
    println!("Games of tic-tac-toe between two programs, {ROUNDS} rounds of {GAMES} games");
    print_heads("", "bare pipe", "tournament");
    let folder = env::temp_dir().join(format!("tictalk-bench-{}", std::process::id()));
    let journal = folder.to_string_lossy().into_owned();
    for (what, options) in [
        ("games/s", vec!["--no-journal"]),
        ("games/s, journal", vec!["--data", &journal]),
    ] {
        let mut rounds = Vec::new();
        for _ in 0..ROUNDS {
            rounds.push((bare()?, tournament(&options)?));
        }
        print_row("", what, &Comparison::of(&rounds), "");
    }
    // It may never have been made.
    let _ = std::fs::remove_dir_all(folder);
    Ok(())
}

/// Games in a second of two programs that answer each other through bare pipes.
fn bare() -> anyhow::Result<f64> {
    let this = env::current_exe()?;
    let begun = Instant::now();
    for _ in 0..GAMES {
        let mut first = Command::new(&this)
            .arg(FIRST)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let (to, from) = (first.stdin.take(), first.stdout.take());
        let mut second = Command::new(&this)
            .arg(SECOND)
            .stdin(from.map_or(Stdio::null(), Stdio::from))
            .stdout(to.map_or(Stdio::null(), Stdio::from))
            .spawn()?;
        let ended = [first.wait()?, second.wait()?];
        anyhow::ensure!(ended.iter().all(|it| it.success()), "a player failed");
    }
    Ok(f64::from(GAMES) / begun.elapsed().as_secs_f64())
}

/// Games in a second of a tournament between two programs.
fn tournament(options: &[&str]) -> anyhow::Result<f64> {
    let this = env::current_exe()?;
    let player = format!("{} {PLAYER}", this.display());
    let empty = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty.toml");
    std::fs::write(&empty, "")?;
    let begun = Instant::now();
    let ended = Command::new(env!("CARGO_BIN_EXE_tictalk"))
        .args(["tournament", "tictactoe", &player, &player, "--jobs", "1"])
        .args(["--rounds", &(GAMES / 2).to_string()])
        .args(options)
        .env("TICTALK_CONFIG", empty)
        .stderr(Stdio::null())
        .output()?;
    let games_per_second = f64::from(GAMES) / begun.elapsed().as_secs_f64();
    let table = String::from_utf8_lossy(&ended.stdout);
    anyhow::ensure!(ended.status.success(), "the tournament failed: {table}");
    anyhow::ensure!(
        !table.contains("Game "),
        "a player has lost by a fault: {table}"
    );
    Ok(games_per_second)
}
