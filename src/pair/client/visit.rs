//! A visit to a server: connects, agrees on a line, and greets.

use super::greeting::{ClientGreeting, RoomEntry, ServerReply, Welcome};
use super::line_secret::LineSecret;
use super::options::{Client, ClientEnd};
use super::recognition::recognize;
use crate::net::{Address, AddressError, Connection, Exit, Signals, new_ticket};
use crate::pair::error::PairError;
use crate::pair::handshake::HandshakeError;
use crate::pair::secured::Secured;
use crate::pair::speaker::Speaker;
use crate::pair::wire_choice::WireChoice;
use crate::session::Session;
use crate::terminal::{Typed, with_progress};
use crate::wire::{Abilities, Dialect, Handle, Sees, Standing, Ticket};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

/// How long to wait before the next attempt while no server listens.
const RETRY: Duration = Duration::from_millis(250);

/// How long the server may take to free the seat that we have just left.
const SEAT_FREED: Duration = Duration::from_secs(2);

/// How long to wait before the next attempt to take that seat.
const SEAT_RETRY: Duration = Duration::from_millis(50);

/// The outcome of a visit to the server: its reply, or the end of this run.
pub(super) type VisitOutcome = Result<Arrived, Result<ClientEnd, PairError>>;

/// A server that has answered.
#[derive(Debug)]
pub(super) struct Arrived {
    /// The connection to it.
    pub(super) connection: Connection,
    /// The dialect of the server.
    pub(super) dialect: Dialect,
    /// How the line is private, if it is.
    pub(super) secured: Option<Secured>,
    /// What it has answered.
    pub(super) reply: ServerReply,
}

impl Arrived {
    /// A server whose dialect has no greeting.
    fn ungreeted(connection: Connection, dialect: Dialect, secured: Option<Secured>) -> Self {
        Self {
            connection,
            dialect,
            secured,
            reply: ServerReply::Pair(Welcome {
                name: None,
                standing: None,
                unfinished: None,
                can: Abilities::default(),
            }),
        }
    }
}

/// What a client wants from the server.
#[derive(Debug, Clone)]
pub(super) struct Visit {
    /// How far our end of the session to resume has come.
    pub(super) standing: Option<Standing>,
    /// The ticket that an earlier program had for a room at this address.
    pub(super) known: Option<Ticket>,
    /// The unfinished session to ask about.
    pub(super) unfinished: Option<Handle>,
    /// What this end can do.
    pub(super) can: Abilities,
    /// The data that this client requests from a room.
    pub(super) sees: Sees,
    /// Whether the person can be asked for a name.
    pub(super) asks: bool,
    /// How to get a line.
    pub(super) secret: LineSecret,
}

impl Visit {
    /// To resume this session.
    pub(super) fn resume(session: &Session, can: Abilities, secret: LineSecret) -> Self {
        Self {
            standing: Some(session.standing().clone()),
            known: None,
            unfinished: None,
            can,
            sees: Sees::default(),
            asks: false,
            secret,
        }
    }
}

impl Client {
    /// Visits the server, unless the person leaves before it answers.
    pub(super) async fn visit<S: Speaker>(
        &self,
        visit: Visit,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> VisitOutcome {
        tokio::select! {
            biased;
            signal = signals.next() => Err(Ok(ClientEnd::Session(Exit::Signalled(signal)))),
            typed = speaker.typed() => Err(match typed {
                Typed::Failed(error) => Err(error.into()),
                _ => Ok(ClientEnd::Session(Exit::Goodbye)),
            }),
            arrived = self.arrive(visit) => arrived.map_err(Err),
        }
    }

    /// Visits the server to resume a session. We may have left the seat a moment ago.
    pub(super) async fn return_to_seat<S: Speaker>(
        &self,
        visit: Visit,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> VisitOutcome {
        let begun = Instant::now();
        loop {
            let arrived = self.visit(visit.clone(), speaker, signals).await;
            match arrived {
                Err(Err(PairError::Handshake(HandshakeError::Busy { .. })))
                    if begun.elapsed() < SEAT_FREED =>
                {
                    sleep(SEAT_RETRY).await;
                }
                arrived => return arrived,
            }
        }
    }

    /// Connects and greets. A room that does not know the ticket gets the next one.
    async fn arrive(&self, visit: Visit) -> Result<Arrived, PairError> {
        if let WireChoice::Only(dialect) = self.wire
            && dialect != Dialect::Tictalk
        {
            let (connection, secured) = self.open(&visit.secret, dialect).await?;
            return Ok(Arrived::ungreeted(connection, dialect, secured));
        }
        // A client that resumes a session does not want to enter a room.
        let entry = match (&visit.standing, visit.known) {
            (Some(_), _) => None,
            (None, Some(ticket)) => Some(RoomEntry::back(ticket)),
            (None, None) => Some(RoomEntry::anew(new_ticket()?, visit.asks)),
        };
        let arrived = self.arrive_once(&visit, entry).await;
        match (arrived, visit.known) {
            (Err(PairError::Handshake(HandshakeError::Unknown(_))), Some(ticket))
                if visit.standing.is_none() =>
            {
                let entry = RoomEntry::anew(ticket.next(), visit.asks);
                self.arrive_once(&visit, Some(entry)).await
            }
            (arrived, _) => arrived,
        }
    }

    async fn arrive_once(
        &self,
        visit: &Visit,
        entry: Option<RoomEntry>,
    ) -> Result<Arrived, PairError> {
        let dialect = Dialect::Tictalk;
        let (mut connection, secured) = self.open(&visit.secret, dialect).await?;
        let may_be_other = !matches!(self.wire, WireChoice::Only(_)) && secured.is_none();
        // A server that we have greeted before waits for the next greeting.
        let is_known = visit.standing.is_some() || visit.known.is_some();
        if may_be_other
            && !is_known
            && let Some(dialect) = recognize(&mut connection).await
        {
            return Ok(Arrived::ungreeted(connection, dialect, secured));
        }
        let greeting = ClientGreeting {
            address: &self.address,
            name: self.name.as_ref(),
            resume: visit.standing.as_ref(),
            entry,
            unfinished: visit.unfinished,
            can: visit.can,
            sees: visit.sees,
        };
        let greeting = greeting.exchange(&mut connection);
        let reply = with_progress("Waiting for the server's answer", greeting).await;
        let reply = match reply {
            Err(PairError::Handshake(HandshakeError::NotTictalk { error, .. })) => {
                let speaks = recognize(&mut connection).await;
                // It has taken the greeting for the first message, and has answered it. Such servers
                // often accept only one connection.
                if let Some(dialect @ Dialect::Raw) = speaks.filter(|_| may_be_other) {
                    return Ok(Arrived::ungreeted(connection, dialect, secured));
                }
                return Err(HandshakeError::NotTictalk { error, speaks }.into());
            }
            reply => reply?,
        };
        Ok(Arrived {
            connection,
            dialect,
            secured,
            reply,
        })
    }

    /// Connects, and agrees on a private line if the secret is one for it.
    async fn open(
        &self,
        secret: &LineSecret,
        dialect: Dialect,
    ) -> Result<(Connection, Option<Secured>), PairError> {
        let Address { host, port } = &self.address;
        let connecting = format!("Waiting for a server on port {port} of {host}");
        let stream = with_progress(&connecting, self.connect()).await?;
        let opening = secret.open(stream, dialect);
        Ok(with_progress("Agreeing on a private line", opening).await?)
    }

    /// Connects. Retries while no server listens, for as long as `wait` allows.
    async fn connect(&self) -> Result<TcpStream, AddressError> {
        let begun = Instant::now();
        loop {
            match self.address.connect().await {
                Err(AddressError::NobodyListens(_)) if begun.elapsed() < self.wait => {
                    sleep(RETRY.min(self.wait.saturating_sub(begun.elapsed()))).await;
                }
                connected => return connected,
            }
        }
    }
}
