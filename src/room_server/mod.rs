//! The shell of a room: sockets, a store and a console around one [`Hub`].
//!
//! Everything runs on one thread, but for what waits for the disk. The `floor` is its heart: it hands
//! what happened to the hub and performs the effects. Around it stand the acceptor, which lets
//! people in (`visit`), one task for each connection (`line`), the `store`, and the host's `window`.
//! What happens is told to the [`LogFile`] by `tracing`. The client's end of a room is [`attend`].

use crate::journal::{Journal, JournalError, Problem, Register, RoomKey};
use crate::net::{Address, AddressError, Exit, Listener, Signals, new_chance};
use crate::room::{Hub, HubInput, Nick, NickError, Settings};
use crate::terminal::{ConsoleError, Terminal};
use crate::wire::{Name, PostId};
use console::HostConsole;
use dispatch::Dispatch;
use std::io;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{Store, StoreEvent};
use tokio::sync::mpsc;
use tokio::task::LocalSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tracing::{error, info};

pub use log::{LogError, LogFile};

mod admission;
mod connection;
mod console;
mod dispatch;
mod log;
mod store;

/// How often the hub is told that time has passed.
const TICK: Duration = Duration::from_secs(1);

/// How long connections, and then the host's terminal, may take to hear that the room is closed.
const FAREWELL: Duration = Duration::from_millis(400);

/// A time that nobody waits for, where there is to be no limit.
const ENDLESS: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// What the host is called where nothing else was said.
const HOST: &str = "host";

/// How long the close of a room waits for a journal that another program has locked.
const LAST_WORDS: Duration = Duration::from_secs(10);

/// How much of the store's news is heard until others have their turn.
const NEWS: usize = 16;

/// How many of the last posts are read when a room is gone on with.
const RECENT: usize = 256;

/// A room, as it is to be run.
#[derive(Debug, Clone)]
pub struct RoomServer {
    /// Where to listen.
    pub address: Address,
    /// The name of the room, and of its host.
    pub name: Option<Name>,
    /// What a good host minds.
    pub limits: Limits,
}

/// What a good host minds. Of each, zero switches it off.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The most members.
    pub members: usize,
    /// The most connections from one address.
    pub per_address: usize,
    /// How long somebody may take to say who it is.
    pub introduction: Duration,
    /// How long nothing may come from a member.
    pub patience: Duration,
    /// How many lines a member may send at once.
    pub burst: u32,
    /// How many lines a second may follow them.
    pub rate: u32,
    /// How many bytes may wait for a member that does not read.
    pub queue: usize,
}

/// Why a room could not be run. Each is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum RoomServerError {
    /// It cannot listen.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// Its name would be mistaken.
    #[error("the room cannot have this name: {0}")]
    Name(#[from] NickError),
    /// What is said cannot be written down.
    #[error("the room was closed, because it cannot write its journal: {0}")]
    Unwritten(JournalError),
    /// What was said cannot be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The terminal, or the file that stands for it, failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused something that a program can expect to get.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// Where a room is written down: one journal to write, and one to look things up meanwhile.
#[derive(Debug)]
pub struct Books {
    /// What is written.
    pub written: Journal,
    /// What is read.
    pub read: Journal,
}

impl RoomServer {
    /// Listens, and keeps the room open until the host closes it.
    ///
    /// # Errors
    /// [`RoomServerError`].
    pub async fn run(
        self,
        books: Option<Books>,
        console: Terminal,
        signals: &mut Signals,
    ) -> Result<Exit, RoomServerError> {
        let ended = LocalSet::new()
            .run_until(self.run_here(books, console, signals))
            .await;
        match &ended {
            Ok(_) => info!("the room is closed"),
            Err(error) => error!(%error, "the room has failed"),
        }
        ended
    }

    async fn run_here(
        mut self,
        books: Option<Books>,
        console: Terminal,
        signals: &mut Signals,
    ) -> Result<Exit, RoomServerError> {
        admission::allow_many_connections();
        let host = match &self.name {
            Some(name) => Nick::read(name.as_str())?,
            None => Nick::read(HOST)?,
        };
        let listener = Listener::bind(&self.address).await?;
        self.address.port = listener.port()?;
        let (tell, mut news) = mpsc::unbounded_channel();
        let settings = self.settings(host);
        let portion = settings.at_once;
        let seed = new_chance()?.bytes();
        let (hub, store, stored) = match books {
            Some(Books { written, read }) => {
                let key = RoomKey {
                    name: self.name.clone(),
                    port: self.address.port,
                };
                let register = Register::open(written, &key)?;
                let known = register.known().clone();
                let recent = read.last_posts(register.room(), RECENT)?;
                let recent = recent.into_iter().map(Arc::new);
                let hub = Hub::restore(settings, seed, &known, recent);
                (hub, Store::open(register, read, portion, tell)?, known.last)
            }
            None => (
                Hub::open(settings, seed),
                Store::nowhere(tell),
                PostId::default(),
            ),
        };
        let floor = Rc::new(Dispatch::open(hub, store, stored, self.limits.queue));
        let name = self.name.as_ref().map(Name::as_str);
        let Address { host, port } = &self.address;
        info!(host, port, name, "the room is open");
        let mut window = HostConsole::open(console, &self.address);
        let attending = admission::attend(listener, Rc::clone(&floor), self.limits);
        let attending = tokio::task::spawn_local(attending);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let failure = loop {
            let close_by = window.close_by();
            tokio::select! {
                // Signals and the host before everybody else.
                biased;
                () = floor.is_over() => break None,
                step = window.next(&floor, signals) => step?,
                Some(first) = news.recv() => {
                    if let Err(error) = hear(&floor, first, &mut news) {
                        break Some(error);
                    }
                }
                () = until(floor.next_permit()) => floor.permit(),
                _ = ticks.tick() => floor.tick(),
                () = until(close_by) => break Some(Problem::Locked.into()),
            }
        };
        attending.abort();
        let leaving = floor.all_left();
        // Whoever does not take in the end misses only that.
        let _ = timeout(FAREWELL, leaving).await;
        // A terminal that takes nothing any more does not keep the program.
        let _ = timeout(FAREWELL, window.close(&floor)).await;
        match failure {
            None => Ok(Exit::Goodbye),
            Some(error) => Err(RoomServerError::Unwritten(error)),
        }
    }

    fn settings(&self, host: Nick) -> Settings {
        let began = SystemTime::now().duration_since(UNIX_EPOCH);
        let began = began.map_or(0, |since| since.as_millis());
        let mut settings = Settings::new(host, u64::try_from(began).unwrap_or(u64::MAX));
        settings.members = match self.limits.members {
            0 => usize::MAX,
            members => members,
        };
        settings.per_address = match self.limits.per_address {
            0 => usize::MAX,
            members => members,
        };
        settings.introduction = match self.limits.introduction {
            Duration::ZERO => ENDLESS,
            introduction => introduction,
        };
        if self.limits.patience.is_zero() {
            settings.patience = ENDLESS;
        } else {
            settings.patience = self.limits.patience;
            settings.ping = settings.ping.min(self.limits.patience / 4);
        }
        if self.limits.queue > 0 {
            settings.at_once = settings.at_once.min(self.limits.queue / 8);
        }
        if self.limits.burst == 0 || self.limits.rate == 0 {
            settings.pace = Duration::ZERO;
        } else {
            settings.burst = self.limits.burst;
            settings.pace = Duration::from_secs(1) / self.limits.rate;
        }
        settings
    }
}

/// What the host reads while nothing can be stored, and then.
const LOCKED: &str = "Another program has locked the journal. What is said waits until it lets go.";
const UNLOCKED: &str = "The journal can be written again.";

/// Hands on what the store says, and what it has said meanwhile, so that all of it goes out in the
/// same packets.
fn hear(
    floor: &Dispatch,
    first: StoreEvent,
    news: &mut mpsc::UnboundedReceiver<StoreEvent>,
) -> Result<(), JournalError> {
    let mut next = Some(first);
    for _ in 0..NEWS {
        let Some(said) = next else {
            break;
        };
        match said {
            StoreEvent::Stored(up_to) => {
                floor.handle(HubInput::Stored(up_to));
                floor.flush();
            }
            StoreEvent::Found(found) => floor.found(found),
            StoreEvent::Locked => floor.pane.say(LOCKED.to_owned()),
            StoreEvent::Unlocked => floor.pane.say(UNLOCKED.to_owned()),
            StoreEvent::Unread { to, query, error } => {
                floor
                    .pane
                    .say(format!("The journal cannot be read: {error}"));
                floor.unread(to, query);
            }
            StoreEvent::Failed(error) => return Err(error),
        }
        next = news.try_recv().ok();
    }
    floor.flush();
    Ok(())
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
