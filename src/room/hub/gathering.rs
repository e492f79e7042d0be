//! Posts about who is in the room that are held, to be announced together.
//!
//! A join that is announced alone costs a delivery to every member, so that a class that comes in
//! together would cost the square of its size. Therefore only the first few joins, leaves, lost
//! connections and returns of a second are announced at once. Later ones are held until the next
//! tick, or until another post has to follow them, and then announced together.

use super::contract::ConnectionId;
use crate::room::announcement::is_presence;
use crate::wire::{Author, MemberId, Post};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

/// Maximum number of posts about who is in the room that are announced one by one between two
/// ticks.
const ALONE: usize = 8;

/// Maximum number of deliveries of these, in a room so large that eight posts would need more: one
/// post is announced in any case.
const DELIVERIES: usize = 8_192;

/// Maximum number of posts that are held.
const GATHERED: usize = 1_024;

/// Stored posts that are not announced yet.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Gathering {
    /// How many posts about who is in the room were announced one by one since the last tick.
    alone: usize,
    /// The posts, in order, as series of which each is announced together. They begin with a post
    /// about who is in the room. Posts that nobody is sent may be among them.
    series: Vec<Vec<Arc<Post>>>,
    /// The number of held posts.
    count: usize,
    /// Who the last series is about.
    members: BTreeSet<MemberId>,
    /// The names of these members.
    names: BTreeSet<Arc<str>>,
}

impl Gathering {
    /// Number of held posts.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// Whether the number of held posts is right.
    pub(super) fn is_counted(&self) -> bool {
        self.count == self.series.iter().map(Vec::len).sum::<usize>()
    }

    /// Whether no more posts can be held.
    pub(super) fn is_full(&self) -> bool {
        self.count >= GATHERED
    }

    /// Counts a post as announced alone if that is still allowed in a room of this many members. Returns
    /// whether it is.
    pub(super) fn pass(&mut self, members: usize) -> bool {
        let most = (DELIVERIES / members.max(1)).clamp(1, ALONE);
        let passes = self.count == 0 && self.alone < most;
        self.alone += usize::from(passes);
        passes
    }

    /// Allows as many posts as at the start.
    pub(super) fn begin_second(&mut self) {
        self.alone = 0;
    }

    /// Removes all held posts.
    pub(super) fn take(&mut self) -> Vec<Vec<Arc<Post>>> {
        self.members.clear();
        self.names.clear();
        self.count = 0;
        mem::take(&mut self.series)
    }

    /// Holds a post. An announcement loses the order of events, so it names no member twice, and no two
    /// members of the same name: the post that would do so begins another series.
    pub(super) fn hold(&mut self, post: Arc<Post>) {
        self.count += 1;
        let Author { id, name } = &post.by;
        if is_presence(&post.what) {
            if self.members.contains(id) || self.names.contains(name) {
                self.members.clear();
                self.names.clear();
                self.series.push(Vec::new());
            }
            self.members.insert(*id);
            self.names.insert(Arc::clone(name));
        }
        match self.series.last_mut() {
            Some(series) => series.push(post),
            None => self.series.push(vec![post]),
        }
    }
}

/// The connections that get posts as soon as these are announced.
#[derive(Debug, Clone)]
pub(super) struct Live {
    pub(super) all: Arc<[ConnectionId]>,
    /// Those of them whose programs keep the names of all members.
    pub(super) clients: Arc<[ConnectionId]>,
}
