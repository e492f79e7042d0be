//! Requests of HTTP.

use crate::support::{Peer, Program, Room, Socket, Wire, upgrade};

/// The whole answer to these bytes.
fn answer(port: u16, request: &[u8]) -> String {
    let mut browser = Socket::connect(port);
    browser.send(request);
    String::from_utf8(browser.receive_rest()).unwrap()
}

fn get(port: u16, path: &str) -> String {
    let request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
    answer(port, request.as_bytes())
}

fn field<'a>(answer: &'a str, name: &str) -> Option<&'a str> {
    let (head, _) = answer.split_once("\r\n\r\n").unwrap();
    let mut fields = head.lines().filter_map(|line| line.split_once(": "));
    fields.find(|(it, _)| *it == name).map(|(_, value)| value)
}

#[test]
fn every_file_of_the_page_is_served_with_its_rules() {
    let Room { host: _host, port } = Room::open(&[]);
    for path in ["/", "/host", "/watch", "/?from=qr"] {
        let page = get(port, path);
        assert!(page.starts_with("HTTP/1.1 200 OK\r\n"), "{page}");
        let policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
        for (name, value) in [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", policy),
            ("X-Content-Type-Options", "nosniff"),
            ("Referrer-Policy", "no-referrer"),
            ("Cache-Control", "no-cache"),
            ("Connection", "close"),
        ] {
            assert_eq!(field(&page, name), Some(value), "{name} of {path}");
        }
        assert_eq!(field(&page, "Set-Cookie"), None);
        let (_, body) = page.split_once("\r\n\r\n").unwrap();
        let length = body.len().to_string();
        assert_eq!(field(&page, "Content-Length"), Some(&*length));
        // Each file that the page names exists, and may be kept for ever.
        let links = body.split(['"', '\'']).filter(|link| {
            link.starts_with('/') && (link.ends_with(".js") || link.ends_with(".css"))
        });
        let links: Vec<_> = links.collect();
        assert!(links.len() >= 2, "{links:?}");
        for link in links {
            let file = get(port, link);
            assert!(file.starts_with("HTTP/1.1 200 OK\r\n"), "{link}: {file}");
            assert_eq!(
                field(&file, "Cache-Control"),
                Some("public, max-age=31536000, immutable")
            );
            let kind = field(&file, "Content-Type").unwrap();
            let expected = match link.ends_with(".js") {
                true => "text/javascript; charset=utf-8",
                false => "text/css; charset=utf-8",
            };
            assert_eq!(kind, expected, "{link}");
            // A file of another version is another file.
            let old = link.replacen(|c: char| c.is_ascii_hexdigit(), "x", 1);
            assert!(get(port, &old).starts_with("HTTP/1.1 404 "), "{old}");
        }
        let etag = field(&page, "ETag").unwrap();
        let again = answer(
            port,
            format!("GET {path} HTTP/1.1\r\nHost: localhost\r\nIf-None-Match: {etag}\r\n\r\n")
                .as_bytes(),
        );
        assert!(again.starts_with("HTTP/1.1 304 "), "{again}");
        let head = answer(
            port,
            format!("HEAD {path} HTTP/1.1\r\nHost: localhost\r\n\r\n").as_bytes(),
        );
        assert_eq!(field(&head, "Content-Length"), Some(&*length));
        assert!(head.ends_with("\r\n\r\n"), "{head}");
    }
}

#[test]
fn anything_else_gets_one_clear_answer() {
    let Room { mut host, port } = Room::open(&[]);
    let live = upgrade("localhost", "http://localhost");
    for (request, status) in [
        (
            "GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "404 Not Found",
        ),
        (
            "GET //etc/passwd HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "404 Not Found",
        ),
        (
            "GET /../page.css HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "404 Not Found",
        ),
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "405 Method Not Allowed",
        ),
        (
            "DELETE /live HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "405 Method Not Allowed",
        ),
        (
            "GET /live HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "426 Upgrade Required",
        ),
        (
            live.replace("Version: 13", "Version: 8"),
            "426 Upgrade Required",
        ),
        (
            live.replace("Upgrade: websocket", "Upgrade: h2c"),
            "426 Upgrade Required",
        ),
        (
            live.replace("dGhlIHNhbXBsZSBub25jZQ==", "short"),
            "426 Upgrade Required",
        ),
        (live.replace("HTTP/1.1", "HTTP/1.0"), "426 Upgrade Required"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400 Bad Request"),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nHost: localhost\r\n\r\n".to_owned(),
            "400 Bad Request",
        ),
        (
            "GET http://localhost/ HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            "400 Bad Request",
        ),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nBad Field: x\r\n\r\n".to_owned(),
            "400 Bad Request",
        ),
        // A body could hide a second request.
        (
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello".to_owned(),
            "400 Bad Request",
        ),
        (
            "GET / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                .to_owned(),
            "400 Bad Request",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: localhost\r\n{}\r\n",
                "X: y\r\n".repeat(100)
            ),
            "431 Request Header Fields Too Large",
        ),
        (
            format!(
                "GET / HTTP/1.1\r\nHost: localhost\r\nX: {}",
                "y".repeat(9_000)
            ),
            "431 Request Header Fields Too Large",
        ),
    ] {
        let answer = answer(port, request.as_bytes());
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status}\r\n")),
            "{request}{answer}"
        );
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
        assert!(answer.contains("nosniff"), "{answer}");
    }
    host.enter("/who");
    host.wait_for("Nobody is here.\n");
}

#[test]
fn a_second_request_in_the_same_connection_is_not_answered() {
    let Room { mut host, port } = Room::open(&[]);
    let first = "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n";
    let both = answer(port, first.repeat(2).as_bytes());
    assert_eq!(both.matches("HTTP/1.1 ").count(), 1);
    host.enter("/who");
    host.wait_for("Nobody is here.\n");
}

#[test]
fn only_names_of_this_machine_are_answered() {
    let Room { host: _host, port } = Room::open(&["--allow-host", "tic.example"]);
    let name = nix_name();
    for (host, status) in [
        ("localhost", 200),
        ("LOCALHOST:1059", 200),
        ("127.0.0.1", 200),
        ("192.168.1.7:80", 200),
        ("[::1]:1059", 200),
        ("[fe80::1]", 200),
        ("tic.example", 200),
        ("TIC.example:8080", 200),
        (&*name, 200),
        (&*format!("{name}.local"), 200),
        ("evil.example", 403),
        ("tic.example.evil.example", 403),
        ("127.evil.example", 403),
        ("127.0.0.1.evil.example", 403),
        ("localhost.evil.example", 403),
        ("2130706433", 403),
        ("0x7f.1", 403),
        ("localhost:", 403),
        ("localhost:99999", 403),
        ("127.0.0.1:+80", 403),
        ("localhost@evil.example", 403),
        ("[::1].evil.example", 403),
        ("[::1", 403),
        ("", 403),
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\n\r\n");
        let page = answer(port, request.as_bytes());
        assert!(
            page.starts_with(&format!("HTTP/1.1 {status} ")),
            "{host:?}: {page}"
        );
    }
}

/// The name of this machine, as the system tells it.
fn nix_name() -> String {
    let name = std::process::Command::new("hostname").output();
    let name = name.ok().and_then(|it| String::from_utf8(it.stdout).ok());
    let name = name.unwrap_or_default().trim().to_owned();
    match name.is_empty() {
        true => "localhost".to_owned(),
        false => name,
    }
}

#[test]
fn only_the_page_itself_opens_the_websocket() {
    let Room { host: _host, port } = Room::open(&[]);
    for (host, origin, status) in [
        ("localhost:1059", "http://localhost:1059", 101),
        ("localhost:1059", "http://LOCALHOST:1059", 101),
        ("localhost:1059", "http://localhost", 403),
        ("localhost:1059", "http://localhost:1060", 403),
        ("localhost:1059", "https://localhost:1059", 403),
        ("localhost:1059", "http://evil.example", 403),
        ("localhost:1059", "http://localhost:1059.evil.example", 403),
        ("localhost:1059", "null", 403),
        ("localhost:1059", "", 403),
        ("evil.example", "http://evil.example", 403),
    ] {
        let mut browser = Socket::connect(port);
        browser.send(upgrade(host, origin).as_bytes());
        let answer = String::from_utf8(browser.receive(12)).unwrap();
        assert_eq!(answer, format!("HTTP/1.1 {status}"), "{host} {origin}");
    }
    let mut browser = Socket::connect(port);
    let without = upgrade("localhost", "x").replace("Origin: x\r\n", "");
    browser.send(without.as_bytes());
    assert_eq!(browser.receive(12), b"HTTP/1.1 403");
}

#[test]
fn a_head_cut_after_any_byte_is_answered_when_the_rest_comes() {
    let Room { host: _host, port } = Room::open(&[]);
    let request = b"GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n";
    // The first line decides, and a shorter part of it is a name after a pause of 30 ms.
    let line = request.iter().position(|byte| *byte == b'\n').unwrap();
    for cut in line + 1..request.len() {
        let mut browser = Socket::connect(port);
        browser.send(&request[..cut]);
        browser.send(&request[cut..]);
        let answer = String::from_utf8(browser.receive_rest()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 404 "), "{cut}: {answer}");
    }
    for cut in line + 1..request.len() {
        let mut browser = Socket::connect(port);
        browser.send(&request[..cut]);
        browser
            .stream()
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        let answer = String::from_utf8(browser.receive_rest()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 400 "), "{cut}: {answer}");
    }
}

#[test]
fn a_head_that_never_ends_is_refused_in_time_and_delays_nobody() {
    let Room { host: _host, port } = Room::open(&["--introduction", "1"]);
    let mut slow = Socket::connect(port);
    slow.send(b"GET / HTTP/1.1\r\nHost: local");
    let mut ann = Peer::join(port, "ann");
    ann.say("Nobody waits for it.");
    let answer = String::from_utf8(slow.receive_rest()).unwrap();
    assert!(
        answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"),
        "{answer}"
    );
    ann.say("/who");
    ann.hears("1 member");
}

#[test]
fn browsers_are_turned_away_without_a_page() {
    for mode in ["room", "server"] {
        let program = Program::new().args([mode, "--port", "0", "--no-page"]);
        let (mut server, port) = program.start().listening();
        for request in [
            "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n".to_owned(),
            upgrade("localhost", "http://localhost"),
            "GET / HTTP/1.1\r\n".to_owned(),
        ] {
            let answer = answer(port, request.as_bytes());
            assert!(
                answer.starts_with("HTTP/1.1 400 Bad Request\r\n"),
                "{answer}"
            );
            assert!(
                answer.ends_with(
                    "This is tictalk, not a web server. Connect with `tictalk client` or nc.\n"
                ),
                "{answer}"
            );
        }
        if mode == "room" {
            let mut raw = Peer::connect(port, Wire::Raw);
            raw.say("ann");
            raw.hears("You are ann");
            server.enter("/quit");
            assert_eq!(server.finish().code, Some(0));
        }
    }
}
