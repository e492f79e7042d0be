//! The shell of a room's [`Hub`]: a listener, connections, a store and the host's console.
//!
//! Everything runs on one thread, except for the two threads of the `store`, which wait for the
//! disk, and those of the `thinker`, which search for the computer's moves. `dispatch` hands inputs
//! to the hub and performs the effects. The inputs come from `admission`, which accepts connections
//! and identifies the peers, from one `read_loop` per connection, from the `store`, and from the
//! host's `console`. Events are reported with `tracing`; [`LogFile`] writes them to a file.

use crate::journal::{Journal, JournalError, Problem, Register, RoomKey, RoomSecrets};
#[cfg(feature = "cluster")]
use crate::net::HostPort;
use crate::net::{
    Address, Exit, LinePolicy, Listener, Pages, Reach, Signals, new_chance, new_host_secret, until,
};
use crate::room::{Coordination, DEFAULT_HOST, Hub, HubInput, Nick, RECENT_POSTS, Settings};
#[cfg(feature = "cluster")]
use crate::terminal::Console as _;
use crate::terminal::{QrCodes, Terminal};
use crate::web::Website;
use crate::wire::{BoardForm, Control, Name, PostId};
use console::{Closes, HostConsole};
use dispatch::{Dispatch, Order};
use facade::Facade;
use invitation::Invitation;
#[cfg(feature = "cluster")]
use machine::{Machine, Started, Starting};
use secrets::PrivateRoom;
#[cfg(not(feature = "cluster"))]
use std::future::Pending;
use std::future::pending;
use std::iter;
use std::panic::resume_unwind;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use store::{Store, StoreEvent};
use thinker::Thinker;
use tokio::sync::mpsc;
use tokio::task::{JoinHandle, LocalSet};
use tokio::time::{MissedTickBehavior, interval, timeout};
use tracing::{error, info};

pub use error::RoomServerError;
pub use limits::Limits;
pub use log::{LogError, LogFile};
#[cfg(feature = "cluster")]
pub use machine::{ClusterError, ClusterOptions};

mod admission;
mod broadcast;
mod connection;
mod connections;
mod console;
mod dispatch;
mod encode;
mod error;
mod facade;
mod host_panes;
mod host_queue;
mod incoming;
mod inputs;
mod introduction;
mod invitation;
mod keyholder;
mod limits;
mod log;
#[cfg(feature = "cluster")]
mod machine;
mod memory;
mod observers;
mod outbox;
mod page_lines;
mod pieces;
mod queries;
mod read_loop;
mod secrets;
mod silence;
mod store;
mod thinker;

/// How often the hub is told that time has passed.
const TICK: Duration = Duration::from_secs(1);

/// How long the connections, and then the host's terminal, may take to receive the farewell.
const FAREWELL_GRACE: Duration = Duration::from_millis(400);

/// Maximum number of store events that are handled before other work.
const STORE_EVENTS: usize = 16;

const JOURNAL_LOCKED: &str =
    "Another program has locked the journal. New posts wait until it is unlocked.";
const JOURNAL_UNLOCKED: &str = "The journal is unlocked.";

/// A room that can be opened.
#[derive(Debug, Clone)]
pub struct RoomServer {
    /// Where to listen.
    pub address: Address,
    /// Which lines it takes.
    pub lines: LinePolicy,
    /// Whether browsers can join.
    pub pages: Pages,
    /// When the host sees the QR code of the page.
    pub codes: QrCodes,
    /// The name of the room, by which the journal knows it. The host's name by default.
    pub room: Option<Name>,
    /// The name of the host.
    pub host: Option<Name>,
    /// Who becomes the coordinator.
    pub coordination: Coordination,
    /// Limits that protect the server.
    pub limits: Limits,
    /// How the host is shown boards.
    pub boards: BoardForm,
    /// The cluster, if the room is on several machines.
    #[cfg(feature = "cluster")]
    pub cluster: Option<ClusterOptions>,
}

/// The journal of a room, opened twice: a query does not wait for a commit.
#[derive(Debug)]
pub struct Books {
    /// For writing.
    pub written: Journal,
    /// For queries.
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
            Ok(_) => info!("room closed"),
            Err(error) => error!(%error, "room failed"),
        }
        ended
    }

    async fn run_here(
        mut self,
        books: Option<Books>,
        mut console: Terminal,
        signals: &mut Signals,
    ) -> Result<Exit, RoomServerError> {
        admission::allow_many_connections();
        let host = Nick::read(self.host.as_ref().map_or(DEFAULT_HOST, Name::as_str))?;
        let listener = Listener::bind(&self.address).await?;
        self.address.port = listener.port()?;
        let room = self.room.clone().or_else(|| self.host.clone());
        let (events, mut store_events) = mpsc::unbounded_channel();
        let host_name = host.to_string();
        let mut settings = self.settings(host);
        settings.coordination = self.coordination;
        settings.room = room.as_ref().map(|room| room.as_str().into());
        let Opened {
            order,
            store,
            stored,
            secrets,
            #[cfg(feature = "cluster")]
            started,
        } = tokio::select! {
            opened = self.open(books, settings, events, &mut console) => opened?,
            // Only the engine of a cluster keeps the start waiting.
            signal = signals.next() => return Ok(Exit::Signalled(signal)),
        };
        let (solved, mut thoughts) = mpsc::unbounded_channel();
        let thinker = Thinker::new(solved);
        let secret = new_host_secret()?;
        let invitation = Invitation {
            reach: Reach::of(&self.address, &listener, self.lines),
            pages: self.pages.clone(),
            lines: self.lines,
            code: secrets.as_ref().map(|secrets| secrets.code.clone()),
            secret: Some(secret.into()),
            codes: self.codes,
        };
        let facade = Facade {
            secret,
            host: self.host.clone(),
            open: Control::Open {
                room: room.as_ref().map(|room| room.as_str().into()),
                host: self.address.host.clone(),
                port: self.address.port,
                pages: invitation.links(),
                commands: invitation.commands(),
            },
        };
        let closes = match &order {
            Order::Own(_) => Closes::Room,
            #[cfg(feature = "cluster")]
            Order::Stream(_) => Closes::Machine,
        };
        let private = secrets.map(PrivateRoom::new);
        let dispatch = Dispatch::open(order, store, thinker, stored, facade, private);
        let dispatch = Rc::new(dispatch);
        let name = room.as_ref().map(Name::as_str);
        let Address { host, port } = &self.address;
        info!(host, port, name, "room opened");
        let mut console = HostConsole::open(console, &self.address, &host_name, invitation, closes);
        let website = Website::new(&self.pages, self.lines);
        let acceptor = admission::accept(
            listener,
            Rc::clone(&dispatch),
            self.limits,
            self.lines,
            website,
        );
        let acceptor = tokio::task::spawn_local(acceptor);
        let writer = Rc::clone(&dispatch);
        let writer = tokio::task::spawn_local(async move { writer.write_posts().await });
        #[cfg(feature = "cluster")]
        let machine = started.map(|started| Machine::new(started, Rc::clone(&dispatch)).run());
        #[cfg(not(feature = "cluster"))]
        let machine: Option<Pending<RoomServerError>> = None;
        let mut machine = machine.map(|machine| tokio::task::spawn_local(machine));
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut failure = None;
        loop {
            let close_by = console.close_by();
            tokio::select! {
                // Signals and the host come before everybody else.
                biased;
                () = dispatch.is_over() => break,
                step = console.next(&dispatch, signals) => {
                    // The room is closed as usual, and only then the error is returned.
                    if let Err(error) = step {
                        failure.get_or_insert(error);
                    }
                }
                Some(first) = store_events.recv() => {
                    if let Err(error) = handle_store_events(&dispatch, first, &mut store_events) {
                        failure = Some(RoomServerError::Unwritten(error));
                        break;
                    }
                }
                ended = ended(&mut machine) => {
                    failure = Some(ended);
                    break;
                }
                Some(thought) = thoughts.recv() => dispatch.inputs().handle(HubInput::Thought(thought)),
                () = until(dispatch.next_permit()) => dispatch.permit(),
                _ = ticks.tick() => dispatch.inputs().tick(),
                () = until(close_by) => {
                    failure = Some(RoomServerError::Unwritten(Problem::Locked.into()));
                    break;
                }
            }
        }
        acceptor.abort();
        writer.abort();
        // A peer that does not read loses only the end.
        let _ = timeout(FAREWELL_GRACE, dispatch.all_left()).await;
        // Nor does a terminal that takes no more output keep the program running.
        let _ = timeout(FAREWELL_GRACE, console.close(&dispatch)).await;
        failure.map_or(Ok(Exit::Goodbye), Err)
    }

    /// Opens the store and restores the state of the room.
    ///
    /// # Errors
    /// [`RoomServerError`].
    async fn open(
        &self,
        books: Option<Books>,
        settings: Settings,
        events: mpsc::UnboundedSender<StoreEvent>,
        console: &mut Terminal,
    ) -> Result<Opened, RoomServerError> {
        #[cfg(feature = "cluster")]
        if let Some(cluster) = &self.cluster {
            return self.join(cluster, books, settings, events, console).await;
        }
        #[cfg(not(feature = "cluster"))]
        let _ = console;
        let portion = settings.at_once;
        let seed = new_chance()?.bytes();
        let Some(Books { written, read }) = books else {
            let secrets = match self.lines.takes_code() {
                true => Some(secrets::draw()?),
                false => None,
            };
            return Ok(Opened {
                order: Order::Own(Hub::open(settings, seed).into()),
                store: Store::in_memory(portion, events),
                stored: PostId::default(),
                secrets,
                #[cfg(feature = "cluster")]
                started: None,
            });
        };
        let mut register = Register::open(written, &self.key())?;
        if register.cluster()?.is_some() {
            return Err(JournalError::from(Problem::InCluster).into());
        }
        let secrets = match self.lines.takes_code() {
            true => Some(kept_secrets(&mut register)?),
            false => None,
        };
        let known = register.known().clone();
        let recent = read.last_posts(register.room(), RECENT_POSTS)?;
        let recent = recent.into_iter().map(Arc::new);
        let hub = Hub::restore(settings, seed, &known, recent);
        Ok(Opened {
            order: Order::Own(hub.into()),
            store: Store::open(register, read, portion, events)?,
            stored: known.last,
            secrets,
            #[cfg(feature = "cluster")]
            started: None,
        })
    }

    /// Joins the cluster. The first machine decides about the settings and secrets of the room.
    ///
    /// # Errors
    /// [`RoomServerError`].
    #[cfg(feature = "cluster")]
    async fn join(
        &self,
        cluster: &ClusterOptions,
        books: Option<Books>,
        settings: Settings,
        events: mpsc::UnboundedSender<StoreEvent>,
        console: &mut Terminal,
    ) -> Result<Opened, RoomServerError> {
        let Some(Books { written, read }) = books else {
            return Err(ClusterError::NoJournal.into());
        };
        let Some(room) = self.room.as_ref().or(self.host.as_ref()) else {
            return Err(ClusterError::NoName.into());
        };
        let portion = settings.at_once;
        let mut register = Register::open(written, &self.key())?;
        let secrets = match (self.lines.takes_code(), register.secrets()) {
            (false, _) => None,
            (true, Some(secrets)) => Some(secrets.clone()),
            (true, None) => Some(secrets::draw()?),
        };
        let address = match &cluster.address {
            Some(HostPort { host, port }) => HostPort {
                host: host.clone(),
                port: Some(port.unwrap_or(self.address.port)),
            },
            None => self.address.seen_from_outside(),
        };
        let starting = Starting {
            options: cluster,
            room: room.as_str(),
            address: address.to_string().into(),
            settings,
            secrets,
        };
        let progress = |applied: u64, last: u64| {
            console.print(&format!(
                "Catching up with the room: input {applied} of {last}\n"
            ));
            console.flush();
        };
        let (order, started) = starting.start(&mut register, progress).await?;
        if let Some(secrets) = &started.secrets {
            register.keep_secrets(secrets.clone())?;
        }
        let stored = register.known().last;
        Ok(Opened {
            order: Order::Stream(order.into()),
            store: Store::open(register, read, portion, events)?,
            stored,
            secrets: started.secrets.clone(),
            started: Some(started),
        })
    }

    /// By what the journal knows the room.
    fn key(&self) -> RoomKey {
        RoomKey {
            name: self.room.clone().or_else(|| self.host.clone()),
            port: self.address.port,
        }
    }

    fn settings(&self, host: Nick) -> Settings {
        let began = SystemTime::now().duration_since(UNIX_EPOCH);
        let began = began.map_or(0, |since| since.as_millis());
        let mut settings = Settings::new(host, u64::try_from(began).unwrap_or(u64::MAX));
        let Limits {
            members,
            per_address,
            introduction,
            patience,
            rate,
            queue,
        } = self.limits;
        settings.members = members;
        settings.boards = self.boards;
        settings.per_address = per_address;
        settings.introduction = introduction;
        settings.patience = patience;
        settings.rate = rate;
        if let Some(patience) = patience {
            settings.ping = settings.ping.min(patience / 4);
        }
        if let Some(queue) = queue {
            settings.at_once = settings.at_once.min(queue.get() / 8);
        }
        settings
    }
}

/// Waits for the end of this machine of a cluster, if it is one. A panic of its task ends the program.
async fn ended(machine: &mut Option<JoinHandle<RoomServerError>>) -> RoomServerError {
    match machine {
        None => pending().await,
        Some(machine) => match machine.await {
            Ok(error) => error,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            Err(_) => pending().await,
        },
    }
}

/// A room whose state is restored.
struct Opened {
    order: Order,
    store: Store,
    /// The last post in the store.
    stored: PostId,
    /// The secrets, if the room is private.
    secrets: Option<RoomSecrets>,
    /// This server as a machine of a cluster.
    #[cfg(feature = "cluster")]
    started: Option<Started>,
}

/// The secrets of a private room, which live as long as the room: a restarted server has the same.
///
/// # Errors
/// [`RoomServerError`].
fn kept_secrets(register: &mut Register) -> Result<RoomSecrets, RoomServerError> {
    if let Some(secrets) = register.secrets() {
        return Ok(secrets.clone());
    }
    let secrets = secrets::draw()?;
    register.keep_secrets(secrets.clone())?;
    Ok(secrets)
}

/// Handles the first event of the store and others that are waiting.
///
/// # Errors
/// When a post could not be stored.
fn handle_store_events(
    dispatch: &Dispatch,
    first: StoreEvent,
    events: &mut mpsc::UnboundedReceiver<StoreEvent>,
) -> Result<(), JournalError> {
    // `take` comes last, so that no event is received without being handled.
    let waiting = iter::from_fn(|| events.try_recv().ok());
    for event in iter::once(first).chain(waiting).take(STORE_EVENTS) {
        match event {
            StoreEvent::Stored(up_to) => dispatch.inputs().stored(up_to),
            StoreEvent::Found(found) => dispatch.inputs().found(found),
            StoreEvent::Saved(input) => dispatch.note_saved(input),
            StoreEvent::Locked => dispatch.host_queue.notice(JOURNAL_LOCKED.to_owned()),
            StoreEvent::Unlocked => dispatch.host_queue.notice(JOURNAL_UNLOCKED.to_owned()),
            StoreEvent::Unreadable { to, query, error } => {
                dispatch
                    .host_queue
                    .notice(format!("The journal cannot be read: {error}"));
                dispatch.inputs().unreadable(to, query);
            }
            StoreEvent::Failed(error) => return Err(error),
        }
    }
    Ok(())
}
