//! Who answers, and who has been silent for too long.

use super::{Effect, Hub, Link, Party, Reader, Settings, Step, Survey};
use crate::room::member::{Echo, Member, Presence};
use crate::room::notice::{self, Answer, Farewell, Notice};
use crate::wire::{Parting, What};
use std::collections::BTreeSet;
use std::time::Duration;

/// How long the answers of a survey are waited for.
const SURVEY: Duration = Duration::from_secs(2);

impl Hub {
    pub(super) fn pong(&mut self, step: &mut Step<'_>, link: Link) {
        let Some(Party::Member(id)) = self.links.get(&link) else {
            return;
        };
        let id = *id;
        let Some(here) = self.members.get_mut(&id).and_then(Member::here_mut) else {
            return;
        };
        here.heard_at = here.heard_at.max(step.now);
        if here.echo == Echo::Awaited {
            here.echo = Echo::Came(step.now.saturating_sub(here.pinged_at));
        }
        for survey in &mut self.surveys {
            survey.awaited.remove(&id);
        }
        self.end_surveys(step);
    }

    /// Asks everybody, for somebody who wants to know.
    pub(super) fn survey(&mut self, step: &mut Step<'_>, by: Reader) {
        let mut awaited = BTreeSet::new();
        for (id, member) in &mut self.members {
            if member.ticket.is_none() {
                continue;
            }
            if let Some(here) = member.here_mut() {
                awaited.insert(*id);
                // A ping that is on its way will do.
                if here.echo != Echo::Awaited {
                    here.echo = Echo::Awaited;
                    here.pinged_at = step.now;
                    step.effects.push(Effect::Ping(here.link));
                }
            }
        }
        self.surveys.retain(|survey| survey.by != by);
        let since = step.now;
        self.surveys.push(Survey { by, since, awaited });
        self.end_surveys(step);
    }

    /// Tells what came of the surveys that are complete, or have lasted long enough.
    fn end_surveys(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let is_over = |survey: &mut Survey| {
            survey.awaited.is_empty() || now.saturating_sub(survey.since) >= SURVEY
        };
        let over: Vec<Survey> = self.surveys.extract_if(.., is_over).collect();
        for survey in over {
            let answers = self.members.iter().map(|(id, member)| {
                let line = member.here().map(|here| {
                    let echo = match here.echo {
                        _ if member.ticket.is_none() => notice::Echo::Cannot,
                        Echo::Came(time) if !survey.awaited.contains(id) => {
                            notice::Echo::Came(time)
                        }
                        _ => notice::Echo::Missing,
                    };
                    (here.from, echo)
                });
                let heard_at = match &member.presence {
                    Presence::Here(here) => here.heard_at,
                    Presence::Away { since } => *since,
                };
                Answer {
                    id: *id,
                    name: member.nick.shared(),
                    line,
                    heard: now.saturating_sub(heard_at),
                }
            });
            step.tell(survey.by, Notice::Status(answers.collect()));
        }
    }

    pub(super) fn tick(&mut self, step: &mut Step<'_>) {
        let now = step.now;
        let Settings {
            patience,
            ping,
            forfeit,
            ..
        } = self.settings;
        let (mut silent, mut lost, mut late) = (Vec::new(), Vec::new(), Vec::new());
        for (id, member) in &mut self.members {
            let is_tictalk = member.ticket.is_some();
            let is_playing = member.playing.is_some();
            match &mut member.presence {
                Presence::Here(here) if is_tictalk => {
                    if here.is_read && now.saturating_sub(here.heard_at) >= patience {
                        silent.push(*id);
                    } else if here.echo != Echo::Awaited
                        && now.saturating_sub(here.pinged_at) >= ping
                    {
                        here.echo = Echo::Awaited;
                        here.pinged_at = now;
                        step.effects.push(Effect::Ping(here.link));
                    }
                }
                Presence::Here(_) => {}
                Presence::Away { since } if now.saturating_sub(*since) >= patience => {
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
        let is_late =
            |party: &Party| matches!(party, Party::Stranger { until, .. } if *until <= now);
        let strangers = self.links.iter().filter(|(_, party)| is_late(party));
        for link in strangers.map(|(link, _)| *link).collect::<Vec<_>>() {
            self.links.remove(&link);
            self.close(step, link, Some(Farewell::Nameless));
        }
        for id in silent {
            let why = Parting::Silent;
            let farewell = Farewell::Silent(patience);
            self.leave(step, id, What::Left { why }, Some(farewell));
        }
        for id in lost {
            let why = Parting::Lost;
            self.leave(step, id, What::Left { why }, None);
        }
        self.end_surveys(step);
    }
}
