//! The lines that wait for their receipts.

use std::collections::VecDeque;

/// Maximum number of lines that are marked when their receipts come.
const MARKED: usize = 256;

/// For each line that waits for its receipt, in order, the entry that is marked then.
#[derive(Debug, Default)]
pub(super) struct Receipts {
    /// `None` marks nothing, as a command or a request for old posts.
    awaited: VecDeque<Option<i64>>,
    /// How many lines after those wait for receipts that mark nothing.
    unmarked: usize,
}

/// What was entered last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Entered {
    /// Nothing that can be taken back.
    Nothing,
    /// A blank line, which the talk does not show.
    Blank,
    /// The line of this entry.
    Shown { entry: i64, receipt: Receipt },
    /// A request for old posts, by scrolling.
    Older,
}

/// Whether a receipt follows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Receipt {
    None,
    Follows,
}

impl Entered {
    /// Entries before this one have numbers that are 1 less now.
    pub(super) fn renumber(&mut self, next: i64) {
        if let Self::Shown { entry, .. } = self
            && *entry < next
        {
            *entry -= 1;
        }
    }
}

impl Receipts {
    /// Entries before this one have numbers that are 1 less now.
    pub(super) fn renumber(&mut self, next: i64) {
        let awaited = self.awaited.iter_mut().flatten();
        awaited
            .filter(|entry| **entry < next)
            .for_each(|entry| *entry -= 1);
    }

    /// Waits for one more receipt, which marks this entry.
    pub(super) fn wait_for(&mut self, entry: Option<i64>) {
        // Receipts come in order, so none may be skipped.
        if self.unmarked == 0 && self.awaited.len() < MARKED {
            self.awaited.push_back(entry);
        } else {
            self.unmarked += 1;
        }
    }

    /// Waits for one receipt less: the last line was not sent.
    pub(super) fn wait_no_more(&mut self) {
        if self.unmarked > 0 {
            self.unmarked -= 1;
        } else {
            self.awaited.pop_back();
        }
    }

    /// Waits for no receipt.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Takes in a receipt. Returns the entry that it marks.
    pub(super) fn come(&mut self) -> Option<i64> {
        let Some(entry) = self.awaited.pop_front() else {
            self.unmarked = self.unmarked.saturating_sub(1);
            return None;
        };
        entry
    }
}
