//! Lines that arrive: how fast they are read, and which are acknowledged.

use super::obey::NextRead;
use super::{ConnectionId, Holder, Hub, HubEffect, MemberLine, Recipient, Sender, Step};
use crate::room::budget::Origin;
use crate::room::command::Rank;
use crate::room::post::size_of_text;
use crate::wire::{LineNumber, MemberId, PostId};
use std::time::Duration;

impl Hub {
    pub(super) fn line(
        &mut self,
        step: &mut Step<'_>,
        connection: ConnectionId,
        number: Option<LineNumber>,
        text: &str,
    ) {
        let Some(at) = self.charge(step, connection, size_of_text(text)) else {
            return;
        };
        let patience = self.settings.patience;
        let id = match self.connections.get_mut(&connection) {
            None => return,
            Some(Holder::Nameless(nameless)) => {
                let line = MemberLine {
                    connection,
                    from: nameless.from,
                    mark: nameless.mark,
                };
                // The deadline does not move with the number of attempts.
                nameless.until = patience.map(|patience| nameless.came_at + patience);
                self.introduce(step, line, text);
                if matches!(self.connections.get(&connection), Some(Holder::Nameless(_))) {
                    step.effects.push(HubEffect::Read { connection, at });
                }
                return;
            }
            Some(Holder::Member(id)) => *id,
        };
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        if let Some(here) = member.here_mut() {
            here.heard_at = step.now;
            here.is_read = false;
        }
        let is_new = number.is_none_or(|number| member.lines.take(number));
        let mut then = NextRead::Now;
        if is_new {
            member.spoke_at = Some(step.now);
            step.line = number.map(|number| (id, number));
            let speaker = Sender {
                id,
                name: member.nick.shared(),
                reader: Recipient::Connection(connection),
                rank: if self.coordinator == Some(id) {
                    Rank::Coordinator
                } else {
                    Rank::Member
                },
            };
            let before = self.last;
            then = self.obey(step, &speaker, text);
            if number.is_some() {
                let post = Some(self.last).filter(|last| *last > before);
                self.account(step, id, connection, post);
            }
        } else if let Some(number) = number
            && number.get() <= member.lines.done()
        {
            let number = number.get();
            step.effects.push(HubEffect::Receipt { connection, number });
        }
        // The answer to a query has to be sent first.
        if then == NextRead::Now {
            self.read(step, connection, at);
        }
    }

    /// Handles input without a meaning.
    pub(super) fn noise(&mut self, step: &mut Step<'_>, connection: ConnectionId, bytes: usize) {
        let Some(at) = self.charge(step, connection, bytes) else {
            return;
        };
        let Some(Holder::Member(id)) = self.connections.get(&connection) else {
            step.effects.push(HubEffect::Read { connection, at });
            return;
        };
        if let Some(here) = self
            .members
            .get_mut(id)
            .and_then(|member| member.here_mut())
        {
            here.heard_at = step.now;
            here.is_read = false;
        }
        self.read(step, connection, at);
    }

    /// Charges a connection for the time that the room has spent on it.
    pub(super) fn took(&mut self, step: &mut Step<'_>, connection: ConnectionId, time: Duration) {
        if let Some(origin) = self.origin(connection) {
            self.accounts.take_time(step.now, origin, time);
        }
    }

    /// Charges a connection for this many bytes. Returns when it may be read again.
    pub(super) fn charge(
        &mut self,
        step: &mut Step<'_>,
        connection: ConnectionId,
        bytes: usize,
    ) -> Option<Duration> {
        let (origin, rate) = (self.origin(connection)?, self.settings.rate);
        let bucket = match self.connections.get_mut(&connection)? {
            Holder::Nameless(nameless) => &mut nameless.bucket,
            Holder::Member(id) => &mut self.members.get_mut(id)?.bucket,
        };
        Some(self.accounts.charge(step.now, origin, bucket, bytes, rate))
    }

    fn origin(&self, connection: ConnectionId) -> Option<Origin> {
        match self.connections.get(&connection)? {
            Holder::Nameless(nameless) => Some(Origin::from(nameless.from.ip())),
            Holder::Member(id) => self.members.get(id)?.origin,
        }
    }

    /// Reads a member's next line as soon as its budget allows.
    pub(super) fn read_on(&mut self, step: &mut Step<'_>, connection: ConnectionId) {
        let Some(Holder::Member(id)) = self.connections.get(&connection) else {
            return;
        };
        let Some(member) = self.members.get(id) else {
            return;
        };
        let now = step.now;
        let at = member.origin.map_or(now, |origin| {
            self.accounts
                .ready_at(now, origin, &member.bucket, self.settings.rate)
        });
        self.read(step, connection, at);
    }

    /// Notes the post that the member's last line has caused, if any, for its receipt.
    fn account(
        &mut self,
        step: &mut Step<'_>,
        id: MemberId,
        connection: ConnectionId,
        post: Option<PostId>,
    ) {
        let lines = match (self.members.get_mut(&id), self.departed.get_mut(&id)) {
            (Some(member), _) => &mut member.lines,
            (None, Some(departed)) => &mut departed.lines,
            (None, None) => return,
        };
        if lines.settle(post) {
            let number = lines.done();
            step.effects.push(HubEffect::Receipt { connection, number });
        } else if let Some(post) = post
            && let Ok(place) = usize::try_from(post.0 - self.stored.0 - 1)
            && let Some(unstored) = self.unstored.get_mut(place)
        {
            unstored.awaited_by = Some(id);
        }
    }

    /// Reads the next line of a connection at this time, or once the store has caught up.
    pub(super) fn read(&mut self, step: &mut Step<'_>, connection: ConnectionId, at: Duration) {
        if self.unstored.len() >= self.settings.unstored {
            self.held.push_back((connection, at));
            return;
        }
        let Some(Holder::Member(id)) = self.connections.get(&connection) else {
            return;
        };
        if let Some(here) = self
            .members
            .get_mut(id)
            .and_then(|member| member.here_mut())
        {
            // Reading was paused until then.
            here.heard_at = at.max(here.heard_at);
            here.is_read = true;
            step.effects.push(HubEffect::Read { connection, at });
        }
    }
}
