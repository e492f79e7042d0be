//! How the program is called: addresses, errors, help, completions and the manual.

mod address;
mod completions;
mod errors;
mod help;
mod manual;

use crate::support::Program;

/// The one line that says why a command line is refused.
fn refusal(arguments: &[&str]) -> String {
    let refused = Program::new().args(arguments).run();
    assert_eq!(refused.code, Some(2), "{arguments:?}");
    assert_eq!(refused.stdout, "", "{arguments:?}");
    let line = refused.stderr.strip_prefix("tictalk: ");
    let line = line.and_then(|line| line.strip_suffix('\n'));
    let line = line.unwrap_or_else(|| panic!("{arguments:?}: {:?}", refused.stderr));
    assert!(!line.contains('\n'), "{arguments:?}: {line}");
    line.to_owned()
}

/// All commands, such as `history show`; the program itself is empty.
const COMMANDS: &[&str] = &[
    "",
    "server",
    "client",
    "solo",
    "bot",
    "tournament",
    "room",
    "probe",
    "history",
    "history show",
    "history search",
    "history export",
    "history delete",
    "replay",
    "verify",
    "forget",
    "config",
    "completions",
    "man",
    "help",
];
