//! Bad input and bad luck: a clear line, and nothing lost.

use crate::support::{Program, Running, Socket, control, frame, hello, skip};
use std::net::TcpListener;

/// A server goes back to listening after a visitor, and then talks with the next one.
fn still_serves(mut server: Running, port: u16) {
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("Hello");
    server.wait_for("Hello\n");
    server.prompt();
}

/// The message of a server about a visitor that does not get as far as a session.
fn turned_away(bytes: &[u8], why: &str) {
    let (mut server, port) = Program::server().start().listening();
    let mut visitor = Socket::connect(port);
    visitor.send(bytes);
    server.wait_for(&format!("disconnected: {why}"));
    server.wait_for("Still listening.\n");
    visitor.receive_rest();
    still_serves(server, port);
}

#[test]
fn nobody_listens() {
    let port = Socket::listen().1.to_string();
    let client = Program::new().args(["client", "--port", &port]).run();
    assert_eq!(client.code, Some(1));
    assert_eq!(client.stdout, "");
    assert_eq!(
        client.stderr,
        format!(
            "tictalk: nobody listens on port {port} of localhost: start \"tictalk server --port {port}\" \
             there, or wait for it with --wait 60\n"
        )
    );
}

#[test]
fn a_client_can_wait_for_its_server() {
    let port = Socket::listen().1;
    let mut client = Program::client(port).args(["--wait", "60"]).start();
    client.wait_for_error(&format!(
        "Waiting for a server on port {port} of localhost\n"
    ));
    let _server = Program::new()
        .args(["server", "--port", &port.to_string()])
        .start();
    client.prompt();
}

#[test]
fn a_wait_has_an_end() {
    let port = Socket::listen().1;
    let client = Program::client(port).args(["--wait", "1"]).run();
    assert_eq!(client.code, Some(1));
    assert!(client.stderr.contains("nobody listens on port"));
}

#[test]
fn the_port_is_in_use() {
    let (_server, port) = Program::server().start().listening();
    let port = port.to_string();
    let second = Program::new().args(["server", "--port", &port]).run();
    assert_eq!(second.code, Some(1));
    assert_eq!(
        second.stderr,
        format!(
            "tictalk: port {port} on localhost is in use: talk to the server there with \"tictalk \
             client --port {port}\", or choose another port with --port (0 takes a free one)\n"
        )
    );
}

#[test]
fn a_port_can_be_used_again_at_once() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("/q");
    client.finish();
    server.finish();
    let mut again = Program::new()
        .args(["server", "--port", &port.to_string()])
        .start();
    again.wait_for(&format!("Server listening on: localhost on port: {port}\n"));
}

#[test]
fn a_host_that_does_not_exist() {
    for command in ["server", "client"] {
        let lost = Program::new()
            .args([command, "--host", "no-such-host.invalid"])
            .run();
        assert_eq!(lost.code, Some(1));
        assert_eq!(
            lost.stderr,
            "tictalk: cannot find the host \"no-such-host.invalid\": check its spelling, or give its \
             IP address with --host\n"
        );
    }
}

#[test]
fn an_address_of_another_machine_cannot_be_listened_on() {
    // 192.0.2.0/24 is for documentation (RFC 5737): no machine has it.
    let lost = Program::new().args(["server", "--host", "192.0.2.1"]).run();
    assert_eq!(lost.code, Some(1));
    assert!(
        lost.stderr.contains("it is not an address of this machine"),
        "{}",
        lost.stderr
    );
}

#[cfg(target_os = "linux")]
#[test]
fn a_port_that_is_not_permitted() {
    let limit = std::fs::read_to_string("/proc/sys/net/ipv4/ip_unprivileged_port_start").unwrap();
    if limit.trim() == "0" {
        return skip("every port is permitted here");
    }
    let server = Program::new().args(["server", "--port", "1023"]);
    let lost = server.without_rights().run();
    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert!(
        lost.stderr.contains("not permitted to listen on port 1023"),
        "{}",
        lost.stderr
    );
}

#[test]
fn both_loopback_addresses_lead_to_the_server() {
    for host in ["localhost", "127.0.0.1", "::1"] {
        if TcpListener::bind((host, 0)).is_err() {
            skip(&format!("this machine has no address {host}"));
            continue;
        }
        let (mut server, port) = Program::server().start().listening();
        let mut client = Program::client(port).args(["--host", host]).start();
        client.prompt();
        client.enter("Hello");
        server.wait_for("Hello\n");
    }
    // And a server on either one alone is reached by the name.
    for host in ["127.0.0.1", "::1"] {
        if TcpListener::bind((host, 0)).is_err() {
            skip(&format!("this machine has no address {host}"));
            continue;
        }
        let (_server, port) = Program::server().args(["--host", host]).start().listening();
        Program::client(port).start().prompt();
    }
}

#[test]
fn a_second_client_is_told_busy_in_its_own_dialect_and_the_two_notice_nothing() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    let busy = "Two people are talking here already. Please try again later.";

    let second = Program::client(port).run();
    assert_eq!(second.code, Some(1));
    assert_eq!(
        second.stderr,
        format!("tictalk: the server is busy: {busy}\n")
    );

    let mut framed = Socket::connect(port);
    framed.send(&frame("Hello?"));
    assert_eq!(framed.receive_text(), busy);
    assert_eq!(framed.receive_rest(), b"");

    let mut raw = Socket::connect(port);
    raw.send(b"Hello?\n");
    assert_eq!(
        String::from_utf8(raw.receive_rest()).unwrap(),
        format!("{busy}\n")
    );

    let before = server.output();
    server.enter("Hi");
    client.wait_for("Hi\n");
    client.prompt();
    server.wait_for("Hi\n");
    assert_eq!(server.output(), before + "Hi\n");
}

#[test]
fn a_silent_visitor_keeps_nobody_out() {
    let (mut server, port) = Program::server().start().listening();
    let silent = Socket::connect(port);
    server.wait_for("Connected by");
    still_serves(server, port);
    drop(silent);
}

#[test]
fn more_silent_visitors_than_there_is_room_for_keep_nobody_out() {
    let (mut server, port) = Program::server().start().listening();
    let mut crowd: Vec<Socket> = (0..300).map(|_| Socket::connect(port)).collect();
    server.wait_for("dropped to make room for newer connections. Still listening.\n");
    assert_eq!(crowd[0].receive_rest(), b"");
    still_serves(server, port);
}

#[test]
fn a_slow_visitor_keeps_nobody_out() {
    let (mut server, port) = Program::server().start().listening();
    let mut slow = Socket::connect(port);
    slow.send(&hello()[..3]);
    server.wait_for("Connected by");
    still_serves(server, port);
}

#[test]
fn a_visitor_that_leaves_in_the_middle_is_forgotten() {
    for (bytes, why) in [
        (&b""[..], "it sent no turn"),
        (
            &b"\x01\0"[..],
            "expected 2 more bytes of a frame, but the connection ended",
        ),
        (
            &b"\0\0\0\x09half"[..],
            "expected 5 more bytes of a frame, but the connection ended",
        ),
    ] {
        let (mut server, port) = Program::server().start().listening();
        let mut visitor = Socket::connect(port);
        visitor.send(bytes);
        visitor
            .stream()
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        server.wait_for(&format!("disconnected: {why}. Still listening.\n"));
        still_serves(server, port);
    }
}

#[test]
fn a_visitor_that_breaks_the_rules_is_turned_away() {
    turned_away(
        &[0, 0, 0x10, 1],
        "expected at most 4096 bytes in a message, but 4097 were",
    );
    turned_away(
        &control("[]"),
        "expected a control frame with a JSON object of a known form, but: ",
    );
    turned_away(
        &control(r#"{"type":"welcome"}"#),
        "expected a control frame with",
    );
    turned_away(
        &control(r#"{"type":"sparkle"}"#),
        "it did not start with a greeting",
    );
    turned_away(
        &[1, 1, 0, 1],
        "expected at most 65536 bytes in a control frame, but 65537 were",
    );
    turned_away(
        &control(r#"{"type":"hello","version":2,"name":"a name of far too many letters"}"#),
        "expected a control frame with a JSON object of a known form, but: a name has at most 20",
    );
}

#[test]
fn a_length_of_all_ones_is_text_to_a_raw_peer_and_costs_nothing() {
    // FF begins neither a greeting nor a size of at most 4,096: it is text, though no UTF-8. To telnet,
    // two of them are one.
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&[0xff; 4]);
    server.wait_for("...\n\u{fffd}\u{fffd}\n");
    server.prompt();
}

#[test]
fn the_fault_of_a_visitor_is_reported_in_a_line() {
    let (mut server, port) = Program::server().start().listening();
    let mut visitor = Socket::connect(port);
    let version = "A".repeat(60_000);
    visitor.send(&control(&format!(
        r#"{{"type":"hello","version":"{version}"}}"#
    )));
    let line = server.wait_for("Still listening.\n");
    assert!(line.len() < 500, "{} bytes", line.len());
}

#[cfg(unix)]
#[test]
fn a_burst_of_visitors_does_not_harm_a_session() {
    use nix::sys::signal::Signal;
    let (mut server, port) = Program::server().start().listening();
    // All of them are there before the server looks.
    server.signal(Signal::SIGSTOP);
    let mut crowd: Vec<Socket> = (0..129).map(|_| Socket::connect(port)).collect();
    for visitor in &mut crowd {
        visitor.send(&hello());
        visitor.send(&frame("Hello"));
    }
    server.signal(Signal::SIGCONT);
    server.wait_for("Hello\n");
    server.prompt();
}

#[test]
fn a_visitor_of_another_version_is_told_so() {
    let (mut server, port) = Program::server().start().listening();
    let mut visitor = Socket::connect(port);
    visitor.send(&control(r#"{"type":"hello","version":1}"#));
    let (kind, refusal) = visitor.receive_frame();
    assert_eq!(kind, 1);
    assert_eq!(
        refusal,
        r#"{"type":"refuse","reason":"version","message":"This server speaks version 2 of tictalk, not 1."}"#
    );
    visitor.receive_rest();
    server.wait_for("it speaks another version of tictalk. Still listening.\n");
    still_serves(server, port);
}

/// A talk with a tictalk peer that has said `Hello`; it is the server's turn.
fn talk() -> (Running, Socket) {
    let (mut server, port) = Program::server()
        .args(["--reconnect", "0"])
        .start()
        .listening();
    let mut peer = Socket::connect(port);
    peer.send(&hello());
    peer.receive_frame();
    peer.send(&frame("Hello"));
    server.prompt();
    (server, peer)
}

/// In the middle of a session these bytes end it, with this line.
fn breaks_the_talk(bytes: &[u8], line: &str) {
    let (server, mut peer) = talk();
    peer.send(bytes);
    peer.receive_rest();
    drop(peer);
    let server = server.finish();
    assert_eq!(server.code, Some(1));
    assert_eq!(
        server.stderr,
        format!("tictalk: connection closed: the client's program broke the rules: {line}\n")
    );
}

#[test]
fn a_peer_that_breaks_the_rules_ends_the_session_with_a_clear_line() {
    breaks_the_talk(
        &[0, 0, 0x10, 1],
        "expected at most 4096 bytes in a message, but 4097 were announced",
    );
    breaks_the_talk(
        &[0, 0xff, 0xff, 0xff],
        "expected at most 4096 bytes in a message, but 16777215 were announced",
    );
    breaks_the_talk(
        &[0xff; 4],
        "expected a frame of kind 0 (text) or 1 (control), but received kind 255",
    );
    breaks_the_talk(
        &[2, 0, 0, 1, 0],
        "expected a frame of kind 0 (text) or 1 (control), but received kind 2",
    );
    breaks_the_talk(
        &[0, 0, 0, 0],
        "expected a message of 1 to 4096 bytes, but received an empty one",
    );
    breaks_the_talk(
        b"\0\0\0\x03a\xffb",
        "expected UTF-8 text, but byte 1 of the frame is not",
    );
}

#[test]
fn a_client_closes_on_a_server_that_breaks_the_rules() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).args(["--wire", "framed"]).start();
    let mut server = Socket::accept(&listener);
    server.send(&[0xff; 4]);
    server.receive_rest();
    drop(server);
    let client = client.finish();
    assert_eq!(client.code, Some(1));
    assert!(
        client.stderr.contains(
            "the server's program broke the rules: expected at most 4096 bytes in a message, but \
             4294967295 were announced"
        ),
        "{}",
        client.stderr
    );
}

#[cfg(unix)]
#[test]
fn a_reset_in_the_middle_of_a_frame_is_reported_at_once() {
    let (server, mut peer) = talk();
    peer.send(b"\0\0\0\x09half");
    peer.reset();
    let server = server.finish();
    assert_eq!(server.code, Some(1));
    assert_eq!(
        server.stderr,
        "tictalk: the client disconnected without /q: its program ended or the connection was lost\n"
    );
}

#[test]
fn frames_out_of_turn_wait_and_a_flood_is_not_read() {
    let (mut server, peer) = talk();
    peer.stream().set_nonblocking(true).unwrap();
    // The server's turn lasts as long as its person thinks. Unread bytes fill the system's buffers,
    // until the flood stops.
    let flood = frame("too early").repeat(100_000);
    let mut sent = 0;
    let mut still = 0;
    while sent < 200 * flood.len() && still < 1_000 {
        match std::io::Write::write(&mut peer.stream(), &flood[sent % flood.len()..]) {
            Ok(length) => (sent, still) = (sent + length, 0),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {
                still += 1;
                std::thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
    }
    assert!(sent < 200 * flood.len(), "the flood was read to its end");
    #[cfg(target_os = "linux")]
    {
        let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap();
        let resident = status
            .lines()
            .find(|line| line.starts_with("VmRSS:"))
            .unwrap();
        let kib: usize = resident.split_whitespace().nth(1).unwrap().parse().unwrap();
        assert!(kib < 32 * 1024, "{kib} KiB are resident");
    }
    server.enter("my turn");
    server.wait_for("too early\n");
    server.prompt();
}

#[test]
fn a_server_that_speaks_something_else_is_named_with_what_to_try() {
    let others = "try --wire framed, --wire lines or --wire raw";
    for (answer, problem, advice) in [
        (
            &b"220 Welcome\r\n"[..],
            "the server's answer is not tictalk",
            "it fits --wire raw",
        ),
        (
            // A room asks a client for a name whose hello is late.
            &frame("Hello"),
            "the server closed the connection without answering the greeting",
            others,
        ),
        (
            &b""[..],
            "the server closed the connection without answering the greeting",
            others,
        ),
    ] {
        let (listener, port) = Socket::listen();
        let client = Program::client(port).start();
        let mut server = Socket::accept(&listener);
        server.receive(hello().len());
        server.send(answer);
        drop(server);
        let client = client.finish();
        assert_eq!(client.code, Some(1));
        assert!(client.stderr.contains(problem), "{}", client.stderr);
        assert!(client.stderr.contains(advice), "{}", client.stderr);
        assert_eq!(client.stderr.lines().count(), 1);
    }
}

#[test]
fn a_server_that_does_not_answer_is_given_five_seconds() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).start();
    let server = Socket::accept(&listener);
    let client = client.finish();
    drop(server);
    assert_eq!(client.code, Some(1));
    assert!(client.stderr.contains("Waiting for the server's answer\n"));
    assert!(
        client
            .stderr
            .contains("did not answer the greeting within 5 seconds")
    );
    assert!(
        client
            .stderr
            .contains("--wire framed, --wire lines or --wire raw")
    );
}

#[test]
fn output_that_nobody_reads_any_more_ends_the_program_quietly() {
    let (mut server, port) = Program::server().start().listening();
    // Like `tictalk client | head -1`, while the input stays open.
    let client = Program::client(port).unread().start();
    server.wait_for("disconnected");
    let client = client.finish();
    assert_eq!((client.code, client.stderr.as_str()), (Some(0), ""));
}

#[cfg(target_os = "linux")]
#[test]
fn output_that_cannot_be_written_is_an_error() {
    let (mut server, port) = Program::server().start().listening();
    let full = std::fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .unwrap();
    let client = Program::client(port).stdout(full).start();
    server.wait_for("Client has requested shutdown. Shutting down!\n");
    let client = client.finish();
    assert_eq!(client.code, Some(1));
    assert!(
        client
            .stderr
            .starts_with("tictalk: cannot write the output: "),
        "{client:?}"
    );
}

#[test]
fn a_peer_that_sends_without_end_keeps_nobody_from_leaving() {
    let (mut server, mut peer) = talk();
    let flood = std::thread::spawn(move || {
        let frames = control(r#"{"type":"sparkle"}"#).repeat(1_000);
        while std::io::Write::write_all(&mut peer.stream(), &frames).is_ok() {}
        peer.receive_rest();
    });
    server.enter("/q");
    assert_eq!(server.finish().code, Some(0));
    flood.join().unwrap();

    let (listener, port) = Socket::listen();
    let mut client = Program::client(port).args(["--wire", "raw"]).start();
    let banner = std::thread::spawn(move || {
        let server = Socket::accept(&listener);
        while std::io::Write::write_all(&mut server.stream(), &[b'x'; 4_096]).is_ok() {}
    });
    client.prompt();
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    banner.join().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_server_without_room_for_more_connections_makes_room() {
    let few_files = ["sh", "-c", "ulimit -n 24; exec \"$@\"", "sh"];
    let (server, port) = Program::server().through(few_files).start().listening();
    let crowd: Vec<Socket> = (0..60).map(|_| Socket::connect(port)).collect();
    still_serves(server, port);
    drop(crowd);
}

#[test]
fn a_message_over_the_limit_is_refused_with_its_size() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    // 4,097 bytes, though only 4,096 characters: the limit is in bytes.
    client.enter(&format!("é{}", "x".repeat(4_095)));
    client.wait_for(
        "That message is 4,097 bytes long, and the limit is 4,096: nothing was sent. Make it \
         shorter.\n",
    );
    client.prompt();
    client.write("y".repeat(1_000_000).as_bytes());
    client.write(b"\n");
    client.wait_for("That message is 1,000,000 bytes long, and the limit is 4,096");
    client.prompt();
    let longest = format!("é{}", "x".repeat(4_094));
    client.enter(&longest);
    server.wait_for(&format!("{longest}\n"));
}

#[test]
fn a_blank_line_and_help_are_no_turns() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    for blank in ["", "   ", "\t"] {
        client.enter(blank);
        client.prompt();
    }
    client.enter("/help");
    let help = client.prompt();
    for entry in ["/q ", "/help GAME ", "/score ", "rematch ", "tictactoe,"] {
        assert!(help.contains(entry), "{help}");
    }
    client.enter("/hlep");
    client.wait_for("There is no command /hlep.");
    client.prompt();
    client.enter(" /hlep");
    server.wait_for(" /hlep\n");
    assert!(!server.output().contains("/help"));
}

#[test]
fn input_that_is_no_utf8_does_not_end_the_session() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.write(b"a\xffb\n");
    server.wait_for("a\u{fffd}b\n");
}
