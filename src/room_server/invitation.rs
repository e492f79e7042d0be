//! What the host tells others to type.

use crate::net::{Address, outward_addresses};
use std::net::IpAddr;

/// Lines with the commands that reach a room at `address`.
pub(super) fn invitation(address: &Address) -> String {
    let place = match address.host.parse::<IpAddr>() {
        Ok(ip) if ip.is_unspecified() => {
            let outward = outward_addresses().into_iter();
            let reached = outward.filter(|outward| ip.is_ipv6() || outward.is_ipv4());
            match reached.map(|ip| ip.to_string()).next() {
                Some(host) => Reach::Network(host),
                None => Reach::Unknown,
            }
        }
        Ok(ip) if ip.is_loopback() => Reach::Machine(address.host.clone()),
        Err(_) if address.host.eq_ignore_ascii_case("localhost") => {
            Reach::Machine(address.host.clone())
        }
        Ok(_) | Err(_) => Reach::Network(address.host.clone()),
    };
    let port = address.port;
    let (who, host) = match place {
        Reach::Network(host) => ("Tell the class:", host),
        Reach::Machine(host) => ("On this machine:", host),
        Reach::Unknown => (
            "Tell the class, with your IP address:",
            "ADDRESS".to_owned(),
        ),
    };
    let options = Address {
        host: host.clone(),
        port,
    }
    .options();
    format!("{who} tictalk client{options}\nor, without tictalk: nc {host} {port}\n")
}

/// From where the room can be reached.
enum Reach {
    /// From other machines, at this host.
    Network(String),
    /// From this machine only.
    Machine(String),
    /// From other machines, at an address that could not be found.
    Unknown,
}
