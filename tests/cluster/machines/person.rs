//! A member whose program is the real client, at pipes.

use super::END;
use super::ledger::{Alarm, Ledger, Stage, Storm};
use super::process::{Ended, Process};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// How many lines of a person nobody has seen yet.
const AHEAD: u64 = 4;

/// A person who types until it is calm.
pub(super) struct Person {
    pub(super) name: String,
    typing: JoinHandle<(Process, u64)>,
}

/// What a person has typed and read.
pub(super) struct Told {
    pub(super) name: String,
    /// How many lines the person has typed.
    pub(super) said: u64,
    pub(super) ended: Ended,
}

impl Person {
    pub(super) fn start(storm: &Arc<Storm>, folder: &Path, name: &str, port: u16) -> Self {
        let port = port.to_string();
        let arguments = ["client", "--host", "127.0.0.1", "--port", &port, "--name"];
        let arguments = arguments.into_iter().chain([name, "--wire", "tictalk"]);
        let process = Process::start(&folder.join(name), arguments);
        let (storm, of) = (Arc::clone(storm), name.to_owned());
        Self {
            name: name.to_owned(),
            typing: thread::spawn(move || talk(process, &storm, &of)),
        }
    }

    /// Waits until the program has shown the last line, and has it leave the room.
    pub(super) fn leave(self, storm: &Storm) -> Told {
        let (mut process, said) = self.typing.join().unwrap();
        storm.wait("the end at a program", |_| process.output().contains(END));
        process.end_input();
        Told {
            name: self.name,
            said,
            ended: process.finish(),
        }
    }
}

/// Types line after line until it is calm, and waits until everybody has them.
fn talk(mut process: Process, storm: &Arc<Storm>, name: &str) -> (Process, u64) {
    let _alarm = Alarm(Arc::clone(storm));
    let heard = |ledger: &Ledger| ledger.heard.get(name).copied().unwrap_or_default();
    let mut said = 0;
    while *storm.stage.borrow() == Stage::Talking {
        said += 1;
        process.enter(&format!("line {said}"));
        storm.wait("the lines of a program", |ledger| {
            said < heard(ledger) + AHEAD
        });
    }
    storm.wait("all lines of a program", |ledger| heard(ledger) == said);
    (process, said)
}
