//! The tickets that a server knows. A client names its session by the ticket's handle.

use crate::net::LineKind;
use crate::wire::{Handle, Ticket};
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many tickets are kept, the newest ones: about 128 KiB. An older session cannot be resumed.
pub(super) const TICKETS: usize = 4_096;

/// The tickets of the sessions that a client may resume. Clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct Keyring(Arc<Mutex<Tickets>>);

#[derive(Debug, Default)]
struct Tickets {
    by_handle: HashMap<Handle, (Ticket, LineKind)>,
    /// From the oldest.
    order: VecDeque<Handle>,
}

impl Keyring {
    /// Adds the ticket of a session over such a line, and drops the oldest of too many.
    pub(super) fn add(&self, ticket: Ticket, line: LineKind) {
        let mut tickets = self.tickets();
        let handle = ticket.handle();
        if tickets.by_handle.insert(handle, (ticket, line)).is_some() {
            return;
        }
        tickets.order.push_back(handle);
        if tickets.order.len() > TICKETS
            && let Some(oldest) = tickets.order.pop_front()
        {
            tickets.by_handle.remove(&oldest);
        }
    }

    /// The ticket with this handle, for a client with such a line. A private session has no other.
    pub(super) fn find(&self, handle: &Handle, over: LineKind) -> Option<Ticket> {
        match (self.tickets().by_handle.get(handle).copied()?, over) {
            ((_, LineKind::Private), LineKind::Plain) => None,
            ((ticket, _), _) => Some(ticket),
        }
    }

    fn tickets(&self) -> MutexGuard<'_, Tickets> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::{Keyring, TICKETS};
    use crate::net::LineKind::{Plain, Private};
    use crate::wire::Ticket;

    fn ticket(number: usize) -> Ticket {
        Ticket::new((number as u128).to_be_bytes())
    }

    #[test]
    fn the_oldest_of_too_many_tickets_is_forgotten() {
        let keyring = Keyring::default();
        for number in 0..=TICKETS {
            keyring.add(ticket(number), Plain);
        }
        // Known already.
        keyring.add(ticket(TICKETS), Plain);
        assert_eq!(keyring.find(&ticket(0).handle(), Plain), None);
        for number in [1, TICKETS] {
            let found = keyring.find(&ticket(number).handle(), Plain);
            assert_eq!(found, Some(ticket(number)));
        }
    }

    #[test]
    fn a_private_session_is_found_over_a_private_line_only() {
        let keyring = Keyring::default();
        keyring.add(ticket(1), Private);
        assert_eq!(keyring.find(&ticket(1).handle(), Plain), None);
        assert_eq!(keyring.find(&ticket(1).handle(), Private), Some(ticket(1)));
    }
}
