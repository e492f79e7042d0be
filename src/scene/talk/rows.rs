//! The talk as rows of a screen.

use super::{ReaderPlace, Talk};
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
    /// The last rows of the talk.
    #[must_use]
    pub fn last_rows(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        self.rows_to((self.last(), usize::MAX), columns, rows)
    }

    /// The visible rows on a screen of this size, from top to bottom.
    #[must_use]
    pub fn visible(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        match self.bottom(columns, rows) {
            Some(bottom) => self.rows_to(bottom, columns, rows),
            None => Vec::new(),
        }
    }

    /// Up to `rows` rows, ending with this one.
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

    /// The labels of the rules above an entry.
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

    /// The position of the last visible row on a screen of this size.
    pub(super) fn bottom(&self, columns: usize, rows: usize) -> Option<(i64, usize)> {
        if self.entries.is_empty() {
            return None;
        }
        let place = match self.place {
            ReaderPlace::End => {
                let last = self.last();
                (last, self.rows(last, columns).len().saturating_sub(1))
            }
            ReaderPlace::At { entry, row } => {
                let rows = self.rows(entry, columns).len();
                (entry, row.min(rows.saturating_sub(1)))
            }
        };
        Some(self.filled(place, columns, rows))
    }

    /// Fixes the position at the last visible row, so that rows inserted above do not move it.
    pub(in crate::scene) fn settle(&mut self, columns: usize, rows: usize) {
        if let (ReaderPlace::At { .. }, Some((entry, row))) =
            (&self.place, self.bottom(columns, rows))
        {
            self.place = ReaderPlace::At { entry, row };
        }
    }

    /// The nearest position to this one at which the screen is full.
    pub(super) fn filled(&self, place: (i64, usize), columns: usize, rows: usize) -> (i64, usize) {
        let (_, missing) = self.up(place, rows.saturating_sub(1), columns);
        self.down(place, missing, columns)
    }

    /// The position `by` rows above, and how many of them do not exist.
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

    /// The position `by` rows below, or the last one.
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

/// A labelled rule across the talk.
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
