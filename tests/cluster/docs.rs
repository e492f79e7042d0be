//! Compares the page about rooms on several machines with the program.

use std::path::Path;
use std::process::Command;

#[test]
fn every_command_line_is_one_that_the_program_takes() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/scale.md");
    let page = std::fs::read_to_string(page).unwrap();
    let lines = page
        .lines()
        .filter_map(|line| line.strip_prefix("$ tictalk "));
    let mut checked = 0;
    for line in lines {
        let mut program = Command::new(env!("CARGO_BIN_EXE_tictalk"));
        // The program parses all words and carries out none.
        let help = program
            .args(line.split(' '))
            .arg("--help")
            .output()
            .unwrap();
        assert!(help.status.success(), "{line}");
        for option in line.split(' ').filter(|word| word.starts_with("--")) {
            let help = String::from_utf8_lossy(&help.stdout);
            assert!(help.contains(option), "{line} lacks {option}");
        }
        checked += 1;
    }
    assert!(checked >= 3, "{checked}");
}
