//! How peers join and members return.

use super::{
    Coordination, Entrant, Holder, Hub, HubEffect, MemberLine, NEWCOMER_SEES, NamelessPeer,
    Recipient, Step,
};
use crate::room::budget::{Bucket, Origin};
use crate::room::farewell::Farewell;
use crate::room::line_mark::LineMark;
use crate::room::member::{Feed, Here, LastPing, LineReceipts, Member, MemberPeer, Presence};
use crate::room::name::Nick;
use crate::room::notice::RoomNotice;
use crate::room::post::Readers;
use crate::room::roster::{Company, NAMED};
use crate::wire::{
    self, Author, BoardForm, MemberId, Membership, Others, Parting, PostId, Sees, Ticket, What,
};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// Maximum number of old posts for an unknown client that claims to have been a member. A server
/// that crashed may have forgotten a new member; a client that lies is not sent the whole room.
const FORGIVEN: u64 = 1_024;

/// How long a disconnected member that has sent a line keeps its place in a full room: long enough
/// for a program to reconnect.
const GRACE: Duration = Duration::from_secs(15);

impl Hub {
    /// Makes a place for one more member from this address. Where there is none, a disconnected
    /// member is removed, first one that has never sent a line. Returns whether there is a place.
    fn make_way(&mut self, step: &mut Step<'_>, origin: Origin) -> bool {
        if self.is_far_behind() {
            return false;
        }
        let crowd = self.crowds.get(&origin).copied().unwrap_or(0);
        let limit = self.settings.per_address;
        if limit.is_some_and(|limit| crowd >= limit.get()) && !self.give_way(step, Some(origin)) {
            return false;
        }
        let limit = self.settings.members;
        limit.is_none_or(|limit| self.members.len() < limit.get()) || self.give_way(step, None)
    }

    /// Makes a place for one more connection. Where there is none, the oldest connection without a
    /// name is closed. Returns whether there is a place.
    fn make_way_for_a_connection(&mut self, step: &mut Step<'_>) -> bool {
        let limit = self.settings.members;
        if limit.is_none_or(|limit| self.connections.len() < limit.get().saturating_mul(2)) {
            return true;
        }
        let is_nameless = |holder: &Holder| matches!(holder, Holder::Nameless(_));
        let mut nameless = self
            .connections
            .iter()
            .filter(|(_, holder)| is_nameless(holder));
        let Some(connection) = nameless.next().map(|(connection, _)| *connection) else {
            return false;
        };
        self.connections.remove(&connection);
        let why = Farewell::Nameless;
        step.effects.push(HubEffect::Close { connection, why });
        true
    }

    /// Removes a disconnected member, of this address if one is given. Returns whether there was
    /// one.
    fn give_way(&mut self, step: &mut Step<'_>, origin: Option<Origin>) -> bool {
        let away = self.members.iter().filter_map(|(id, member)| {
            let Presence::Away { since } = member.presence else {
                return None;
            };
            let is_meant = origin.is_none_or(|origin| member.origin == Some(origin));
            let is_late = step.now.saturating_sub(since) >= GRACE;
            let may_go = member.spoke_at.is_none() || is_late;
            let is_free = is_meant && may_go && member.playing.is_none();
            is_free.then_some((member.spoke_at.is_some(), since, *id))
        });
        let Some((_, _, id)) = away.min() else {
            return false;
        };
        let why = Parting::Lost;
        self.leave(step, id, What::Left { why }, None);
        true
    }

    /// Whether nobody may join or return: while nothing can be stored, the posts about it would
    /// fill the memory.
    fn is_far_behind(&self) -> bool {
        self.unstored.len() >= self.settings.unstored.saturating_mul(2)
    }

    pub(super) fn connected(&mut self, step: &mut Step<'_>, line: MemberLine) {
        let MemberLine {
            connection,
            from,
            mark,
        } = line;
        if !self.make_way_for_a_connection(step) {
            let why = Farewell::Full;
            step.effects.push(HubEffect::Close { connection, why });
            return;
        }
        let nameless = NamelessPeer {
            from,
            mark,
            bucket: Bucket::default(),
            came_at: step.now,
            until: self.settings.introduction.map(|limit| step.now + limit),
        };
        self.connections
            .insert(connection, Holder::Nameless(Box::new(nameless)));
        // The peer is not asked for its name: its first text tells what it speaks.
        step.effects.push(HubEffect::Read {
            connection,
            at: step.now,
        });
    }

    pub(super) fn hello(
        &mut self,
        step: &mut Step<'_>,
        line: MemberLine,
        name: Option<&wire::Name>,
        room: Option<Entrant>,
        sees: Sees,
    ) {
        let MemberLine {
            connection, from, ..
        } = line;
        let known = room.and_then(|room| {
            let (_, id) = self.tickets.get(&room.ticket.handle())?;
            Some((*id, room.since))
        });
        let is_member = known.is_some_and(|(id, _)| self.members.contains_key(&id));
        if let Some((id, since)) = known
            && is_member
            && !self.is_far_behind()
        {
            return self.come_back(step, id, line, since, sees);
        }
        let wanted = name.and_then(|name| Nick::read(name.as_str()).ok());
        if let Some(barred) = self.bars(step, known.map(|(id, _)| id), wanted.as_ref()) {
            let why = Farewell::Barred(barred);
            step.effects.push(HubEffect::Close { connection, why });
            return;
        }
        if is_member || !self.make_way(step, Origin::from(from.ip())) {
            let why = Farewell::Full;
            step.effects.push(HubEffect::Close { connection, why });
            return;
        }
        let returns = known.and_then(|(id, since)| Some((id, self.departed.remove(&id)?, since)));
        if let Some((id, departed, since)) = returns {
            // Somebody else may have taken the name.
            let nick = Some(departed.nick.clone()).filter(|nick| self.is_free(nick, id));
            let nick = nick.unwrap_or_else(|| self.free_name(id));
            let start = self.start(since, departed.entered);
            let identity = Identity {
                id,
                nick,
                peer: MemberPeer::Tictalk(departed.ticket),
                lines: departed.lines,
                bucket: departed.bucket,
                sees,
            };
            self.admit(step, line, identity, start);
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        let nick = match name {
            Some(name) => self.available(step.now, name.as_str(), id),
            None => Ok(self.free_name(id)),
        };
        match nick {
            Ok(nick) => {
                let ticket = room.map(|room| room.ticket);
                let ticket = ticket.unwrap_or_else(|| self.new_ticket());
                let since = room.and_then(|room| room.since);
                let first = PostId(self.announced.0.saturating_sub(FORGIVEN));
                let start = self.start(since, self.newcomers_start()).max(first);
                let identity = Identity {
                    id,
                    nick,
                    peer: MemberPeer::Tictalk(ticket),
                    lines: LineReceipts::default(),
                    bucket: Bucket::default(),
                    sees,
                };
                self.admit(step, line, identity, start);
            }
            Err(error) => {
                let why = Farewell::Name(error);
                step.effects.push(HubEffect::Close { connection, why });
            }
        }
    }

    /// Takes the first line of a peer as its name.
    pub(super) fn introduce(&mut self, step: &mut Step<'_>, line: MemberLine, text: &str) {
        let MemberLine {
            connection, from, ..
        } = line;
        if wire::is_request_line(text) {
            self.connections.remove(&connection);
            let why = Farewell::Nameless;
            step.effects.push(HubEffect::Close { connection, why });
            return;
        }
        let origin = Origin::from(from.ip());
        if let Ok(nick) = Nick::read(text)
            && let Some(barred) = self.bars_plain(step, &nick, origin)
        {
            self.connections.remove(&connection);
            let why = Farewell::Barred(barred);
            step.effects.push(HubEffect::Close { connection, why });
            return;
        }
        let id = MemberId(self.last_member.0 + 1);
        match self.available(step.now, text, id) {
            Ok(_) if !self.make_way(step, origin) => {
                self.connections.remove(&connection);
                let why = Farewell::Full;
                step.effects.push(HubEffect::Close { connection, why });
            }
            Ok(nick) => {
                let start = self.newcomers_start();
                let bucket = match self.connections.get(&connection) {
                    Some(Holder::Nameless(nameless)) => nameless.bucket,
                    _ => Bucket::default(),
                };
                let identity = Identity {
                    id,
                    nick,
                    peer: MemberPeer::Plain,
                    lines: LineReceipts::default(),
                    bucket,
                    sees: Sees::default(),
                };
                self.admit(step, line, identity, start);
            }
            Err(error) => step.tell(
                Recipient::Connection(connection),
                RoomNotice::NotAName(error),
            ),
        }
    }

    /// Adds a member, who is sent the posts after `start`.
    fn admit(&mut self, step: &mut Step<'_>, line: MemberLine, identity: Identity, start: PostId) {
        let connection = line.connection;
        let Identity {
            id,
            nick,
            peer,
            lines,
            bucket,
            sees,
        } = identity;
        self.last_member = self.last_member.max(id);
        self.take_name(&nick, id);
        let name = nick.shared();
        if let Some(ticket) = peer.ticket() {
            self.tickets.insert(ticket.handle(), (ticket, id));
        }
        let member = Member {
            nick,
            peer,
            origin: None,
            mark: LineMark::Unmarked,
            joined_at: step.now,
            entered: start,
            spoke_at: None,
            lines,
            bucket,
            presence: Presence::Away { since: step.now },
            playing: None,
            watching: None,
            offer: None,
            last_game: None,
            boards: BoardForm::Drawing,
            sees,
        };
        self.members.insert(id, Box::new(member));
        self.arrive(step, id, line, start);
        step.tell(
            Recipient::Connection(connection),
            RoomNotice::Entered {
                name: Arc::clone(&name),
                id,
                company: self.company(id),
                is_plain: peer == MemberPeer::Plain,
            },
        );
        self.catch_up(step, id);
        self.post_entry(step, Author { id, name }, What::Joined, peer.ticket());
        self.elect(step);
    }

    /// Gives a member its new connection.
    fn come_back(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        line: MemberLine,
        since: Option<PostId>,
        sees: Sees,
    ) {
        let connection = line.connection;
        let Some(member) = self.members.get(&id) else {
            return;
        };
        let start = self.start(since, member.entered);
        let was_away = match member.connection() {
            None => true,
            Some(old) => {
                // The loss of the old connection was not noticed yet.
                self.connections.remove(&old);
                let why = Farewell::Replaced;
                step.effects.push(HubEffect::Close {
                    connection: old,
                    why,
                });
                false
            }
        };
        if let Some(member) = self.members.get_mut(&id) {
            member.sees = sees;
        }
        self.arrive(step, id, line, start);
        if since.is_none() {
            let returned = RoomNotice::Returned(self.company(id));
            step.tell(Recipient::Connection(connection), returned);
        }
        self.catch_up(step, id);
        if was_away {
            self.post(step, id, What::Back);
        }
        self.elect(step);
        self.show_table(step, id);
    }

    /// Connects a member, who is sent the posts after `start`.
    fn arrive(&mut self, step: &mut Step<'_>, id: MemberId, line: MemberLine, start: PostId) {
        let MemberLine {
            connection,
            from,
            mark,
        } = line;
        self.live = None;
        if !self.connections.contains_key(&connection) {
            // Members have at most half of the connections, so there always is a place.
            self.make_way_for_a_connection(step);
        }
        self.connections.insert(connection, Holder::Member(id));
        self.present.insert(id);
        let rate = self.settings.rate;
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let origin = Origin::from(from.ip());
        if member.origin != Some(origin) {
            *self.crowds.entry(origin).or_default() += 1;
            if let Some(old) = member.origin.replace(origin) {
                leave_crowd(&mut self.crowds, old);
            }
        }
        // What was spent over an earlier connection stays spent.
        let at = self
            .accounts
            .ready_at(step.now, origin, &member.bucket, rate);
        self.has_new_marks |= std::mem::replace(&mut member.mark, mark) != mark;
        member.presence = Presence::Here(Here {
            connection,
            from,
            heard_at: at,
            is_read: true,
            pinged_at: step.now,
            last_ping: LastPing::Awaited,
            feed: Feed::Behind(start),
        });
        if let Some(ticket) = member.peer.ticket() {
            let room = Membership {
                you: id,
                name: member.nick.shared(),
                ticket: Some(ticket),
                heard: member.lines.done(),
                since: start,
                key: None,
                others: Others::default(),
            };
            step.effects.push(HubEffect::Welcome { connection, room });
            self.send_members(step, connection, MemberId::HOST);
            step.effects.push(HubEffect::Ping(connection));
        }
        step.effects.push(HubEffect::Read { connection, at });
    }

    /// The room and its members, as this member is told.
    fn company(&self, reader: MemberId) -> Company {
        let host = self.settings.host.shared();
        let room = self.settings.room.clone();
        let is_other = |id: &MemberId| *id != reader;
        let is_here = |id: &MemberId| self.present.contains(id);
        let coordinator = self.coordinator.filter(is_other).filter(is_here);
        let others = self.present.iter().copied().filter(is_other);
        let others = others.take(NAMED).filter(|id| coordinator != Some(*id));
        let named: Vec<MemberId> = coordinator.into_iter().chain(others).collect();
        let here = self.present.len() - usize::from(self.present.contains(&reader));
        let named = named.iter().filter_map(|id| self.members.get(id));
        let named: Vec<_> = named.map(|member| member.nick.shared()).collect();
        Company {
            host: (!self.settings.host.is_reserved() && room.as_ref() != Some(&host))
                .then_some(host),
            room,
            more: here.saturating_sub(named.len()),
            named,
            has_coordinator: coordinator.is_some(),
            is_hosts: self.settings.coordination == Coordination::Host,
        }
    }

    /// The last post that a new member is not sent.
    fn newcomers_start(&self) -> PostId {
        let public = self.recent.iter().rev();
        let mut public = public.filter(|post| Readers::of(post) == Readers::Everybody);
        let before = usize::try_from(NEWCOMER_SEES).unwrap_or(usize::MAX);
        match (public.nth(before), self.recent.front()) {
            (Some(post), _) => post.id,
            // Posts that newcomers are not sent do not count, as far as they are in memory.
            (None, oldest) => {
                let oldest = oldest.map_or(u64::MAX, |post| post.id.0.saturating_sub(1));
                PostId(oldest.min(self.announced.0.saturating_sub(NEWCOMER_SEES)))
            }
        }
    }

    /// The last post that a client is not sent which has seen the posts up to `since`: `first` if
    /// it has seen none of this room. A restarted client leaves `since` out, and starts as a new
    /// member does.
    fn start(&self, since: Option<PostId>, first: PostId) -> PostId {
        match since {
            None => self.newcomers_start(),
            Some(since) if since > PostId(0) && since <= self.stored => since.min(self.announced),
            Some(_) => first,
        }
    }

    fn new_ticket(&mut self) -> Ticket {
        Ticket::new(self.chance.array())
    }
}

/// A new member.
struct Identity {
    id: MemberId,
    nick: Nick,
    peer: MemberPeer,
    lines: LineReceipts,
    bucket: Bucket,
    sees: Sees,
}

/// Counts one member less at this address.
pub(super) fn leave_crowd(crowds: &mut HashMap<Origin, usize>, origin: Origin) {
    if let Some(count) = crowds.get_mut(&origin) {
        *count -= 1;
        if *count == 0 {
            crowds.remove(&origin);
        }
    }
}
