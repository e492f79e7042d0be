//! Why a program loses a game other than by its play.

use crate::text::{cut, in_line};
use std::io;
use std::time::Duration;

/// The most of a line that a reason quotes, in columns.
const QUOTE: usize = 40;

/// Why a program loses a game other than by its play. The text is a sentence without its end: it
/// follows "my program".
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlayerFault {
    /// It could not be started, or it ended.
    #[error("{0}")]
    Crash(String),
    /// It did not move in time.
    #[error("made no move within {}", seconds(*.0))]
    Timeout(Duration),
    /// It printed something that is no legal move.
    #[error("{0}")]
    Illegal(String),
    /// It could not be started because this machine has run out of processes, open files or memory.
    /// The program has done nothing wrong.
    #[error("{0}")]
    Shortage(String),
}

impl PlayerFault {
    /// The error that kept a program from being started.
    pub(super) fn not_started(error: &io::Error) -> Self {
        let words = format!("cannot be started: {error}");
        match is_shortage(error) {
            true => Self::Shortage(words),
            false => Self::Crash(words),
        }
    }

    /// The line of a program that a rule refuses, and why.
    pub(super) fn refused(line: &str, why: &str) -> Self {
        let line = quoted(line);
        Self::Illegal(format!(
            "printed {line}, which is no legal move: {}",
            in_line(why).trim_end_matches('.')
        ))
    }
}

/// Whether the error says that this machine has run out of something.
fn is_shortage(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use nix::errno::Errno;
        let errno = error.raw_os_error().map(Errno::from_raw);
        if matches!(errno, Some(Errno::EMFILE | Errno::ENFILE | Errno::EAGAIN)) {
            return true;
        }
    }
    error.kind() == io::ErrorKind::OutOfMemory
}

/// A line of a program in quotation marks, on one line and not too long.
pub(super) fn quoted(line: &str) -> String {
    format!("\"{}\"", cut(&in_line(line), QUOTE))
}

/// A time limit in words: `10 s`, `0.5 s`.
fn seconds(limit: Duration) -> String {
    format!("{} s", limit.as_secs_f64())
}
