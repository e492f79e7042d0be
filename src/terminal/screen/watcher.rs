//! The callbacks of the line editor: drawing, hints and completion.

use super::cancel;
use super::shared::Shared;
use crate::scene::{completions, hint};
use crate::terminal::ask::Echo;
use crate::terminal::paint::{Ink, Paint};
use rustyline::completion::Completer;
use rustyline::highlight::{CmdKind, Highlighter};
use rustyline::hint::{Hint, Hinter};
use rustyline::validate::Validator;
use rustyline::{Context, Helper};
use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use unicode_width::UnicodeWidthStr as _;

/// Observes every change of the line, completes commands, and shows the length of a long line.
pub(super) struct Watcher {
    /// How the line is echoed.
    pub(super) echo: Echo,
    /// The maximum length of a line in bytes. Longer ones are marked.
    pub(super) limit: usize,
    /// Whether to use colours.
    pub(super) paint: Paint,
    /// Where the line is stored.
    pub(super) shared: Arc<Shared>,
}

impl Watcher {
    /// The text that is shown after the line without being part of it.
    pub(super) fn aside(&self, line: &str) -> Option<Aside> {
        let limit = self.limit;
        // Without it, the editor draws only the new key.
        #[cfg(unix)]
        if self.shared.is_outgrown.load(Ordering::SeqCst) {
            return None;
        }
        if line.len() > limit {
            let shown = format!("  ({} of {limit} bytes)", line.len());
            return Some(Aside { shown, rest: None });
        }
        if self.echo == Echo::Hidden {
            return None;
        }
        let words = self.shared.words();
        let rest = hint(&words, line)?;
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

    /// Draws the line, or asterisks if it is hidden. Outside Unix, the editor calls this after each
    /// wake.
    fn highlight<'l>(&self, line: &'l str, _pos: usize) -> Cow<'l, str> {
        #[cfg(not(unix))]
        if self.shared.is_withdrawn() {
            cancel::unwind();
        }
        match self.echo {
            Echo::Shown | Echo::OnScreen | Echo::Once => line.into(),
            Echo::Hidden => "*".repeat(line.width()).into(),
        }
    }

    /// Whether the line has to be redrawn: otherwise a new letter is drawn without `highlight`.
    fn highlight_char(&self, _line: &str, pos: usize, _kind: CmdKind) -> bool {
        // The editor calls this after each movement of the cursor.
        self.shared.cursor.store(pos, Ordering::Relaxed);
        self.echo == Echo::Hidden
    }
}

impl Hinter for Watcher {
    type Hint = Aside;

    /// Called by the editor after each change of the line.
    fn hint(&self, line: &str, pos: usize, _context: &Context<'_>) -> Option<Aside> {
        self.shared.end_takeover();
        self.shared.note(line, pos);
        #[cfg(unix)]
        if (self.shared.is_draining.load(Ordering::SeqCst)
            || self.shared.outgrows(line, self.limit))
            && !self.shared.is_interrupted.swap(true, Ordering::SeqCst)
        {
            cancel::interrupt_self();
        }
        self.aside(line)
    }
}

/// The text after the line: its length, or the rest of a completion.
pub(super) struct Aside {
    /// The text as it is shown.
    pub(super) shown: String,
    /// The text that the right arrow adds to the line.
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
        Ok(completions(&self.shared.words(), line, pos))
    }
}
