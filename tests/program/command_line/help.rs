//! Help: laid out for the screen, the same by every way to ask for it.

use super::COMMANDS;
use crate::support::Program;

/// What a command prints, for a screen of so many columns.
fn help(command: &str, option: &str, columns: usize) -> String {
    let program = Program::new()
        .args(command.split_whitespace())
        .args([option]);
    let help = program.env("COLUMNS", columns.to_string()).run();
    assert_eq!(
        (help.code, help.stderr.as_str()),
        (Some(0), ""),
        "{command} {option}"
    );
    help.stdout
}

#[test]
fn help_is_a_command_too() {
    for command in COMMANDS {
        let asked = Program::new()
            .args(["help"])
            .args(command.split_whitespace());
        let asked = asked.env("COLUMNS", "80").run();
        assert_eq!((asked.code, asked.stderr.as_str()), (Some(0), ""));
        assert_eq!(asked.stdout, help(command, "--help", 80), "{command}");
        assert!(
            asked.stdout.contains(&format!("Usage: tictalk {command}")),
            "{command}"
        );
    }
}

#[test]
fn short_help_fits_a_screen_and_names_no_variable() {
    for command in COMMANDS {
        let short = help(command, "-h", 80);
        assert!(!short.contains("TICTALK_"), "{short}");
        let rows = short.lines().count();
        assert!(rows <= 45, "{rows} rows: {short}");
        assert!(short.lines().all(|line| line == line.trim_end()), "{short}");
    }
    let long = help("room", "--help", 80);
    let (_, variables) = long.split_once("\nEnvironment:\n").unwrap();
    for name in [
        "TICTALK_HOST",
        "TICTALK_PER_ADDRESS",
        "TICTALK_DATA",
        "TICTALK_CONFIG",
    ] {
        assert!(variables.contains(name), "{variables}");
    }
    let long = help("", "--help", 10_000);
    let codes = "Exit codes: 0 after /q, or when a command has done its work, 1 after an error, or if a \
                 search finds nothing, 2 for wrong usage, 129 after SIGHUP";
    assert!(long.contains(codes), "{long}");
}

#[test]
fn common_options_come_first_and_rare_ones_last() {
    for command in ["server", "client", "room"] {
        let help = help(command, "-h", 80);
        let at = |word: &str| {
            help.find(word)
                .unwrap_or_else(|| panic!("{word} in {help}"))
        };
        assert!(
            at("--host") < at("--port") && at("--port") < at("--name"),
            "{help}"
        );
        assert!(at("--name") < at("Files and settings:"), "{help}");
        assert!(at("Files and settings:") < at("--config"), "{help}");
        assert!(at("--data") < at("--config"), "{help}");
    }
}

/// The words of a text, whatever its lines.
#[cfg(unix)]
fn words(text: &str) -> Vec<&str> {
    text.split_whitespace().collect()
}

#[cfg(unix)]
#[test]
fn no_word_is_cut_at_the_edge_of_a_terminal() {
    for columns in [80, 40] {
        for command in COMMANDS {
            for option in ["-h", "--help"] {
                let program = Program::new()
                    .args(command.split_whitespace())
                    .args([option]);
                // High enough that nothing scrolls away.
                let mut screen = program.on_screen_of((400, columns));
                assert_eq!(screen.finish(), 0);
                let shown = screen.contents();
                let whole = help(command, option, 10_000);
                assert_eq!(words(&shown), words(&whole), "{command} {option}: {shown}");
                // A line that was cut would go on in the next row.
                let written = screen.whole_output();
                for line in written.lines() {
                    let wide = line.trim_end().chars().count();
                    assert!(wide <= columns.into(), "{wide} columns: {line}");
                }
            }
        }
    }
}
