//! A client without `--wire` finds out what a server speaks.

use super::{encoded, expect};
use crate::support::{Program, Socket, new_folder};
use tictalk::wire::Dialect;

/// A client that does not know what the server speaks.
fn client(port: u16) -> Program {
    Program::client(port).without_env("TICTALK_WIRE")
}

#[test]
fn a_banner_tells_the_dialect_before_anything_is_sent() {
    for (banner, dialect) in [
        (&b"Welcome to the chat!\n"[..], "raw"),
        (b"220 mail.example ESMTP\r\n", "raw"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "raw"),
        (b"\0\0\0\x05Hello", "framed"),
        (b"\0\x05Hello", "u16"),
        (b"5         Hello", "digits10"),
    ] {
        let (listener, port) = Socket::listen();
        let mut client = client(port).start();
        let mut server = Socket::accept(&listener);
        server.send(banner);
        client.wait_for(&format!("The server is not tictalk. It speaks {dialect}: "));
        if dialect == "raw" {
            client.wait_for(String::from_utf8_lossy(banner).trim_end());
        }
        client.prompt();
        client.enter("Hi");
        expect(&mut server, Dialect::from_name(dialect).unwrap(), "Hi");
    }
}

#[test]
fn a_server_that_answers_the_greeting_with_text_keeps_its_connection() {
    let (listener, port) = Socket::listen();
    let mut client = client(port).start();
    let mut server = Socket::accept(&listener);
    server.receive_frame();
    server.send(b"What is this?");
    client.wait_for("The server is not tictalk. It speaks raw: ");
    client.wait_for("What is this?\n");
    client.prompt();
    client.enter("Sorry");
    assert_eq!(server.receive(5), b"Sorry");
    server.send(b"Never mind");
    client.wait_for("Never mind\n");
}

#[test]
fn a_chosen_dialect_that_does_not_fit_names_the_one_that_does() {
    for (answer, dialect) in [
        (&b"What is this?"[..], "raw"),
        (b"5         Hello", "digits10"),
        (b"\x05\0\0\0Hello", "le32"),
        (b"\0\0\0\x05Hello", "framed"),
        (b"\0\0\0\x05Hello\0\0\0\x04Bye!", "framed"),
    ] {
        let (listener, port) = Socket::listen();
        let client = client(port).args(["--wire", "tictalk"]).start();
        let mut server = Socket::accept(&listener);
        server.receive_frame();
        server.send(answer);
        let client = client.finish();
        assert_eq!(client.code, Some(1));
        let advice = format!("it fits --wire {dialect}\n");
        assert!(client.stderr.ends_with(&advice), "{}", client.stderr);
    }
}

#[test]
fn the_journal_remembers_what_a_server_speaks() {
    let folder = new_folder();
    let (listener, port) = Socket::listen();
    let mut first = client(port).data(&folder).start();
    let mut server = Socket::accept(&listener);
    server.send(b"Hello, who is there?");
    first.wait_for("It speaks raw");
    drop((first, server));
    // The second time, the client neither greets nor waits.
    let mut second = client(port).data(&folder).start();
    let mut server = Socket::accept(&listener);
    second.wait_for("The server spoke raw a moment ago");
    second.prompt();
    second.enter("It is me");
    assert_eq!(server.receive(8), b"It is me");
    drop((second, server));
    // A choice is not overruled, and is remembered when it fits.
    let third = client(port).data(&folder).args(["--wire", "auto"]);
    let mut third = third.start();
    let mut server = Socket::accept(&listener);
    server.send(&encoded(Dialect::Framed, "I have changed"));
    third.wait_for("It speaks framed");
    drop((third, server));
    let mut fourth = client(port).data(&folder).start();
    let _server = Socket::accept(&listener);
    fourth.wait_for("The server spoke framed a moment ago");
}

#[test]
fn a_server_that_became_tictalk_is_greeted_again_by_choice() {
    let folder = new_folder();
    let (listener, port) = Socket::listen();
    let mut first = client(port).data(&folder).start();
    let mut server = Socket::accept(&listener);
    server.send(b"Hello");
    first.wait_for("It speaks raw");
    drop((first, server, listener));
    let server = Program::new().args(["server", "--port", &port.to_string()]);
    let (mut server, _) = server.start().listening();
    let greets = ["--wire", "tictalk"];
    let mut second = client(port).data(&folder).args(greets).start();
    second.prompt();
    second.enter("/q");
    server.wait_for("Connected by");
    drop((second.finish(), server));
    let server = Program::new().args(["server", "--port", &port.to_string()]);
    let (_server, _) = server.start().listening();
    let mut third = client(port).data(&folder).start();
    third.prompt();
    assert!(
        !third.output().contains("not tictalk"),
        "{}",
        third.output()
    );
}

#[test]
fn a_tictalk_server_is_greeted_after_a_short_wait() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = client(port).start();
    client.prompt();
    client.enter("Hello");
    server.wait_for("Hello\n");
    // Only tictalk gets a receipt.
    server.prompt();
    server.enter("/q");
    let client = client.finish();
    assert_eq!(client.code, Some(0));
    assert!(!client.stdout.contains("not tictalk"), "{}", client.stdout);
}
