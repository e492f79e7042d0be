//! The talk: its entries, the place of the reader in it, and what is new.

use super::entry::{Delivery, Entry, EntryKind};
use crate::drawing::{Look, Row};
use crate::wire::PostId;
use std::collections::VecDeque;
use unicode_width::UnicodeWidthStr as _;

/// Maximum number of entries in memory. Of more, the oldest are dropped.
pub const KEPT_ENTRIES: usize = 20_000;
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

/// A row of the talk on the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkRow {
    /// The entry that it belongs to.
    pub entry: i64,
    /// Its text.
    pub row: Row,
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
    /// space. What is being read does not move.
    pub fn insert_old(&mut self, entry: Entry) {
        let is_full = self.entries.len() >= KEPT_ENTRIES || self.bytes + entry.size() > KEPT_BYTES;
        let posts = self.entries.iter().enumerate();
        let mut later = posts.filter_map(|(place, it)| Some((place, it.post?)));
        let next = later.find(|(_, post)| entry.post.is_none_or(|own| *post >= own));
        let place = match next {
            Some((_, post)) if Some(post) == entry.post => return,
            Some((place, _)) => place,
            None => return,
        };
        if is_full {
            return;
        }
        let numbered = i64::try_from(place).map_or(self.last(), |place| self.first + place);
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

    /// Removes the last entry if it is a line that was entered here. Returns whether it was.
    pub fn take_back(&mut self) -> bool {
        let is_own = matches!(
            self.entries.back(),
            Some(Entry {
                kind: EntryKind::Own(_),
                ..
            })
        );
        if is_own && let Some(taken) = self.entries.pop_back() {
            self.bytes -= taken.size();
            self.clamp();
        }
        is_own
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
        if self.older == Older::Nowhere || self.place == Place::End {
            return None;
        }
        let (_, missing) = self.up(self.bottom(columns)?, 2 * rows, columns);
        let first = self.first_post()?;
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

    /// Notes that the reader looks away, or begins to read above: a rule shows later where they
    /// were.
    pub fn leave_off(&mut self) {
        if !self.entries.is_empty() && self.place == Place::End {
            self.left_off = Some(self.last());
        }
    }

    /// Notes that the reader takes part again: the rule is not needed any more.
    pub fn take_part(&mut self) {
        self.left_off = None;
        self.go_to_end();
    }

    /// Shows the end.
    pub fn go_to_end(&mut self) {
        self.place = Place::End;
        self.unread = 0;
    }

    /// Scrolls towards the beginning by this many rows of a screen of this size.
    pub fn scroll_up(&mut self, by: usize, columns: usize, rows: usize) {
        let Some(bottom) = self.bottom(columns) else {
            return;
        };
        let (at, _) = self.up(bottom, by, columns);
        // A screen that is not full shows less than it can.
        let (_, missing) = self.up(at, rows.saturating_sub(1), columns);
        self.go(self.down(at, missing, columns), columns);
    }

    /// Scrolls towards the end by this many rows.
    pub fn scroll_down(&mut self, by: usize, columns: usize) {
        if let Place::At { .. } = self.place
            && let Some(bottom) = self.bottom(columns)
        {
            self.go(self.down(bottom, by, columns), columns);
        }
    }

    /// Shows the nearest entry before (or after) the last one found that contains these words.
    /// Returns its number.
    pub fn find(
        &mut self,
        words: &str,
        from: Option<i64>,
        direction: Direction,
        columns: usize,
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
        self.go((number, row), columns);
        Some(number)
    }

    /// The last rows, as they are seen at the end.
    #[must_use]
    pub fn last_rows(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        self.rows_to((self.last(), usize::MAX), columns, rows)
    }

    /// The rows on a screen of this size, from top to bottom.
    #[must_use]
    pub fn visible(&self, columns: usize, rows: usize) -> Vec<TalkRow> {
        match self.bottom(columns) {
            Some(bottom) => self.rows_to(bottom, columns, rows),
            None => Vec::new(),
        }
    }

    /// At most `rows` rows, the last of which is this one.
    fn rows_to(&self, (last, row): (i64, usize), columns: usize, rows: usize) -> Vec<TalkRow> {
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

    /// The number of the last entry.
    pub(super) fn last(&self) -> i64 {
        let count = i64::try_from(self.entries.len()).unwrap_or(i64::MAX);
        self.first + count - 1
    }

    fn entry(&self, number: i64) -> Option<&Entry> {
        let place = usize::try_from(number - self.first).ok()?;
        self.entries.get(place)
    }

    /// The rows of an entry, with the rules above it.
    fn rows(&self, number: i64, columns: usize) -> Vec<Row> {
        let Some(entry) = self.entry(number) else {
            return Vec::new();
        };
        let mut rows = Vec::new();
        let before = self.entry(number - 1);
        let day_before = before.and_then(|before| before.time).map(|time| time.date);
        if let Some(time) = entry.time
            && day_before.is_some_and(|day| day != time.date)
        {
            rows.push(rule(&time.day(), columns));
        }
        if self.left_off == Some(number - 1) {
            rows.push(rule("you left off here", columns));
        }
        rows.extend(entry.rows(columns));
        rows
    }

    /// The place of the last row on the screen.
    fn bottom(&self, columns: usize) -> Option<(i64, usize)> {
        if self.entries.is_empty() {
            return None;
        }
        Some(match self.place {
            Place::End => {
                let last = self.last();
                (last, self.rows(last, columns).len().saturating_sub(1))
            }
            Place::At { entry, row } => {
                let rows = self.rows(entry, columns).len();
                (entry, row.min(rows.saturating_sub(1)))
            }
        })
    }

    fn go(&mut self, (entry, row): (i64, usize), columns: usize) {
        let is_last = entry == self.last() && row + 1 >= self.rows(entry, columns).len();
        if is_last {
            self.go_to_end();
        } else {
            self.leave_off();
            self.place = Place::At { entry, row };
        }
    }

    /// The place this many rows above, and how many rows are missing to it.
    fn up(
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
    fn down(&self, (mut entry, mut row): (i64, usize), by: usize, columns: usize) -> (i64, usize) {
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

    /// Keeps the place within the entries.
    fn clamp(&mut self) {
        let last = self.last();
        if matches!(self.place, Place::At { entry, .. } if entry > last) {
            self.go_to_end();
        }
    }
}

/// The direction of a search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Towards the beginning.
    Older,
    /// Towards the end.
    Newer,
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
