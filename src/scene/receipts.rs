//! The lines that have no receipt yet.

use std::collections::VecDeque;

/// Maximum number of lines without a receipt that can still be marked.
const MARKED: usize = 256;

/// The entries to be marked by the next receipts, in order.
#[derive(Debug, Default)]
pub(super) struct AwaitedReceipts {
    /// `None` for a receipt that marks nothing, such as a command's.
    awaited: VecDeque<Option<i64>>,
    /// The number of further receipts, which mark nothing.
    unmarked: usize,
}

/// The last line entered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LastEntered {
    /// None that can be taken back.
    Nothing,
    /// A blank line, which the talk does not show.
    Blank,
    /// The line of this entry.
    Shown {
        entry: i64,
        receipt: Acknowledgement,
    },
    /// A request for old posts, by scrolling.
    Older,
}

/// Whether a receipt follows a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acknowledgement {
    None,
    Follows,
}

impl LastEntered {
    /// Decrements the numbers of entries before this one.
    pub(super) fn renumber(&mut self, next: i64) {
        if let Self::Shown { entry, .. } = self
            && *entry < next
        {
            *entry -= 1;
        }
    }
}

impl AwaitedReceipts {
    /// Decrements the numbers of entries before this one.
    pub(super) fn renumber(&mut self, next: i64) {
        let awaited = self.awaited.iter_mut().flatten();
        awaited
            .filter(|entry| **entry < next)
            .for_each(|entry| *entry -= 1);
    }

    /// Expects one more receipt, which marks this entry.
    pub(super) fn wait_for(&mut self, entry: Option<i64>) {
        // AwaitedReceipts come in order, so none may be skipped.
        if self.unmarked == 0 && self.awaited.len() < MARKED {
            self.awaited.push_back(entry);
        } else {
            self.unmarked += 1;
        }
    }

    /// Expects one receipt less: the last line was not sent.
    pub(super) fn wait_no_more(&mut self) {
        if self.unmarked > 0 {
            self.unmarked -= 1;
        } else {
            self.awaited.pop_back();
        }
    }

    /// Expects no more receipts.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }

    /// Handles a receipt. Returns the entry that it marks.
    pub(super) fn come(&mut self) -> Option<i64> {
        let Some(entry) = self.awaited.pop_front() else {
            self.unmarked = self.unmarked.saturating_sub(1);
            return None;
        };
        entry
    }
}
