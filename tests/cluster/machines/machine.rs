//! A machine of the room.

use super::ledger::STALLED;
use super::process::{Ended, Process};
use rusqlite::{Connection, OpenFlags};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};
use tictalk::net::new_chance;

/// The name of the room.
pub(super) const ROOM: &str = "storm";

/// The ports that are tried. They are below those that systems give to outgoing connections: one
/// of them could take the port of a machine that was killed, by an attempt to connect to it.
const PORTS: std::ops::Range<u16> = 20_000..32_000;

/// How many lines of its output and log a failed test shows.
const TAIL: usize = 30;

/// A machine of the room, and its folder.
pub(super) struct Machine {
    pub(super) port: u16,
    /// The port of the engine.
    engine: u16,
    folder: PathBuf,
    /// The limits of the room.
    limits: &'static [&'static str],
    process: Option<Process>,
    started_at: Instant,
    /// How long its starts have taken until it served the room.
    pub(super) starts: Vec<Duration>,
    /// The most memory that it had, in KiB.
    pub(super) memory: u64,
    /// How often the others have given it up.
    pub(super) given_up: usize,
}

/// A post as it is in a journal: its number, time, member, name, content, and input.
pub(super) type Row = (i64, i64, i64, String, String, Option<i64>);

impl Machine {
    /// A machine that was not started yet.
    pub(super) fn new(
        engine: u16,
        folder: PathBuf,
        port: u16,
        limits: &'static [&'static str],
    ) -> Self {
        Self {
            port,
            engine,
            folder,
            limits,
            process: None,
            started_at: Instant::now(),
            starts: Vec::new(),
            memory: 0,
            given_up: 0,
        }
    }

    /// Where members reach it.
    pub(super) fn address(&self) -> String {
        format!("127.0.0.1:{}", self.port)
    }

    fn engine(&self) -> String {
        format!("nats://127.0.0.1:{}", self.engine)
    }

    fn log(&self) -> PathBuf {
        self.folder.with_extension("log")
    }

    pub(super) fn start(&mut self) {
        let (engine, port) = (self.engine(), self.port.to_string());
        let arguments = ["room", "--cluster", &engine, "--room", ROOM];
        let place = ["--host", "127.0.0.1", "--port", &port];
        let log = self.log();
        let place = place.into_iter().chain(["--log", log.to_str().unwrap()]);
        let arguments = arguments.into_iter().chain(place);
        let arguments = arguments.chain(self.limits.iter().copied());
        self.started_at = Instant::now();
        self.process = Some(Process::start(&self.folder, arguments));
    }

    fn process(&mut self) -> &mut Process {
        self.process.as_mut().expect("the machine was started")
    }

    /// Whether it serves the room. It has not ended by itself.
    pub(super) fn serves(&mut self) -> bool {
        let process = self.process();
        let is_serving = process.begun_at().is_some();
        if process.has_ended() {
            let ended = self.process.take().unwrap().finish();
            panic!("a machine has ended:\n{}{}", ended.output, ended.errors);
        }
        is_serving
    }

    /// Waits until it has written this.
    pub(super) fn wait_for(&mut self, text: &str) {
        let begun = Instant::now();
        while !self.process().output().contains(text) {
            self.serves();
            assert!(begun.elapsed() < STALLED, "no {text:?}");
            thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Kills it with everything that it has not written yet.
    pub(super) fn kill(&mut self) {
        self.serves();
        self.measure();
        let ended = self.process.take().unwrap().kill();
        assert_eq!(ended.status.code(), None, "{}", ended.output);
        self.examine(&ended);
    }

    /// Closes it, as its host does.
    pub(super) fn close(&mut self) {
        self.serves();
        self.measure();
        let mut process = self.process.take().unwrap();
        process.enter("/quit");
        let ended = process.finish();
        self.examine(&ended);
        assert_eq!(ended.status.code(), Some(0), "{}", ended.output);
    }

    /// Notes what it has needed.
    fn measure(&mut self) {
        let process = self.process.as_ref().unwrap();
        if let Some(begun_at) = process.begun_at() {
            self.starts.push(begun_at - self.started_at);
        }
        self.memory = self.memory.max(process.memory().unwrap_or_default());
    }

    /// Nothing was wrong with it.
    fn examine(&mut self, Ended { output, errors, .. }: &Ended) {
        assert_eq!(errors, "", "a machine complains");
        assert!(
            !output.contains("another state"),
            "states differ:\n{output}"
        );
        let silent = "The other machines have heard nothing of this one.";
        self.given_up += output.matches(silent).count();
    }

    /// Asks at its console who is there. Returns the lines about the members.
    pub(super) fn members(&mut self) -> Vec<String> {
        let begun = Instant::now();
        let before = self.process().output().len();
        self.process().enter("/who");
        loop {
            let output = self.process().output();
            let answer = output.get(before..).unwrap_or_default();
            let lines = answer.lines();
            let lines = lines.filter(|line| line.starts_with("  ") || line.ends_with(" members:"));
            let mut lines = lines.map(str::to_owned);
            if let Some(head) = lines.next() {
                let count = head.split(' ').next().unwrap().parse().unwrap();
                let members: Vec<String> = lines.take(count).collect();
                if members.len() == count && answer.ends_with('\n') {
                    return members;
                }
            }
            assert!(begun.elapsed() < STALLED, "no answer to /who:\n{answer}");
            thread::park_timeout(Duration::from_millis(2));
        }
    }

    /// Says something as the host.
    pub(super) fn say(&mut self, text: &str) {
        self.process().enter(&format!("/say {text}"));
    }

    /// What is in its journal, up to this post at least.
    pub(super) fn journal(&self, up_to: u64) -> Vec<Row> {
        let begun = Instant::now();
        loop {
            let rows = journal(&self.folder);
            let last = rows.last().map_or(0, |(id, ..)| *id & 0xFFFF_FFFF);
            if u64::try_from(last).unwrap() >= up_to {
                return rows;
            }
            assert!(begun.elapsed() < STALLED, "the journal ends at {last}");
            thread::park_timeout(Duration::from_millis(20));
        }
    }

    /// Says what is known of it, for a test that has failed.
    #[expect(clippy::print_stderr, reason = "what a failed test has seen")]
    pub(super) fn explain(&self) {
        let tail = |text: &str| {
            let lines: Vec<&str> = text.lines().collect();
            lines[lines.len().saturating_sub(TAIL)..].join("\n")
        };
        let log = std::fs::read_to_string(self.log()).unwrap_or_default();
        let output = self.process.as_ref().map(Process::output);
        let output = output.unwrap_or_default();
        let (log, output) = (tail(&log), tail(&output));
        eprintln!("machine {}:\n{output}\nlog:\n{log}\n", self.port);
    }

    /// The table of the machines.
    pub(super) fn status(&self) -> String {
        let engine = self.engine();
        let arguments = ["cluster", "status", "--cluster", &engine, "--room", ROOM];
        let ended = Process::start(&self.folder, arguments).finish();
        assert_eq!(ended.status.code(), Some(0), "{}", ended.errors);
        ended.output
    }
}

fn journal(folder: &Path) -> Vec<Row> {
    let file = folder.join("journal.db");
    let journal = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
    journal.busy_timeout(STALLED).unwrap();
    let mut query = journal
        .prepare("SELECT id, at, member, name, what, input FROM posts ORDER BY id")
        .unwrap();
    let rows = query.query_map([], |row| {
        let (id, at, member) = (row.get(0)?, row.get(1)?, row.get(2)?);
        Ok((id, at, member, row.get(3)?, row.get(4)?, row.get(5)?))
    });
    rows.unwrap().map(Result::unwrap).collect()
}

/// Ports that nobody listens on.
pub(super) fn free_ports(count: usize) -> Vec<u16> {
    let chance = new_chance().unwrap().bytes();
    let first = usize::from(u16::from_be_bytes([chance[0], chance[1]]));
    let ports = PORTS.cycle().skip(first % PORTS.len());
    // All are taken before one is given back.
    let taken = ports.filter_map(|port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).ok());
    let taken: Vec<TcpListener> = taken.take(count).collect();
    let ports = taken.iter().map(|it| it.local_addr().unwrap().port());
    ports.collect()
}
