//! The progress of a tournament, on standard error: the table, redrawn on a terminal, or a line now
//! and then.

use crate::tournament::TournamentTable;
use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;
use terminal_size::{Height, terminal_size_of};

/// How often the table is drawn.
pub(super) const EVERY: Duration = Duration::from_millis(200);

/// How many lines a tournament prints at most where there is no terminal.
const LINES: usize = 20;

/// How long the last table may take.
const LAST: Duration = Duration::from_secs(1);

/// Shows the progress from a thread, so that no game waits for a terminal that was stopped with
/// Ctrl-S.
#[derive(Debug)]
pub(super) struct ProgressThread {
    next: Arc<NextTable>,
    /// Closed when the thread ends.
    ended: Receiver<()>,
}

/// The table to be shown next.
#[derive(Debug, Default)]
struct NextTable {
    table: Mutex<QueuedTable>,
    changed: Condvar,
}

#[derive(Debug, Default)]
enum QueuedTable {
    #[default]
    Nothing,
    Table(TournamentTable),
    /// The last one.
    Last(TournamentTable),
}

impl ProgressThread {
    /// Starts the thread. Without one, nothing is shown.
    pub(super) fn start() -> Self {
        let next = Arc::new(NextTable::default());
        let (open, ended) = channel();
        let of_thread = Arc::clone(&next);
        let _ = thread::Builder::new().spawn(move || {
            of_thread.show_all();
            drop(open);
        });
        Self { next, ended }
    }

    /// Shows how far the tournament is. Does not wait: a table that is not shown yet is replaced.
    pub(super) fn show(&self, table: TournamentTable) {
        self.next.set(QueuedTable::Table(table));
    }

    /// Shows the last table, and removes it from a terminal. Waits for a second at most.
    pub(super) fn finish(self, table: TournamentTable) {
        self.next.set(QueuedTable::Last(table));
        let _ = self.ended.recv_timeout(LAST);
    }
}

impl NextTable {
    fn set(&self, queued: QueuedTable) {
        *self.table.lock().unwrap_or_else(PoisonError::into_inner) = queued;
        self.changed.notify_one();
    }

    /// Shows the tables until the last one.
    fn show_all(&self) {
        let mut live = LiveTable::new();
        loop {
            let table = self.table.lock().unwrap_or_else(PoisonError::into_inner);
            let is_empty = |queued: &mut QueuedTable| matches!(queued, QueuedTable::Nothing);
            let waited = self.changed.wait_while(table, is_empty);
            let next = std::mem::take(&mut *waited.unwrap_or_else(PoisonError::into_inner));
            match next {
                QueuedTable::Nothing => {}
                QueuedTable::Table(table) => live.show(&table),
                QueuedTable::Last(table) => {
                    live.show(&table);
                    live.erase();
                    return;
                }
            }
        }
    }
}

/// The progress as a person sees it.
#[derive(Debug)]
enum LiveTable {
    /// A table on a terminal: how many lines of it are drawn.
    Drawn(usize),
    /// Lines: how many games the last one reported.
    Told(usize),
}

impl LiveTable {
    /// For the standard error of this process.
    fn new() -> Self {
        match io::stderr().is_terminal() {
            true => Self::Drawn(0),
            false => Self::Told(0),
        }
    }

    /// Shows how far the tournament is.
    fn show(&mut self, table: &TournamentTable) {
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
    fn erase(&mut self) {
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
