//! An endless terminal: what a program writes becomes rows.

use super::colour::Colour;
use super::look::{Look, Tint};
use super::row::Row;
use std::mem;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The distance of tab stops.
const TAB: usize = 8;

/// An endless terminal of a fixed width that never scrolls. It obeys what tictalk's own output
/// needs: line feed, carriage return, tab, erasing to the end of the row, and colours. Other
/// control characters and sequences do nothing. It keeps one row.
#[derive(Debug)]
pub struct Sheet {
    columns: usize,
    look: Look,
    /// The characters of the current row, from left to right.
    glyphs: Vec<Glyph>,
    /// The column of the next character.
    column: usize,
}

#[derive(Debug)]
struct Glyph {
    column: usize,
    width: usize,
    text: String,
    look: Look,
}

impl Sheet {
    /// An empty terminal with this many columns, 2 at least.
    #[must_use]
    pub fn new(columns: usize) -> Self {
        Self {
            columns: columns.max(2),
            look: Look::default(),
            glyphs: Vec::new(),
            column: 0,
        }
    }

    /// Writes `text`, in which no escape sequence is cut. Returns the rows that are now complete.
    pub fn print(&mut self, text: &str) -> Vec<Row> {
        let mut rows = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let plain = rest.find(char::is_control).unwrap_or(rest.len());
            let (before, after) = rest.split_at(plain);
            for character in before.graphemes(true) {
                self.put(character, &mut rows);
            }
            rest = self.control(after, &mut rows);
        }
        rows
    }

    /// The last row, unless it is empty.
    #[must_use]
    pub fn end(mut self) -> Option<Row> {
        let row = self.take_row();
        (!row.runs.is_empty()).then_some(row)
    }

    /// Obeys the control character at the start of `text`. Returns what follows it.
    fn control<'text>(&mut self, text: &'text str, rows: &mut Vec<Row>) -> &'text str {
        let mut chars = text.chars();
        match chars.next() {
            Some('\n') => rows.push(self.take_row()),
            Some('\r') => self.column = 0,
            Some('\t') => {
                let next = (self.column / TAB + 1) * TAB;
                self.column = next.min(self.columns - 1).max(self.column);
            }
            Some('\x1b') => return self.sequence(chars.as_str()),
            _ => {}
        }
        chars.as_str()
    }

    /// Obeys the escape sequence that continues with `text`. Returns what follows it.
    fn sequence<'text>(&mut self, text: &'text str) -> &'text str {
        if let Some(title) = text.strip_prefix(']') {
            let end = title.find(['\x07', '\x1b']).unwrap_or(title.len());
            let rest = title.get(end..).unwrap_or_default();
            return rest
                .strip_prefix('\x07')
                .or_else(|| rest.strip_prefix("\x1b\\"))
                .unwrap_or(rest);
        }
        let Some(body) = text.strip_prefix('[') else {
            // Intermediate characters precede the last one (ECMA-35, 13.1).
            let text = text.trim_start_matches(|c: char| (' '..='/').contains(&c));
            let mut chars = text.chars();
            chars.next();
            return chars.as_str();
        };
        let Some(end) = body.find(|c: char| ('@'..='~').contains(&c)) else {
            return "";
        };
        let (parameters, rest) = body.split_at(end);
        let mut rest = rest.chars();
        match rest.next() {
            Some('m') => self.graphics(parameters),
            Some('K') if matches!(parameters, "" | "0") => {
                self.glyphs.retain(|glyph| glyph.column < self.column);
            }
            _ => {}
        }
        rest.as_str()
    }

    /// Selects colours and weights (ECMA-48, 8.3.117).
    fn graphics(&mut self, parameters: &str) {
        let mut codes = parameters
            .split([';', ':'])
            .map(|code| code.parse().unwrap_or(0_u8));
        while let Some(code) = codes.next() {
            let look = &mut self.look;
            match code {
                0 => *look = Look::default(),
                1 => look.is_bold = true,
                2 => look.is_dim = true,
                7 => look.is_inverse = true,
                22 => (look.is_bold, look.is_dim) = (false, false),
                27 => look.is_inverse = false,
                30..=37 => look.ink = Tint::Named(code - 30),
                38 => look.ink = extended(&mut codes),
                39 => look.ink = Tint::Default,
                40..=47 => look.paper = Tint::Named(code - 40),
                48 => look.paper = extended(&mut codes),
                49 => look.paper = Tint::Default,
                90..=97 => look.ink = Tint::Named(code - 90 + 8),
                100..=107 => look.paper = Tint::Named(code - 100 + 8),
                _ => {}
            }
        }
    }

    /// Puts one character, as a reader sees it, at the cursor.
    fn put(&mut self, character: &str, rows: &mut Vec<Row>) {
        let width = character.width().min(2);
        if width == 0 {
            // What takes no column belongs to the character before it.
            if let Some(last) = self.glyphs.last_mut() {
                last.text.push_str(character);
            }
            return;
        }
        if self.column + width > self.columns {
            rows.push(self.take_row());
        }
        let (from, to) = (self.column, self.column + width);
        let is_over = |glyph: &Glyph| glyph.column < to && glyph.column + glyph.width > from;
        let is_last = self.glyphs.last().is_none_or(|last| last.column < from);
        self.glyphs.retain(|glyph| !is_over(glyph));
        self.glyphs.push(Glyph {
            column: from,
            width,
            text: character.to_owned(),
            look: self.look,
        });
        if !is_last {
            self.glyphs.sort_by_key(|glyph| glyph.column);
        }
        self.column = to;
    }

    /// Takes the current row and begins the next one.
    fn take_row(&mut self) -> Row {
        let mut row = Row::default();
        self.column = 0;
        for glyph in mem::take(&mut self.glyphs) {
            row.push(glyph.column, &glyph.text, glyph.width, glyph.look);
        }
        row.trim();
        row
    }
}

/// The colour of the codes after 38 or 48.
fn extended(codes: &mut impl Iterator<Item = u8>) -> Tint {
    let mut next = || codes.next().unwrap_or(0);
    match next() {
        5 => Tint::of_256(next()),
        2 => Tint::Exact(Colour(next(), next(), next())),
        _ => Tint::Default,
    }
}

#[cfg(test)]
mod tests {
    use super::Sheet;
    use crate::drawing::{Look, Row, Tint};

    fn rows(columns: usize, text: &str) -> Vec<Row> {
        let mut sheet = Sheet::new(columns);
        let mut rows = sheet.print(text);
        rows.extend(sheet.end());
        rows
    }

    /// The rows as text, with spaces where nothing stands.
    fn shown(columns: usize, text: &str) -> Vec<String> {
        let rows = rows(columns, text).into_iter();
        rows.map(|row| {
            let mut line = String::new();
            let mut at = 0;
            for run in row.runs {
                line.extend(std::iter::repeat_n(' ', run.column - at));
                line.push_str(&run.text);
                at = run.column + run.width;
            }
            line
        })
        .collect()
    }

    #[test]
    fn text_wraps_at_the_edge_as_on_a_terminal() {
        assert_eq!(shown(4, "abcdef\ng\n\nh"), ["abcd", "ef", "g", "", "h"]);
        assert_eq!(shown(4, "abcd\ne"), ["abcd", "e"]);
        // A wide character is not cut.
        assert_eq!(shown(4, "abc你好"), ["abc", "你好"]);
        assert_eq!(shown(10, "a\tb"), ["a       b"]);
        assert_eq!(shown(4, "e\u{301}e\u{301}x"), ["e\u{301}e\u{301}x"]);
        assert_eq!(shown(4, "👩\u{200d}🚀!"), ["👩\u{200d}🚀!"]);
    }

    #[test]
    fn a_prompt_that_is_withdrawn_is_gone() {
        assert_eq!(shown(20, "Input >draft\r\x1b[KHello"), ["Hello"]);
        assert_eq!(shown(20, "abcdef\rXY"), ["XYcdef"]);
        assert_eq!(shown(20, "你好\r a"), [" a好"]);
    }

    #[test]
    fn colours_are_obeyed_and_other_sequences_are_not_shown() {
        let bold = Look {
            ink: Tint::Named(6),
            is_bold: true,
            ..Look::default()
        };
        let line = "\x1b]0;title\x07\x1b[1;36mann\x1b[0m\x1b[2J\x1b(B!\x1b[38;5;208mx\x1b[";
        let rows = rows(20, line);
        let runs = rows.iter().flat_map(|row| &row.runs);
        let looks: Vec<_> = runs.map(|run| (run.text.as_str(), run.look)).collect();
        let orange = Look {
            ink: Tint::of_256(208),
            ..Look::default()
        };
        assert_eq!(
            looks,
            [("ann", bold), ("!", Look::default()), ("x", orange)]
        );
    }

    #[test]
    fn nothing_that_is_written_can_stop_it() {
        for hostile in [
            "\x1b",
            "\x1b[",
            "\x1b]",
            "\x1b[999999999999m",
            "\u{9b}31m",
            "\u{301}",
            "\x1b[38m",
        ] {
            let _ = rows(2, &hostile.repeat(3));
        }
        let combining = format!("a{}", "\u{301}".repeat(4_000));
        assert_eq!(rows(80, &combining).len(), 1);
    }
}
