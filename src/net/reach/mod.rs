//! How people reach a server: the commands and links that its host passes on.

use crate::net::address::{Address, Listener};
use crate::net::host_name::HostName;
use crate::net::line::LinePolicy;
use crate::net::local_addresses::LocalAddresses;
use crate::net::pages::Pages;
use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Maximum number of hosts that are named. A machine with many virtual networks has many addresses,
/// and the most useful ones come first.
const HOSTS: usize = 8;

/// The name of both loopback addresses.
const LOCALHOST: &str = "localhost";

/// How people reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    extent: Extent,
    /// Names and addresses of the server, the most useful first.
    hosts: Vec<String>,
    /// How many more addresses it has.
    more: usize,
    /// The host by which a browser on this machine finds the server.
    here: String,
    port: u16,
    lines: LinePolicy,
}

/// From where a server can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// From this machine only.
    Machine,
    /// From other machines.
    Network,
    /// From other machines, once this one has an address.
    Unconnected,
}

impl Reach {
    /// How people reach `listener`, whose host and port are `address`, over these lines.
    #[must_use]
    pub fn of(address: &Address, listener: &Listener, lines: LinePolicy) -> Self {
        let local = LocalAddresses::of_system();
        let reach = Self::by(address, &listener.addresses(), &local);
        Self { lines, ..reach }
    }

    /// The reach of a server on these addresses of a machine with the addresses `local`.
    fn by(address: &Address, listening: &[IpAddr], local: &LocalAddresses) -> Self {
        let listening: Vec<IpAddr> = listening.iter().map(IpAddr::to_canonical).collect();
        let named = named(&address.host);
        let mut reach = Self {
            extent: Extent::Machine,
            hosts: Vec::new(),
            more: 0,
            here: here(&named, &listening),
            port: address.port,
            lines: LinePolicy::Plain,
        };
        if listening.iter().all(IpAddr::is_loopback) {
            reach.hosts.push(named);
            return reach;
        }
        if named.parse::<IpAddr>().is_err() {
            reach.hosts.push(named);
        }
        let everywhere = local.by_usefulness(|ip| {
            let mut listening = listening.iter();
            listening.any(|any| any.is_unspecified() && any.is_ipv4() == ip.is_ipv4())
        });
        let there = listening
            .iter()
            .copied()
            .filter(|ip| !ip.is_unspecified() && !ip.is_loopback() && !is_link_local_v6(*ip));
        for ip in there.chain(everywhere) {
            let host = ip.to_string();
            if !reach.hosts.contains(&host) {
                reach.hosts.push(host);
            }
        }
        reach.extent = match reach.hosts.is_empty() {
            true => Extent::Unconnected,
            false => Extent::Network,
        };
        reach.more = reach.hosts.len().saturating_sub(HOSTS);
        reach.hosts.truncate(HOSTS);
        reach
    }

    /// From where the server can be reached.
    #[must_use]
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// The commands with which people connect, the most useful first.
    #[must_use]
    pub fn commands(&self) -> Vec<String> {
        let commands = self.hosts.iter().map(|host| self.command(host));
        commands.collect()
    }

    /// The command of those who have neither tictalk nor a browser.
    #[must_use]
    pub fn plain_command(&self) -> Option<String> {
        if !self.lines.takes_plain() {
            return None;
        }
        let host = self.hosts.first()?;
        Some(format!("nc {host} {}", self.port))
    }

    /// The links of the page, the most useful first.
    #[must_use]
    pub fn links(&self) -> Vec<String> {
        let links = self.hosts.iter().filter_map(|host| self.link(host));
        links.collect()
    }

    /// The link of the host's own page, which works on this machine. The part after `#` is not sent
    /// in requests; the page itself shows it to the server.
    #[must_use]
    pub fn host_link(&self, secret: &str) -> Option<String> {
        Some(format!("{}host#{secret}", self.link(&self.here)?))
    }

    /// The invitation that a host passes on, in whole lines. Each command and link fills one line, to
    /// be copied. `whom` names the others, as in `the class`.
    #[must_use]
    pub fn invitation(&self, whom: &str, pages: &Pages) -> String {
        let links = match pages {
            Pages::On { .. } if self.lines.takes_plain() => self.links(),
            Pages::On { .. } | Pages::Off => Vec::new(),
        };
        let begin = match self.extent {
            Extent::Machine => "On this machine".to_owned(),
            Extent::Network => format!("Tell {whom}"),
            Extent::Unconnected => return self.promise(pages),
        };
        let plain = self.plain_command();
        let plain = plain.as_slice();
        let commands = self.commands();
        let mut text = String::new();
        let mut add = |heading: &str, lines: &[String]| {
            let _ = writeln!(text, "{heading}:");
            for line in lines {
                let _ = writeln!(text, "  {line}");
            }
        };
        if links.is_empty() {
            add(&begin, &commands);
            if !plain.is_empty() {
                add("or, without tictalk", plain);
            }
        } else {
            add(&format!("{begin}, in a browser"), &links);
            add("or, with tictalk", &commands);
            add("or, with neither", plain);
        }
        if self.more > 0 {
            let _ = writeln!(text, "({} more addresses are left out.)", self.more);
        }
        text
    }

    /// What a host without an address prints: one line.
    fn promise(&self, pages: &Pages) -> String {
        let command = self.command("ADDRESS");
        let port = self.port;
        let link = match pages {
            Pages::On { .. } if self.lines.takes_plain() => {
                format!(", or http://ADDRESS:{port}/ in a browser")
            }
            Pages::On { .. } | Pages::Off => String::new(),
        };
        format!("No network address found. When this machine has one: {command}{link}\n")
    }

    fn command(&self, host: &str) -> String {
        let address = Address {
            host: host.to_owned(),
            port: self.port,
        };
        let private = match self.lines.takes_code() {
            true => " --private",
            false => "",
        };
        format!("tictalk client{private}{}", address.options())
    }

    /// The link of the page at this host. Browsers take neither an address with a zone nor a name
    /// with characters that no host has.
    fn link(&self, host: &str) -> Option<String> {
        let port = self.port;
        match host.parse::<IpAddr>() {
            Ok(IpAddr::V6(ip)) => Some(format!("http://[{ip}]:{port}/")),
            Ok(IpAddr::V4(ip)) => Some(format!("http://{ip}:{port}/")),
            Err(_) => {
                let name = host.parse::<HostName>().ok()?;
                Some(format!("http://{name}:{port}/"))
            }
        }
    }
}

impl LocalAddresses {
    /// The addresses that `is_served` picks and others can use, the most useful first.
    fn by_usefulness(&self, is_served: impl Fn(IpAddr) -> bool) -> Vec<IpAddr> {
        let listed = self.listed.iter();
        let listed = listed.map(|local| (local.ip, InterfaceKind::of(&local.interface)));
        // Known even where the interfaces are not.
        let outward = self.outward.iter().map(|ip| (*ip, InterfaceKind::Real));
        let mut found: Vec<(IpAddr, InterfaceKind)> = Vec::new();
        for (ip, kind) in listed.chain(outward) {
            let ip = ip.to_canonical();
            let is_useful = !ip.is_loopback() && !ip.is_unspecified() && !ip.is_multicast();
            let is_new = found.iter().all(|(known, _)| *known != ip);
            if is_useful && is_new && is_served(ip) && !is_link_local_v6(ip) {
                found.push((ip, kind));
            }
        }
        let is_link_local = |ip: IpAddr| matches!(ip, IpAddr::V4(ip) if ip.is_link_local());
        if found.iter().any(|(ip, _)| !is_link_local(*ip)) {
            found.retain(|(ip, _)| !is_link_local(*ip));
        }
        found.sort_by_key(|(ip, kind)| {
            let is_private = matches!(ip, IpAddr::V4(ip) if ip.is_private());
            let is_outward = self.outward.contains(ip);
            (ip.is_ipv6(), *kind, !is_private, !is_outward)
        });
        found.into_iter().map(|(ip, _)| ip).collect()
    }
}

/// Whether an interface leads to other machines. Real ones come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum InterfaceKind {
    /// A network card, as far as its name tells.
    Real,
    /// A network of containers, virtual machines or a VPN.
    Virtual,
}

/// How the names of virtual interfaces begin: on Linux, the BSDs and macOS, and on Windows.
const VIRTUAL_PREFIXES: [&str; 25] = [
    "br-",
    "cali",
    "cni",
    "docker",
    "dummy",
    "flannel",
    "gif",
    "lxc",
    "lxd",
    "podman",
    "ppp",
    "sit",
    "stf",
    "tailscale",
    "tap",
    "tun",
    "utun",
    "vbox",
    "veth",
    "virbr",
    "vmnet",
    "vnet",
    "wg",
    "wt",
    "zt",
];

/// Words in names of virtual interfaces on Windows.
const VIRTUAL_WORDS: [&str; 8] = [
    "hyper-v",
    "openvpn",
    "tailscale",
    "virtual",
    "vmware",
    "vpn",
    "wireguard",
    "zerotier",
];

impl InterfaceKind {
    /// The kind of the interface with this name.
    fn of(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let begins = VIRTUAL_PREFIXES
            .iter()
            .any(|prefix| name.starts_with(prefix));
        match begins || VIRTUAL_WORDS.iter().any(|word| name.contains(word)) {
            true => Self::Virtual,
            false => Self::Real,
        }
    }
}

/// The host as others write it: an address that is mapped to IPv6 is one of IPv4.
fn named(host: &str) -> String {
    match host.parse::<IpAddr>() {
        Ok(ip) => ip.to_canonical().to_string(),
        Err(_) if host.eq_ignore_ascii_case(LOCALHOST) => LOCALHOST.to_owned(),
        Err(_) => host.to_owned(),
    }
}

/// The host by which a browser on this machine finds a server on these addresses.
///
/// A server on one kind of loopback address only is named by that address: another program of this
/// machine may listen on the other one, and must not get the secret of a host.
fn here(named: &str, listening: &[IpAddr]) -> String {
    let is_served = |loopback: IpAddr| {
        let mut listening = listening.iter();
        listening
            .any(|ip| *ip == loopback || ip.is_unspecified() && ip.is_ipv4() == loopback.is_ipv4())
    };
    let [v4, v6] = [
        IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(Ipv6Addr::LOCALHOST),
    ];
    match (is_served(v4), is_served(v6)) {
        (true, true) => LOCALHOST.to_owned(),
        (true, false) => v4.to_string(),
        (false, true) => v6.to_string(),
        (false, false) => named.to_owned(),
    }
}

/// Whether this address needs a zone, which differs between the machines that use it.
fn is_link_local_v6(ip: IpAddr) -> bool {
    matches!(ip, IpAddr::V6(ip) if ip.is_unicast_link_local())
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test")]
mod tests;
