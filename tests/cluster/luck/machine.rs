//! A machine of a room, and its journal.

use super::program::{Ended, Program};
use crate::support::LIMIT;
use nix::sys::signal::Signal;
use rusqlite::Connection;
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;
use tictalk::cluster::EngineUrl;

/// The name of the room of all tests: each has an engine of its own.
pub(super) const ROOM: &str = "lounge";

/// A machine of the room. It keeps its port and its folder when it is started again.
pub(super) struct Machine {
    pub(super) program: Program,
    pub(super) port: u16,
    pub(super) folder: TempDir,
}

/// A row of the journal.
type Row = (i64, i64, i64, String, String, Option<i64>);

impl Machine {
    pub(super) fn start(engine: &EngineUrl) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut program = run(engine, &folder, 0, &[]);
        let port = listening(&mut program);
        Self {
            program,
            port,
            folder,
        }
    }

    /// Starts one on any port, and does not wait.
    pub(super) fn launched(engine: &EngineUrl, options: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            program: run(engine, &folder, 0, options),
            port: 0,
            folder,
        }
    }

    /// Two machines of one room.
    pub(super) fn two(engine: &EngineUrl) -> (Self, Self) {
        (Self::start(engine), Self::start(engine))
    }

    /// Starts it again, and waits until it serves.
    pub(super) fn again(&mut self, engine: &EngineUrl) {
        self.launch(engine, &[]);
        assert_eq!(listening(&mut self.program), self.port);
    }

    /// Starts it again.
    pub(super) fn launch(&mut self, engine: &EngineUrl, options: &[&str]) {
        self.program = run(engine, &self.folder, self.port, options);
    }

    /// It leaves the room.
    pub(super) fn leaves(&mut self) {
        self.program.signal(Signal::SIGINT);
        assert_eq!(self.program.ended().code, Some(0));
    }

    /// Waits until it ends with an error that contains this.
    pub(super) fn fails(&mut self, why: &str) {
        let Ended { code, errors } = self.program.ended();
        assert!(errors.contains(why), "{errors}");
        assert_eq!((code, errors.lines().count()), (Some(1), 1), "{errors}");
    }

    pub(super) fn journal(&self) -> Connection {
        let journal = Connection::open(self.folder.path().join("journal.db")).unwrap();
        journal.busy_timeout(LIMIT).unwrap();
        journal
    }

    /// Waits until the journal has what somebody has said last. Returns all posts up to there.
    fn posts(&self, last: &str) -> Vec<Row> {
        let last = serde_json::json!({ "what": "said", "text": last });
        let journal = self.journal();
        let mut query = journal
            .prepare("SELECT id & 0xffffffff, at, member, name, what, input FROM posts ORDER BY id")
            .unwrap();
        let end = Instant::now() + LIMIT;
        loop {
            let rows = query.query_map((), |row| {
                Ok((
                    row.get(0)?,
                    row.get(1)?,
                    row.get(2)?,
                    row.get(3)?,
                    row.get(4)?,
                    row.get(5)?,
                ))
            });
            let mut rows: Vec<Row> = rows.unwrap().collect::<Result<_, _>>().unwrap();
            let is_last = |row: &Row| {
                serde_json::from_str(&row.4).is_ok_and(|what: serde_json::Value| what == last)
            };
            if let Some(at) = rows.iter().position(is_last) {
                rows.truncate(at + 1);
                return rows;
            }
            assert!(Instant::now() < end, "no {last} in {rows:?}");
            // SQLite tells nobody of changes.
            thread::sleep(Duration::from_millis(20));
        }
    }
}

/// Checks that the machines have the same journal, up to what somebody has said last. Returns how often
/// each of these was said.
pub(super) fn agree(machines: &[&Machine], last: &str, said: &[&str]) -> Vec<usize> {
    let posts = machines[0].posts(last);
    for machine in &machines[1..] {
        assert_eq!(machine.posts(last), posts);
    }
    for (place, (id, .., input)) in (1..).zip(&posts) {
        assert_eq!(*id, place, "{posts:?}");
        assert!(input.is_some(), "{posts:?}");
    }
    let times = |said: &&str| {
        let text = format!("\"text\":\"{said}\"");
        posts.iter().filter(|row| row.4.contains(&text)).count()
    };
    said.iter().map(times).collect()
}

fn run(engine: &EngineUrl, folder: &TempDir, port: u16, options: &[&str]) -> Program {
    let (engine, port) = (engine.to_string(), port.to_string());
    let data = folder.path().to_str().unwrap();
    let words = [
        "room",
        "--cluster",
        &engine,
        "--room",
        ROOM,
        "--port",
        &port,
    ];
    Program::start(&[&words[..], &["--data", data], options].concat())
}

fn listening(program: &mut Program) -> u16 {
    let banner = program.shows("on port: ");
    let port = program.shows("\n");
    port.trim()
        .parse()
        .unwrap_or_else(|_| panic!("{banner}{port}"))
}
