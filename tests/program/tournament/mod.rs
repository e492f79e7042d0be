//! `tictalk tournament`.

mod faults;
mod remote;
mod results;
mod resuming;

use crate::player::script;
use crate::support::{DATA, Program};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// A player for the system's shell, which starts in a millisecond. It makes the first legal move that
/// it reads of, in every game.
const FIRST: &str = r#"n=0
while IFS= read -r line; do
  case $line in hangman:*|battleship:*) n=0;; esac
  case $line in *"your move.") ;; *) continue;; esac
  n=$((n+1))
  case $line in
    *oom\ in:*) rest=${line##*oom in: }; echo "${rest%%[,;]*}";;
    *ree:\ *) rest=${line##*ree: }; echo "${rest%%[,;]*}";;
    Rock*) echo rock;;
    *"no word yet"*) echo lettuce;;
    Hangman*) set -- e t a o i n s h r d l c u m w f g y p b v k j x q z; shift $((n-1)); echo $1;;
    *"to place"*) n=0; echo random;;
    *) m=$((n-1)); set -- a b c d e f g h i j; shift $((m%10)); echo $1$((m/10+1));;
  esac
done
"#;

/// The same, but it makes the last legal move and throws paper.
fn last() -> String {
    let [start, end] = [
        r#"echo "${rest%%[,;]*}""#,
        r#"rest=${rest%%;*}; echo "${rest##*, }""#,
    ];
    FIRST
        .replace(start, end)
        .replace("echo rock", "echo paper")
        .replace("lettuce", "jazz")
}

/// A tournament in this folder, with the journal there too.
fn tournament(folder: &Path, words: &[&str]) -> Program {
    std::fs::create_dir_all(folder).unwrap();
    let program = Program::new().args(["tournament"]).args(words);
    program.folder(folder).env(DATA, folder)
}

/// Writes the two players for the shell, `first.sh` and `last.sh`, to this folder. Their command lines.
fn shell_players(folder: &Path) -> [&'static str; 2] {
    script(folder, "first.sh", FIRST);
    script(folder, "last.sh", &last());
    ["sh first.sh", "sh last.sh"]
}

/// The file of results in this folder, if there is one.
fn results_file(folder: &Path) -> Option<PathBuf> {
    let entries = std::fs::read_dir(folder.join("tournaments")).ok()?;
    let mut files = entries.flatten().map(|entry| entry.path());
    files.find(|path| path.extension().is_some_and(|it| it == "jsonl"))
}

/// The results that are stored in this folder.
fn stored_results(folder: &Path) -> String {
    results_file(folder).map_or_else(String::new, |path| std::fs::read_to_string(path).unwrap())
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The row of this player.
fn player<'a>(table: &'a Value, name: &str) -> &'a Value {
    let players = table["players"].as_array().unwrap();
    let found = players.iter().find(|it| it["name"] == name);
    found.unwrap_or_else(|| panic!("no {name} in {table:#}"))
}
