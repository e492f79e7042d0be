//! The room as a process.

use crate::member::Kind;
use anyhow::{Context as _, bail};
use std::fs;
use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use tempfile::TempDir;

/// Ticks a second of the processor time counters; on Linux, 100.
const TICKS: f64 = 100.0;

/// A room without limits, killed when dropped.
pub(crate) struct Room {
    child: Child,
    pub(crate) port: u16,
    /// The code, if the room is private.
    pub(crate) code: String,
    /// The folder of its journal.
    _folder: TempDir,
}

impl Room {
    /// Opens a room for members of this kind.
    pub(crate) fn open(kind: Kind) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        let mut child = Command::new(env!("CARGO_BIN_EXE_tictalk"))
            .args(["room", "--host", "127.0.0.1", "--port", "0", "--queue", "0"])
            .args(["--burst", "0", "--per-address", "0", "--members", "0"])
            .args((kind == Kind::Private).then_some("--private"))
            .arg("--data")
            .arg(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().context("no output")?);
        let mut first = String::new();
        lines.read_line(&mut first)?;
        let mut code = String::new();
        while kind == Kind::Private && !code.contains("ode: ") {
            code.clear();
            lines.read_line(&mut code)?;
        }
        let code = code
            .rsplit(' ')
            .next()
            .unwrap_or_default()
            .trim()
            .to_owned();
        // Nobody reads what happens in the room.
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let port = first.trim().rsplit(' ').next().unwrap_or_default();
        let Ok(port) = port.parse() else {
            bail!("the room printed {first:?}");
        };
        Ok(Self {
            child,
            port,
            code,
            _folder: folder,
        })
    }

    /// Processor time used so far, in seconds. Linux only.
    pub(crate) fn processor(&self) -> anyhow::Result<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id()))?;
        // The name in parentheses may hold spaces. User and system time are fields 14 and 15.
        let (_, fields) = stat.rsplit_once(')').context("no fields")?;
        let times = fields.split_whitespace().skip(11).take(2);
        let ticks: Option<u64> = times.map(|it| it.parse::<u64>().ok()).sum();
        Ok(ticks.context("no times")? as f64 / TICKS)
    }

    /// Resident memory in KiB. Linux only.
    pub(crate) fn resident(&self) -> anyhow::Result<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.split_whitespace().next());
        Ok(kib.context("no memory")?.parse()?)
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
