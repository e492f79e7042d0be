use super::{json, player, shell_players, tournament};
use crate::support::{Program, Socket, new_folder};

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
fn a_server_that_nobody_reaches_or_that_says_nothing_loses() {
    let folder = new_folder();
    let (listener, port) = Socket::listen();
    drop(listener);
    let gone = format!("raw:localhost:{port}");
    let table = tournament(&folder, &["tictactoe", "easy", &gone, "--format", "json"]).run();
    let table = json(&table.stdout);
    assert_eq!(player(&table, &gone)["faults"]["absence"], 2, "{table:#}");
    let (listener, port) = Socket::listen();
    let silent = format!("raw:localhost:{port}");
    let words = [
        "tictactoe",
        "easy",
        &silent,
        "--move-time",
        "1",
        "--format",
        "json",
    ];
    let running = tournament(&folder, &words).start();
    let _one = Socket::accept(&listener);
    let _other = Socket::accept(&listener);
    let table = json(&running.finish().stdout);
    assert_eq!(player(&table, &silent)["faults"]["timeout"], 2, "{table:#}");
}
