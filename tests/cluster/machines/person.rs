//! A member whose program is the real client, at pipes.

use super::ledger::{Alarm, Ledger, Stage, Storm};
use super::process::{Ended, Process};
use std::path::Path;
use std::sync::Arc;
use std::thread::{self, JoinHandle};

/// How many lines of a person nobody has seen yet.
const AHEAD: u64 = 4;

/// A person who types until it is calm, and then until all of it was seen.
pub(super) struct Person {
    pub(super) name: String,
    typing: JoinHandle<(Process, u64)>,
}

impl Person {
    pub(super) fn start(storm: &Arc<Storm>, folder: &Path, name: &str, port: u16) -> Self {
        let port = port.to_string();
        let arguments = ["client", "--host", "127.0.0.1", "--port", &port, "--name"];
        let arguments = arguments.into_iter().chain([name, "--wire", "tictalk"]);
        let mut process = Process::start(&folder.join(name), arguments);
        let (storm, name) = (Arc::clone(storm), name.to_owned());
        let typing = {
            let name = name.clone();
            thread::spawn(move || {
                let _alarm = Alarm(Arc::clone(&storm));
                let heard = |ledger: &Ledger| ledger.heard.get(&name).copied().unwrap_or_default();
                let mut said = 0;
                while *storm.stage.borrow() == Stage::Talking {
                    said += 1;
                    process.enter(&format!("line {said}"));
                    storm.wait("the lines of a program", |ledger| {
                        said < heard(ledger) + AHEAD
                    });
                }
                storm.wait("all lines of a program", |ledger| heard(ledger) == said);
                process.end_input();
                (process, said)
            })
        };
        Self { name, typing }
    }

    /// Waits until the program has left the room. Returns how many lines it has sent.
    pub(super) fn leave(self) -> (String, u64, Ended) {
        let (process, said) = self.typing.join().unwrap();
        (self.name, said, process.finish())
    }
}
