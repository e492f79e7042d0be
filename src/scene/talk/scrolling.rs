//! Scrolling and searching.

use super::{ReaderPlace, Talk};

/// The direction of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Older,
    /// Towards the end.
    Newer,
}

impl Talk {
    /// Remembers the reader's position, because the reader scrolls up or leaves the window. A rule marks it
    /// later.
    pub fn leave_off(&mut self) {
        if !self.entries.is_empty() && self.place == ReaderPlace::End {
            self.left_off = Some(self.last());
        }
    }

    /// Scrolls to the end and removes the rule.
    pub fn take_part(&mut self) {
        self.left_off = None;
        self.go_to_end();
    }

    /// Scrolls to the end.
    pub fn go_to_end(&mut self) {
        self.place = ReaderPlace::End;
        self.unread = 0;
    }

    /// Scrolls towards the beginning by this many rows of a screen of this size.
    pub fn scroll_up(&mut self, by: usize, columns: usize, rows: usize) {
        let Some(bottom) = self.bottom(columns, rows) else {
            return;
        };
        let (at, _) = self.up(bottom, by, columns);
        self.go(self.filled(at, columns, rows), columns);
    }

    /// Scrolls towards the end by this many rows of a screen of this size.
    pub fn scroll_down(&mut self, by: usize, columns: usize, rows: usize) {
        if let ReaderPlace::At { .. } = self.place
            && let Some(bottom) = self.bottom(columns, rows)
        {
            self.go(self.down(bottom, by, columns), columns);
        }
    }

    /// Scrolls to the nearest entry before or after the last match that contains these words. Returns its
    /// number.
    pub fn find(
        &mut self,
        words: &str,
        from: Option<i64>,
        direction: Direction,
        (columns, rows): (usize, usize),
    ) -> Option<i64> {
        let wanted = words.to_lowercase();
        let from = from.unwrap_or(self.last() + 1);
        let is_found = |number: &i64| {
            let entry = self.entry(*number);
            entry.is_some_and(|entry| entry.contains(&wanted))
        };
        let number = match direction {
            Direction::Older => (self.first..from).rev().find(is_found),
            Direction::Newer => (from + 1..=self.last()).find(is_found),
        }?;
        let row = self.rows(number, columns).len().saturating_sub(1);
        self.go(self.filled((number, row), columns, rows), columns);
        Some(number)
    }

    pub(super) fn go(&mut self, (entry, row): (i64, usize), columns: usize) {
        let rows = self.rows(entry, columns).len();
        if entry == self.last() && row + 1 >= rows {
            self.go_to_end();
        } else {
            self.leave_off();
            // The rule above the entry may have been removed.
            let gone = rows.saturating_sub(self.rows(entry, columns).len());
            self.place = ReaderPlace::At {
                entry,
                row: row.saturating_sub(gone),
            };
        }
    }
}
