//! The side that connects: reaches a server, greets it, and finds it again when the connection is lost.

use super::code_question::CodeQuestion;
use super::conversation::{Conversation, ConversationEnd, Partner, Reconnected, SessionStart};
use super::error::PairError;
use super::handshake::HandshakeError;
use super::name_question::NameQuestion;
use super::restore::restore;
use super::secured::{Acquaintance, Secured};
use super::shell_word::shell_word;
use super::speaker::Speaker;
use super::wire_choice::WireChoice;
use crate::games::capital;
use crate::journal::{self, Header, Journal, Ledger, Pass, RoomLogin};
use crate::net::{
    Address, AddressError, Connection, Exit, Signals, new_chance, new_ticket, retry_pause,
};
use crate::session::{Input, Loss, Record, Role, Session};
use crate::terminal::{Typed, with_progress};
use crate::text::visible;
use crate::wire::{
    Abilities, Control, Dialect, Entrance, Handle, LineKey, Membership, Name, Standing, Ticket,
    Unfinished,
};
use greeting::{ClientGreeting, RoomEntry, ServerReply, Welcome};
pub use line_secret::LineWish;
use line_secret::{LineSecret, NewCode};
use question::{ResumeAnswer, ResumeQuestion};
use recognition::recognize;
use std::future::pending;
use std::path::PathBuf;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep};

mod greeting;
mod line_secret;
mod question;
mod recognition;

/// How long to wait before the next attempt while no server listens.
const RETRY: Duration = Duration::from_millis(250);

/// How long the server may take to free the seat that we have just left.
const SEAT_FREED: Duration = Duration::from_secs(2);

/// How long to wait before the next attempt to take that seat.
const SEAT_RETRY: Duration = Duration::from_millis(50);

/// The outcome of a visit to the server: its reply, or the end of this run.
type VisitOutcome = Result<Arrived, Result<ClientEnd, PairError>>;

/// A server that has answered.
#[derive(Debug)]
struct Arrived {
    connection: Connection,
    /// The dialect of the server.
    dialect: Dialect,
    /// How the line is private, if it is.
    secured: Option<Secured>,
    reply: ServerReply,
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

/// The options of a client.
#[derive(Debug, Clone)]
pub struct Client {
    /// The address of the server.
    pub address: Address,
    /// The dialect to speak.
    pub wire: WireChoice,
    /// The line to speak it over. A private session resumes over a private line in any case.
    pub line: LineWish,
    /// How long to keep trying while no server listens.
    pub wait: Duration,
    /// The person's name.
    pub name: Option<Name>,
    /// How long to try to reconnect when the connection is lost; zero disables it.
    pub reconnect: Duration,
    /// Whether to resume the newest unfinished session with this server.
    pub resume: bool,
    /// The folder of the journal, if another client has to be told it to find the journal.
    pub data: Option<PathBuf>,
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
    /// The key by which this client gets a private line again, if the line is private.
    pub key: Option<LineKey>,
    /// The ticket that identifies this client when it reconnects.
    pub ticket: Ticket,
    /// Whether this client joined anew or returned as an earlier member.
    pub entrance: Entrance,
    /// Reserve the stored tickets, so that no other program of this person uses them.
    pub passes: Vec<Pass>,
    /// The welcome.
    pub welcome: Control,
    /// The options of the client.
    pub client: Client,
}

impl Client {
    /// Connects, greets, and runs the session until one of the two leaves. Turns are recorded in
    /// `journal`. If the server is a room, returns after its welcome.
    ///
    /// # Errors
    /// [`PairError`].
    pub async fn run<S: Speaker>(
        mut self,
        mut journal: Option<&mut Journal>,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<ClientEnd, PairError> {
        let remembered = self.remembered(journal.as_deref())?;
        if let Some(dialect) = remembered {
            self.wire = WireChoice::Only(dialect);
        }
        let may_greet = self.may_greet();
        let mut passes = match &journal {
            Some(journal) if may_greet && !self.resume => {
                vec![Pass::take(journal, self.room_login())?]
            }
            _ => Vec::new(),
        };
        let mut known = passes.first().and_then(Pass::ticket);
        let unfinished = match &journal {
            Some(journal) if may_greet => {
                journal.unfinished(&self.address.host, self.address.port)?
            }
            _ => None,
        };
        let mut resumed = match (&journal, &unfinished) {
            _ if !self.resume => None,
            (Some(journal), Some(unfinished)) => Some(restore(journal, unfinished, new_chance()?)?),
            _ => return Err(PairError::NothingToResume(self.address)),
        };
        let mut name_question = (speaker.can_ask() && may_greet && !self.resume)
            .then(|| NameQuestion::new(self.name.is_some()));
        let key = unfinished.as_ref().and_then(|over| over.header.key.clone());
        let mut secret = LineSecret::new(&self.line, key.clone().filter(|_| self.resume));
        if let (LineWish::Private(_), Some(journal)) = (&self.line, &journal) {
            let of_room = passes.iter().filter_map(Pass::key);
            let partners = journal.partners()?.into_iter().map(|partner| partner.key);
            secret.propose(key.clone().into_iter().chain(of_room).chain(partners));
        }
        let mut can = speaker.abilities();
        // A partner is remembered by its name.
        can.partners = journal.is_some() && self.name.is_some();
        let mut code_question = CodeQuestion::new(self.line.code().cloned());
        let mut arrived = loop {
            let visit = match &resumed {
                Some((session, _)) => Visit::resume(session, can, secret.clone()),
                None => Visit {
                    standing: None,
                    known,
                    unfinished: unfinished.as_ref().map(|over| over.header.ticket.handle()),
                    can,
                    asks: name_question.is_some() && self.name.is_none(),
                    secret: secret.clone(),
                },
            };
            let arrived = self.visit(visit, speaker, signals).await;
            let error = match &arrived {
                Err(Err(PairError::Handshake(error))) => error,
                _ => break arrived,
            };
            if let (HandshakeError::NoLine(why), LineWish::Private(_)) = (error, &self.line)
                && let Some(why) = NewCode::after(why)
                && (why == NewCode::First || speaker.can_ask())
            {
                if why == NewCode::Next {
                    speaker.warn(&format!("{}.", capital(&error.to_string())));
                }
                match code_question.ask(speaker, signals).await {
                    Ok(code) => secret.enter(code),
                    Err(ended) => break Err(ended.map(ClientEnd::Session)),
                }
                continue;
            }
            let HandshakeError::Name(why) = error else {
                break arrived;
            };
            let Some(question) = &mut name_question else {
                break arrived;
            };
            match question.ask(why, speaker, signals).await {
                Ok(name) => self.name = Some(name),
                Err(ended) => break Err(ended.map(ClientEnd::Session)),
            }
            // The person may have been in this room under this name.
            if let Some(journal) = &journal {
                passes.retain(|pass| !pass.is_named());
                let named = Pass::take(journal, self.room_login())?;
                known = named.ticket();
                passes.push(named);
            }
        };
        if resumed.is_none()
            && let (Some(over), Some(journal)) = (&unfinished, &journal)
            && let Some(question) = question(&arrived)
            && speaker.can_ask()
        {
            let partner = over.header.partner.as_deref().unwrap_or("the server");
            match question.ask(partner, speaker, signals).await {
                ResumeAnswer::Yes => {
                    let mut secret = LineSecret::new(&self.line, key);
                    if let Ok(arrived) = arrived {
                        arrived.connection.close().await;
                        secret.propose(arrived.secured.map(|secured| secured.key));
                    }
                    let again = restore(journal, over, new_chance()?)?;
                    let visit = Visit::resume(&again.0, can, secret);
                    arrived = self.return_to_seat(visit, speaker, signals).await;
                    resumed = Some(again);
                }
                ResumeAnswer::No => {}
                ResumeAnswer::Ended(ended) => arrived = Err(ended.map(ClientEnd::Session)),
            }
        }
        if let (Ok(Arrived { dialect, .. }), Some(journal)) = (&arrived, &mut journal) {
            self.remember(*dialect, journal);
        }
        let (connection, dialect, secured, welcome) = match arrived {
            Ok(Arrived {
                connection,
                dialect,
                secured,
                reply: ServerReply::Pair(welcome),
            }) => (connection, dialect, secured, welcome),
            Ok(Arrived {
                connection,
                secured,
                reply: ServerReply::Room(welcome, entry),
                ..
            }) => {
                let key = secured.map(|secured| {
                    Secured::announce_alone(speaker);
                    match &welcome {
                        Control::Welcome {
                            room: Some(Membership { key: Some(key), .. }),
                            ..
                        } => key.clone(),
                        _ => secured.key,
                    }
                });
                if let Some(journal) = journal {
                    for pass in &mut passes {
                        pass.remember(journal, entry.ticket, key.as_ref())?;
                    }
                }
                return Ok(ClientEnd::Room(Box::new(RoomWelcome {
                    connection,
                    key,
                    ticket: entry.ticket,
                    entrance: entry.entrance,
                    passes,
                    welcome,
                    client: self,
                })));
            }
            Err(ended) => {
                speaker.finish().await;
                let Some(over) = unfinished else {
                    return ended;
                };
                if matches!(&ended, Err(PairError::Handshake(HandshakeError::Ended(_)))) {
                    note_end(journal, &over)?;
                }
                return match ended {
                    Err(PairError::Handshake(busy)) if resumed.is_none() => {
                        Err(self.way_back(busy).into())
                    }
                    ended => ended,
                };
            }
        };
        speaker.line(&format!("Connected to: {}", self.address));
        self.tell_dialect(dialect, remembered, speaker);
        let partner = welcome.name.as_ref().map(Name::to_string);
        match (&secured, &resumed) {
            (Some(secured), None) => secured.announce(speaker),
            (Some(_), Some(_)) => Secured::announce_alone(speaker),
            (None, _) => {}
        }
        speaker.introduce(welcome.name.clone());
        if let (Some(secured), None, Some(journal)) = (&secured, &resumed, &mut journal) {
            let acquaintance = Acquaintance::of(can, welcome.can);
            let recognition = secured.recognize(welcome.name.as_ref(), acquaintance, journal);
            recognition.tell(speaker);
        }
        let key = secured.map(|secured| secured.key);
        let start = match (resumed, unfinished, journal.take()) {
            (Some((mut session, mut effects)), Some(unfinished), Some(journal)) => {
                let theirs = welcome.standing.ok_or(HandshakeError::Unexpected)?;
                effects.extend(session.handle(Input::Met(welcome.can)));
                effects.extend(session.handle(Input::Back(theirs)));
                let mut ledger = Ledger::resume(journal, &unfinished)?;
                if let Some(key) = &key {
                    ledger.make_private(key)?;
                }
                SessionStart {
                    session,
                    effects,
                    ledger,
                    reconnect: self.reconnect,
                    idle: None,
                }
            }
            (_, unfinished, journal) => {
                // A server that answers the question about it cannot resume it, or we were asked.
                if unfinished.is_some() && welcome.unfinished.is_none() {
                    let command = self.resume_command();
                    speaker.hint(&format!(
                        "The journal has an unfinished session with this server: `{command}` \
                         resumes it."
                    ));
                }
                self.begin(welcome, dialect, partner, key.clone(), journal)?
            }
        };
        let mut caller = Caller {
            client: &self,
            can,
            key,
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

    /// Visits the server, unless the person leaves before it answers.
    async fn visit<S: Speaker>(
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
    async fn return_to_seat<S: Speaker>(
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

    /// Adds to a refusal how the person gets back to an unfinished session.
    fn way_back(&self, error: HandshakeError) -> HandshakeError {
        let command = self.resume_command();
        match error {
            HandshakeError::Busy {
                message,
                unfinished,
            } => match unfinished {
                Some(Unfinished::Waiting) => HandshakeError::SeatKept { message, command },
                Some(Unfinished::Connected) => HandshakeError::StillConnected { command },
                // It is in a session with somebody else.
                Some(Unfinished::Stored | Unfinished::Unknown) => HandshakeError::Busy {
                    message,
                    unfinished,
                },
                // An older version does not answer.
                None => HandshakeError::BusyUnfinished { message, command },
            },
            error => error,
        }
    }

    /// The command that resumes the session, with the options that it needs to find the server and
    /// the journal.
    fn resume_command(&self) -> String {
        let mut command = format!("tictalk client{}", self.address.options());
        if let Some(name) = &self.name {
            command = format!("{command} --name {}", shell_word(name.as_str()));
        }
        if let Some(folder) = &self.data {
            command = format!("{command} --data {}", shell_word(&folder.to_string_lossy()));
        }
        visible(&format!("{command} --resume")).into_owned()
    }

    /// A new session with a server whose end has come this far. A server without a standing does not
    /// wait for us to reconnect.
    fn begin<'journal>(
        &self,
        welcome: Welcome,
        dialect: Dialect,
        partner: Option<String>,
        key: Option<LineKey>,
        journal: Option<&'journal mut Journal>,
    ) -> Result<SessionStart<'journal>, PairError> {
        let Welcome { standing, can, .. } = welcome;
        let (ticket, loss) = match &standing {
            Some(standing) if !self.reconnect.is_zero() => (standing.session, Loss::Waits),
            Some(standing) => (standing.session, Loss::Ends),
            None => (new_ticket()?, Loss::Ends),
        };
        let (mut session, mut effects) =
            Session::start(Role::Client, dialect, ticket, loss, new_chance()?);
        effects.extend(session.handle(Input::Met(can)));
        if standing.is_some_and(|theirs| session.meets(&theirs).is_err()) {
            return Err(HandshakeError::Unexpected.into());
        }
        let header = Header {
            role: Role::Client,
            ticket,
            dialect,
            host: self.address.host.clone(),
            port: self.address.port,
            me: self.name.as_ref().map(Name::to_string),
            partner,
            key,
        };
        Ok(SessionStart {
            session,
            effects,
            ledger: Ledger::begin(journal, header),
            reconnect: self.reconnect,
            idle: None,
        })
    }

    /// Whether the server may be tictalk, so that it is greeted.
    fn may_greet(&self) -> bool {
        match self.wire {
            WireChoice::Unstated | WireChoice::Auto => true,
            WireChoice::Only(dialect) => dialect == Dialect::Tictalk,
        }
    }

    /// The dialect that the server spoke a moment ago, if it needs no greeting and the choice is ours.
    fn remembered(&self, journal: Option<&Journal>) -> Result<Option<Dialect>, PairError> {
        let is_open = self.wire == WireChoice::Unstated
            && matches!(self.line, LineWish::Plain)
            && !self.resume;
        let Some(journal) = journal.filter(|_| is_open) else {
            return Ok(None);
        };
        let spoken = journal.dialect_of_server(&self.address.host, self.address.port)?;
        Ok(spoken.filter(|dialect| *dialect != Dialect::Tictalk))
    }

    /// Remembers what the server speaks, if it has told that itself.
    fn remember(&self, dialect: Dialect, journal: &mut Journal) {
        if dialect == Dialect::Tictalk || !matches!(self.wire, WireChoice::Only(_)) {
            let Address { host, port } = &self.address;
            // Without it, the next client has to find out again.
            let _ = journal.remember_server(host, *port, dialect);
        }
    }

    /// Tells the person what the server speaks, unless it is as they expect.
    fn tell_dialect<S: Speaker>(
        &self,
        dialect: Dialect,
        remembered: Option<Dialect>,
        speaker: &mut S,
    ) {
        let name = dialect.name();
        if remembered.is_some() {
            speaker.line(&format!(
                "The server spoke {name} a moment ago, so this client does too: {}. --wire auto \
                 detects it again.",
                dialect.words()
            ));
        } else if !matches!(self.wire, WireChoice::Only(_)) && dialect != Dialect::Tictalk {
            let words = dialect.words();
            speaker.line(&format!(
                "The server is not tictalk. It speaks {name}: {words}."
            ));
        }
    }

    /// The key of the ticket for a room in the journal.
    fn room_login(&self) -> RoomLogin {
        RoomLogin {
            host: self.address.host.clone(),
            port: self.address.port,
            name: self.name.as_ref().map(Name::to_string),
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

/// What a client wants from the server.
#[derive(Debug, Clone)]
struct Visit {
    /// How far our end of the session to resume has come.
    standing: Option<Standing>,
    /// The ticket that an earlier program had for a room at this address.
    known: Option<Ticket>,
    /// The unfinished session to ask about.
    unfinished: Option<Handle>,
    /// What this end can do.
    can: Abilities,
    /// Whether the person can be asked for a name.
    asks: bool,
    /// How to get a line.
    secret: LineSecret,
}

impl Visit {
    /// To resume this session.
    fn resume(session: &Session, can: Abilities, secret: LineSecret) -> Self {
        Self {
            standing: Some(session.standing().clone()),
            known: None,
            unfinished: None,
            can,
            asks: false,
            secret,
        }
    }
}

/// What to ask the person about an unfinished session, if the server still has it.
fn question(arrived: &VisitOutcome) -> Option<ResumeQuestion> {
    let unfinished = match arrived {
        Ok(Arrived {
            reply: ServerReply::Pair(welcome),
            ..
        }) => welcome.unfinished,
        Err(Err(PairError::Handshake(HandshakeError::Busy { unfinished, .. }))) => *unfinished,
        Ok(Arrived {
            reply: ServerReply::Room(..),
            ..
        })
        | Err(_) => None,
    };
    match unfinished? {
        Unfinished::Waiting | Unfinished::Stored => Some(ResumeQuestion::Resume),
        Unfinished::Connected => Some(ResumeQuestion::TakeOver),
        Unfinished::Unknown => None,
    }
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
    /// What this end can do.
    can: Abilities,
    /// The key of the private line, if it is one.
    key: Option<LineKey>,
    /// The number of attempts since the connection was lost.
    attempts: u32,
}

impl Caller<'_> {
    async fn call(&self, ours: &Standing) -> Result<Reconnected, PairError> {
        let stream = self.client.address.connect().await?;
        let secret = LineSecret::new(&LineWish::Plain, self.key.clone());
        let (mut connection, _) = secret.open(stream, Dialect::Tictalk).await?;
        let greeting = ClientGreeting {
            address: &self.client.address,
            name: self.client.name.as_ref(),
            resume: Some(ours),
            entry: None,
            unfinished: None,
            can: self.can,
        };
        match greeting.exchange(&mut connection).await? {
            ServerReply::Pair(Welcome {
                standing: Some(standing),
                can,
                ..
            }) => Ok(Reconnected {
                connection,
                standing,
                can,
            }),
            ServerReply::Pair(_) | ServerReply::Room(..) => Err(HandshakeError::Unexpected.into()),
        }
    }
}

impl Partner for Caller<'_> {
    async fn reconnect(&mut self, session: &Session) -> Result<Reconnected, PairError> {
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
                HandshakeError::Busy { .. }
                    | HandshakeError::Closed
                    | HandshakeError::Silent
                    | HandshakeError::Impostor(_)
                    // Nobody has authenticated what it says.
                    | HandshakeError::NoLine(_)
                    | HandshakeError::OnlyPrivate
                    // Another program has the port, for now.
                    | HandshakeError::NotTictalk { .. }
                    | HandshakeError::Unexpected
            )
    )
}
