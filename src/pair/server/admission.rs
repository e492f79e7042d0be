//! Admission to a pair's server: accepts connections, identifies what each speaks and who it is, and
//! gives the partner's seat to one.

use super::after::AfterSession;
use super::candidate::{Candidate, FirstTurn, VisitError, turn_away};
use super::keyring::Keyring;
use super::seat::{PartnerSeat, Turned};
use super::secrets::ServerSecrets;
use crate::net::admission::{self, ACCEPT_RETRY, AdmissionError, Greeting, Hello};
use crate::net::key_exchange::{KeyExchangeError, agree_as_server};
use crate::net::{Connection, Listener, PeerAddress};
use crate::pair::secured::Secured;
use crate::pair::wire_choice::WireChoice;
use crate::web::{BrowserVisit, Website};
use crate::wire::{
    Dialect, Entrance, Frame, HANDSHAKE_VERSION, ONLY_PRIVATE, Opener, Reason, Standing, Stranger,
};
use bytes::BytesMut;
use std::collections::VecDeque;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{self, error::TrySendError};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet, yield_now};
use tokio::time::error::Elapsed;
use tokio::time::{Instant, sleep, timeout, timeout_at};

/// How long a visitor may take to identify itself after its first byte. One that has sent nothing
/// may stay: it costs only its connection.
const INTRODUCTION_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a visitor may take to identify itself before the person is told about it. One that
/// speaks at once may turn out not to be a partner.
const ANNOUNCE_AFTER: Duration = Duration::from_millis(500);

/// How much longer a browser may take to read an answer.
const ANSWER_GRACE: Duration = Duration::from_secs(5);

/// The refusal of a page that shows rooms.
const NO_ROOM: &str = "There is no room here: this port is for a session of two.";

/// How many connections may be unidentified at once. The next one replaces the oldest.
const MAX_VISITORS: usize = 128;

/// An event before a candidate has the seat.
#[derive(Debug)]
pub(super) enum VisitorEvent {
    /// This visitor has not identified itself at once.
    Arrived(PeerAddress),
    /// This visitor has left or was turned away.
    Left(PeerAddress, VisitError),
}

/// Admits one connection.
#[derive(Debug, Clone)]
pub(super) struct Admission {
    /// Where visitors are reported that come and go.
    pub(super) events: mpsc::Sender<VisitorEvent>,
    /// Where candidates for the seat are handed over.
    pub(super) candidates: mpsc::Sender<Box<Candidate>>,
    pub(super) seat: PartnerSeat,
    pub(super) keyring: Keyring,
    pub(super) secrets: ServerSecrets,
    pub(super) then: AfterSession,
    pub(super) website: Website,
    /// The dialect that this server was told to speak.
    pub(super) wire: WireChoice,
    /// The silent visitor from whom the person takes the first turn.
    pub(super) taken: watch::Receiver<Option<PeerAddress>>,
}

impl Admission {
    async fn report(&self, event: VisitorEvent) {
        // The receiver is gone only after the server has ended.
        let _ = self.events.send(event).await;
    }

    /// Identifies a visitor, then seats it or turns it away.
    async fn receive(self, stream: TcpStream, from: SocketAddr) {
        let address = PeerAddress(from);
        let mut identifying = Box::pin(self.identify(stream, address));
        let identified = match timeout(ANNOUNCE_AFTER, &mut identifying).await {
            // A page has several files, and nobody wants to hear of each.
            Ok(Err(VisitError::Answered)) => return,
            // A client whose person is being asked for the code.
            Ok(Err(VisitError::Exchange(KeyExchangeError::Left))) => return,
            Ok(identified) => identified,
            Err(_) => {
                self.report(VisitorEvent::Arrived(address)).await;
                identifying.await
            }
        };
        match identified {
            Ok(candidate) => {
                if let Err(candidate) = self.seat(candidate) {
                    self.secrets.miss();
                    let busy = self.seat.busy(candidate.unfinished, self.then);
                    turn_away(candidate.connection, candidate.dialect, busy).await;
                }
            }
            Err(error) => self.report(VisitorEvent::Left(address, error)).await,
        }
    }

    /// Gives `candidate` the seat, or returns it if the seat is taken. This does not wait: a visit that
    /// is aborted must not keep the seat.
    fn seat(&self, candidate: Box<Candidate>) -> Result<(), Box<Candidate>> {
        if !self.seat.admits(candidate.resume.as_ref()) {
            return Err(candidate);
        }
        self.candidates
            .try_send(candidate)
            .map_err(|error| match error {
                TrySendError::Full(candidate) | TrySendError::Closed(candidate) => candidate,
            })
    }

    /// Identifies a visitor, then reads its greeting or its first message.
    async fn identify(
        &self,
        mut stream: TcpStream,
        address: PeerAddress,
    ) -> Result<Box<Candidate>, VisitError> {
        // A visitor that has sent nothing costs no more than its connection.
        let mut taken = self.taken.clone();
        let mut first = [0];
        tokio::select! {
            biased;
            // Unlike a wait for readiness, this is never over before something has come.
            arrived = stream.peek(&mut first) => {
                arrived?;
            }
            // It fails only when the server ends.
            Ok(_) = taken.wait_for(|from| *from == Some(address)) => {
                let dialect = match self.wire {
                    WireChoice::Only(dialect) => dialect,
                    WireChoice::Unstated | WireChoice::Auto => Dialect::Raw,
                };
                return Ok(Box::new(Candidate {
                    opening: FirstTurn::Taken,
                    ..Candidate::ungreeted(stream, dialect, BytesMut::new(), address)
                }));
            }
        }
        let deadline = Instant::now() + INTRODUCTION_TIMEOUT;
        let identified = timeout_at(deadline, admission::identify(&mut stream)).await;
        let (opener, received) = identified.map_err(|_| VisitError::Slow)??;
        let dialect = match self.chosen(opener) {
            Opener::Private => {
                return self.privately(stream, received, address, deadline).await;
            }
            Opener::Dialect(dialect) if !self.secrets.lines().takes_plain() => {
                let connection = Connection::new(stream, dialect, received);
                let refusal = Turned::new(Reason::Private, ONLY_PRIVATE.to_owned());
                turn_away(connection, dialect, refusal).await;
                return Err(VisitError::NotPrivate);
            }
            Opener::Dialect(dialect) if dialect.has_controls() => {
                return self
                    .greeted(stream, dialect, received, address, deadline)
                    .await;
            }
            Opener::Dialect(dialect) => dialect,
            Opener::Stranger(Stranger::Http) => {
                return self.browsed(stream, received, address, deadline).await;
            }
            Opener::Stranger(stranger) => return Err(VisitError::Stranger(stranger)),
        };
        let mut candidate = Candidate::ungreeted(stream, dialect, received, address);
        let first = candidate.connection.receive();
        let first = match dialect {
            // Silence ends a raw message; a person who has only pressed Enter may need time.
            Dialect::Raw | Dialect::Lines => tokio::select! {
                biased;
                first = first => first?,
                Ok(_) = taken.wait_for(|from| *from == Some(address)) => {
                    candidate.opening = FirstTurn::Taken;
                    return Ok(Box::new(candidate));
                }
            },
            Dialect::Framed | Dialect::Counted(_) | Dialect::Tictalk | Dialect::Web => {
                let first = timeout_at(deadline, first).await;
                first.map_err(|_| VisitError::Slow)??
            }
        };
        candidate.opening = match first {
            Some(Frame::Text(text)) => FirstTurn::Said(text),
            Some(Frame::Control(_)) => return Err(AdmissionError::NoGreeting.into()),
            None => return Err(VisitError::Left),
        };
        Ok(Box::new(candidate))
    }

    /// The peer, with the chosen dialect if its first bytes do not tell that it has a greeting.
    fn chosen(&self, opener: Opener) -> Opener {
        match (self.wire, opener) {
            (WireChoice::Only(chosen), Opener::Dialect(dialect)) if !dialect.has_controls() => {
                Opener::Dialect(chosen)
            }
            (WireChoice::Only(chosen), Opener::Stranger(Stranger::Binary)) => {
                Opener::Dialect(chosen)
            }
            (_, opener) => opener,
        }
    }

    /// Answers the request of a browser, and greets it if it opens a WebSocket.
    async fn browsed(
        &self,
        mut stream: TcpStream,
        received: BytesMut,
        address: PeerAddress,
        deadline: Instant,
    ) -> Result<Box<Candidate>, VisitError> {
        let answered = self.website.receive(&mut stream, received, Some(deadline));
        let visit = timeout_at(deadline + ANSWER_GRACE, answered).await;
        let why = match visit.map_err(|_| VisitError::Slow)?? {
            BrowserVisit::Answered => VisitError::Answered,
            BrowserVisit::Refused(why) => VisitError::Refused(why),
            BrowserVisit::Open(rest) => {
                return self
                    .greeted(stream, Dialect::Web, rest, address, deadline)
                    .await;
            }
        };
        let connection = Connection::new(stream, Dialect::Raw, BytesMut::new());
        connection.close().await;
        Err(why)
    }

    /// Agrees with a client on a private line, and greets it over that line.
    async fn privately(
        &self,
        mut stream: TcpStream,
        received: BytesMut,
        address: PeerAddress,
        deadline: Instant,
    ) -> Result<Box<Candidate>, VisitError> {
        let secrets = self.secrets.for_visit();
        let exchange = agree_as_server(&mut stream, received, &secrets);
        let agreed = timeout_at(deadline, exchange).await;
        let agreed = match agreed.map_err(|_| VisitError::Slow)? {
            Ok(agreed) => agreed,
            Err(error) => {
                let connection = Connection::new(stream, Dialect::Raw, BytesMut::new());
                connection.close().await;
                return Err(error.into());
            }
        };
        let (line, secured) = Secured::new(agreed);
        let mut greeting = Greeting::private(&mut stream, line);
        let greeted = timeout_at(deadline, self.greet(Dialect::Tictalk, &mut greeting)).await;
        let (line, received) = greeting.into_parts();
        let connection = Connection::over(stream, line, Dialect::Tictalk, received);
        let candidate = self
            .judge(greeted, connection, Dialect::Tictalk, address)
            .await;
        if candidate.is_ok() {
            secrets.keep();
        }
        candidate.map(|candidate| {
            Box::new(Candidate {
                secured: Some(secured),
                ..*candidate
            })
        })
    }

    /// Greets a client whose dialect has a greeting.
    async fn greeted(
        &self,
        mut stream: TcpStream,
        dialect: Dialect,
        received: BytesMut,
        address: PeerAddress,
        deadline: Instant,
    ) -> Result<Box<Candidate>, VisitError> {
        let mut greeting = Greeting::new(&mut stream, dialect, received);
        let greeted = timeout_at(deadline, self.greet(dialect, &mut greeting)).await;
        let (line, received) = greeting.into_parts();
        let connection = Connection::over(stream, line, dialect, received);
        self.judge(greeted, connection, dialect, address).await
    }

    /// Makes a client that was greeted a candidate, or turns it away.
    async fn judge(
        &self,
        greeted: Result<Result<(Hello, Option<Standing>), VisitError>, Elapsed>,
        connection: Connection,
        dialect: Dialect,
        address: PeerAddress,
    ) -> Result<Box<Candidate>, VisitError> {
        match greeted {
            Ok(Ok((hello, resume))) => Ok(Box::new(Candidate {
                address,
                connection,
                dialect,
                name: hello.name,
                resume,
                unfinished: hello.unfinished,
                can: hello.can,
                opening: FirstTurn::Awaited,
                secured: None,
                is_announced: false,
            })),
            Ok(Err(error)) => {
                if let Some(refusal) = self.refusal(&error) {
                    turn_away(connection, dialect, refusal).await;
                }
                Err(error)
            }
            Err(_) => Err(VisitError::Slow),
        }
    }

    /// Reads the hello. Returns it and, once the client has proved that it knows the ticket, how far
    /// its end of the session to resume has come.
    async fn greet(
        &self,
        dialect: Dialect,
        greeting: &mut Greeting<'_, TcpStream>,
    ) -> Result<(Hello, Option<Standing>), VisitError> {
        let mut hello = greeting.hello().await?;
        if hello.role.is_some() {
            return Err(VisitError::NoRoom);
        }
        // A page whose room was here before would believe nobody else. It joins as somebody new.
        if dialect == Dialect::Web && matches!(hello.room, Some(Entrance::Return { .. })) {
            return Err(VisitError::Unknown);
        }
        let Some(resume) = hello.resume.take() else {
            return Ok((hello, None));
        };
        let nonce = hello.nonce.ok_or(AdmissionError::NoGreeting)?;
        let ticket = self.keyring.find(&resume.session, greeting.line());
        let ticket = ticket.ok_or(VisitError::Unknown)?;
        greeting.challenge(ticket, nonce).await?;
        Ok((hello, Some(resume.into_standing(ticket))))
    }

    /// The refusal for a client that can read one.
    fn refusal(&self, why: &VisitError) -> Option<Turned> {
        let unknown = "Start a new one without --resume.";
        match why {
            // The seat belongs to another client.
            VisitError::Unknown if !self.seat.is_free() => Some(self.seat.busy(None, self.then)),
            VisitError::Unknown | VisitError::Admission(AdmissionError::Unproved) => {
                Some(Turned::new(Reason::Unknown, unknown.to_owned()))
            }
            VisitError::NoRoom => Some(Turned::new(Reason::Other, NO_ROOM.to_owned())),
            VisitError::Admission(AdmissionError::Version(version)) => {
                let message = format!(
                    "This server speaks version {HANDSHAKE_VERSION} of tictalk, not {version}."
                );
                Some(Turned::new(Reason::Version, message))
            }
            _ => None,
        }
    }
}

/// Accepts connections until it is dropped.
pub(super) async fn accept_all(listener: Listener, admission: Admission) {
    // Dropping the set ends every visit.
    let mut visits = JoinSet::new();
    let mut visitors: VecDeque<(PeerAddress, AbortHandle)> = VecDeque::new();
    loop {
        let accepted = listener.accept().await;
        while visits.try_join_next().is_some() {}
        visitors.retain(|(_, visit)| !visit.is_finished());
        let is_full = accepted.is_err() || visitors.len() >= MAX_VISITORS;
        let oldest = if is_full { visitors.pop_front() } else { None };
        if let Some((visitor, visit)) = &oldest {
            visit.abort();
            admission
                .report(VisitorEvent::Left(*visitor, VisitError::Crowded))
                .await;
        }
        match accepted {
            Ok((stream, from)) => {
                let visit = visits.spawn(admission.clone().receive(stream, from));
                visitors.push_back((PeerAddress(from), visit));
            }
            // The connection is closed once the aborted visit has been dropped.
            Err(_) if oldest.is_some() => yield_now().await,
            Err(_) => sleep(ACCEPT_RETRY).await,
        }
    }
}
