//! Progress on standard error.

use crate::net::HostPort;
use crate::text::visible;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::{Duration, Instant};

/// How long an examination may take before progress is shown.
const PATIENCE: Duration = Duration::from_secs(1);

/// Shows a person what the examination is doing.
#[derive(Debug)]
pub struct ProbeProgress {
    started: Instant,
    /// Whether a line can be overwritten.
    is_terminal: bool,
    /// Whether a line is shown that is not finished.
    has_line: bool,
    /// Whether a person knows that an answer is awaited.
    has_asked: bool,
    connections: usize,
    /// How many connections are needed if nothing goes wrong.
    planned: usize,
}

impl ProbeProgress {
    /// Progress on standard error.
    #[must_use]
    pub fn on_stderr() -> Self {
        Self {
            started: Instant::now(),
            is_terminal: io::stderr().is_terminal(),
            has_line: false,
            has_asked: false,
            connections: 0,
            planned: 0,
        }
    }

    /// Sets the number of connections that are needed.
    pub(super) fn plan(&mut self, connections: usize) {
        self.planned = connections;
    }

    /// A case begins.
    pub(super) fn case(&mut self, number: usize, of: usize, id: &str) {
        self.line(&format!("{number} of {of}: {id}"));
    }

    /// The framing of the program is looked for.
    pub(super) fn trying(&mut self, framing: &str) {
        self.line(&format!("Trying the framing {framing} ..."));
    }

    /// Somebody may have to type an answer.
    pub(super) fn awaits_answer(&mut self) {
        if !std::mem::replace(&mut self.has_asked, true) {
            self.clear();
            self.write(
                "Waiting for an answer from your program: type a line there, if it asks for one\n",
            );
        }
    }

    /// A line that the next one overwrites.
    fn line(&mut self, text: &str) {
        // A log needs no progress.
        if self.is_terminal && self.started.elapsed() >= PATIENCE {
            self.write(&format!("\r\x1b[K{text}"));
            self.has_line = true;
        }
    }

    /// A client has to be started, for the first time or again.
    pub(super) fn start_again(&mut self, address: &HostPort) {
        self.connections += 1;
        self.planned = self.planned.max(self.connections);
        let (number, planned) = (self.connections, self.planned);
        let line = match number {
            1 => format!("Waiting for your client on {address}"),
            _ => format!("Start your client again ({number} of {planned})"),
        };
        self.clear();
        self.write(&format!("{}\n", visible(&line)));
    }

    /// Removes a line that is not finished.
    pub(super) fn clear(&mut self) {
        if std::mem::take(&mut self.has_line) {
            self.write("\r\x1b[K");
        }
    }

    fn write(&self, text: &str) {
        // The examination does not depend on it.
        let mut stderr = io::stderr();
        let _ = stderr
            .write_all(text.as_bytes())
            .and_then(|()| stderr.flush());
    }
}
