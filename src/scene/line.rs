//! The layout of the input line in rows.

use super::Scene;
use super::completion::hint;
use super::prompt::LineEcho;
use crate::text::visible;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// A column and a row, from 0.
type CellPlace = (usize, usize);

/// The line being typed, or the words to search for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedLine {
    /// The text before it, with escape sequences for colours.
    pub label: String,
    /// Its characters with the column and row of each. Hidden characters have been made visible.
    pub cells: Vec<(String, CellPlace)>,
    /// Where the cursor is.
    pub cursor: CellPlace,
    /// Where its end is.
    pub end: CellPlace,
}

impl Scene {
    /// The text before the line.
    #[must_use]
    pub fn label(&self) -> &str {
        self.prompt.as_ref().map_or("", |prompt| &prompt.label)
    }

    /// The line as it is shown, and the position of the cursor in it, in bytes.
    #[must_use]
    pub fn line(&self) -> (String, usize) {
        let (text, cursor) = (self.draft.text(), self.draft.cursor());
        let echo = self.prompt.as_ref().map(|prompt| prompt.line);
        match echo {
            Some(LineEcho::Hidden) => {
                let stars = |text: &str| "*".repeat(text.graphemes(true).count());
                let before = stars(text.get(..cursor).unwrap_or_default());
                (stars(text), before.len())
            }
            Some(LineEcho::Shown) | None => (text.to_owned(), cursor),
        }
    }

    /// The hint after the line: its size near the limit, or the rest of a command.
    #[must_use]
    pub fn aside(&self) -> Option<String> {
        let length = self.draft.text().len();
        if length > self.limit - self.limit / 8 {
            return Some(format!("  ({length} of {} bytes)", self.limit));
        }
        self.hint().map(|rest| format!("[{rest}]"))
    }

    /// The rest of the only matching completion, while the cursor is at the end of the line.
    pub(super) fn hint(&self) -> Option<&str> {
        let is_hidden = matches!(&self.prompt, Some(prompt) if prompt.line == LineEcho::Hidden);
        if is_hidden || self.draft.cursor() < self.draft.text().len() {
            return None;
        }
        hint(&self.draft.words, self.draft.text())
    }

    /// The line being typed on a screen of this many columns.
    #[must_use]
    pub fn typed_line(&self, columns: u16) -> TypedLine {
        let (label, line, cursor) = match self.search() {
            Some(words) => {
                let cursor = words.len();
                ("\x1b[1mSearch:\x1b[0m ", words.to_owned(), cursor)
            }
            None => {
                let (line, cursor) = self.line();
                (self.label(), line, cursor)
            }
        };
        laid_out(label, &line, cursor, usize::from(columns.max(2)))
    }
}

/// Lays out a line after its label in rows of this width. Returns its characters and the cursor.
fn laid_out(label: &str, line: &str, cursor: usize, width: usize) -> TypedLine {
    let mut cells = Vec::new();
    let (mut column, mut row) = (styled_width(label).min(width - 1), 0);
    let mut place = None;
    for (at, grapheme) in line.grapheme_indices(true) {
        if grapheme == "\n" {
            if at == cursor {
                place = Some((column, row));
            }
            (column, row) = (0, row + 1);
            continue;
        }
        let text = match grapheme {
            "\t" => " ".to_owned(),
            grapheme => visible(grapheme).into_owned(),
        };
        let needs = text.width();
        if column + needs > width && column > 0 {
            (column, row) = (0, row + 1);
        }
        if at == cursor {
            place = Some((column, row));
        }
        cells.push((text, (column, row)));
        column += needs;
    }
    if column >= width {
        (column, row) = (0, row + 1);
    }
    let end = (column, row);
    TypedLine {
        label: label.to_owned(),
        cells,
        cursor: place.unwrap_or(end),
        end,
    }
}

/// The width of text with escape sequences.
fn styled_width(text: &str) -> usize {
    let mut width = 0;
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("\x1b[") {
        width += before.width();
        rest = after.split_once('m').map_or("", |(_, rest)| rest);
    }
    width + rest.width()
}
