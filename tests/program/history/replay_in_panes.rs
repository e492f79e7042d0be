//! Replays on the whole screen.

use super::replay::spread_by_an_hour;
use super::{GAME, Journal, forge, talk};
use crate::support::{Program, Pty};

/// Rows and columns of a usual screen.
const USUAL: (u16, u16) = (24, 80);

/// The smallest screen with panes.
const SMALLEST: (u16, u16) = (12, 40);

fn program(journal: &Journal, options: &[&str]) -> Program {
    let arguments = [&["replay", "1", "--panes"], options].concat();
    Program::new()
        .args(arguments)
        .env("TZ", "UTC")
        .data(&journal.folder)
}

fn is_on_whole_screen(pty: &Pty) -> bool {
    pty.read(|screen| screen.alternate_screen())
}

/// A session with a game, an hour between any two turns, as the client has it.
fn game() -> Journal {
    let talked = talk(GAME);
    spread_by_an_hour(&talked.client);
    talked.client
}

/// When a turn was taken: `14:02`.
fn clock(journal: &Journal, turn: u64) -> String {
    let query =
        "SELECT strftime('%H:%M', at / 1000, 'unixepoch') FROM turns ORDER BY id LIMIT 1 OFFSET ?";
    let turn = i64::try_from(turn - 1).unwrap();
    journal
        .open()
        .query_row(query, [turn], |row| row.get(0))
        .unwrap()
}

#[test]
fn keys_pause_step_and_change_the_speed() {
    let journal = game();
    let mut screen = program(&journal, &["--speed", "0.25"]).on_screen_of(USUAL);
    screen.wait_for("playing x0.25");
    screen.wait_for("Space pause q quit F1 keys");
    screen.wait_for("session 1 with ann (server)");
    screen.press(" ");
    screen.wait_for("paused x0.25");
    screen.wait_for("Space continue");
    screen.press("\x1b[H");
    screen.wait_for("turn 0 of 9 0:00");
    // Arrows and letters step.
    screen.press("\x1b[C\x1b[Cnn");
    screen.wait_for("turn 4 of 9 4:00:00");
    screen.wait_for(&format!("{} You: Hello ✓", clock(&journal, 1)));
    screen.wait_for(&format!("{} ann: How are you?", clock(&journal, 2)));
    screen.wait_for("tictactoe: ann - you");
    screen.wait_for("[X]");
    screen.press("\x1b[D");
    screen.wait_for("turn 3 of 9 3:00:00");
    let seen = screen.contents();
    assert!(!seen.contains("[X]"), "{seen}");
    assert!(seen.contains("You: play tictactoe ✓"), "{seen}");
    screen.press("p");
    screen.wait_for("turn 2 of 9");
    assert!(!screen.contents().contains("tictactoe: ann - you"));
    for (keys, speed) in [("+", "x0.5"), ("++", "x2"), ("-", "x1"), ("----", "x0.25")] {
        screen.press(keys);
        screen.wait_for(&format!("paused {speed} "));
    }
    // It goes on by itself, as fast as it can.
    screen.press("+++++++++ ");
    screen.wait_for("finished x64");
    screen.wait_for("turn 9 of 9 10:00:00");
    screen.wait_for("Server has requested shutdown. Shutting down!");
    let seen = screen.contents();
    assert!(seen.contains("You: Well played"), "{seen}");
    // The board was there until the person said something after the game.
    screen.press("pp");
    screen.wait_for("turn 8 of 9");
    screen.wait_for("*X*");
    screen.press("n");
    screen.wait_for("turn 9 of 9");
    assert!(!screen.contents().contains("*X*"));
    screen.press("\x1b[F");
    screen.wait_for("Home start q quit");
    screen.press("\x1b[H");
    screen.wait_for("paused x64");
    screen.wait_for("turn 0 of 9");
    screen.press("\x1b[F");
    screen.wait_for("finished x64");
    screen.press("q");
    assert_eq!(screen.finish(), 0);
}

#[test]
fn the_last_screenful_stays_and_the_terminal_is_as_before() {
    let journal = game();
    for (keys, code) in [("q", 0), ("\x1b", 0), ("\x03", 130)] {
        let mut screen = program(&journal, &["--speed", "0.25"]).on_screen_of(USUAL);
        screen.wait_for("of 9");
        assert!(is_on_whole_screen(&screen) && !screen.is_cooked());
        screen.press("\x1b[F");
        screen.wait_for("finished");
        screen.press(keys);
        assert_eq!(screen.finish(), code, "{keys:?}");
        assert!(!is_on_whole_screen(&screen) && screen.is_cooked());
        assert!(!screen.read(|screen| screen.hide_cursor() || screen.bracketed_paste()));
        let seen = screen.contents();
        assert!(seen.contains("You: Hello ✓\n"), "{seen}");
        assert!(
            seen.ends_with("Server has requested shutdown. Shutting down!"),
            "{seen}"
        );
        assert!(!seen.contains("finished"), "{seen}");
    }
}

#[test]
fn the_smallest_screen_has_everything_and_a_larger_one_more() {
    let journal = game();
    let plain = ["--speed", "0.25", "--color", "never"];
    let mut screen = program(&journal, &plain).on_screen_of(SMALLEST);
    screen.wait_for("playing x0.25");
    screen.press("\x1b[H");
    screen.wait_for("paused x0.25 ░");
    screen.wait_for("turn 0 of 9 0:00");
    screen.press("?");
    screen.wait_for("Keys (PgDn: more");
    for key in [
        "Space",
        "Right n",
        "Left p",
        "+ -",
        "Home End",
        "PgUp PgDn",
        "q Esc Ctrl-C",
    ] {
        screen.wait_for(key);
    }
    assert!(
        !screen.contents().contains("Enter"),
        "{}",
        screen.contents()
    );
    // Escape closes the list only.
    screen.press("\x1b");
    screen.wait("the talk", |screen| {
        (!screen.contents().contains("PgDn: more")).then_some(())
    });
    screen.press("nnnn");
    screen.wait_for("turn 4 of 9");
    screen.wait_for("[X]");
    // The talk can be read while the recording stands.
    screen.wait_for("ann played 1. Your turn");
    screen.press(&"\x1b[5~".repeat(20));
    screen.wait_for("Connected to: localhost");
    screen.wait_for("reading old lines");
    screen.press("n");
    screen.wait("the end of the talk", |screen| {
        let contents = screen.contents();
        (contents.contains("turn 5 of 9") && !contents.contains("reading old")).then_some(())
    });
    screen.resize((36, 120));
    screen.wait("one row for the recording", |screen| {
        let contents = screen.contents();
        let row = contents.lines().next_back()?;
        (row.starts_with("paused") && row.ends_with("turn 5 of 9   5:00:00")).then_some(())
    });
    screen.wait_for("Connected to: localhost");
    screen.press("q");
    assert_eq!(screen.finish(), 0);
    let output = screen.whole_output();
    assert!(!output.contains("\x1b[38;"), "{output:?}");
}

#[test]
fn where_there_are_no_panes_lines_are_shown() {
    let journal = game();
    let lines = journal.read(&["replay", "1"]);
    let replayed = journal.run(&["replay", "1", "--panes"]);
    assert_eq!(
        (replayed.code, replayed.stdout, replayed.stderr.as_str()),
        (
            Some(0),
            lines,
            "tictalk: panes need a terminal; showing lines instead\n"
        )
    );
    let fast = ["--speed", "1e6", "--color", "never"];
    let mut dumb = program(&journal, &fast).env("TERM", "dumb").on_screen();
    assert_eq!(dumb.finish(), 0);
    let output = dumb.whole_output();
    assert!(
        output
            .starts_with("tictalk: this kind of terminal has no panes; showing lines instead\r\n"),
        "{output}"
    );
    assert!(output.contains("Enter Input >Well played"), "{output}");
    let mut small = program(&journal, &fast).on_screen_of((40, 39));
    assert_eq!(small.finish(), 0);
    let output = small.whole_output();
    assert!(
        output.starts_with("tictalk: panes need a window of at least 40 columns and 12 rows; "),
        "{output}"
    );
    assert!(output.contains("Enter Input >Well played"), "{output}");
}

#[test]
fn an_altered_session_is_an_error_and_no_screen() {
    let talked = talk(&["Hello"]);
    forge(&talked.client, "/resign");
    let mut screen = program(&talked.client, &[]).on_screen_of(USUAL);
    assert_eq!(screen.finish(), 1);
    assert_eq!(
        screen.whole_output(),
        "tictalk: turn 1 of session 1 was altered in the journal\r\n"
    );
}

#[test]
fn the_configuration_asks_for_panes_too() {
    let journal = game();
    let file = journal.file("tictalk.toml");
    std::fs::write(&file, "[replay]\npanes = true\n").unwrap();
    let mut screen = Program::new()
        .args(["replay", "last", "--config", file.to_str().unwrap()])
        .data(&journal.folder)
        .on_screen_of(USUAL);
    screen.wait_for("of 9");
    screen.press("q");
    assert_eq!(screen.finish(), 0);
}
