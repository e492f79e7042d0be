//! How a program is started.

use crate::text::visible;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use tokio::process::Command;

/// How a program is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlayerCommand {
    /// A command line for the system's shell: `sh -c` on Unix, `cmd /C` on Windows.
    Shell(String),
    /// An executable file.
    File(PathBuf),
    /// A file in Python.
    Python(PathBuf),
}

/// The name of Python.
const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// Why a program cannot be started by a word of a command line.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotACommand {
    /// The command line is blank.
    #[error("give the command line of a program, such as 'python3 mine.py'")]
    Blank,
    /// The word names a folder.
    #[error("{} is a folder; name a program in it", visible(.0))]
    Folder(String),
    /// The word names a file that the system does not run.
    #[error(
        "the file {name} is not executable; name the program that runs it too, as in 'node {name}', \
         or run chmod +x {name}",
        name = visible(.0)
    )]
    NotExecutable(String),
    /// No installed program has this name.
    #[error("there is no program {} on this machine; check its spelling, or install it", visible(.0))]
    NotFound(String),
}

impl PlayerCommand {
    /// The command that runs this file: with Python if its name ends in `.py`.
    ///
    /// # Errors
    /// [`NotACommand`].
    pub fn file(word: &str) -> Result<Self, NotACommand> {
        let path = Path::new(word);
        let path = match path.components().count() {
            // Otherwise the system would look for it among the installed programs.
            1 => Path::new(".").join(path),
            _ => path.to_owned(),
        };
        if path.extension().is_some_and(|kind| kind == "py") {
            return match is_installed(PYTHON) {
                true => Ok(Self::Python(path)),
                false => Err(NotACommand::NotFound(PYTHON.to_owned())),
            };
        }
        match is_executable(&path) {
            true => Ok(Self::File(path)),
            false => Err(NotACommand::NotExecutable(word.to_owned())),
        }
    }

    /// A command line for the system's shell. Its program must exist, unless the line means more to
    /// the shell than a program and its arguments.
    ///
    /// # Errors
    /// [`NotACommand`].
    pub fn shell(line: &str) -> Result<Self, NotACommand> {
        let line = line.trim();
        if line.is_empty() {
            return Err(NotACommand::Blank);
        }
        if Path::new(line).is_dir() {
            return Err(NotACommand::Folder(line.to_owned()));
        }
        if let Some(program) = plain_program(line) {
            let path = Path::new(program);
            if program.contains('/') && path.is_file() && !is_executable(path) {
                return Err(NotACommand::NotExecutable(program.to_owned()));
            }
            if !is_installed(program) {
                return Err(NotACommand::NotFound(program.to_owned()));
            }
        }
        Ok(Self::Shell(line.to_owned()))
    }

    /// The process to start, with pipes for its input and output, in a new process group.
    pub(super) fn process(&self) -> Command {
        let (program, arguments): (OsString, Vec<OsString>) = match self {
            Self::Shell(line) if cfg!(windows) => ("cmd".into(), vec!["/C".into(), line.into()]),
            // The shell makes way for a plain command, so that the command's own exit is reported.
            Self::Shell(line) if plain_program(line).is_some() => (
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

/// The program of a command line, if the line is one program with arguments that mean nothing to the
/// shell.
fn plain_program(line: &str) -> Option<&str> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || " _./:+,@%-".contains(c);
    let is_command = line.chars().all(is_plain)
        && line.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/' || c == '.');
    line.split(' ').next().filter(|_| is_command)
}

/// Whether a program of this name is installed, or the name is the path of an executable file. On
/// Windows, this is found out when the program is started.
fn is_installed(program: &str) -> bool {
    if cfg!(windows) {
        return true;
    }
    if program.contains('/') {
        return is_executable(Path::new(program));
    }
    let folders = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&folders).any(|folder| is_executable(&folder.join(program)))
}

/// Whether the system runs this file.
fn is_executable(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use nix::unistd::{AccessFlags, access};
        path.is_file() && access(path, AccessFlags::X_OK).is_ok()
    }
    #[cfg(not(unix))]
    {
        path.is_file()
    }
}
