//! Replays and recordings.

use super::{GAME, Journal, forge, talk};
use crate::support::{Program, Socket, new_folder};
use serde_json::Value;

#[test]
fn a_replay_on_a_pipe_is_what_the_pipe_got() {
    let talked = talk(GAME);
    assert_eq!(talked.client.read(&["replay", "1"]), talked.client.output);
    // The journal does not record who connected.
    let seen = talked.server.output.lines();
    let seen = seen.filter(|line| !line.starts_with("Connected by"));
    let replayed = talked.server.read(&["replay", "1"]);
    assert!(replayed.lines().eq(seen), "{replayed}");
    let left = talk(&["Hello", "Bye"]);
    assert_eq!(left.client.read(&["replay", "1"]), left.client.output);
}

#[test]
fn a_session_with_nc_can_be_replayed_too() {
    let journal = Journal::new();
    let (mut server, port) = Program::server().data(&journal.folder).start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello\n");
    server.prompt();
    server.enter("play tictactoe");
    peer.receive_until("| 7 | 8 | 9 |");
    peer.send(b"5\n");
    server.prompt();
    server.enter("1");
    peer.receive_until("[O]");
    peer.send(b"/q\n");
    let server = server.finish().stdout;
    let seen = server
        .lines()
        .filter(|line| !line.starts_with("Connected by"));
    let replayed = journal.read(&["replay", "1"]);
    assert!(replayed.lines().eq(seen), "{replayed}");
}

/// Sets an hour between any two turns. When something was said is not part of the chain.
pub(super) fn spread_by_an_hour(journal: &Journal) {
    journal
        .open()
        .execute_batch(
            "UPDATE turns SET at = (SELECT began FROM sessions) + 3600000 * (id & 4294967295);
             UPDATE sessions SET ended = (SELECT max(at) FROM turns) + 3600000;",
        )
        .unwrap();
}

#[test]
fn a_recording_writes_over_no_file_unasked_and_is_for_nobody_else() {
    let talked = talk(&["Hello"]);
    let file = talked.client.file("kept.txt");
    let file = file.to_str().unwrap();
    std::fs::write(file, "keep").unwrap();
    assert_eq!(
        talked.client.fail(&["replay", "1", "--cast", file]),
        format!("tictalk: {file} exists: name another file, or add --force to overwrite it\n")
    );
    assert_eq!(std::fs::read_to_string(file).unwrap(), "keep");
    talked
        .client
        .read(&["replay", "1", "--cast", file, "--force"]);
    assert!(
        std::fs::read_to_string(file)
            .unwrap()
            .starts_with("{\"env\"")
    );
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let new = talked.client.file("new.cast");
        let arguments = ["replay", "1", "--cast", new.to_str().unwrap()];
        talked.client.read(&arguments);
        let mode = std::fs::metadata(new).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}

#[test]
fn a_recording_reads_back_as_asciicast_with_what_was_seen() {
    let talked = talk(GAME);
    let journal = &talked.client;
    spread_by_an_hour(journal);
    let file = journal.file("talk.cast");
    let file = file.to_str().unwrap();
    for (speed, pause) in [("1", 3.0), ("2", 1.5), ("0.5", 6.0)] {
        let told = journal.read(&[
            "replay", "1", "--cast", file, "--force", "--speed", speed, "--color", "never",
        ]);
        assert!(told.contains(file), "{told}");
        let cast = std::fs::read_to_string(file).unwrap();
        let mut lines = cast.lines().map(|line| serde_json::from_str(line).unwrap());
        let header: Value = lines.next().unwrap();
        assert_eq!(header["version"], 2);
        assert_eq!(
            (&header["width"], &header["height"]),
            (&80.into(), &24.into())
        );
        assert!(header["timestamp"].as_u64().unwrap() > 1_700_000_000);
        assert_eq!(header["title"], "tictalk session 1 with ann (server)");
        let mut shown = String::new();
        let mut times = Vec::new();
        for event in lines {
            times.push(event[0].as_f64().unwrap());
            assert_eq!(event[1], "o");
            shown.push_str(event[2].as_str().unwrap());
        }
        // The beginning, then each turn, and the goodbye.
        let expected: Vec<f64> = (0_u8..=10).map(|turn| f64::from(turn) * pause).collect();
        assert_eq!(times, expected);
        assert_eq!(shown.matches('\n').count(), shown.matches("\r\n").count());
        let shown = shown.replace("\r\n", "\n");
        assert!(shown.contains("The server is ann.\n"), "{shown}");
        assert!(shown.contains("Enter Input >Hello ✓\nann: How are you?\nEnter Input >play"));
        assert!(shown.contains(" 1 |*X*|*X*|*X*|\n"), "{shown}");
        assert!(shown.ends_with("/q\nServer has requested shutdown. Shutting down!\n"));
    }
}

#[test]
fn a_recording_that_cannot_be_written_is_an_error_in_one_line() {
    let talked = talk(&["Hello"]);
    let folder = talked.client.folder.as_str();
    let error = talked.client.fail(&["replay", "1", "--cast", folder]);
    assert!(
        error.starts_with(&format!("tictalk: cannot write {folder}: ")),
        "{error}"
    );
}

#[test]
fn a_turn_that_nobody_can_have_said_is_no_part_of_a_replay() {
    let talked = talk(&["Hello"]);
    for text in ["/board", "/q", "", "play tictactoe\nand more", "/resign"] {
        for journal in [&talked.client, &talked.server] {
            forge(journal, text);
            let replayed = journal.run(&["replay", "1"]);
            if text.contains('\n') {
                assert_eq!(replayed.code, Some(0), "{}", replayed.stderr);
                continue;
            }
            assert_eq!(
                (
                    replayed.code,
                    replayed.stdout.as_str(),
                    replayed.stderr.as_str()
                ),
                (
                    Some(1),
                    "",
                    "tictalk: turn 1 of session 1 was altered in the journal\n"
                ),
                "{text:?}"
            );
        }
    }
}

#[cfg(unix)]
mod on_a_screen {
    use super::{GAME, Journal, spread_by_an_hour, talk};
    use crate::support::{Program, Pty};

    fn replay(journal: &Journal, options: &[&str]) -> Pty {
        let arguments = [&["replay", "1", "--data", &journal.folder], options].concat();
        Program::new().args(arguments).on_screen()
    }

    #[test]
    fn a_replay_shows_names_marks_and_boards_as_they_were() {
        let talked = talk(&GAME[..3]);
        spread_by_an_hour(&talked.client);
        let mut screen = replay(&talked.client, &["--speed", "1e6"]);
        assert_eq!(screen.finish(), 0);
        screen.wait_for("Shutting down!");
        let seen = screen.contents();
        assert!(
            seen.contains("Enter Input >Hello ✓\nann: How are you?\n"),
            "{seen}"
        );
        assert!(
            seen.contains("you are O, ann is X and moves first.\nA move is"),
            "{seen}"
        );
        assert!(seen.contains("| 7 | 8 | 9 |"), "{seen}");
    }

    #[test]
    fn ctrl_c_ends_a_replay_at_once() {
        let talked = talk(&["Hello"]);
        spread_by_an_hour(&talked.client);
        // Nobody could wait for its first turn.
        let mut screen = replay(&talked.client, &["--speed", "1e-9"]);
        screen.wait_for("Enter Input >");
        screen.press("\x03");
        assert_eq!(screen.finish(), 130);
        assert!(!screen.contents().contains("Hello"));
    }
}

#[test]
fn a_recording_shows_stars_for_what_was_typed_unseen() {
    let data = new_folder();
    let data = data.to_str().unwrap();
    let mut solo = Program::new().args(["solo"]).data(data).start();
    solo.prompt();
    solo.enter("play hangman");
    solo.prompt();
    solo.enter("/resign");
    solo.prompt();
    solo.enter("rematch");
    solo.wait_for("Enter Input (hidden) >");
    solo.enter("telescope");
    solo.wait_for("The word was telescope.");
    solo.prompt();
    solo.enter("/q");
    assert_eq!(solo.finish().code, Some(0));
    let cast = format!("{data}/talk.cast");
    let recorded = Program::new()
        .args(["replay", "1", "--cast", &cast, "--color", "never"])
        .data(data)
        .run();
    assert_eq!(recorded.code, Some(0), "{recorded:?}");
    let cast = std::fs::read_to_string(cast).unwrap();
    let (_, typed) = cast.split_once("Enter Input (hidden) >").unwrap();
    let (before, _) = typed.split_once("is sealed").unwrap();
    assert!(before.contains('*') && !before.contains("tele"), "{before}");
}
