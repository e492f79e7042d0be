//! What a person sees while a tournament runs, on standard error: the table, drawn again and again
//! on a terminal, or a line now and then.

use crate::tournament::TournamentTable;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;
use terminal_size::{Height, terminal_size_of};

/// How often the table is drawn.
pub(super) const EVERY: Duration = Duration::from_millis(200);

/// How many lines a tournament prints at most where there is no terminal.
const LINES: usize = 20;

/// What a person sees.
#[derive(Debug)]
pub(super) enum LiveTable {
    /// A table on a terminal: how many lines of it are drawn.
    Drawn(usize),
    /// Lines: how many games the last one told of.
    Told(usize),
}

impl LiveTable {
    /// For the standard error of this process.
    pub(super) fn new() -> Self {
        match io::stderr().is_terminal() {
            true => Self::Drawn(0),
            false => Self::Told(0),
        }
    }

    /// Shows how far the tournament is.
    pub(super) fn show(&mut self, table: &TournamentTable) {
        let (played, planned) = (table.played(), table.planned());
        match self {
            Self::Drawn(lines) => {
                let mut text = table.standings();
                let fits = match terminal_size_of(io::stderr()) {
                    Some((_, Height(rows))) => text.lines().count() < usize::from(rows),
                    None => true,
                };
                if !fits {
                    // Only its heading.
                    text.truncate(text.find('\n').map_or(text.len(), |end| end + 1));
                }
                // Without line wrapping, so that it can be drawn again in a narrow window.
                say(&format!("{}\x1b[?7l{text}\x1b[?7h", erased(*lines)));
                *lines = text.lines().count();
            }
            Self::Told(last) => {
                let step = planned.div_ceil(LINES).max(1);
                if played >= *last + step || (played == planned && played > *last) {
                    *last = played;
                    say(&format!("{played} of {planned} games\n"));
                }
            }
        }
    }

    /// Removes the table from the screen.
    pub(super) fn erase(&mut self) {
        if let Self::Drawn(lines) = self {
            say(&erased(*lines));
            *lines = 0;
        }
    }
}

/// Moves up over this many lines, and erases them.
fn erased(lines: usize) -> String {
    match lines {
        0 => String::new(),
        lines => format!("\r\x1b[{lines}A\x1b[J"),
    }
}

fn say(text: &str) {
    // Nobody needs it, so errors are ignored.
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
