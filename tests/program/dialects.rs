//! Every dialect as client and as server, with partners in Python, through `nc`, and by bare bytes.

use crate::support::{Program, Running, Socket, frame, hello};

/// The Python partner; its output is one heard message a line, as JSON.
fn python(arguments: &[&str]) -> Running {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/program/peers/peer.py");
    crate::support::python(script).args(arguments).start()
}

fn python_chats_as_client(wire: &str) {
    let (mut server, port) = Program::server().start().listening();
    let peer = python(&[wire, "connect", &port.to_string(), "Hello", "Grüße", "/q"]);
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("How are you?");
    server.wait_for("Grüße\n");
    server.prompt();
    server.enter("Bye");
    let (server, peer) = (server.finish(), peer.finish());
    assert!(
        server
            .stdout
            .ends_with("Enter Input >Bye\n/q\nClient has requested shutdown. Shutting down!\n")
    );
    assert_eq!(server.code, Some(0));
    assert_eq!(peer.stdout, "\"How are you?\"\n\"Bye\"\nclosed\n");
}

fn python_chats_as_server(wire: &str) {
    let mut peer = python(&[wire, "listen", "0", "How are you?", "Bye"]);
    let port = peer.wait_for("\n").trim().parse().unwrap();
    let mut client = Program::client(port).args(["--wire", wire]).start();
    client.prompt();
    client.enter("Hello");
    client.wait_for("How are you?\n");
    client.prompt();
    client.enter("Fine");
    client.wait_for("Bye\n");
    client.prompt();
    client.enter("/q");
    let (client, peer) = (client.finish(), peer.finish());
    assert_eq!(client.code, Some(0));
    assert!(
        peer.stdout.ends_with("\"Hello\"\n\"Fine\"\n\"/q\"\n"),
        "{peer:?}"
    );
}

#[test]
fn a_framed_program_chats_as_client() {
    python_chats_as_client("framed");
}

#[test]
fn a_framed_program_chats_as_server() {
    python_chats_as_server("framed");
}

#[test]
fn a_raw_program_chats_as_client() {
    python_chats_as_client("raw");
}

#[test]
fn a_raw_program_chats_as_server() {
    python_chats_as_server("raw");
}

#[test]
fn a_framed_program_plays_a_game_to_its_end() {
    let (mut server, port) = Program::server().start().listening();
    let moves = ["play tictactoe", "4", "5", "1"];
    let peer = python(&[&["framed", "connect", &port.to_string()], &moves[..]].concat());
    for reply in ["1", "2", "3", "well played"] {
        server.prompt();
        server.enter(reply);
        if reply == "3" {
            break;
        }
    }
    // 1, 2 and 3 win for the server, whose board shows it.
    server.wait_for("You win!");
    server.prompt();
    server.enter("Again?");
    let (server, peer) = (server.finish(), peer.finish());
    let heard: Vec<&str> = peer.stdout.lines().collect();
    // The first line is the move, as a program reads it; the rest is for a person to look at.
    assert!(
        heard[0].starts_with("\"1\\ntictactoe: you are O"),
        "{heard:?}"
    );
    assert!(heard[1].starts_with("\"2\\n     a   b   c\\n"), "{heard:?}");
    assert!(heard[2].starts_with("\"3\\n"), "{heard:?}");
    assert!(heard[2].contains("You lose: the server wins."), "{heard:?}");
    assert_eq!(heard[3], "\"Again?\"");
    assert_eq!(server.code, Some(0), "to such a peer, a close is a goodbye");
    let end = "The client has closed the connection.\n";
    assert!(server.stdout.ends_with(end), "{}", server.stdout);
}

#[test]
fn tictalk_programs_understand_each_other_in_every_dialect() {
    for wire in ["tictalk", "framed", "raw"] {
        let (mut server, port) = Program::server().start().listening();
        let mut client = Program::client(port).args(["--wire", wire]).start();
        client.prompt();
        client.enter("play tictactoe");
        let moves = ["5", "1", "3", "2", "7"];
        for (at, words) in moves.iter().enumerate() {
            let side = if at % 2 == 0 {
                &mut server
            } else {
                &mut client
            };
            side.prompt();
            side.enter(words);
        }
        server.wait_for("You win!");
        client.wait_for("You lose: the server wins.");
        client.prompt();
        client.enter("good game");
        server.wait_for("good game\n");
        server.prompt();
        server.enter("/q");
        let (client, server) = (client.finish(), server.finish());
        assert_eq!((client.code, server.code), (Some(0), Some(0)), "{wire}");
        assert!(
            client
                .stdout
                .ends_with("Server has requested shutdown. Shutting down!\n")
        );
    }
}

#[test]
fn raw_messages_end_as_the_peers_do_and_q_is_two_bytes() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"no newline");
    server.prompt();
    server.enter("one");
    assert_eq!(peer.receive(3), b"one");
    peer.send(b"a newline\r\n");
    server.wait_for("a newline\n");
    server.prompt();
    server.enter("two");
    assert_eq!(peer.receive(4), b"two\n");
    peer.send(b"bye\n");
    server.prompt();
    server.enter("/q");
    assert_eq!(peer.receive_rest(), b"/q");
    drop(peer);
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn a_script_can_be_piped_into_nc() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"\n\nHello\n/q\n");
    server.wait_for("message...\nHello\n");
    server.wait_for("/q\nClient has requested shutdown. Shutting down!\n");
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn a_raw_message_may_come_in_pieces_and_is_one() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"piece ");
    peer.send(b"by ");
    peer.send(b"piece\n");
    server.wait_for("piece by piece\n");
    server.prompt();
    server.enter("one message");
    assert_eq!(peer.receive_until("\n"), "one message\n");
}

#[test]
fn a_raw_servers_banner_is_shown_and_costs_no_turn() {
    let (listener, port) = Socket::listen();
    let mut client = Program::client(port).args(["--wire", "raw"]).start();
    let mut server = Socket::accept(&listener);
    client.prompt();
    server.send(b"Welcome to the chat!\n");
    client.wait_for("Welcome to the chat!\n");
    client.prompt();
    client.enter("Hello");
    assert_eq!(server.receive_until("\n"), "Hello\n");
    server.send(b"Hi\n");
    client.wait_for("Hi\n");
    client.prompt();
}

#[test]
fn a_person_at_nc_can_play_with_nothing_but_nc() {
    let (mut server, port) = Program::server().start().listening();
    let mut nc = Socket::connect(port);
    nc.send(b"Hi\n");
    server.prompt();
    server.enter("play tictactoe");
    let start = nc.receive_until("gives up.");
    assert!(
        start.starts_with("play tictactoe\ntictactoe: you are X and move first.\n"),
        "{start}"
    );
    assert!(
        start.contains(" 1 | 1 | 2 | 3 |"),
        "the board is there: {start}"
    );
    // A line that breaks a rule is answered with the reason, and nc keeps the turn.
    for (wrong, reason) in [
        ("hello\n", "That isn't a move, and chat has to wait until"),
        ("10\n", "There is no square 10."),
        ("play tictactoe\n", "A game is running."),
        ("  \n", "A blank line is not a message."),
    ] {
        nc.send(wrong.as_bytes());
        let answer = nc.receive_until("| 9 |\n   +---+---+---+\n");
        assert!(answer.starts_with(reason), "{answer}");
    }
    nc.send(b"/help\n");
    let help = nc.receive_until("/q         leave; both programs end\n");
    assert!(
        help.starts_with("Anything else must be a move. A move is 1 to 9, or a1 to c3.\n"),
        "{help}"
    );
    assert!(help.contains("/resign"), "{help}");
    nc.send(b"b2\n");
    server.wait_for("5\n");
    server.wait_for("[X]");
    server.prompt();
    server.enter("1");
    let answer = nc.receive_until("| 9 |\n   +---+---+---+\n");
    assert!(answer.starts_with("1\n     a   b   c\n"), "{answer}");
    assert!(answer.contains("|[O]| 2 | 3 |"), "{answer}");
    nc.send(b"2\n");
    server.prompt();
    server.enter("3");
    nc.receive_until("| 9 |\n   +---+---+---+\n");
    nc.send(b"8\n");
    server.wait_for("You lose: the client wins.");
    server.prompt();
    server.enter("Well played");
    // The winner hears of it with what is said next, so that turns still alternate.
    let last = nc.receive_until("to chat.\n");
    assert!(last.starts_with("Well played\n"), "{last}");
    assert!(last.contains("*X*") && last.contains("You win!"), "{last}");
    nc.send(b"/q\n");
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn bytes_that_are_no_utf8_are_shown_as_such() {
    for bytes in [b"\x00\x00\x00\x03a\xffb".as_slice(), b"a\xffb"] {
        let (mut server, port) = Program::server().start().listening();
        let mut peer = Socket::connect(port);
        peer.send(bytes);
        server.wait_for("a\u{fffd}b\n");
        server.prompt();
    }
}

#[test]
fn two_frames_at_once_are_two_turns() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&[frame("one"), frame("two")].concat());
    server.wait_for("one\n");
    server.prompt();
    assert!(!server.output().contains("two"), "held until its turn");
    server.enter("reply to one");
    server.wait_for("two\n");
    server.prompt();
    assert_eq!(peer.receive_text(), "reply to one");
}

#[test]
fn a_frame_may_come_byte_by_byte() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    for byte in [hello(), frame("slowly")].concat() {
        peer.send(&[byte]);
    }
    server.wait_for("slowly\n");
    server.prompt();
}

#[test]
fn the_greeting_tells_names_and_mode() {
    let (_server, port) = Program::server()
        .args(["--name", "bob"])
        .start()
        .listening();
    let mut peer = Socket::connect(port);
    peer.send(&hello());
    let (kind, welcome) = peer.receive_frame();
    assert_eq!(kind, 1);
    assert!(
        welcome
            .starts_with(r#"{"type":"welcome","version":2,"name":"bob","mode":"pair","session":""#)
            && welcome.contains(r#"","turns":0,"digest":""#),
        "{welcome}"
    );
}

#[test]
fn fields_and_types_of_a_later_version_are_let_pass() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&crate::support::control(
        r#"{"type":"hello","version":2,"name":"ann","mood":{"a":[1,2]}}"#,
    ));
    peer.receive_frame();
    peer.send(&crate::support::control(
        r#"{"type":"sparkle","much":true}"#,
    ));
    peer.send(&frame("Hello"));
    server.wait_for("Hello\n");
    server.prompt();
}
