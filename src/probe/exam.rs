//! The examination of one program: its address, what is known about it, and the connection that the
//! cases share while nothing goes wrong.

use super::dial::{Reached, connect, connect_living};
use super::framing::Framing;
use super::play::ProbeGame;
use super::progress::ProbeProgress;
use super::stream::{PeerStream, Reply, seconds};
use super::verdict::{Excerpt, Finding, quoted};
use crate::net::{HostPort, Listener};
use std::net::SocketAddr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, timeout_at};

/// Which kind of program is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examined {
    /// A server: the probe connects and speaks first.
    Server,
    /// A client: the probe listens, and the client speaks first.
    Client,
}

/// Where the program is.
#[derive(Debug)]
pub(super) enum Target {
    /// The one address of a server, and the connection that found it.
    Server(SocketAddr, Option<TcpStream>),
    /// The sockets to which a client connects, and the address as a person named it.
    Client(Listener, HostPort),
}

/// Why a case cannot be carried through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It does not apply, or could not be tried.
    NotApplicable(String),
    /// The program did something else than the case asks for.
    Found(Finding),
}

impl From<Stop> for Finding {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NotApplicable(why) => Self::not_applicable(why),
            Stop::Found(finding) => finding,
        }
    }
}

/// How the answers of a program without a framing end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endings {
    /// None has come.
    #[default]
    Unknown,
    /// Each one in a newline.
    Newlines,
    /// Some of them without a newline.
    Mixed,
}

/// What the examination has learned about the program.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    /// How many connections it has served: it answered, or spoke first.
    pub(super) served: usize,
    /// Whether a server speaks before its client.
    pub(super) has_banner: bool,
    /// Whether a client waits for the server to speak.
    pub(super) waits_for_banner: bool,
    /// A usual answer, to recognize the same one twice.
    pub(super) usual: Option<String>,
    /// Whether it can be reached.
    pub(super) reached: Reached,
    /// The case whose fault may have ended the program, until it is seen to run.
    pub(super) suspect: Option<&'static str>,
    /// Whether a person has named the framing.
    pub(super) is_named: bool,
    /// Whether the program has said something whose framing is not known.
    pub(super) has_babbled: bool,
    /// How its answers end.
    pub(super) endings: Endings,
    /// Whether the program knows `/q`.
    pub(super) knows_quit: Option<bool>,
    /// Whether the program plays tictactoe.
    pub(super) plays: Option<bool>,
}

/// What the shared connection can be used for.
#[derive(Debug)]
enum Shared {
    /// There is none.
    Nothing,
    /// Words may be exchanged, and the probe has the turn.
    Chat(PeerStream),
    /// A game is running, and the probe has the move.
    Game(PeerStream, ProbeGame),
    /// A case uses it.
    InUse(PeerStream),
}

/// How many answers came for what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Answers {
    /// The messages.
    pub(super) texts: Vec<String>,
    /// What came after them: an end, a broken message, or nothing.
    pub(super) then: Reply,
}

/// What a program does after it has ended a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Afterwards {
    /// It serves the next client.
    Serves,
    /// It has served several clients, and does not serve another one.
    Gone,
    /// It is not known: it is a client, or has served one client only.
    Unknown,
}

/// How long an answer may take before a person is told that one is awaited.
const SOON: Duration = Duration::from_secs(1);

/// How long a client may take to be started again.
const RESTART: Duration = Duration::from_secs(12);

/// How long a server that has ended a session may take until it listens again.
const LISTENS_AGAIN: Duration = Duration::from_millis(800);

/// The examination of one program.
#[derive(Debug)]
pub(super) struct Exam {
    target: Target,
    /// The framing of what the program reads.
    pub(super) framing: Framing,
    /// The framing of what it sends: another one in a program with a fault.
    pub(super) answers_in: Framing,
    /// How long the program may take to answer.
    pub(super) patience: Duration,
    pub(super) facts: Facts,
    shared: Shared,
    /// Whether the program has said something on the newest connection.
    has_spoken: bool,
    sent: Vec<Excerpt>,
    progress: ProbeProgress,
}

impl Exam {
    pub(super) fn new(target: Target, patience: Duration, progress: ProbeProgress) -> Self {
        Self {
            target,
            framing: Framing::Raw,
            answers_in: Framing::Raw,
            patience,
            facts: Facts::default(),
            shared: Shared::Nothing,
            has_spoken: false,
            sent: Vec::new(),
            progress,
        }
    }

    pub(super) fn examined(&self) -> Examined {
        match self.target {
            Target::Server(..) => Examined::Server,
            Target::Client(..) => Examined::Client,
        }
    }

    pub(super) fn progress(&mut self) -> &mut ProbeProgress {
        &mut self.progress
    }

    /// How long the probe waits to see that nothing more comes.
    pub(super) fn quiet(&self) -> Duration {
        (self.patience / 20).clamp(Duration::from_millis(100), Duration::from_millis(300))
    }

    // Connections.

    /// A new connection before anything has been said.
    async fn connect(&mut self) -> Result<PeerStream, Stop> {
        self.drop_shared().await;
        let wait = match self.facts.reached {
            Reached::Yes => None,
            Reached::Ended | Reached::Busy => Some(Duration::ZERO),
        };
        let stream = match &mut self.target {
            Target::Server(_, first) if first.is_some() => {
                let first = first.take().map(PeerStream::new);
                first.ok_or(Reached::Ended)
            }
            Target::Server(address, _) => {
                connect_living(*address, wait.unwrap_or(LISTENS_AGAIN)).await
            }
            Target::Client(listener, address) => {
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
            Reached::Yes | Reached::Busy => None,
            Reached::Ended => self.facts.suspect,
        }
    }

    /// Why a case was not tried for which there is no connection.
    pub(super) fn not_tried(&self) -> Stop {
        Stop::NotApplicable(match (self.ended_by(), self.facts.reached) {
            (Some(case), _) => format!("not tried: your program ended at {case}"),
            (None, Reached::Busy) => {
                "not tried: your program accepts no further connection, or closes it at once"
                    .to_owned()
            }
            (None, _) => "your program has ended, so this was not tried; start it again, and \
                          choose the case with --only"
                .to_owned(),
        })
    }

    /// A connection on which the probe has the turn to chat: the shared one, or a new one.
    pub(super) async fn chat(&mut self) -> Result<(), Stop> {
        if let Shared::Chat(stream) = std::mem::replace(&mut self.shared, Shared::Nothing) {
            self.shared = Shared::InUse(stream);
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
        let stream = self.connect().await?;
        self.shared = Shared::InUse(stream);
        Ok(())
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
                "your program said nothing on a new connection: {}",
                other.words()
            ))),
        }
    }

    /// The connection that is in use, whatever for; it is not shared any more.
    pub(super) fn detach(&mut self) -> Option<PeerStream> {
        match std::mem::replace(&mut self.shared, Shared::Nothing) {
            Shared::InUse(stream) | Shared::Chat(stream) | Shared::Game(stream, _) => Some(stream),
            Shared::Nothing => None,
        }
    }

    fn stream(&mut self) -> Option<&mut PeerStream> {
        match &mut self.shared {
            Shared::InUse(stream) | Shared::Chat(stream) | Shared::Game(stream, _) => Some(stream),
            Shared::Nothing => None,
        }
    }

    /// The next case may chat on this connection.
    pub(super) fn keep_chat(&mut self) {
        if let Some(stream) = self.detach().filter(|stream| stream.ended().is_none()) {
            self.shared = Shared::Chat(stream);
        }
    }

    /// The next case may go on with this game.
    pub(super) fn keep_game(&mut self, game: ProbeGame) {
        if let Some(stream) = self.detach().filter(|stream| stream.ended().is_none()) {
            self.shared = Shared::Game(stream, game);
        }
    }

    /// The game on the shared connection, if one is running.
    pub(super) fn running_game(&mut self) -> Option<ProbeGame> {
        match std::mem::replace(&mut self.shared, Shared::Nothing) {
            Shared::Game(stream, game) => {
                self.shared = Shared::InUse(stream);
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
        if let Shared::InUse(_) = self.shared {
            self.drop_shared().await;
        }
    }

    /// Closes the shared connection.
    pub(super) async fn drop_shared(&mut self) {
        if let Some(stream) = self.detach() {
            stream.hang_up().await;
        }
    }

    // Words.

    /// Sends these bytes with one write.
    pub(super) async fn send(&mut self, bytes: &[u8]) {
        self.sent.push(Excerpt::of(bytes));
        if let Some(stream) = self.stream() {
            stream.send(bytes).await;
        }
    }

    /// Sends one message with one write.
    pub(super) async fn say(&mut self, text: impl AsRef<[u8]>) {
        let written = self.framing.write(text.as_ref());
        self.send(&[written.header, written.body].concat()).await;
    }

    /// Closes the probe's direction of the connection.
    pub(super) async fn finish(&mut self) {
        if let Some(stream) = self.stream() {
            stream.finish().await;
        }
    }

    /// What was sent since the last call.
    pub(super) fn take_sent(&mut self) -> Vec<Excerpt> {
        std::mem::take(&mut self.sent)
    }

    /// The next message, as long as the program may take.
    pub(super) async fn reply(&mut self) -> Reply {
        self.reply_within(self.patience).await
    }

    pub(super) async fn reply_within(&mut self, limit: Duration) -> Reply {
        let (framing, end) = (self.answers_in, Instant::now() + limit);
        let Some(stream) = self.stream() else {
            return Reply::Closed;
        };
        let reply = stream.reply(framing, end, limit).await;
        if let Reply::Text(text) = &reply {
            self.facts.endings = match (self.facts.endings, text.ends_with('\n')) {
                (Endings::Unknown | Endings::Newlines, true) => Endings::Newlines,
                _ => Endings::Mixed,
            };
            self.note_served();
        }
        reply
    }

    /// The program has said something on this connection.
    pub(super) fn note_served(&mut self) {
        if !std::mem::replace(&mut self.has_spoken, true) {
            self.facts.served += 1;
        }
    }

    /// Everything that comes in a moment, whatever its framing.
    pub(super) async fn burst_within(&mut self, limit: Duration) -> Vec<u8> {
        match self.stream() {
            Some(stream) => stream.burst(Instant::now() + limit).await,
            None => Vec::new(),
        }
    }

    /// The same for an answer that somebody may have to type, who is told so after a moment.
    pub(super) async fn typed_burst(&mut self) -> Vec<u8> {
        let soon = self.patience.min(SOON);
        let burst = self.burst_within(soon).await;
        let has_ended = self.stream().is_none_or(|stream| stream.ended().is_some());
        if !burst.is_empty() || has_ended || soon == self.patience {
            return burst;
        }
        self.progress.awaits_answer();
        self.burst_within(self.patience.saturating_sub(soon)).await
    }

    /// Forgets what a burst has brought.
    pub(super) fn drop_inbox(&mut self) {
        if let Some(stream) = self.stream() {
            stream.drop_inbox();
        }
    }

    /// Waits for this many answers, and then for a moment for more.
    pub(super) async fn answers(&mut self, expected: usize) -> Answers {
        let mut texts = Vec::new();
        loop {
            let reply = match texts.len() < expected {
                true => self.reply().await,
                false => self.reply_within(self.quiet()).await,
            };
            match reply {
                Reply::Text(text) => texts.extend(self.apart(text)),
                then => return Answers { texts, then },
            }
            if texts.len() > MOST_ANSWERS {
                return Answers {
                    texts,
                    then: Reply::Flood,
                };
            }
        }
    }

    /// Sends two messages, the second one as soon as it cannot be taken for a part of the first one,
    /// and waits for their answers.
    pub(super) async fn say_two(&mut self, first: &str, second: &str) -> Answers {
        self.say(first).await;
        // An answer that comes meanwhile is read, or a raw one would be one with the next.
        let meanwhile = self.reply_within(APART).await;
        self.say(second).await;
        match meanwhile {
            Reply::Text(text) => {
                let mut answers = self.answers(1).await;
                answers.texts.insert(0, text);
                answers
            }
            then if then.is_end() => Answers {
                texts: Vec::new(),
                then,
            },
            _ => self.answers(2).await,
        }
    }

    /// The answers in a raw burst: several, if it is the usual one several times.
    fn apart(&mut self, text: String) -> Vec<String> {
        let usual = self.facts.usual.as_deref().unwrap_or_default();
        let times = match usual.is_empty() || self.answers_in != Framing::Raw {
            true => 1,
            false => text.len() / usual.len(),
        };
        match times > 1 && text == usual.repeat(times) {
            true => vec![usual.to_owned(); times.min(MOST_ANSWERS)],
            false => vec![text],
        }
    }

    /// Sends one message, for which exactly one answer has to come. The connection is kept.
    pub(super) async fn in_step(&mut self) -> Result<(), Stop> {
        self.say("Hello").await;
        self.one_answer().await?;
        self.keep_chat();
        Ok(())
    }

    /// Waits for exactly one answer.
    pub(super) async fn one_answer(&mut self) -> Result<String, Stop> {
        let answers = self.answers(1).await;
        let fault = |came: String| Err(Stop::Found(Finding::fault(came)));
        match (answers.texts.as_slice(), &answers.then) {
            ([text], Reply::Nothing(_)) => Ok(text.clone()),
            ([], then) => fault(then.words()),
            ([text], then) => fault(format!("{}, and then: {}", quoted(text), then.words())),
            ([first, second, ..], _) => fault(format!(
                "{} answers: {}, then {}",
                answers.texts.len(),
                quoted(first),
                quoted(second)
            )),
        }
    }

    /// A second connection to a server, beside the shared one.
    pub(super) async fn second(&self) -> Option<PeerStream> {
        match self.target {
            Target::Server(address, _) => {
                let second = connect(address, Duration::ZERO).await.ok();
                second.map(PeerStream::new)
            }
            Target::Client(..) => None,
        }
    }

    /// Whether the program goes on after it has ended a connection. A new connection is kept if
    /// there is one.
    pub(super) async fn afterwards(&mut self) -> Afterwards {
        let several = self.facts.served > 1;
        self.drop_shared().await;
        let Target::Server(address, _) = self.target else {
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
        self.shared = Shared::InUse(stream);
        self.has_spoken = false;
        if self.hear_first().await.is_ok() {
            self.keep_chat();
        }
        Afterwards::Serves
    }
}

/// Long enough for two writes to be two messages, for a program that goes by pauses as well.
const APART: Duration = Duration::from_millis(150);

/// How long a program may take to end.
const ENDS: Duration = Duration::from_millis(100);

/// More answers than this are a flood.
const MOST_ANSWERS: usize = 16;

/// The sentence for a program that has not answered.
pub(super) fn unanswered(patience: Duration, examined: Examined) -> String {
    let name = match examined {
        Examined::Server => "server.py",
        Examined::Client => "client.py",
    };
    format!(
        "your program did not answer within {}: type any line when it asks, or run it as `yes hello \
         | python3 {name}`",
        seconds(patience)
    )
}
