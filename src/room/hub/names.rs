//! Who owns a name.

use super::Hub;
use crate::room::name::{Nick, NickError};
use crate::wire::MemberId;

impl Hub {
    /// Reads a name and checks that `id` may have it.
    pub(super) fn available(&self, text: &str, id: MemberId) -> Result<Nick, NickError> {
        let nick = Nick::read(text)?;
        if self.is_free(&nick, id) {
            Ok(nick)
        } else {
            Err(NickError::Taken(nick))
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
