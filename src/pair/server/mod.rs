//! The side that listens: it seats the first visitor that identifies itself, and turns away everybody
//! who connects during a session.

use super::conversation::{Conversation, ConversationEnd, Partner, Reconnected, SessionStart};
use super::error::PairError;
use super::partner_page::PartnerPage;
use super::restore::restore;
use super::secured::{Acquaintance, Recognition, Secured};
use super::speaker::Speaker;
use super::wire_choice::WireChoice;
use crate::journal::{Header, Journal, JournalError, Ledger};
use crate::net::{
    Address, Connection, Exit, Extent, LineKind, LinePolicy, Listener, Pages, Reach, Signals,
    new_chance, new_ticket,
};
use crate::session::{Command, Input, Loss, Role, Session, Turn};
use crate::text::visible;
use crate::web::Website;
use crate::wire::{
    Abilities, Control, Dialect, Frame, HANDSHAKE_VERSION, Handle, Mode, Name, Reason, Standing,
    Unfinished,
};
use std::io;
use std::time::Duration;

mod acceptor;
mod admission;
mod after;
mod candidate;
mod departures;
mod keyring;
mod seat;
mod secrets;
mod silence;

pub use after::AfterSession;

use acceptor::{Acceptor, FirstMessage, Waiting};
use candidate::{Candidate, FirstTurn, VisitError};
use keyring::{Keyring, TICKETS};
use secrets::ServerSecrets;

/// What a person reads after each session of a server that listens again.
const LISTENING_AGAIN: &str = "Waiting for the next client. Ctrl-C ends the server.";

/// The options of a server.
#[derive(Debug, Clone)]
pub struct Server {
    /// The dialect of clients that are not tictalk.
    pub wire: WireChoice,
    /// What clients that are not tictalk get besides the answers of the person.
    pub receipts: Receipts,
    /// The address to listen on.
    pub address: Address,
    /// Whether a browser can be the partner.
    pub pages: Pages,
    /// Which lines it takes.
    pub lines: LinePolicy,
    /// The person's name.
    pub name: Option<Name>,
    /// How long to keep the seat for a client whose connection is lost; zero disables it.
    pub reconnect: Duration,
    /// How long both sides may be silent before the session ends, if there is such a limit.
    pub idle: Option<Duration>,
    /// The next step after a session.
    pub then: AfterSession,
}

/// What clients that are not tictalk get besides the answers of the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receipts {
    /// Nothing.
    None,
    /// A receipt for each message.
    Each,
}

impl Server {
    /// Listens, waits for a partner, and runs the session until one of the two leaves. Turns are
    /// recorded in `journal`.
    ///
    /// # Errors
    /// [`PairError`]. A visitor that leaves without a session is not an error: the server keeps
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
        if speaker.can_decide() {
            let reach = Reach::of(&self.address, &listener, self.lines);
            for line in invitation(&reach, &self.pages, self.lines).lines() {
                speaker.line(line);
            }
        }
        speaker.hint("Waiting for a client. Ctrl-C ends the server.");
        speaker.flush();
        let website = Website::new(&self.pages, self.lines);
        let secrets = ServerSecrets::new(self.lines);
        let acceptor = Acceptor::open(
            listener,
            Keyring::default(),
            secrets,
            self.then,
            website,
            self.wire,
        );
        if let Some(journal) = &journal {
            if let Some(last) = journal.last_served(self.address.port)?
                && last.ended.is_none()
            {
                let partner = last.header.partner.as_deref().unwrap_or("a client");
                speaker.hint(&format!(
                    "Your last session here, with {}, is unfinished. It can resume when your \
                     partner connects again.",
                    visible(partner)
                ));
                speaker.flush();
            }
            let mut partners = journal.partners()?;
            partners.reverse();
            partners
                .into_iter()
                .for_each(|partner| acceptor.know(partner.key));
            for (ticket, key) in journal.server_tickets(TICKETS)? {
                acceptor.learn(ticket, key);
            }
        }
        let mut can = speaker.abilities();
        // A partner is remembered by its name.
        can.partners = journal.is_some() && self.name.is_some();
        let mut host = Host {
            name: self.name.clone(),
            can,
            reconnect: self.reconnect,
            acceptor,
        };
        loop {
            let mut candidate = match host.acceptor.wait(speaker, signals).await? {
                Waiting::Seated(candidate) => candidate,
                Waiting::GaveUp(exit) => {
                    speaker.finish().await;
                    return Ok(exit);
                }
            };
            let visitor = candidate.address;
            let over = candidate.line();
            let unfinished = candidate.unfinished;
            let unfinished =
                unfinished.map(|asked| host.recollect(&asked, over, journal.as_deref()));
            let recognition = match (&candidate.secured, &candidate.resume, &mut journal) {
                (Some(secured), None, Some(journal)) => {
                    let acquaintance = Acquaintance::of(host.can, candidate.can);
                    secured.recognize(candidate.name.as_ref(), acquaintance, journal)
                }
                _ => Recognition::Unknown,
            };
            let mut start =
                match self.start_with(&candidate, journal.as_deref_mut(), speaker.recalls()) {
                    Ok(start) => start,
                    Err(declined) => {
                        host.acceptor.report_departure(visitor, &declined, speaker);
                        candidate.turn_away(declined.reason(), declined.message());
                        host.acceptor.free_seat();
                        continue;
                    }
                };
            let standing =
                (start.session.loss() == Loss::Waits).then(|| start.session.standing().clone());
            let secured = candidate.secured.take();
            let ticket = standing.as_ref().map(|standing| standing.session);
            host.acceptor
                .take_seat(ticket, secured.as_ref().map(|secured| &secured.key));
            host.welcome(
                &mut candidate.connection,
                candidate.dialect,
                standing,
                unfinished,
            );
            let met = start.session.handle(Input::Met(candidate.can));
            start.effects.extend(met);
            if !candidate.is_announced && candidate.opening != FirstTurn::Taken {
                match Acceptor::first_message(&mut candidate, speaker, signals).await? {
                    FirstMessage::Said => {}
                    FirstMessage::Left => {
                        host.acceptor
                            .report_departure(visitor, &VisitError::Left, speaker);
                        host.acceptor.free_seat();
                        continue;
                    }
                    FirstMessage::GaveUp(exit) => {
                        speaker.finish().await;
                        return Ok(exit);
                    }
                }
            }
            let is_back = candidate.resume.is_some();
            let input = match (candidate.resume, candidate.opening) {
                (Some(theirs), _) => Some(Input::Back(theirs)),
                (None, FirstTurn::Said(text)) => Some(Input::Text(text)),
                (None, FirstTurn::Taken) => Some(Input::Ahead(Command::Turn.word().to_owned())),
                (None, FirstTurn::Awaited) => None,
            };
            let first = input.map(|input| start.session.handle(input));
            start.effects.extend(first.unwrap_or_default());
            match &secured {
                Some(secured) if !is_back => secured.announce(speaker),
                Some(_) => Secured::announce_alone(speaker),
                None => {}
            }
            let page = PartnerPage::new(Role::Server, host.name.as_ref(), candidate.name.as_ref());
            let is_page = start.session.peer().is_page();
            if let Dialect::Counted(_) = candidate.dialect {
                let (name, words) = (candidate.dialect.name(), candidate.dialect.words());
                speaker.line(&format!(
                    "The client is not tictalk. It speaks {name}: {words}."
                ));
            }
            speaker.introduce(candidate.name);
            recognition.tell(speaker);
            let mut conversation = Conversation::new(
                Role::Server,
                start,
                candidate.connection,
                &mut host,
                speaker,
                signals,
            );
            if is_page {
                conversation = conversation.with_page(page);
            }
            let ended = conversation.run().await;
            if let (Some(Secured { key, .. }), Ok(ConversationEnd::Over(_))) = (&secured, &ended) {
                if !recognition.keeps_key() {
                    host.acceptor.forget(key);
                }
                if let (Some(journal), Some(ticket)) = (&mut journal, ticket) {
                    // A journal that cannot be written now lets the partner in without a code next time.
                    let _ = journal.withdraw_promise(&ticket);
                }
            }
            match (ended, self.then) {
                (Ok(ConversationEnd::NothingSaid), _) => {
                    host.acceptor
                        .report_departure(visitor, &VisitError::Left, speaker);
                }
                (Ok(ConversationEnd::Unanswered), _) => {
                    host.acceptor
                        .report_departure(visitor, &VisitError::Unanswered, speaker);
                }
                (Ok(ConversationEnd::Over(exit @ Exit::Signalled(_))), _) => return Ok(exit),
                (Ok(ConversationEnd::Over(_)), AfterSession::Listen) => {
                    if speaker.can_decide() {
                        speaker.hint(LISTENING_AGAIN);
                    } else {
                        speaker.line(&format!(
                            "The session with {visitor} is over. Still listening."
                        ));
                    }
                }
                (Err(error), AfterSession::Listen) => {
                    host.acceptor.report_departure(visitor, &error, speaker);
                    speaker.hint(LISTENING_AGAIN);
                }
                (Ok(ConversationEnd::Over(exit)), AfterSession::End) => return Ok(exit),
                (Err(error), AfterSession::End) => return Err(error),
            }
            speaker.flush();
            host.acceptor.free_seat();
        }
    }

    /// The session with `candidate`: a new one, or the one that it wants to resume, of which the last
    /// `recall` messages are shown again.
    fn start_with<'journal>(
        &self,
        candidate: &Candidate,
        mut journal: Option<&'journal mut Journal>,
        recall: usize,
    ) -> Result<SessionStart<'journal>, Declined> {
        let key = candidate.secured.as_ref().map(|secured| &secured.key);
        let header = |ticket| Header {
            role: Role::Server,
            ticket,
            dialect: candidate.dialect,
            host: self.address.host.clone(),
            port: self.address.port,
            me: self.name.as_ref().map(Name::to_string),
            partner: candidate.name.as_ref().map(Name::to_string),
            key: key.cloned(),
        };
        let reconnect = self.reconnect;
        let Some(theirs) = &candidate.resume else {
            let ticket = new_ticket()?;
            let loss = if candidate.dialect.can_resume() && !reconnect.is_zero() {
                Loss::Waits
            } else {
                Loss::Ends
            };
            let (session, effects) =
                Session::start(Role::Server, candidate.dialect, ticket, loss, new_chance()?);
            let session = match self.receipts {
                Receipts::Each => session.acknowledging(),
                Receipts::None => session,
            };
            if loss == Loss::Waits
                && let Some(journal) = &mut journal
            {
                // A journal that cannot be written reports that at the first turn. Until then, only a
                // restart of this program would forget the ticket.
                let _ = journal.promise(&ticket, key);
            }
            let ledger = Ledger::begin(journal, header(ticket));
            return Ok(SessionStart {
                session,
                effects,
                ledger,
                reconnect,
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
                let (session, effects) = restore(journal, &known, new_chance()?, recall)?;
                session.meets(theirs).map_err(|_| Declined::Diverged)?;
                let mut ledger = Ledger::resume(journal, &known)?;
                if let Some(key) = key {
                    ledger.make_private(key)?;
                }
                (session, effects, ledger)
            }
            // Nothing has been recorded here, and perhaps there was nothing to record.
            (_, journal) => {
                let nothing: [Turn; 0] = [];
                let nothing =
                    Session::restore(Role::Server, theirs.session, nothing, new_chance()?, 0);
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
            reconnect,
            idle: self.idle,
        })
    }
}

/// What a person tells the partner, in whole lines. The way from this machine needs no words, except
/// for the page.
fn invitation(reach: &Reach, pages: &Pages, lines: LinePolicy) -> String {
    match (reach.extent(), pages) {
        (Extent::Network | Extent::Unconnected, _) => reach.invitation("your partner", pages),
        (Extent::Machine, Pages::On { .. }) if lines.takes_plain() => {
            let links = reach.links().into_iter();
            let links = links.map(|link| format!("In a browser on this machine: {link}\n"));
            links.collect()
        }
        (Extent::Machine, Pages::On { .. } | Pages::Off) => String::new(),
    }
}

/// Why a candidate cannot have the session it wants.
#[derive(Debug, thiserror::Error)]
enum Declined {
    #[error("it wants to resume an unknown session")]
    Unknown,
    #[error("it wants to resume a session that is over")]
    Ended,
    #[error("it has recorded different turns")]
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
            // The next attempt may succeed.
            Self::Journal(_) | Self::System(_) => Reason::Busy,
        }
    }

    /// The message for the candidate.
    fn message(&self) -> String {
        let message = match self {
            Self::Unknown => "Start a new one without --resume.",
            Self::Ended => "It ended with /q. Start a new one without --resume.",
            Self::Diverged => {
                "The two programs have recorded different turns. `tictalk history` shows them; \
                 start a new session without --resume."
            }
            Self::Journal(_) | Self::System(_) => {
                "It cannot start a session now. Please try again later."
            }
        };
        message.to_owned()
    }
}

/// Welcomes clients, also those that reconnect.
#[derive(Debug)]
struct Host {
    name: Option<Name>,
    can: Abilities,
    reconnect: Duration,
    acceptor: Acceptor,
}

impl Host {
    /// What the journal knows about a session that a client asks about. A journal that cannot be read
    /// reports that when the session begins.
    fn recollect(&self, asked: &Handle, over: LineKind, journal: Option<&Journal>) -> Unfinished {
        let ticket = self.acceptor.ticket(asked, over);
        let known = ticket
            .zip(journal)
            .and_then(|(ticket, journal)| journal.find(Role::Server, &ticket).ok().flatten());
        match known {
            Some(session) if session.ended.is_none() && session.turns > 0 => Unfinished::Stored,
            _ => Unfinished::Unknown,
        }
    }

    /// Sends the welcome to a candidate that can read it.
    fn welcome(
        &self,
        candidate: &mut Connection,
        dialect: Dialect,
        standing: Option<Standing>,
        unfinished: Option<Unfinished>,
    ) {
        if dialect.has_controls() {
            // A connection that is lost now shows when it is next read.
            let _ = candidate.send(&Frame::Control(Control::Welcome {
                version: HANDSHAKE_VERSION,
                name: self.name.clone(),
                mode: Mode::Pair,
                standing,
                room: None,
                unfinished,
                can: self.can,
            }));
        }
    }
}

impl Partner for Host {
    async fn reconnect(&mut self, session: &Session) -> Result<Reconnected, PairError> {
        let lost_for = session.is_apart().then_some(self.reconnect);
        self.acceptor.keep_seat(lost_for);
        loop {
            let mut candidate = self.acceptor.reconnecting().await;
            match candidate.resume.take() {
                Some(standing) if session.meets(&standing).is_ok() => {
                    let ours = session.standing().clone();
                    let (connection, dialect) = (&mut candidate.connection, candidate.dialect);
                    self.welcome(connection, dialect, Some(ours), None);
                    return Ok(Reconnected {
                        connection: candidate.connection,
                        standing,
                        can: candidate.can,
                    });
                }
                _ => candidate.turn_away(Reason::Diverged, Declined::Diverged.message()),
            }
        }
    }
}
