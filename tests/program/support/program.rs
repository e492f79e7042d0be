//! One builder for every program that a test runs: by pipes, or on a pseudo-terminal.

use super::{Finished, Pty, Running, new_folder};
use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

/// The variable that names the configuration file.
pub(crate) const CONFIG: &str = "TICTALK_CONFIG";

/// The variable that names the folder of the journal.
pub(crate) const DATA: &str = "TICTALK_DATA";

/// A program that has not started yet.
///
/// Unless told otherwise it sees none of the variables it listens to, reads an empty configuration
/// file, and keeps its journal in a folder that no other program uses.
pub(crate) struct Program {
    /// The program and its arguments.
    pub(super) words: Vec<OsString>,
    /// Variables to set, or to remove.
    pub(super) environment: BTreeMap<OsString, Option<OsString>>,
    pub(super) folder: Option<PathBuf>,
    pub(super) output: Output,
    input: Option<String>,
}

/// Where the output of a program at pipes goes.
pub(super) enum Output {
    Kept,
    /// Its reader closes the pipe at once.
    Unread,
    File(File),
}

impl Program {
    /// The program under test.
    pub(crate) fn new() -> Self {
        Self::other(env!("CARGO_BIN_EXE_tictalk"))
    }

    /// Any other program.
    pub(crate) fn other(name: impl AsRef<OsStr>) -> Self {
        let program = Self {
            words: vec![name.as_ref().to_owned()],
            environment: BTreeMap::new(),
            folder: None,
            output: Output::Kept,
            input: None,
        };
        program.env(CONFIG, no_config()).env(DATA, new_folder())
    }

    /// `tictalk server` on a free port.
    pub(crate) fn server() -> Self {
        Self::new().args(["server", "--port", "0"])
    }

    /// `tictalk client` for a server on this port, which it expects to be tictalk. So it does not wait
    /// for a banner.
    pub(crate) fn client(port: u16) -> Self {
        let client = Self::new().args(["client", "--port", &port.to_string()]);
        client.env("TICTALK_WIRE", "tictalk")
    }

    /// `tictalk bot` on a free port.
    pub(crate) fn bot() -> Self {
        Self::new().args(["bot", "--port", "0"])
    }

    pub(crate) fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let arguments = arguments.into_iter();
        self.words
            .extend(arguments.map(|word| word.as_ref().to_owned()));
        self
    }

    /// Adds `--data` with this folder.
    pub(crate) fn data(self, folder: impl AsRef<OsStr>) -> Self {
        self.args([OsStr::new("--data"), folder.as_ref()])
    }

    pub(crate) fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        let value = Some(value.as_ref().to_owned());
        self.environment.insert(name.as_ref().to_owned(), value);
        self
    }

    pub(crate) fn envs(self, variables: &[(&str, &str)]) -> Self {
        let add = |program: Self, (name, value): &(&str, &str)| program.env(name, value);
        variables.iter().fold(self, add)
    }

    pub(crate) fn without_env(mut self, name: &str) -> Self {
        self.environment.insert(name.into(), None);
        self
    }

    /// The folder in which it starts.
    pub(crate) fn folder(mut self, folder: impl AsRef<Path>) -> Self {
        self.folder = Some(folder.as_ref().to_owned());
        self
    }

    /// Lets another program start this one, as `setpriv` does, or `sh -c 'exec "$@"' sh`.
    pub(crate) fn through(mut self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        let words = words.into_iter().map(|word| word.as_ref().to_owned());
        self.words.splice(0..0, words);
        self
    }

    /// Takes the powers of root from it, so that permissions hold for it too.
    #[cfg(unix)]
    pub(crate) fn without_rights(self) -> Self {
        if nix::unistd::geteuid().is_root() {
            self.through(["setpriv", "--inh-caps=-all", "--bounding-set=-all"])
        } else {
            self
        }
    }

    /// Types this ahead, and ends the input.
    pub(crate) fn stdin(mut self, text: &str) -> Self {
        self.input = Some(text.to_owned());
        self
    }

    /// Closes the pipe of its output at once, as `head` does after enough lines.
    pub(crate) fn unread(mut self) -> Self {
        self.output = Output::Unread;
        self
    }

    pub(crate) fn stdout(mut self, file: File) -> Self {
        self.output = Output::File(file);
        self
    }

    /// Starts it with pipes.
    pub(crate) fn start(mut self) -> Running {
        let input = self.input.take();
        let mut running = Running::start(self);
        if let Some(text) = input {
            running.feed(&text);
            running.end_input();
        }
        running
    }

    /// Starts it with pipes and waits for its end.
    pub(crate) fn run(self) -> Finished {
        self.start().finish()
    }

    /// Starts it on a screen of the usual size.
    #[cfg(unix)]
    pub(crate) fn on_screen(self) -> Pty {
        self.on_screen_of(super::pty::SIZE)
    }

    /// Starts it on a screen of this size in rows and columns.
    #[cfg(unix)]
    pub(crate) fn on_screen_of(self, size: (u16, u16)) -> Pty {
        Pty::start(self, size)
    }

    /// As the standard library starts it.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(&self.words[0]);
        command.args(&self.words[1..]);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TICTALK_") {
                command.env_remove(name);
            }
        }
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        for (name, value) in &self.environment {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        if let Some(folder) = &self.folder {
            command.current_dir(folder);
        }
        command
    }
}

/// Python with this script, or this first option.
pub(crate) fn python(script: &str) -> Program {
    let name = if cfg!(windows) { "python" } else { "python3" };
    Program::other(name).args([script])
}

/// The port that a banner names: the last word of a line.
pub(super) fn port_of(banner: &str) -> Option<u16> {
    banner.trim_end().rsplit(' ').next()?.parse().ok()
}

/// A configuration file that says nothing, so that none of this machine is read.
fn no_config() -> &'static Path {
    static EMPTY: LazyLock<PathBuf> = LazyLock::new(|| {
        // Not in a private folder: some tests run the program as a user who may not look there.
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty.toml");
        std::fs::write(&file, "").unwrap();
        file
    });
    &EMPTY
}
