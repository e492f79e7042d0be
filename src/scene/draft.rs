//! The line being typed: rustyline's own buffer, so that editing is the same in both faces.

use super::completion::{common_start, completions};
use super::key::{Arrow, Held, Key};
use rustyline::line_buffer::{ChangeListener, DeleteListener, Direction, LineBuffer, WordAction};
use rustyline::{At, Movement, Word};
use std::mem;
use unicode_segmentation::UnicodeSegmentation as _;

/// Maximum size of a draft in bytes. Input beyond it is dropped.
pub(super) const CAPACITY: usize = 64 * 1024;

/// Maximum number of lines that the arrow keys recall.
const RECALLED: usize = 100;

/// Maximum number of changes that can be undone.
const UNDONE: usize = 100;

/// The line being typed.
#[derive(Debug)]
pub(super) struct Draft {
    buffer: LineBuffer,
    /// The entered lines, oldest first.
    recalled: Vec<String>,
    /// The recalled line's index, and the draft that it replaced.
    recalling: Option<(usize, String)>,
    killed: Killed,
    /// The text and the cursor before each recent change.
    undo: Vec<(String, usize)>,
    /// The completions that Tab cycles through.
    completing: Option<Completing>,
    /// Words for Tab.
    pub(super) words: Vec<String>,
}

#[derive(Debug)]
struct Completing {
    start: usize,
    texts: Vec<String>,
    /// The index of the one that is in the line.
    chosen: Option<usize>,
}

/// The text erased last, for Ctrl-Y.
#[derive(Debug, Default)]
struct Killed {
    text: String,
    is_killing: bool,
}

impl DeleteListener for Killed {
    fn start_killing(&mut self) {
        self.is_killing = true;
        self.text.clear();
    }

    fn delete(&mut self, _: usize, text: &str, direction: Direction) {
        if self.is_killing {
            match direction {
                Direction::Forward => self.text.push_str(text),
                Direction::Backward => self.text.insert_str(0, text),
            }
        }
    }

    fn stop_killing(&mut self) {
        self.is_killing = false;
    }
}

impl ChangeListener for Killed {
    fn insert_char(&mut self, _: usize, _: char) {}
    fn insert_str(&mut self, _: usize, _: &str) {}
    fn replace(&mut self, _: usize, _: &str, _: &str) {}
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            buffer: LineBuffer::with_capacity(CAPACITY),
            recalled: Vec::new(),
            recalling: None,
            killed: Killed::default(),
            undo: Vec::new(),
            completing: None,
            words: Vec::new(),
        }
    }
}

impl Draft {
    pub(super) fn text(&self) -> &str {
        self.buffer.as_str()
    }

    /// The position of the cursor, in bytes.
    pub(super) fn cursor(&self) -> usize {
        self.buffer.pos()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// Replaces the text and puts the cursor at `cursor`, or at the end.
    pub(super) fn set(&mut self, text: &str, cursor: Option<usize>) {
        let text = text
            .get(..text.floor_char_boundary(CAPACITY))
            .unwrap_or_default();
        let cursor = text.floor_char_boundary(cursor.unwrap_or(text.len()));
        self.buffer.update(text, cursor, &mut self.killed);
        self.completing = None;
    }

    /// Takes the text away.
    pub(super) fn take(&mut self) -> String {
        let text = self.text().to_owned();
        self.set("", None);
        self.undo.clear();
        self.recalling = None;
        text
    }

    /// Remembers an entered line for the arrow keys.
    pub(super) fn remember(&mut self, line: &str) {
        if line.trim().is_empty() || self.recalled.last().is_some_and(|last| last == line) {
            return;
        }
        if self.recalled.len() >= RECALLED {
            self.recalled.remove(0);
        }
        self.recalled.push(line.to_owned());
    }

    /// Inserts text at the cursor. Returns `false` if some of it was dropped.
    pub(super) fn insert(&mut self, text: &str) -> bool {
        self.completing = None;
        let space = CAPACITY.saturating_sub(self.buffer.len());
        let fits = text
            .get(..text.floor_char_boundary(space))
            .unwrap_or_default();
        self.note_change();
        let at = self.buffer.pos();
        self.buffer.insert_str(at, fits, &mut self.killed);
        self.buffer.set_pos(at + fits.len());
        fits.len() == text.len()
    }

    /// Handles an editing key. Returns `false` for other keys.
    pub(super) fn key(&mut self, key: &Key) -> bool {
        if *key != Key::Tab {
            self.completing = None;
        }
        match key {
            Key::Char(c) => {
                self.insert(c.encode_utf8(&mut [0; 4]));
            }
            Key::Paste(text) => {
                self.insert(text);
            }
            Key::Tab => self.complete(),
            Key::Arrow(Arrow::Left, Held::Nothing | Held::Shift) | Key::Ctrl('b') => {
                self.buffer.move_backward(1);
            }
            Key::Arrow(Arrow::Right, Held::Nothing | Held::Shift) | Key::Ctrl('f') => {
                self.buffer.move_forward(1);
            }
            Key::Arrow(Arrow::Left, Held::Word) | Key::Alt('b') => {
                self.buffer.move_to_prev_word(Word::Emacs, 1);
            }
            Key::Arrow(Arrow::Right, Held::Word) | Key::Alt('f') => {
                self.buffer.move_to_next_word(At::AfterEnd, Word::Emacs, 1);
            }
            Key::Arrow(Arrow::Up, _) => match self.place_in_row_above() {
                Some(place) => self.buffer.set_pos(place),
                None => self.recall_before(),
            },
            Key::Arrow(Arrow::Down, _) => match self.place_in_row_below() {
                Some(place) => self.buffer.set_pos(place),
                None => self.recall_after(),
            },
            Key::Ctrl('p') => self.recall_before(),
            Key::Ctrl('n') => self.recall_after(),
            Key::Home | Key::Ctrl('a') => {
                self.buffer.move_home();
            }
            Key::End | Key::Ctrl('e') => {
                self.buffer.move_end();
            }
            Key::Ctrl('y') => {
                let killed = self.killed.text.clone();
                self.insert(&killed);
            }
            Key::Ctrl('_') => {
                if let Some((text, cursor)) = self.undo.pop() {
                    self.set(&text, Some(cursor));
                }
            }
            _ => return self.erase(key),
        }
        true
    }

    /// Handles a key that erases or changes text. Returns `false` for other keys.
    fn erase(&mut self, key: &Key) -> bool {
        let before = (self.text().to_owned(), self.cursor());
        let Self { buffer, killed, .. } = self;
        match key {
            Key::Backspace | Key::Ctrl('h') => {
                buffer.backspace(1, killed);
            }
            Key::Delete | Key::Ctrl('d') => {
                buffer.delete(1, killed);
            }
            Key::Ctrl('w') => {
                buffer.kill(&Movement::BackwardWord(1, Word::Big), killed);
            }
            Key::WordBackspace => {
                buffer.kill(&Movement::BackwardWord(1, Word::Emacs), killed);
            }
            Key::Alt('d') => {
                buffer.kill(&Movement::ForwardWord(1, At::AfterEnd, Word::Emacs), killed);
            }
            Key::Ctrl('u') => {
                buffer.kill(&Movement::BeginningOfLine, killed);
            }
            Key::Ctrl('k') => {
                buffer.kill(&Movement::EndOfLine, killed);
            }
            Key::Ctrl('t') => {
                buffer.transpose_chars(killed);
            }
            Key::Alt('u') => {
                buffer.edit_word(WordAction::Uppercase, killed);
            }
            Key::Alt('l') => {
                buffer.edit_word(WordAction::Lowercase, killed);
            }
            Key::Alt('c') => {
                buffer.edit_word(WordAction::Capitalize, killed);
            }
            _ => return false,
        }
        if before.0 != self.text() {
            self.note(before);
        }
        true
    }

    fn note_change(&mut self) {
        self.note((self.text().to_owned(), self.cursor()));
    }

    fn note(&mut self, before: (String, usize)) {
        // A hundred copies of a long draft would take too much memory.
        if self.undo.len() >= UNDONE || before.0.len() > 8 * 1024 {
            self.undo.drain(..self.undo.len().min(UNDONE / 2));
        }
        self.undo.push(before);
    }

    /// The position above the cursor, if there is a row above it.
    fn place_in_row_above(&self) -> Option<usize> {
        let before = self.text().get(..self.cursor())?;
        let (above, row) = before.rsplit_once('\n')?;
        let start = above.rfind('\n').map_or(0, |at| at + 1);
        Some(start + in_row(above.get(start..)?, row))
    }

    /// The position below the cursor, if there is a row below it.
    fn place_in_row_below(&self) -> Option<usize> {
        let (before, after) = self.text().split_at_checked(self.cursor())?;
        let row = before.rsplit_once('\n').map_or(before, |(_, row)| row);
        let (rest, below) = after.split_once('\n')?;
        let start = before.len() + rest.len() + 1;
        Some(start + in_row(below.lines().next().unwrap_or_default(), row))
    }

    fn recall_before(&mut self) {
        let (place, before) = match self.recalling.take() {
            Some((place, before)) => (place, before),
            None => (self.recalled.len(), self.text().to_owned()),
        };
        let place = place.saturating_sub(1);
        if let Some(line) = self.recalled.get(place).cloned() {
            self.set(&line, None);
            self.recalling = Some((place, before));
        }
    }

    fn recall_after(&mut self) {
        let Some((place, before)) = self.recalling.take() else {
            return;
        };
        match self.recalled.get(place + 1).cloned() {
            Some(line) => {
                self.set(&line, None);
                self.recalling = Some((place + 1, before));
            }
            None => self.set(&before, None),
        }
    }

    /// Inserts the common prefix of all completions, then cycles through them.
    fn complete(&mut self) {
        if let Some(mut completing) = self.completing.take() {
            let next = completing.chosen.map_or(0, |chosen| chosen + 1);
            let next = next % completing.texts.len().max(1);
            let chosen = completing.texts.get(next).cloned().unwrap_or_default();
            completing.chosen = Some(next);
            self.replace_from(completing.start, &chosen);
            self.completing = Some(completing);
            return;
        }
        let (start, texts) = completions(&self.words, self.text(), self.cursor());
        let begun = self.cursor().saturating_sub(start);
        let common = common_start(&texts).to_owned();
        match texts.as_slice() {
            [] => {}
            [only] => {
                let only = only.clone();
                self.note_change();
                self.replace_from(start, &only);
            }
            _ => {
                self.note_change();
                if common.len() > begun {
                    self.replace_from(start, &common);
                }
                self.completing = Some(Completing {
                    start,
                    texts,
                    chosen: None,
                });
            }
        }
    }

    /// The completions that Tab cycles through, and the index of the current one.
    pub(super) fn candidates(&self) -> (&[String], Option<usize>) {
        match &self.completing {
            Some(completing) => (&completing.texts, completing.chosen),
            None => (&[], None),
        }
    }

    /// Replaces what is between `start` and the cursor.
    fn replace_from(&mut self, start: usize, text: &str) {
        let cursor = self.cursor();
        let after = mem::take(&mut self.text().get(cursor..).unwrap_or_default().to_owned());
        let before = self.text().get(..start).unwrap_or_default();
        let line = format!("{before}{text}{after}");
        let cursor = start + text.len();
        let completing = self.completing.take();
        self.set(&line, Some(cursor));
        self.completing = completing;
    }
}

/// The position in `row` after as many characters as `other` has, or its end.
fn in_row(row: &str, other: &str) -> usize {
    let mut places = row
        .grapheme_indices(true)
        .skip(other.graphemes(true).count());
    places.next().map_or(row.len(), |(place, _)| place)
}
