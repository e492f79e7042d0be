//! What a room shows to pages that are no members, and who may see it.

use crate::wire::{Control, HostSecret, Name, PageRole};

/// What an observer sees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ObserverKind {
    /// What the host sees, with the connections of the members.
    Host,
    /// The games, the results and what is said to everybody.
    Watcher,
}

/// What an observer is shown that does not change.
#[derive(Debug)]
pub(super) struct Facade {
    /// The secret of the host's page.
    pub(super) secret: HostSecret,
    /// The host's name.
    pub(super) host: Option<Name>,
    /// The room and the ways into it: [`Control::Open`].
    pub(super) open: Control,
}

impl Facade {
    /// What a page with this role and this secret sees; `None` if it may see nothing.
    pub(super) fn admits(
        &self,
        role: PageRole,
        secret: Option<&HostSecret>,
    ) -> Option<ObserverKind> {
        match role {
            PageRole::Host => secret
                .is_some_and(|secret| secret.matches(&self.secret))
                .then_some(ObserverKind::Host),
            PageRole::Watcher => Some(ObserverKind::Watcher),
            PageRole::Unknown => None,
        }
    }
}
