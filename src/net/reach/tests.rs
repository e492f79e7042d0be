//! The invitations of machines with given addresses.

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
