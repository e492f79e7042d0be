//! The line editor: rustyline, with edits that can be cancelled and drafts that are known.

use super::cancel;
use super::request::Edited;
use super::shared::{BEGIN_UPDATE, Entered, Shared};
use super::watcher::Watcher;
use crate::terminal::ask::{Ask, ConsoleError, Echo, Label, Typed};
use crate::terminal::paint::Paint;
use rustyline::Editor;
use rustyline::config::Configurer as _;
use rustyline::error::ReadlineError;
use rustyline::history::DefaultHistory;
use std::io::{self, Write as _};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The line editor, on standard input and output.
pub(super) struct LineEditor {
    editor: Editor<Watcher, DefaultHistory>,
    shared: Arc<Shared>,
    paint: Paint,
    #[cfg(unix)]
    limit: usize,
}

impl LineEditor {
    /// Opens the terminal. Must be called on the thread that edits.
    pub(super) fn new(paint: Paint, limit: usize, shared: Arc<Shared>) -> io::Result<Self> {
        let mut editor = Editor::new().map_err(io::Error::other)?;
        editor.set_auto_add_history(true);
        // The other types have a state in which the editor ignores a wake.
        editor.set_completion_type(rustyline::CompletionType::List);
        #[cfg(windows)]
        {
            // Consoles on Windows accept escape sequences only on request, and the editor calls the
            // highlighter only with colours.
            let _ = colored::control::set_virtual_terminal(true);
            editor.set_color_mode(rustyline::ColorMode::Forced);
        }
        // After this many milliseconds an Escape is a key and not the start of a sequence.
        editor.set_keyseq_timeout(Some(100));
        editor.set_helper(Some(Watcher {
            echo: Echo::Shown,
            limit,
            paint,
            shared: Arc::clone(&shared),
        }));
        let printer = editor.create_external_printer().map_err(io::Error::other)?;
        shared.set_printer(Box::new(printer));
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

    /// Measures the terminal.
    fn measure(&mut self) {
        if let Some((columns, _)) = self.editor.dimensions() {
            let columns = usize::from(columns);
            self.shared.columns.store(columns, Ordering::Relaxed);
        }
    }

    /// Wakes an editor that waits for a key, on systems where a signal cannot.
    #[cfg(not(unix))]
    pub(super) fn waker(&mut self) -> io::Result<Box<dyn rustyline::ExternalPrinter + Send>> {
        let printer = self.editor.create_external_printer();
        Ok(Box::new(printer.map_err(io::Error::other)?))
    }

    /// Lets the person edit a line with this text `after` the cursor. The editor fails at a byte
    /// that is not UTF-8 and drops the keys it has read but not processed. It is then restarted with
    /// U+FFFD in place of the byte, followed by the keys that `burst` returns: those that are still
    /// arriving.
    pub(super) fn edit(
        &mut self,
        ask: Ask,
        mut after: String,
        mut burst: impl FnMut() -> String,
    ) -> Edited {
        let Ask {
            label, draft, echo, ..
        } = ask;
        let mut before = draft;
        loop {
            match self.edit_once(&label, echo, (&before, &after)) {
                Ok(edited) => return edited,
                Err(Undecodable) => {
                    (before, after) = self.shared.noted_at_cursor();
                    self.erase(&label.text, &before);
                    before.push(char::REPLACEMENT_CHARACTER);
                    before.push_str(&burst());
                }
            }
        }
    }

    /// Lets the person edit a line with this draft before and after the cursor.
    fn edit_once(
        &mut self,
        label: &Label,
        echo: Echo,
        draft: (&str, &str),
    ) -> Result<Edited, Undecodable> {
        self.shared
            .note(&[draft.0, draft.1].concat(), draft.0.len());
        if self.shared.is_withdrawn() {
            return Ok(self.withdrawn());
        }
        #[cfg(unix)]
        self.shared.begin_edit();
        if let Some(watcher) = self.editor.helper_mut() {
            watcher.echo = echo;
        }
        self.editor.set_auto_add_history(echo.is_recalled());
        self.measure();
        let Label { text, ink } = label;
        let prompt = (text.as_ref(), self.paint.ink(*ink, text));
        self.shared.take_over();
        let answer = cancel::catch(|| self.editor.readline_with_initial(&prompt, draft));
        self.shared.end_takeover();
        if self.shared.is_withdrawn() {
            // A line entered at the same moment is returned as well.
            return Ok(match answer {
                Ok(Ok(line)) => {
                    self.erase_for_more(text, &line);
                    Edited::Withdrawn(line, String::new())
                }
                Ok(Err(ReadlineError::Eof)) => {
                    self.erase(text, "");
                    Edited::Typed(Typed::End)
                }
                Ok(Err(_)) => {
                    self.erase_for_more(text, &self.shared.noted());
                    self.withdrawn()
                }
                // Unwound: the editor has erased its rows and returned to the first of them.
                Err(_) => self.withdrawn(),
            });
        }
        self.shared.note_entered(None);
        #[cfg(unix)]
        if let Some(line) = self.outgrown(&answer) {
            self.erase(text, &line);
            let end = match echo {
                Echo::Hidden => 0,
                Echo::Shown | Echo::OnScreen | Echo::Once => line.floor_char_boundary(self.limit),
            };
            let start = line.get(..end).unwrap_or_default().to_owned();
            return Ok(Edited::Overlong(line.len(), start));
        }
        Ok(Edited::Typed(match answer {
            Ok(Ok(line)) => {
                self.note_entered(text, &line);
                Typed::Line(line)
            }
            Ok(Err(ReadlineError::Interrupted)) => self.interrupted(text),
            #[cfg(unix)]
            Ok(Err(ReadlineError::Signal(rustyline::error::Signal::Interrupt))) => {
                self.interrupted(text)
            }
            Ok(Err(ReadlineError::Eof)) => {
                // Moves the cursor back to the end of the prompt, as at the end of a pipe.
                self.erase(text, "");
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

    /// The unfinished line, in two parts.
    fn withdrawn(&self) -> Edited {
        let (before, after) = self.shared.noted_at_cursor();
        Edited::Withdrawn(before, after)
    }

    fn interrupted(&mut self, prompt: &str) -> Typed {
        let line = self.shared.noted();
        self.note_entered(prompt, &line);
        Typed::Interrupt
    }

    fn note_entered(&mut self, prompt: &str, line: &str) {
        let columns = self.columns();
        self.shared.note_entered(Some(Entered {
            line: line.to_owned(),
            rows: rows(prompt, line, columns),
            column: end_with_space(prompt, line, columns),
        }));
    }

    /// The line, if it is too long to be edited and the editor gave up or the person entered it.
    #[cfg(unix)]
    fn outgrown(&self, answer: &std::thread::Result<rustyline::Result<String>>) -> Option<String> {
        let line = match answer {
            Ok(Ok(line)) => line.clone(),
            // The editor reports Ctrl-C in the same way. A Ctrl-C in the same burst is lost.
            Ok(Err(ReadlineError::Interrupted | ReadlineError::Signal(_))) => self.shared.noted(),
            Ok(Err(_)) | Err(_) => return None,
        };
        self.shared
            .is_outgrown
            .load(Ordering::SeqCst)
            .then_some(line)
    }

    /// Whether the end of the edit was requested.
    #[cfg(unix)]
    pub(super) fn is_withdrawn(&self) -> bool {
        self.shared.is_withdrawn()
    }

    /// The keys right after an Enter in the same burst. The editor has read them already and would
    /// process them at the next prompt, with every Enter among them.
    #[cfg(unix)]
    pub(super) fn leftover(&mut self) -> String {
        let mut text = String::new();
        self.shared.is_draining.store(true, Ordering::SeqCst);
        self.editor.set_auto_add_history(false);
        loop {
            self.shared.note("", 0);
            self.shared.begin_edit();
            // Without a prompt only the text itself appears, and it is erased again.
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

    fn columns(&mut self) -> usize {
        let dimensions = self.editor.dimensions();
        usize::from(dimensions.map_or(80, |(columns, _)| columns))
    }

    /// Erases `prompt` and the line after it like [`erase`](Self::erase). The terminal shows that
    /// only with the text that follows, if it knows how to wait for it.
    fn erase_for_more(&mut self, prompt: &str, line: &str) {
        let mut stdout = io::stdout().lock();
        let _ = stdout.write_all(BEGIN_UPDATE.as_bytes());
        drop(stdout);
        self.erase(prompt, line);
    }

    /// Erases `prompt` and the line after it. The cursor must be in the row below them.
    fn erase(&mut self, prompt: &str, line: &str) {
        let columns = self.columns();
        let aside = self.editor.helper().and_then(|helper| helper.aside(line));
        let shown = line.to_owned() + &aside.map(|aside| aside.shown).unwrap_or_default();
        let rows = rows(prompt, &shown, columns);
        let mut stdout = io::stdout().lock();
        // A terminal that is gone needs no erasing.
        let _ = write!(stdout, "\x1b[{rows}A\r\x1b[J").and_then(|()| stdout.flush());
    }
}

/// The column in which the last row of `prompt` and `line` ends, if there is space after it.
fn end_with_space(prompt: &str, line: &str, columns: usize) -> Option<usize> {
    const SPACE: usize = 2;
    let (_, end) = end_of(prompt, line, columns);
    (end + SPACE <= columns).then_some(end)
}

/// The editor has read a byte that is not UTF-8.
#[derive(Debug)]
struct Undecodable;

/// Whether the editor failed only because of a byte that is not UTF-8. The terminal is still
/// usable.
fn is_undecodable(error: &ReadlineError) -> bool {
    matches!(error, ReadlineError::Io(error) if error.kind() == io::ErrorKind::InvalidData)
}

/// How many rows of a terminal the prompt and the line fill, with the cursor after them.
fn rows(prompt: &str, line: &str, columns: usize) -> usize {
    let (rows, column) = end_of(prompt, line, columns);
    // After the last column, the cursor is in the next row.
    if column == columns { rows + 1 } else { rows }
}

/// In which row, from 1, and after how many columns the prompt and the line end.
fn end_of(prompt: &str, line: &str, columns: usize) -> (usize, usize) {
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
    (rows, column)
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
