//! The talk as rows of a screen.

use super::{Place, Talk};
use crate::drawing::{Look, Row};
use unicode_width::UnicodeWidthStr as _;

/// A row of the talk on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkRow {
    /// The entry that it belongs to.
    pub entry: i64,
    /// Its text.
    pub row: Row,
}

impl Talk {
    /// The last rows, as they are seen at the end.
    #[must_use]
    pub fn last_rows(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        self.rows_to((self.last(), usize::MAX), columns, rows)
    }

    /// The rows on a screen of this size, from top to bottom.
    #[must_use]
    pub fn visible(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        match self.bottom(columns, rows) {
            Some(bottom) => self.rows_to(bottom, columns, rows),
            None => Vec::new(),
        }
    }

    /// At most `rows` rows, the last of which is this one.
    pub(super) fn rows_to(
        &self,
        (last, row): (i64, usize),
        columns: usize,
        rows: usize,
    ) -> Vec<TalkRow> {
        let mut shown = Vec::with_capacity(rows);
        let mut number = last;
        let mut end = row.saturating_add(1);
        while shown.len() < rows && number >= self.first && !self.entries.is_empty() {
            let mut of_entry = self.rows(number, columns);
            of_entry.truncate(end);
            let of_entry = of_entry.into_iter().rev();
            shown.extend(of_entry.map(|row| TalkRow { entry: number, row }));
            (number, end) = (number - 1, usize::MAX);
        }
        shown.truncate(rows);
        shown.reverse();
        shown
    }

    /// The rules above an entry, as their words.
    pub(super) fn rules(&self, number: i64) -> Vec<String> {
        let mut rules = Vec::new();
        let before = self.entry(number - 1);
        let day_before = before.and_then(|before| before.time).map(|time| time.date);
        if let Some(time) = self.entry(number).and_then(|entry| entry.time)
            && day_before.is_some_and(|day| day != time.date)
        {
            rules.push(time.day());
        }
        if self.left_off == Some(number - 1) {
            rules.push("you left off here".to_owned());
        }
        rules
    }

    /// The rows of an entry, with the rules above it.
    pub(super) fn rows(&self, number: i64, columns: usize) -> Vec<Row> {
        let Some(entry) = self.entry(number) else {
            return Vec::new();
        };
        let rules = self.rules(number);
        let mut rows: Vec<Row> = rules.iter().map(|words| rule(words, columns)).collect();
        rows.extend(entry.rows(columns));
        rows
    }

    /// The place of the last row on a screen of this size.
    pub(super) fn bottom(&self, columns: usize, rows: usize) -> Option<(i64, usize)> {
        if self.entries.is_empty() {
            return None;
        }
        let place = match self.place {
            Place::End => {
                let last = self.last();
                (last, self.rows(last, columns).len().saturating_sub(1))
            }
            Place::At { entry, row } => {
                let rows = self.rows(entry, columns).len();
                (entry, row.min(rows.saturating_sub(1)))
            }
        };
        Some(self.filled(place, columns, rows))
    }

    /// Makes the place what a screen of this size shows: rows that appear above do not move it then.
    pub(in crate::scene) fn settle(&mut self, columns: usize, rows: usize) {
        if let (Place::At { .. }, Some((entry, row))) = (&self.place, self.bottom(columns, rows)) {
            self.place = Place::At { entry, row };
        }
    }

    /// The place of the last row if this one is to be seen and the screen is to be full.
    pub(super) fn filled(&self, place: (i64, usize), columns: usize, rows: usize) -> (i64, usize) {
        let (_, missing) = self.up(place, rows.saturating_sub(1), columns);
        self.down(place, missing, columns)
    }

    /// The place this many rows above, and how many rows are missing to it.
    pub(super) fn up(
        &self,
        (mut entry, mut row): (i64, usize),
        by: usize,
        columns: usize,
    ) -> ((i64, usize), usize) {
        let mut left = by;
        while left > row {
            if entry <= self.first {
                return ((entry, 0), left - row);
            }
            left -= row + 1;
            entry -= 1;
            row = self.rows(entry, columns).len().saturating_sub(1);
        }
        ((entry, row - left), 0)
    }

    /// The place this many rows below, or the last one.
    pub(super) fn down(
        &self,
        (mut entry, mut row): (i64, usize),
        by: usize,
        columns: usize,
    ) -> (i64, usize) {
        let mut left = by;
        loop {
            let below = self.rows(entry, columns).len().saturating_sub(row + 1);
            if left <= below {
                return (entry, row + left);
            }
            if entry >= self.last() {
                return (entry, row + below);
            }
            left -= below + 1;
            (entry, row) = (entry + 1, 0);
        }
    }
}

/// A rule with these words across the talk.
fn rule(words: &str, columns: usize) -> Row {
    let look = Look {
        is_dim: true,
        ..Look::default()
    };
    let mut text = format!("── {words} ");
    let width = text.width();
    text.push_str(&"─".repeat(columns.min(60).saturating_sub(width)));
    let mut row = Row::default();
    for (column, c) in text.chars().take(columns).enumerate() {
        row.push(column, c.encode_utf8(&mut [0; 4]), 1, look);
    }
    row
}
