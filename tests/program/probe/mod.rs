//! `tictalk probe`: what it says about programs of other people.

mod naming;
mod options;
mod ourselves;
mod page;
mod report;
mod shelf;
mod zoo;

use crate::support::{Program, Running, python};
use serde_json::Value;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

/// How long a partner may take to answer: a partner that does not costs this time.
const TIMEOUT: &str = "2";

/// A program of the zoo that has not started yet.
fn animal(kind: &str, framing: &str, way: &str, port: u16) -> Program {
    let zoo = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/program/probe/zoo/zoo.py");
    python(zoo.to_str().unwrap())
        .args([kind, framing, way, &port.to_string()])
        .env("PYTHONDONTWRITEBYTECODE", "1")
}

/// A server of the zoo, and its port.
pub(crate) fn serving(kind: &str, framing: &str) -> (Running, u16) {
    animal(kind, framing, "serve", 0).start().listening()
}

/// The probe of a server on this port.
fn probe(port: u16) -> Program {
    let address = format!("127.0.0.1:{port}");
    Program::new().args(["probe", &address, "--timeout", TIMEOUT])
}

/// A probe of a client that waits for it, and its port.
fn awaiting(options: &[&str]) -> (Running, u16) {
    let probe = Program::new().args(["probe", "--listen", "0", "--timeout", TIMEOUT]);
    let probe = probe.args(options).start();
    let told = probe.wait_for_error("\n");
    let port = told.trim_end().rsplit([' ', ':']).next().unwrap();
    let port = port.parse().unwrap();
    (probe, port)
}

/// The cases about servers.
const OF_SERVERS: [&str; 3] = ["ends/second-client", "ends/reset", "ends/again"];

/// The cases that do not apply in this framing.
fn inapplicable(framing: &str) -> &'static [&'static str] {
    match framing {
        // Without a framing, a message has no parts, and a long one may arrive in pieces.
        "raw" => &[
            "bytes/split-header",
            "bytes/split-body",
            "bytes/one-at-a-time",
            "bytes/two-in-one-write",
            "bytes/utf8-cut",
            "bytes/empty",
            "bytes/4095",
            "bytes/4096",
            "bytes/4097",
        ],
        "u8" => &[
            "bytes/split-header",
            "bytes/4095",
            "bytes/4096",
            "bytes/4097",
        ],
        // A line shows the free squares in place of a board.
        "lines" => &["bytes/split-header", "game/out-of-turn"],
        _ => &[],
    }
}

/// How many programs are examined at a time: they and the probe wait most of the time.
const AT_A_TIME: usize = 24;

/// Calls `examine` for each of `all`, many at a time, and returns what went wrong.
fn at_once<T: Copy + Send>(all: &[T], examine: impl Fn(T) -> Option<String> + Sync) -> Vec<String> {
    let left = Mutex::new(all.to_vec());
    let wrong = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_A_TIME.min(all.len()) {
            scope.spawn(|| {
                loop {
                    let next = left.lock().unwrap().pop();
                    let Some(next) = next else { return };
                    // Not while the lock is held: the others would wait for it.
                    let found = examine(next);
                    wrong.lock().unwrap().extend(found);
                }
            });
        }
    });
    wrong.into_inner().unwrap()
}

/// A report in JSON.
struct Report {
    json: Value,
    code: i32,
}

impl Report {
    fn of(finished: &crate::support::Finished) -> Self {
        let json = serde_json::from_str(&finished.stdout);
        let json = json.unwrap_or_else(|error| panic!("{error}: {finished:?}"));
        let code = finished.code.unwrap();
        Self { json, code }
    }

    fn cases(&self) -> &[Value] {
        self.json["cases"].as_array().unwrap()
    }

    /// The cases with this verdict.
    fn with(&self, verdict: &str) -> Vec<&str> {
        let cases = self.cases().iter();
        let cases = cases.filter(|case| case["verdict"] == verdict);
        cases.map(|case| case["id"].as_str().unwrap()).collect()
    }

    /// The received behaviour in this case.
    fn came(&self, id: &str) -> &str {
        let case = self.cases().iter().find(|case| case["id"] == id);
        case.unwrap()["came"].as_str().unwrap()
    }
}
