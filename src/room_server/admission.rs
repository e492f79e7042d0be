//! Who comes: lets people in, and hears who they are.

use super::connection::{Incoming, RoomConnection, put, serve};
use super::dispatch::Dispatch;
use super::{ENDLESS, Limits, log};
use crate::net::{Listener, new_nonce};
use crate::room::{ConnectionId, Entrant, Origin};
use crate::wire::{
    Arrival, Control, Dialect, Entrance, Exchange, Frame, HANDSHAKE_VERSION, HTTP_ANSWER, Name,
    Opener, Prover, Reason, Stranger, Text,
};
use bytes::{Bytes, BytesMut};
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::warn;

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// What a client reads that cannot come in.
const OTHER_VERSION: &str =
    "This room speaks another version of tictalk: update the older of the two programs.";
const CROWDED: &str = "Too many people are joining from your address. Try again in a moment.";
const UNKNOWN_MEMBER: &str = "This room does not know this member.";

/// How long what was sent may stay unacknowledged before the connection counts as dead.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(20);

/// How long a raw peer may pause within its first line until that is taken for whole.
const QUIET: Duration = Duration::from_millis(30);

/// How often somebody who is turned away is noted in the log.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How many connections are accepted in this time at most: a flood of them, 4,000 a second, leaves the
/// room enough time for everybody who is in.
const ACCEPTED: u32 = 32;
const ACCEPT_PAUSE: Duration = Duration::from_millis(8);

/// How many connections there are from each address.
type ConnectionCounts = Rc<RefCell<HashMap<Origin, usize>>>;

/// Notes who is turned away: a flood of connections is one line a second, with how many there were.
#[derive(Debug, Default)]
struct TurnedAway {
    noted_at: Option<Instant>,
    more: usize,
}

impl TurnedAway {
    fn note(&mut self, from: SocketAddr, why: &str) {
        if self.noted_at.is_some_and(|at| at.elapsed() < NOTE_EVERY) {
            self.more += 1;
            return;
        }
        self.noted_at = Some(Instant::now());
        log::turned_away(from, why, std::mem::take(&mut self.more));
    }
}

/// Lets people in until it is dropped.
pub(super) async fn attend(listener: Listener, floor: Rc<Dispatch>, limits: Limits) {
    let census = ConnectionCounts::default();
    let turned_away = Rc::new(RefCell::new(TurnedAway::default()));
    let mut has_failed = false;
    let (mut accepted, mut since) = (0, Instant::now());
    loop {
        if accepted == ACCEPTED {
            sleep_until(since + ACCEPT_PAUSE).await;
            (accepted, since) = (0, Instant::now());
        }
        accepted += 1;
        let (stream, from) = match listener.accept().await {
            Ok(accepted) => accepted,
            Err(error) => {
                // Told once, and not with each breath.
                if !has_failed {
                    warn!(%error, "cannot accept connections");
                }
                has_failed = true;
                sleep(BREATH).await;
                continue;
            }
        };
        has_failed = false;
        let from = canonical(from);
        let origin = Origin::from(from.ip());
        let mut place = AddressSlot::take(&census, origin, limits.per_address);
        if place.is_none() && floor.close_a_stranger(Some(origin)) {
            // Its place is free when it has been given up.
            yield_now().await;
            place = AddressSlot::take(&census, origin, limits.per_address);
        }
        let Some(place) = place else {
            let why = "too many connections from this address";
            turned_away.borrow_mut().note(from, why);
            continue;
        };
        // Who has not said a word yet costs a connection, and no more of these than members.
        let most = limits.members.saturating_mul(2).saturating_add(64);
        if limits.members > 0 && floor.connections() >= most {
            floor.close_a_stranger(None);
        }
        let visitor = Visitor {
            connection: floor.next_connection(),
            from,
            turned_away: Rc::clone(&turned_away),
        };
        let connection = visitor.connection;
        let task = receive(stream, visitor, Rc::clone(&floor), limits, place);
        let task = tokio::task::spawn_local(task);
        floor.expect(connection, origin, task.abort_handle());
    }
}

/// A connection of which nothing was read yet.
struct Visitor {
    connection: ConnectionId,
    from: SocketAddr,
    turned_away: Rc<RefCell<TurnedAway>>,
}

fn time_limit(limit: Duration) -> Duration {
    match limit {
        Duration::ZERO => ENDLESS,
        limit => limit,
    }
}

/// A connection's place among those of its address.
struct AddressSlot {
    census: ConnectionCounts,
    origin: Origin,
}

impl AddressSlot {
    fn take(census: &ConnectionCounts, origin: Origin, most: usize) -> Option<Self> {
        let mut counts = census.borrow_mut();
        let count = counts.entry(origin).or_default();
        if most > 0 && *count >= most {
            return None;
        }
        *count += 1;
        Some(Self {
            census: Rc::clone(census),
            origin,
        })
    }
}

impl Drop for AddressSlot {
    fn drop(&mut self) {
        let mut counts = self.census.borrow_mut();
        if let Some(count) = counts.get_mut(&self.origin) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.origin);
            }
        }
    }
}

/// Counts a connection as long as it lives.
struct Counted {
    floor: Rc<Dispatch>,
    connection: ConnectionId,
    /// Whether it has said something.
    is_heard: bool,
}

impl Counted {
    /// The connection has said something.
    fn hear(&mut self) {
        self.floor.hear(self.connection);
        self.is_heard = true;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.floor.forget(self.connection, self.is_heard);
    }
}

/// Hears who somebody is, and then what they say.
fn receive(
    stream: TcpStream,
    visitor: Visitor,
    floor: Rc<Dispatch>,
    limits: Limits,
    place: AddressSlot,
) -> impl Future<Output = ()> {
    let mut counted = Counted {
        floor: Rc::clone(&floor),
        connection: visitor.connection,
        is_heard: false,
    };
    // Boxed, since it is over soon and would else take up its room as long as the connection lives.
    let coming = Box::pin(come_in(stream, visitor, Rc::clone(&floor), limits));
    async move {
        let _place = place;
        if let Some((line, reading)) = coming.await {
            counted.hear();
            serve(floor, line, reading).await;
        }
    }
}

/// Hears who somebody is; nobody, where that takes too long.
async fn come_in(
    stream: TcpStream,
    visitor: Visitor,
    floor: Rc<Dispatch>,
    limits: Limits,
) -> Option<(Rc<RoomConnection>, Incoming)> {
    let Visitor {
        connection,
        from,
        turned_away,
    } = visitor;
    let introduced = async {
        let mut introduction = introduction(&floor, stream).await?;
        let at = match &introduction.purpose {
            // Who shows the ticket itself is known by it too.
            Purpose::Join {
                room: Some(room), ..
            } if floor.ticket(&room.ticket.handle()).is_some() => floor.comeback(&room.ticket),
            Purpose::Talk | Purpose::Join { .. } => floor.arrival(from.ip()),
            Purpose::Return { room, .. } => floor.comeback(&room.ticket),
            Purpose::Stranger(_) | Purpose::None { .. } => Some(Instant::now()),
        };
        match at {
            Some(at) => sleep_until(at).await,
            None => {
                introduction.purpose = Purpose::None {
                    reason: Reason::Busy,
                    message: CROWDED,
                }
            }
        }
        io::Result::Ok(introduction)
    };
    let introduced = timeout(time_limit(limits.introduction), introduced).await;
    let Ok(Ok(introduction)) = introduced else {
        let why = "did not introduce itself";
        turned_away.borrow_mut().note(from, why);
        return None;
    };
    let Introduction {
        stream,
        dialect,
        reading,
        purpose,
    } = introduction;
    if dialect != Dialect::Tictalk {
        notice_dead_lines(&stream, limits.patience);
    }
    let has_proved = matches!(purpose, Purpose::Return { .. });
    let line = Rc::new(RoomConnection::new(
        connection, from, dialect, has_proved, stream,
    ));
    match purpose {
        Purpose::Talk => floor.meet(&line),
        Purpose::Join { name, room } => floor.greet(&line, name, room),
        Purpose::Return { name, room } => floor.greet(&line, name, Some(room)),
        Purpose::Stranger(stranger) => {
            let why = format!("speaks {}", stranger.name());
            turned_away.borrow_mut().note(from, &why);
            if stranger == Stranger::Http {
                line.push(Bytes::from_static(HTTP_ANSWER.as_bytes()));
            }
            line.close();
        }
        Purpose::None { reason, message } => {
            turned_away.borrow_mut().note(from, message);
            let mut bytes = BytesMut::new();
            let refuse = match dialect {
                Dialect::Tictalk => {
                    let message = Text::cut(message.to_owned());
                    Frame::Control(Control::Refuse { reason, message })
                }
                Dialect::Framed | Dialect::Raw => Frame::Text(message.to_owned()),
            };
            put(dialect, &refuse, &mut bytes);
            line.push(bytes.freeze());
            line.close();
        }
    }
    Some((line, reading))
}

/// A connection of which it is known what it speaks, and what for.
struct Introduction {
    stream: TcpStream,
    dialect: Dialect,
    reading: Incoming,
    purpose: Purpose,
}

/// What somebody has come for.
enum Purpose {
    /// A framed or raw peer talks, its name first.
    Talk,
    /// A client comes in.
    Join {
        name: Option<Name>,
        room: Option<Entrant>,
    },
    /// A client comes back, and has proved to be the one that was here.
    Return { name: Option<Name>, room: Entrant },
    /// A program that has come to the wrong port.
    Stranger(Stranger),
    /// A client that cannot come in.
    None {
        reason: Reason,
        message: &'static str,
    },
}

/// Learns the dialect from the first bytes, and in the `tictalk` dialect who comes.
async fn introduction(floor: &Dispatch, mut stream: TcpStream) -> io::Result<Introduction> {
    let mut received = BytesMut::new();
    let opener = loop {
        let arrival = match stream.read_buf(&mut received).await? {
            0 => Arrival::End,
            _ => Arrival::Bytes,
        };
        if let Some(opener) = Opener::of_first_bytes(&received, arrival) {
            break opener;
        }
        if arrival == Arrival::End {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The name of a raw peer may have no end of a line.
        if timeout(QUIET, stream.peek(&mut [0])).await.is_err()
            && let Some(opener) = Opener::of_first_bytes(&received, Arrival::Quiet)
        {
            break opener;
        }
    };
    let dialect = match opener {
        Opener::Dialect(dialect) => dialect,
        Opener::Stranger(stranger) => {
            return Ok(Introduction {
                stream,
                dialect: Dialect::Raw,
                reading: Incoming::new(Dialect::Raw, BytesMut::new()),
                purpose: Purpose::Stranger(stranger),
            });
        }
    };
    let mut reading = Incoming::new(dialect, received);
    let purpose = match dialect {
        Dialect::Tictalk => greeting(floor, &mut stream, &mut reading).await?,
        Dialect::Framed | Dialect::Raw => Purpose::Talk,
    };
    Ok(Introduction {
        stream,
        dialect,
        reading,
        purpose,
    })
}

/// Hears a client's hello and, where it comes back, has it prove that it is the one that was here. The
/// room proves first that it is the room where that was.
async fn greeting(
    floor: &Dispatch,
    stream: &mut TcpStream,
    reading: &mut Incoming,
) -> io::Result<Purpose> {
    let Control::Hello {
        version,
        name,
        nonce,
        room,
        ..
    } = control(stream, reading).await?
    else {
        return Err(io::ErrorKind::InvalidData.into());
    };
    if version != HANDSHAKE_VERSION {
        return Ok(Purpose::None {
            reason: Reason::Version,
            message: OTHER_VERSION,
        });
    }
    let (member, since) = match room {
        None => return Ok(Purpose::Join { name, room: None }),
        Some(Entrance::Join { ticket, since }) => {
            let since = Some(since);
            let room = Some(Entrant { ticket, since });
            return Ok(Purpose::Join { name, room });
        }
        Some(Entrance::Return { member, since }) => (member, since),
    };
    let (Some(ticket), Some(client)) = (floor.ticket(&member), nonce) else {
        return Ok(Purpose::None {
            reason: Reason::Unknown,
            message: UNKNOWN_MEMBER,
        });
    };
    let server = new_nonce()?;
    let exchange = Exchange {
        ticket,
        client,
        server,
    };
    let mut bytes = BytesMut::new();
    let challenge = Frame::Control(Control::Challenge {
        nonce: server,
        proof: exchange.proof(Prover::Server),
    });
    put(Dialect::Tictalk, &challenge, &mut bytes);
    stream.write_all(&bytes).await?;
    match control(stream, reading).await? {
        Control::Proof { proof } if exchange.accepts(&proof, Prover::Client) => {
            let room = Entrant { ticket, since };
            Ok(Purpose::Return { name, room })
        }
        _ => Ok(Purpose::None {
            reason: Reason::Unknown,
            message: UNKNOWN_MEMBER,
        }),
    }
}

/// The next frame of a client that introduces itself.
async fn control(stream: &mut TcpStream, reading: &mut Incoming) -> io::Result<Control> {
    loop {
        let frame = reading.codec.decode(&mut reading.inbox, Arrival::Bytes);
        match frame.map_err(io::Error::other)? {
            Some(Frame::Control(control)) => return Ok(control),
            Some(Frame::Text(_)) => return Err(io::ErrorKind::InvalidData.into()),
            None => {}
        }
        if stream.read_buf(&mut reading.inbox).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Lets the system find out whether a peer is still there that cannot answer a ping.
fn notice_dead_lines(stream: &TcpStream, patience: Duration) {
    if patience.is_zero() {
        return;
    }
    const PROBES: u32 = 4;
    let interval = (patience / (PROBES + 1)).max(Duration::from_secs(1));
    let socket = socket2::SockRef::from(stream);
    let keepalive = socket2::TcpKeepalive::new()
        .with_time(interval)
        .with_interval(interval)
        .with_retries(PROBES);
    // A system that lacks one of these only notices later.
    let _ = socket.set_tcp_keepalive(&keepalive);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(patience.min(UNACKNOWLEDGED)));
}

/// Asks the system for as many connections as it allows this program.
pub(super) fn allow_many_connections() {
    #[cfg(unix)]
    {
        use nix::sys::resource::{Resource, getrlimit, setrlimit};
        if let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE)
            && soft < hard
        {
            // Where that is refused, there is room for fewer.
            let _ = setrlimit(Resource::RLIMIT_NOFILE, hard, hard);
        }
    }
}

/// The address as people write it: one of IPv4 that came over IPv6 is one of IPv4.
fn canonical(from: SocketAddr) -> SocketAddr {
    SocketAddr::new(from.ip().to_canonical(), from.port())
}
