//! Two programs as a user starts them, driven through their pipes.

use crate::pair::Memory;
use crate::program::Program;
use crate::stopwatch::Stopwatch;
use anyhow::{Context as _, bail};
use std::net::{Ipv4Addr, TcpListener};
use std::path::Path;
use std::process::{Command, Stdio};
use tempfile::TempDir;

/// Bytes of text in a message.
pub(crate) const SIZE: usize = 64;

/// Printed before the port of a server.
const PORT_MARK: &str = "on port: ";

/// Two connected programs.
#[derive(Debug)]
pub(crate) struct Talkers {
    server: Program,
    client: Program,
    /// The folder of their journals, if they keep any.
    _folder: TempDir,
}

impl Talkers {
    /// A `tictalk server` and a `tictalk client`.
    pub(crate) fn tictalk(memory: Memory) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let tictalk = || tictalk(memory, folder.path());
        let mut server = Program::start(tictalk().args(["server", "--port", "0"]))?;
        let listening = server.hear()?.context("the server ended")?;
        let (_, port) = listening
            .split_once(PORT_MARK)
            .with_context(|| format!("the server named no port: {listening}"))?;
        let client = Program::start(tictalk().args(["client", "--port", port]))?;
        Ok(Self {
            server,
            client,
            _folder: folder,
        })
    }

    /// Two `nc` of OpenBSD: the simplest program that connects pipes and a socket.
    pub(crate) fn nc() -> anyhow::Result<Self> {
        let help = Command::new("nc").arg("-h").output();
        let help = help.context("nc is not installed")?;
        if !String::from_utf8_lossy(&help.stderr).contains("OpenBSD") {
            bail!("this nc is not OpenBSD's");
        }
        // nc does not print the port that it takes, so choose a free one for it.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port()
            .to_string();
        let host = Ipv4Addr::LOCALHOST.to_string();
        let mut server = Program::start(
            Command::new("nc")
                .args(["-v", "-l", &host, &port])
                .stderr(Stdio::piped()),
        )?;
        // With -v, it reports there that it listens.
        let listening = server.hear_error()?.unwrap_or_default();
        if !listening.starts_with("Listening") {
            bail!("nc does not listen: {listening}");
        }
        let client = Program::start(Command::new("nc").args([&host, &port]))?;
        Ok(Self {
            server,
            client,
            _folder: TempDir::new()?,
        })
    }

    /// The median round trip, in microseconds, from the client's input to the server's output and
    /// from the server's input to the client's output.
    pub(crate) fn round_trip(mut self) -> anyhow::Result<f64> {
        let question = "q".repeat(SIZE) + "\n";
        let answer = "a".repeat(SIZE) + "\n";
        let mut stopwatch = Stopwatch::new();
        while stopwatch.lap() {
            hop(&mut self.client, &mut self.server, &question)?;
            hop(&mut self.server, &mut self.client, &answer)?;
        }
        Ok(stopwatch.median())
    }
}

fn tictalk(memory: Memory, folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tictalk"));
    command.env("TICTALK_DATA", folder);
    if memory == Memory::None {
        command.env("TICTALK_NO_JOURNAL", "1");
    }
    // They are killed in the end; ignore the error message of the second.
    command.stderr(Stdio::null());
    command
}

/// Types `line` at one program and waits until the other prints it.
fn hop(from: &mut Program, to: &mut Program, line: &str) -> anyhow::Result<()> {
    from.say(line)?;
    loop {
        let heard = to.hear()?.context("a program ended")?;
        // Other lines are notices, or an echo of earlier input.
        if heard == line.trim_end() {
            return Ok(());
        }
    }
}
