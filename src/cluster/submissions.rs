//! The inputs of a machine on their way into the stream.

use super::entry::{Command, StreamMessage};
use super::machine::{MachineId, Report};
use bytes::Bytes;
use std::collections::VecDeque;

/// Maximum number of commands in one message, and of bytes in them: a message has to fit into what
/// the engine takes at once, 1 MiB by default.
const COMMANDS: usize = 512;
const BYTES: usize = 256 * 1_024;

/// The inputs of one machine that are not in the stream yet. One message is published at a time; what
/// comes meanwhile goes into the next one. So the order is kept whatever fails in between, and a busy
/// machine needs few messages.
#[derive(Debug)]
pub struct Submissions {
    machine: MachineId,
    waiting: VecDeque<Command>,
    /// The message that is being published.
    underway: Option<Submission>,
    /// How many messages there were.
    count: u64,
    /// What the next message reports.
    report: Option<Report>,
}

/// A message to be published. It is published again under the same id until the engine has stored it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    /// Identifies the message, so that the engine stores it once.
    pub id: String,
    /// The message.
    pub bytes: Bytes,
}

impl Submissions {
    /// Nothing to publish yet. The machine has no other `Submissions` with this number.
    #[must_use]
    pub fn new(machine: MachineId) -> Self {
        Self {
            machine,
            waiting: VecDeque::new(),
            underway: None,
            count: 0,
            report: None,
        }
    }

    /// The machine.
    #[must_use]
    pub fn machine(&self) -> MachineId {
        self.machine
    }

    /// Adds an input.
    pub fn add(&mut self, command: Command) {
        self.waiting.push_back(command);
    }

    /// Has the next message report this.
    pub fn report(&mut self, report: Report) {
        self.report = Some(report);
    }

    /// Whether nothing is to be published.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.underway.is_none() && self.waiting.is_empty() && self.report.is_none()
    }

    /// The message to publish next, until [`published`](Self::published) is called.
    ///
    /// # Errors
    /// Those of [`StreamMessage::encode`].
    pub fn upcoming(&mut self) -> Result<Option<&Submission>, serde_json::Error> {
        if self.underway.is_none() && !self.is_empty() {
            let mut commands = Vec::new();
            let mut bytes = 0;
            while commands.len() < COMMANDS
                && bytes < BYTES
                && let Some(command) = self.waiting.pop_front()
            {
                bytes += size(&command);
                commands.push(command);
            }
            self.count += 1;
            let message = StreamMessage::Batch {
                machine: self.machine,
                number: self.count,
                commands,
                report: self.report.take(),
            };
            self.underway = Some(Submission {
                id: format!("{}.{}", self.machine.0, self.count),
                bytes: message.encode()?.into(),
            });
        }
        Ok(self.underway.as_ref())
    }

    /// Notes that the message is in the stream.
    pub fn published(&mut self) {
        self.underway = None;
    }
}

/// Approximate size of a command as JSON.
fn size(command: &Command) -> usize {
    use crate::room::HubInput;
    match command {
        Command::Input(HubInput::Line { text, .. } | HubInput::Console { text, .. }) => {
            // A control character takes six bytes.
            64 + text.len() * 6
        }
        _ => 256,
    }
}
