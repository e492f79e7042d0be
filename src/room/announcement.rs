//! Posts about who is in the room, announced together.

use super::plain_text::sanitized;
use super::roster::{NAMED, enumeration};
use crate::wire::{Gathered, GatheredGroup, GatheredMember, Parting, Post, PostId, What};
use std::sync::Arc;

/// Several posts about who is in the room, in order. No member has two of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Announcement {
    posts: Vec<Arc<Post>>,
}

impl Announcement {
    pub(super) fn new(posts: Vec<Arc<Post>>) -> Self {
        Self { posts }
    }

    /// The posts, in order.
    #[must_use]
    pub fn posts(&self) -> &[Arc<Post>] {
        &self.posts
    }

    /// What everybody is told: of each event, at most eight members and the number of others.
    #[must_use]
    pub fn summary(&self) -> Gathered {
        let groups = self.events().into_iter().map(|(what, posts)| {
            let (named, others) = posts.split_at(posts.len().min(NAMED));
            group(what, named, others.len())
        });
        self.gathered(groups.collect(), false)
    }

    /// All other members, for programs that keep the names of all.
    #[must_use]
    pub fn rest(&self) -> Vec<Gathered> {
        let mut messages = Vec::new();
        for (what, posts) in self.events() {
            let others = posts.get(NAMED..).unwrap_or_default();
            for portion in others.chunks(Gathered::PORTION) {
                messages.push(self.gathered(vec![group(what, portion, 0)], true));
            }
        }
        messages
    }

    /// The announcement as messages for a peer that escapes nothing, one line each.
    #[must_use]
    pub fn plain(&self) -> Vec<String> {
        let lines = announced(&self.summary()).into_iter();
        lines.flat_map(sanitized).collect()
    }

    fn gathered(&self, groups: Vec<GatheredGroup>, is_rest: bool) -> Gathered {
        let last = self.posts.last();
        Gathered {
            last: last.map_or(PostId(0), |post| post.id),
            at: last.map_or(0, |post| post.at),
            groups,
            is_rest,
        }
    }

    /// The events with their posts, in the order in which each occurred first.
    fn events(&self) -> Vec<(&What, Vec<&Post>)> {
        let mut events: Vec<(&What, Vec<&Post>)> = Vec::new();
        for post in &self.posts {
            // A linear search is fast, because there are few kinds of event.
            match events.iter_mut().find(|(what, _)| **what == post.what) {
                Some((_, posts)) => posts.push(post),
                None => events.push((&post.what, vec![post])),
            }
        }
        events
    }
}

fn group(what: &What, named: &[&Post], others: usize) -> GatheredGroup {
    let members = named.iter().map(|post| GatheredMember {
        id: post.id,
        by: post.by.clone(),
    });
    GatheredGroup {
        what: what.clone(),
        members: members.collect(),
        more: others as u64,
    }
}

/// Whether a post with this event may be announced together with others.
pub(super) fn is_presence(what: &What) -> bool {
    verb(what).is_some()
}

/// A gathered announcement in words: one line for each event. Events that are not about presence
/// are left out.
#[must_use]
pub fn announced(gathered: &Gathered) -> Vec<String> {
    let lines = gathered.groups.iter().filter_map(|group| {
        let (one, many) = verb(&group.what)?;
        let names = group.members.iter().map(|it| it.by.name.to_string());
        let mut names: Vec<String> = names.collect();
        let more = usize::try_from(group.more).unwrap_or(usize::MAX);
        // A server may name more members than a line shows.
        let more = more.saturating_add(names.len().saturating_sub(NAMED));
        names.truncate(NAMED);
        let verb = match (names.len(), more) {
            (0, _) => return None,
            (1, 0) => one,
            _ => many,
        };
        Some(format!("-- {} {verb}", enumeration(names, more)))
    });
    lines.collect()
}

/// What one member has done, and several.
fn verb(what: &What) -> Option<(&'static str, &'static str)> {
    let same = |verb| Some((verb, verb));
    match what {
        What::Joined => same("joined."),
        What::Left { why } => match why {
            Parting::Quit | Parting::Other => same("left."),
            Parting::Lost => same("left: connection lost."),
            Parting::Silent => Some(("was removed: no answer.", "were removed: no answer.")),
            Parting::Behind => Some((
                "was removed: too slow to keep up.",
                "were removed: too slow to keep up.",
            )),
        },
        What::Away => Some((
            "lost the connection and may return.",
            "lost the connection and may return.",
        )),
        What::Back => same("reconnected."),
        What::Said { .. }
        | What::Acted { .. }
        | What::Kicked { .. }
        | What::Banned { .. }
        | What::Unbanned { .. }
        | What::Muted { .. }
        | What::Unmuted { .. }
        | What::Renamed { .. }
        | What::Coordinator
        | What::Began { .. }
        | What::Ended { .. }
        | What::Whispered { .. }
        | What::Moved { .. }
        | What::Undone { .. }
        | What::Tournament { .. }
        | What::Closed
        | What::Unknown => None,
    }
}
