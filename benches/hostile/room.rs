//! The room as a process.

use crate::frames::{next, say};
use crate::honest;
use anyhow::{Context as _, bail};
use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An empty configuration file, so that no other one is read.
const CONFIG: &str = "empty.toml";

/// Interval between two looks at a process.
const PAUSE: Duration = Duration::from_millis(1);

/// The port and the journal with which each room starts. The journal identifies a room by its port.
#[derive(Debug)]
pub(crate) struct Template {
    program: PathBuf,
    port: u16,
    folder: TempDir,
}

/// A running room, killed when dropped.
#[derive(Debug)]
pub(crate) struct Room {
    child: Child,
    console: ChildStdin,
    pub(crate) address: SocketAddr,
    /// The folder of its journal, unless it is the template's.
    _folder: Option<TempDir>,
}

impl Template {
    /// Runs a room of `program` until it has stored this many posts.
    pub(crate) fn make(program: &Path, posts: u64, wait: Duration) -> anyhow::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let template = Self {
            program: program.to_owned(),
            port: listener.local_addr()?.port(),
            folder: TempDir::new()?,
        };
        drop(listener);
        fs::write(template.folder.path().join(CONFIG), "")?;
        let unlimited = ["--burst", "0", "--per-address", "0"];
        let mut room = template.start_in(template.folder.path(), &unlimited)?;
        let mut writer = honest::connect(room.address, "writer", u128::MAX / 3, wait)?;
        let mut inbox = Vec::new();
        let mut scratch = vec![0; 64 * 1_024];
        for first in (0..posts).step_by(50) {
            let last = (first + 50).min(posts);
            for number in first + 1..=last {
                let text = format!("Post {number}: a few words. {}", "lorem ipsum ".repeat(30));
                writer.write_all(&say(number, &text))?;
            }
            'stored: loop {
                while let Some(said) = next(&mut inbox) {
                    if said.is("stored") && said.number("number") == last {
                        break 'stored;
                    }
                }
                match writer.read(&mut scratch)? {
                    0 => bail!("the room has closed the connection"),
                    length => inbox.extend(scratch.iter().take(length)),
                }
            }
        }
        room.console.write_all(b"/quit\n")?;
        room.ended(wait).context("the room did not close")?;
        Ok(template)
    }

    /// Starts a room with default limits and a copy of the journal.
    pub(crate) fn start(&self) -> anyhow::Result<Room> {
        let folder = TempDir::new()?;
        for file in fs::read_dir(self.folder.path())? {
            let file = file?;
            fs::copy(file.path(), folder.path().join(file.file_name()))?;
        }
        let mut room = self.start_in(folder.path(), &[])?;
        room._folder = Some(folder);
        Ok(room)
    }

    fn start_in(&self, folder: &Path, options: &[&str]) -> anyhow::Result<Room> {
        let port = self.port.to_string();
        let mut command = Command::new(&self.program);
        // Ignore the settings of whoever runs the bench.
        for (name, _) in env::vars_os() {
            if name.to_string_lossy().starts_with("TICTALK_") {
                command.env_remove(name);
            }
        }
        command.env("TICTALK_CONFIG", self.folder.path().join(CONFIG));
        command.args(["room", "--host", "127.0.0.1", "--port", &port]);
        command.args(options).arg("--data").arg(folder);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let console = child.stdin.take().context("no input")?;
        let output = child.stdout.take().context("no output")?;
        let room = Room {
            child,
            console,
            address: SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)),
            _folder: None,
        };
        let mut output = BufReader::new(output);
        let mut line = String::new();
        if output.read_line(&mut line)? == 0 {
            bail!("the room has not opened");
        }
        // Read the output, so that the host's console never blocks.
        thread::spawn(move || io::copy(&mut output, &mut io::sink()));
        Ok(room)
    }
}

impl Room {
    /// Types a line as the host.
    pub(crate) fn enter(&mut self, line: &str) -> io::Result<()> {
        self.console.write_all(format!("{line}\n").as_bytes())
    }

    /// Peak of the resident memory, in KiB. Linux only.
    pub(crate) fn peak(&self) -> Option<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmHWM:"))?;
        line.split_whitespace().next()?.parse().ok()
    }

    /// Sends SIGTERM, on systems that have signals.
    #[cfg(unix)]
    pub(crate) fn terminate(&self) -> bool {
        use nix::sys::signal::{Signal, kill};
        let id = i32::try_from(self.child.id()).map(nix::unistd::Pid::from_raw);
        id.is_ok_and(|id| kill(id, Signal::SIGTERM).is_ok())
    }

    #[cfg(not(unix))]
    pub(crate) fn terminate(&self) -> bool {
        false
    }

    /// Whether the process has ended.
    pub(crate) fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// The time until the process ends; `None` if that takes longer than `wait`.
    pub(crate) fn ended(&mut self, wait: Duration) -> Option<Duration> {
        let begun = Instant::now();
        while !self.has_ended() {
            if begun.elapsed() > wait {
                return None;
            }
            thread::sleep(PAUSE);
        }
        Some(begun.elapsed())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Raises the limit of open files as far as the system allows.
pub(crate) fn allow_many_files() {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
            // If that is not permitted, the old limit stays.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
        }
    }
}
