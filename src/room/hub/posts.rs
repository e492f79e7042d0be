//! Posts: how they are made, stored, sent, and sent again to members that catch up.

use super::obey::NextRead;
use super::{
    ConnectionId, Found, Holder, Hub, HubEffect, Listing, Query, Recipient, Recipients, RoomStage,
    SentPosts, Step, Unstored,
};
use crate::room::farewell::Farewell;
use crate::room::member::{Feed, MemberPeer};
use crate::room::notice::RoomNotice;
use crate::room::post::{PostRecord, Readers, size};
use crate::room::table_record::TableChange;
use crate::wire::{Author, MemberId, Post, PostId, Private, Ticket, What};
use std::collections::{BTreeSet, HashSet};
use std::mem;
use std::sync::Arc;

/// Maximum number of posts in one query for a member that catches up.
const CATCH_UP: usize = 200;

/// How many bytes of an answer cost as much as one byte of a line, which everybody is sent.
const ANSWER: usize = 4;

impl Hub {
    /// Makes a post of this member, or of the host.
    pub(super) fn post(&mut self, step: &mut Step<'_>, id: MemberId, what: What) {
        let name = match self.members.get(&id) {
            Some(member) => member.nick.shared(),
            None => self.settings.host.shared(),
        };
        self.post_entry(step, Author { id, name }, what, None);
    }

    pub(super) fn post_entry(
        &mut self,
        step: &mut Step<'_>,
        by: Author,
        what: What,
        ticket: Option<Ticket>,
    ) {
        let author = self.members.get(&by.id);
        let but = author
            .filter(|author| is_message(&what) && !author.peer.gets_own_messages())
            .and_then(|member| member.connection());
        self.post_record(step, by, what, ticket, None, [but, None]);
    }

    /// Makes a post about a game, which the connections in `but` are not sent.
    pub(super) fn post_of_table(
        &mut self,
        step: &mut Step<'_>,
        by: Author,
        what: What,
        change: TableChange,
        but: [Option<ConnectionId>; 2],
    ) {
        self.post_record(step, by, what, None, Some(change), but);
    }

    fn post_record(
        &mut self,
        step: &mut Step<'_>,
        by: Author,
        what: What,
        ticket: Option<Ticket>,
        table: Option<TableChange>,
        but: [Option<ConnectionId>; 2],
    ) {
        self.last = self.last.next();
        let post = Arc::new(Post {
            id: self.last,
            at: self.clock(step),
            by,
            what,
        });
        self.sanctions.note(&post);
        self.results.add(&post);
        self.unstored.push_back(Unstored {
            post: Arc::clone(&post),
            but,
            awaited_by: None,
        });
        step.effects.push(HubEffect::Store(PostRecord {
            post,
            ticket,
            line: step.line,
            table,
            input: None,
        }));
    }

    /// Sends the posts up to this one, which are stored now.
    pub(super) fn stored(&mut self, step: &mut Step<'_>, up_to: PostId) {
        let mut awaiting = BTreeSet::new();
        while let Some(next) = self.unstored.pop_front_if(|next| next.post.id <= up_to) {
            let Unstored {
                post,
                but,
                awaited_by,
            } = next;
            self.stored = post.id;
            awaiting.extend(awaited_by);
            self.publish(step, post, but);
        }
        for id in awaiting {
            if let Some(departed) = self.departed.get_mut(&id) {
                departed.lines.store(self.stored);
            } else if let Some(member) = self.members.get_mut(&id)
                && let Some(number) = member.lines.store(self.stored)
                && let Some(connection) = member.connection()
            {
                step.effects.push(HubEffect::Receipt { connection, number });
            }
        }
        if self.unstored.len() < self.settings.unstored {
            for (connection, at) in mem::take(&mut self.held) {
                self.read(step, connection, at.max(step.now));
            }
        }
        if matches!(self.stage, RoomStage::Closing(last) if last <= self.stored) {
            self.stage = RoomStage::Over;
            let live: HashSet<_> = self.live().all.iter().copied().collect();
            for connection in mem::take(&mut self.connections).into_keys() {
                let is_posted = live.contains(&connection);
                let why = Farewell::Closed { is_posted };
                step.effects.push(HubEffect::Close { connection, why });
            }
            step.effects.push(HubEffect::Over);
        }
    }

    /// Tells both people of a private message, if they are connected and up to date.
    pub(super) fn whispered(&self, step: &mut Step<'_>, post: &Post, pair: [MemberId; 2]) {
        for id in pair {
            let reader = match self.members.get(&id).map(|member| member.here()) {
                None if id == MemberId::HOST => Recipient::Host,
                Some(Some(here)) if here.feed == Feed::Live => {
                    Recipient::Connection(here.connection)
                }
                _ => continue,
            };
            tell_private(step.effects, reader, post, id, Telling::First);
        }
    }

    /// Closes the room.
    pub(super) fn close_room(&mut self, step: &mut Step<'_>) {
        self.post(step, MemberId::HOST, What::Closed);
        self.stage = RoomStage::Closing(self.last);
    }

    /// Sends a member the posts that it has missed, as far as they are in memory.
    pub(super) fn catch_up(&mut self, step: &mut Step<'_>, id: MemberId) {
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let peer = member.peer;
        let Some(here) = member.here_mut() else {
            return;
        };
        let Feed::Behind(seen) = here.feed else {
            return;
        };
        let connection = here.connection;
        let oldest = self.recent.front().map(|post| post.id);
        if seen < self.announced && oldest.is_none_or(|oldest| oldest > seen.next()) {
            step.effects.push(HubEffect::Look {
                to: Recipient::Connection(connection),
                query: Query::After(seen, CATCH_UP),
            });
            return;
        }
        let missed = self.recent.iter().filter(|post| post.id > seen);
        let reader = Reader {
            id,
            peer,
            connection,
        };
        if let Delivered::Full { last } =
            reader.deliver(step.effects, missed, self.settings.at_once)
        {
            // The rest follows when the queue has space for it.
            here.feed = Feed::Behind(last);
            step.effects.push(HubEffect::Look {
                to: Recipient::Connection(connection),
                query: Query::After(last, CATCH_UP),
            });
            return;
        }
        here.feed = Feed::Live;
        self.live = None;
    }

    pub(super) fn found(&mut self, step: &mut Step<'_>, found: Found) {
        let sent = self.send_found(&found.to, &found.query, found.posts, step.effects);
        self.sent(step, found.to, found.query, sent, found.rest);
    }

    /// Sends posts that the store has found for a query to the reader of the query. The hub itself does
    /// not change: the caller has to hand in [`HubInput::Sent`](super::HubInput::Sent) with the value that
    /// this returns.
    pub fn send_found(
        &self,
        to: &Recipient,
        query: &Query,
        posts: Vec<Arc<Post>>,
        effects: &mut Vec<HubEffect>,
    ) -> SentPosts {
        match query {
            Query::After(after, _) => self.send_missed(*to, *after, &posts, effects),
            Query::Said(_) | Query::Posts(_) => {
                let last = posts.last().map(|post| post.id);
                let bytes = posts.iter().map(|post| size(post)).sum();
                self.recall(effects, *to, posts);
                last.map_or(SentPosts::None, |last| SentPosts::UpTo { last, bytes })
            }
            // The hub knows its members itself.
            Query::Members(..) => SentPosts::None,
        }
    }

    /// Sends a member that catches up posts after `after`.
    fn send_missed(
        &self,
        to: Recipient,
        after: PostId,
        posts: &[Arc<Post>],
        effects: &mut Vec<HubEffect>,
    ) -> SentPosts {
        let Some(reader) = self.behind(to, after) else {
            return SentPosts::None;
        };
        // Newer posts are announced later.
        let announced = self.announced;
        let missed = posts
            .iter()
            .filter(|post| post.id > after && post.id <= announced);
        let bytes = posts.iter().map(|post| size(post)).sum();
        let last = match reader.deliver(effects, missed, self.settings.at_once) {
            Delivered::Full { last } | Delivered::All { last: Some(last) } => last,
            Delivered::All { last: None } => {
                // The store has no more posts: those in memory are all that is left.
                let oldest = self.recent.front().map(|post| post.id.0);
                PostId(oldest.map_or(announced.0, |oldest| oldest.saturating_sub(1)))
            }
        };
        SentPosts::UpTo { last, bytes }
    }

    /// The reader, if it is a member that has the posts up to `after` and catches up.
    fn behind(&self, to: Recipient, after: PostId) -> Option<Reader> {
        let Recipient::Connection(connection) = to else {
            return None;
        };
        let Some(Holder::Member(id)) = self.connections.get(&connection) else {
            return None;
        };
        let member = self.members.get(id)?;
        (member.here()?.feed == Feed::Behind(after)).then_some(Reader {
            id: *id,
            peer: member.peer,
            connection,
        })
    }

    /// Notes what a reader was sent for a query, and answers the rest of it.
    pub(super) fn sent(
        &mut self,
        step: &mut Step<'_>,
        to: Recipient,
        query: Query,
        sent: SentPosts,
        rest: Option<Query>,
    ) {
        match query {
            Query::After(after, _) => {
                let SentPosts::UpTo { last, .. } = sent else {
                    return;
                };
                let Some(reader) = self.behind(to, after) else {
                    return;
                };
                let member = self.members.get_mut(&reader.id);
                if let Some(here) = member.and_then(|member| member.here_mut()) {
                    here.feed = Feed::Behind(last.max(after));
                    self.catch_up(step, reader.id);
                }
            }
            Query::Members(listing, after) => {
                let then = self.list(step, to, listing, after);
                // A survey does not pause its reader, so there is nothing to resume.
                if then == NextRead::Now && listing == Listing::Who {
                    self.answered(step, to);
                }
            }
            Query::Said(_) | Query::Posts(_) => {
                match (sent, to) {
                    (SentPosts::None, _) if rest.is_none() => {
                        step.tell(to, RoomNotice::NothingFound);
                    }
                    (SentPosts::UpTo { bytes, .. }, Recipient::Connection(connection)) => {
                        self.charge(step, connection, bytes / ANSWER);
                    }
                    _ => {}
                }
                match rest {
                    Some(query) => step.effects.push(HubEffect::Look { to, query }),
                    None => self.answered(step, to),
                }
            }
        }
    }
}

impl Hub {
    /// Sends old posts to somebody who has asked for them, private ones in other words.
    fn recall(&self, effects: &mut Vec<HubEffect>, to: Recipient, posts: Vec<Arc<Post>>) {
        let reader = match to {
            Recipient::Host | Recipient::Console(_) => MemberId::HOST,
            Recipient::Connection(connection) => match self.connections.get(&connection) {
                Some(Holder::Member(id)) => *id,
                _ => return,
            },
        };
        let mut public = Vec::new();
        for post in posts {
            match Readers::of(&post) {
                Readers::Everybody => public.push(post),
                Readers::Pair(pair) if pair.contains(&reader) => {
                    if !public.is_empty() {
                        let posts = mem::take(&mut public);
                        effects.push(HubEffect::Recall { to, posts });
                    }
                    tell_private(effects, to, &post, reader, Telling::Again);
                }
                Readers::Pair(_) | Readers::Nobody => {}
            }
        }
        if !public.is_empty() {
            let posts = public;
            effects.push(HubEffect::Recall { to, posts });
        }
    }

    /// Reads the next line of somebody whose command is answered.
    fn answered(&mut self, step: &mut Step<'_>, to: Recipient) {
        if let Recipient::Connection(connection) = to {
            self.read_on(step, connection);
        }
    }
}

/// A member that catches up.
struct Reader {
    id: MemberId,
    peer: MemberPeer,
    connection: ConnectionId,
}

/// How much of what a reader has missed was delivered, and the last post of it.
enum Delivered {
    All { last: Option<PostId> },
    Full { last: PostId },
}

impl Reader {
    /// Delivers posts until they add up to `at_once` bytes.
    fn deliver<'posts>(
        &self,
        effects: &mut Vec<HubEffect>,
        posts: impl Iterator<Item = &'posts Arc<Post>>,
        at_once: usize,
    ) -> Delivered {
        let (mut last, mut bytes) = (None, 0);
        for post in posts {
            if let Some(last) = last
                && bytes >= at_once
            {
                return Delivered::Full { last };
            }
            last = Some(post.id);
            match Readers::of(post) {
                Readers::Everybody => {}
                Readers::Pair(pair) => {
                    if pair.contains(&self.id) {
                        bytes += size(post);
                        let reader = Recipient::Connection(self.connection);
                        tell_private(effects, reader, post, self.id, Telling::First);
                    }
                    continue;
                }
                Readers::Nobody => continue,
            }
            bytes += size(post);
            let is_own = post.by.id == self.id && is_message(&post.what);
            if !is_own || self.peer.gets_own_messages() {
                effects.push(HubEffect::Deliver {
                    post: Arc::clone(post),
                    to: Recipients::One(self.connection),
                });
            }
        }
        Delivered::All { last }
    }
}

/// Whether this is a message, which its author has typed and seen.
fn is_message(what: &What) -> bool {
    matches!(what, What::Said { .. } | What::Acted { .. })
}

/// Whether a private message is news for its reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Telling {
    First,
    /// The reader has asked for old posts.
    Again,
}

/// Tells one of the two people of a private message.
fn tell_private(
    effects: &mut Vec<HubEffect>,
    to: Recipient,
    post: &Post,
    reader: MemberId,
    telling: Telling,
) {
    let What::Whispered { whom, text, .. } = &post.what else {
        return;
    };
    let text = text.to_string();
    let (id, by) = (post.id, post.by.id);
    let told = (telling == Telling::First).then_some(Private { id, by });
    let notice = if post.by.id == reader {
        let to = Arc::clone(whom);
        RoomNotice::Whispering {
            to,
            text,
            post: told,
        }
    } else {
        let from = Arc::clone(&post.by.name);
        RoomNotice::Whispered {
            from,
            text,
            post: told,
        }
    };
    effects.push(HubEffect::Tell { to, notice });
}
