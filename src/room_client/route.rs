//! The addresses of a room, and the order in which the client tries them.

use crate::net::{Address, DEFAULT_PORT, HostName, HostPort};
use crate::wire::Others;
use std::net::IpAddr;
use std::time::Duration;

/// How long an attempt at one address may take while there are others.
const ATTEMPT: Duration = Duration::from_millis(2_500);

/// The addresses of a room: the one that the person gave, and those of other machines that serve the
/// same room.
///
/// After a lost connection, the first attempt is made at the address of that connection, then one at
/// the address that the person gave, then one at each of the others, and so on from the beginning.
#[derive(Debug, Clone)]
pub(super) struct Route {
    given: Address,
    /// What the room has named last, without those that are no addresses.
    others: Vec<Address>,
    /// Where the room has welcomed the client last.
    arrived: Address,
    /// The address of the current connection, or of the last attempt.
    current: Address,
    /// Number of attempts since the last welcome.
    tried: usize,
}

impl Route {
    /// The way of a client that is connected to the address that its person gave.
    pub(super) fn new(given: Address) -> Self {
        Self {
            others: Vec::new(),
            arrived: given.clone(),
            current: given.clone(),
            given,
            tried: 0,
        }
    }

    /// Replaces the addresses of the other machines. Entries that are no addresses are left out.
    pub(super) fn set_others(&mut self, others: &Others) {
        self.others = others.iter().filter_map(address).collect();
    }

    /// The address of the current connection, or of the last attempt.
    pub(super) fn current(&self) -> &Address {
        &self.current
    }

    /// Goes on to the next address, and returns it.
    pub(super) fn advance(&mut self) -> Address {
        let stops = self.stops();
        if let Some(next) = stops.get(self.tried % stops.len()) {
            self.current = (*next).clone();
        }
        self.tried = self.tried.wrapping_add(1);
        self.current.clone()
    }

    /// Notes that the room has welcomed the client at the current address. Returns the address if it
    /// is not that of the last welcome.
    pub(super) fn arrive(&mut self) -> Option<HostPort> {
        self.tried = 0;
        let has_moved = !is_same(&self.arrived, &self.current);
        self.arrived = self.current.clone();
        has_moved.then(|| HostPort {
            host: self.arrived.host.clone(),
            port: Some(self.arrived.port),
        })
    }

    /// Number of addresses, at least 1.
    pub(super) fn len(&self) -> usize {
        self.stops().len()
    }

    /// How long an attempt may take, so that an address that does not answer delays the others only
    /// for a moment. `None` if there are no others.
    pub(super) fn patience(&self) -> Option<Duration> {
        (self.len() > 1).then_some(ATTEMPT)
    }

    /// All addresses once each, in the order in which they are tried.
    fn stops(&self) -> Vec<&Address> {
        let mut stops = vec![&self.arrived];
        for address in [&self.given].into_iter().chain(&self.others) {
            if !stops.iter().any(|stop| is_same(stop, address)) {
                stops.push(address);
            }
        }
        stops
    }
}

/// The address that a room has named: a host name or an IP address that can be connected to. The
/// text is foreign, and nothing of it but letters, digits, dots, hyphens and colons is taken over.
fn address(text: &str) -> Option<Address> {
    let HostPort { host, port } = text.parse().ok()?;
    let host = match host.parse::<IpAddr>() {
        Ok(ip) if ip.is_unspecified() || ip.is_multicast() => return None,
        Ok(ip) => ip.to_string(),
        Err(_) => host.parse::<HostName>().ok()?.as_str().to_owned(),
    };
    let port = port.unwrap_or(DEFAULT_PORT);
    (port > 0).then_some(Address { host, port })
}

fn is_same(one: &Address, other: &Address) -> bool {
    one.port == other.port && one.host.eq_ignore_ascii_case(&other.host)
}

#[cfg(test)]
mod tests {
    use super::Route;
    use crate::net::Address;
    use crate::wire::Others;

    fn route(given: &str, others: &[&str]) -> Route {
        let mut route = Route::new(Address {
            host: given.to_owned(),
            port: 1059,
        });
        route.set_others(&named(others));
        route
    }

    fn named(others: &[&str]) -> Others {
        others.iter().map(|&other| other.to_owned()).collect()
    }

    /// The next stops, each as `HOST:PORT`.
    fn next(route: &mut Route, count: usize) -> Vec<String> {
        let stops = (0..count).map(|_| route.advance());
        stops
            .map(|stop| format!("{}:{}", stop.host, stop.port))
            .collect()
    }

    #[test]
    fn a_room_of_one_machine_is_tried_again_and_again() {
        let mut route = route("here", &[]);
        assert_eq!(next(&mut route, 3), ["here:1059"; 3]);
        assert_eq!(route.arrive(), None);
        assert_eq!((route.len(), route.patience()), (1, None));
    }

    #[test]
    fn the_lost_address_is_first_then_the_given_one_then_the_others_in_turn() {
        let mut route = route("here", &["b:2", "c:3"]);
        let round = ["here:1059", "b:2", "c:3"];
        assert_eq!(next(&mut route, 4), [&round[..], &["here:1059"]].concat());
        assert_eq!(next(&mut route, 1), ["b:2"]);
        let through = route.arrive().map(|through| through.to_string());
        assert_eq!(through.as_deref(), Some("b:2"));
        // The other machine names the rest.
        route.set_others(&named(&["here:1059", "c:3"]));
        assert_eq!(next(&mut route, 4), ["b:2", "here:1059", "c:3", "b:2"]);
        assert_eq!(route.arrive(), None);
        // A way back is told like a way there.
        assert_eq!(next(&mut route, 2), ["b:2", "here:1059"]);
        let through = route.arrive().map(|through| through.to_string());
        assert_eq!(through.as_deref(), Some("here:1059"));
    }

    #[test]
    fn a_newer_list_replaces_the_old_one_and_no_list_leaves_the_given_address() {
        let mut route = route("here", &["b:2"]);
        route.set_others(&named(&["c:3"]));
        assert_eq!(next(&mut route, 3), ["here:1059", "c:3", "here:1059"]);
        route.set_others(&named(&[]));
        assert_eq!(next(&mut route, 2), ["here:1059"; 2]);
    }

    #[test]
    fn each_address_is_tried_once_in_a_round_however_it_is_written() {
        let others = [
            "HERE:1059",
            "here",
            "b:2",
            "B:2",
            "b.:2",
            "[0:0::1]:5",
            "[::1]:5",
        ];
        let mut route = route("Here", &others);
        let round = ["Here:1059", "b:2", "::1:5"];
        assert_eq!(route.len(), round.len());
        assert_eq!(next(&mut route, 3), round);
    }

    #[test]
    fn what_is_no_address_is_left_out() {
        let long = format!("{}:1", "a".repeat(254));
        let wrong = [
            "",
            ":7",
            "7",
            "b:0",
            "b:65536",
            "b:+1",
            "b:2:3",
            "http://b:2",
            "b/c",
            "a b:2",
            "\u{1b}[31mred:2",
            "b\n:2",
            "[fe80::1%\u{1b}[2J]:2",
            "[::]:2",
            "0.0.0.0:2",
            "224.0.0.1:2",
            "ä:2",
            "..:2",
            &long,
        ];
        for wrong in wrong {
            assert_eq!(route("here", &[wrong]).len(), 1, "{wrong:?}");
        }
        let mut route = route("here", &["\u{7}", "b:2"]);
        assert_eq!(next(&mut route, 2), ["here:1059", "b:2"]);
    }
}
