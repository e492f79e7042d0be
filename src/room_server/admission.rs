//! Accepts connections and identifies the peers.

use super::connection::RoomConnection;
use super::dispatch::Dispatch;
use super::encode::put_refusal;
use super::incoming::Incoming;
use super::introduction::{Introduction, Purpose, Reception};
use super::limits::{Limits, timeout_if};
use super::log;
use super::read_loop::serve;
use super::silence::{GOODBYE_GRACE, first_bytes};
use crate::net::admission::{ACCEPT_RETRY, AdmissionError};
use crate::net::{LinePolicy, Listener};
use crate::room::{ConnectionId, Origin};
use crate::web::Website;
use crate::wire::Reason;
use bytes::BytesMut;
use std::cell::RefCell;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::warn;

/// The refusal of a newcomer whose address has spent its budget.
const CROWDED: &str = "Too many people are joining from your address. Try again in a moment.";

/// The refusal of a newcomer to a room that waits.
const WAITING: &str = "The room waits for its engine. Try again in a moment.";

/// Minimum time between two log lines about connections that were turned away.
const LOG_PAUSE: Duration = Duration::from_secs(1);

/// Maximum number of connections accepted in each period: 4,000 a second. Even a flood of
/// connections leaves the room enough time for its members.
const ACCEPTED: u32 = 32;
const ACCEPT_PERIOD: Duration = Duration::from_millis(8);

/// How many connections beyond twice the members may be open, most of which have not identified
/// themselves.
const SPARE_CONNECTIONS: usize = 64;

/// How many connections are open from each address.
type ConnectionCounts = Rc<RefCell<HashMap<Origin, usize>>>;

/// Logs connections that are turned away, at most one a second.
#[derive(Debug, Default)]
struct TurnedAway {
    logged_at: Option<Instant>,
    /// How many were turned away since then.
    more: usize,
}

impl TurnedAway {
    fn log(&mut self, from: SocketAddr, why: &str) {
        if self.logged_at.is_some_and(|at| at.elapsed() < LOG_PAUSE) {
            self.more += 1;
            return;
        }
        self.logged_at = Some(Instant::now());
        log::turned_away(from, why, std::mem::take(&mut self.more));
    }
}

/// Accepts connections until it is dropped.
pub(super) async fn accept(
    listener: Listener,
    dispatch: Rc<Dispatch>,
    limits: Limits,
    lines: LinePolicy,
    website: Website,
) {
    let website = Rc::new(website);
    let counts = ConnectionCounts::default();
    let turned_away = Rc::new(RefCell::new(TurnedAway::default()));
    let mut has_failed = false;
    let (mut accepted, mut since) = (0, Instant::now());
    loop {
        if accepted == ACCEPTED {
            sleep_until(since + ACCEPT_PERIOD).await;
            (accepted, since) = (0, Instant::now());
        }
        accepted += 1;
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Logged once, not at each attempt.
                if !has_failed {
                    warn!(%error, "cannot accept connections");
                }
                has_failed = true;
                sleep(ACCEPT_RETRY).await;
                continue;
            }
        };
        has_failed = false;
        let from = canonical(from);
        let origin = Origin::from(from.ip());
        let mut slot = AddressSlot::take(&counts, origin, limits.per_address);
        if slot.is_none() && dispatch.close_unidentified(Some(origin)) {
            // The aborted task frees its slot when it runs next.
            yield_now().await;
            slot = AddressSlot::take(&counts, origin, limits.per_address);
        }
        let Some(slot) = slot else {
            let why = "too many connections from this address";
            turned_away.borrow_mut().log(from, why);
            continue;
        };
        if let Some(members) = limits.members {
            let most = members.get().saturating_mul(2);
            if dispatch.connections() >= most.saturating_add(SPARE_CONNECTIONS) {
                dispatch.close_unidentified(None);
            }
        }
        let id = dispatch.next_connection();
        let visitor = Visitor {
            id,
            from,
            limits,
            lines,
            website: Rc::clone(&website),
            turned_away: Rc::clone(&turned_away),
        };
        let task = receive(stream, visitor, Rc::clone(&dispatch), slot);
        let task = tokio::task::spawn_local(task);
        dispatch.expect(id, origin, task.abort_handle());
    }
}

/// A connection from which nothing was read yet.
struct Visitor {
    id: ConnectionId,
    from: SocketAddr,
    limits: Limits,
    lines: LinePolicy,
    website: Rc<Website>,
    turned_away: Rc<RefCell<TurnedAway>>,
}

/// One of the connections that an address may have.
struct AddressSlot {
    counts: ConnectionCounts,
    origin: Origin,
}

impl AddressSlot {
    fn take(
        counts: &ConnectionCounts,
        origin: Origin,
        limit: Option<NonZeroUsize>,
    ) -> Option<Self> {
        let mut by_origin = counts.borrow_mut();
        let count = by_origin.entry(origin).or_default();
        if limit.is_some_and(|limit| *count >= limit.get()) {
            return None;
        }
        *count += 1;
        Some(Self {
            counts: Rc::clone(counts),
            origin,
        })
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let mut counts = self.counts.borrow_mut();
        if let Some(count) = counts.get_mut(&self.origin) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.origin);
            }
        }
    }
}

/// Counts a connection as open while this value lives.
struct OpenConnection {
    dispatch: Rc<Dispatch>,
    id: ConnectionId,
    is_introduced: bool,
}

impl OpenConnection {
    fn count_introduced(&mut self) {
        self.dispatch.count_introduced(self.id);
        self.is_introduced = true;
    }
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.dispatch.forget(self.id, self.is_introduced);
    }
}

/// Identifies the peer, then serves its connection.
fn receive(
    stream: TcpStream,
    visitor: Visitor,
    dispatch: Rc<Dispatch>,
    slot: AddressSlot,
) -> impl Future<Output = ()> {
    let mut open = OpenConnection {
        dispatch: Rc::clone(&dispatch),
        id: visitor.id,
        is_introduced: false,
    };
    // Boxed so that its state is freed after admission rather than kept for the life of the
    // connection.
    let admitted = Box::pin(admit(stream, visitor, Rc::clone(&dispatch)));
    async move {
        let _slot = slot;
        let admitted = admitted.await;
        if let Some((connection, incoming)) = admitted {
            open.count_introduced();
            serve(dispatch, connection, incoming).await;
        }
    }
}

/// Identifies the peer and hands it to the hub, or turns it away. Returns `None` where the peer
/// does not identify itself in time.
async fn admit(
    stream: TcpStream,
    visitor: Visitor,
    dispatch: Rc<Dispatch>,
) -> Option<(Rc<RoomConnection>, Box<Incoming>)> {
    let Visitor {
        id,
        from,
        limits,
        lines,
        website,
        turned_away,
    } = visitor;
    let deadline = limits.introduction.map(|limit| Instant::now() + limit);
    let introduced = async {
        first_bytes(&stream, limits.introduction, lines).await?;
        let reception = Reception {
            dispatch: &dispatch,
            website: &website,
            lines,
            from: from.ip(),
            deadline,
        };
        let mut introduction = reception.introduction(stream).await?;
        let at = match &introduction.purpose {
            // A client that shows the ticket itself returns by it as well.
            Purpose::Join {
                room: Some(room), ..
            } if dispatch.ticket(&room.ticket.handle()).is_some() => {
                dispatch.comeback(id, room.ticket).await
            }
            Purpose::Plain | Purpose::Join { .. } | Purpose::Observe(_) => {
                dispatch.arrival(id, from.ip()).await
            }
            Purpose::Return { room, .. } => dispatch.comeback(id, room.ticket).await,
            Purpose::Stranger(_) | Purpose::Answered(_) | Purpose::None { .. } => {
                Some(Instant::now())
            }
        };
        match at {
            Some(at) => sleep_until(at).await,
            None => {
                introduction.purpose = Purpose::None {
                    reason: Reason::Busy,
                    message: match dispatch.is_waiting() {
                        true => WAITING,
                        false => CROWDED,
                    },
                }
            }
        }
        Ok::<_, AdmissionError>(introduction)
    };
    // A silent peer is told why the connection is closed, just after the limit.
    let limit = limits.introduction.map(|limit| limit + GOODBYE_GRACE);
    let Some(Ok(introduction)) = timeout_if(limit, introduced).await else {
        let why = "did not introduce itself";
        turned_away.borrow_mut().log(from, why);
        return None;
    };
    let Introduction {
        stream,
        dialect,
        incoming,
        writer,
        purpose,
    } = introduction;
    let connection = RoomConnection::new(id, from, dialect, stream, limits.queue);
    let connection = match writer {
        Some(writer) => connection.sealing(writer),
        None => connection,
    };
    if connection.is_plain()
        && let Some(patience) = limits.patience
    {
        connection.set_keepalive(patience);
    }
    let connection = Rc::new(match purpose {
        Purpose::Return { .. } => connection.proved(),
        Purpose::Observe(kind) => connection.observing(kind),
        _ => connection,
    });
    match purpose {
        Purpose::Plain => dispatch.inputs().connected(&connection),
        Purpose::Join { name, room, sees } => {
            dispatch.inputs().hello(&connection, name, room, sees)
        }
        Purpose::Return { name, room, sees } => {
            let room = Some(room);
            dispatch.inputs().hello(&connection, name, room, sees)
        }
        Purpose::Observe(kind) => dispatch.observe(&connection, kind),
        Purpose::Stranger(stranger) => {
            let why = format!("speaks {}", stranger.name());
            turned_away.borrow_mut().log(from, &why);
            connection.close();
        }
        Purpose::Answered(refused) => {
            if let Some(why) = refused {
                turned_away.borrow_mut().log(from, &why);
            }
            connection.close();
        }
        Purpose::None { reason, message } => {
            turned_away.borrow_mut().log(from, message);
            let mut bytes = BytesMut::new();
            put_refusal(dialect, reason, message.to_owned(), &mut bytes);
            connection.push(bytes.freeze());
            connection.close();
        }
    }
    Some((connection, Box::new(incoming)))
}

/// Raises the limit of open files to what the system allows this program.
pub(super) fn allow_many_connections() {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
            && soft < hard
        {
            // Where this is refused, fewer connections are possible.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
        }
    }
}

/// The address as people write it: an IPv4 address that is mapped to IPv6 becomes an IPv4 address.
fn canonical(from: SocketAddr) -> SocketAddr {
    SocketAddr::new(from.ip().to_canonical(), from.port())
}
