//! The side that listens: it seats the first visitor who introduces itself, and turns away
//! everybody who comes while two are talking.

use super::{PairError, Partner, SessionStart, Speaker, Talked, restore};
use crate::journal::{Header, Journal, JournalError, Ledger};
use crate::net::{Address, Connection, Exit, Listener, Signals, new_chance, new_ticket};
use crate::session::{Input, Loss, Role, Session, Turn};
use crate::wire::{Control, Dialect, Frame, HANDSHAKE_VERSION, Mode, Name, Reason, Standing};
use std::io;
use std::time::Duration;

mod admission;
mod departures;
mod keyring;

use admission::{Candidate, Door, FirstWords, VisitError, Waited};
use keyring::{Keyring, TICKETS};

/// What a server needs to know.
#[derive(Debug, Clone)]
pub struct Server {
    /// Where to listen.
    pub address: Address,
    /// How the person wants to be called.
    pub name: Option<Name>,
    /// How long to keep the seat for a client whose connection broke; not at all when zero.
    pub reconnect: Duration,
    /// How long a partner may say nothing before the talk ends; for ever when zero.
    pub idle: Duration,
    /// What comes behind a talk.
    pub then: AfterSession,
}

/// What a server does when a talk is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSession {
    /// It ends.
    End,
    /// It waits for the next partner.
    Listen,
}

impl Server {
    /// Listens, waits for a partner, and talks until one of the two leaves. What is said is written
    /// into `journal`.
    ///
    /// # Errors
    /// [`PairError`]. A visitor that does not get as far as a talk is none: the server goes on
    /// listening.
    pub async fn run<S: Speaker>(
        mut self,
        mut journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Exit, PairError> {
        let listener = Listener::bind(&self.address).await?;
        self.address.port = listener.port()?;
        speaker.line(&format!("Server listening on: {}", self.address));
        speaker.hint("Waiting for a client. Ctrl-C ends the server.");
        speaker.flush();
        let keyring = Keyring::default();
        if let Some(journal) = &journal {
            for ticket in journal.server_tickets(TICKETS)? {
                keyring.add(ticket);
            }
        }
        let mut host = Host {
            name: self.name.clone(),
            door: Door::open(listener, keyring),
        };
        loop {
            let mut guest = match host.door.wait(speaker, signals).await? {
                Waited::Seated(guest) => guest,
                Waited::GaveUp(exit) => {
                    speaker.finish().await;
                    return Ok(exit);
                }
            };
            let visitor = guest.address;
            let mut talk = match self.talk_with(&guest, journal.as_deref_mut()) {
                Ok(talk) => talk,
                Err(declined) => {
                    host.door.left_again(visitor, &declined, speaker);
                    guest.turn_away(declined.reason(), declined.message());
                    host.door.free_seat();
                    continue;
                }
            };
            let standing =
                (talk.session.loss() == Loss::Waits).then(|| talk.session.standing().clone());
            host.door
                .take_seat(standing.as_ref().map(|standing| standing.session));
            host.welcome(&mut guest.connection, guest.dialect, standing);
            if !guest.is_announced {
                match Door::first_words(&mut guest, speaker, signals).await? {
                    FirstWords::Said => {}
                    FirstWords::Left => {
                        host.door.left_again(visitor, &VisitError::Left, speaker);
                        host.door.free_seat();
                        continue;
                    }
                    FirstWords::GaveUp(exit) => {
                        speaker.finish().await;
                        return Ok(exit);
                    }
                }
            }
            let input = match (guest.resume, guest.opening) {
                (Some(theirs), _) => Some(Input::Back(theirs)),
                (None, Some(text)) => Some(Input::Text(text)),
                (None, None) => None,
            };
            let first = input.map(|input| talk.session.handle(input));
            talk.effects.extend(first.unwrap_or_default());
            speaker.introduce(guest.name);
            let talked = super::converse(
                Role::Server,
                talk,
                guest.connection,
                &mut host,
                speaker,
                signals,
            );
            match (talked.await, self.then) {
                (Ok(Talked::NothingSaid), _) => {
                    host.door.left_again(visitor, &VisitError::Left, speaker);
                }
                (Ok(Talked::Unanswered), _) => {
                    host.door
                        .left_again(visitor, &VisitError::Unanswered, speaker);
                }
                (Ok(Talked::Over(exit @ Exit::Signalled(_))), _) => return Ok(exit),
                (Ok(Talked::Over(_)), AfterSession::Listen) => {
                    speaker.line(&format!(
                        "The talk with {visitor} is over. Still listening."
                    ));
                }
                (Err(error), AfterSession::Listen) => {
                    host.door.left_again(visitor, &error, speaker)
                }
                (Ok(Talked::Over(exit)), AfterSession::End) => return Ok(exit),
                (Err(error), AfterSession::End) => return Err(error),
            }
            speaker.flush();
            host.door.free_seat();
        }
    }

    /// The talk to be had with `guest`: a new one, or the one that it wants to go on with.
    fn talk_with<'journal>(
        &self,
        guest: &Candidate,
        mut journal: Option<&'journal mut Journal>,
    ) -> Result<SessionStart<'journal>, Declined> {
        let header = |ticket| Header {
            role: Role::Server,
            ticket,
            dialect: guest.dialect,
            host: self.address.host.clone(),
            port: self.address.port,
            me: self.name.as_ref().map(Name::to_string),
            partner: guest.name.as_ref().map(Name::to_string),
        };
        let hold = self.reconnect;
        let Some(theirs) = &guest.resume else {
            let ticket = new_ticket()?;
            let loss = if guest.dialect == Dialect::Tictalk && !hold.is_zero() {
                Loss::Waits
            } else {
                Loss::Ends
            };
            let (session, effects) =
                Session::start(Role::Server, guest.dialect, ticket, loss, new_chance()?);
            if loss == Loss::Waits
                && let Some(journal) = &mut journal
            {
                // A journal that cannot be written says so at the first turn; until then, the ticket
                // is only forgotten with this program.
                let _ = journal.promise(&ticket);
            }
            let ledger = Ledger::begin(journal, header(ticket));
            return Ok(SessionStart {
                session,
                effects,
                ledger,
                hold,
                idle: self.idle,
            });
        };
        let known = match &journal {
            Some(journal) => journal.find(Role::Server, &theirs.session)?,
            None => None,
        };
        let (session, effects, ledger) = match (known, journal) {
            (Some(known), _) if known.ended.is_some() => return Err(Declined::Ended),
            (Some(known), Some(journal)) => {
                let (session, effects) = restore(journal, &known, new_chance()?)?;
                session.meets(theirs).map_err(|_| Declined::Diverged)?;
                (session, effects, Ledger::go_on(journal, &known)?)
            }
            // Nothing has been written down here, which may be all that there was to be.
            (_, journal) => {
                let nothing =
                    Session::restore(Role::Server, theirs.session, [] as [Turn; 0], new_chance()?);
                let (session, effects) = nothing.map_err(|_| Declined::Unknown)?;
                session.meets(theirs).map_err(|_| Declined::Unknown)?;
                (
                    session,
                    effects,
                    Ledger::begin(journal, header(theirs.session)),
                )
            }
        };
        Ok(SessionStart {
            session,
            effects,
            ledger,
            hold,
            idle: self.idle,
        })
    }
}

/// Why a guest who has introduced itself cannot be talked with.
#[derive(Debug, thiserror::Error)]
enum Declined {
    #[error("it wants to go on with a talk that is not known here")]
    Unknown,
    #[error("it wants to go on with a talk that is over")]
    Ended,
    #[error("its program has written down other turns than this one")]
    Diverged,
    #[error("{0}")]
    Journal(#[from] JournalError),
    #[error("{0}")]
    System(#[from] io::Error),
}

impl Declined {
    fn reason(&self) -> Reason {
        match self {
            Self::Unknown => Reason::Unknown,
            Self::Ended => Reason::Ended,
            Self::Diverged => Reason::Diverged,
            // The next attempt may go better.
            Self::Journal(_) | Self::System(_) => Reason::Busy,
        }
    }

    /// What the guest reads.
    fn message(&self) -> String {
        let message = match self {
            Self::Unknown => "Begin a new one without --resume.",
            Self::Ended => "It was ended by a goodbye. Begin a new one without --resume.",
            Self::Diverged => {
                "The two programs have written down different turns. `tictalk history` shows them; \
                 begin a new talk without --resume."
            }
            Self::Journal(_) | Self::System(_) => {
                "It cannot begin a talk now. Please try again later."
            }
        };
        message.to_owned()
    }
}

/// The server's end of the way on which a client comes back.
#[derive(Debug)]
struct Host {
    name: Option<Name>,
    door: Door,
}

impl Host {
    /// Welcomes a guest who can read it.
    fn welcome(&self, guest: &mut Connection, dialect: Dialect, standing: Option<Standing>) {
        if dialect == Dialect::Tictalk {
            // A line that breaks now shows itself when the talk begins.
            let _ = guest.send(&Frame::Control(Control::Welcome {
                version: HANDSHAKE_VERSION,
                name: self.name.clone(),
                mode: Mode::Pair,
                standing,
                room: None,
            }));
        }
    }
}

impl Partner for Host {
    async fn back(&mut self, session: &Session) -> Result<(Connection, Standing), PairError> {
        loop {
            let mut guest = self.door.returning().await;
            match guest.resume.take() {
                Some(theirs) if session.meets(&theirs).is_ok() => {
                    let ours = session.standing().clone();
                    self.welcome(&mut guest.connection, guest.dialect, Some(ours));
                    return Ok((guest.connection, theirs));
                }
                _ => guest.turn_away(Reason::Diverged, Declined::Diverged.message()),
            }
        }
    }
}
