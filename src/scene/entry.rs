//! An entry of the talk: a message or an event.

use crate::drawing::{Row, Sheet};
use crate::text::{LocalTime, wrap};
use crate::wire::{PostId, What};
use std::sync::Arc;

/// Maximum number of names in a change of presence.
const NAMED: usize = 4;

/// The indentation of rows below a time.
const BELOW_TIME: usize = 6;

/// An entry of the talk: a message or an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TalkEntry {
    /// The post that it shows, in a room.
    pub post: Option<PostId>,
    /// When it happened, if that is known.
    pub time: Option<LocalTime>,
    /// The kind of entry.
    pub kind: EntryKind,
    /// The text with escape sequences for colours, without a final line ending. Foreign text has been
    /// escaped. Empty for arrivals.
    pub text: String,
}

/// The kind of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryKind {
    /// A message.
    Message(Attention),
    /// A line entered here.
    Own(Delivery),
    /// Members who came or went.
    Arrivals(Arrivals),
    /// A note by the program.
    Note,
}

/// The audience of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Attention {
    /// Everyone.
    Everybody,
    /// The reader, who is mentioned by name.
    Reader,
}

/// The delivery state of a line entered here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// Not sent, or sent without a receipt to come.
    Local,
    /// Sent but not acknowledged yet.
    Awaited,
    /// Stored by the other side.
    Received,
}

/// A change in a member's presence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PresenceChange {
    /// Joined.
    Joined,
    /// Left, or was removed.
    Left,
    /// Lost the connection.
    Away,
    /// Reconnected.
    Back,
}

/// Consecutive presence changes, shown as one entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Arrivals(Vec<Changed>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Changed {
    presence: PresenceChange,
    /// The first names. Foreign text that has been escaped.
    names: Vec<Arc<str>>,
    /// How many there are.
    count: usize,
}

impl PresenceChange {
    /// The presence change in an event, if there is one.
    #[must_use]
    pub fn of(what: &What) -> Option<Self> {
        match what {
            What::Joined => Some(Self::Joined),
            What::Left { .. } => Some(Self::Left),
            What::Away => Some(Self::Away),
            What::Back => Some(Self::Back),
            _ => None,
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Joined => "joined",
            Self::Left => "left",
            Self::Away => "lost the connection",
            Self::Back => "reconnected",
        }
    }
}

impl Arrivals {
    /// One change for the members with these escaped names and for `more` others.
    #[must_use]
    pub fn new(presence: PresenceChange, names: Vec<Arc<str>>, more: usize) -> Self {
        let count = names.len() + more;
        let names = names.into_iter().take(NAMED).collect();
        Self(vec![Changed {
            presence,
            names,
            count,
        }])
    }

    /// Appends later changes.
    pub(super) fn extend(&mut self, later: Self) {
        for change in later.0 {
            if let Some(last) = self.0.last_mut()
                && last.presence == change.presence
            {
                last.count += change.count;
                last.names.extend(change.names);
                last.names.truncate(NAMED);
                continue;
            }
            // Bounded, because a member may come and go forever.
            if self.0.len() >= NAMED {
                self.0.remove(0);
            }
            self.0.push(change);
        }
    }

    /// The changes as a line of the room: "-- ann, bob and 3 others joined; cid left."
    #[must_use]
    pub fn words(&self) -> String {
        let changes = self.0.iter().map(|change| {
            let Changed {
                presence,
                names,
                count,
            } = change;
            let others = count - names.len();
            let shown = names.join(", ");
            let who = match (names.as_slice(), others) {
                ([all @ .., last], 0) if !all.is_empty() => {
                    format!("{} and {last}", all.join(", "))
                }
                (_, 0) => shown,
                (_, 1) => format!("{shown} and 1 other"),
                (_, others) => format!("{shown} and {others} others"),
            };
            format!("{who} {}", presence.words())
        });
        format!("-- {}.", changes.collect::<Vec<_>>().join("; "))
    }
}

impl TalkEntry {
    /// A note by the program.
    #[must_use]
    pub fn note(text: String) -> Self {
        Self {
            post: None,
            time: None,
            kind: EntryKind::Note,
            text,
        }
    }

    /// Whether it counts as unread.
    pub(super) fn is_news(&self) -> bool {
        match self.kind {
            EntryKind::Message(_) | EntryKind::Note => true,
            EntryKind::Own(_) | EntryKind::Arrivals(_) => false,
        }
    }

    /// Its approximate size in bytes.
    pub(super) fn size(&self) -> usize {
        size_of::<Self>()
            + self.text.len()
            + matches!(self.kind, EntryKind::Arrivals(_)) as usize * 256
    }

    /// Its text without time and marks.
    fn words(&self) -> String {
        match &self.kind {
            EntryKind::Arrivals(arrivals) => format!("\x1b[2m{}\x1b[0m", arrivals.words()),
            _ => self.text.clone(),
        }
    }

    /// Whether it contains `wanted`, which is in lower case, in any case.
    pub(super) fn contains(&self, wanted: &str) -> bool {
        let mut sheet = Sheet::new(usize::MAX / 2);
        let mut rows = sheet.print(&self.words());
        rows.extend(sheet.end());
        rows.iter().any(|row| {
            let text: String = row.runs.iter().map(|run| run.text.as_str()).collect();
            text.to_lowercase().contains(wanted)
        })
    }

    /// Its rows on a screen of this many columns.
    pub(super) fn rows(&self, columns: usize) -> Vec<Row> {
        let mark = match self.kind {
            EntryKind::Own(Delivery::Received) => " \x1b[2m✓\x1b[0m",
            _ => "",
        };
        let clock = self
            .time
            .map(|time| format!("\x1b[2m{}\x1b[0m ", time.clock()));
        let is_timed = clock.is_some();
        let mut text = clock.unwrap_or_default();
        let words = self.words();
        let last = words.lines().count();
        for (place, line) in words.lines().enumerate() {
            if place > 0 && is_timed {
                text.push_str(&" ".repeat(BELOW_TIME));
            }
            text.push_str(line);
            if place + 1 == last {
                text.push_str(mark);
            }
            text.push('\n');
        }
        if words.is_empty() {
            text.push_str(mark);
            text.push('\n');
        }
        Sheet::new(columns).print(&wrap(&text, columns))
    }
}
