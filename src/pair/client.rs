//! The side that connects.

use super::{PairError, Partner, SessionStart, Speaker, Talked, restore};
use crate::journal::{self, Header, Journal, Ledger, Pass, RoomLogin};
use crate::net::{
    Address, AddressError, Connection, Exit, ReceiveError, Signals, new_chance, new_nonce,
    new_ticket,
};
use crate::session::{Input, Loss, Record, Role, Session};
use crate::terminal::{Typed, visible, with_progress};
use crate::wire::{
    Control, Dialect, Entrance, Exchange, Frame, HANDSHAKE_VERSION, Mode, Name, PostId, Prover,
    Reason, Standing, Ticket, WireError,
};
use bytes::BytesMut;
use std::future::pending;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout};

/// How long a server may take to answer the greeting.
const WELCOME: Duration = Duration::from_secs(5);

/// How long to wait before a server is tried again.
const RETRY: Duration = Duration::from_millis(250);

/// The first pause before a server whose connection broke is looked for again. Each pause is about
/// twice as long as the one before, up to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest such pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// How much of a server's reason to turn us away is shown, in characters.
const MESSAGE: usize = 200;

/// What a client needs to know.
#[derive(Debug, Clone)]
pub struct Client {
    /// Where the server listens.
    pub address: Address,
    /// What to speak to it.
    pub dialect: Dialect,
    /// How long to keep trying while nobody listens.
    pub wait: Duration,
    /// How the person wants to be called.
    pub name: Option<Name>,
    /// How long to try to reach the server again when the connection breaks; not at all when zero.
    pub reconnect: Duration,
    /// Whether to go on with the newest unfinished talk with this server.
    pub resume: bool,
}

/// Why two programs could not agree to talk.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The server turned us away.
    #[error("the server turned you away: {}", one_line(.0))]
    Refused(String),
    /// The server talks with somebody else.
    #[error("the server is busy: {}", one_line(.0))]
    Busy(String),
    /// The server talks with somebody else, which may be the one that we were.
    #[error(
        "the server is busy: {message}. An unfinished talk with it is in the journal: `{command}` \
         resumes it",
        message = one_line(.message).trim_end_matches('.')
    )]
    BusyUnfinished {
        /// What the server says.
        message: String,
        /// The command that resumes the talk.
        command: String,
    },
    /// The server does not know the talk to be gone on with.
    #[error("the server does not know this talk: {}", one_line(.0))]
    Unknown(String),
    /// That talk is over.
    #[error("this talk is over: {}", one_line(.0))]
    Ended(String),
    /// The two have written down different turns.
    #[error("this talk cannot go on: {}", one_line(.0))]
    Diverged(String),
    /// The program at the server's address does not know the ticket of the talk.
    #[error(
        "the program at {host}:{port} is not the server of this talk: it could not prove that it \
         knows it; try again with --resume when the server is back", host = .0.host, port = .0.port
    )]
    Impostor(Address),
    /// The server said nothing.
    #[error(
        "the server did not answer the greeting within {} seconds: it may not be tictalk; try \
         --wire framed or --wire raw",
        WELCOME.as_secs()
    )]
    Silent,
    /// The server closed the connection.
    #[error(
        "the server closed the connection without answering the greeting: it may not be tictalk; \
         try --wire framed or --wire raw"
    )]
    Closed,
    /// The server said something else.
    #[error("the server's answer is not tictalk ({0}): try --wire framed or --wire raw")]
    NotTictalk(WireError),
    /// The server answered, but not the greeting.
    #[error(
        "the server answered the greeting with something else: try --wire framed or --wire raw"
    )]
    Unexpected,
    /// The server offers a kind of talk that this program does not know.
    #[error("the server offers a kind of talk that this version does not know: update tictalk")]
    UnknownMode,
}

/// A server's words as part of one line of ours.
fn one_line(message: &str) -> String {
    let words: Vec<&str> = message.split_whitespace().collect();
    visible(&words.join(" ")).chars().take(MESSAGE).collect()
}

/// What a server answers to the greeting.
#[derive(Debug)]
struct Welcome {
    name: Option<Name>,
    standing: Option<Standing>,
}

/// To what a client has come.
#[derive(Debug)]
pub enum Came {
    /// A talk of two, which is over.
    Talked(Exit),
    /// A room, whose door stands open.
    ToRoom(Box<Doorway>),
}

/// The door of a room: its welcome has come, and nothing else has been done.
#[derive(Debug)]
pub struct Doorway {
    /// The way to the room.
    pub connection: Connection,
    /// What proves that we are the same client when we come again.
    pub ticket: Ticket,
    /// How we came in: anew, or as who an earlier program was.
    pub entrance: Entrance,
    /// While it lives, no other program of this person gets the same ticket from the journal.
    pub pass: Option<Pass>,
    /// The answer to our hello.
    pub welcome: Control,
    /// Who came.
    pub client: Client,
}

/// What stands behind a server's door.
#[derive(Debug)]
enum ServerReply {
    Pair(Welcome),
    /// The welcome, and the way on which we came in.
    Room(Control, WayIn),
}

/// A way into a room.
#[derive(Debug, Clone, Copy)]
struct WayIn {
    ticket: Ticket,
    entrance: Entrance,
}

impl WayIn {
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

    /// The ticket that both ends have to prove to know; none where nobody but us has seen it.
    fn to_prove(self) -> Option<Ticket> {
        matches!(self.entrance, Entrance::Return { .. }).then_some(self.ticket)
    }
}

impl Client {
    /// Connects, greets, and talks until one of the two leaves. What is said is written into
    /// `journal`. Where the server keeps a room, stops at its door.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<S: Speaker>(
        self,
        mut journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Came, PairError> {
        let mut pass = match &journal {
            Some(journal) if self.dialect == Dialect::Tictalk && !self.resume => {
                Some(Pass::take(journal, self.seat())?)
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
            signal = signals.next() => Err(Ok(Came::Talked(Exit::Signalled(signal)))),
            typed = speaker.typed() => Err(match typed {
                Typed::Failed(error) => Err(error.into()),
                _ => Ok(Came::Talked(Exit::Goodbye)),
            }),
            arrived = self.arrive(standing, known) => arrived.map_err(Err),
        };
        let (connection, welcome) = match arrived {
            Ok((connection, ServerReply::Pair(welcome))) => (connection, welcome),
            Ok((connection, ServerReply::Room(welcome, way))) => {
                if let (Some(pass), Some(journal)) = (&mut pass, journal) {
                    pass.remember(journal, way.ticket)?;
                }
                return Ok(Came::ToRoom(Box::new(Doorway {
                    connection,
                    ticket: way.ticket,
                    entrance: way.entrance,
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
        let talk = match (resumed, unfinished, journal.take()) {
            (Some((mut session, mut effects)), Some(unfinished), Some(journal)) => {
                let theirs = welcome.standing.ok_or(HandshakeError::Unexpected)?;
                effects.extend(session.handle(Input::Back(theirs)));
                SessionStart {
                    session,
                    effects,
                    ledger: Ledger::go_on(journal, &unfinished)?,
                    hold: self.reconnect,
                    idle: Duration::ZERO,
                }
            }
            (_, unfinished, journal) => {
                if unfinished.is_some() {
                    let command = self.resume_command();
                    speaker.hint(&format!(
                        "An unfinished talk with this server is in the journal: `{command}` goes \
                         on with it."
                    ));
                }
                self.begin(welcome.standing, partner, journal)?
            }
        };
        let mut caller = Caller {
            client: &self,
            attempts: 0,
        };
        let talked = super::converse(
            Role::Client,
            talk,
            connection,
            &mut caller,
            speaker,
            signals,
        );
        Ok(Came::Talked(match talked.await? {
            Talked::Over(exit) => exit,
            Talked::NothingSaid | Talked::Unanswered => Exit::Goodbye,
        }))
    }

    fn resume_command(&self) -> String {
        format!("tictalk client{} --resume", self.address.options())
    }

    /// A talk with a server that stands here; one that stands nowhere does not wait for us.
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
            hold: self.reconnect,
            idle: Duration::ZERO,
        })
    }

    /// Where the ticket for a room stands in the journal.
    fn seat(&self) -> RoomLogin {
        RoomLogin {
            host: self.address.host.clone(),
            port: self.address.port,
            name: self.name.as_ref().map(Name::to_string),
        }
    }

    /// Connects and greets: with the session to go on with, or else with the ticket that an earlier
    /// program has `known` a room by, if there was one.
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
        // Who wants to go on with a talk does not want to come into a room.
        let way = match (&standing, known) {
            (Some(_), _) => None,
            (None, Some(ticket)) => Some(WayIn::back(ticket)),
            (None, None) => Some(WayIn::anew(new_ticket()?)),
        };
        let arrived = self.try_to_arrive(standing.as_ref(), way).await;
        match (arrived, known) {
            (Err(PairError::Handshake(HandshakeError::Unknown(_))), Some(ticket))
                if standing.is_none() =>
            {
                let way = WayIn::anew(ticket.next());
                self.try_to_arrive(None, Some(way)).await
            }
            (arrived, _) => arrived,
        }
    }

    async fn try_to_arrive(
        &self,
        standing: Option<&Standing>,
        way: Option<WayIn>,
    ) -> Result<(Connection, ServerReply), PairError> {
        let mut connection = self.open().await?;
        let greeting = self.greet(&mut connection, standing, way);
        let answer = with_progress("Waiting for the server's answer", greeting).await?;
        Ok((connection, answer))
    }

    async fn open(&self) -> Result<Connection, PairError> {
        let Address { host, port } = &self.address;
        let connecting = format!("Waiting for a server on port {port} of {host}");
        let stream = with_progress(&connecting, self.connect()).await?;
        Ok(Connection::new(stream, self.dialect, BytesMut::new()))
    }

    /// Connects; while nobody listens, again and again for as long as the person is ready to wait.
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

    /// Says hello and waits for the welcome. Where there is a session to go on with, nothing of the
    /// server is believed, and nothing that could be of use to somebody else is told, before the
    /// server has proved that it knows the ticket.
    async fn greet(
        &self,
        connection: &mut Connection,
        resume: Option<&Standing>,
        way: Option<WayIn>,
    ) -> Result<ServerReply, PairError> {
        let ticket = match (resume, way) {
            (Some(standing), _) => Some(standing.session),
            (None, Some(way)) => way.to_prove(),
            (None, None) => None,
        };
        let nonce = ticket.map(|_| new_nonce()).transpose()?;
        connection.send(&Frame::Control(Control::Hello {
            version: HANDSHAKE_VERSION,
            name: self.name.clone(),
            resume: resume.map(Standing::to_resume),
            nonce,
            room: way.map(|way| way.entrance),
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
            // Somebody may have opened a new pair where there was a room, which has nothing to prove.
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
            } if let Some(way) = way => return Ok(ServerReply::Room(welcome, way)),
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

/// The next control frame that a server answers during the greeting.
async fn answer(connection: &mut Connection) -> Result<Control, PairError> {
    let answer = timeout(WELCOME, connection.receive())
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

/// Writes down that the server has ended a talk behind our back.
fn note_end(journal: Option<&mut Journal>, over: &journal::StoredSession) -> Result<(), PairError> {
    if let Some(journal) = journal {
        let mut ledger = Ledger::go_on(journal, over)?;
        ledger.write(&Record::Goodbye(Role::Server))?;
    }
    Ok(())
}

/// Finds the way back to a server.
#[derive(Debug)]
struct Caller<'client> {
    client: &'client Client,
    /// How often it was tried since the connection broke.
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
    async fn back(&mut self, session: &Session) -> Result<(Connection, Standing), PairError> {
        if !session.is_apart() {
            return pending().await;
        }
        loop {
            sleep(pause(self.attempts)).await;
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

    fn resume(&self) -> Option<String> {
        Some(self.client.resume_command())
    }
}

/// How long to wait before the next attempt, after so many: half the time is left to chance, so
/// that many programs do not come back all at once.
pub(crate) fn pause(attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(attempts).unwrap_or(u32::MAX));
    let longest = doubled.min(LONGEST_PAUSE);
    let mut chance = [0];
    // Without chance it is only less fair.
    let _ = getrandom::fill(&mut chance);
    longest / 2 + longest / 2 * u32::from(chance[0]) / 255
}

/// Whether the next attempt may go better.
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
