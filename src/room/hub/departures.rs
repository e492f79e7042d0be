//! How members leave, and who becomes the coordinator.

use super::arrivals::leave_crowd;
use super::{ConnectionId, Coordination, Holder, Hub, HubEffect, Recipient, Step};
use crate::room::farewell::Farewell;
use crate::room::member::{Departed, MemberPeer, Presence};
use crate::room::notice::RoomNotice;
use crate::room::post::REMEMBERED;
use crate::wire::{MemberId, Parting, What};

impl Hub {
    /// Handles the loss of a connection.
    pub(super) fn lose(
        &mut self,
        step: &mut Step<'_>,
        connection: ConnectionId,
        why: Parting,
        farewell: Option<Farewell>,
    ) {
        let Some(holder) = self.connections.get(&connection) else {
            return;
        };
        let Holder::Member(id) = *holder else {
            self.connections.remove(&connection);
            return self.close(step, connection, farewell);
        };
        let peer = self.members.get(&id).map(|member| member.peer);
        if peer.and_then(MemberPeer::ticket).is_none() {
            return self.leave(step, id, What::Left { why }, farewell);
        }
        self.connections.remove(&connection);
        self.present.remove(&id);
        self.live = None;
        self.close(step, connection, farewell);
        if let Some(member) = self.members.get_mut(&id) {
            let since = step.now;
            member.presence = Presence::Away { since };
        }
        self.post(step, id, What::Away);
        self.forget_offers(step, id);
        self.elect(step);
    }

    pub(super) fn close(
        &mut self,
        step: &mut Step<'_>,
        connection: ConnectionId,
        why: Option<Farewell>,
    ) {
        if let Some(why) = why {
            step.effects.push(HubEffect::Close { connection, why });
        }
    }

    /// Removes a member.
    pub(super) fn leave(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        what: What,
        farewell: Option<Farewell>,
    ) {
        self.post(step, id, what);
        self.forget_offers(step, id);
        if let Some(contest) = &mut self.contest {
            contest.depart(id);
        }
        self.forfeit(step, id);
        let Some(member) = self.members.remove(&id) else {
            return;
        };
        self.present.remove(&id);
        self.live = None;
        self.free_the_name(&member.nick, id);
        if let Some(origin) = member.origin {
            leave_crowd(&mut self.crowds, origin);
        }
        if let Some(connection) = member.connection() {
            self.connections.remove(&connection);
            self.close(step, connection, farewell);
        }
        if let Some(ticket) = member.peer.ticket() {
            self.remember(
                id,
                Departed {
                    ticket,
                    nick: member.nick,
                    lines: member.lines,
                    entered: member.entered,
                    bucket: member.bucket,
                },
            );
        }
        if self.claim == Some(id) {
            self.claim = None;
        }
        self.elect(step);
    }

    /// Remembers a former member, who may return.
    pub(super) fn remember(&mut self, id: MemberId, departed: Departed) {
        let ticket = departed.ticket;
        self.tickets.insert(ticket.handle(), (ticket, id));
        self.departed.insert(id, departed);
        self.departures.retain(|other| *other != id);
        self.departures.push_back(id);
        while self.departures.len() > REMEMBERED
            && let Some(id) = self.departures.pop_front()
        {
            // Members who have rejoined are no longer in `departed`.
            if let Some(departed) = self.departed.remove(&id) {
                self.tickets.remove(&departed.ticket.handle());
            }
        }
    }

    /// Appoints a coordinator if there is none and a member is connected.
    pub(super) fn elect(&mut self, step: &mut Step<'_>) {
        match self.settings.coordination {
            Coordination::First => {}
            Coordination::Host | Coordination::None => return,
        }
        let is_here = |id: &MemberId| {
            let member = self.members.get(id);
            member.is_some_and(|member| {
                member.here().is_some() && self.sanctions.trust(*id, &member.nick)
            })
        };
        if let Some(id) = self.claim.take_if(|id| is_here(id)) {
            if self.coordinator != Some(id) {
                self.appoint(step, id);
            }
            return;
        }
        if self.coordinator.as_ref().is_some_and(is_here) {
            return;
        }
        let here: Vec<MemberId> = self.present.iter().copied().filter(is_here).collect();
        match self.chance.pick(&here) {
            Some(id) => self.appoint(step, *id),
            // No post says so: those who stay may not be the coordinator.
            None if self.coordinator.take().is_some() => self.send_members_again(step),
            None => {}
        }
    }

    fn appoint(&mut self, step: &mut Step<'_>, id: MemberId) {
        self.coordinator = Some(id);
        self.post(step, id, What::Coordinator);
        if let Some(connection) = self.members.get(&id).and_then(|member| member.connection()) {
            step.tell(Recipient::Connection(connection), RoomNotice::Coordinating);
        }
    }
}
