use super::{json, results_file, shell_players, stored_results, tournament};
use crate::support::{Program, new_folder};
use std::path::Path;

#[test]
fn a_tournament_that_was_killed_continues_to_the_same_table() {
    // A game of battleship takes as long as dozens of the others.
    for (game, rounds) in [
        ("tictactoe", "10"),
        ("connect4", "10"),
        ("rps", "10"),
        ("hangman", "10"),
        ("battleship", "1"),
    ] {
        let whole = new_folder();
        let cut = new_folder();
        let [first, last] = shell_players(&whole);
        shell_players(&cut);
        let words = [game, first, last, "easy", "medium", "--rounds", rounds];
        let uninterrupted = tournament(&whole, &words).args(["--no-journal"]).run();
        assert_eq!(uninterrupted.code, Some(0), "{uninterrupted:?}");
        let faults = uninterrupted
            .stdout
            .lines()
            .filter(|line| line.contains(" by "));
        assert_eq!(faults.count(), 0, "{}", uninterrupted.stdout);
        let mut running = tournament(&cut, &words).start();
        let games = 12 * rounds.parse::<usize>().unwrap();
        running.wait_for_error(&format!(" of {games} games\n"));
        running.kill();
        let resumed = tournament(&cut, &words).run();
        assert_eq!(resumed.stdout, uninterrupted.stdout, "{game}");
        // It did not play again what it had played.
        let sessions = sessions(&cut);
        let cores = std::thread::available_parallelism().unwrap().get();
        let expected = games..=games + cores;
        assert!(expected.contains(&sessions), "{game}: {sessions} sessions");
    }
}

/// How many sessions the journal in this folder has.
fn sessions(folder: &Path) -> usize {
    let listed = Program::new().args(["history"]).data(folder).run().stdout;
    let is_session = |line: &&str| line.trim_start().starts_with(|c: char| c.is_ascii_digit());
    listed.lines().filter(is_session).count()
}

#[test]
fn a_result_that_was_half_written_or_is_damaged_is_played_again() {
    let (whole, cut) = (new_folder(), new_folder());
    let [first, last] = shell_players(&whole);
    shell_players(&cut);
    let words = ["tictactoe", first, last, "perfect", "--rounds", "20"];
    let uninterrupted = tournament(&whole, &words).run();
    let mut running = tournament(&cut, &words).start();
    running.wait_for_error(" of 120 games\n");
    running.kill();
    let file = results_file(&cut).unwrap();
    let mut text = std::fs::read(&file).unwrap();
    // Within the last line, and in the second one.
    text.truncate(text.len() - 7);
    let second = text.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    text[second] = b'x';
    std::fs::write(&file, &text).unwrap();
    let lines = text.split(|byte| *byte == b'\n').count();
    let before = sessions(&cut);
    let resumed = tournament(&cut, &words).run();
    assert_eq!(resumed.stdout, uninterrupted.stdout);
    // The first line is no game, and two games are lost.
    assert_eq!(sessions(&cut) - before, 120 - (lines - 3));
    assert!(
        !file.exists(),
        "the file of a tournament that is over is removed"
    );
}

#[cfg(unix)]
#[test]
fn ctrl_c_prints_the_table_so_far_and_the_same_command_continues() {
    use nix::sys::signal::Signal;
    let folder = new_folder();
    let [first, last] = shell_players(&folder);
    let words = [
        "battleship",
        first,
        last,
        "--rounds",
        "4",
        "--format",
        "json",
    ];
    let running = tournament(&folder, &words).start();
    running.wait_for_error(" of 8 games\n");
    // Nobody else can play it meanwhile.
    let other = tournament(&folder, &words).run();
    assert_eq!(other.code, Some(1), "{other:?}");
    assert!(
        other.stderr.contains("is being played by another process"),
        "{other:?}"
    );
    running.signal(Signal::SIGINT);
    let ended = running.finish();
    assert_eq!(ended.code, Some(130), "{ended:?}");
    let played = json(&ended.stdout)["played"].as_u64().unwrap();
    assert!((1..8).contains(&played), "{played}");
    let resumed = tournament(&folder, &words).run();
    assert_eq!(resumed.code, Some(0), "{resumed:?}");
    assert_eq!(json(&resumed.stdout)["played"], 8);
    let first_line = resumed.stderr.lines().next().unwrap();
    let counted: u64 = first_line.split(' ').next().unwrap().parse().unwrap();
    assert!(counted >= played, "{first_line}");
}

#[test]
fn another_seed_or_another_file_is_another_tournament_and_rounds_may_differ() {
    let folder = new_folder();
    shell_players(&folder);
    let words = ["battleship", "first.sh", "easy", "--rounds"];
    for name in ["first.sh", "last.sh"] {
        use std::os::unix::fs::PermissionsExt as _;
        let path = folder.join(name);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let mut running = tournament(&folder, &words).args(["4"]).start();
    running.wait_for_error(" of 8 games\n");
    running.kill();
    let known = stored_results(&folder).lines().count() - 1;
    assert!(known >= 1, "{known}");
    // How many games of one round are played anew.
    let played_anew = |more: &[&str]| {
        let before = sessions(&folder);
        let ended = tournament(&folder, &words).args(["1"]).args(more).run();
        let two_games = "battleship: 2 games\n";
        assert!(ended.stdout.starts_with(two_games), "{ended:?}");
        sessions(&folder) - before
    };
    assert_eq!(played_anew(&["--seed", "2"]), 2);
    // Results of the same tournament with more rounds count.
    assert!(played_anew(&[]) < 2);
    let mut running = tournament(&folder, &words).args(["4"]).start();
    running.wait_for_error(" of 8 games\n");
    running.kill();
    std::fs::copy(folder.join("last.sh"), folder.join("first.sh")).unwrap();
    assert_eq!(played_anew(&[]), 2);
}

#[test]
fn restart_forgets_the_results() {
    let folder = new_folder();
    let [first, _] = shell_players(&folder);
    let words = ["battleship", first, "easy", "--rounds"];
    let mut running = tournament(&folder, &words).args(["4"]).start();
    running.wait_for_error(" of 8 games\n");
    running.kill();
    let before = sessions(&folder);
    let ended = tournament(&folder, &words).args(["1", "--restart"]).run();
    let two_games = "battleship: 2 games\n";
    assert!(ended.stdout.starts_with(two_games), "{ended:?}");
    assert_eq!(sessions(&folder) - before, 2);
}

#[cfg(unix)]
#[test]
fn a_file_that_is_not_of_this_tournament_is_left_alone() {
    let folder = new_folder();
    let [first, _] = shell_players(&folder);
    let words = ["battleship", first, "easy", "--rounds", "4"];
    let mut running = tournament(&folder, &words).start();
    running.wait_for_error(" of 8 games\n");
    running.kill();
    let file = results_file(&folder).unwrap();
    let results = std::fs::read_to_string(&file).unwrap();
    let refused = |why: &str| {
        let ended = tournament(&folder, &words).run();
        assert_eq!(ended.code, Some(1), "{ended:?}");
        assert!(ended.stderr.contains(why), "{ended:?}");
    };
    // Another text stands there.
    std::fs::write(&file, "a diary\nof mine\n").unwrap();
    refused("is not a file of results; start again with --restart, or remove the file");
    assert_eq!(
        std::fs::read_to_string(&file).unwrap(),
        "a diary\nof mine\n"
    );
    // A link leads to another file.
    let diary = folder.join("diary");
    std::fs::rename(&file, &diary).unwrap();
    std::os::unix::fs::symlink(&diary, &file).unwrap();
    refused("it is a link, not a file");
    assert_eq!(
        std::fs::read_to_string(&diary).unwrap(),
        "a diary\nof mine\n"
    );
    std::fs::remove_file(&file).unwrap();
    // The beginning of the first line counts as nothing.
    std::fs::write(&file, &results[..20]).unwrap();
    let short = ["battleship", first, "easy", "--rounds", "1"];
    let ended = tournament(&folder, &short).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
}
