//! The shell of a room's [`Guest`]: a connection and a console.

use crate::journal::Pass;
use crate::net::key_exchange::agree_as_client;
use crate::net::{
    Address, Connection, Exit, KeyExchangeError, Line, ReceiveError, Signal, Signals, new_nonce,
    retry_pause, until,
};
use crate::pair::client::RoomWelcome;
use crate::room::{Guest, GuestEffect, GuestEnding, GuestInput, Rank, Sight, help_lines};
use crate::terminal::{Ask, Audience, Console, ConsoleError, Echo, Ink, Typed};
use crate::text::{count, visible};
use crate::wire::{
    Author, BoardForm, Control, Dialect, Entrance, Frame, Gathered, LineKey, Post, PrivateRefusal,
    Reason, What,
};
use bytes::BytesMut;
use std::collections::{BTreeSet, VecDeque};
use std::future::pending;
use std::io;
use std::mem;
use std::pin::Pin;
use std::slice;
use std::sync::Arc;
use std::time::Duration;
use timeline::{Era, Timeline};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep, timeout};

pub(crate) mod show;
pub(crate) mod timeline;

/// How often the guest is told that time has passed.
const TICK: Duration = Duration::from_secs(1);

/// How long the room may take to answer the last lines of a script.
const LAST_ANSWERS: Duration = Duration::from_secs(2);

/// Maximum number of control frames that are handled before the screen is updated.
const FRAMES_AT_ONCE: usize = 256;

/// How long posts may follow a welcome before they count as new, where none says that the person
/// joined.
const CATCHING_UP: Duration = Duration::from_secs(1);

/// How long the next prompt waits for the receipt of the last line.
const RECEIPT_PAUSE: Duration = Duration::from_millis(200);

/// Marks a line that the room has stored.
const RECEIVED: &str = "✓";

/// Maximum number of names that Tab completes.
const COMPLETED_NAMES: usize = 1_024;

/// Why a client has left its room against the person's will. Each message is one line: what happened,
/// where, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RoomClientError {
    /// The room has removed the member.
    #[error("{0}")]
    Removed(String),
    /// The room has turned the client away when it tried to reconnect.
    #[error("the room turned you away: {0}")]
    Refused(String),
    /// The connection could not be restored in time.
    #[error("the connection to the room was lost and not restored within {}{}", in_seconds(*.after), lost_lines(*.unsent))]
    GaveUp {
        /// How long the client has tried.
        after: Duration,
        /// Number of lines that the room has not acknowledged.
        unsent: usize,
    },
    /// The program that answers is not a room.
    #[error("there is no longer a room at {0}")]
    NoRoom(Address),
    /// The console failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused random numbers.
    #[error(transparent)]
    System(#[from] io::Error),
}

fn in_seconds(time: Duration) -> String {
    let seconds = usize::try_from(time.as_secs()).unwrap_or(usize::MAX);
    count(seconds, "second")
}

fn lost_lines(lines: usize) -> String {
    match lines {
        0 => String::new(),
        lines => format!("; {lines} of your lines may not have been delivered"),
    }
}

/// An attempt to connect.
type Attempt = Pin<Box<dyn Future<Output = Attempted>>>;

/// A client in a room.
struct RoomClient<'signals, C> {
    console: C,
    signals: &'signals mut Signals,
    guest: Guest,
    address: Address,
    /// The key of the room, if its line is private: the client connects in no other way then.
    key: Option<LineKey>,
    /// Whether the person knows that a program answers that does not know the key.
    has_told_stranger: bool,
    reconnect: Duration,
    connection: Option<Connection>,
    attempt: Option<Attempt>,
    /// When the connection was lost, until it is restored.
    lost_at: Option<Instant>,
    began: Instant,
    /// Whether an earlier program of this person was in the room, until the person is told.
    is_back: bool,
    /// Keeps other programs of this person from joining as the same member.
    _passes: Vec<Pass>,
    /// The person's name in the room.
    name: Option<String>,
    /// Names in posts, for Tab.
    names: BTreeSet<String>,
    /// Whether they have changed since the console was told.
    has_new_names: bool,
    /// Lines to be shown.
    shown: String,
    is_prompting: bool,
    timeline: Timeline,
    /// When the person joined, until the post that says so.
    joined_at: Option<Instant>,
    /// Until when the line just entered waits for its receipt before the next prompt.
    receipt_by: Option<Instant>,
    /// Whether that line is a message, which is marked when it is stored.
    is_message: bool,
    input: Keyboard,
    exit: Exit,
    /// Why the console can no longer be used.
    failure: Option<ConsoleError>,
}

/// Whether the person can still type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Keyboard {
    Open,
    /// The input has ended. The lines of it still have to reach the room.
    Ended,
}

/// Joins the room at `welcomed`, and stays until the person leaves or is removed. Boards are shown in
/// the form `boards`.
///
/// # Errors
/// [`RoomClientError`].
pub async fn attend<C: Console>(
    welcomed: RoomWelcome,
    boards: BoardForm,
    console: C,
    signals: &mut Signals,
) -> Result<Exit, RoomClientError> {
    let RoomWelcome {
        connection,
        ticket,
        entrance,
        passes,
        welcome,
        key,
        client,
    } = welcomed;
    let mut room_client = RoomClient {
        console,
        signals,
        guest: Guest::introduced(client.name.clone(), ticket).showing(boards),
        is_back: matches!(entrance, Entrance::Return { .. }),
        _passes: passes,
        address: client.address,
        key,
        has_told_stranger: false,
        reconnect: client.reconnect,
        connection: Some(connection),
        attempt: None,
        lost_at: None,
        began: Instant::now(),
        name: None,
        names: BTreeSet::new(),
        has_new_names: false,
        shown: String::new(),
        is_prompting: false,
        timeline: Timeline::new(),
        joined_at: None,
        receipt_by: None,
        is_message: false,
        input: Keyboard::Open,
        exit: Exit::Goodbye,
        failure: None,
    };
    room_client.greet();
    room_client.stay(welcome).await
}

impl<C: Console> RoomClient<'_, C> {
    fn greet(&mut self) {
        self.say(&format!("Connected to: {}", self.address));
        if self.is_person() {
            self.aside("This is a room: type at any time. /q leaves.");
        }
    }

    async fn stay(&mut self, welcome: Control) -> Result<Exit, RoomClientError> {
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut inputs = VecDeque::from([GuestInput::Control(welcome)]);
        loop {
            let mut gathered = 0;
            while let Some(input) = inputs.pop_front() {
                let effects = self.guest.handle(self.began.elapsed(), input);
                for effect in effects {
                    if let Some(ending) = self.perform(effect) {
                        return self.leave(ending).await;
                    }
                }
                // Frames that have arrived together are shown together.
                gathered += 1;
                if gathered < FRAMES_AT_ONCE
                    && let Some(connection) = &mut self.connection
                    && let Ok(received) = timeout(Duration::ZERO, connection.receive()).await
                {
                    inputs.extend(heard(received));
                }
            }
            self.show().await;
            if self.input == Keyboard::Ended && self.guest.unreceived() == 0 {
                inputs.push_back(GuestInput::Hangup);
                continue;
            }
            if let Some(lost_at) = self.lost_at
                && lost_at.elapsed() >= self.reconnect
            {
                return self.give_up().await;
            }
            self.prompt();
            let may_type = self.input == Keyboard::Open && self.guest.wants_line();
            let input = tokio::select! {
                biased;
                signal = self.signals.next() => {
                    self.exit = Exit::Signalled(signal);
                    Some(GuestInput::Hangup)
                }
                typed = self.console.typed(), if may_type => self.typed(typed),
                received = receive(&mut self.connection) => heard(received),
                attempted = attempt(&mut self.attempt) => {
                    self.attempt = None;
                    self.attempted(attempted)?
                }
                () = until(self.receipt_by) => {
                    self.receipt_by = None;
                    None
                }
                _ = ticks.tick() => Some(GuestInput::Tick),
            };
            inputs.extend(input);
        }
    }

    /// The input that an attempt to connect causes.
    fn attempted(&mut self, attempted: Attempted) -> io::Result<Option<GuestInput>> {
        match attempted {
            Attempted::Connected(connection) => {
                self.connection = Some(*connection);
                let nonce = new_nonce()?;
                Ok(Some(GuestInput::Connected { nonce }))
            }
            Attempted::Stranger { attempts } => {
                if !mem::replace(&mut self.has_told_stranger, true) {
                    self.refuse(&format!(
                        "A program without the key of your room answers at {}. Still waiting for \
                         your room.",
                        self.address
                    ));
                }
                self.connect(attempts);
                Ok(None)
            }
        }
    }

    /// Begins to connect, after this many failed attempts.
    fn connect(&mut self, attempts: u32) {
        let (address, key) = (self.address.clone(), self.key.clone());
        self.attempt = Some(Box::pin(connect(address, key, attempts)));
    }

    /// The input that the person's typing causes.
    fn typed(&mut self, typed: Typed) -> Option<GuestInput> {
        self.is_prompting = false;
        match typed {
            Typed::Line(line) => {
                self.note_entered(&line);
                Some(GuestInput::Line(line))
            }
            Typed::Overlong(size) => {
                self.see(&Sight::TooLong(size));
                None
            }
            Typed::Interrupt => {
                self.exit = Exit::Signalled(Signal::Interrupt);
                Some(GuestInput::Hangup)
            }
            Typed::Gone => Some(GuestInput::Hangup),
            Typed::End => {
                self.input = Keyboard::Ended;
                None
            }
            Typed::Failed(error) => {
                // The room is left as usual, and only then the error is returned.
                self.failure = Some(error);
                Some(GuestInput::Hangup)
            }
        }
    }

    /// Has the next prompt wait for the receipt of a line, which is marked there. A line that cannot
    /// be sent now says so.
    fn note_entered(&mut self, line: &str) {
        if !self.is_person() || line.trim().is_empty() {
            return;
        }
        self.is_message = !line.starts_with('/');
        if self.lost_at.is_none() {
            self.receipt_by = Some(Instant::now() + RECEIPT_PAUSE);
        } else if self.is_message {
            self.aside("Not sent yet.");
        }
    }

    /// Marks the line that was just entered as stored.
    fn mark_received(&mut self) {
        if self.receipt_by.take().is_some() && self.is_message {
            let mark = self.console.style().paint.ink(Ink::Hint, RECEIVED);
            self.console.mark(&mark);
        }
    }

    /// Performs an effect. Returns the ending, if this is the last one.
    fn perform(&mut self, effect: GuestEffect) -> Option<GuestEnding> {
        match effect {
            GuestEffect::Send(control) => {
                if let Some(connection) = &mut self.connection {
                    // A failed connection is noticed by the next read.
                    let _ = connection.send(&Frame::Control(control));
                }
            }
            GuestEffect::Show(sight) => self.see(&sight),
            GuestEffect::Received(_) => self.mark_received(),
            GuestEffect::Connect { attempts } => {
                self.connection = None;
                self.lost_at.get_or_insert_with(Instant::now);
                self.connect(attempts);
            }
            GuestEffect::Close(ending) => return Some(ending),
        }
        None
    }

    fn see(&mut self, sight: &Sight) {
        let paint = self.console.style().paint;
        match sight {
            Sight::Post(post) | Sight::Recalled(post) => {
                self.hear_of(&post.by, &post.what);
                self.see_post(post, matches!(sight, Sight::Recalled(_)));
                if let (Sight::Post(post), Some(me)) = (sight, &self.name)
                    && show::names(post, me)
                {
                    self.console.ring();
                }
            }
            Sight::Gathered(gathered) => self.see_gathered(gathered),
            Sight::Told(text) | Sight::Whispered(text) => {
                let shown = show::notice(paint, text);
                self.shown.push_str(&shown);
                if let Sight::Whispered(_) = sight {
                    self.console.ring();
                }
            }
            Sight::Named(name) => {
                self.name = Some(name.to_string());
                self.console.title(&format!("tictalk: {}", visible(name)));
                self.joined_at = Some(Instant::now());
                if mem::take(&mut self.is_back) {
                    let name = visible(name);
                    self.aside(&format!("You returned to the room as {name}."));
                }
            }
            Sight::TooLong(size) => {
                let limit = crate::wire::MAX_TEXT;
                self.refuse(&format!(
                    "That message is {size} bytes long, and the limit is {limit}: nothing was sent."
                ));
            }
            Sight::NotTaken(line) => self.refuse(&format!(
                "Too many lines wait to be sent. Not sent: {}",
                visible(line)
            )),
            Sight::Forgotten => {
                self.aside("The room no longer knows you. You rejoin as a new member.");
            }
            Sight::Impostor => self.refuse(&format!(
                "Another program answers at {}. Still waiting for your room.",
                self.address
            )),
            Sight::Missed(missed) => {
                let posts = count(*missed, "older post");
                self.aside(&format!("Skipped {posts}. /search finds words in them."));
            }
            Sight::ConnectionLost => {
                self.aside("Connection to the room lost. Your lines are kept and sent later.");
            }
            Sight::Reconnected => {
                self.lost_at = None;
                self.has_told_stranger = false;
                self.aside("Reconnected.");
            }
        }
        if let Sight::Named(_) = sight {
            self.lost_at = None;
        }
    }

    /// Shows a post. A person reads its time, and not that they joined: the room has told them.
    fn see_post(&mut self, post: &Arc<Post>, is_recalled: bool) {
        let paint = self.console.style().paint;
        let me = self.name.as_deref();
        let shown = if self.is_person() {
            let is_own = self.guest.id() == Some(post.by.id);
            let is_arrival = is_own && matches!(post.what, What::Joined | What::Back);
            if is_arrival {
                self.joined_at = None;
            }
            let catches_up = |at: Instant| at.elapsed() < CATCHING_UP;
            let era = if is_recalled || self.joined_at.is_some_and(catches_up) {
                Era::Earlier
            } else {
                Era::Now
            };
            match &post.what {
                What::Joined if is_own && era == Era::Now => self.timeline.now(paint, post.at),
                _ => self.timeline.post(paint, post, me, era),
            }
        } else {
            show::post(paint, post, me)
        };
        self.shown.push_str(&shown);
    }

    /// Shows posts that are announced together. Whoever gets them has got all earlier posts.
    fn see_gathered(&mut self, gathered: &Gathered) {
        self.joined_at = None;
        for group in &gathered.groups {
            for member in &group.members {
                self.hear_of(&member.by, &group.what);
            }
        }
        let paint = self.console.style().paint;
        let shown = if self.is_person() {
            self.timeline.gathered(paint, gathered)
        } else {
            show::gathered(paint, gathered).concat()
        };
        self.shown.push_str(&shown);
    }

    /// Notes the names in an event, and the person's own.
    fn hear_of(&mut self, by: &Author, what: &What) {
        let name = by.name.to_string();
        self.has_new_names |= match what {
            What::Left { .. } | What::Kicked { .. } | What::Banned { .. } => {
                self.names.remove(&name)
            }
            What::Renamed { to } => {
                let is_gone = self.names.remove(&name);
                if self.guest.id() == Some(by.id) {
                    self.name = Some(to.to_string());
                    is_gone
                } else if self.names.len() < COMPLETED_NAMES {
                    self.names.insert(to.to_string())
                } else {
                    is_gone
                }
            }
            _ if self.names.len() < COMPLETED_NAMES && self.guest.id() != Some(by.id) => {
                self.names.insert(name)
            }
            _ => false,
        };
    }

    fn is_person(&self) -> bool {
        self.console.style().audience == Audience::Person
    }

    fn say(&mut self, line: &str) {
        self.shown.push_str(line);
        self.shown.push('\n');
    }

    fn aside(&mut self, line: &str) {
        let line = self.console.style().paint.ink(Ink::Hint, line);
        self.say(&line);
    }

    fn refuse(&mut self, line: &str) {
        let line = self.console.style().paint.ink(Ink::Refusal, line);
        self.say(&line);
    }

    /// Puts the lines to be shown on the screen.
    async fn show(&mut self) {
        if self.shown.is_empty() {
            return;
        }
        if mem::take(&mut self.has_new_names) && self.is_prompting {
            let words = self.words();
            self.console.learn(words);
        }
        let shown = mem::take(&mut self.shown);
        if self.receipt_by.take().is_some() {
            // The entered line is no longer the last one.
            self.console.print("");
        }
        self.console.interject(&shown).await;
    }

    /// The words that Tab completes.
    fn words(&self) -> Vec<String> {
        let commands = help_lines(Rank::Member).into_iter();
        let commands = commands.map(|(usage, _)| show::first_word(&usage));
        commands.chain(self.names.iter().cloned()).collect()
    }

    fn prompt(&mut self) {
        let is_busy = self.is_prompting || self.receipt_by.is_some();
        if is_busy || self.input == Keyboard::Ended || !self.guest.wants_line() {
            return;
        }
        let words = self.words();
        self.console.prompt(Ask {
            label: show::label(self.name.as_deref()),
            draft: String::new(),
            words,
            echo: Echo::OnScreen,
        });
        self.is_prompting = true;
    }

    async fn leave(&mut self, ending: GuestEnding) -> Result<Exit, RoomClientError> {
        let draft = self.put_away().await;
        if !draft.trim().is_empty() {
            self.say(&format!("Not sent: {}", visible(&draft)));
        }
        let exit = match ending {
            GuestEnding::Left => {
                if let Some(mut connection) = self.connection.take() {
                    let is_script = !self.is_person() && self.failure.is_none();
                    if self.exit == Exit::Goodbye && is_script {
                        // A script gets the answers to its last lines.
                        let _ = timeout(LAST_ANSWERS, self.hear_out(&mut connection)).await;
                    }
                    connection.close().await;
                }
                match self.failure.take() {
                    Some(error) => Err(error.into()),
                    None => {
                        self.say("Bye!");
                        Ok(self.exit)
                    }
                }
            }
            GuestEnding::Refused {
                reason: Reason::Ended,
                message,
            } => {
                let message = visible(&message).into_owned();
                self.say(&message);
                Ok(Exit::Goodbye)
            }
            GuestEnding::Refused { message, .. } => {
                let words: Vec<&str> = message.split_whitespace().collect();
                let message = visible(&words.join(" ")).into_owned();
                Err(match self.lost_at {
                    None => RoomClientError::Removed(message),
                    Some(_) => RoomClientError::Refused(message),
                })
            }
            GuestEnding::NoRoom => Err(RoomClientError::NoRoom(self.address.clone())),
        };
        self.finish().await;
        exit
    }

    /// Shows what the room still says until it closes the connection.
    async fn hear_out(&mut self, connection: &mut Connection) {
        while let Ok(Some(Frame::Control(control))) = connection.receive().await {
            let input = GuestInput::Control(control);
            for effect in self.guest.handle(self.began.elapsed(), input) {
                self.perform(effect);
            }
        }
    }

    async fn give_up(&mut self) -> Result<Exit, RoomClientError> {
        let draft = self.put_away().await;
        if !draft.trim().is_empty() {
            self.say(&format!("Not sent: {}", visible(&draft)));
        }
        self.finish().await;
        Err(RoomClientError::GaveUp {
            after: self.reconnect,
            unsent: self.guest.unreceived(),
        })
    }

    async fn put_away(&mut self) -> String {
        self.console.drain().await;
        if mem::take(&mut self.is_prompting) {
            self.console.withdraw().await
        } else {
            String::new()
        }
    }

    async fn finish(&mut self) {
        let shown = mem::take(&mut self.shown);
        self.console.print(&shown);
        self.console.flush();
    }
}

/// The input that a received frame causes.
fn heard(received: Result<Option<Frame>, ReceiveError>) -> Option<GuestInput> {
    match received {
        Ok(Some(Frame::Control(control))) => Some(GuestInput::Control(control)),
        // A room sends only control frames.
        Ok(Some(Frame::Text(_))) => None,
        Ok(None) | Err(_) => Some(GuestInput::Lost),
    }
}

async fn receive(connection: &mut Option<Connection>) -> Result<Option<Frame>, ReceiveError> {
    match connection {
        Some(connection) => connection.receive().await,
        None => pending().await,
    }
}

async fn attempt(attempt: &mut Option<Attempt>) -> Attempted {
    match attempt {
        Some(attempt) => attempt.await,
        None => pending().await,
    }
}

/// What became of attempts to connect.
enum Attempted {
    Connected(Box<Connection>),
    /// A program answers that does not know the key of the room, after this many attempts.
    Stranger {
        attempts: u32,
    },
}

/// Tries to connect until that succeeds, after this many failed attempts. With a `key`, only over a
/// private line by that key.
async fn connect(address: Address, key: Option<LineKey>, mut attempts: u32) -> Attempted {
    loop {
        sleep(retry_pause(attempts)).await;
        attempts = attempts.saturating_add(1);
        let Ok(mut stream) = address.connect().await else {
            continue;
        };
        let line = match &key {
            None => Line::Plain,
            Some(key) => {
                let keys = slice::from_ref(key);
                match agree_as_client(&mut stream, keys, None).await {
                    Ok(agreed) => agreed.agreement.line.into(),
                    Err(error) if is_lost(&error) => continue,
                    Err(_) => return Attempted::Stranger { attempts },
                }
            }
        };
        let connection = Connection::over(stream, line, Dialect::Tictalk, BytesMut::new());
        return Attempted::Connected(Box::new(connection));
    }
}

/// Whether the next attempt may succeed, after this error.
fn is_lost(error: &KeyExchangeError) -> bool {
    match error {
        KeyExchangeError::Left
        | KeyExchangeError::Slow
        | KeyExchangeError::Io(_)
        | KeyExchangeError::Refused(PrivateRefusal::Later(_) | PrivateRefusal::Busy) => true,
        KeyExchangeError::Wire(_)
        | KeyExchangeError::NeedsCode
        | KeyExchangeError::WrongCode
        | KeyExchangeError::Unconfirmed
        | KeyExchangeError::Private(_)
        | KeyExchangeError::Refused(
            PrivateRefusal::Version
            | PrivateRefusal::NotPrivate
            | PrivateRefusal::WrongCode
            | PrivateRefusal::Burnt,
        ) => false,
    }
}
