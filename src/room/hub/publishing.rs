//! How stored posts reach the members: at once, or gathered.
//!
//! The held posts are the stored posts after `Hub::announced`. A member that catches up gets the posts
//! up to it, and the held ones together with everybody else.

use super::gathering::Live;
use super::{ConnectionId, Hub, HubEffect, RECENT_POSTS, Recipients, Step};
use crate::room::announcement::{Announcement, is_presence};
use crate::room::member::Feed;
use crate::room::post::Readers;
use crate::wire::Post;
use std::sync::Arc;

impl Hub {
    /// Tells the members of a stored post, or holds it.
    pub(super) fn publish(
        &mut self,
        step: &mut Step<'_>,
        post: Arc<Post>,
        but: [Option<ConnectionId>; 2],
    ) {
        let is_presence = is_presence(&post.what);
        let readers = Readers::of(&post);
        let may_be_held = is_presence || readers == Readers::Nobody;
        if !may_be_held || self.gathering.is_full() {
            self.announce(step);
        }
        let is_held = match readers {
            Readers::Everybody => is_presence && !self.gathering.pass(self.present.len()),
            Readers::Pair(_) => false,
            Readers::Nobody => self.gathering.count() > 0,
        };
        if is_held {
            return self.gathering.hold(post);
        }
        self.note_announced(&post);
        match readers {
            Readers::Everybody => self.deliver(step, post, but),
            Readers::Pair(pair) => self.whispered(step, &post, pair),
            Readers::Nobody => {}
        }
    }

    /// Announces what was held since the last tick.
    pub(super) fn announce_at_tick(&mut self, step: &mut Step<'_>) {
        self.announce(step);
        self.gathering.begin_second();
    }

    /// Announces the held posts, in one message for each series. A post that is alone in its series is
    /// announced like any other.
    fn announce(&mut self, step: &mut Step<'_>) {
        for mut series in self.gathering.take() {
            for post in &series {
                self.note_announced(post);
            }
            series.retain(|post| is_presence(&post.what));
            if series.len() > 1 {
                let Live { all, clients } = self.live();
                step.effects.push(HubEffect::Announce {
                    announcement: Arc::new(Announcement::new(series)),
                    to: all,
                    clients,
                });
            } else if let Some(post) = series.pop() {
                self.deliver(step, post, [None; 2]);
            }
        }
    }

    /// Sends a post to all members that are up to date.
    fn deliver(&mut self, step: &mut Step<'_>, post: Arc<Post>, but: [Option<ConnectionId>; 2]) {
        let connections = self.live().all;
        let to = Recipients::All { connections, but };
        step.effects.push(HubEffect::Deliver { post, to });
    }

    /// Notes a post that members who catch up are sent from now on.
    fn note_announced(&mut self, post: &Arc<Post>) {
        self.announced = post.id;
        if self.recent.len() >= RECENT_POSTS {
            self.recent.pop_front();
        }
        self.recent.push_back(Arc::clone(post));
    }

    /// The connections that get posts as soon as these are announced.
    pub(super) fn live(&mut self) -> Live {
        let live = self.live.get_or_insert_with(|| {
            let members = self.members.values();
            let live = members.filter_map(|member| Some((member.here()?, member.peer)));
            let live = live.filter(|(here, _)| here.feed == Feed::Live);
            let live: Vec<_> = live.map(|(here, peer)| (here.connection, peer)).collect();
            let clients = live.iter().filter(|(_, peer)| peer.keeps_names());
            Live {
                clients: clients.map(|(connection, _)| *connection).collect(),
                all: live.iter().map(|(connection, _)| *connection).collect(),
            }
        });
        live.clone()
    }
}
