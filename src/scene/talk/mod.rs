//! The talk: entries, the reader's position, and the unread count.

mod rows;
mod scrolling;

pub use rows::TalkRow;
pub use scrolling::Direction;

use super::entry::{Delivery, EntryKind, TalkEntry};
use crate::wire::PostId;
use std::collections::VecDeque;

/// Maximum number of entries in memory. Of more, the oldest are dropped.
pub const KEPT_ENTRIES: usize = 20_000;
/// Greater than the number of any post.
const NEWEST: PostId = PostId(1 << 31);
/// Maximum total size of the entries in bytes.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// The entries and the reader's position.
#[derive(Debug)]
pub struct Talk {
    entries: VecDeque<TalkEntry>,
    /// The number of the first entry. Older entries inserted before it get lower numbers.
    first: i64,
    bytes: usize,
    place: ReaderPlace,
    /// The number of unread entries below the reader's position.
    unread: usize,
    /// The last entry read when the reader left off; cleared when the reader enters a line.
    left_off: Option<i64>,
    older: Older,
}

/// The reader's position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ReaderPlace {
    /// At the end, where new entries appear.
    End,
    /// The last row on the screen is this row of this entry.
    At { entry: i64, row: usize },
}

/// Whether older posts can be fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Older {
    /// There are none.
    Nowhere,
    /// The room may have them.
    InRoom,
    /// The room was asked for those before this post.
    Asked(PostId),
}

impl Default for Talk {
    fn default() -> Self {
        Self {
            entries: VecDeque::new(),
            first: 0,
            bytes: 0,
            place: ReaderPlace::End,
            unread: 0,
            left_off: None,
            older: Older::Nowhere,
        }
    }
}

impl Talk {
    /// Appends an entry. The reader's position does not change.
    pub(super) fn push(&mut self, entry: TalkEntry) {
        if self.place != ReaderPlace::End && entry.is_news() {
            self.unread += 1;
        }
        if let EntryKind::Arrivals(later) = &entry.kind
            && self.left_off != Some(self.last())
            && let Some(last) = self.entries.back_mut()
            && let EntryKind::Arrivals(arrivals) = &mut last.kind
            && last.time.map(|time| time.date) == entry.time.map(|time| time.date)
        {
            arrivals.extend(later.clone());
            return;
        }
        self.bytes += entry.size();
        self.entries.push_back(entry);
        self.drop_old();
    }

    /// Drops the oldest entries beyond the limits, even if they are being read.
    fn drop_old(&mut self) {
        while (self.entries.len() > KEPT_ENTRIES || self.bytes > KEPT_BYTES)
            && self.entries.len() > 1
            && let Some(dropped) = self.entries.pop_front()
        {
            self.bytes -= dropped.size();
            self.first += 1;
            if dropped.post.is_some() {
                self.older = Older::InRoom;
            }
        }
        if let ReaderPlace::At { entry, .. } = self.place
            && entry < self.first
        {
            self.place = ReaderPlace::At {
                entry: self.first,
                row: 0,
            };
        }
    }

    /// Inserts an older post in order, unless it is already there or the talk is full. Without a later
    /// post, it goes after the last post, or to the top. The reader's position does not change. Returns
    /// the number of the entry after it; the numbers of all entries before that have dropped by 1.
    pub(super) fn insert_old(&mut self, entry: TalkEntry) -> Option<i64> {
        let is_full = self.entries.len() >= KEPT_ENTRIES || self.bytes + entry.size() > KEPT_BYTES;
        let posts = self.entries.iter().enumerate();
        let mut later = posts.filter_map(|(place, it)| Some((place, it.post?)));
        let next = later.find(|(_, post)| entry.post.is_none_or(|own| *post >= own));
        let place = match next {
            Some((_, post)) if Some(post) == entry.post => return None,
            Some((place, _)) => place,
            // After the last post, or before all notes.
            None => self
                .entries
                .iter()
                .rposition(|it| it.post.is_some())
                .map_or(0, |last| last + 1),
        };
        if is_full {
            return None;
        }
        let numbered = i64::try_from(place).map_or(self.last(), |place| self.first + place);
        let rules = self.rules(numbered).len();
        // Entries before it are renumbered; entries after it keep their numbers.
        self.first -= 1;
        if let ReaderPlace::At { entry, .. } = &mut self.place
            && *entry < numbered
        {
            *entry -= 1;
        }
        if let Some(left_off) = &mut self.left_off
            && *left_off < numbered
        {
            *left_off -= 1;
        }
        self.bytes += entry.size();
        self.entries.insert(place, entry);
        // The rules above the next entry may have changed.
        if let ReaderPlace::At { entry, row } = &self.place
            && *entry == numbered
        {
            let row = (row + self.rules(numbered).len()).saturating_sub(rules);
            self.place = ReaderPlace::At {
                entry: numbered,
                row,
            };
        }
        Some(numbered)
    }

    /// There are no older posts.
    pub fn has_begun(&mut self) {
        self.older = Older::Nowhere;
    }

    /// The first post, if there is one.
    #[must_use]
    pub fn first_post(&self) -> Option<PostId> {
        self.entries.iter().find_map(|entry| entry.post)
    }

    /// Removes a line entered here, which need not be the last entry.
    pub(super) fn take_back(&mut self, number: i64) {
        let is_own = self
            .entry(number)
            .is_some_and(|entry| matches!(entry.kind, EntryKind::Own(_)));
        let place = usize::try_from(number - self.first).ok();
        let taken = place.filter(|_| is_own);
        let Some(taken) = taken.and_then(|place| self.entries.remove(place)) else {
            return;
        };
        self.bytes -= taken.size();
        // The entries after it moved up.
        if let ReaderPlace::At { entry, .. } = &mut self.place
            && *entry >= number
        {
            *entry = (*entry - 1).max(self.first);
        }
        self.left_off = self
            .left_off
            .map(|left_off| left_off - i64::from(left_off >= number));
        if self.entries.is_empty() {
            self.go_to_end();
        }
    }

    /// Marks a line entered here as received.
    pub(super) fn mark_received(&mut self, number: i64) {
        let place = usize::try_from(number - self.first);
        if let Some(entry) = place.ok().and_then(|place| self.entries.get_mut(place))
            && let EntryKind::Own(delivery) = &mut entry.kind
        {
            *delivery = Delivery::Received;
        }
    }

    /// The room may have older posts.
    pub fn expect_older(&mut self) {
        self.older = Older::InRoom;
    }

    /// Returns the post before which older posts should be requested, if the reader is near the top and
    /// they have not been requested yet.
    pub fn wants_older(&mut self, columns: usize, rows: usize) -> Option<PostId> {
        if self.older == Older::Nowhere {
            return None;
        }
        let (_, missing) = self.up(self.bottom(columns, rows)?, 2 * rows, columns);
        let first = self.first_post().unwrap_or(NEWEST);
        if missing == 0 || first.0 <= 1 || self.older == Older::Asked(first) {
            return None;
        }
        self.older = Older::Asked(first);
        Some(first)
    }

    /// How many entries are there.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The number of unread entries below the reader's position.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Whether the reader is at the end, where new entries appear.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.place == ReaderPlace::End
    }

    /// The number of the last entry.
    pub(super) fn last(&self) -> i64 {
        let count = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        self.first + count - 1
    }

    fn entry(&self, number: i64) -> Option<&TalkEntry> {
        let place = usize::try_from(number - self.first).ok()?;
        self.entries.get(place)
    }
}
