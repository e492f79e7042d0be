//! What can be asked of the probe.

use super::{awaiting, probe, serving};
use crate::support::{Program, Socket};
use tictalk::probe::CASES;

#[test]
fn the_list_has_a_line_for_each_case() {
    let finished = Program::new().args(["probe", "--list"]).run();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    let ids: Vec<&str> = finished
        .stdout
        .lines()
        .map(|line| line.split(' ').next().unwrap())
        .collect();
    let expected: Vec<&str> = CASES.iter().map(|case| case.id).collect();
    assert_eq!(ids, expected);
    let finished = Program::new()
        .args(["probe", "--list", "--only", "turns"])
        .run();
    assert_eq!(finished.stdout.lines().count(), 5, "{finished:?}");
}

#[test]
fn wrong_usage_exits_with_2() {
    for (arguments, told) in [
        (&[][..], "HOST:PORT is missing"),
        (
            &["localhost"],
            "name the port of the server, from 1 to 65535, such as localhost:1059",
        ),
        (
            &["4000"],
            "a number alone is not a host; type localhost:4000\n",
        ),
        (
            &["localhost:99999"],
            "tictalk: localhost:99999: the text after the colon is not a port; name the port of \
             your server, from 1 to 65535, such as localhost:1059\n",
        ),
        (
            &["localhost:0"],
            "tictalk: name the port of the server, from 1 to 65535, such as localhost:1059\n",
        ),
        (
            &["localhost:4000", "--only", "bites"],
            "expected a family (turns, bytes, game, ends)",
        ),
        (&["localhost:4000", "--wire", "morse"], "--wire"),
        (&["localhost:4000", "--listen", "4000"], "--listen"),
        (&["localhost:4000", "--timeout", "0"], "from 1 to 30"),
    ] {
        let finished = Program::new().args(["probe"]).args(arguments).run();
        assert_eq!(finished.code, Some(2), "{arguments:?}: {finished:?}");
        assert!(
            finished.stderr.contains(told),
            "{arguments:?}: {finished:?}"
        );
    }
}

#[test]
fn addresses_of_other_people_need_a_yes() {
    // An address for documentation (RFC 5737), which belongs to nobody.
    let finished = Program::new().args(["probe", "192.0.2.1:4000"]).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(finished.stderr.contains("--yes"), "{finished:?}");
}

#[test]
fn a_port_on_which_nothing_listens_is_said_to_be_one() {
    let (listener, port) = Socket::listen();
    drop(listener);
    let finished = probe(port).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = format!(
        "tictalk: nothing listens on 127.0.0.1:{port}: start your server, or check the port"
    );
    assert!(finished.stderr.starts_with(&told), "{finished:?}");
}

#[test]
fn a_client_is_asked_to_start_again() {
    let (probe, port) = awaiting(&["--only", "ends/close", "--only", "ends/quit"]);
    let _partner = super::animal("Partner", "framed", "join", port).start();
    let told = probe.wait_for_error("Start your client again (2 of 2)\n");
    let first = format!("Waiting for your client on localhost:{port}\n");
    assert!(told.starts_with(&first), "{told}");
    let finished = probe.finish();
    assert_eq!(finished.code, Some(0), "{finished:?}");
    assert!(
        finished.stdout.contains("2 cases: 2 passed"),
        "{finished:?}"
    );
}

#[test]
fn a_client_of_tictalk_is_told_what_to_do() {
    let (probe, port) = awaiting(&[]);
    let _client = Program::client(port).args(["--no-journal"]).start();
    let finished = probe.finish();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("start it with --wire framed"),
        "{finished:?}"
    );
}

#[test]
fn a_server_that_ends_at_the_opening_is_told_to_name_its_framing() {
    let (_partner, port) = serving("Partner", "digits10");
    let finished = probe(port).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    assert!(
        finished.stderr.contains("name its framing with --wire"),
        "{finished:?}"
    );
}

#[test]
fn the_advice_about_an_address_names_options_of_the_probe() {
    let (_listener, port) = Socket::listen();
    let finished = Program::new()
        .args(["probe", "--listen", &port.to_string()])
        .run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = format!("tictalk: port {port} is in use: choose another port, such as --listen 0");
    assert!(finished.stderr.starts_with(&told), "{finished:?}");
    let finished = Program::new().args(["probe", "nowhere.invalid:4000"]).run();
    assert_eq!(finished.code, Some(1), "{finished:?}");
    let told = "tictalk: cannot find the host \"nowhere.invalid\": check its spelling, or give its \
                IP address\n";
    assert_eq!(finished.stderr, told);
}
