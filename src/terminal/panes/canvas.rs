//! What is on the terminal's screen, and how it becomes what should be.

use ratatui::backend::{Backend as _, CrosstermBackend};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use std::io::{self, Write as _};

/// Begins and ends a synchronized update: the terminal shows what is between all at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";

/// The screen as the terminal shows it.
#[derive(Debug)]
pub(super) struct Canvas {
    shown: Buffer,
    cursor: Option<Position>,
}

impl Canvas {
    /// A screen of which nothing is known.
    pub(super) fn new() -> Self {
        Self {
            shown: Buffer::empty(Rect::ZERO),
            cursor: None,
        }
    }

    /// Forgets what is shown: the next screen is drawn as a whole.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }

    /// The bytes that make the terminal show `next`, with the cursor there: only what has changed,
    /// and nothing if nothing has.
    ///
    /// # Errors
    /// Never: the bytes are collected in memory.
    pub(super) fn change(&mut self, next: Buffer, cursor: Option<Position>) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        if self.shown.area != next.area {
            bytes.extend_from_slice(b"\x1b[0m\x1b[2J");
            self.shown = Buffer::empty(next.area);
            self.cursor = None;
        }
        let changes = self.shown.diff(&next);
        let is_changed = !changes.is_empty();
        if is_changed {
            let mut backend = CrosstermBackend::new(&mut bytes);
            backend.draw(changes.into_iter())?;
        }
        if is_changed || self.cursor != cursor {
            match cursor {
                // Rows and columns of a terminal begin at 1.
                Some(Position { x, y }) => write!(bytes, "\x1b[{};{}H\x1b[?25h", y + 1, x + 1)?,
                None => bytes.extend_from_slice(b"\x1b[?25l"),
            }
        }
        self.shown = next;
        self.cursor = cursor;
        if !bytes.is_empty() {
            bytes.splice(0..0, BEGIN.iter().copied());
            bytes.extend_from_slice(END);
        }
        Ok(bytes)
    }
}
