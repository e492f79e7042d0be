//! What everybody sees, its words, and what is stored of it.

use super::notice::{continued, sanitized};
use crate::wire::{Author, End, LineNumber, MemberId, Parting, Post, PostId, Ticket, What};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What is written down of a post: all that has to be known after a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostRecord {
    /// The post.
    pub post: Arc<Post>,
    /// Where its author has just become a member, and can come back as one: by what.
    pub ticket: Option<Ticket>,
    /// The line that it came of, where a client numbers its lines: whose it was, and its number. A
    /// line that is stored is never taken a second time.
    pub line: Option<(MemberId, LineNumber)>,
}

/// How many of those who have left a room are known, and can come back as who they were.
pub const REMEMBERED: usize = 4_096;

/// What a server knows of its room when it starts again: the sum of all [`PostRecord`]s in their order.
///
/// A store may keep it as tables of its own, or add up its entries by [`add`](Self::add).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RestoredRoom {
    /// The last post; 0 for none.
    pub last: PostId,
    /// The greatest number that a member was given.
    pub last_member: MemberId,
    /// Who was the coordinator.
    pub coordinator: Option<MemberId>,
    /// Everybody who can come back, by number: all who are in, and of those who have left the
    /// [`REMEMBERED`] with the greatest numbers.
    pub members: BTreeMap<MemberId, RestoredMember>,
    /// Those of them who have left.
    departed: BTreeSet<MemberId>,
}

/// What is known of somebody who can come back to a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RestoredMember {
    /// By what.
    pub ticket: Ticket,
    /// The last name.
    pub name: Arc<str>,
    /// The number of the last of its lines that is stored; 0 for none.
    pub heard: u64,
    /// The post by which it joined last.
    pub joined: PostId,
    /// When that was: milliseconds since 1970.
    pub joined_at: u64,
    /// Whether it is a member, as far as the posts tell.
    pub is_in: bool,
}

impl RestoredRoom {
    /// Where these can come back, and nothing else is known.
    #[must_use]
    pub fn of(members: BTreeMap<MemberId, RestoredMember>) -> Self {
        let departed = members.iter().filter(|(_, member)| !member.is_in);
        Self {
            departed: departed.map(|(id, _)| *id).collect(),
            members,
            ..Self::default()
        }
    }

    /// Adds the next entry.
    pub fn add(&mut self, entry: &PostRecord) {
        self.apply(entry);
    }

    /// Adds the next entry. Returns who is known no more.
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
        self.last = *id;
        self.last_member = self.last_member.max(by.id);
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
            (What::Left { .. } | What::Kicked { .. }, Some(member), _) => {
                member.is_in = false;
                self.departed.insert(by.id);
            }
            (What::Renamed { to }, Some(member), _) => member.name = Arc::clone(to),
            (What::Coordinator, ..) => self.coordinator = Some(by.id),
            (What::Closed, ..) => {
                self.members.values_mut().for_each(|it| it.is_in = false);
                self.departed.extend(self.members.keys());
            }
            _ => {}
        }
    }
}

/// The post in words, as one or more lines without the last newline. Each line of what somebody
/// says begins with the name of who said it, so that none can be taken for somebody else's.
#[must_use]
pub fn words(post: &Post) -> String {
    let Author { name, .. } = &post.by;
    match &post.what {
        What::Said { text } => continued(&format!("{name}: "), text),
        What::Acted { text } => continued(&format!("* {name} "), text),
        What::Joined => format!("-- {name} joined."),
        What::Left { why } => match why {
            Parting::Quit | Parting::Other => format!("-- {name} left."),
            Parting::Lost => format!("-- {name} is gone: the connection broke."),
            Parting::Silent => format!("-- {name} was removed: no answer."),
            Parting::Behind => format!("-- {name} was removed: too far behind in reading."),
        },
        What::Kicked { from } => format!("-- {name} was removed by {from}."),
        What::Away => format!("-- {name} has lost the connection, and may come back."),
        What::Back => format!("-- {name} is back."),
        What::Renamed { to } => format!("-- {name} is called {to} now."),
        What::Coordinator => format!("-- {name} is the coordinator now."),
        What::Began { game, with } => {
            format!("-- {name} and {with} play {game}; /watch {name} shows it.")
        }
        What::Ended { game, with, end } => match end {
            End::Won => format!("-- {name} won at {game} against {with}."),
            End::Drawn => format!("-- {name} and {with} drew at {game}."),
            End::Resigned => format!("-- {name} gave up at {game}: {with} won."),
            End::Forfeited => format!("-- {name} left the game of {game}: {with} won."),
            End::Other => format!("-- {name} and {with} have ended {game}."),
        },
        What::Closed => format!("-- {name} has closed the room."),
        What::Unknown => format!("-- {name} did something that this version does not know."),
    }
}

/// About how many bytes a post takes on its way.
#[must_use]
pub fn size(post: &Post) -> usize {
    const FIELDS: usize = 128;
    match &post.what {
        What::Said { text } | What::Acted { text } => FIELDS + size_of_text(text),
        _ => FIELDS,
    }
}

/// How many bytes a text takes in JSON, which writes most control characters with six.
pub(super) fn size_of_text(text: &str) -> usize {
    let controls = text.bytes().filter(u8::is_ascii_control).count();
    text.len() + 5 * controls
}

/// The post as messages for a peer without a terminal of ours: each at most
/// [`MAX_TEXT`](crate::wire::MAX_TEXT) bytes, without characters that command a terminal.
#[must_use]
pub fn plain(post: &Post) -> Vec<String> {
    sanitized(words(post))
}
