//! Pings, timeouts, and lists of members.

use super::obey::NextRead;
use super::{
    ConnectionId, Holder, Hub, HubEffect, Listing, Query, Recipient, Settings, Step, Survey,
};
use crate::room::farewell::Farewell;
use crate::room::member::{LastPing, Member, Presence};
use crate::room::notice::RoomNotice;
use crate::room::roster::{PingOutcome, PingResult, Portion};
use crate::wire::{MemberId, Parting, What};
use std::collections::BTreeSet;
use std::ops::Bound;
use std::time::Duration;

/// How long a survey waits for answers.
const SURVEY_TIMEOUT: Duration = Duration::from_secs(2);

/// Maximum number of members in one portion of a list.
const LIST_PORTION: usize = 64;

impl Hub {
    pub(super) fn pong(&mut self, step: &mut Step<'_>, connection: ConnectionId) {
        let Some(Holder::Member(id)) = self.connections.get(&connection) else {
            return;
        };
        let id = *id;
        let Some(here) = self
            .members
            .get_mut(&id)
            .and_then(|member| member.here_mut())
        else {
            return;
        };
        here.heard_at = here.heard_at.max(step.now);
        if here.last_ping == LastPing::Awaited {
            here.last_ping = LastPing::Answered(step.now.saturating_sub(here.pinged_at));
        }
        for survey in &mut self.surveys {
            survey.awaited.remove(&id);
        }
        self.end_surveys(step);
    }

    /// Pings all members and tells `by` the answers. A second request before the answers has no
    /// effect.
    pub(super) fn survey(&mut self, step: &mut Step<'_>, by: Recipient) {
        if self.surveys.iter().any(|survey| survey.by == by) {
            return;
        }
        let mut awaited = BTreeSet::new();
        for (id, member) in &mut self.members {
            if !member.peer.answers_pings() {
                continue;
            }
            if let Some(here) = member.here_mut() {
                awaited.insert(*id);
                // A ping that is under way is enough.
                if here.last_ping != LastPing::Awaited {
                    here.ping(step.now);
                    step.effects.push(HubEffect::Ping(here.connection));
                }
            }
        }
        let since = step.now;
        self.surveys.push(Survey { by, since, awaited });
        self.end_surveys(step);
    }

    /// Tells the results of the surveys that are complete or have timed out.
    fn end_surveys(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let is_over = |survey: &mut Survey| {
            survey.awaited.is_empty() || now.saturating_sub(survey.since) >= SURVEY_TIMEOUT
        };
        let over: Vec<Survey> = self.surveys.extract_if(.., is_over).collect();
        for survey in over {
            self.list(step, survey.by, Listing::Status, MemberId::HOST);
        }
    }

    /// Tells somebody one portion of the members after `after`. The next portion follows when the
    /// reader's queue has space for it.
    pub(super) fn list(
        &mut self,
        step: &mut Step<'_>,
        to: Recipient,
        listing: Listing,
        after: MemberId,
    ) -> NextRead {
        if let (Listing::Sights, Recipient::Connection(connection)) = (listing, to) {
            self.send_members(step, connection, after);
            return NextRead::Now;
        }
        let rest = (Bound::Excluded(after), Bound::Unbounded);
        let mut members = self.members.range(rest);
        let page: Vec<_> = members.by_ref().take(LIST_PORTION).collect();
        let has_more = members.next().is_some();
        let last = page.last().map(|(id, _)| **id);
        let total = (after == MemberId::HOST).then_some(self.members.len());
        let now = step.now;
        let notice = match listing {
            Listing::Who | Listing::Sights => {
                let members = page.into_iter();
                let items = members.map(|(id, member)| self.listed(now, *id, member));
                let items = items.collect();
                RoomNotice::Who(Portion { total, items })
            }
            Listing::Status => {
                let items = page
                    .into_iter()
                    .map(|(id, member)| answer(now, *id, member, self.coordinator));
                let items = items.collect();
                RoomNotice::Status(Portion { total, items })
            }
        };
        step.tell(to, notice);
        match last.filter(|_| has_more) {
            Some(last) => {
                let query = Query::Members(listing, last);
                step.effects.push(HubEffect::Look { to, query });
                NextRead::AfterAnswer
            }
            None => NextRead::Now,
        }
    }

    pub(super) fn tick(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        self.announce_at_tick(step);
        let Settings {
            patience,
            ping,
            forfeit,
            ..
        } = self.settings;
        let is_too_long = |time: Duration| patience.is_some_and(|patience| time >= patience);
        let (mut silent, mut lost, mut late) = (Vec::new(), Vec::new(), Vec::new());
        for (id, member) in &mut self.members {
            let answers_pings = member.peer.answers_pings();
            let is_playing = member.playing.is_some();
            match &mut member.presence {
                Presence::Here(here) if answers_pings => {
                    if here.is_read && is_too_long(now.saturating_sub(here.heard_at)) {
                        silent.push(*id);
                    } else if here.last_ping != LastPing::Awaited
                        && now.saturating_sub(here.pinged_at) >= ping
                    {
                        here.ping(now);
                        step.effects.push(HubEffect::Ping(here.connection));
                    }
                }
                Presence::Here(_) => {}
                Presence::Away { since } if is_too_long(now.saturating_sub(*since)) => {
                    lost.push(*id);
                }
                Presence::Away { since } => {
                    if is_playing && now.saturating_sub(*since) >= forfeit {
                        late.push(*id);
                    }
                }
            }
        }
        for id in late {
            self.forfeit(step, id);
        }
        let is_late = |holder: &Holder| match holder {
            Holder::Nameless(nameless) => nameless.until.is_some_and(|until| until <= now),
            Holder::Member(_) => false,
        };
        let nameless = self
            .connections
            .iter()
            .filter(|(_, holder)| is_late(holder));
        for connection in nameless
            .map(|(connection, _)| *connection)
            .collect::<Vec<_>>()
        {
            self.connections.remove(&connection);
            self.close(step, connection, Some(Farewell::Nameless));
        }
        for id in silent {
            let why = Parting::Silent;
            let farewell = patience.map(Farewell::Silent);
            self.leave(step, id, What::Left { why }, farewell);
        }
        for id in lost {
            let why = Parting::Lost;
            self.leave(step, id, What::Left { why }, None);
        }
        self.accounts.forget(now);
        self.end_surveys(step);
        self.send_marks(step);
        self.report_abandoned(step);
        self.watch_contest(step);
        self.think_on(step);
    }
}

/// A member's row in the list of `/status`.
fn answer(
    now: Duration,
    id: MemberId,
    member: &Member,
    coordinator: Option<MemberId>,
) -> PingResult {
    let connection = member.here().map(|here| {
        let outcome = match here.last_ping {
            _ if !member.peer.answers_pings() => PingOutcome::Impossible,
            LastPing::Answered(time) => PingOutcome::Answered(time),
            LastPing::Awaited => PingOutcome::Missing,
        };
        (here.from, outcome)
    });
    let heard_at = match &member.presence {
        Presence::Here(here) => here.heard_at,
        Presence::Away { since } => *since,
    };
    PingResult {
        id,
        name: member.nick.shared(),
        is_coordinator: coordinator == Some(id),
        connection,
        heard: now.saturating_sub(heard_at),
    }
}
