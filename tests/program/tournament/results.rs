use super::{json, player, shell_players, tournament};
use crate::support::{DATA, Program, new_folder};

#[test]
fn the_better_level_is_first_beyond_doubt() {
    let folder = new_folder();
    // An opening may lose by force.
    let words = [
        "tictactoe",
        "easy",
        "perfect",
        "--rounds",
        "100",
        "--opening",
        "0",
    ];
    let ended = tournament(&folder, &words)
        .args(["--no-journal", "--format", "json"])
        .run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let table = json(&ended.stdout);
    assert_eq!(table["played"], 200);
    let (best, worst) = (&table["players"][0], &table["players"][1]);
    assert_eq!(
        (&best["name"], &best["lost"]),
        (&"perfect".into(), &0.into())
    );
    let number = |row: &serde_json::Value, name: &str| row[name].as_f64().unwrap();
    // Both intervals of 95 % are far from each other.
    let gap =
        number(best, "elo") - number(best, "error") - number(worst, "elo") - number(worst, "error");
    assert!(gap > 100.0, "{table:#}");
}

#[test]
fn the_same_seed_gives_the_same_games_and_another_one_others() {
    let folder = new_folder();
    let [first, last] = shell_players(&folder);
    let words = [
        "tictactoe",
        first,
        last,
        "easy",
        "--rounds",
        "4",
        "--no-journal",
    ];
    let games = |seed: &str, jobs: &str| {
        let more = ["--format", "json", "--seed", seed, "--jobs", jobs];
        let ended = tournament(&folder, &words).args(more).run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.stdout
    };
    let one = games("7", "1");
    assert_eq!(one, games("7", "3"));
    assert_ne!(one, games("8", "3"));
}

#[test]
fn openings_keep_two_players_without_chance_from_repeating_a_game() {
    let folder = new_folder();
    let [first, last] = shell_players(&folder);
    let words = ["connect4", first, last, "--rounds", "6"];
    let ended = tournament(&folder, &words).run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut games = std::collections::BTreeSet::new();
    for session in 1..=12 {
        let exported = Program::new().env(DATA, &folder);
        let exported = exported.args([
            "history",
            "export",
            &session.to_string(),
            "--format",
            "json",
        ]);
        let session = json(&exported.run().stdout);
        let turns = session["turns"].as_array().unwrap();
        let texts: Vec<&str> = turns
            .iter()
            .map(|turn| turn["text"].as_str().unwrap())
            .collect();
        games.insert(format!("{} {texts:?}", session["me"]));
    }
    assert_eq!(games.len(), 12, "{games:#?}");
}

#[test]
fn every_game_is_a_session_that_can_be_replayed_and_verified() {
    let folder = new_folder();
    let [first, _] = shell_players(&folder);
    let ended = tournament(&folder, &["rps 3", first, "easy", "--format", "json"]).run();
    let table = json(&ended.stdout);
    let tictalk = |words: &[&str]| Program::new().args(words).data(&folder).run();
    for game in table["games"].as_array().unwrap() {
        let session = game["session"].to_string();
        let verified = tictalk(&["verify", &session]);
        assert!(verified.stdout.contains("all unaltered"), "{verified:?}");
        let replayed = tictalk(&["replay", &session]).stdout;
        let seen = match (&game["winner"], &game["first"]) {
            (serde_json::Value::Null, _) => "A draw: nobody wins.",
            (winner, first) if winner == first => "You win!",
            _ => "You lose:",
        };
        assert!(replayed.contains(seen), "{game}: {replayed}");
    }
    let listed = tictalk(&["history"]).stdout;
    assert!(!listed.contains("unfinished"), "{listed}");
}

#[test]
fn the_table_comes_in_four_formats_and_its_progress_apart() {
    let folder = new_folder();
    let words = ["tictactoe", "easy", "perfect", "--no-journal", "--format"];
    let of = |format: &str| {
        let ended = tournament(&folder, &words).args([format]).run();
        assert!(ended.stderr.ends_with("2 of 2 games\n"), "{ended:?}");
        ended.stdout
    };
    assert!(of("text").starts_with("tictactoe: 2 games\n\n   player "));
    assert!(of("markdown").starts_with("# tictactoe: 2 games\n\n|  | player |"));
    assert!(of("html").starts_with("<!DOCTYPE html>"));
    assert_eq!(json(&of("json"))["planned"], 2);
}

#[test]
fn a_word_that_names_no_player_is_explained() {
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("notes"), "").unwrap();
    for (words, why) in [
        (&["go", "easy", "medium"][..], "there is no game \"go\""),
        (&["rps 99", "easy", "medium"], "1 to 15"),
        (
            &["tictactoe --toss", "easy", "medium"],
            "a tournament has no toss",
        ),
        (&["tictactoe", "easy"], "a tournament has 2 to 64 players"),
        (
            &["tictactoe", "easy", "none.py"],
            "there is no file \"none.py\"",
        ),
        (&["tictactoe", "easy", ""], "a player is a file"),
        (
            &["tictactoe", "easy", "perfekt"],
            "there is no program perfekt on this machine",
        ),
        (
            &["tictactoe", "easy", "perfekt mine.py"],
            "there is no program perfekt on this machine",
        ),
        (&["tictactoe", "easy", "."], ". is a folder"),
        (
            &["tictactoe", "easy", "notes"],
            "the file notes is not executable",
        ),
        (
            &["tictactoe", "easy", "./notes 1"],
            "the file ./notes is not executable",
        ),
        (
            &["tictactoe", "easy", "raw:host:port"],
            "is no address of a player",
        ),
        (
            &["tictactoe", "raw:a:1", "nc:b:2"],
            "only one player can be a server",
        ),
        (
            &["tictactoe", "easy", "medium", "--rounds", "0"],
            "expected a number from 1 to 1000",
        ),
    ] {
        let ended = tournament(&folder, words).run();
        assert_eq!(ended.code, Some(2), "{ended:?}");
        assert!(ended.stderr.contains(why), "{words:?}: {}", ended.stderr);
    }
    std::fs::write(folder.join("easy"), "").unwrap();
    // A file comes first: the level of that name is told from it by an @.
    let table = tournament(&folder, &["tictactoe", "@easy", "perfect", "--no-journal"]).run();
    assert!(table.stdout.contains("@easy"), "{table:?}");
}

#[test]
fn players_of_the_same_name_are_told_apart() {
    let folder = new_folder();
    let words = [
        "tictactoe",
        "easy",
        "easy",
        "easy",
        "--no-journal",
        "--format",
        "json",
    ];
    let table = json(&tournament(&folder, &words).run().stdout);
    for name in ["easy", "easy (2)", "easy (3)"] {
        assert_eq!(player(&table, name)["games"], 4);
    }
}

#[test]
fn a_terminal_shows_the_table_while_games_are_played() {
    let folder = new_folder();
    let words = [
        "tictactoe",
        "easy",
        "sleep 600",
        "--move-time",
        "1",
        "--jobs",
        "1",
    ];
    let mut screen = tournament(&folder, &words).on_screen();
    screen.wait_for("tictactoe: 0 of 2 games\n\n   player     games  won");
    screen.wait_for("tictactoe: 1 of 2 games\n\n   player     games  won");
    screen.wait_for("sleep 600 lost 2 by timeout.");
    let contents = screen.contents();
    assert!(!contents.contains("of 2 games"), "{contents}");
    assert_eq!(screen.finish(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_terminal_that_was_stopped_stops_no_game() {
    let folder = new_folder();
    let words = ["tictactoe", "easy", "cat", "--rounds", "5", "--jobs", "1"];
    let screen = tournament(&folder, &words).args(["--move-time", "1"]);
    let mut screen = screen.on_screen();
    screen.wait_for("tictactoe: 0 of 10 games");
    // Ctrl-S, and later Ctrl-Q.
    screen.press_bytes(b"\x13");
    let end = std::time::Instant::now() + crate::support::LIMIT;
    while super::stored_results(&folder).lines().count() < 11 {
        assert!(std::time::Instant::now() < end, "the games have stopped");
        std::thread::park_timeout(std::time::Duration::from_millis(2));
    }
    screen.press_bytes(b"\x11");
    screen.wait_for("cat lost 10 by illegal move.");
    assert_eq!(screen.finish(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn results_that_could_not_be_printed_are_kept() {
    let folder = new_folder();
    let words = ["tictactoe", "easy", "perfect", "--format", "json"];
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full");
    let failed = tournament(&folder, &words).stdout(full.unwrap()).start();
    let failed = failed.finish();
    assert_eq!(failed.code, Some(1), "{failed:?}");
    assert!(
        failed.stderr.contains("cannot write to standard output"),
        "{failed:?}"
    );
    let stored = super::stored_results(&folder);
    assert_eq!(stored.lines().count(), 3, "{stored}");
    // No game is played again.
    let ended = tournament(&folder, &words).run();
    assert_eq!(json(&ended.stdout)["played"], 2, "{ended:?}");
    let sessions: Vec<u64> = json(&ended.stdout)["games"]
        .as_array()
        .unwrap()
        .iter()
        .map(|game| game["session"].as_u64().unwrap())
        .collect();
    assert!(sessions.iter().all(|session| *session <= 2), "{sessions:?}");
    assert_eq!(super::stored_results(&folder), "");
}
