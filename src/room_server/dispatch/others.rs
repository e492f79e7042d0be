//! The other machines that serve the room.

use super::Dispatch;
use crate::wire::{Control, Dialect, Others};

#[cfg(feature = "cluster")]
impl Dispatch {
    /// Notes the addresses of the other machines. If they have changed, tells the members who can
    /// return through them.
    pub(in crate::room_server) fn set_others(&self, others: Others) {
        if self.inner.borrow().others != others {
            self.tell_others(others);
            self.flush();
        }
    }

    fn tell_others(&self, others: Others) {
        let inner = &mut *self.inner.borrow_mut();
        inner.others = others.clone();
        // A client expects nothing before its welcome, which waits for the stream.
        let hub = inner.order.hub();
        let connections = inner.connections.all().into_iter();
        let members = connections.filter(|it| it.dialect == Dialect::Tictalk);
        let members = members.filter(|it| hub.is_member(it.id));
        let members: Vec<_> = members.map(|it| it.id).collect();
        let control = Control::Others { others };
        inner.connections.send_to_all(&members, control);
    }
}
