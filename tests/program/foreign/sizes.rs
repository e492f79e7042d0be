//! Sizes in front of messages, in the forms of other programs.

use super::{encoded, expect};
use crate::support::{Program, Socket};
use tictalk::wire::{Dialect, SizeForm};

#[test]
fn a_server_recognizes_each_form_and_answers_in_it() {
    for form in SizeForm::ALL {
        let dialect = Dialect::Counted(form);
        let (mut server, port) = Program::server().start().listening();
        let mut peer = Socket::connect(port);
        peer.send(&encoded(dialect, "Hello"));
        let recognized = format!("It speaks {}: {}.\n", form.name(), dialect.words());
        server.wait_for(&recognized);
        server.prompt();
        server.enter("Grüße");
        expect(&mut peer, dialect, "Grüße");
        peer.send(&encoded(dialect, "play tictactoe"));
        server.wait_for("you are X and move first.");
        server.prompt();
        server.enter("/q");
        drop(peer);
        assert_eq!(server.finish().code, Some(0), "{form:?}");
    }
}

#[test]
fn a_client_speaks_each_form() {
    for form in SizeForm::ALL {
        let dialect = Dialect::Counted(form);
        let (listener, port) = Socket::listen();
        let wire = ["--wire", form.name()];
        let mut client = Program::client(port).args(wire).start();
        let mut peer = Socket::accept(&listener);
        client.prompt();
        client.enter("Hello");
        expect(&mut peer, dialect, "Hello");
        peer.send(&encoded(dialect, "Hi"));
        client.wait_for("Hi\n");
        client.prompt();
        client.enter("/q");
        expect(&mut peer, dialect, "/q");
        drop(peer);
        assert_eq!(client.finish().code, Some(0), "{form:?}");
    }
}

#[test]
fn a_size_that_comes_by_itself_belongs_to_its_message() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    let bytes = encoded(Dialect::Counted(SizeForm::Le32), "Hello");
    let (size, text) = bytes.split_at(4);
    peer.send(size);
    // The server says this after a pause, which would end a raw message.
    server.wait_for("Connected by");
    peer.send(text);
    server.wait_for("It speaks le32");
    server.wait_for("Hello\n");
}

#[test]
fn a_long_line_to_a_size_of_one_byte_is_not_sent() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    let dialect = Dialect::Counted(SizeForm::U8);
    peer.send(&encoded(dialect, "Hello"));
    server.prompt();
    server.enter(&"x".repeat(256));
    server.wait_for("That message is 256 bytes long, and the limit is 255: nothing was sent.");
    server.prompt();
    server.enter(&"x".repeat(255));
    expect(&mut peer, dialect, &"x".repeat(255));
    // A board that does not fit is left out, the words are not.
    peer.send(&encoded(dialect, "play connect4"));
    server.prompt();
    server.enter("4");
    expect(&mut peer, dialect, "4");
}

#[test]
fn a_chosen_dialect_is_not_recognized_again() {
    let (mut server, port) = Program::server()
        .args(["--wire", "raw"])
        .start()
        .listening();
    let mut peer = Socket::connect(port);
    peer.send(b"5         Hello");
    server.wait_for("5         Hello\n");
    drop((server, peer));
    let server = Program::server().args(["--wire", "le16"]);
    let (mut server, port) = server.start().listening();
    let mut peer = Socket::connect(port);
    // These two bytes would be text, and are a size that is too large.
    peer.send(b"HH");
    server.wait_for("disconnected: expected at most 4096 bytes in a message");
}

#[test]
fn a_broken_size_ends_the_session_with_one_line() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"5         Hello");
    server.prompt();
    server.enter("Hi");
    expect(&mut peer, Dialect::from_name("digits10").unwrap(), "Hi");
    peer.send(b"no size at all");
    let server = server.finish();
    assert_eq!(server.code, Some(1));
    let why = "expected a digits10 message, but received something else";
    assert!(server.stderr.contains(why), "{}", server.stderr);
}

#[test]
fn a_partner_that_pads_its_messages_gets_blocks() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    let mut block = [0; 64];
    block[..5].copy_from_slice(b"Hello");
    peer.send(&block);
    server.wait_for("message...\nHello\n");
    server.prompt();
    server.enter("Hi");
    let answer = peer.receive(64);
    assert_eq!((&answer[..2], &answer[2..]), (&b"Hi"[..], &[0; 62][..]));
}

#[test]
fn whoever_writes_much_to_a_raw_partner_is_warned_once() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello");
    server.prompt();
    server.enter(&"x".repeat(1_024));
    peer.receive(1_024);
    peer.send(b"More?");
    server.prompt();
    server.enter(&"y".repeat(1_025));
    server.wait_for("Your message is 1,025 bytes long. A program that reads 1,024 bytes at a time");
    peer.receive(1_025);
    peer.send(b"More!");
    server.prompt();
    server.enter(&"z".repeat(2_000));
    peer.receive(2_000);
    peer.send(b"/q");
    let server = server.finish();
    assert_eq!(server.stdout.matches("Your message is").count(), 1);
}

#[test]
fn a_client_that_does_not_wait_gets_a_receipt_for_each_message() {
    let server = Program::server().args(["--acknowledge"]);
    let (mut server, port) = server.start().listening();
    let mut peer = Socket::connect(port);
    let dialect = Dialect::Framed;
    for number in 1..=500 {
        peer.send(&encoded(dialect, &format!("message {number}")));
    }
    for number in 1..=500 {
        expect(&mut peer, dialect, &format!("received {number}"));
    }
    server.wait_for("message 500\n");
    server.prompt();
    server.enter("That is a lot");
    expect(&mut peer, dialect, "That is a lot");
    peer.send(&encoded(dialect, "/q"));
    let server = server.finish();
    assert_eq!(server.code, Some(0));
    let shown = (1..=500).all(|number| server.stdout.contains(&format!("message {number}\n")));
    assert!(shown, "{}", server.stdout);
}

#[test]
fn a_move_that_came_early_gets_one_receipt_and_waits_for_its_turn() {
    let server = Program::server().args(["--acknowledge"]);
    let (mut server, port) = server.start().listening();
    let mut peer = Socket::connect(port);
    let dialect = Dialect::Framed;
    peer.send(&encoded(dialect, "Hello"));
    expect(&mut peer, dialect, "received 1");
    server.prompt();
    server.enter("play tictactoe");
    assert!(peer.receive_text().starts_with("play tictactoe"));
    for (number, line) in [(2, "5"), (3, "1")] {
        peer.send(&encoded(dialect, line));
        expect(&mut peer, dialect, &format!("received {number}"));
    }
    server.wait_for("| 4 |[X]| 6 |");
    server.prompt();
    server.enter("9");
    server.wait_for("|[X]| 2 | 3 |");
    assert!(peer.receive_text().starts_with("9\n"));
    peer.send(&encoded(dialect, "/resign"));
    expect(&mut peer, dialect, "received 4");
}

#[test]
fn a_program_that_only_refuses_gives_up_its_game_in_the_end() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&encoded(Dialect::Framed, "Hello"));
    server.prompt();
    server.enter("play tictactoe");
    peer.receive_text();
    // It sends back what it receives, as an echo does.
    for _ in 0..49 {
        peer.send(&encoded(Dialect::Framed, "That is not a move."));
        assert!(peer.receive_text().starts_with("That isn't a move"));
    }
    peer.send(&encoded(Dialect::Framed, "That is not a move."));
    server.wait_for("The client's program has sent 50 messages that are not legal moves");
    server.wait_for("You win: the client gave up. Back to chat.");
    server.prompt();
    server.enter("Well");
    assert!(peer.receive_text().starts_with("Well\n"));
}
