//! Completions, as a shell asks for them.

use crate::support::{Program, new_folder, skip};
use std::path::Path;

/// The candidates for the last of `words`, for a journal in this folder.
fn candidates(folder: &Path, words: &[&str]) -> Vec<String> {
    let program = Program::new().args(["--", "tictalk"]).args(words);
    let answer = program
        .env("_TICTALK_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", words.len().to_string())
        .env("TICTALK_DATA", folder)
        .run();
    assert_eq!(
        (answer.code, answer.stderr.as_str()),
        (Some(0), ""),
        "{words:?}"
    );
    answer.stdout.lines().map(str::to_owned).collect()
}

/// A journal with one session.
fn with_a_session() -> std::path::PathBuf {
    let folder = new_folder();
    let solo = Program::new()
        .args(["solo"])
        .data(&folder)
        .stdin("/q\n")
        .run();
    assert_eq!(solo.code, Some(0), "{}", solo.stderr);
    folder
}

#[test]
fn games_levels_commands_and_sessions_are_known() {
    let folder = with_a_session();
    for (words, some) in [
        (
            &["solo", ""][..],
            &["tictactoe", "connect4", "battleship"][..],
        ),
        (&["bot", "--play", "c"], &["connect4"]),
        (&["solo", "--level", ""], &["easy", "medium", "perfect"]),
        (&["client", "--wire", "r"], &["raw"]),
        (&["config", ""], &["server", "client", "room"]),
        (&["help", "hi"], &["history"]),
        (&["help", "history", "s"], &["show", "search"]),
        (&["history", "show", ""], &["1", "last"]),
        (&["history", "export", ""], &["1", "last"]),
        (&["history", "delete", ""], &["1", "last"]),
        (&["replay", ""], &["1", "last"]),
        (&["verify", ""], &["1", "last"]),
    ] {
        let offered = candidates(&folder, words);
        for word in some {
            assert!(
                offered.iter().any(|it| it == word),
                "{word} for {words:?}: {offered:?}"
            );
        }
    }
    assert_eq!(candidates(&folder, &["solo", "tic"]), ["tictactoe"]);
    // The folder may also be on the line.
    let elsewhere = new_folder();
    let named = ["replay", "--data", folder.to_str().unwrap(), "l"];
    assert_eq!(candidates(&elsewhere, &named), ["last"]);
}

#[test]
fn without_a_readable_journal_completions_are_silent() {
    let missing = new_folder();
    let broken = new_folder();
    std::fs::create_dir_all(&broken).unwrap();
    std::fs::write(broken.join("journal.db"), "Dear diary").unwrap();
    for folder in [&missing, &broken] {
        let offered = candidates(folder, &["replay", "1"]);
        assert!(offered.is_empty(), "{offered:?}");
    }
    assert!(!missing.exists(), "a journal was made");
    // No shell calls it like this, and nothing comes of it.
    for shell in ["bash", "zsh", "fish", "powershell", "elvish", "csh", ""] {
        for words in [&[][..], &["--"]] {
            let answer = Program::new()
                .args(words)
                .env("_TICTALK_COMPLETE", shell)
                .run();
            assert_eq!(
                (answer.stdout.as_str(), answer.stderr.as_str()),
                ("", ""),
                "{shell}"
            );
        }
    }
}

/// The completions of bash itself, with the script in place.
#[test]
fn bash_completes_a_line() {
    if std::process::Command::new("bash")
        .arg("--version")
        .output()
        .is_err()
    {
        skip("there is no bash");
        return;
    }
    let folder = with_a_session();
    let program = Path::new(env!("CARGO_BIN_EXE_tictalk")).parent().unwrap();
    let script = "PATH=$1:$PATH; source <(tictalk completions bash); \
                  COMP_WORDS=(tictalk replay ''); COMP_CWORD=2; COMP_TYPE=9; \
                  _clap_complete_tictalk tictalk '' replay; printf '%s,' \"${COMPREPLY[@]}\"";
    let bash = Program::other("bash")
        .args(["-c", script, "bash"])
        .args([program]);
    let done = bash.env("TICTALK_DATA", &folder).run();
    let offered: Vec<&str> = done.stdout.split(',').collect();
    assert!(
        offered.contains(&"1") && offered.contains(&"last"),
        "{done:?}"
    );
}
