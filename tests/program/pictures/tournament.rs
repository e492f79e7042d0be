//! A picture of a tournament's table.

use super::svg::Window;
use super::{clear, picture, shell, shell_prompt, shell_prompt_below};
use crate::support::{new_folder, python, skip};
use std::path::Path;

#[test]
fn tournament() {
    if python("--version").run().code != Some(0) {
        return skip("the tournament needs Python 3");
    }
    let folder = new_folder();
    std::fs::create_dir_all(&folder).unwrap();
    let player = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/players/player.py");
    std::fs::copy(player, folder.join("player.py")).unwrap();
    // One that takes the first free column, and so plays alike everywhere.
    std::fs::write(
        folder.join("first.py"),
        "import sys\n\
         for line in sys.stdin:\n    \
             if line.endswith('your move.\\n'):\n        \
                 print(line.rsplit(': ', 1)[1].split(',')[0].split(';')[0], flush=True)\n",
    )
    .unwrap();
    std::fs::write(folder.join("crash.py"), "raise SystemExit('no idea')\n").unwrap();
    let mut window = shell(0);
    window.press(&format!("cd {}\r", folder.display()));
    shell_prompt_below(&window, "cd ");
    clear(&mut window);
    window.press(
        "tictalk tournament tictactoe first.py crash.py easy perfect --rounds 2 --no-journal\r",
    );
    window.wait_for("... and 9 more games");
    shell_prompt(&window);
    let shown = window.read(|screen| Window::new("tictalk tournament", screen, &[]));
    picture("tournament.svg", &[shown]);
}
