//! Who owns a name.

use super::Hub;
use crate::room::member::Presence;
use crate::room::name::{Nick, NickError};
use crate::wire::MemberId;
use std::time::Duration;

impl Hub {
    /// Reads a name and checks that `id` may have it.
    pub(super) fn available(
        &self,
        now: Duration,
        text: &str,
        id: MemberId,
    ) -> Result<Nick, NickError> {
        let nick = Nick::read(text)?;
        if self.is_free(&nick, id) {
            return Ok(nick);
        }
        Err(match self.kept_for(now, &nick) {
            Some(time) => {
                let seconds = usize::try_from(time.as_millis().div_ceil(1_000));
                NickError::Kept {
                    nick,
                    seconds: seconds.unwrap_or(usize::MAX),
                }
            }
            None => NickError::Taken(nick),
        })
    }

    /// For how long this name is kept for a member whose connection is lost.
    fn kept_for(&self, now: Duration, nick: &Nick) -> Option<Duration> {
        let patience = self.settings.patience?;
        let mut owners = nick.keys().into_iter();
        let owner = owners.find_map(|key| self.names.get(&key))?;
        match self.members.get(owner)?.presence {
            Presence::Away { since } => Some(patience.saturating_sub(now.saturating_sub(since))),
            Presence::Here(_) => None,
        }
    }

    pub(super) fn is_free(&self, nick: &Nick, id: MemberId) -> bool {
        if id != MemberId::HOST && nick.is_reserved() {
            return false;
        }
        let mut owners = nick
            .keys()
            .into_iter()
            .filter_map(|key| self.names.get(&key).copied());
        owners.all(|owner| owner == id)
    }

    /// A name for a member that gives none, or whose name is taken.
    pub(super) fn free_name(&self, id: MemberId) -> Nick {
        let mut names = (id.0..).filter_map(|number| Nick::read(&format!("guest{number}")).ok());
        names
            .find(|nick| self.is_free(nick, id))
            .unwrap_or_else(|| self.settings.host.clone())
    }

    pub(super) fn take_name(&mut self, nick: &Nick, id: MemberId) {
        for key in nick.keys() {
            self.names.insert(key, id);
        }
    }

    pub(super) fn free_the_name(&mut self, nick: &Nick, id: MemberId) {
        for key in nick.keys() {
            if self.names.get(&key) == Some(&id) {
                self.names.remove(&key);
            }
        }
    }

    /// The member with this name, or the host.
    pub(super) fn called(&self, name: &str) -> Option<MemberId> {
        let keys = Nick::read(name).ok()?.keys();
        keys.iter().find_map(|key| self.names.get(key).copied())
    }
}
