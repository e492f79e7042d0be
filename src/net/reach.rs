//! How people reach a server: the commands and links that its host passes on.

use super::address::{Address, Listener};
use super::host_name::HostName;
use super::local_addresses::LocalAddresses;
use super::pages::Pages;
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
    /// How people reach `listener`, whose host and port are `address`.
    #[must_use]
    pub fn of(address: &Address, listener: &Listener) -> Self {
        let local = LocalAddresses::of_system();
        Self::by(address, &listener.addresses(), &local)
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

    /// What a host prints for others, in whole lines. Each command and link is a line of its own, to
    /// be copied. `whom` names the others, as in `the class`.
    #[must_use]
    pub fn invitation(&self, whom: &str, pages: &Pages) -> String {
        let links = match pages {
            Pages::On { .. } => self.links(),
            Pages::Off => Vec::new(),
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
            add("or, without tictalk", plain);
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
            Pages::On { .. } => format!(", or http://ADDRESS:{port}/ in a browser"),
            Pages::Off => String::new(),
        };
        format!("No network address found. When this machine has one: {command}{link}\n")
    }

    fn command(&self, host: &str) -> String {
        let address = Address {
            host: host.to_owned(),
            port: self.port,
        };
        format!("tictalk client{}", address.options())
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
mod tests {
    use super::{Extent, InterfaceKind, Reach};
    use crate::net::local_addresses::{LocalAddress, LocalAddresses};
    use crate::net::{Address, DEFAULT_PORT, Pages};
    use std::net::IpAddr;

    fn ips(texts: &[&str]) -> Vec<IpAddr> {
        let ips = texts.iter().map(|text| text.parse::<IpAddr>());
        ips.collect::<Result<_, _>>().unwrap_or_default()
    }

    fn machine(listed: &[(&str, &str)], outward: &[&str]) -> LocalAddresses {
        let listed = listed.iter().map(|(interface, ip)| {
            let ip = ip.parse().unwrap_or(IpAddr::from([0; 4]));
            LocalAddress {
                interface: (*interface).to_owned(),
                ip,
            }
        });
        LocalAddresses {
            listed: listed.collect(),
            outward: ips(outward),
        }
    }

    fn reach(host: &str, listening: &[&str], local: &LocalAddresses) -> Reach {
        let address = Address {
            host: host.to_owned(),
            port: DEFAULT_PORT,
        };
        Reach::by(&address, &ips(listening), local)
    }

    fn pages() -> Pages {
        Pages::On {
            allowed: Vec::new(),
        }
    }

    #[test]
    fn the_most_useful_address_comes_first_and_none_comes_twice() {
        let local = machine(
            &[
                ("lo", "127.0.0.1"),
                ("docker0", "172.17.0.1"),
                ("tun0", "10.8.0.2"),
                ("eth0", "130.60.1.2"),
                ("eth0", "fe80::1"),
                ("eth0", "2001:db8::7"),
                ("veth12", "fd00::5"),
                ("wlan0", "192.168.1.7"),
                ("wlan1", "192.168.2.7"),
                ("wlan0", "192.168.1.7"),
                ("eth1", "169.254.3.4"),
                ("lo", "::1"),
            ],
            &["192.168.2.7", "2001:db8::7"],
        );
        let v4 = [
            "192.168.2.7",
            "192.168.1.7",
            "130.60.1.2",
            "172.17.0.1",
            "10.8.0.2",
        ];
        let all = reach("0.0.0.0", &["0.0.0.0"], &local);
        assert_eq!(
            (all.extent, &all.hosts[..]),
            (Extent::Network, &v4.map(str::to_owned)[..])
        );
        let both = reach("::", &["::", "0.0.0.0"], &local);
        assert_eq!(both.hosts[..5], v4);
        assert_eq!(both.hosts[5..], ["2001:db8::7", "fd00::5"]);
        let v6 = reach("::", &["::"], &local);
        assert_eq!(v6.hosts, ["2001:db8::7", "fd00::5"]);
        assert_eq!((all.more, both.more, v6.more), (0, 0, 0));
    }

    #[test]
    fn a_link_local_address_is_named_if_there_is_no_other() {
        let local = machine(
            &[
                ("lo", "127.0.0.1"),
                ("eth0", "169.254.3.4"),
                ("eth0", "fe80::1"),
            ],
            &[],
        );
        let reach = reach("::", &["::", "0.0.0.0"], &local);
        assert_eq!(reach.commands(), ["tictalk client --host 169.254.3.4"]);
    }

    #[test]
    fn the_usual_route_is_named_where_the_system_lists_nothing() {
        let local = machine(&[], &["192.168.1.7", "127.0.0.1", "0.0.0.0"]);
        let reach = reach("0.0.0.0", &["0.0.0.0"], &local);
        assert_eq!(reach.links(), ["http://192.168.1.7:1059/"]);
    }

    #[test]
    fn many_addresses_are_cut() {
        let listed: Vec<String> = (1..=11).map(|last| format!("10.0.0.{last}")).collect();
        let listed: Vec<(&str, &str)> = listed.iter().map(|ip| ("eth0", ip.as_str())).collect();
        let reach = reach("0.0.0.0", &["0.0.0.0"], &machine(&listed, &["10.0.0.9"]));
        assert_eq!(reach.hosts.len(), 8);
        assert_eq!(reach.hosts[..2], ["10.0.0.9", "10.0.0.1"]);
        let text = reach.invitation("the class", &Pages::Off);
        assert!(
            text.ends_with("(3 more addresses are left out.)\n"),
            "{text}"
        );
    }

    #[test]
    fn an_address_that_was_chosen_is_the_only_one() {
        let local = machine(&[("eth0", "192.168.1.7"), ("eth1", "10.0.0.3")], &[]);
        for (host, listening, command, link) in [
            (
                "10.0.0.3",
                "10.0.0.3",
                "tictalk client --host 10.0.0.3",
                "http://10.0.0.3:1059/",
            ),
            (
                "::ffff:10.0.0.3",
                "::ffff:10.0.0.3",
                "tictalk client --host 10.0.0.3",
                "http://10.0.0.3:1059/",
            ),
            (
                "2001:DB8::7",
                "2001:db8::7",
                "tictalk client --host 2001:db8::7",
                "http://[2001:db8::7]:1059/",
            ),
        ] {
            let reach = reach(host, &[listening], &local);
            assert_eq!(reach.extent, Extent::Network, "{host}");
            assert_eq!(reach.commands(), [command]);
            assert_eq!(reach.links(), [link]);
        }
    }

    #[test]
    fn a_name_comes_before_its_addresses() {
        let reach = reach("pc7.example.org", &["10.0.0.3"], &machine(&[], &[]));
        assert_eq!(
            reach.links(),
            ["http://pc7.example.org:1059/", "http://10.0.0.3:1059/"]
        );
    }

    #[test]
    fn a_zone_belongs_into_no_link() {
        let reach = reach("fe80::1%eth0", &["fe80::1"], &machine(&[], &[]));
        assert_eq!(reach.commands(), ["tictalk client --host fe80::1%eth0"]);
        assert_eq!(reach.links(), [] as [String; 0]);
        assert_eq!(reach.host_link("00"), None);
        let text = reach.invitation("the class", &pages());
        assert_eq!(
            text,
            "Tell the class:\n  tictalk client --host fe80::1%eth0\n\
             or, without tictalk:\n  nc fe80::1%eth0 1059\n"
        );
    }

    #[test]
    fn a_loopback_address_reaches_this_machine_only() {
        let local = machine(&[("eth0", "192.168.1.7")], &["192.168.1.7"]);
        for (host, listening, command, link) in [
            (
                "localhost",
                &["127.0.0.1", "::1"][..],
                "tictalk client",
                "http://localhost:1059/",
            ),
            (
                "LOCALHOST",
                &["127.0.0.1"],
                "tictalk client",
                "http://localhost:1059/",
            ),
            (
                "127.0.0.1",
                &["127.0.0.1"],
                "tictalk client --host 127.0.0.1",
                "http://127.0.0.1:1059/",
            ),
            (
                "::1",
                &["::1"],
                "tictalk client --host ::1",
                "http://[::1]:1059/",
            ),
            (
                "::ffff:127.0.0.1",
                &["::ffff:127.0.0.1"],
                "tictalk client --host 127.0.0.1",
                "http://127.0.0.1:1059/",
            ),
            // As Debian resolves the name of a machine without an address.
            (
                "pc7",
                &["127.0.1.1"],
                "tictalk client --host pc7",
                "http://pc7:1059/",
            ),
        ] {
            let reach = reach(host, listening, &local);
            assert_eq!(reach.extent, Extent::Machine, "{host}");
            assert_eq!(reach.commands(), [command]);
            assert_eq!(reach.links(), [link]);
        }
    }

    #[test]
    fn the_link_of_the_host_leads_to_this_server_and_to_no_other() {
        for (host, listening, link) in [
            (
                "localhost",
                &["127.0.0.1", "::1"][..],
                "http://localhost:7/host#0a",
            ),
            ("::", &["::", "0.0.0.0"], "http://localhost:7/host#0a"),
            ("0.0.0.0", &["0.0.0.0"], "http://127.0.0.1:7/host#0a"),
            ("::", &["::"], "http://[::1]:7/host#0a"),
            ("10.0.0.3", &["10.0.0.3"], "http://10.0.0.3:7/host#0a"),
            ("127.0.0.2", &["127.0.0.2"], "http://127.0.0.2:7/host#0a"),
        ] {
            let address = Address {
                host: host.to_owned(),
                port: 7,
            };
            let reach = Reach::by(&address, &ips(listening), &machine(&[], &[]));
            assert_eq!(reach.host_link("0a").as_deref(), Some(link));
        }
    }

    #[test]
    fn every_command_and_link_is_a_line() {
        let local = machine(&[("eth0", "192.168.1.7"), ("eth0", "2001:db8::7")], &[]);
        let address = Address {
            host: "::".to_owned(),
            port: 4000,
        };
        let reach = Reach::by(&address, &ips(&["::", "0.0.0.0"]), &local);
        assert_eq!(
            reach.invitation("the class", &pages()),
            "Tell the class, in a browser:\n\
             \x20 http://192.168.1.7:4000/\n\
             \x20 http://[2001:db8::7]:4000/\n\
             or, with tictalk:\n\
             \x20 tictalk client --host 192.168.1.7 --port 4000\n\
             \x20 tictalk client --host 2001:db8::7 --port 4000\n\
             or, with neither:\n\
             \x20 nc 192.168.1.7 4000\n"
        );
        assert_eq!(
            reach.invitation("the class", &Pages::Off),
            "Tell the class:\n\
             \x20 tictalk client --host 192.168.1.7 --port 4000\n\
             \x20 tictalk client --host 2001:db8::7 --port 4000\n\
             or, without tictalk:\n\
             \x20 nc 192.168.1.7 4000\n"
        );
    }

    #[test]
    fn a_machine_without_an_address_says_so_in_one_line() {
        let reach = reach(
            "0.0.0.0",
            &["0.0.0.0"],
            &machine(&[("lo", "127.0.0.1")], &[]),
        );
        assert_eq!(reach.extent, Extent::Unconnected);
        assert_eq!(reach.links(), [] as [String; 0]);
        assert_eq!(
            reach.invitation("the class", &pages()),
            "No network address found. When this machine has one: tictalk client --host ADDRESS, \
             or http://ADDRESS:1059/ in a browser\n"
        );
        assert_eq!(
            reach.invitation("the class", &Pages::Off),
            "No network address found. When this machine has one: tictalk client --host ADDRESS\n"
        );
    }

    #[test]
    fn a_virtual_interface_is_known_by_its_name() {
        for name in [
            "docker0",
            "br-0a1b",
            "veth9f",
            "virbr0",
            "vmnet8",
            "utun3",
            "tun0",
            "wg0",
            "ppp0",
            "tailscale0",
            "ztabc",
            "vEthernet (WSL)",
            "VirtualBox Host-Only Network",
            "VMware Network Adapter VMnet1",
            "OpenVPN TAP-Windows6",
        ] {
            assert_eq!(InterfaceKind::of(name), InterfaceKind::Virtual, "{name}");
        }
        for name in [
            "eth0",
            "enp3s0",
            "wlan0",
            "wlp2s0",
            "wwan0",
            "en0",
            "br0",
            "bridge0",
            "bond0",
            "Wi-Fi",
            "Ethernet 2",
            "WLAN",
            "",
        ] {
            assert_eq!(InterfaceKind::of(name), InterfaceKind::Real, "{name}");
        }
    }
}
