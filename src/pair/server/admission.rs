//! The door of a server: who comes, who introduces itself, and who gets the seat opposite.

use super::super::{PairError, Speaker};
use super::departures::Departures;
use super::keyring::Keyring;
use crate::net::{
    Connection, Exit, Listener, PeerAddress, ReceiveError, Signal, Signals, new_nonce,
};
use crate::terminal::Typed;
use crate::wire::{
    Arrival, Control, Dialect, Exchange, Frame, HANDSHAKE_VERSION, HTTP_ANSWER, Name, Nonce,
    Opener, Prover, Reason, Resume, Standing, Stranger, Text, Ticket, WireError,
};
use bytes::BytesMut;
use std::collections::VecDeque;
use std::fmt::Display;
use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::task::{AbortHandle, JoinSet, yield_now};
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};

/// How long an introduction may take once its first byte has come. A visitor that has sent nothing
/// may stay: it costs no more than its connection.
const INTRODUCTION: Duration = Duration::from_secs(30);

/// How long a visitor may take to introduce itself before the person is told that it has come. One
/// that speaks at once may turn out to be no partner.
const SILENCE: Duration = Duration::from_millis(500);

/// How many visitors may stand at the door; for the next one, the oldest has to go.
const VISITORS: usize = 128;

/// How long the line is silent after a raw message that has no end of a line.
const QUIET: Duration = Duration::from_millis(30);

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// What a person reads who comes while two are talking.
const BUSY: &str = "Two people are talking here already. Please try again later.";

/// What happens at the door before somebody is seated.
#[derive(Debug)]
enum VisitorEvent {
    Arrived(PeerAddress),
    Left(PeerAddress, VisitError),
}

/// A visitor who has introduced itself.
#[derive(Debug)]
pub(super) struct Candidate {
    pub(super) address: PeerAddress,
    pub(super) connection: Connection,
    pub(super) dialect: Dialect,
    pub(super) name: Option<Name>,
    /// The talk that it wants to go on with, and where it stands there; it has proved that it knows
    /// the ticket.
    pub(super) resume: Option<Standing>,
    /// The first message, of a dialect without a greeting.
    pub(super) opening: Option<String>,
    /// Whether the person has been told that it has come.
    pub(super) is_announced: bool,
}

impl Candidate {
    /// Says why in the guest's own dialect, and closes, without waiting for that here.
    pub(super) fn turn_away(self, reason: Reason, message: String) {
        tokio::spawn(async move {
            turn_away(self.connection, self.dialect, reason, &message).await;
        });
    }
}

/// Why a visitor did not get as far as a talk.
#[derive(Debug, thiserror::Error)]
pub(super) enum VisitError {
    #[error("it left without a word")]
    Left,
    #[error("it left before it was answered")]
    Unanswered,
    #[error("it speaks {}, and is no partner", .0.name())]
    Stranger(Stranger),
    #[error("it had to make room for others")]
    Crowded,
    #[error("it began to introduce itself and did not end")]
    Slow,
    #[error("{0}")]
    Wire(#[from] WireError),
    #[error("it did not greet first")]
    NoGreeting,
    #[error("it speaks another version of tictalk")]
    Version,
    #[error("it wants to go on with a talk that is not known here")]
    Unknown,
    #[error("it could not prove that it is the client of the talk that it wants to go on with")]
    Unproved,
    #[error("{0}")]
    Io(#[from] io::Error),
}

impl From<ReceiveError> for VisitError {
    fn from(error: ReceiveError) -> Self {
        match error {
            ReceiveError::Io(error) => Self::Io(error),
            ReceiveError::Wire(error) => Self::Wire(error),
        }
    }
}

/// How the wait for a guest ended.
pub(super) enum Waited {
    Seated(Box<Candidate>),
    GaveUp(Exit),
}

/// How the wait for a guest's first message ended.
pub(super) enum FirstWords {
    Said,
    Left,
    GaveUp(Exit),
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

/// The seat opposite: one, whoever may be at the door.
#[derive(Debug, Clone, Default)]
struct PartnerSeat(Arc<Mutex<Occupant>>);

#[derive(Debug, Default)]
enum Occupant {
    #[default]
    Nobody,
    /// A guest of whom it is not known yet whether it stays.
    Unknown,
    /// A partner; it may come back with its ticket where it has one.
    Partner(Option<Ticket>),
}

impl PartnerSeat {
    /// Lets `guest` up to the seat, if it is free or kept for this guest.
    fn admits(&self, guest: &Candidate) -> bool {
        let mut occupant = self.occupant();
        match (&*occupant, &guest.resume) {
            (Occupant::Nobody, _) => {
                *occupant = Occupant::Unknown;
                true
            }
            (Occupant::Partner(Some(ticket)), Some(resume)) => ticket.matches(&resume.session),
            (Occupant::Unknown | Occupant::Partner(_), _) => false,
        }
    }

    fn is_free(&self) -> bool {
        matches!(*self.occupant(), Occupant::Nobody)
    }

    fn occupant(&self) -> MutexGuard<'_, Occupant> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The door as the server's person sees it.
#[derive(Debug)]
pub(super) struct Door {
    news: mpsc::Receiver<VisitorEvent>,
    guests: mpsc::Receiver<Box<Candidate>>,
    seat: PartnerSeat,
    keyring: Keyring,
    departures: Departures,
    /// Ends with the door, and every visitor at it with it.
    _porter: JoinSet<()>,
}

impl Door {
    /// Lets visitors in; must be called within a runtime. A client can go on with a session whose
    /// ticket is in `keyring`.
    pub(super) fn open(listener: Listener, keyring: Keyring) -> Self {
        let (tell, news) = mpsc::channel(1);
        let (usher, guests) = mpsc::channel(1);
        let seat = PartnerSeat::default();
        let desk = Desk {
            news: tell,
            guests: usher,
            seat: seat.clone(),
            keyring: keyring.clone(),
        };
        let mut porter = JoinSet::new();
        porter.spawn(attend(listener, desk));
        Self {
            news,
            guests,
            seat,
            keyring,
            departures: Departures::new(Instant::now()),
            _porter: porter,
        }
    }

    /// Nobody has the seat: the next guest may have it.
    pub(super) fn free_seat(&self) {
        *self.seat.occupant() = Occupant::Nobody;
    }

    /// The guest stays. With its `ticket`, if it has one, it may come back.
    pub(super) fn take_seat(&self, ticket: Option<Ticket>) {
        if let Some(ticket) = ticket {
            self.keyring.add(ticket);
        }
        *self.seat.occupant() = Occupant::Partner(ticket);
    }

    /// Waits for a guest and prints who comes and goes meanwhile, one visitor at a time.
    pub(super) async fn wait<S: Speaker>(
        &mut self,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Waited, PairError> {
        let mut announced = None;
        loop {
            let news = tokio::select! {
                biased;
                signal = signals.next() => return Ok(Waited::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    // A prompt of an earlier talk was answered too late.
                    Typed::Line(_) | Typed::Overlong(_) => continue,
                    Typed::End | Typed::Gone => return Ok(Waited::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(Waited::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                Some(news) = self.news.recv() => news,
                Some(mut guest) = self.guests.recv() => {
                    guest.is_announced = announced == Some(guest.address);
                    let has_spoken = guest.opening.is_some() || guest.resume.is_some();
                    if !guest.is_announced && (self.departures.admits(Instant::now()) || has_spoken)
                    {
                        guest.is_announced = true;
                        speaker.connected_by(guest.address);
                    }
                    return Ok(Waited::Seated(guest));
                }
                () = until(self.departures.due()) => {
                    self.tell_departures(speaker);
                    continue;
                }
            };
            match news {
                VisitorEvent::Arrived(visitor) => {
                    if announced.is_none() && self.departures.admits(Instant::now()) {
                        announced = Some(visitor);
                        speaker.connected_by(visitor);
                        speaker.flush();
                    }
                }
                VisitorEvent::Left(visitor, why) => {
                    announced = announced.filter(|announced| *announced != visitor);
                    self.left_again(visitor, &why, speaker);
                }
            }
        }
    }

    /// Tells the person that a visitor is gone, or counts it where too many are going.
    pub(super) fn left_again<S: Speaker>(
        &mut self,
        visitor: PeerAddress,
        why: &impl Display,
        speaker: &mut S,
    ) {
        if self.departures.leaves(Instant::now()) {
            speaker.left_again(visitor, why);
            speaker.flush();
        }
    }

    fn tell_departures<S: Speaker>(&mut self, speaker: &mut S) {
        let count = self.departures.tell(Instant::now());
        let visitors = match count {
            1 => "visitor has",
            _ => "visitors have",
        };
        speaker.line(&format!(
            "{count} more {visitors} come and gone. Still listening."
        ));
        speaker.flush();
    }

    /// Waits for the first message of a guest of whom the person has not been told, because too many
    /// come and go.
    pub(super) async fn first_words<S: Speaker>(
        guest: &mut Candidate,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<FirstWords, PairError> {
        loop {
            tokio::select! {
                biased;
                signal = signals.next() => return Ok(FirstWords::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    Typed::Line(_) | Typed::Overlong(_) => {}
                    Typed::End | Typed::Gone => return Ok(FirstWords::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(FirstWords::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                received = guest.connection.receive() => match received {
                    Ok(Some(Frame::Text(text))) => {
                        speaker.connected_by(guest.address);
                        guest.opening = Some(text);
                        return Ok(FirstWords::Said);
                    }
                    Ok(Some(Frame::Control(_))) => {}
                    Ok(None) | Err(_) => return Ok(FirstWords::Left),
                },
            }
        }
    }

    /// Waits for a partner who comes back. Dropping the future loses nobody.
    pub(super) async fn returning(&mut self) -> Box<Candidate> {
        loop {
            tokio::select! {
                Some(guest) = self.guests.recv() => return guest,
                // Who only comes and goes is of no interest during a talk.
                Some(_) = self.news.recv() => {}
            }
        }
    }
}

/// Who visitors meet at the door.
#[derive(Debug, Clone)]
struct Desk {
    news: mpsc::Sender<VisitorEvent>,
    guests: mpsc::Sender<Box<Candidate>>,
    seat: PartnerSeat,
    keyring: Keyring,
}

impl Desk {
    async fn tell(&self, news: VisitorEvent) {
        // Without a door there is nobody to hear it.
        let _ = self.news.send(news).await;
    }

    /// Hears a visitor out: seats it if the seat is free, and turns it away if not.
    async fn receive(self, stream: TcpStream, from: SocketAddr) {
        let address = PeerAddress(from);
        let mut introduction = Box::pin(self.introduction(stream, address));
        let introduced = match timeout(SILENCE, &mut introduction).await {
            Ok(introduced) => introduced,
            Err(_) => {
                self.tell(VisitorEvent::Arrived(address)).await;
                introduction.await
            }
        };
        match introduced {
            Ok(guest) => {
                if let Err(guest) = self.seat(guest) {
                    turn_away(guest.connection, guest.dialect, Reason::Busy, BUSY).await;
                }
            }
            Err(error) => self.tell(VisitorEvent::Left(address, error)).await,
        }
    }

    /// Leads `guest` to the seat, or gives the guest back where it is taken. Nothing is waited for
    /// in between: a visit that is given up must not take the seat along.
    fn seat(&self, guest: Box<Candidate>) -> Result<(), Box<Candidate>> {
        if !self.seat.admits(&guest) {
            return Err(guest);
        }
        self.guests.try_send(guest).map_err(|error| match error {
            TrySendError::Full(guest) | TrySendError::Closed(guest) => guest,
        })
    }

    /// Learns from a visitor's first bytes which dialect it speaks, and its greeting or first message.
    async fn introduction(
        &self,
        mut stream: TcpStream,
        address: PeerAddress,
    ) -> Result<Box<Candidate>, VisitError> {
        stream.readable().await?;
        let deadline = Instant::now() + INTRODUCTION;
        let mut received = BytesMut::new();
        let dialect = loop {
            let read = timeout_at(deadline, stream.read_buf(&mut received)).await;
            let arrival = match read.map_err(|_| VisitError::Slow)?? {
                0 => Arrival::End,
                _ => Arrival::Bytes,
            };
            let opener = match Opener::of_first_bytes(&received, arrival) {
                Some(opener) => Some(opener),
                None if arrival == Arrival::End => return Err(VisitError::Left),
                // A raw message without the end of a line.
                None if timeout(QUIET, stream.readable()).await.is_err() => {
                    Opener::of_first_bytes(&received, Arrival::Quiet)
                }
                None => None,
            };
            match opener {
                Some(Opener::Dialect(dialect)) => break dialect,
                Some(Opener::Stranger(stranger)) => {
                    if stranger == Stranger::Http {
                        let connection = Connection::new(stream, Dialect::Raw, received);
                        let reason = Reason::Other;
                        turn_away(connection, Dialect::Raw, reason, HTTP_ANSWER).await;
                    }
                    return Err(VisitError::Stranger(stranger));
                }
                None => {}
            }
        };
        let mut connection = Connection::new(stream, dialect, received);
        let first = match dialect {
            // Silence ends a raw message, and a person who has only pressed Enter yet may think.
            Dialect::Raw => connection.receive().await?,
            Dialect::Tictalk | Dialect::Framed => timeout_at(deadline, connection.receive())
                .await
                .map_err(|_| VisitError::Slow)??,
        };
        let (name, resume, opening) = match (dialect, first) {
            (
                Dialect::Tictalk,
                Some(Frame::Control(Control::Hello {
                    version,
                    name,
                    resume,
                    nonce,
                    ..
                })),
            ) => {
                if version != HANDSHAKE_VERSION {
                    let message = format!(
                        "This server speaks version {HANDSHAKE_VERSION} of tictalk, not {version}."
                    );
                    turn_away(connection, dialect, Reason::Version, &message).await;
                    return Err(VisitError::Version);
                }
                let resume = match (resume, nonce) {
                    (None, _) => None,
                    (Some(resume), Some(nonce)) => {
                        let proving = self.proved(&mut connection, resume, nonce);
                        let proved = timeout_at(deadline, proving).await;
                        match proved.map_err(|_| VisitError::Slow)? {
                            Ok(standing) => Some(standing),
                            Err(error) => {
                                let (reason, message) = self.refusal(&error);
                                turn_away(connection, dialect, reason, message).await;
                                return Err(error);
                            }
                        }
                    }
                    (Some(_), None) => return Err(VisitError::NoGreeting),
                };
                (name, resume, None)
            }
            (Dialect::Framed | Dialect::Raw, Some(Frame::Text(text))) => (None, None, Some(text)),
            (_, Some(_)) => return Err(VisitError::NoGreeting),
            (_, None) => return Err(VisitError::Left),
        };
        Ok(Box::new(Candidate {
            address,
            connection,
            dialect,
            name,
            resume,
            opening,
            is_announced: false,
        }))
    }

    /// Where a client stands that knows the ticket of the session it wants to go on with. The server
    /// proves first that it knows the ticket, too.
    async fn proved(
        &self,
        connection: &mut Connection,
        resume: Resume,
        client: Nonce,
    ) -> Result<Standing, VisitError> {
        let ticket = self.keyring.find(&resume.session);
        let ticket = ticket.ok_or(VisitError::Unknown)?;
        let exchange = Exchange {
            ticket,
            client,
            server: new_nonce()?,
        };
        connection.send(&Frame::Control(Control::Challenge {
            nonce: exchange.server,
            proof: exchange.proof(Prover::Server),
        }))?;
        match connection.receive().await? {
            Some(Frame::Control(Control::Proof { proof }))
                if exchange.accepts(&proof, Prover::Client) =>
            {
                Ok(resume.into_standing(ticket))
            }
            Some(_) => Err(VisitError::Unproved),
            None => Err(VisitError::Left),
        }
    }

    /// What a client reads that cannot go on with its session.
    fn refusal(&self, why: &VisitError) -> (Reason, &'static str) {
        match why {
            // The seat is not its own, and the right program for it may be another one.
            VisitError::Unknown if !self.seat.is_free() => (Reason::Busy, BUSY),
            _ => (Reason::Unknown, "Begin a new one without --resume."),
        }
    }
}

/// Takes visitors in until it is dropped.
async fn attend(listener: Listener, desk: Desk) {
    // Dropping the set ends every visit.
    let mut visits = JoinSet::new();
    let mut visitors: VecDeque<(PeerAddress, AbortHandle)> = VecDeque::new();
    loop {
        let accepted = listener.accept().await;
        while visits.try_join_next().is_some() {}
        visitors.retain(|(_, visit)| !visit.is_finished());
        let is_full = accepted.is_err() || visitors.len() >= VISITORS;
        let oldest = if is_full { visitors.pop_front() } else { None };
        if let Some((visitor, visit)) = &oldest {
            visit.abort();
            desk.tell(VisitorEvent::Left(*visitor, VisitError::Crowded))
                .await;
        }
        match accepted {
            Ok((stream, from)) => {
                let visit = visits.spawn(desk.clone().receive(stream, from));
                visitors.push_back((PeerAddress(from), visit));
            }
            // The place that was made is free once the visit has been given up.
            Err(_) if oldest.is_some() => yield_now().await,
            Err(_) => sleep(BREATH).await,
        }
    }
}

/// Says why in the visitor's own dialect, and closes.
async fn turn_away(mut connection: Connection, dialect: Dialect, reason: Reason, message: &str) {
    let message = message.to_owned();
    let frame = match dialect {
        Dialect::Tictalk => {
            let message = Text::cut(message);
            Frame::Control(Control::Refuse { reason, message })
        }
        Dialect::Framed | Dialect::Raw => Frame::Text(message),
    };
    if connection.send(&frame).is_ok() {
        connection.close().await;
    }
}
