//! Host and port: name resolution, listening and connecting.

#[cfg(feature = "cluster")]
use super::host_port::HostPort;
#[cfg(feature = "cluster")]
use super::local_addresses::LocalAddresses;
use socket2::{SockRef, TcpKeepalive};
use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time::{Instant, timeout};

/// The port of the assignment's example.
pub const DEFAULT_PORT: u16 = 1059;

/// The timeout of a connection attempt to one address.
const CONNECT: Duration = Duration::from_secs(5);

/// The number of connections that the system queues until they are accepted.
const BACKLOG: u32 = 1_024;

/// TCP keepalive: a silent connection is probed after this long, then at this interval, and counts
/// as lost after [`PROBES`] unanswered probes. A peer whose machine died is noticed within 20
/// seconds.
const PROBE_AFTER: Duration = Duration::from_secs(10);
const PROBE_EVERY: Duration = Duration::from_secs(5);
const PROBES: u32 = 2;

/// How long sent bytes may stay unacknowledged before the connection counts as lost (RFC 5482). TCP
/// sends no probes meanwhile, and without this limit would retry for a quarter of an hour.
#[cfg(target_os = "linux")]
pub(crate) const ACKNOWLEDGEMENT_TIMEOUT: Duration = Duration::from_secs(20);

/// The name of both loopback addresses, regardless of the resolver (RFC 6761, 6.3).
const LOCALHOST: &str = "localhost";

/// The address of a server, as a person gives it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// A host name or an IP address.
    pub host: String,
    /// A TCP port. A server takes any free port for 0.
    pub port: u16,
}

#[cfg(feature = "cluster")]
impl Address {
    /// Where other computers reach a server that listens here. One that listens on all addresses is
    /// reached at the address from which this computer reaches others.
    #[must_use]
    pub fn seen_from_outside(&self) -> HostPort {
        let ip: Option<IpAddr> = self.host.parse().ok();
        let outward = ip.filter(IpAddr::is_unspecified).and_then(|_| {
            let outward = LocalAddresses::of_system().outward;
            outward.first().map(IpAddr::to_string)
        });
        HostPort {
            host: outward.unwrap_or_else(|| self.host.clone()),
            port: Some(self.port),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} on port: {}", self.host, self.port)
    }
}

/// Why a server could not be started or reached.
#[derive(Debug, thiserror::Error)]
pub enum AddressError {
    /// The resolver does not know the host.
    #[error(
        "cannot find the host {host:?}: check its spelling, or give its IP address with --host"
    )]
    UnknownHost {
        /// The host as given.
        host: String,
    },
    /// Another program listens there.
    #[error(
        "port {port} on {host} is in use: talk to the server there with \"tictalk client{options}\", \
         or choose another port with --port (0 takes a free one)",
        port = .0.port, host = .0.host, options = .0.options()
    )]
    InUse(Address),
    /// The system reserves the port.
    #[error(
        "not permitted to listen on port {port} of {host}: ports below 1024 may need special \
         rights; choose another with --port",
        port = .0.port, host = .0.host
    )]
    NotPermitted(Address),
    /// The host is not an address of this machine.
    #[error("cannot listen on {host}: it is not an address of this machine; try --host localhost", host = .0.host)]
    NotHere(Address),
    /// Nothing listens there.
    #[error(
        "nobody listens on port {port} of {host}: start \"tictalk server{options}\" there, or wait \
         for it with --wait 60",
        port = .0.port, host = .0.host, options = .0.options()
    )]
    NobodyListens(Address),
    /// The host does not answer.
    #[error(
        "no answer from {host} on port {port}: is it switched on, and does its firewall let you in?",
        port = .0.port, host = .0.host
    )]
    NoAnswer(Address),
    /// Any other error of the system.
    #[error("cannot use port {port} of {host}: {error}", port = .address.port, host = .address.host)]
    Other {
        /// The address.
        address: Address,
        /// The error of the system.
        error: io::Error,
    },
}

impl Address {
    /// The options with which another program finds this address, each after a space. Defaults are
    /// left out.
    #[must_use]
    pub fn options(&self) -> String {
        let mut options = String::new();
        if self.host != LOCALHOST {
            options = format!(" --host {}", self.host);
        }
        if self.port != DEFAULT_PORT {
            options = format!("{options} --port {}", self.port);
        }
        options
    }

    /// All socket addresses of this host, in the order of preference.
    pub(crate) async fn resolve(&self) -> Result<Vec<SocketAddr>, AddressError> {
        if self.host.eq_ignore_ascii_case(LOCALHOST) {
            let loopback = [
                IpAddr::V4(Ipv4Addr::LOCALHOST),
                IpAddr::V6(Ipv6Addr::LOCALHOST),
            ];
            return Ok(loopback.map(|ip| SocketAddr::new(ip, self.port)).to_vec());
        }
        let unknown = || AddressError::UnknownHost {
            host: self.host.clone(),
        };
        let found = tokio::net::lookup_host((self.host.as_str(), self.port))
            .await
            .map_err(|_| unknown())?;
        let mut addresses = Vec::new();
        for address in found {
            if !addresses.contains(&address) {
                addresses.push(address);
            }
        }
        if addresses.is_empty() {
            return Err(unknown());
        }
        Ok(addresses)
    }

    /// Connects to the first address of the host that accepts.
    ///
    /// # Errors
    /// [`AddressError`] of the first address, or of the one that refused the connection.
    pub async fn connect(&self) -> Result<TcpStream, AddressError> {
        self.connect_to(&self.resolve().await?, CONNECT).await
    }

    /// The same in at most this time. The addresses of the host share it.
    pub(crate) async fn connect_within(&self, limit: Duration) -> Result<TcpStream, AddressError> {
        let begun = Instant::now();
        let resolved = timeout(limit, self.resolve()).await;
        let addresses = resolved.unwrap_or_else(|_| Err(AddressError::NoAnswer(self.clone())))?;
        let shares = u32::try_from(addresses.len()).unwrap_or(u32::MAX).max(1);
        let left = limit.saturating_sub(begun.elapsed());
        self.connect_to(&addresses, left / shares).await
    }

    /// Connects to the first of its addresses that accepts, each within this time.
    async fn connect_to(
        &self,
        addresses: &[SocketAddr],
        limit: Duration,
    ) -> Result<TcpStream, AddressError> {
        let mut failure = None;
        for address in addresses {
            let error = match timeout(limit, TcpStream::connect(address)).await {
                Ok(Ok(stream)) => match prepare(&stream) {
                    Ok(()) => return Ok(stream),
                    Err(error) => self.failed(error),
                },
                // The lack of IPv6 on this machine tells nothing about the server.
                Ok(Err(error)) if is_missing_family(&error) => continue,
                Ok(Err(error)) => self.failed(error),
                Err(_) => AddressError::NoAnswer(self.clone()),
            };
            if failure.is_none() || matches!(error, AddressError::NobodyListens(_)) {
                failure = Some(error);
            }
        }
        Err(failure.unwrap_or_else(|| AddressError::NoAnswer(self.clone())))
    }

    fn failed(&self, error: io::Error) -> AddressError {
        let address = self.clone();
        match error.kind() {
            io::ErrorKind::AddrInUse => AddressError::InUse(address),
            io::ErrorKind::PermissionDenied => AddressError::NotPermitted(address),
            io::ErrorKind::AddrNotAvailable => AddressError::NotHere(address),
            io::ErrorKind::ConnectionRefused => AddressError::NobodyListens(address),
            io::ErrorKind::TimedOut
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable => AddressError::NoAnswer(address),
            _ => AddressError::Other { address, error },
        }
    }
}

/// Sockets that listen on one port of every address of a host.
#[derive(Debug)]
pub struct Listener {
    sockets: Vec<TcpListener>,
}

impl Listener {
    /// How often a port that is free on the first address may be taken on another.
    const FREE_PORT_TRIES: usize = 16;

    /// Listens on `address`, for port 0 on a free port.
    ///
    /// # Errors
    /// [`AddressError`].
    pub async fn bind(address: &Address) -> Result<Self, AddressError> {
        let addresses = address.resolve().await?;
        let mut tries = Self::FREE_PORT_TRIES;
        loop {
            tries -= 1;
            match Self::bind_all(&addresses) {
                Ok(listener) => return Ok(listener),
                Err(error)
                    if address.port == 0
                        && tries > 0
                        && error.kind() == io::ErrorKind::AddrInUse => {}
                Err(error) => return Err(address.failed(error)),
            }
        }
    }

    fn bind_all(addresses: &[SocketAddr]) -> io::Result<Self> {
        let mut sockets: Vec<TcpListener> = Vec::new();
        let mut missing = None;
        for address in addresses {
            let mut address = *address;
            if let Some(first) = sockets.first() {
                address.set_port(first.local_addr()?.port());
            }
            match listen(address) {
                Ok(socket) => sockets.push(socket),
                // One address family may be disabled on this machine.
                Err(error) if is_missing_family(&error) => missing = Some(error),
                Err(error) => return Err(error),
            }
        }
        match missing {
            Some(error) if sockets.is_empty() => Err(error),
            _ => Ok(Self { sockets }),
        }
    }

    /// The port of the listener.
    ///
    /// # Errors
    /// If the system does not tell it.
    pub fn port(&self) -> io::Result<u16> {
        let first = self.sockets.first().ok_or(io::ErrorKind::NotConnected)?;
        Ok(first.local_addr()?.port())
    }

    /// The addresses on which connections arrive. All of IPv6 counts as all of IPv4 as well where
    /// the system takes both on one socket.
    pub(super) fn addresses(&self) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        for socket in &self.sockets {
            let Ok(address) = socket.local_addr() else {
                continue;
            };
            addresses.push(address.ip());
            let is_everything = address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
            if is_everything && SockRef::from(socket).only_v6().is_ok_and(|only| !only) {
                addresses.push(IpAddr::V4(Ipv4Addr::UNSPECIFIED));
            }
        }
        addresses
    }

    /// Waits for the next connection. Cancel safe.
    ///
    /// # Errors
    /// Such as too many open files. A later call may succeed.
    pub async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        std::future::poll_fn(|context| {
            for socket in &self.sockets {
                let accepted = socket.poll_accept(context);
                if accepted.is_ready() {
                    return accepted;
                }
            }
            std::task::Poll::Pending
        })
        .await
        .and_then(|(stream, from)| prepare(&stream).map(|()| (stream, from)))
    }
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // On Windows this option would let another program take over the port.
    if cfg!(unix) {
        socket.set_reuseaddr(true)?;
    }
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// Whether this machine lacks the address family, such as IPv6.
fn is_missing_family(error: &io::Error) -> bool {
    // The standard library has no error kind for this one.
    #[cfg(unix)]
    const UNSUPPORTED: i32 = nix::errno::Errno::EAFNOSUPPORT as i32;
    /// `WSAEAFNOSUPPORT`.
    #[cfg(windows)]
    const UNSUPPORTED: i32 = 10047;
    error.kind() == io::ErrorKind::AddrNotAvailable || error.raw_os_error() == Some(UNSUPPORTED)
}

/// Disables send delays, and enables keepalive so that a lost connection is noticed.
fn prepare(stream: &TcpStream) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let keepalive = TcpKeepalive::new()
        .with_time(PROBE_AFTER)
        .with_interval(PROBE_EVERY)
        .with_retries(PROBES);
    // Without one of these options, a lost connection is only noticed later.
    let socket = SockRef::from(stream);
    let _ = socket.set_tcp_keepalive(&keepalive);
    #[cfg(target_os = "linux")]
    let _ = socket.set_tcp_user_timeout(Some(ACKNOWLEDGEMENT_TIMEOUT));
    Ok(())
}

/// A peer's address as the assignment prints it: `('127.0.0.1', 55669)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerAddress(pub SocketAddr);

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ip = self.0.ip().to_canonical();
        write!(f, "('{ip}', {})", self.0.port())
    }
}
