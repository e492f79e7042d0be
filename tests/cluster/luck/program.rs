//! The program as a process.

use crate::support::LIMIT;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use std::io::{Read, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Instant;
use tempfile::TempDir;

/// A running program, whose keyboard and screen the test has.
pub(super) struct Program {
    child: Child,
    screen: Output,
    errors: Output,
}

/// How a program has ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) code: Option<i32>,
    pub(super) errors: String,
}

impl Program {
    pub(super) fn start(words: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tictalk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TICTALK_") {
                command.env_remove(name);
            }
        }
        let mut child = command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let screen = Output::of(child.stdout.take().unwrap());
        let errors = Output::of(child.stderr.take().unwrap());
        Self {
            child,
            screen,
            errors,
        }
    }

    /// Types a line.
    pub(super) fn types(&mut self, line: &str) {
        let keyboard = self.child.stdin.as_mut().unwrap();
        writeln!(keyboard, "{line}").unwrap();
    }

    /// Waits until the program shows this after what earlier waits have seen. Returns what it has shown
    /// in between.
    pub(super) fn shows(&mut self, text: &str) -> String {
        let found = self.screen.wait(text);
        found.unwrap_or_else(|shown| {
            let errors = self.errors.all();
            panic!("waited for {text:?} in:\n{shown}\nerrors:\n{errors}")
        })
    }

    /// All that it has shown so far.
    pub(super) fn shown(&mut self) -> &str {
        self.screen.take_in();
        &self.screen.text
    }

    pub(super) fn signal(&self, signal: Signal) {
        let id = i32::try_from(self.child.id()).unwrap();
        kill(Pid::from_raw(id), signal).unwrap();
    }

    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Waits for its end.
    pub(super) fn ended(&mut self) -> Ended {
        // A program that has ended writes nothing more.
        let shown = self.screen.rest();
        assert!(self.screen.is_closed, "the program does not end:\n{shown}");
        let status = self.child.wait().unwrap();
        Ended {
            code: status.code(),
            errors: self.errors.rest(),
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What a program writes.
struct Output {
    pieces: Receiver<Vec<u8>>,
    text: String,
    /// How much of it earlier waits have passed.
    seen: usize,
    is_closed: bool,
}

impl Output {
    fn of(mut source: impl Read + Send + 'static) -> Self {
        let (sender, pieces) = mpsc::channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(length @ 1..) = source.read(&mut buffer) {
                if sender.send(buffer[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self {
            pieces,
            text: String::new(),
            seen: 0,
            is_closed: false,
        }
    }

    /// Waits for a text. Otherwise returns all that has come.
    fn wait(&mut self, text: &str) -> Result<String, String> {
        let end = Instant::now() + LIMIT;
        loop {
            if let Some(at) = self.text[self.seen..].find(text) {
                let begin = self.seen;
                self.seen += at + text.len();
                return Ok(self.text[begin..self.seen].to_owned());
            }
            if !self.receive(end) {
                return Err(self.text.clone());
            }
        }
    }

    /// Waits for its end. Returns all that has come.
    fn rest(&mut self) -> String {
        let end = Instant::now() + LIMIT;
        while self.receive(end) {}
        self.text.clone()
    }

    fn all(&mut self) -> String {
        self.take_in();
        self.text.clone()
    }

    fn take_in(&mut self) {
        while self.receive(Instant::now()) {}
    }

    /// Waits for the next piece. Returns whether there was one.
    fn receive(&mut self, end: Instant) -> bool {
        let left = end.saturating_duration_since(Instant::now());
        match self.pieces.recv_timeout(left) {
            // The program writes whole lines, so no letter is torn apart for longer.
            Ok(piece) => self.text.push_str(&String::from_utf8_lossy(&piece)),
            Err(RecvTimeoutError::Disconnected) => self.is_closed = true,
            Err(RecvTimeoutError::Timeout) => {}
        }
        !self.is_closed && Instant::now() <= end
    }
}

/// A client of the room.
pub(super) struct Member {
    program: Program,
    name: String,
    _folder: TempDir,
}

impl Member {
    /// Joins at this port.
    pub(super) fn join(name: &str, port: u16) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().to_str().unwrap();
        let port = port.to_string();
        let words = ["client", "--port", &port, "--name", name, "--data", data];
        let mut program = Program::start(&[&words[..], &["--wire", "tictalk"]].concat());
        program.shows(&format!("-- {name} joined.\n"));
        Self {
            program,
            name: name.to_owned(),
            _folder: folder,
        }
    }

    pub(super) fn says(&mut self, line: &str) {
        self.program.types(line);
    }

    /// Waits until it reads this.
    pub(super) fn reads(&mut self, text: &str) -> String {
        self.program.shows(text)
    }

    /// Waits until it reads what another one says.
    pub(super) fn hears(&mut self, other: &Self, text: &str) -> String {
        let line = format!("{}: {text}\n", other.name);
        self.reads(&line)
    }

    /// All that it has read so far.
    pub(super) fn has_read(&mut self) -> &str {
        self.program.shown()
    }
}
