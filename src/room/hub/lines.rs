//! The lines that come: how fast they may, and which are done with.

use super::{Effect, Hub, Link, Party, Reader, Settings, Speaker, Step};
use crate::room::command::Rank;
use crate::room::member::Member;
use crate::wire::{MemberId, PostId};
use std::time::Duration;

impl Hub {
    pub(super) fn line(
        &mut self,
        step: &mut Step<'_>,
        link: Link,
        number: Option<u64>,
        text: &str,
    ) {
        let Settings {
            burst,
            pace,
            patience,
            ..
        } = self.settings;
        let id = match self.links.get_mut(&link) {
            None => return,
            Some(Party::Stranger {
                from,
                bucket,
                until,
            }) => {
                let from = *from;
                *until = step.now.saturating_add(patience);
                let at = bucket.spend(step.now, burst, pace);
                self.introduce(step, link, from, text);
                if matches!(self.links.get(&link), Some(Party::Stranger { .. })) {
                    step.effects.push(Effect::Read { link, at });
                }
                return;
            }
            Some(Party::Member(id)) => *id,
        };
        let Some(member) = self.members.get_mut(&id) else {
            return;
        };
        let at = member.bucket.spend(step.now, burst, pace);
        if let Some(here) = member.here_mut() {
            here.heard_at = step.now;
            here.is_read = false;
        }
        let is_new = number.is_none_or(|number| member.lines.take(number));
        let mut looks = false;
        if is_new {
            member.spoke_at = step.now;
            step.line = number.map(|number| (id, number));
            let speaker = Speaker {
                id,
                name: member.nick.shared(),
                reader: Reader::Link(link),
                rank: if self.coordinator == Some(id) {
                    Rank::Coordinator
                } else {
                    Rank::Member
                },
            };
            let before = self.last;
            looks = self.obey(step, &speaker, text);
            if number.is_some() {
                let post = Some(self.last).filter(|last| *last > before);
                self.account(step, id, link, post);
            }
        } else if let Some(number) = number
            && number <= member.lines.done()
        {
            step.effects.push(Effect::Receipt { link, number });
        }
        // What is being looked up has to be read first.
        if !looks {
            self.read(step, link, at);
        }
    }

    /// The last line of this member has come to `post`, or to none.
    fn account(&mut self, step: &mut Step<'_>, id: MemberId, link: Link, post: Option<PostId>) {
        let lines = match (self.members.get_mut(&id), self.departed.get_mut(&id)) {
            (Some(member), _) => &mut member.lines,
            (None, Some(departed)) => &mut departed.lines,
            (None, None) => return,
        };
        if lines.settle(post) {
            let number = lines.done();
            step.effects.push(Effect::Receipt { link, number });
        } else if let Some(post) = post
            && let Ok(place) = usize::try_from(post.0 - self.stored.0 - 1)
            && let Some(unstored) = self.unstored.get_mut(place)
        {
            unstored.awaited_by = Some(id);
        }
    }

    /// Lets the next line of this connection be read at this time, or when the store has caught up.
    pub(super) fn read(&mut self, step: &mut Step<'_>, link: Link, at: Duration) {
        if self.unstored.len() >= self.settings.unstored {
            self.held.push_back((link, at));
            return;
        }
        let Some(Party::Member(id)) = self.links.get(&link) else {
            return;
        };
        if let Some(here) = self.members.get_mut(id).and_then(Member::here_mut) {
            // Nothing could come before.
            here.heard_at = at.max(here.heard_at);
            here.is_read = true;
            step.effects.push(Effect::Read { link, at });
        }
    }
}
