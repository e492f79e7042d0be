//! Wrong usage in one line: what, where and what to do.

use super::refusal;
use crate::support::Program;

#[test]
fn wrong_usage_is_one_line_in_the_words_of_the_program() {
    for (arguments, told) in [
        (
            &["--port", "3"][..],
            "--port needs a command before it (server, client, bot, room): for example, tictalk \
             server --port 3",
        ),
        (
            &["clinet"],
            "there is no command \"clinet\"; did you mean client?",
        ),
        (
            &["hist"],
            "there is no command \"hist\"; did you mean history?",
        ),
        (
            &["tictactoe"],
            "tictactoe is a game, not a command; type tictalk solo tictactoe",
        ),
        (
            &["localhost:1059"],
            "localhost:1059 is not a command; type tictalk client localhost:1059",
        ),
        (
            &["history", "foo"],
            "there is no command \"history foo\"; choose from show, search, export, delete",
        ),
        (
            &["solo", "chess"],
            "there is no game \"chess\"; choose from tictactoe, rps, hangman, connect4, battleship",
        ),
        (
            &["solo", "tictacto"],
            "there is no game \"tictacto\"; did you mean tictactoe?",
        ),
        (
            &["config", "foo"],
            "foo: unknown command; choose from bot, client, forget, history, probe, replay, room, \
             server, solo, tournament, verify",
        ),
        (
            &["client", "--prot", "3"],
            "client has no option --prot; did you mean --port?",
        ),
        (
            &["server", "--zzz"],
            "server has no option --zzz; \"tictalk help server\" lists the options",
        ),
        (
            &["history", "show"],
            "history show: ID is missing; for example: tictalk history show 3",
        ),
        (&["client", "--port"], "--port needs a value: --port PORT"),
        (
            &["client", "--resume", "--resume"],
            "--resume can be given only once",
        ),
        (
            &["bot", "--join", "--idle", "3"],
            "--join cannot be used together with --idle",
        ),
        (
            &["help", "foo"],
            "there is no command \"foo\"; choose from server, client, solo, bot, tournament, room, probe, \
             history, replay, verify, forget, config, completions, man, help",
        ),
    ] {
        assert_eq!(refusal(arguments), told, "{arguments:?}");
    }
}

#[test]
fn numbers_are_refused_in_words() {
    for (command, option, range) in [
        ("server", "--port", "0 to 65535"),
        ("server", "--reconnect", "0 to 4294967295"),
        ("client", "--port", "1 to 65535"),
        ("client", "--wait", "0 to 4294967295"),
        ("bot", "--idle", "0 to 4294967295"),
        ("room", "--members", "0 to 4294967295"),
        ("room", "--per-address", "0 to 4294967295"),
        ("room", "--introduction", "0 to 4294967295"),
        ("room", "--patience", "0 to 4294967295"),
        ("room", "--burst", "0 to 4294967295"),
        ("room", "--rate", "0 to 4294967295"),
        ("room", "--queue", "0 to 4294967295"),
    ] {
        for wrong in ["abc", "99999999999999999999", "1.5"] {
            let told = format!("{option} {wrong}: expected a number from {range}");
            assert_eq!(refusal(&[command, option, wrong]), told);
        }
        let told = format!("{option} -1: expected a number from {range}");
        assert_eq!(refusal(&[command, &format!("{option}=-1")]), told);
    }
    for (command, variable, range) in [
        ("server", "TICTALK_PORT", "0 to 65535"),
        ("room", "TICTALK_PER_ADDRESS", "0 to 4294967295"),
    ] {
        let refused = Program::new().args([command]).env(variable, "many").run();
        let told = format!("tictalk: {variable}=many: expected a number from {range}\n");
        assert_eq!((refused.code, refused.stderr), (Some(2), told));
    }
}

#[test]
fn foreign_bytes_in_an_argument_command_no_terminal() {
    let line = refusal(&["\x1b[2J\n"]);
    assert!(line.contains("there is no command"), "{line:?}");
    assert!(!line.contains('\x1b'), "{line:?}");
}

#[cfg(unix)]
#[test]
fn a_terminal_shows_an_error_without_a_cut_word() {
    for columns in [80, 40] {
        let program = Program::new().args(["--port", "3"]);
        let mut screen = program.on_screen_of((24, columns));
        assert_eq!(screen.finish(), 2);
        let shown = screen.contents();
        let words: Vec<&str> = shown.split_whitespace().collect();
        let told = "tictalk: --port needs a command before it (server, client, bot, room): for \
                    example, tictalk server --port 3";
        assert_eq!(words.join(" "), told, "{shown}");
        let rows = shown.lines().count();
        assert_eq!(rows > 2, columns == 40, "{shown}");
    }
}
