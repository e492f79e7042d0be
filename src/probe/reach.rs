//! Which addresses the probe examines without being told that it may.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Whether an address belongs to this machine or to a private network: loopback, private
/// (RFC 1918), link-local (RFC 3927, RFC 4291) or unique local (RFC 4193).
#[must_use]
pub fn is_nearby(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => is_nearby_v4(ip),
        IpAddr::V6(ip) => is_nearby_v6(ip),
    }
}

fn is_nearby_v4(ip: Ipv4Addr) -> bool {
    ip.is_loopback() || ip.is_private() || ip.is_link_local()
}

fn is_nearby_v6(ip: Ipv6Addr) -> bool {
    ip.is_loopback() || ip.is_unique_local() || ip.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::is_nearby;

    #[test]
    fn only_this_machine_and_private_networks_are_nearby() {
        for near in [
            "127.0.0.1",
            "127.9.9.9",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.7",
            "169.254.3.4",
            "::1",
            "fe80::1",
            "fd12::1",
            "fc00::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(near.parse().is_ok_and(is_nearby), "{near}");
        }
        for far in [
            "8.8.8.8",
            "172.32.0.1",
            "172.15.0.1",
            "192.169.0.1",
            "100.64.0.1",
            "0.0.0.0",
            "::",
            "2001:db8::1",
            "::ffff:8.8.8.8",
            "255.255.255.255",
            "224.0.0.1",
            "ff02::1",
        ] {
            assert!(far.parse().is_ok_and(|ip| !is_nearby(ip)), "{far}");
        }
    }
}
