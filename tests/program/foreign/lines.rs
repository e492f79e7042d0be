//! Programs that read lines: one line is one turn.

use crate::support::{Program, Socket};

#[test]
fn a_program_that_reads_lines_chats_and_plays_as_client() {
    let server = Program::server().args(["--wire", "lines"]);
    let (mut server, port) = server.start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello\n");
    server.wait_for("message...\nHello\n");
    server.prompt();
    server.enter("play tictactoe");
    let start = peer.receive_until("\n");
    assert_eq!(
        start,
        "play tictactoe | tictactoe: you are X and move first. | \
         A move is 1 to 9, or a1 to c3. /board shows the board, /resign gives up. | \
         Free: 1, 2, 3, 4, 5, 6, 7, 8, 9; your move.\n"
    );
    peer.send(b"hello\r\n");
    let refusal = peer.receive_until("\n");
    assert!(refusal.starts_with("That isn't a move"), "{refusal}");
    assert!(refusal.ends_with("your move.\n"), "{refusal}");
    peer.send(b"5\r\n");
    server.prompt();
    server.enter("1");
    let answer = peer.receive_until("\n");
    assert!(answer.starts_with("1 | "), "{answer}");
    assert!(answer.ends_with("; your move.\n"), "{answer}");
    peer.send(b"/q\n");
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn an_empty_line_is_a_turn() {
    let server = Program::server().args(["--wire", "lines"]);
    let (mut server, port) = server.start().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"\n");
    server.wait_for("(an empty line)\n");
    server.prompt();
    server.enter("Are you there?");
    assert_eq!(peer.receive_until("\n"), "Are you there?\n");
}

#[test]
fn a_server_that_reads_lines_is_not_kept_waiting() {
    let (listener, port) = Socket::listen();
    let wire = ["--wire", "lines"];
    let mut client = Program::client(port).args(wire).start();
    let mut peer = Socket::accept(&listener);
    client.prompt();
    client.enter("Hello");
    assert_eq!(peer.receive_until("\n"), "Hello\n");
    peer.send(b"Hi\n");
    client.wait_for("Hi\n");
    client.prompt();
    client.enter("/q");
    assert_eq!(peer.receive_rest(), b"/q\n");
    drop(peer);
    assert_eq!(client.finish().code, Some(0));
}

#[test]
fn two_programs_of_this_kind_play_to_the_end() {
    let server = Program::server().args(["--wire", "lines"]);
    let (mut server, port) = server.start().listening();
    let mut client = Program::client(port).args(["--wire", "lines"]).start();
    client.prompt();
    client.enter("play tictactoe");
    for (at, square) in ["5", "1", "3", "2", "7"].iter().enumerate() {
        let side = if at % 2 == 0 {
            &mut server
        } else {
            &mut client
        };
        side.prompt();
        side.enter(square);
    }
    server.wait_for("You win!");
    client.wait_for("You lose: the server wins.");
}
