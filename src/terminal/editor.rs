//! The line editor: rustyline, with a way to end it from outside and to know what was half typed.

use super::{Ask, ConsoleError, Echo, Ink, Paint, Typed};
use rustyline::completion::Completer;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::history::DefaultHistory;
use rustyline::validate::Validator;
use rustyline::{Context, Editor, Helper};
use std::borrow::Cow;
use std::io::{self, Write as _};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// What the thread of the editor shares with the one that asks it to stop.
#[derive(Debug, Default)]
pub(super) struct Shared {
    /// Whether the line that is being edited is to be given back unfinished.
    is_withdrawn: AtomicBool,
    /// Whether the editor is only to take in what it has read already.
    #[cfg(unix)]
    is_draining: AtomicBool,
    /// Whether the editor has been sent an interrupt from within. It is sent once an edit: the pipe
    /// through which the editor hears of signals holds a few hundred, and then blocks.
    #[cfg(unix)]
    is_interrupted: AtomicBool,
    /// How many keys beyond the limit have come faster than they were drawn.
    #[cfg(unix)]
    rushed: AtomicUsize,
    /// Whether the line is too long to be edited.
    #[cfg(unix)]
    is_outgrown: AtomicBool,
    /// The line as it was last drawn.
    line: Mutex<String>,
    /// Where the cursor stood in it, in bytes.
    cursor: AtomicUsize,
    /// What Tab completes.
    words: Mutex<Vec<String>>,
    /// In which column the line ended that was entered last; none where there is no room behind it.
    entered: Mutex<Option<usize>>,
    /// How wide the terminal was when it was last looked at, in columns; 0 while nobody knows.
    columns: AtomicUsize,
    /// Prints above the line that is being edited. Kept even where nobody uses it: while there is
    /// one, the editor waits for keys and signals at once, and so misses no signal that comes just
    /// before it begins to wait.
    printer: Printer,
}

/// What prints above the line that is being edited.
#[derive(Default)]
struct Printer(Mutex<Option<Box<dyn rustyline::ExternalPrinter + Send>>>);

impl std::fmt::Debug for Printer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Printer(..)")
    }
}

impl Shared {
    /// Asks for the line, or makes that undone.
    pub(super) fn withdraw(&self, wanted: bool) {
        self.is_withdrawn.store(wanted, Ordering::SeqCst);
    }

    /// How wide the terminal was when it was last looked at, in columns.
    pub(super) fn columns(&self) -> Option<usize> {
        Some(self.columns.load(Ordering::Relaxed)).filter(|columns| *columns > 0)
    }

    fn is_withdrawn(&self) -> bool {
        self.is_withdrawn.load(Ordering::SeqCst)
    }

    /// A new edit begins.
    #[cfg(unix)]
    fn grow_anew(&self) {
        self.is_interrupted.store(false, Ordering::SeqCst);
        self.rushed.store(0, Ordering::SeqCst);
        self.is_outgrown.store(false, Ordering::SeqCst);
    }

    /// Whether the line that was just drawn is too long to be edited further.
    #[cfg(unix)]
    fn outgrows(&self, line: &str, limit: usize) -> bool {
        if line.len() <= limit {
            return false;
        }
        let rushed = self.rushed.load(Ordering::SeqCst);
        let rushed = match will_have_keys(nix::poll::PollTimeout::ZERO) {
            true => rushed + 1,
            false => rushed.saturating_sub(1),
        };
        self.rushed.store(rushed, Ordering::SeqCst);
        if rushed > RUSHED || line.len() > EDITABLE * limit {
            self.is_outgrown.store(true, Ordering::SeqCst);
        }
        self.is_outgrown.load(Ordering::SeqCst)
    }

    fn note(&self, line: &str, cursor: usize) {
        self.cursor.store(cursor, Ordering::Relaxed);
        let mut noted = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clear();
        noted.push_str(line);
    }

    /// Tab completes these words from now on.
    pub(super) fn learn(&self, words: Vec<String>) {
        *self.words() = words;
    }

    fn words(&self) -> MutexGuard<'_, Vec<String>> {
        self.words.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// In which column the line ended that was entered last, if there is room behind it.
    pub(super) fn entered(&self) -> Option<usize> {
        *self.entered.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note_entered(&self, column: Option<usize>) {
        *self.entered.lock().unwrap_or_else(PoisonError::into_inner) = column;
    }

    /// Prints whole lines above the one that is being edited, or where the cursor stands if none
    /// is. Waits for an editor that is in the middle of a key.
    pub(super) fn print_above(&self, lines: String) {
        let mut printer = self
            .printer
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(printer) = printer.as_mut() {
            // A terminal that is gone is noticed by who reads it.
            let _ = printer.print(lines);
        }
    }

    fn noted(&self) -> String {
        let noted = self.line.lock().unwrap_or_else(PoisonError::into_inner);
        noted.clone()
    }

    /// [`noted`](Self::noted), cut in two where the cursor stood.
    fn noted_at_cursor(&self) -> (String, String) {
        let mut before = self.noted();
        let cursor = before.floor_char_boundary(self.cursor.load(Ordering::Relaxed));
        let after = before.split_off(cursor);
        (before, after)
    }
}

/// What came of one prompt.
#[derive(Debug)]
pub(super) enum Edited {
    /// The person finished it.
    Typed(Typed),
    /// It was withdrawn, with this in it.
    Withdrawn(String),
    /// It outgrew what can be edited and was taken back: how many bytes it has, and its start up to
    /// the limit, which counts as typed ahead; nothing of a hidden line.
    #[cfg(unix)]
    Overlong(usize, String),
    /// Came of no prompt: one that was asked for meanwhile still stands.
    #[cfg(unix)]
    Ahead(Typed),
}

/// How many times its limit a line may be long while it is edited.
#[cfg(unix)]
const EDITABLE: usize = 16;

/// How many keys beyond the limit may come faster than they are drawn. Beyond the limit, the editor
/// draws the whole line anew for each key, so a paste without brackets (`ESC [ 200 ~`) costs time by
/// the square of its length. A person does not type that fast.
#[cfg(unix)]
const RUSHED: usize = 64;

/// Whether keys are there or come within this time.
#[cfg(unix)]
pub(super) fn will_have_keys(timeout: nix::poll::PollTimeout) -> bool {
    use nix::poll::{PollFd, PollFlags, poll};
    use std::os::fd::AsFd as _;
    let stdin = io::stdin();
    let mut watched = [PollFd::new(stdin.as_fd(), PollFlags::POLLIN)];
    poll(&mut watched, timeout).is_ok_and(|ready| ready > 0)
}

/// A line editor on standard input and output.
pub(super) struct LineEditor {
    editor: Editor<Watcher, DefaultHistory>,
    shared: Arc<Shared>,
    paint: Paint,
    #[cfg(unix)]
    limit: usize,
}

impl LineEditor {
    pub(super) fn new(paint: Paint, limit: usize, shared: Arc<Shared>) -> io::Result<Self> {
        let mut editor = Editor::new().map_err(io::Error::other)?;
        editor.set_auto_add_history(true);
        // Leaves no state of its own in which a wake would go unnoticed.
        editor.set_completion_type(rustyline::CompletionType::List);
        #[cfg(windows)]
        {
            // Consoles there take escape sequences only when asked to, and the editor asks whoever
            // highlights only where there are colours.
            let _ = colored::control::set_virtual_terminal(true);
            editor.set_color_mode(rustyline::ColorMode::Forced);
        }
        // A lone Escape is one after this time, in milliseconds, and not the start of another key.
        editor.set_keyseq_timeout(Some(100));
        editor.set_helper(Some(Watcher {
            echo: Echo::Shown,
            limit,
            paint,
            shared: Arc::clone(&shared),
        }));
        let printer = editor.create_external_printer().map_err(io::Error::other)?;
        *shared
            .printer
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(Box::new(printer));
        let mut editor = Self {
            editor,
            shared,
            paint,
            #[cfg(unix)]
            limit,
        };
        editor.measure();
        Ok(editor)
    }

    /// Looks how wide the terminal is.
    fn measure(&mut self) {
        if let Some((columns, _)) = self.editor.dimensions() {
            let columns = usize::from(columns);
            self.shared.columns.store(columns, Ordering::Relaxed);
        }
    }

    /// What wakes an editor that waits for a key, on systems where a signal cannot.
    #[cfg(not(unix))]
    pub(super) fn waker(&mut self) -> io::Result<Box<dyn rustyline::ExternalPrinter + Send>> {
        let printer = self.editor.create_external_printer();
        Ok(Box::new(printer.map_err(io::Error::other)?))
    }

    /// Lets a person edit the line that is asked for. The editor gives up at a byte that is not
    /// UTF-8, with what it has read but not yet taken in. It is then started again, with U+FFFD
    /// in place of the byte, and with the keys that `burst` returns: those that are still arriving.
    pub(super) fn edit(&mut self, ask: Ask, mut burst: impl FnMut() -> String) -> Edited {
        let Ask { draft, echo, .. } = ask;
        let (mut before, mut after) = (draft, String::new());
        loop {
            match self.edit_once(echo, (&before, &after)) {
                Ok(edited) => return edited,
                Err(Undecodable) => {
                    (before, after) = self.shared.noted_at_cursor();
                    self.erase(echo.prompt(), &before);
                    before.push(char::REPLACEMENT_CHARACTER);
                    before.push_str(&burst());
                }
            }
        }
    }

    /// Lets a person edit a line, which holds this before and after the cursor.
    fn edit_once(&mut self, echo: Echo, draft: (&str, &str)) -> Result<Edited, Undecodable> {
        self.shared
            .note(&[draft.0, draft.1].concat(), draft.0.len());
        if self.shared.is_withdrawn() {
            return Ok(Edited::Withdrawn(self.shared.noted()));
        }
        #[cfg(unix)]
        self.shared.grow_anew();
        if let Some(watcher) = self.editor.helper_mut() {
            watcher.echo = echo;
        }
        // What is hidden is not called back by an arrow key.
        self.editor.set_auto_add_history(echo != Echo::Hidden);
        self.measure();
        let prompt = (echo.prompt(), self.paint.ink(Ink::Prompt, echo.prompt()));
        let answer = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            self.editor.readline_with_initial(&prompt, draft)
        }));
        if self.shared.is_withdrawn() {
            // A line that was entered in the very same moment is given back as well.
            let (line, is_left) = match answer {
                Ok(Ok(line)) => (line, true),
                Ok(Err(_)) => (self.shared.noted(), true),
                // Woken: the editor has cleared its rows and went back to the first of them.
                Err(_) => (self.shared.noted(), false),
            };
            if is_left {
                self.erase(echo.prompt(), &line);
            }
            return Ok(Edited::Withdrawn(line));
        }
        self.shared.note_entered(None);
        #[cfg(unix)]
        if let Some(line) = self.outgrown(&answer) {
            self.erase(echo.prompt(), &line);
            let end = match echo {
                Echo::Hidden => 0,
                Echo::Shown | Echo::OnScreen => line.floor_char_boundary(self.limit),
            };
            let start = line.get(..end).unwrap_or_default().to_owned();
            return Ok(Edited::Overlong(line.len(), start));
        }
        Ok(Edited::Typed(match answer {
            Ok(Ok(line)) => {
                let end = self.room_behind(echo.prompt(), &line);
                self.shared.note_entered(end);
                Typed::Line(line)
            }
            Ok(Err(ReadlineError::Interrupted)) => Typed::Interrupt,
            #[cfg(unix)]
            Ok(Err(ReadlineError::Signal(rustyline::error::Signal::Interrupt))) => Typed::Interrupt,
            Ok(Err(ReadlineError::Eof)) => {
                // The cursor goes back behind the prompt, where a pipe's end leaves it too.
                self.erase(echo.prompt(), "");
                let mut stdout = io::stdout().lock();
                let _ = write!(stdout, "{}", prompt.1).and_then(|()| stdout.flush());
                Typed::End
            }
            Ok(Err(error)) if is_undecodable(&error) => return Err(Undecodable),
            Ok(Err(error)) => Typed::Failed(ConsoleError::Input(io::Error::other(error))),
            Err(_) => Typed::Failed(ConsoleError::Input(io::Error::other(
                "the line editor failed",
            ))),
        }))
    }

    /// The line, if the editor gave it up or the person entered it when it was too long to be edited.
    #[cfg(unix)]
    fn outgrown(&self, answer: &std::thread::Result<rustyline::Result<String>>) -> Option<String> {
        let line = match answer {
            Ok(Ok(line)) => line.clone(),
            // Told by the editor as a Ctrl-C is, too. One in the same burst has to be repeated.
            Ok(Err(ReadlineError::Interrupted | ReadlineError::Signal(_))) => self.shared.noted(),
            Ok(Err(_)) | Err(_) => return None,
        };
        self.shared
            .is_outgrown
            .load(Ordering::SeqCst)
            .then_some(line)
    }

    /// Whether the line was asked back meanwhile.
    #[cfg(unix)]
    pub(super) fn is_withdrawn(&self) -> bool {
        self.shared.is_withdrawn()
    }

    /// What came right behind an Enter, in the same burst: the editor has read it already, and
    /// would take it for typed at the next prompt, with every Enter in it.
    #[cfg(unix)]
    pub(super) fn leftover(&mut self) -> String {
        let mut text = String::new();
        self.shared.is_draining.store(true, Ordering::SeqCst);
        self.editor.set_auto_add_history(false);
        loop {
            self.shared.note("", 0);
            self.shared.grow_anew();
            // Without a prompt, nothing shows but what there is, and that is wiped off again.
            let taken = self.editor.readline("");
            let line = match &taken {
                Ok(line) => line.clone(),
                Err(_) => self.shared.noted(),
            };
            self.erase("", &line);
            text.push_str(&line);
            match taken {
                Ok(_) => text.push('\n'),
                Err(error) if is_undecodable(&error) => text.push(char::REPLACEMENT_CHARACTER),
                Err(_) => break,
            }
        }
        self.editor.set_auto_add_history(true);
        self.shared.is_draining.store(false, Ordering::SeqCst);
        text
    }

    /// The column in which `prompt` and `line` end, if they stand in one row with room behind them.
    fn room_behind(&mut self, prompt: &str, line: &str) -> Option<usize> {
        const ROOM: usize = 4;
        let (columns, _) = self.editor.dimensions()?;
        let end = prompt.width() + line.width();
        (!line.contains(char::is_control) && end + ROOM <= usize::from(columns)).then_some(end)
    }

    /// Wipes `prompt` and the line behind it off the screen; the cursor stands in the row below.
    fn erase(&mut self, prompt: &str, line: &str) {
        let columns = self.editor.dimensions().map_or(80, |(columns, _)| columns);
        let aside = self.editor.helper().and_then(|helper| helper.aside(line));
        let shown = line.to_owned() + &aside.map(|aside| aside.shown).unwrap_or_default();
        let rows = rows(prompt, &shown, usize::from(columns));
        let mut stdout = io::stdout().lock();
        // Where the terminal is gone there is nothing to wipe.
        let _ = write!(stdout, "\x1b[{rows}A\r\x1b[J").and_then(|()| stdout.flush());
    }
}

/// The editor has met a byte that is not UTF-8.
#[derive(Debug)]
struct Undecodable;

/// Whether the editor gave up only because of a byte that is not UTF-8: the terminal can still be
/// read.
fn is_undecodable(error: &ReadlineError) -> bool {
    matches!(error, ReadlineError::Io(error) if error.kind() == io::ErrorKind::InvalidData)
}

/// How many rows of a terminal prompt and line fill.
fn rows(prompt: &str, line: &str, columns: usize) -> usize {
    let mut rows = 1;
    let mut column = 0;
    for grapheme in prompt.graphemes(true).chain(line.graphemes(true)) {
        let width = match grapheme {
            "\n" => {
                rows += 1;
                column = 0;
                continue;
            }
            "\t" => 8 - column % 8,
            // Drawn as ^X.
            control if control.starts_with(char::is_control) => 2,
            grapheme => grapheme.width(),
        };
        column += width;
        if column > columns {
            rows += 1;
            column = width;
        }
    }
    // A cursor behind the last column stands in the next row.
    if column == columns { rows + 1 } else { rows }
}

/// Sees every change of the line, completes commands, and warns of a line that is too long.
struct Watcher {
    echo: Echo,
    /// How many bytes a line should have at most.
    limit: usize,
    paint: Paint,
    shared: Arc<Shared>,
}

impl Watcher {
    /// What stands behind a line without being part of it.
    fn aside(&self, line: &str) -> Option<Aside> {
        let limit = self.limit;
        // Without it, the editor draws no more than each new key.
        #[cfg(unix)]
        if self.shared.is_outgrown.load(Ordering::SeqCst) {
            return None;
        }
        if line.len() > limit {
            let shown = format!("  ({} of {limit} bytes)", line.len());
            return Some(Aside { shown, rest: None });
        }
        // One letter could be the beginning of anything.
        if self.echo == Echo::Hidden || line.len() < 2 {
            return None;
        }
        let words = self.shared.words();
        let mut fitting = words.iter().filter_map(|word| word.strip_prefix(line));
        let rest = fitting.next().filter(|rest| !rest.is_empty())?;
        if fitting.next().is_some() {
            return None;
        }
        let shown = match self.paint {
            Paint::On => rest.to_owned(),
            Paint::Off => format!("[{rest}]"),
        };
        let rest = Some(rest.to_owned());
        Some(Aside { shown, rest })
    }
}

impl Helper for Watcher {}
impl Validator for Watcher {}

impl Highlighter for Watcher {
    fn highlight_hint<'h>(&self, hint: &'h str) -> Cow<'h, str> {
        let ink = if hint.starts_with(' ') {
            Ink::Refusal
        } else {
            Ink::Hint
        };
        self.paint.ink(ink, hint).into()
    }

    /// Draws the line as it is, or stars for it. Outside of Unix, this is where the editor comes by
    /// after each wake.
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        #[cfg(not(unix))]
        if self.shared.is_withdrawn() {
            // The only way out of a pending edit there; the guards on the way restore the console.
            std::panic::resume_unwind(Box::new("withdrawn"));
        }
        match self.echo {
            Echo::Shown | Echo::OnScreen => line.into(),
            Echo::Hidden => "*".repeat(line.width()).into(),
        }
    }

    /// A single new letter is else drawn without asking.
    fn highlight_char(&self, _line: &str, pos: usize, _kind: CmdKind) -> bool {
        // The editor comes by here after each movement of the cursor.
        self.shared.cursor.store(pos, Ordering::Relaxed);
        self.echo == Echo::Hidden
    }
}

impl Hinter for Watcher {
    type Hint = Aside;

    /// This is where the editor shows us the line after each change.
    fn hint(&self, line: &str, pos: usize, _context: &Context<'_>) -> Option<Aside> {
        self.shared.note(line, pos);
        #[cfg(unix)]
        if (self.shared.is_draining.load(Ordering::SeqCst)
            || self.shared.outgrows(line, self.limit))
            && !self.shared.is_interrupted.swap(true, Ordering::SeqCst)
        {
            // Felt when the editor is about to wait for more; it takes in first what it has read.
            let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGINT);
        }
        self.aside(line)
    }
}

/// What stands behind the line: how long it is, or how it may go on.
struct Aside {
    shown: String,
    /// What the right arrow puts into the line.
    rest: Option<String>,
}

impl Hint for Aside {
    fn display(&self) -> &str {
        &self.shown
    }

    fn completion(&self) -> Option<&str> {
        self.rest.as_deref()
    }
}

impl Completer for Watcher {
    type Candidate = String;

    fn complete(
        &self,
        line: &str,
        pos: usize,
        _context: &Context<'_>,
    ) -> rustyline::Result<(usize, Vec<String>)> {
        let begun = line.get(..pos).unwrap_or(line);
        let words = self.shared.words();
        let fitting = |begun: &str| -> Vec<String> {
            let begun = begun.to_lowercase();
            let fitting = words
                .iter()
                .filter(|word| word.to_lowercase().starts_with(&begun));
            fitting.cloned().collect()
        };
        let lines = fitting(begun);
        // What is no line may be a word of one, such as a name.
        match begun.rfind(' ').map(|space| begun.split_at(space + 1)) {
            Some((before, word)) if lines.is_empty() && !word.is_empty() => {
                Ok((before.len(), fitting(word)))
            }
            _ => Ok((0, lines)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn rows_are_counted_as_the_terminal_wraps() {
        assert_eq!(rows(">", "", 10), 1);
        assert_eq!(rows(">", "12345678", 10), 1);
        assert_eq!(rows(">", "123456789", 10), 2);
        assert_eq!(rows(">", "1234567890", 10), 2);
        assert_eq!(rows(">", "one\ntwo", 10), 2);
        assert_eq!(rows(">", "你好你好", 10), 1);
        assert_eq!(rows(">", "你好你好你", 10), 2);
        assert_eq!(
            rows(">", "👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀👩\u{200d}🚀", 10),
            1
        );
    }
}
