//! How a program is started.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// How a program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerCommand {
    /// A command line for the system's shell: `sh -c` on Unix, `cmd /C` on Windows.
    Shell(String),
    /// A file, run as it is.
    File(PathBuf),
    /// A file in Python.
    Python(PathBuf),
}

/// The name of Python.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

impl PlayerCommand {
    /// The command for a word of a command line: an existing file is run, with Python if its name
    /// ends in `.py`. Anything else is a command line for the shell.
    #[must_use]
    pub fn of(word: &str) -> Self {
        let path = Path::new(word);
        if !path.is_file() {
            return Self::Shell(word.to_owned());
        }
        let path = match path.components().count() {
            // Otherwise the system would look for it among the installed programs.
            1 => Path::new(".").join(path),
            _ => path.to_owned(),
        };
        match path.extension().is_some_and(|kind| kind == "py") {
            true => Self::Python(path),
            false => Self::File(path),
        }
    }

    /// The process to start, with pipes for its input and output, in a process group of its own.
    pub(super) fn process(&self) -> Command {
        let (program, arguments): (OsString, Vec<OsString>) = match self {
            Self::Shell(line) if cfg!(windows) => ("cmd".into(), vec!["/C".into(), line.into()]),
            // The shell makes way for a plain command, whose end is then seen as it is.
            Self::Shell(line) if is_plain_command(line) => (
                "sh".into(),
                vec!["-c".into(), format!("exec {line}").into()],
            ),
            Self::Shell(line) => ("sh".into(), vec!["-c".into(), line.into()]),
            Self::File(path) => (path.into(), Vec::new()),
            Self::Python(path) => (PYTHON.into(), vec![path.into()]),
        };
        let mut command = Command::new(program);
        command
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        #[cfg(unix)]
        command.process_group(0);
        command
    }
}

/// Whether a command line is one program with arguments that mean nothing to the shell.
fn is_plain_command(line: &str) -> bool {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " _./:+,@%-".contains(c);
    line.chars().all(is_plain)
        && line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '.')
}
