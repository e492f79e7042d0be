//! Machines that cannot start.

use super::machine::{Machine, ROOM};
use super::program::Program;
use crate::support::{JETSTREAM, LIMIT, Server, url};
use nix::sys::signal::Signal;
use std::net::{Ipv4Addr, TcpListener};

/// A machine with these words ends with one line that contains this.
fn refused(words: &[&str], code: i32, why: &str) {
    let folder = tempfile::tempdir().unwrap();
    let common = [
        "room",
        "--port",
        "0",
        "--data",
        folder.path().to_str().unwrap(),
    ];
    let ended = Program::start(&[&common[..], words].concat()).ended();
    assert!(ended.errors.contains(why), "{words:?}: {ended:?}");
    assert_eq!(ended.code, Some(code), "{words:?}: {ended:?}");
    assert_eq!(ended.errors.lines().count(), 1, "{words:?}: {ended:?}");
}

#[test]
fn a_machine_says_what_it_lacks() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.url().to_string();
    let cluster = ["--cluster", &url];
    let named = [&cluster[..], &["--room", ROOM]].concat();
    refused(
        &cluster,
        1,
        "--cluster needs the name of the room: add --room NAME",
    );
    refused(
        &[&named[..], &["--no-journal"]].concat(),
        1,
        "--cluster needs a journal: leave out --no-journal",
    );
    refused(
        &["--cluster", "http://localhost", "--room", ROOM],
        2,
        "http://localhost",
    );
    refused(&[&named[..], &["--replicas", "3"]].concat(), 1, "replicas");
    // The engine has no room yet, and so none of these has made one.
    let status = Program::start(&[&["cluster", "status"][..], &named].concat()).ended();
    assert_eq!(status.code, Some(1), "{status:?}");
    assert_eq!(status.errors.lines().count(), 1, "{status:?}");
}

#[test]
fn a_machine_says_why_its_engine_does_not_serve_it() {
    let (Some(plain), Some(closed)) = (
        Server::with(""),
        Server::with(&format!(
            "{JETSTREAM}\nauthorization {{ user: a, password: b }}"
        )),
    ) else {
        return;
    };
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let nobody = url(free.local_addr().unwrap().port()).to_string();
    drop(free);
    let plain = plain.url().to_string();
    let closed = closed.url().to_string();
    let wrong = closed.replace("://", "://a:wrong@");
    for (engine, why) in [
        ("nats://unknown.invalid", "unknown.invalid"),
        (&*nobody, &*nobody),
        (&*plain, "JetStream"),
        (&*closed, "password"),
        (&*wrong, "password"),
    ] {
        refused(&["--cluster", engine, "--room", ROOM], 1, why);
    }
}

#[test]
fn a_machine_that_waits_for_its_engine_can_be_stopped() {
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let engine = url(silent.local_addr().unwrap().port());
    let mut machine = Machine::launched(&engine, &[]);
    let (connection, _) = silent.accept().unwrap();
    connection.set_read_timeout(Some(LIMIT)).unwrap();
    machine.program.signal(Signal::SIGINT);
    assert_eq!(machine.program.ended().code, Some(130));
}

#[test]
fn of_two_machines_with_one_address_the_first_ends() {
    let Some(server) = Server::start() else {
        return;
    };
    let url = server.url();
    let same = ["--advertise", "localhost:1"];
    let mut one = Machine::launched(&url, &same);
    one.program.shows("on port: ");
    let mut two = Machine::launched(&url, &same);
    two.program.shows("on port: ");
    one.fails(
        "another machine has joined as localhost:1: give each machine its own address with --advertise",
    );
}
