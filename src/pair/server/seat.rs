//! The seat of the partner, and what visitors are told while it is taken.

use super::after::AfterSession;
use crate::text::count;
use crate::wire::{Handle, Reason, Standing, Ticket, Unfinished};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The answer to visitors during a session.
const BUSY: &str = "Two people are talking here already. Please try again later.";

/// The answer to the client for which the seat is kept, which has not asked to resume.
fn kept_for_you(left: Duration) -> String {
    let left = count(seconds(left), "more second");
    format!("The seat of your unfinished session is kept for {left}.")
}

/// The answer to visitors while the seat is kept for a client whose connection is lost.
fn kept_for_another(left: Duration, then: AfterSession) -> String {
    let left = count(seconds(left), "more second");
    let then = match then {
        AfterSession::End => "Then the server ends: start it again to connect.",
        AfterSession::Listen => "Try again then.",
    };
    format!("The seat is kept for {left} for a client whose connection is lost. {then}")
}

/// Whole seconds, rounded up.
fn seconds(time: Duration) -> usize {
    usize::try_from(time.as_millis().div_ceil(1_000)).unwrap_or(usize::MAX)
}

/// The seat of the partner. There is one, however many visitors connect.
#[derive(Debug, Clone, Default)]
pub(super) struct PartnerSeat(Arc<Mutex<Occupant>>);

#[derive(Debug, Default)]
enum Occupant {
    #[default]
    Nobody,
    /// A candidate that has not become the partner yet.
    Unknown,
    /// A partner. With a ticket it may reconnect.
    Partner {
        ticket: Option<Ticket>,
        /// Until when the seat is kept, while the connection is lost.
        kept_until: Option<Instant>,
    },
}

/// What a visitor that is not admitted is told.
#[derive(Debug)]
pub(super) struct Turned {
    pub(super) reason: Reason,
    pub(super) message: String,
    /// The answer to its question about an unfinished session.
    pub(super) unfinished: Option<Unfinished>,
}

impl Turned {
    pub(super) fn new(reason: Reason, message: String) -> Self {
        Self {
            reason,
            message,
            unfinished: None,
        }
    }
}

impl PartnerSeat {
    /// Gives the seat to a candidate that wants to resume this session, if any, and if the seat is
    /// free or reserved for it.
    pub(super) fn admits(&self, resume: Option<&Standing>) -> bool {
        let mut occupant = self.occupant();
        match (&*occupant, resume) {
            (Occupant::Nobody, _) => {
                *occupant = Occupant::Unknown;
                true
            }
            (
                Occupant::Partner {
                    ticket: Some(ticket),
                    ..
                },
                Some(resume),
            ) => ticket.matches(&resume.session),
            (Occupant::Unknown | Occupant::Partner { .. }, _) => false,
        }
    }

    /// Frees the seat for the next candidate.
    pub(super) fn free(&self) {
        *self.occupant() = Occupant::Nobody;
    }

    /// Makes the candidate the partner. With a `ticket` it may reconnect.
    pub(super) fn take(&self, ticket: Option<Ticket>) {
        *self.occupant() = Occupant::Partner {
            ticket,
            kept_until: None,
        };
    }

    /// Notes for how long the seat is kept, if the partner's connection is lost.
    pub(super) fn keep(&self, lost_for: Option<Duration>) {
        if let Occupant::Partner { kept_until, .. } = &mut *self.occupant() {
            *kept_until = match (lost_for, *kept_until) {
                (Some(time), None) => Instant::now().checked_add(time),
                (Some(_), known) => known,
                (None, _) => None,
            };
        }
    }

    /// The answer to a visitor that does not get the seat and asks about this session.
    pub(super) fn busy(&self, asked: Option<Handle>, then: AfterSession) -> Turned {
        let (is_theirs, kept_until) = match &*self.occupant() {
            Occupant::Partner { ticket, kept_until } => {
                let handle = ticket.as_ref().map(Ticket::handle);
                (asked.is_some() && handle == asked, *kept_until)
            }
            Occupant::Nobody | Occupant::Unknown => (false, None),
        };
        let left = kept_until.map(|until| until.saturating_duration_since(Instant::now()));
        Turned {
            reason: Reason::Busy,
            message: match left {
                Some(left) if is_theirs => kept_for_you(left),
                Some(left) => kept_for_another(left, then),
                None => BUSY.to_owned(),
            },
            unfinished: asked.map(|_| match left {
                _ if !is_theirs => Unfinished::Unknown,
                Some(_) => Unfinished::Waiting,
                None => Unfinished::Connected,
            }),
        }
    }

    pub(super) fn is_free(&self) -> bool {
        matches!(*self.occupant(), Occupant::Nobody)
    }

    fn occupant(&self) -> MutexGuard<'_, Occupant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
