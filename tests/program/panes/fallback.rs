//! Where panes cannot be shown, lines are, and one sentence on standard error says why.

use super::USUAL;
use crate::support::{Program, Socket};

/// The sentence for this reason.
fn sentence(reason: &str) -> String {
    format!("tictalk: {reason}; showing lines instead")
}

/// Each command that takes `--panes`. The client finds nobody, which is no matter.
fn commands() -> Vec<Program> {
    let nobody = Socket::closed().1.to_string();
    let words: [&[&str]; 4] = [
        &["server", "--port", "0"],
        &["client", "--port", &nobody, "--wait", "60"],
        &["solo"],
        &["room", "--port", "0"],
    ];
    words
        .into_iter()
        .map(|words| Program::new().args(words).args(["--panes"]))
        .collect()
}

#[test]
fn at_a_pipe_lines_are_shown() {
    let sentence = sentence("panes need a terminal") + "\n";
    for command in commands() {
        let mut running = command.start();
        let told = running.wait_for_error(&sentence);
        assert_eq!(told, sentence);
        running.kill();
        assert!(!running.output().contains('\x1b'), "{}", running.output());
    }
    // A whole run: nothing else is on standard error.
    let finished = Program::new().args(["solo", "--panes"]).stdin("/q\n").run();
    assert_eq!((finished.code, finished.stderr), (Some(0), sentence));
}

#[test]
fn on_a_small_or_plain_terminal_and_for_a_screen_reader_lines_are_shown() {
    let small = "panes need a window of at least 40 columns and 12 rows";
    let plain = "this kind of terminal has no panes";
    let described = "panes cannot be described in words";
    for (size, term, options, reason) in [
        ((12, 39), "xterm", &[][..], small),
        ((11, 40), "xterm", &[], small),
        (USUAL, "dumb", &[], plain),
        (USUAL, "xterm", &["--describe"], described),
    ] {
        for command in commands() {
            let command = command.args(options).env("TERM", term);
            let person = command.on_screen_of(size);
            person.wait_for(&sentence(reason));
            let output = person.output();
            assert_eq!(
                output.matches("showing lines instead").count(),
                1,
                "{output}"
            );
            assert!(!output.contains("\x1b[?1049h"), "{output}");
        }
    }
}

#[test]
fn the_smallest_window_has_panes() {
    for command in commands() {
        let person = command.on_screen_of((12, 40));
        person.wait("the keys", |screen| {
            screen.contents().contains("F1 keys").then_some(())
        });
        assert!(person.read(|screen| screen.alternate_screen()));
        assert!(!person.output().contains("instead"));
    }
}
