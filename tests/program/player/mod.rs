//! Programs that play: `tictalk bot --exec`.

mod faults;
mod games;

use crate::support::{Program, Running, new_folder};
use std::path::{Path, PathBuf};

/// A player in Python that makes the first legal move it reads of, in every game.
pub(crate) const FIRST: &str = r#"
import re, sys
guesses = 0
for line in sys.stdin:
    line = line.rstrip("\n")
    if line.startswith(("hangman:", "battleship:")):
        guesses = 0
    if not line.endswith("your move."):
        continue
    room = re.search(r"(?:room in|free): ([0-9]+)", line, re.I)
    if room:
        print(room.group(1), flush=True)
    elif line.startswith("Rock-paper-scissors"):
        print("rock", flush=True)
    elif "no word yet" in line:
        print("lettuce", flush=True)
    elif line.startswith("Hangman"):
        print("etaoinshrdlcumwfgypbvkjxqz"[guesses], flush=True)
        guesses += 1
    elif "to place" in line:
        print("random", flush=True)
    else:
        print("abcdefghij"[guesses % 10] + str(guesses // 10 + 1), flush=True)
        guesses += 1
"#;

/// Writes a program in Python to a file in this folder.
pub(crate) fn script(folder: &Path, name: &str, text: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let path = folder.join(name);
    std::fs::write(&path, text).unwrap();
    path
}

/// A bot whose games are played by this program in Python, its port, and its folder.
fn bot(text: &str) -> (Running, u16, PathBuf) {
    bot_with(text, "10")
}

/// The same, with these seconds for a move.
fn bot_with(text: &str, move_time: &str) -> (Running, u16, PathBuf) {
    let folder = new_folder();
    script(&folder, "player.py", text);
    let python = if cfg!(windows) { "python" } else { "python3" };
    let command = format!("{python} player.py");
    let bot = Program::bot().args(["--exec", &command, "--move-time", move_time]);
    let bot = bot.folder(&folder).data(&folder);
    let (bot, port) = bot.start().listening();
    (bot, port, folder)
}

/// What the programs of the bot in this folder have written on their standard error.
fn errors(folder: &Path) -> String {
    std::fs::read_to_string(folder.join("bot-stderr.txt")).unwrap()
}
