//! Who comes: lets people in, and hears who they are.

use super::floor::Floor;
use super::line::{Line, Reading, put, serve};
use super::{ENDLESS, Limits, log};
use crate::peer::Listener;
use crate::room::{Link, Origin};
use crate::wire::{Arrival, Control, Dialect, Frame, HANDSHAKE_VERSION, Reason, Text};
use bytes::BytesMut;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep, sleep_until, timeout};
use tracing::warn;

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// How often somebody who is turned away is noted in the log.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How many connections there are from each address.
type Census = Rc<RefCell<HashMap<Origin, usize>>>;

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
pub(super) async fn attend(listener: Listener, floor: Rc<Floor>, limits: Limits) {
    let census = Census::default();
    let turned_away = Rc::new(RefCell::new(TurnedAway::default()));
    let mut has_failed = false;
    loop {
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
        let Some(place) = Place::take(&census, from.ip(), limits.per_address) else {
            let why = "too many connections from this address";
            turned_away.borrow_mut().note(from, why);
            continue;
        };
        // Who has not said a word yet costs a connection, and no more of these than members.
        let most = limits.members.saturating_mul(2).saturating_add(64);
        if limits.members > 0 && floor.connections() >= most {
            floor.close_a_stranger();
        }
        let visitor = Visitor {
            link: floor.next_link(),
            from,
            turned_away: Rc::clone(&turned_away),
        };
        let link = visitor.link;
        let task = receive(stream, visitor, Rc::clone(&floor), limits, place);
        let task = tokio::task::spawn_local(task);
        floor.expect(link, task.abort_handle());
    }
}

/// A connection of which nothing was read yet.
struct Visitor {
    link: Link,
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
struct Place {
    census: Census,
    origin: Origin,
}

impl Place {
    fn take(census: &Census, ip: IpAddr, most: usize) -> Option<Self> {
        let origin = Origin::from(ip);
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

impl Drop for Place {
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
    floor: Rc<Floor>,
    link: Link,
    /// Whether it has said something.
    is_heard: bool,
}

impl Counted {
    /// The connection has said something.
    fn hear(&mut self) {
        self.floor.hear(self.link);
        self.is_heard = true;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.floor.forget(self.link, self.is_heard);
    }
}

/// Hears who somebody is, and then what they say.
fn receive(
    stream: TcpStream,
    visitor: Visitor,
    floor: Rc<Floor>,
    limits: Limits,
    place: Place,
) -> impl Future<Output = ()> {
    let mut counted = Counted {
        floor: Rc::clone(&floor),
        link: visitor.link,
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
    floor: Rc<Floor>,
    limits: Limits,
) -> Option<(Rc<Line>, Reading)> {
    let Visitor {
        link,
        from,
        turned_away,
    } = visitor;
    let introduced = async {
        // What says nothing costs nothing but its connection. Readiness may be a false alarm: a byte
        // has to be seen.
        stream.peek(&mut [0]).await?;
        sleep_until(floor.arrival(from.ip())).await;
        introduction(stream).await
    };
    let introduced = timeout(time_limit(limits.introduction), introduced).await;
    let Ok(Ok((stream, dialect, reading, hello))) = introduced else {
        let why = "did not introduce itself";
        turned_away.borrow_mut().note(from, why);
        return None;
    };
    if dialect != Dialect::Tictalk {
        notice_dead_lines(&stream, limits.patience);
    }
    let line = Rc::new(Line::new(link, from, dialect, stream));
    match hello {
        Some(Control::Hello {
            version: HANDSHAKE_VERSION,
            name,
            room,
            ..
        }) => floor.greet(&line, name, room),
        Some(_) => {
            turned_away
                .borrow_mut()
                .note(from, "speaks another version");
            let message = format!("This room speaks version {HANDSHAKE_VERSION} of tictalk.");
            let message = Text::cut(message);
            let reason = Reason::Version;
            let mut bytes = BytesMut::new();
            let refuse = Frame::Control(Control::Refuse { reason, message });
            put(dialect, &refuse, &mut bytes);
            line.push(bytes.freeze());
            line.close();
        }
        None => floor.meet(&line),
    }
    Some((line, reading))
}

/// Learns the dialect from the first bytes, and in the `tictalk` dialect the greeting.
async fn introduction(
    mut stream: TcpStream,
) -> io::Result<(TcpStream, Dialect, Reading, Option<Control>)> {
    let mut received = BytesMut::new();
    let dialect = loop {
        if stream.read_buf(&mut received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if let Some(dialect) = Dialect::of_first_bytes(&received) {
            break dialect;
        }
    };
    let mut reading = Reading::new(dialect, received);
    if dialect != Dialect::Tictalk {
        return Ok((stream, dialect, reading, None));
    }
    loop {
        let frame = reading.codec.decode(&mut reading.inbox, Arrival::Bytes);
        match frame.map_err(io::Error::other)? {
            Some(Frame::Control(hello @ Control::Hello { .. })) => {
                return Ok((stream, dialect, reading, Some(hello)));
            }
            Some(_) => return Err(io::ErrorKind::InvalidData.into()),
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
    let _ = socket.set_tcp_user_timeout(Some(patience));
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
