//! The table in Markdown.

use super::grid::{HEADINGS, LEADING, cells, cross, faults, heading};
use super::table::TournamentTable;
use crate::text::in_line;
use std::fmt::Write as _;

impl TournamentTable {
    /// The standings, the crosstable and the games lost by a fault in Markdown, with the tables of
    /// GitHub Flavored Markdown.
    #[must_use]
    pub fn markdown(&self) -> String {
        let mut text = format!("# {}\n\n", literal(&heading(self)));
        row(&mut text, HEADINGS.map(str::to_owned));
        rule(&mut text, HEADINGS.len());
        for entrant in &self.rows {
            let cells = cells(self, entrant);
            row(&mut text, cells.map(|cell| literal(&cell)));
        }
        let entrants = || self.rows.iter().map(|row| row.entrant);
        let numbers = (1..=self.rows.len()).map(|number| number.to_string());
        text.push('\n');
        row(
            &mut text,
            ["".to_owned(), "player".to_owned()]
                .into_iter()
                .chain(numbers),
        );
        rule(&mut text, LEADING + self.rows.len());
        for (index, of) in entrants().enumerate() {
            let name = literal(&in_line(self.name(of)));
            let cells = entrants().map(|against| literal(&cross(self, of, against)));
            row(
                &mut text,
                [(index + 1).to_string(), name].into_iter().chain(cells),
            );
        }
        let faults = faults(self);
        if !faults.is_empty() {
            text.push('\n');
            for line in faults {
                let _ = writeln!(text, "- {}", literal(&line));
            }
        }
        text
    }
}

fn row(text: &mut String, cells: impl IntoIterator<Item = String>) {
    for cell in cells {
        let _ = write!(text, "| {cell} ");
    }
    text.push_str("|\n");
}

/// The line below the headings. Names are aligned to the left, numbers to the right.
fn rule(text: &mut String, columns: usize) {
    for column in 0..columns {
        text.push_str(if column == 1 { "|:--" } else { "|--:" });
    }
    text.push_str("|\n");
}

/// `text` with everything escaped that means something in Markdown:
/// <https://spec.commonmark.org/0.31.2/#backslash-escapes>.
fn literal(text: &str) -> String {
    let mut literal = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(
            c,
            '\\' | '`'
                | '*'
                | '_'
                | '{'
                | '}'
                | '['
                | ']'
                | '<'
                | '>'
                | '#'
                | '|'
                | '!'
                | '~'
                | '&'
        ) {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}
