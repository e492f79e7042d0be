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
        self.gathered(self.groups(Part::Summary), false)
    }

    /// All other members, for clients that keep a list of them.
    #[must_use]
    pub fn rest(&self) -> Vec<Gathered> {
        let mut messages = Vec::new();
        let (mut groups, mut left) = (Vec::new(), Gathered::PORTION);
        for GatheredGroup { what, members, .. } in self.groups(Part::Rest) {
            let mut members = members.into_iter().peekable();
            while members.peek().is_some() {
                let portion: Vec<_> = members.by_ref().take(left).collect();
                left -= portion.len();
                groups.push(GatheredGroup {
                    what: what.clone(),
                    members: portion,
                    more: 0,
                });
                if left == 0 {
                    messages.push(self.gathered(std::mem::take(&mut groups), true));
                    left = Gathered::PORTION;
                }
            }
        }
        if !groups.is_empty() {
            messages.push(self.gathered(groups, true));
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

    /// The events with the first members of each, or with the others.
    fn groups(&self, part: Part) -> Vec<GatheredGroup> {
        // There are few events, so that a search through them is fast.
        let mut groups: Vec<(usize, GatheredGroup)> = Vec::new();
        for post in &self.posts {
            let known = groups.iter().position(|(_, it)| it.what == post.what);
            let place = known.unwrap_or(groups.len());
            if known.is_none() {
                let what = post.what.clone();
                let (members, more) = (Vec::new(), 0);
                groups.push((
                    0,
                    GatheredGroup {
                        what,
                        members,
                        more,
                    },
                ));
            }
            let Some((count, group)) = groups.get_mut(place) else {
                continue;
            };
            *count += 1;
            if (*count <= NAMED) == (part == Part::Summary) {
                let (id, by) = (post.id, post.by.clone());
                group.members.push(GatheredMember { id, by });
            } else {
                group.more += 1;
            }
        }
        groups.into_iter().map(|(_, group)| group).collect()
    }
}

/// A part of an announcement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Summary,
    Rest,
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
        | What::Closed
        | What::Unknown => None,
    }
}
