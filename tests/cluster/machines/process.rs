//! Programs that run at pipes.

use std::ffi::OsStr;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Instant;

/// What a machine says when it serves the room.
const LISTENS: &str = "Server listening on";

/// How many bytes of a long output are worth to be shown.
const TAIL: usize = 2_000;

/// A program that runs. Killed when dropped.
pub(super) struct Process {
    child: Child,
    stdin: Option<ChildStdin>,
    output: Arc<Mutex<Output>>,
    errors: Arc<Mutex<Output>>,
    /// They end with the program.
    readers: Vec<JoinHandle<()>>,
}

/// What a program has written.
#[derive(Default)]
struct Output {
    bytes: Vec<u8>,
    /// When it has said that it listens.
    begun_at: Option<Instant>,
}

/// What a program has left behind.
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    pub(super) output: String,
    pub(super) errors: String,
}

impl Process {
    /// Starts the program under test, with these options and nothing of this machine's settings.
    pub(super) fn start(
        folder: &Path,
        arguments: impl IntoIterator<Item = impl AsRef<OsStr>>,
    ) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tictalk"));
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("TICTALK_") {
                command.env_remove(name);
            }
        }
        let config = folder.join("config.toml");
        if !config.exists() {
            std::fs::create_dir_all(folder).unwrap();
            std::fs::write(&config, "").unwrap();
        }
        let mut child = command
            .env("TICTALK_CONFIG", config)
            .env("TICTALK_DATA", folder)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let (output, errors) = (Arc::default(), Arc::default());
        let readers = vec![
            keep(child.stdout.take().unwrap(), Arc::clone(&output)),
            keep(child.stderr.take().unwrap(), Arc::clone(&errors)),
        ];
        Self {
            stdin: child.stdin.take(),
            child,
            output,
            errors,
            readers,
        }
    }

    /// Types a line and Enter.
    pub(super) fn enter(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("the input is open");
        if writeln!(stdin, "{line}").is_err() {
            let (output, errors) = (text(&self.output), text(&self.errors));
            let from = output.len().saturating_sub(TAIL);
            let output = output.get(from..).unwrap_or(&output);
            panic!("a program has ended:\n{output}\nerrors:\n{errors}");
        }
    }

    /// Ends the input.
    pub(super) fn end_input(&mut self) {
        self.stdin = None;
    }

    /// When the program has said that it listens.
    pub(super) fn begun_at(&self) -> Option<Instant> {
        self.output.lock().unwrap().begun_at
    }

    pub(super) fn output(&self) -> String {
        text(&self.output)
    }

    /// Whether the program has ended by itself.
    pub(super) fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// How many KiB of memory the program has had at most, where the system tells.
    pub(super) fn memory(&self) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let peak = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))?;
        peak.trim().strip_suffix(" kB")?.trim().parse().ok()
    }

    /// Ends the program so that it can do nothing about it.
    pub(super) fn kill(mut self) -> Ended {
        self.child.kill().unwrap();
        self.finish()
    }

    /// Waits for the end.
    pub(super) fn finish(mut self) -> Ended {
        let status = self.child.wait().unwrap();
        for reader in self.readers.drain(..) {
            reader.join().unwrap();
        }
        Ended {
            status,
            output: text(&self.output),
            errors: text(&self.errors),
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn text(output: &Mutex<Output>) -> String {
    String::from_utf8_lossy(&output.lock().unwrap().bytes).into_owned()
}

/// Keeps what comes from a pipe.
fn keep(mut from: impl Read + Send + 'static, output: Arc<Mutex<Output>>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let read = &buffer[..length];
            let output = &mut *output.lock().unwrap();
            // The words may have come in two parts.
            let from = output.bytes.len().saturating_sub(LISTENS.len());
            output.bytes.extend_from_slice(read);
            if find(&output.bytes[from..], LISTENS) {
                output.begun_at.get_or_insert_with(Instant::now);
            }
        }
    })
}

fn find(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|it| it == text.as_bytes())
}
