//! Who comes: lets people in, and hears who they are.

use super::floor::Floor;
use super::line::{Line, Reading, put, serve};
use super::{ENDLESS, Limits, log};
use crate::peer::Listener;
use crate::room::Link;
use crate::wire::{Arrival, Control, Dialect, Frame, HANDSHAKE_VERSION, Reason};
use bytes::BytesMut;
use std::cell::RefCell;
use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use tracing::warn;

/// How long to wait when the system has no room for another connection.
const BREATH: Duration = Duration::from_millis(100);

/// How many connections there are from each address.
type Census = Rc<RefCell<HashMap<IpAddr, usize>>>;

/// Lets people in until it is dropped.
pub(super) async fn attend(listener: Listener, floor: Rc<Floor>, limits: Limits) {
    let census = Census::default();
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
            log::turned_away(from, "too many connections from this address");
            continue;
        };
        // Who has not said a word yet costs a connection, and no more of these than members.
        let most = limits.members.saturating_mul(2).saturating_add(64);
        if limits.members > 0 && floor.connections() >= most {
            log::turned_away(from, "too many connections");
            continue;
        }
        tokio::task::spawn_local(receive(stream, from, Rc::clone(&floor), limits, place));
    }
}

/// A connection's place among those of its address.
struct Place {
    census: Census,
    ip: IpAddr,
}

impl Place {
    fn take(census: &Census, ip: IpAddr, most: usize) -> Option<Self> {
        let mut counts = census.borrow_mut();
        let count = counts.entry(ip).or_default();
        if most > 0 && *count >= most {
            return None;
        }
        *count += 1;
        Some(Self {
            census: Rc::clone(census),
            ip,
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.census.borrow_mut();
        if let Some(count) = counts.get_mut(&self.ip) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.ip);
            }
        }
    }
}

/// Counts a connection as long as it lives.
struct Counted {
    floor: Rc<Floor>,
    /// Whether it has said something.
    is_heard: bool,
}

impl Counted {
    /// The connection has said something.
    fn hear(&mut self) {
        self.floor.hear();
        self.is_heard = true;
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.floor.forget(self.is_heard);
    }
}

/// Hears who somebody is, and then what they say.
fn receive(
    stream: TcpStream,
    from: SocketAddr,
    floor: Rc<Floor>,
    limits: Limits,
    place: Place,
) -> impl Future<Output = ()> {
    let link = floor.next_link();
    let mut counted = Counted {
        floor: Rc::clone(&floor),
        is_heard: false,
    };
    // Boxed, since it is over soon and would else take up its room as long as the connection lives.
    let coming = Box::pin(come_in(stream, from, Rc::clone(&floor), limits, link));
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
    from: SocketAddr,
    floor: Rc<Floor>,
    limits: Limits,
    link: Link,
) -> Option<(Rc<Line>, Reading)> {
    let limit = match limits.introduction {
        Duration::ZERO => ENDLESS,
        limit => limit,
    };
    let introduced = timeout(limit, introduction(stream)).await;
    let Ok(Ok((stream, dialect, reading, hello))) = introduced else {
        log::turned_away(from, "did not introduce itself");
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
            log::turned_away(from, "speaks another version");
            let message = format!("This room speaks version {HANDSHAKE_VERSION} of tictalk.");
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
        stream.readable().await?;
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
