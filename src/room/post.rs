//! Posts: their words, and what is stored of them.

use super::plain_text::{prefixed, sanitized};
use super::results::Results;
use super::sanctions::Sanctions;
use super::table_record::{TableChange, TableRecord};
use crate::wire::{Author, End, LineNumber, MemberId, Parting, Post, PostId, Ticket, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A post as it is stored, with everything that has to survive a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRecord {
    /// The post.
    pub post: Arc<Post>,
    /// The ticket with which its author can return, where the author has just become a member.
    pub ticket: Option<Ticket>,
    /// The author and number of the line that caused the post, if it has a number. A stored line is
    /// never accepted again.
    pub line: Option<(MemberId, LineNumber)>,
    /// What the post changes in the running games.
    pub table: Option<TableChange>,
    /// The position of the input that caused the post, where the servers of a room number their
    /// inputs.
    pub input: Option<u64>,
}

/// Maximum number of members who have left and can return as who they were.
pub const REMEMBERED: usize = 4_096;

/// What a restarted server knows of its room: the sum of all [`PostRecord`]s in order.
///
/// A store may keep the sum itself, or add up its records with [`add`](Self::add).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoredRoom {
    /// The last post; 0 for none.
    pub last: PostId,
    /// The highest number of a member.
    pub last_member: MemberId,
    /// The last coordinator.
    pub coordinator: Option<MemberId>,
    /// All members, and the [`REMEMBERED`] former members with the highest numbers.
    pub members: BTreeMap<MemberId, RestoredMember>,
    /// Who may not come back or speak.
    pub sanctions: Sanctions,
    /// The running games, by number.
    pub tables: BTreeMap<u64, Arc<TableRecord>>,
    /// The finished games.
    pub results: Results,
    /// The former members among them.
    departed: BTreeSet<MemberId>,
}

/// What a restarted server knows of somebody who can return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredMember {
    /// Proves that a client is this member.
    pub ticket: Ticket,
    /// The member's last name.
    pub name: Arc<str>,
    /// The number of the member's last stored line; 0 for none.
    pub heard: u64,
    /// The post of the member's last join.
    pub joined: PostId,
    /// When the member joined, in milliseconds since 1970.
    pub joined_at: u64,
    /// Whether the member has not left.
    pub is_in: bool,
}

impl RestoredRoom {
    /// A room in which these can return. Nothing else is known.
    #[must_use]
    pub fn of(members: BTreeMap<MemberId, RestoredMember>) -> Self {
        let departed = members.iter().filter(|(_, member)| !member.is_in);
        Self {
            departed: departed.map(|(id, _)| *id).collect(),
            members,
            ..Self::default()
        }
    }

    /// Adds the next record.
    pub fn add(&mut self, entry: &PostRecord) {
        self.apply(entry);
    }

    /// Adds the next record. Returns the members that are forgotten for it.
    pub fn apply(&mut self, entry: &PostRecord) -> Vec<MemberId> {
        self.note(entry);
        let mut forgotten = Vec::new();
        while self.departed.len() > REMEMBERED
            && let Some(id) = self.departed.pop_first()
        {
            self.members.remove(&id);
            forgotten.push(id);
        }
        forgotten
    }

    fn note(&mut self, entry: &PostRecord) {
        let Post { id, at, by, what } = &*entry.post;
        self.sanctions.note(&entry.post);
        self.last = *id;
        self.last_member = self.last_member.max(by.id);
        self.results.add(&entry.post);
        match &entry.table {
            Some(TableChange::Set(table)) => {
                self.tables.insert(table.number, Arc::clone(table));
            }
            Some(TableChange::Over(number)) => {
                self.tables.remove(number);
            }
            None => {}
        }
        if let Some((member, number)) = entry.line
            && let Some(member) = self.members.get_mut(&member)
        {
            member.heard = member.heard.max(number.get());
        }
        match (what, self.members.get_mut(&by.id), entry.ticket) {
            (What::Joined, known, Some(ticket)) => {
                let joined = RestoredMember {
                    ticket,
                    name: Arc::clone(&by.name),
                    heard: known.map_or(0, |known| known.heard),
                    joined: *id,
                    joined_at: *at,
                    is_in: true,
                };
                self.members.insert(by.id, joined);
                self.departed.remove(&by.id);
            }
            (What::Left { .. } | What::Kicked { .. } | What::Banned { .. }, Some(member), _) => {
                member.is_in = false;
                self.departed.insert(by.id);
            }
            (What::Renamed { to }, Some(member), _) => member.name = Arc::clone(to),
            (What::Coordinator, ..) => self.coordinator = Some(by.id),
            (What::Closed, ..) => {
                self.tables.clear();
                self.members.values_mut().for_each(|it| it.is_in = false);
                self.departed.extend(self.members.keys());
            }
            _ => {}
        }
    }
}

/// The post in words: one or more lines without the last newline. Each line of a message begins
/// with its author's name, so that it cannot be mistaken for somebody else's.
#[must_use]
pub fn words(post: &Post) -> String {
    let Author { name, .. } = &post.by;
    match &post.what {
        What::Said { text } => prefixed(&format!("{name}: "), text),
        What::Acted { text } => prefixed(&format!("* {name} "), text),
        What::Joined => format!("-- {name} joined."),
        What::Left { why } => match why {
            Parting::Quit | Parting::Other => format!("-- {name} left."),
            Parting::Lost => format!("-- {name} left: connection lost."),
            Parting::Silent => format!("-- {name} was removed: no answer."),
            Parting::Behind => format!("-- {name} was removed: too slow to keep up."),
        },
        What::Kicked { from } => format!("-- {name} was removed by {from}."),
        What::Banned { from } => format!("-- {name} was banned by {from}."),
        What::Unbanned { from } => format!("-- {name} may return, says {from}."),
        What::Muted { from } => format!("-- {name} was muted by {from}."),
        What::Unmuted { from } => format!("-- {name} may speak again, says {from}."),
        What::Away => format!("-- {name} lost the connection and may return."),
        What::Back => format!("-- {name} reconnected."),
        What::Renamed { to } => format!("-- {name} is now called {to}."),
        What::Coordinator => format!("-- {name} is now the coordinator."),
        What::Began { game, with } => {
            format!("-- {name} and {with} play {game}. /watch {name} shows the game.")
        }
        What::Ended { game, with, end } => match end {
            End::Won => format!("-- {name} won {game} against {with}."),
            End::Drawn => format!("-- {name} and {with} drew at {game}."),
            End::Resigned => format!("-- {name} resigned at {game}: {with} won."),
            End::Forfeited => format!("-- {name} forfeited {game}: {with} won."),
            End::Late => format!("-- {name} took too long at {game}: {with} won."),
            End::Abandoned => format!("-- {name} and {with} did not finish {game}."),
            End::Other => format!("-- {name} and {with} ended {game}."),
        },
        What::Whispered { whom, text, .. } => {
            prefixed(&format!("(private) {name} to {whom}: "), text)
        }
        What::Moved { game, with, words } => match words {
            Some(words) => prefixed(&format!("-- {name} moves in {game} with {with}: "), words),
            None => format!("-- {name} moves in {game} with {with}."),
        },
        What::Undone { game, with } => {
            format!("-- {name} takes back a move in {game} with {with}.")
        }
        What::Tournament { text } => prefixed("-- ", text),
        What::Closed => format!("-- {name} closed the room."),
        What::Unknown => format!("-- {name} did something that this version does not know."),
    }
}

/// Who may see a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Readers {
    Everybody,
    /// The author and one reader.
    Pair([MemberId; 2]),
    /// It is only stored.
    Nobody,
}

impl Readers {
    pub(super) fn of(post: &Post) -> Self {
        match &post.what {
            What::Whispered { to, .. } => Self::Pair([post.by.id, *to]),
            What::Moved { .. } | What::Undone { .. } => Self::Nobody,
            _ => Self::Everybody,
        }
    }

    pub(super) fn includes(self, reader: MemberId) -> bool {
        match self {
            Self::Everybody => true,
            Self::Pair(pair) => pair.contains(&reader),
            Self::Nobody => false,
        }
    }
}

/// The approximate size of a post on the wire, in bytes.
#[must_use]
pub(crate) fn size(post: &Post) -> usize {
    const FIELDS: usize = 128;
    match &post.what {
        What::Said { text }
        | What::Acted { text }
        | What::Whispered { text, .. }
        | What::Tournament { text } => FIELDS + size_of_text(text),
        _ => FIELDS,
    }
}

/// The size of a text in JSON, which needs six bytes for most control characters.
pub(super) fn size_of_text(text: &str) -> usize {
    let controls = text.bytes().filter(u8::is_ascii_control).count();
    text.len() + 5 * controls
}

/// The post as messages for a peer that escapes nothing: each at most
/// [`MAX_TEXT`](crate::wire::MAX_TEXT) bytes, without characters that control a terminal.
#[must_use]
pub fn plain(post: &Post) -> Vec<String> {
    sanitized(words(post))
}
