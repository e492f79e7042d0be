//! The examination of one program: its address, what is known about it, and the connection that the
//! cases share while nothing goes wrong.

use super::dial::{Reached, connect, connect_living};
use super::facts::{Examined, Facts, Stop};
use super::framing::Framing;
use super::play::ProbeGame;
use super::progress::ProbeProgress;
use super::stream::{PeerStream, Reply};
use super::verdict::Excerpt;
use crate::net::{HostPort, Listener};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

/// Where the program is.
#[derive(Debug)]
pub(super) enum ExamTarget {
    /// The one address of a server, and the connection that found it.
    Server(SocketAddr, Option<TcpStream>),
    /// The sockets to which a client connects, and the address as a person named it.
    Client(Listener, HostPort),
}

/// The state of the connection that cases share.
#[derive(Debug)]
enum SharedConnection {
    /// There is none.
    Nothing,
    /// Words may be exchanged, and the probe has the turn.
    Chat(PeerStream),
    /// A game is running, and the probe has the move.
    Game(PeerStream, ProbeGame),
    /// A case uses it.
    InUse(PeerStream),
}

/// Which connections count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DialMode {
    /// Those that the program keeps open.
    Kept,
    /// All of them.
    Any,
}

/// The state of a program after it has ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It serves the next client.
    Serves,
    /// It has served several clients, and does not serve another one.
    Gone,
    /// It is not known: it is a client, or has served one client only.
    Unknown,
}

/// How long a client may take to be started again.
const RESTART: Duration = Duration::from_secs(12);

/// How long a server that has ended a session may take until it listens again.
const LISTENS_AGAIN: Duration = Duration::from_millis(800);

/// The examination of one program.
#[derive(Debug)]
pub(super) struct Exam {
    target: ExamTarget,
    /// The framing of what the program reads.
    pub(super) framing: Framing,
    /// The framing of what it sends: another one in a program with a fault.
    pub(super) answers_in: Framing,
    /// How long the program may take to answer.
    pub(super) patience: Duration,
    pub(super) facts: Facts,
    shared: SharedConnection,
    /// Whether the program has said something on the newest connection.
    pub(super) has_spoken: bool,
    pub(super) sent: Vec<Excerpt>,
    progress: ProbeProgress,
}

impl Exam {
    pub(super) fn new(target: ExamTarget, patience: Duration, progress: ProbeProgress) -> Self {
        Self {
            target,
            framing: Framing::Raw,
            answers_in: Framing::Raw,
            patience,
            facts: Facts::default(),
            shared: SharedConnection::Nothing,
            has_spoken: false,
            sent: Vec::new(),
            progress,
        }
    }

    pub(super) fn examined(&self) -> Examined {
        match self.target {
            ExamTarget::Server(..) => Examined::Server,
            ExamTarget::Client(..) => Examined::Client,
        }
    }

    pub(super) fn progress(&mut self) -> &mut ProbeProgress {
        &mut self.progress
    }

    /// How long the probe waits to see that nothing more comes.
    pub(super) fn quiet(&self) -> Duration {
        (self.patience / 20).clamp(Duration::from_millis(100), Duration::from_millis(300))
    }

    /// A new connection before anything has been said.
    async fn connect(&mut self, mode: DialMode) -> Result<PeerStream, Stop> {
        self.drop_shared().await;
        let wait = match self.facts.reached {
            Reached::Yes => None,
            Reached::Ended | Reached::Busy | Reached::Closes => Some(Duration::ZERO),
        };
        let stream = match &mut self.target {
            ExamTarget::Server(_, first) if first.is_some() => {
                let first = first.take().map(PeerStream::new);
                first.ok_or(Reached::Ended)
            }
            ExamTarget::Server(address, _) => {
                let wait = wait.unwrap_or(LISTENS_AGAIN);
                match mode {
                    DialMode::Kept => connect_living(*address, wait).await,
                    DialMode::Any => connect(*address, wait).await.map(PeerStream::new),
                }
            }
            ExamTarget::Client(listener, address) => {
                self.progress.start_again(address);
                let end = Instant::now() + wait.unwrap_or(RESTART);
                match timeout_at(end, listener.accept()).await {
                    Ok(Ok((stream, _))) => Ok(PeerStream::new(stream)),
                    Ok(Err(_)) | Err(_) => Err(Reached::Ended),
                }
            }
        };
        let stream = match stream {
            Ok(stream) => stream,
            Err(reached) => {
                self.facts.reached = reached;
                return Err(self.not_tried());
            }
        };
        self.facts.reached = Reached::Yes;
        self.facts.suspect = None;
        self.has_spoken = false;
        Ok(stream)
    }

    /// The case whose fault has ended the program, if one has.
    pub(super) fn ended_by(&self) -> Option<&'static str> {
        match self.facts.reached {
            Reached::Yes | Reached::Busy | Reached::Closes => None,
            Reached::Ended => self.facts.suspect,
        }
    }

    /// Why a case was not tried for which there is no connection.
    pub(super) fn not_tried(&self) -> Stop {
        Stop::NotApplicable(match (self.ended_by(), self.facts.reached) {
            (Some(case), _) => format!("not tried: your program ended at {case}"),
            (None, Reached::Busy) => {
                "not tried: your program accepts no further connection".to_owned()
            }
            (None, Reached::Closes) => {
                "not tried: your program ends each further connection at once".to_owned()
            }
            (None, _) => "not tried: your program has ended; start it again, and choose this case with --only"
                .to_owned(),
        })
    }

    /// A connection on which the probe has the turn to chat: the shared one, or a new one.
    pub(super) async fn chat(&mut self) -> Result<(), Stop> {
        if let SharedConnection::Chat(stream) =
            std::mem::replace(&mut self.shared, SharedConnection::Nothing)
        {
            self.shared = SharedConnection::InUse(stream);
            return Ok(());
        }
        self.fresh().await
    }

    /// A new connection on which the probe has the turn to chat.
    pub(super) async fn fresh(&mut self) -> Result<(), Stop> {
        self.open().await?;
        self.hear_first().await
    }

    /// A new connection on which nothing has been said, for the naming of the framing.
    pub(super) async fn open(&mut self) -> Result<(), Stop> {
        let stream = self.connect(DialMode::Kept).await?;
        self.shared = SharedConnection::InUse(stream);
        Ok(())
    }

    /// The same, but the program may end the connection at once.
    pub(super) async fn open_any(&mut self) -> Result<(), Stop> {
        let stream = self.connect(DialMode::Any).await?;
        self.shared = SharedConnection::InUse(stream);
        Ok(())
    }

    /// How the program has ended the connection in use, if it has.
    pub(super) fn ending(&mut self) -> Option<Reply> {
        self.stream().and_then(|stream| stream.ended().cloned())
    }

    /// Waits for what the program says before the probe does.
    async fn hear_first(&mut self) -> Result<(), Stop> {
        let speaks_first = match self.examined() {
            Examined::Server => self.facts.has_banner,
            Examined::Client => !self.facts.waits_for_banner,
        };
        if !speaks_first {
            return Ok(());
        }
        match self.reply().await {
            Reply::Text(_) => Ok(()),
            other => Err(Stop::NotApplicable(format!(
                "your program sent no first message on a new connection: {}",
                other.words()
            ))),
        }
    }

    /// The connection that is in use, whatever for; it is not shared any more.
    pub(super) fn detach(&mut self) -> Option<PeerStream> {
        match std::mem::replace(&mut self.shared, SharedConnection::Nothing) {
            SharedConnection::InUse(stream)
            | SharedConnection::Chat(stream)
            | SharedConnection::Game(stream, _) => Some(stream),
            SharedConnection::Nothing => None,
        }
    }

    pub(super) fn stream(&mut self) -> Option<&mut PeerStream> {
        match &mut self.shared {
            SharedConnection::InUse(stream)
            | SharedConnection::Chat(stream)
            | SharedConnection::Game(stream, _) => Some(stream),
            SharedConnection::Nothing => None,
        }
    }

    /// Keeps the connection for a chat in the next case.
    pub(super) fn keep_chat(&mut self) {
        if let Some(stream) = self.detach().filter(|stream| stream.ended().is_none()) {
            self.shared = SharedConnection::Chat(stream);
        }
    }

    /// Keeps the connection and its game for the next case.
    pub(super) fn keep_game(&mut self, game: ProbeGame) {
        if let Some(stream) = self.detach().filter(|stream| stream.ended().is_none()) {
            self.shared = SharedConnection::Game(stream, game);
        }
    }

    /// The game on the shared connection, if one is running.
    pub(super) fn running_game(&mut self) -> Option<ProbeGame> {
        match std::mem::replace(&mut self.shared, SharedConnection::Nothing) {
            SharedConnection::Game(stream, game) => {
                self.shared = SharedConnection::InUse(stream);
                Some(game)
            }
            other => {
                self.shared = other;
                None
            }
        }
    }

    /// Closes a connection that a case has not kept.
    pub(super) async fn drop_used(&mut self) {
        if let SharedConnection::InUse(_) = self.shared {
            self.drop_shared().await;
        }
    }

    /// Closes the shared connection.
    pub(super) async fn drop_shared(&mut self) {
        if let Some(stream) = self.detach() {
            stream.hang_up().await;
        }
    }

    /// A second connection to a server, beside the shared one.
    pub(super) async fn second(&self) -> Option<PeerStream> {
        match self.target {
            ExamTarget::Server(address, _) => {
                let second = connect(address, Duration::ZERO).await.ok();
                second.map(PeerStream::new)
            }
            ExamTarget::Client(..) => None,
        }
    }

    /// Whether the program still serves clients after it has ended a connection. Keeps a new
    /// connection if there is one.
    pub(super) async fn afterwards(&mut self) -> Afterwards {
        let several = self.facts.served > 1;
        self.drop_shared().await;
        let ExamTarget::Server(address, _) = self.target else {
            return Afterwards::Unknown;
        };
        // A program that ends closes its connections one after the other.
        sleep(ENDS).await;
        let stream = match connect_living(address, LISTENS_AGAIN).await {
            Ok(stream) => stream,
            Err(reached) => {
                self.facts.reached = reached;
                return match several {
                    true => Afterwards::Gone,
                    false => Afterwards::Unknown,
                };
            }
        };
        self.shared = SharedConnection::InUse(stream);
        self.has_spoken = false;
        if self.hear_first().await.is_ok() {
            self.keep_chat();
        }
        Afterwards::Serves
    }
}

/// How long a program may take to end.
const ENDS: Duration = Duration::from_millis(100);
