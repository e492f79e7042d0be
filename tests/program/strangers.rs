//! Programs that have come to the wrong port, and visitors that only come and go: none of them is a
//! partner, none ends a server, and none fills the screen.

use crate::support::{Program, Running, Socket, frame, hello};
use std::net::Shutdown;

/// The next partner is served, and goes; what the server wrote altogether.
fn serves_the_next(mut server: Running, port: u16) -> String {
    // The seat may still belong to a visitor that has gone.
    let mut client = loop {
        let client = Program::client(port).start();
        if client.says("Connected to:") {
            break client;
        }
    };
    client.enter("Are you there?");
    server.wait_for("Are you there?\n");
    server.prompt();
    server.enter("Yes");
    client.prompt();
    client.prompt();
    client.enter("/q");
    let server = server.finish();
    assert_eq!(server.code, Some(0), "{server:?}");
    server.stdout
}

#[test]
fn a_bad_request_gets_a_short_answer_and_is_no_partner() {
    let invalid = "it sent an invalid request of HTTP";
    for (request, status, why) in [
        ("GET / HTTP/1.0\r\n\r\n", "400 Bad Request", invalid),
        (
            "POST /q HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n/q",
            "400 Bad Request",
            invalid,
        ),
        ("OPTIONS / RTSP/1.0\r\n\r\n", "400 Bad Request", invalid),
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "400 Bad Request",
            invalid,
        ),
        (
            &format!("GET /{} HTTP/1.1\r\n", "a".repeat(20_000)),
            "431 Request Header Fields Too Large",
            invalid,
        ),
        (
            "GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n",
            "403 Forbidden",
            "it asked for another host",
        ),
    ] {
        let (mut server, port) = Program::server().start().listening();
        let mut browser = Socket::connect(port);
        browser.send(request.as_bytes());
        let answer = String::from_utf8(browser.receive_rest()).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(
            head.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{answer}"
        );
        let length = format!("Content-Length: {}\r\n", body.len());
        assert!(head.contains(&length), "{answer}");
        server.wait_for(&format!("{why}. Still listening.\n"));
        let output = serves_the_next(server, port);
        let lines = output.lines().filter(|line| line.contains("disconnected"));
        assert_eq!(lines.count(), 1, "{output}");
        assert_eq!(output.matches("Connected by").count(), 1, "{output}");
        assert!(!output.contains("GET"), "{output}");
    }
}

#[test]
fn tls_and_ssh_are_closed() {
    for (bytes, name) in [
        (&b"\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"[..], "TLS"),
        (b"SSH-2.0-OpenSSH_9.2p1\r\n", "SSH"),
    ] {
        let (mut server, port) = Program::server().start().listening();
        let mut visitor = Socket::connect(port);
        visitor.send(bytes);
        assert_eq!(visitor.receive_rest(), b"");
        server.wait_for(&format!("it speaks {name}."));
        serves_the_next(server, port);
    }
}

#[test]
fn words_that_begin_like_a_request_are_words() {
    for words in [
        "GET well soon\n",
        "GET well soon",
        "SSH-keys?\n",
        "HTTP/1.1\n",
    ] {
        let (mut server, port) = Program::server().start().listening();
        let mut nc = Socket::connect(port);
        nc.send(words.as_bytes());
        server.wait_for(&format!("{}\n", words.trim_end()));
        server.prompt();
        server.enter("Thanks");
        nc.receive_until("Thanks");
    }
}

#[test]
fn a_visitor_that_goes_before_it_is_answered_does_not_end_a_server() {
    for bytes in [&b"Hello\n"[..], b"Hello", &frame("Hello")] {
        for is_reset in [false, true] {
            let (mut server, port) = Program::server().start().listening();
            let mut visitor = Socket::connect(port);
            visitor.send(bytes);
            server.wait_for("Hello\n");
            server.prompt();
            if cfg!(unix) && is_reset {
                #[cfg(unix)]
                visitor.reset();
            } else {
                drop(visitor);
            }
            server.wait_for("disconnected: it did not wait for an answer. Still listening.\n");
            serves_the_next(server, port);
        }
    }
}

#[test]
fn words_of_a_visitor_that_closes_at_once_are_shown() {
    let (mut server, port) = Program::server().start().listening();
    let mut visitor = Socket::connect(port);
    visitor.send(b"Hello");
    visitor.stream().shutdown(Shutdown::Both).unwrap();
    server.wait_for("Hello\n");
    server.wait_for("it did not wait for an answer. Still listening.\n");
    serves_the_next(server, port);
}

/// The number of lines in a server's output about visitors who left without a session.
fn lines_of_visitors(output: &str) -> usize {
    let is_told = |line: &&str| line.contains("gone") || line.contains("Connected by");
    output.lines().filter(is_told).count()
}

#[test]
fn visitors_that_come_and_go_cost_few_lines() {
    let (server, port) = Program::server().start().listening();
    let begun = std::time::Instant::now();
    for number in 0..300 {
        let mut visitor = Socket::connect(port);
        match number % 3 {
            0 => {}
            1 => visitor.send(b"\x16\x03\x01\x02\0"),
            _ => visitor.send(&hello()),
        }
        #[cfg(unix)]
        if number % 2 == 0 {
            visitor.reset();
        }
    }
    let output = serves_the_next(server, port);
    // Two for each of the first, one a second, and those of the partner.
    let seconds = usize::try_from(begun.elapsed().as_secs()).unwrap();
    assert!(
        lines_of_visitors(&output) <= 2 * 5 + seconds + 2,
        "{output}"
    );
}

#[test]
fn commands_of_telnet_are_no_words() {
    let (mut server, port) = Program::server().start().listening();
    let mut telnet = Socket::connect(port);
    // The greeting of PuTTY, cut in two.
    telnet.send(b"\xff\xfb\x1f\xff\xfb\x20\xff\xfb\x18\xff\xfb\x27\xff\xfd\x01\xff");
    telnet.send(b"\xfb\x03\xff\xfd\x03\xff\xfa\x1f\0\x50\0\x18\xff\xf0Hel\xff\xf1lo\r\n");
    server.wait_for("...\nHello\n");
    server.prompt();
    server.enter("Hi");
    telnet.receive_until("Hi\n");
}
