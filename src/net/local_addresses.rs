//! The addresses of this machine, as the system lists them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses of documentation (RFC 5737, RFC 3849). They belong to nobody, so the system chooses
/// its usual route to them.
const ELSEWHERE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// What the system knows about the addresses of this machine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct LocalAddresses {
    /// The addresses of the interfaces that are up.
    pub(super) listed: Vec<LocalAddress>,
    /// The addresses from which this machine reaches others by its usual routes.
    pub(super) outward: Vec<IpAddr>,
}

/// An address of an interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LocalAddress {
    /// The name of the interface, such as `eth0`.
    pub(super) interface: String,
    pub(super) ip: IpAddr,
}

impl LocalAddresses {
    /// Asks the system. What it does not tell is missing.
    pub(super) fn of_system() -> Self {
        let listed = if_addrs::get_if_addrs().unwrap_or_default().into_iter();
        let listed = listed
            .filter(if_addrs::Interface::is_oper_up)
            .map(|found| LocalAddress {
                ip: found.ip(),
                interface: found.name,
            });
        Self {
            listed: listed.collect(),
            outward: outward_addresses(),
        }
    }
}

/// The addresses from which this machine reaches others, IPv4 first. Sends nothing: to connect a
/// UDP socket only chooses a route.
fn outward_addresses() -> Vec<IpAddr> {
    let addresses = ELSEWHERE.into_iter().filter_map(|elsewhere| {
        let any = match elsewhere {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
        socket.connect(SocketAddr::new(elsewhere, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    addresses.collect()
}
