//! The address of a server, with or without its port.

use super::refusal;
use crate::support::{Program, Socket};

#[test]
fn a_client_takes_its_server_in_any_usual_form() {
    let (listener, port) = Socket::listen();
    let port = port.to_string();
    let place = format!("127.0.0.1:{port}");
    for arguments in [
        &[place.as_str()][..],
        &["--host", &place],
        &["--host", "127.0.0.1", "--port", &port],
        &["127.0.0.1", "--port", &port],
        &[&place, "--port", &port],
        &[&place, "--host", &place],
    ] {
        let mut client = Program::new()
            .args(["client", "--wire", "raw"])
            .args(arguments)
            .start();
        let _server = Socket::accept(&listener);
        client.wait_for(&format!("Connected to: 127.0.0.1 on port: {port}\n"));
    }
}

#[test]
fn ipv6_is_understood_with_and_without_brackets() {
    // Nobody listens there, and the error tells what was understood.
    for (arguments, told) in [
        (&["[::1]:1"][..], "nobody listens on port 1 of ::1"),
        (&["::1", "--port", "1"], "nobody listens on port 1 of ::1"),
        (
            &["--host", "[::1]", "--port", "1"],
            "nobody listens on port 1 of ::1",
        ),
    ] {
        let refused = Program::new().args(["client"]).args(arguments).run();
        assert_eq!(refused.code, Some(1), "{arguments:?}");
        // Without IPv6 on this machine, another line names the same place.
        let place = told.trim_start_matches("nobody listens on ");
        let named = refused.stderr.contains(place) || refused.stderr.contains("from ::1 on port 1");
        assert!(named, "{}", refused.stderr);
    }
}

#[test]
fn servers_listen_on_a_host_with_a_port() {
    for command in ["server", "room", "bot"] {
        let mut server = Program::new()
            .args([command, "--host", "127.0.0.1:0"])
            .start();
        server.wait_for("Server listening on: 127.0.0.1 on port: ");
        assert!(
            !server.output().contains("on port: 0"),
            "{}",
            server.output()
        );
    }
}

#[test]
fn a_wrong_address_is_refused_with_what_to_type() {
    for (arguments, told) in [
        (
            &["client", "--host", "http://localhost:1059/"][..],
            "--host http://localhost:1059/: expected a host, not a URL; type localhost:1059",
        ),
        (
            &["client", "https://example.org"],
            "https://example.org: expected a host, not a URL; type example.org",
        ),
        (
            &["client", "4000"],
            "4000: a number alone is not a host; type localhost:4000 or --port 4000",
        ),
        (
            &["client", "localhost", "4000"],
            "unexpected 4000; type the port after a colon, as in localhost:4000",
        ),
        (
            &["client", "box:4000", "--port", "5000"],
            "box:4000 and port 5000 contradict each other; name one port",
        ),
        (
            &["server", "--host", "box:4000", "--port", "5000"],
            "box:4000 and port 5000 contradict each other; name one port",
        ),
        (
            &["client", "box", "--host", "pi"],
            "box and --host pi are two servers; name one",
        ),
        (
            &["client", "localhost:0"],
            "nobody listens on port 0 of localhost; name a port from 1 to 65535",
        ),
        (
            &["server", "0.0.0.0"],
            "unexpected \"0.0.0.0\"; type --host 0.0.0.0",
        ),
        (&["room", "4000"], "unexpected 4000; type --port 4000"),
    ] {
        assert_eq!(refusal(arguments), told, "{arguments:?}");
    }
}
