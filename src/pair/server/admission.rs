//! Admission to a pair's server: accepts connections, identifies what each speaks and who it is, and
//! gives the partner's seat to one.

use super::after::AfterSession;
use super::candidate::{Candidate, FirstTurn, VisitError, turn_away};
use super::departures::Departures;
use super::keyring::Keyring;
use super::seat::{PartnerSeat, Turned};
use super::secrets::{CodeState, ServerSecrets};
use super::silence::{FIRST_TURN, Silence};
use crate::net::admission::{self, ACCEPT_RETRY, AdmissionError, Greeting, Hello};
use crate::net::key_exchange::{KeyExchangeError, agree_as_server};
use crate::net::{
    Connection, Exit, LineKind, Listener, PeerAddress, Signal, Signals, new_code, until,
};
use crate::pair::error::PairError;
use crate::pair::secured::Secured;
use crate::pair::speaker::Speaker;
use crate::pair::wire_choice::WireChoice;
use crate::session::Command;
use crate::terminal::Typed;
use crate::web::{BrowserVisit, Website};
use crate::wire::{
    Dialect, Entrance, Frame, HANDSHAKE_VERSION, Handle, LineKey, ONLY_PRIVATE, Opener, Reason,
    Standing, Stranger, Ticket,
};
use bytes::BytesMut;
use std::collections::VecDeque;
use std::fmt::Display;
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

/// How many wrong codes in a row end a server.
const BURNT_CODES: u32 = 3;

/// An event before a candidate has the seat.
#[derive(Debug)]
enum VisitorEvent {
    Arrived(PeerAddress),
    Left(PeerAddress, VisitError),
}

/// How the wait for a candidate ended.
pub(super) enum Waiting {
    Seated(Box<Candidate>),
    GaveUp(Exit),
}

/// How the wait for a candidate's first message ended.
pub(super) enum FirstMessage {
    Said,
    Left,
    GaveUp(Exit),
}

/// The connections of a server that wait for admission, and the candidates for the seat.
#[derive(Debug)]
pub(super) struct Acceptor {
    events: mpsc::Receiver<VisitorEvent>,
    candidates: mpsc::Receiver<Box<Candidate>>,
    seat: PartnerSeat,
    keyring: Keyring,
    secrets: ServerSecrets,
    /// How many codes in a row were burnt.
    burnt: u32,
    departures: Departures,
    /// The silent visitor from whom the person takes the first turn.
    taken: watch::Sender<Option<PeerAddress>>,
    /// Dropping it closes every connection that has not been admitted.
    _accepting: JoinSet<()>,
}

impl Acceptor {
    /// Starts to accept connections. Must be called within a runtime. A client can resume a session
    /// whose ticket is in `keyring`.
    pub(super) fn open(
        listener: Listener,
        keyring: Keyring,
        secrets: ServerSecrets,
        then: AfterSession,
        website: Website,
        wire: WireChoice,
    ) -> Self {
        let (report, events) = mpsc::channel(1);
        let (seated, candidates) = mpsc::channel(1);
        let seat = PartnerSeat::default();
        let (taken, is_taken) = watch::channel(None);
        let admission = Admission {
            events: report,
            candidates: seated,
            seat: seat.clone(),
            keyring: keyring.clone(),
            secrets: secrets.clone(),
            then,
            website,
            wire,
            taken: is_taken,
        };
        let mut accepting = JoinSet::new();
        accepting.spawn(accept_all(listener, admission));
        Self {
            events,
            candidates,
            seat,
            keyring,
            secrets,
            burnt: 0,
            departures: Departures::new(Instant::now()),
            taken,
            _accepting: accepting,
        }
    }

    /// Frees the seat for the next candidate.
    pub(super) fn free_seat(&self) {
        self.seat.free();
    }

    /// Makes the candidate the partner. With a `ticket` it may reconnect, over a private line by its
    /// `key`.
    pub(super) fn take_seat(&self, ticket: Option<Ticket>, key: Option<&LineKey>) {
        if let Some(ticket) = ticket {
            self.learn(ticket, key.cloned());
        }
        self.secrets.withdraw_code();
        self.seat.take(ticket);
    }

    /// The session with this key is over, and the partner is not remembered.
    pub(super) fn forget(&self, key: &LineKey) {
        self.secrets.remove(key);
    }

    /// Lets a client with this key have a private line.
    pub(super) fn know(&self, key: LineKey) {
        self.secrets.add(key);
    }

    /// Lets a client resume the session with this ticket, over a private line by its `key`.
    pub(super) fn learn(&self, ticket: Ticket, key: Option<LineKey>) {
        let line = match key {
            Some(_) => LineKind::Private,
            None => LineKind::Plain,
        };
        self.keyring.add(ticket, line);
        key.into_iter().for_each(|key| self.secrets.add(key));
    }

    /// Notes for how long the seat is kept, if the partner's connection is lost.
    pub(super) fn keep_seat(&self, lost_for: Option<Duration>) {
        self.seat.keep(lost_for);
    }

    /// The ticket with this handle, for a client with such a line.
    pub(super) fn ticket(&self, handle: &Handle, over: LineKind) -> Option<Ticket> {
        self.keyring.find(handle, over)
    }

    /// Waits for a candidate. Meanwhile, reports visitors that connect and disconnect, one at a time.
    pub(super) async fn wait<S: Speaker>(
        &mut self,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Waiting, PairError> {
        let mut announced: Option<PeerAddress> = None;
        let mut silence = Silence::Unasked;
        self.taken.send_replace(None);
        // The last session or candidate has used the last code.
        self.secrets.miss();
        loop {
            self.give_out_code(speaker)?;
            let event = tokio::select! {
                biased;
                signal = signals.next() => return Ok(Waiting::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    Typed::Line(line) if silence == Silence::Asked => {
                        if line.trim().eq_ignore_ascii_case(Command::Turn.word()) {
                            silence = Silence::Answered;
                            self.taken.send_replace(announced);
                        } else {
                            speaker.warn("Nothing was sent. Take the turn first.");
                            speaker.ask(FIRST_TURN, &[Command::Turn.word()]).await;
                        }
                        continue;
                    }
                    // This answers a prompt of an earlier session too late.
                    Typed::Line(_) | Typed::Overlong(_) => continue,
                    Typed::End | Typed::Gone => return Ok(Waiting::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(Waiting::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                Some(event) = self.events.recv() => event,
                Some(mut candidate) = self.candidates.recv() => {
                    silence.end(speaker, signals).await;
                    candidate.is_announced = announced == Some(candidate.address);
                    let has_spoken =
                        candidate.opening != FirstTurn::Awaited || candidate.resume.is_some();
                    if !candidate.is_announced && (self.departures.admits(Instant::now()) || has_spoken)
                    {
                        candidate.is_announced = true;
                        speaker.connected_by(candidate.address);
                    }
                    return Ok(Waiting::Seated(candidate));
                }
                () = until(self.departures.due()) => {
                    self.report_counted(speaker);
                    continue;
                }
                () = self.secrets.missed() => continue,
                () = until(silence.due()) => {
                    if let Some(visitor) = announced {
                        silence = Silence::Asked;
                        speaker.line(&format!(
                            "{visitor} has not said anything. Its program may wait for you to speak first."
                        ));
                        speaker.ask(FIRST_TURN, &[Command::Turn.word()]).await;
                        speaker.flush();
                    }
                    continue;
                }
            };
            silence.end(speaker, signals).await;
            match event {
                VisitorEvent::Arrived(visitor) => {
                    if announced.is_none() && self.departures.admits(Instant::now()) {
                        announced = Some(visitor);
                        if speaker.can_ask() && self.secrets.lines().takes_plain() {
                            silence = Silence::Since(Instant::now());
                        }
                        speaker.connected_by(visitor);
                        speaker.flush();
                    }
                }
                VisitorEvent::Left(visitor, why) => {
                    announced = announced.filter(|announced| *announced != visitor);
                    if matches!(why, VisitError::Exchange(KeyExchangeError::WrongCode)) {
                        speaker.warn(&format!(
                            "{visitor} entered a wrong code, which is burnt now."
                        ));
                        speaker.flush();
                    } else {
                        self.report_departure(visitor, &why, speaker);
                    }
                }
            }
        }
    }

    /// Gives out a code, if the server takes one and has none.
    ///
    /// # Errors
    /// [`PairError::Guessed`] if too many codes are burnt.
    fn give_out_code<S: Speaker>(&mut self, speaker: &mut S) -> Result<(), PairError> {
        match self.secrets.code() {
            _ if !self.secrets.lines().takes_code() => return Ok(()),
            CodeState::Valid(_) | CodeState::Used => return Ok(()),
            CodeState::Missing => self.burnt = 0,
            CodeState::Burnt => self.burnt += 1,
        }
        if self.burnt >= BURNT_CODES {
            return Err(PairError::Guessed);
        }
        let code = new_code()?;
        let which = if self.burnt > 0 { "New code" } else { "Code" };
        speaker.line(&format!("{which}: {}", code.as_str()));
        speaker.hint("Your partner is asked for it. It works once, so say it to nobody else.");
        speaker.flush();
        self.secrets.give_out(code);
        Ok(())
    }

    /// Tells the person that a visitor has left, or counts it if too many leave at once.
    pub(super) fn report_departure<S: Speaker>(
        &mut self,
        visitor: PeerAddress,
        why: &impl Display,
        speaker: &mut S,
    ) {
        if self.departures.leaves(Instant::now()) {
            speaker.disconnected(visitor, why);
            speaker.flush();
        }
    }

    fn report_counted<S: Speaker>(&mut self, speaker: &mut S) {
        let count = self.departures.report(Instant::now());
        let visitors = match count {
            1 => "visitor",
            _ => "visitors",
        };
        speaker.line(&format!(
            "{count} more {visitors} connected and left. Still listening."
        ));
        speaker.flush();
    }

    /// Waits for the first message of a candidate that the person has not been told about, because too
    /// many visitors come and go.
    pub(super) async fn first_message<S: Speaker>(
        candidate: &mut Candidate,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<FirstMessage, PairError> {
        loop {
            tokio::select! {
                biased;
                signal = signals.next() => return Ok(FirstMessage::GaveUp(Exit::Signalled(signal))),
                typed = speaker.typed() => match typed {
                    Typed::Failed(error) => return Err(PairError::Console(error)),
                    Typed::Line(_) | Typed::Overlong(_) => {}
                    Typed::End | Typed::Gone => return Ok(FirstMessage::GaveUp(Exit::Goodbye)),
                    Typed::Interrupt => {
                        return Ok(FirstMessage::GaveUp(Exit::Signalled(Signal::Interrupt)));
                    }
                },
                received = candidate.connection.receive() => match received {
                    Ok(Some(Frame::Text(text))) => {
                        speaker.connected_by(candidate.address);
                        candidate.opening = FirstTurn::Said(text);
                        return Ok(FirstMessage::Said);
                    }
                    Ok(Some(Frame::Control(_))) => {}
                    Ok(None) | Err(_) => return Ok(FirstMessage::Left),
                },
            }
        }
    }

    /// Waits for a partner that reconnects. Cancel safe.
    pub(super) async fn reconnecting(&mut self) -> Box<Candidate> {
        loop {
            tokio::select! {
                Some(candidate) = self.candidates.recv() => return candidate,
                // Visitors that come and go do not matter during a session.
                Some(_) = self.events.recv() => {}
            }
        }
    }
}

/// Admits one connection.
#[derive(Debug, Clone)]
struct Admission {
    events: mpsc::Sender<VisitorEvent>,
    candidates: mpsc::Sender<Box<Candidate>>,
    seat: PartnerSeat,
    keyring: Keyring,
    secrets: ServerSecrets,
    then: AfterSession,
    website: Website,
    wire: WireChoice,
    taken: watch::Receiver<Option<PeerAddress>>,
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
async fn accept_all(listener: Listener, admission: Admission) {
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
