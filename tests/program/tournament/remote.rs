use super::{json, player, shell_players, tournament};
use crate::support::{Program, Socket, new_folder};
use std::net::TcpListener;

#[test]
fn a_server_plays_from_both_seats() {
    for dialect in ["tictalk", "framed"] {
        let (bot, port) = Program::bot()
            .args(["--level", "perfect"])
            .start()
            .listening();
        let folder = new_folder();
        let [first, _] = shell_players(&folder);
        let server = format!("{dialect}:localhost:{port}");
        let words = [
            "tictactoe",
            first,
            "easy",
            &server,
            "--rounds",
            "2",
            "--format",
            "json",
        ];
        let ended = tournament(&folder, &words).run();
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let table = json(&ended.stdout);
        let row = player(&table, &server);
        assert_eq!(
            (&row["games"], &row["lost"]),
            (&8.into(), &0.into()),
            "{table:#}"
        );
        assert_eq!(row["place"], 1, "{table:#}");
        assert!(
            player(&table, first)["faults"]
                .as_object()
                .unwrap()
                .is_empty(),
            "{table:#}"
        );
        // The sessions are in the journal.
        for game in table["games"].as_array().unwrap() {
            let session = game["session"].to_string();
            let verified = Program::new()
                .args(["verify", &session])
                .data(&folder)
                .run();
            assert!(verified.stdout.contains("all unaltered"), "{verified:?}");
        }
        drop(bot);
    }
}

#[test]
fn a_tournament_waits_for_a_server_that_nobody_reaches_and_continues_with_it() {
    let folder = new_folder();
    let (reserved, port) = Socket::closed();
    let server = format!("tictalk:localhost:{port}");
    let words = ["tictactoe", "easy", "perfect", &server, "--format", "json"];
    let ended = tournament(&folder, &words).args(["--jobs", "1"]).run();
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(1), ""),
        "{ended:?}"
    );
    let why = format!("the server of player {server} cannot be reached: nobody listens");
    assert!(ended.stderr.contains(&why), "{ended:?}");
    assert!(
        ended
            .stderr
            .contains("start it, and give the same command again"),
        "{ended:?}"
    );
    drop(reserved);
    let _bot = Program::new()
        .args(["bot", "--port", &port.to_string()])
        .start()
        .listening();
    let ended = tournament(&folder, &words).run();
    let table = json(&ended.stdout);
    assert_eq!(player(&table, &server)["games"], 4, "{table:#}");
    assert!(
        player(&table, &server)["faults"]
            .as_object()
            .unwrap()
            .is_empty(),
        "{table:#}"
    );
}

#[test]
fn a_server_that_says_nothing_loses() {
    let folder = new_folder();
    let (listener, port) = Socket::listen();
    let silent = format!("raw:localhost:{port}");
    let words = ["tictactoe", "easy", &silent, "--format", "json"];
    let running = tournament(&folder, &words)
        .args(["--move-time", "1"])
        .start();
    let _one = Socket::accept(&listener);
    let _other = Socket::accept(&listener);
    let table = json(&running.finish().stdout);
    assert_eq!(player(&table, &silent)["faults"]["timeout"], 2, "{table:#}");
    let why = &table["games"][0]["why"];
    assert_eq!(why, "made no legal move within 1 s", "{table:#}");
}

#[test]
fn a_game_without_a_session_names_none() {
    let folder = new_folder();
    let (mut bot, port) = Program::bot().start().listening();
    let server = format!("tictalk:localhost:{port}");
    let words = ["tictactoe", "easy", &server, "--format", "json"];
    let table = json(&tournament(&folder, &words).run().stdout);
    assert!(table["games"][0]["session"].is_u64(), "{table:#}");
    bot.kill();
    let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
    let closing = std::thread::spawn(move || {
        for _ in 0..2 {
            drop(Socket::accept(&listener));
        }
    });
    let table = json(&tournament(&folder, &words).run().stdout);
    assert_eq!(player(&table, &server)["faults"]["absence"], 2, "{table:#}");
    assert!(table["games"][0]["session"].is_null(), "{table:#}");
    closing.join().unwrap();
}
