//! The servers as processes.

use crate::RELAY;
use crate::dialect::Dialect;
use crate::ngircd;
use anyhow::bail;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};
use std::{env, fs};
use tempfile::TempDir;

/// Which server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// This program as the simplest server.
    Relay,
    /// ngircd, which is not part of this package.
    Ngircd,
    /// `tictalk room`.
    Room,
}

impl Kind {
    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::Relay | Self::Room => Dialect::Framed,
            Self::Ngircd => Dialect::Irc,
        }
    }
}

/// Time limit for a server to listen.
const PATIENCE: Duration = Duration::from_secs(10);

/// Pause before another attempt to connect.
const PAUSE: Duration = Duration::from_micros(50);

/// Ticks a second of the processor time counters; on Linux, 100.
const TICKS: f64 = 100.0;

/// A running server, killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    /// How long it took to listen.
    pub(crate) started: Duration,
    /// The folder of its database.
    _folder: TempDir,
}

impl Server {
    /// Starts the server and waits until it accepts connections.
    pub(crate) fn start(kind: Kind) -> anyhow::Result<Self> {
        let folder = TempDir::new()?;
        // Not every server prints its port, so choose a free one for each.
        let address = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
        let port = address.port().to_string();
        let mut command = match kind {
            Kind::Relay => {
                let mut command = Command::new(env::current_exe()?);
                command.args([RELAY, &port]).arg(folder.path());
                command
            }
            Kind::Ngircd => ngircd::command(&port, folder.path())?,
            Kind::Room => {
                let mut command = Command::new(env!("CARGO_BIN_EXE_tictalk"));
                command.args(["room", "--host", "127.0.0.1", "--port", &port]);
                command.args(["--burst", "0", "--per-address", "0", "--members", "0"]);
                command.arg("--data").arg(folder.path());
                command
            }
        };
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let begun = Instant::now();
        let mut server = Self {
            child: command.spawn()?,
            kind,
            address,
            started: Duration::ZERO,
            _folder: folder,
        };
        while TcpStream::connect(address).is_err() {
            if server.child.try_wait()?.is_some() || begun.elapsed() > PATIENCE {
                bail!("it does not listen");
            }
            thread::sleep(PAUSE);
        }
        server.started = begun.elapsed();
        Ok(server)
    }

    /// Processor time used so far, in seconds. Linux only.
    pub(crate) fn processor(&self) -> Option<f64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.child.id())).ok()?;
        // The name in parentheses may hold spaces. User and system time are fields 14 and 15.
        let (_, fields) = stat.rsplit_once(')')?;
        let times = fields.split_whitespace().skip(11).take(2);
        let ticks: Option<u64> = times.map(|it| it.parse::<u64>().ok()).sum();
        Some(ticks? as f64 / TICKS)
    }

    /// Resident memory in KiB. Linux only.
    pub(crate) fn resident(&self) -> Option<f64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find_map(|it| it.strip_prefix("VmRSS:"))?;
        line.split_whitespace().next()?.parse().ok()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Both fail only if it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Raises the limit of open files for this process and its children as far as the system allows,
/// and returns it.
pub(crate) fn open_files() -> usize {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else {
            return 0;
        };
        let files = match setrlimit(Resource::RLIMIT_NOFILE, hard, hard) {
            Ok(()) => hard,
            Err(_) => soft,
        };
        usize::try_from(files).unwrap_or(usize::MAX)
    }
    #[cfg(not(unix))]
    usize::MAX
}
