//! Keeps the pages of other sites out.

use crate::net::HostName;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The check has failed.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refused;

/// Checks that the `Host` of a request is an address, `localhost`, or one of `names`, each perhaps
/// with a port. A name that belongs to somebody else may point here (DNS rebinding), and its page
/// would count as this one.
pub(super) fn check_host(host: &str, names: &[HostName]) -> Result<(), Refused> {
    let name = without_port(host).ok_or(Refused)?;
    let address = name.strip_prefix('[').and_then(|it| it.strip_suffix(']'));
    let is_ours = match address {
        Some(address) => address.parse::<Ipv6Addr>().is_ok(),
        None => {
            name.parse::<Ipv4Addr>().is_ok()
                || name.eq_ignore_ascii_case("localhost")
                || name
                    .parse::<HostName>()
                    .is_ok_and(|name| names.contains(&name))
        }
    };
    is_ours.then_some(()).ok_or(Refused)
}

/// Checks that the page with this `Origin` was loaded from this `Host`. The page is served over
/// plain HTTP only.
pub(super) fn check_origin(origin: Option<&str>, host: &str) -> Result<(), Refused> {
    let from = origin.and_then(|origin| origin.strip_prefix("http://"));
    match from {
        Some(from) if from.eq_ignore_ascii_case(host) => Ok(()),
        _ => Err(Refused),
    }
}

/// The host without its port; `None` if the port is none.
fn without_port(host: &str) -> Option<&str> {
    let colon = match host.rfind(']') {
        Some(end) => host.get(end..)?.find(':').map(|at| end + at),
        None => host.find(':'),
    };
    let Some(colon) = colon else {
        return Some(host);
    };
    let (name, port) = host.split_at(colon);
    let port = port.get(1..)?;
    let has_digits = port.bytes().all(|digit| digit.is_ascii_digit());
    (has_digits && port.parse::<u16>().is_ok()).then_some(name)
}
