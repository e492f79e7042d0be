//! The state that the editor's thread shares with the rest of the program.

#[cfg(unix)]
use super::keys::will_have_keys;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// Begins a synchronized update: the terminal shows what follows all at once, at [`END_UPDATE`] at
/// the latest. The editor uses the same for each of its drawings, which thus end the update.
/// Terminals without synchronized updates ignore both.
pub(super) const BEGIN_UPDATE: &str = if cfg!(unix) { "\x1b[?2026h" } else { "" };

/// Ends a synchronized update.
pub(super) const END_UPDATE: &str = if cfg!(unix) { "\x1b[?2026l" } else { "" };

/// How long the editor waits for a line that is being printed, and how often it looks.
const PRINTING: Duration = Duration::from_millis(50);
const GLANCE: Duration = Duration::from_micros(200);

/// How many times the limit a line may reach while it is edited.
#[cfg(unix)]
const EDITABLE: usize = 16;

/// How many keys beyond the limit may arrive faster than they are drawn. Beyond the limit the
/// editor redraws the whole line for each key, so the cost of a paste without brackets (`ESC [ 200
/// ~`) is quadratic in its length. No person types that fast.
#[cfg(unix)]
const RUSHED: usize = 64;

/// The state that the editor's thread shares with the rest of the program.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Whether the current edit is to end unfinished.
    is_withdrawn: AtomicBool,
    /// Whether the editor takes over the terminal and has not drawn its prompt yet.
    is_beginning: AtomicBool,
    /// Whether the editor should only consume what it has read already.
    #[cfg(unix)]
    pub(super) is_draining: AtomicBool,
    /// Whether the editor has interrupted itself. It does so once per edit: the pipe that carries
    /// signals to it holds a few hundred and then blocks.
    #[cfg(unix)]
    pub(super) is_interrupted: AtomicBool,
    /// How many keys beyond the limit have arrived faster than they were drawn.
    #[cfg(unix)]
    rushed: AtomicUsize,
    /// Whether the line is too long to be edited.
    #[cfg(unix)]
    pub(super) is_outgrown: AtomicBool,
    /// The line as last drawn.
    line: Mutex<String>,
    /// The cursor's position in it, in bytes.
    pub(super) cursor: AtomicUsize,
    /// The completions.
    words: Mutex<Vec<String>>,
    /// The line that was entered or interrupted last.
    entered: Mutex<Option<Entered>>,
    /// The last known width of the terminal in columns; 0 if unknown.
    pub(super) columns: AtomicUsize,
    /// Prints above the line being edited. Needed even if it is never used: while a printer exists,
    /// the editor waits for keys and signals together and misses no signal that arrives before the
    /// wait.
    printer: Printer,
}

/// A line that was entered or interrupted, while the cursor is in the row below it.
#[derive(Debug, Clone)]
pub(super) struct Entered {
    pub(super) line: String,
    /// How many rows it fills with its prompt.
    pub(super) rows: usize,
    /// The column in which it ends; `None` without space after it.
    pub(super) column: Option<usize>,
}

/// The editor's printer.
#[derive(Default)]
struct Printer(Mutex<Option<Box<dyn rustyline::ExternalPrinter + Send>>>);

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Printer(..)")
    }
}

impl Shared {
    /// Requests the end of the current edit, or revokes the request.
    pub(super) fn withdraw(&self, wanted: bool) {
        self.is_withdrawn.store(wanted, Ordering::SeqCst);
    }

    /// The last known width of the terminal, in columns.
    pub(super) fn columns(&self) -> Option<usize> {
        Some(self.columns.load(Ordering::Relaxed)).filter(|columns| *columns > 0)
    }

    /// Whether the end of the current edit was requested.
    pub(super) fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::SeqCst)
    }

    /// Notes that the editor takes over the terminal. The printer writes at the cursor if no line is
    /// being edited, so nothing may be printed between its look at the editor and its write. A printer
    /// that waits for the editor itself is not waited for.
    pub(super) fn take_over(&self) {
        let begun = Instant::now();
        loop {
            match self.printer.0.try_lock() {
                Err(TryLockError::WouldBlock) if begun.elapsed() < PRINTING => sleep(GLANCE),
                Ok(_) | Err(_) => break self.is_beginning.store(true, Ordering::SeqCst),
            }
        }
    }

    /// Notes that the editor has the terminal, or has given it up.
    pub(super) fn end_takeover(&self) {
        self.is_beginning.store(false, Ordering::SeqCst);
    }

    /// Resets the state of the last edit.
    #[cfg(unix)]
    pub(super) fn begin_edit(&self) {
        self.is_interrupted.store(false, Ordering::SeqCst);
        self.rushed.store(0, Ordering::SeqCst);
        self.is_outgrown.store(false, Ordering::SeqCst);
    }

    /// Whether the line just drawn is too long to be edited further.
    #[cfg(unix)]
    pub(super) fn outgrows(&self, line: &str, limit: usize) -> bool {
        if line.len() <= limit {
            return false;
        }
        let rushed = self.rushed.load(Ordering::SeqCst);
        let rushed = if will_have_keys(nix::poll::PollTimeout::ZERO) {
            rushed + 1
        } else {
            rushed.saturating_sub(1)
        };
        self.rushed.store(rushed, Ordering::SeqCst);
        if rushed > RUSHED || line.len() > EDITABLE * limit {
            self.is_outgrown.store(true, Ordering::SeqCst);
        }
        self.is_outgrown.load(Ordering::SeqCst)
    }

    /// Stores the line and the cursor's position.
    pub(super) fn note(&self, line: &str, cursor: usize) {
        self.cursor.store(cursor, Ordering::Relaxed);
        let mut noted = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clear();
        noted.push_str(line);
    }

    /// Replaces the completions.
    pub(super) fn learn(&self, words: Vec<String>) {
        *self.words() = words;
    }

    /// Installs the editor's printer.
    pub(super) fn set_printer(&self, printer: Box<dyn rustyline::ExternalPrinter + Send>) {
        let mut current = self
            .printer
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *current = Some(printer);
    }

    /// The completions.
    pub(super) fn words(&self) -> MutexGuard<'_, Vec<String>> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line that was entered or interrupted last.
    pub(super) fn entered(&self) -> Option<Entered> {
        let entered = self.entered.lock().unwrap_or_else(PoisonError::into_inner);
        entered.clone()
    }

    /// Stores the line that was entered or interrupted.
    pub(super) fn note_entered(&self, entered: Option<Entered>) {
        *self.entered.lock().unwrap_or_else(PoisonError::into_inner) = entered;
    }

    /// Prints whole lines above the line being edited, or at the cursor if there is none. Waits
    /// while the editor reads a key of several bytes.
    pub(super) fn print_above(&self, lines: String) {
        let mut printer = loop {
            let printer = self.printer.0.lock();
            if !self.is_beginning.load(Ordering::SeqCst) {
                break printer.unwrap_or_else(PoisonError::into_inner);
            }
            drop(printer);
            sleep(GLANCE);
        };
        if let Some(printer) = printer.as_mut() {
            // A terminal that is gone is reported by the next read.
            let _ = printer.print(lines);
        }
    }

    /// The line as last drawn.
    pub(super) fn noted(&self) -> String {
        let noted = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }

    /// [`noted`](Self::noted), split at the cursor.
    pub(super) fn noted_at_cursor(&self) -> (String, String) {
        let mut before = self.noted();
        let cursor = before.floor_char_boundary(self.cursor.load(Ordering::Relaxed));
        let after = before.split_off(cursor);
        (before, after)
    }
}
