//! The talk: its entries, the place of the reader in it, and what is new.

mod rows;
mod scrolling;

pub use rows::TalkRow;
pub use scrolling::Direction;

use super::entry::{Delivery, Entry, EntryKind};
use crate::wire::PostId;
use std::collections::VecDeque;

/// Maximum number of entries in memory. Of more, the oldest are dropped.
pub const KEPT_ENTRIES: usize = 20_000;
/// No room has so many posts.
const NEWEST: PostId = PostId(1 << 31);
/// Maximum number of bytes in them.
const KEPT_BYTES: usize = 8 * 1024 * 1024;

/// The entries, and the place of the reader.
#[derive(Debug)]
pub struct Talk {
    entries: VecDeque<Entry>,
    /// The number of the first entry. Older ones that are added later have lower numbers.
    first: i64,
    bytes: usize,
    place: Place,
    /// How many entries have arrived below what is being read.
    unread: usize,
    /// The last entry that was read when the reader left off, until the reader enters a line.
    left_off: Option<i64>,
    older: Older,
}

/// Where the reader is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// At the end, where new entries appear.
    End,
    /// The last row on the screen is this row of this entry.
    At { entry: i64, row: usize },
}

/// Whether there are entries before the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Older {
    /// Nobody has them.
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
            place: Place::End,
            unread: 0,
            left_off: None,
            older: Older::Nowhere,
        }
    }
}

impl Talk {
    /// Adds an entry at the end. What is being read does not move.
    pub(super) fn push(&mut self, entry: Entry) {
        if self.place != Place::End && entry.is_news() {
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

    /// Drops the oldest entries while there are too many, also if they are being read.
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
        if let Place::At { entry, .. } = self.place
            && entry < self.first
        {
            self.place = Place::At {
                entry: self.first,
                row: 0,
            };
        }
    }

    /// Adds an older post in its place among the others, unless it is there already or there is no
    /// space. The first posts of all come before everything else. What is being read does not move.
    /// Returns the number of what follows it: entries before that have numbers that are 1 less now.
    pub(super) fn insert_old(&mut self, entry: Entry) -> Option<i64> {
        let is_full = self.entries.len() >= KEPT_ENTRIES || self.bytes + entry.size() > KEPT_BYTES;
        let posts = self.entries.iter().enumerate();
        let mut later = posts.filter_map(|(place, it)| Some((place, it.post?)));
        let next = later.find(|(_, post)| entry.post.is_none_or(|own| *post >= own));
        let place = match next {
            Some((_, post)) if Some(post) == entry.post => return None,
            Some((place, _)) => place,
            // After the others, which come before all that is no post.
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
        // Those before it get new numbers, those after it keep theirs.
        self.first -= 1;
        if let Place::At { entry, .. } = &mut self.place
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
        // The rules above what follows it may have changed.
        if let Place::At { entry, row } = &self.place
            && *entry == numbered
        {
            let row = (row + self.rules(numbered).len()).saturating_sub(rules);
            self.place = Place::At {
                entry: numbered,
                row,
            };
        }
        Some(numbered)
    }

    /// Nobody has older entries.
    pub fn has_begun(&mut self) {
        self.older = Older::Nowhere;
    }

    /// The first post, if there is one.
    #[must_use]
    pub fn first_post(&self) -> Option<PostId> {
        self.entries.iter().find_map(|entry| entry.post)
    }

    /// Removes this line that was entered here. Something else may have followed it.
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
        // What followed has moved up.
        if let Place::At { entry, .. } = &mut self.place
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

    /// Marks a line that was entered here as received.
    pub(super) fn mark_received(&mut self, number: i64) {
        let place = usize::try_from(number - self.first);
        if let Some(entry) = place.ok().and_then(|place| self.entries.get_mut(place))
            && let EntryKind::Own(delivery) = &mut entry.kind
        {
            *delivery = Delivery::Received;
        }
    }

    /// Older posts may be in the room.
    pub fn expect_older(&mut self) {
        self.older = Older::InRoom;
    }

    /// The post before which the room is to be asked for older ones, if the reader is so near to the
    /// first entry that they are wanted, and the room was not asked yet.
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

    /// How many entries have arrived below what is being read.
    #[must_use]
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// Whether new entries appear on the screen.
    #[must_use]
    pub fn is_at_end(&self) -> bool {
        self.place == Place::End
    }

    /// The number of the last entry.
    pub(super) fn last(&self) -> i64 {
        let count = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        self.first + count - 1
    }

    fn entry(&self, number: i64) -> Option<&Entry> {
        let place = usize::try_from(number - self.first).ok()?;
        self.entries.get(place)
    }
}
