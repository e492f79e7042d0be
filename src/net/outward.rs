//! The addresses by which other machines reach this one.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

/// Addresses of documentation (RFC 5737, RFC 3849). They belong to nobody, so the system chooses
/// its usual route to them.
const ELSEWHERE: [IpAddr; 2] = [
    IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1)),
    IpAddr::V6(Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 1)),
];

/// The addresses from which this machine would reach others, IPv4 first. Sends nothing: to connect
/// a UDP socket only chooses a route.
pub(crate) fn outward_addresses() -> Vec<IpAddr> {
    let addresses = ELSEWHERE.into_iter().filter_map(|elsewhere| {
        let any = match elsewhere {
            IpAddr::V4(_) => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            IpAddr::V6(_) => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        };
        let socket = UdpSocket::bind(SocketAddr::new(any, 0)).ok()?;
        socket.connect(SocketAddr::new(elsewhere, 9)).ok()?;
        Some(socket.local_addr().ok()?.ip())
    });
    let is_useful = |ip: &IpAddr| !ip.is_loopback() && !ip.is_unspecified();
    addresses.filter(is_useful).collect()
}
