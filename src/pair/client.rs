//! The side that connects: reaches a server, greets it, and finds it again when the connection is lost.

use super::conversation::{Conversation, ConversationEnd, Partner, SessionStart};
use super::error::PairError;
use super::handshake::{HandshakeError, WELCOME_TIMEOUT};
use super::restore::restore;
use super::speaker::Speaker;
use crate::journal::{self, Header, Journal, Ledger, Pass, RoomLogin};
use crate::net::{
    Address, AddressError, Connection, Exit, ReceiveError, Signals, new_chance, new_nonce,
    new_ticket, retry_pause,
};
use crate::session::{Input, Loss, Record, Role, Session};
use crate::terminal::{Typed, with_progress};
use crate::wire::{
    Control, Dialect, Entrance, Exchange, Frame, HANDSHAKE_VERSION, Mode, Name, PostId, Prover,
    Reason, Standing, Ticket, WireError,
};
use bytes::BytesMut;
use std::future::pending;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// How long to wait before the next attempt while no server listens.
const RETRY: Duration = Duration::from_millis(250);

/// The options of a client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The address of the server.
    pub address: Address,
    /// The dialect to speak.
    pub dialect: Dialect,
    /// How long to keep trying while no server listens.
    pub wait: Duration,
    /// The person's name.
    pub name: Option<Name>,
    /// How long to try to reconnect when the connection is lost; zero disables it.
    pub reconnect: Duration,
    /// Whether to resume the newest unfinished session with this server.
    pub resume: bool,
}

/// A pair server's answer to the greeting.
#[derive(Debug)]
struct Welcome {
    name: Option<Name>,
    standing: Option<Standing>,
}

/// How a client's run ended.
#[derive(Debug)]
pub enum ClientEnd {
    /// With the end of a session.
    Session(Exit),
    /// With a room that has let the client in.
    Room(Box<RoomWelcome>),
}

/// A room that has sent its welcome.
#[derive(Debug)]
pub struct RoomWelcome {
    /// The connection to the room.
    pub connection: Connection,
    /// The ticket that identifies this client when it reconnects.
    pub ticket: Ticket,
    /// Whether this client joined anew or returned as an earlier member.
    pub entrance: Entrance,
    /// Reserves the stored ticket, so that no other program of this person uses it.
    pub pass: Option<Pass>,
    /// The welcome.
    pub welcome: Control,
    /// The options of the client.
    pub client: Client,
}

/// A server's answer to the greeting.
#[derive(Debug)]
enum ServerReply {
    Pair(Welcome),
    /// The welcome, and how we entered.
    Room(Control, RoomEntry),
}

/// How to enter a room.
#[derive(Debug, Clone, Copy)]
struct RoomEntry {
    ticket: Ticket,
    entrance: Entrance,
}

impl RoomEntry {
    fn anew(ticket: Ticket) -> Self {
        let since = PostId(0);
        let entrance = Entrance::Join { ticket, since };
        Self { ticket, entrance }
    }

    fn back(ticket: Ticket) -> Self {
        let (member, since) = (ticket.handle(), None);
        let entrance = Entrance::Return { member, since };
        Self { ticket, entrance }
    }

    /// The ticket that both ends have to prove knowledge of; `None` if only we have seen it.
    fn to_prove(self) -> Option<Ticket> {
        matches!(self.entrance, Entrance::Return { .. }).then_some(self.ticket)
    }
}

impl Client {
    /// Connects, greets, and runs the session until one of the two leaves. Turns are recorded in
    /// `journal`. If the server is a room, returns after its welcome.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<S: Speaker>(
        self,
        mut journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<ClientEnd, PairError> {
        let mut pass = match &journal {
            Some(journal) if self.dialect == Dialect::Tictalk && !self.resume => {
                Some(Pass::take(journal, self.room_login())?)
            }
            _ => None,
        };
        let known = pass.as_ref().and_then(Pass::ticket);
        let unfinished = match &journal {
            Some(journal) if self.dialect == Dialect::Tictalk => {
                journal.unfinished(&self.address.host, self.address.port)?
            }
            _ => None,
        };
        let resumed = match (&journal, &unfinished) {
            _ if !self.resume => None,
            (Some(journal), Some(unfinished)) => Some(restore(journal, unfinished, new_chance()?)?),
            _ => return Err(PairError::NothingToResume(self.address)),
        };
        let standing = resumed
            .as_ref()
            .map(|(session, _)| session.standing().clone());
        let arrived = tokio::select! {
            biased;
            signal = signals.next() => Err(Ok(ClientEnd::Session(Exit::Signalled(signal)))),
            typed = speaker.typed() => Err(match typed {
                Typed::Failed(error) => Err(error.into()),
                _ => Ok(ClientEnd::Session(Exit::Goodbye)),
            }),
            arrived = self.arrive(standing, known) => arrived.map_err(Err),
        };
        let (connection, welcome) = match arrived {
            Ok((connection, ServerReply::Pair(welcome))) => (connection, welcome),
            Ok((connection, ServerReply::Room(welcome, entry))) => {
                if let (Some(pass), Some(journal)) = (&mut pass, journal) {
                    pass.remember(journal, entry.ticket)?;
                }
                return Ok(ClientEnd::Room(Box::new(RoomWelcome {
                    connection,
                    ticket: entry.ticket,
                    entrance: entry.entrance,
                    pass,
                    welcome,
                    client: self,
                })));
            }
            Err(ended) => {
                speaker.finish().await;
                return match (ended, unfinished) {
                    (Err(PairError::Handshake(HandshakeError::Busy(message))), Some(_))
                        if !self.resume =>
                    {
                        let command = self.resume_command();
                        Err(HandshakeError::BusyUnfinished { message, command }.into())
                    }
                    (ended, Some(over)) => {
                        if matches!(&ended, Err(PairError::Handshake(HandshakeError::Ended(_)))) {
                            note_end(journal, &over)?;
                        }
                        ended
                    }
                    (ended, None) => ended,
                };
            }
        };
        speaker.line(&format!("Connected to: {}", self.address));
        let partner = welcome.name.as_ref().map(Name::to_string);
        speaker.introduce(welcome.name);
        let start = match (resumed, unfinished, journal.take()) {
            (Some((mut session, mut effects)), Some(unfinished), Some(journal)) => {
                let theirs = welcome.standing.ok_or(HandshakeError::Unexpected)?;
                effects.extend(session.handle(Input::Back(theirs)));
                SessionStart {
                    session,
                    effects,
                    ledger: Ledger::resume(journal, &unfinished)?,
                    reconnect: self.reconnect,
                    idle: None,
                }
            }
            (_, unfinished, journal) => {
                if unfinished.is_some() {
                    let command = self.resume_command();
                    speaker.hint(&format!(
                        "The journal has an unfinished session with this server: `{command}` \
                         resumes it."
                    ));
                }
                self.begin(welcome.standing, partner, journal)?
            }
        };
        let mut caller = Caller {
            client: &self,
            attempts: 0,
        };
        let conversation = Conversation::new(
            Role::Client,
            start,
            connection,
            &mut caller,
            speaker,
            signals,
        );
        Ok(ClientEnd::Session(match conversation.run().await? {
            ConversationEnd::Over(exit) => exit,
            ConversationEnd::NothingSaid | ConversationEnd::Unanswered => Exit::Goodbye,
        }))
    }

    fn resume_command(&self) -> String {
        format!("tictalk client{} --resume", self.address.options())
    }

    /// A new session with a server whose end has come this far. A server without a standing does not
    /// wait for us to reconnect.
    fn begin<'journal>(
        &self,
        standing: Option<Standing>,
        partner: Option<String>,
        journal: Option<&'journal mut Journal>,
    ) -> Result<SessionStart<'journal>, PairError> {
        let (ticket, loss) = match &standing {
            Some(standing) if !self.reconnect.is_zero() => (standing.session, Loss::Waits),
            Some(standing) => (standing.session, Loss::Ends),
            None => (new_ticket()?, Loss::Ends),
        };
        let (session, effects) =
            Session::start(Role::Client, self.dialect, ticket, loss, new_chance()?);
        if standing.is_some_and(|theirs| session.meets(&theirs).is_err()) {
            return Err(HandshakeError::Unexpected.into());
        }
        let header = Header {
            role: Role::Client,
            ticket,
            dialect: self.dialect,
            host: self.address.host.clone(),
            port: self.address.port,
            me: self.name.as_ref().map(Name::to_string),
            partner,
        };
        Ok(SessionStart {
            session,
            effects,
            ledger: Ledger::begin(journal, header),
            reconnect: self.reconnect,
            idle: None,
        })
    }

    /// The key of the ticket for a room in the journal.
    fn room_login(&self) -> RoomLogin {
        RoomLogin {
            host: self.address.host.clone(),
            port: self.address.port,
            name: self.name.as_ref().map(Name::to_string),
        }
    }

    /// Connects and greets: with the session to resume, or else with the `known` ticket that an
    /// earlier program had for a room at this address.
    async fn arrive(
        &self,
        standing: Option<Standing>,
        known: Option<Ticket>,
    ) -> Result<(Connection, ServerReply), PairError> {
        if self.dialect != Dialect::Tictalk {
            let nothing = ServerReply::Pair(Welcome {
                name: None,
                standing: None,
            });
            return Ok((self.open().await?, nothing));
        }
        // A client that resumes a session does not want to enter a room.
        let entry = match (&standing, known) {
            (Some(_), _) => None,
            (None, Some(ticket)) => Some(RoomEntry::back(ticket)),
            (None, None) => Some(RoomEntry::anew(new_ticket()?)),
        };
        let arrived = self.arrive_once(standing.as_ref(), entry).await;
        match (arrived, known) {
            (Err(PairError::Handshake(HandshakeError::Unknown(_))), Some(ticket))
                if standing.is_none() =>
            {
                let entry = RoomEntry::anew(ticket.next());
                self.arrive_once(None, Some(entry)).await
            }
            (arrived, _) => arrived,
        }
    }

    async fn arrive_once(
        &self,
        standing: Option<&Standing>,
        entry: Option<RoomEntry>,
    ) -> Result<(Connection, ServerReply), PairError> {
        let mut connection = self.open().await?;
        let greeting = self.greet(&mut connection, standing, entry);
        let answer = with_progress("Waiting for the server's answer", greeting).await?;
        Ok((connection, answer))
    }

    async fn open(&self) -> Result<Connection, PairError> {
        let Address { host, port } = &self.address;
        let connecting = format!("Waiting for a server on port {port} of {host}");
        let stream = with_progress(&connecting, self.connect()).await?;
        Ok(Connection::new(stream, self.dialect, BytesMut::new()))
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

    /// Sends the hello and waits for the welcome. When it resumes a session, it trusts no answer and
    /// reveals nothing of use to others before the server has proved that it knows the ticket.
    async fn greet(
        &self,
        connection: &mut Connection,
        resume: Option<&Standing>,
        entry: Option<RoomEntry>,
    ) -> Result<ServerReply, PairError> {
        let ticket = match (resume, entry) {
            (Some(standing), _) => Some(standing.session),
            (None, Some(entry)) => entry.to_prove(),
            (None, None) => None,
        };
        let nonce = ticket.map(|_| new_nonce()).transpose()?;
        connection.send(&Frame::Control(Control::Hello {
            version: HANDSHAKE_VERSION,
            name: self.name.clone(),
            resume: resume.map(Standing::to_resume),
            nonce,
            room: entry.map(|entry| entry.entrance),
        }))?;
        let mut answer = answer(connection).await?;
        let mut is_proved = true;
        if let (Some(ticket), Some(client)) = (ticket, nonce) {
            is_proved = false;
            if let Control::Challenge { nonce, proof } = answer {
                let exchange = Exchange {
                    ticket,
                    client,
                    server: nonce,
                };
                if !exchange.accepts(&proof, Prover::Server) {
                    return Err(self.impostor());
                }
                is_proved = true;
                connection.send(&Frame::Control(Control::Proof {
                    proof: exchange.proof(Prover::Client),
                }))?;
                answer = self::answer(connection).await?;
            }
        }
        let refusal = match answer {
            // A new pair may listen where a room used to be; it has nothing to prove.
            Control::Welcome {
                mode: Mode::Pair,
                name,
                standing,
                ..
            } if is_proved || resume.is_none() => {
                return Ok(ServerReply::Pair(Welcome { name, standing }));
            }
            Control::Welcome { .. } if !is_proved => return Err(self.impostor()),
            welcome @ Control::Welcome {
                mode: Mode::Room, ..
            } if let Some(entry) = entry => return Ok(ServerReply::Room(welcome, entry)),
            Control::Welcome { .. } => HandshakeError::UnknownMode,
            Control::Refuse { reason, message } => match reason {
                Reason::Ended | Reason::Diverged if !is_proved => return Err(self.impostor()),
                Reason::Busy => HandshakeError::Busy(message.into()),
                Reason::Unknown => HandshakeError::Unknown(message.into()),
                Reason::Ended => HandshakeError::Ended(message.into()),
                Reason::Diverged => HandshakeError::Diverged(message.into()),
                Reason::Version
                | Reason::Name
                | Reason::Kicked
                | Reason::Behind
                | Reason::Replaced
                | Reason::Other => HandshakeError::Refused(message.into()),
            },
            _ => HandshakeError::Unexpected,
        };
        Err(refusal.into())
    }

    fn impostor(&self) -> PairError {
        HandshakeError::Impostor(self.address.clone()).into()
    }
}

/// The server's next control frame during the greeting.
async fn answer(connection: &mut Connection) -> Result<Control, PairError> {
    let answer = timeout(WELCOME_TIMEOUT, connection.receive())
        .await
        .map_err(|_| HandshakeError::Silent)?;
    Err(match answer {
        Ok(Some(Frame::Control(control))) => return Ok(control),
        Ok(Some(Frame::Text(_))) => HandshakeError::Unexpected.into(),
        Ok(None) | Err(ReceiveError::Io(_) | ReceiveError::Wire(WireError::CutShort { .. })) => {
            HandshakeError::Closed.into()
        }
        Err(ReceiveError::Wire(error)) => HandshakeError::NotTictalk(error).into(),
    })
}

/// Records that the server ended a session while we were away.
fn note_end(journal: Option<&mut Journal>, over: &journal::StoredSession) -> Result<(), PairError> {
    if let Some(journal) = journal {
        let mut ledger = Ledger::resume(journal, over)?;
        ledger.write(&Record::Goodbye(Role::Server))?;
    }
    Ok(())
}

/// Reconnects to a server.
#[derive(Debug)]
struct Caller<'client> {
    client: &'client Client,
    /// The number of attempts since the connection was lost.
    attempts: u32,
}

impl Caller<'_> {
    async fn call(&self, standing: &Standing) -> Result<(Connection, Standing), PairError> {
        let stream = self.client.address.connect().await?;
        let mut connection = Connection::new(stream, self.client.dialect, BytesMut::new());
        let answer = self.client.greet(&mut connection, Some(standing), None);
        match answer.await? {
            ServerReply::Pair(Welcome {
                standing: Some(theirs),
                ..
            }) => Ok((connection, theirs)),
            ServerReply::Pair(_) | ServerReply::Room(..) => Err(HandshakeError::Unexpected.into()),
        }
    }
}

impl Partner for Caller<'_> {
    async fn reconnect(&mut self, session: &Session) -> Result<(Connection, Standing), PairError> {
        if !session.is_apart() {
            return pending().await;
        }
        loop {
            sleep(retry_pause(self.attempts)).await;
            self.attempts = self.attempts.saturating_add(1);
            match self.call(session.standing()).await {
                Ok(back) => {
                    self.attempts = 0;
                    return Ok(back);
                }
                Err(error) if may_pass(&error) => {}
                Err(error) => return Err(error),
            }
        }
    }

    fn resume_command(&self) -> Option<String> {
        Some(self.client.resume_command())
    }
}

/// Whether another attempt may succeed.
fn may_pass(error: &PairError) -> bool {
    matches!(
        error,
        PairError::Address(_)
            | PairError::System(_)
            | PairError::Handshake(
                HandshakeError::Busy(_)
                    | HandshakeError::Closed
                    | HandshakeError::Silent
                    | HandshakeError::Impostor(_)
                    // Another program has the port, for now.
                    | HandshakeError::NotTictalk(_)
                    | HandshakeError::Unexpected
            )
    )
}
