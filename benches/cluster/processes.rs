//! The engine and the servers, as processes of this computer.

use anyhow::{Context as _, bail};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// How long a process may take to start.
const LIMIT: Duration = Duration::from_secs(120);

/// Clock ticks a second in /proc, which Linux has fixed at 100 for programs.
const TICKS: f64 = 100.0;

/// A NATS server of its own.
pub(crate) struct Nats {
    process: Child,
    port: u16,
    _folder: TempDir,
}

impl Nats {
    pub(crate) fn start() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let port = free_port()?;
        let process = Command::new("nats-server")
            .args(["-js", "-a", "127.0.0.1", "-p", &port.to_string(), "-sd"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("nats-server cannot be started: is it installed?")?;
        let began = Instant::now();
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            if began.elapsed() > LIMIT {
                bail!("nats-server does not answer");
            }
            thread::sleep(Duration::from_millis(10));
        }
        Ok(Self {
            process,
            port,
            _folder: folder,
        })
    }

    pub(crate) fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// The processor time that it has used, in seconds.
    pub(crate) fn processor(&self) -> f64 {
        processor(self.process.id())
    }
}

impl Drop for Nats {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// A server of a room.
pub(crate) struct Room {
    process: Child,
    port: u16,
    arguments: Vec<String>,
    folder: TempDir,
}

impl Room {
    /// A room on one server, without a cluster.
    pub(crate) fn alone() -> anyhow::Result<Self> {
        Self::start(Vec::new())
    }

    /// This many machines of one room.
    pub(crate) fn cluster(nats: &Nats, machines: usize) -> anyhow::Result<Vec<Self>> {
        let arguments = ["--cluster".to_owned(), nats.url()];
        (0..machines)
            .map(|_| Self::start(arguments.to_vec()))
            .collect()
    }

    fn start(mut arguments: Vec<String>) -> anyhow::Result<Self> {
        let (port, folder) = (free_port()?, tempfile::tempdir()?);
        let port_text = port.to_string();
        // No limit is to be measured.
        let usual = [
            "--room",
            "bench",
            "--port",
            &port_text,
            "--rate",
            "0",
            "--per-address",
            "0",
            "--queue",
            "0",
        ];
        arguments.extend(usual.map(str::to_owned));
        let process = run(&arguments, &folder)?;
        Ok(Self {
            process,
            port,
            arguments,
            folder,
        })
    }

    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    pub(crate) fn processor(&self) -> f64 {
        processor(self.process.id())
    }

    pub(crate) fn kill(&mut self) -> anyhow::Result<()> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }

    /// Starts it again, and waits until it serves members.
    pub(crate) fn restart(&mut self) -> anyhow::Result<()> {
        self.process = run(&self.arguments, &self.folder)?;
        Ok(())
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// Starts a server, and waits until it listens.
fn run(arguments: &[String], folder: &TempDir) -> anyhow::Result<Child> {
    let mut process = Command::new(env!("CARGO_BIN_EXE_tictalk"))
        .arg("room")
        .args(arguments)
        .arg("--data")
        .arg(folder.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = process.stdout.take().context("its output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(Ok(line)) = lines.next() {
        if line.starts_with("Server listening") {
            // It must not wait for a reader.
            thread::spawn(move || lines.count());
            return Ok(process);
        }
    }
    bail!("the room does not start")
}

fn free_port() -> anyhow::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}

/// The processor time that a process has used, in seconds; 0 where the system does not tell.
fn processor(process: u32) -> f64 {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    // utime and stime: fields 14 and 15 of proc(5), two of which come before the parenthesis.
    let ticks = [11, 12].map(|at| fields.get(at).and_then(|it| it.parse::<f64>().ok()));
    ticks.into_iter().flatten().sum::<f64>() / TICKS
}
