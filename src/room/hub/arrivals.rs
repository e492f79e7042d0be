//! Who comes in, and who comes back.

use super::{Effect, Hub, Link, NEWCOMER_SEES, Party, Reader, Step};
use crate::room::member::{Bucket, Echo, Feed, Here, Lines, Member, Presence};
use crate::room::name::Nick;
use crate::room::notice::{Farewell, Notice};
use crate::wire::{self, Author, Entrance, MemberId, Membership, PostId, Ticket, What};
use std::net::SocketAddr;
use std::sync::Arc;

impl Hub {
    /// Whether there is no room for one more.
    fn is_full(&self) -> bool {
        self.members.len() >= self.settings.members || self.is_far_behind()
    }

    /// Whether nobody may come in, nor come back: who comes and goes while nothing can be stored
    /// would fill the memory with it.
    fn is_far_behind(&self) -> bool {
        self.unstored.len() >= self.settings.unstored.saturating_mul(2)
    }

    pub(super) fn connected(&mut self, step: &mut Step<'_>, link: Link, from: SocketAddr) {
        if self.is_full() || self.links.len() >= self.settings.members.saturating_mul(2) {
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let stranger = Party::Stranger {
            from,
            bucket: Bucket::default(),
            until: step.now.saturating_add(self.settings.introduction),
        };
        self.links.insert(link, stranger);
        // It is not asked for its name: what it speaks is only known by the first thing it says.
        step.effects.push(Effect::Read { link, at: step.now });
    }

    pub(super) fn hello(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        from: SocketAddr,
        name: Option<&wire::Name>,
        room: Option<Entrance>,
    ) {
        let known = room.and_then(|room| {
            let id = *self.tickets.get(&room.ticket)?;
            Some((id, room.since))
        });
        if let Some((id, since)) = known
            && self.members.contains_key(&id)
            && !self.is_far_behind()
        {
            return self.come_back(step, id, link, from, since);
        }
        if self.is_full() || known.is_some_and(|(id, _)| self.members.contains_key(&id)) {
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let returns = known.and_then(|(id, since)| Some((id, self.departed.remove(&id)?, since)));
        if let Some((id, departed, since)) = returns {
            // Others may have found the name free.
            let nick = Some(departed.nick.clone()).filter(|nick| self.is_free(nick, id));
            let nick = nick.unwrap_or_else(|| self.free_name(id));
            let start = self.start(since, departed.entered);
            let identity = Identity {
                id,
                nick,
                ticket: Some(departed.ticket),
                lines: departed.lines,
            };
            self.admit(step, link, from, identity, start);
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        let nick = match name {
            Some(name) => self.available(name.as_str(), id),
            None => Ok(self.free_name(id)),
        };
        match nick {
            Ok(nick) => {
                let ticket = room.map(|room| room.ticket);
                let ticket = Some(ticket.unwrap_or_else(|| self.new_ticket()));
                // A server that crashed may have forgotten who had just come in.
                let since = room.map_or(PostId(0), |room| room.since);
                let start = self.start(since, self.newcomers_start());
                let identity = Identity {
                    id,
                    nick,
                    ticket,
                    lines: Lines::default(),
                };
                self.admit(step, link, from, identity, start);
            }
            Err(error) => {
                let why = Farewell::Name(error);
                step.effects.push(Effect::Close { link, why });
            }
        }
    }

    /// A stranger says a name.
    pub(super) fn introduce(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        from: SocketAddr,
        text: &str,
    ) {
        if self.is_full() {
            self.links.remove(&link);
            let why = Farewell::Full;
            step.effects.push(Effect::Close { link, why });
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        match self.available(text, id) {
            Ok(nick) => {
                let start = self.newcomers_start();
                let identity = Identity {
                    id,
                    nick,
                    ticket: None,
                    lines: Lines::default(),
                };
                self.admit(step, link, from, identity, start);
            }
            Err(error) => step.tell(Reader::Link(link), Notice::NotAName(error)),
        }
    }

    /// Somebody becomes a member, and sees what was posted behind `start`.
    fn admit(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        from: SocketAddr,
        identity: Identity,
        start: PostId,
    ) {
        let Identity {
            id,
            nick,
            ticket,
            lines,
        } = identity;
        self.last_member = self.last_member.max(id);
        self.take_name(&nick, id);
        let name = nick.shared();
        if let Some(ticket) = ticket {
            self.tickets.insert(ticket, id);
        }
        let member = Member {
            nick,
            ticket,
            joined_at: step.now,
            entered: start,
            spoke_at: step.now,
            lines,
            bucket: Bucket::default(),
            presence: Presence::Away { since: step.now },
            playing: None,
            watching: None,
            offer: None,
        };
        self.members.insert(id, member);
        self.arrive(step, id, link, from, start);
        step.tell(
            Reader::Link(link),
            Notice::Entered {
                name: Arc::clone(&name),
                id,
                count: self.members.len(),
            },
        );
        self.catch_up(step, id);
        self.post_entry(step, Author { id, name }, What::Joined, ticket);
        self.elect(step);
    }

    /// A member that is in has connected anew.
    fn come_back(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        link: Link,
        from: SocketAddr,
        since: PostId,
    ) {
        let Some(member) = self.members.get(&id) else {
            return;
        };
        let start = self.start(since, member.entered);
        let was_away = match member.link() {
            None => true,
            Some(old) => {
                // We have not noticed yet that it is gone.
                self.links.remove(&old);
                let why = Farewell::Replaced;
                step.effects.push(Effect::Close { link: old, why });
                false
            }
        };
        self.arrive(step, id, link, from, start);
        self.catch_up(step, id);
        if was_away {
            self.post(step, id, What::Back);
        }
        self.elect(step);
        self.show_table(step, id);
    }

    /// A member has this connection now.
    fn arrive(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        link: Link,
        from: SocketAddr,
        start: PostId,
    ) {
        self.live = None;
        self.links.insert(link, Party::Member(id));
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        member.presence = Presence::Here(Here {
            link,
            from,
            heard_at: step.now,
            is_read: true,
            pinged_at: step.now,
            echo: Echo::Awaited,
            feed: Feed::Behind(start),
        });
        if let Some(ticket) = member.ticket {
            let room = Membership {
                you: id,
                name: member.nick.shared(),
                ticket,
                heard: member.lines.done(),
                since: start,
            };
            step.effects.push(Effect::Welcome { link, room });
            step.effects.push(Effect::Ping(link));
        }
        step.effects.push(Effect::Read { link, at: step.now });
    }

    /// Behind which post a newcomer begins: it sees what was said last.
    fn newcomers_start(&self) -> PostId {
        PostId(self.stored.0.saturating_sub(NEWCOMER_SEES))
    }

    /// Behind which post somebody goes on who has seen the posts up to `since`: behind the same
    /// one, or behind `first` where it has seen none, or none of this room.
    fn start(&self, since: PostId, first: PostId) -> PostId {
        let is_ours = since > PostId(0) && since <= self.stored;
        if is_ours { since } else { first }
    }

    fn new_ticket(&mut self) -> Ticket {
        let bytes = self.chance.bytes();
        let (ticket, _) = bytes.as_chunks::<16>();
        Ticket::new(ticket.first().copied().unwrap_or_default())
    }
}

/// Who comes in.
struct Identity {
    id: MemberId,
    nick: Nick,
    /// What it can come back by; framed and raw peers have none.
    ticket: Option<Ticket>,
    lines: Lines,
}
