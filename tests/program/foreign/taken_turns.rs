//! A way out when both sides wait: `/turn`.

use crate::support::{Program, Socket};

#[cfg(unix)]
#[test]
fn a_turn_can_be_taken_from_a_program_that_waits() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello");
    server.prompt();
    server.enter("How are you?");
    peer.receive_until("you?");
    server.wait_for("The client's turn ...");
    server.press("/turn\r");
    server.prompt();
    server.enter("Are you there?");
    peer.receive_until("there?");
    // Both answers come at once now, and the session goes on.
    peer.send(b"Fine, thanks");
    server.wait_for("Fine, thanks");
    server.prompt();
    server.enter("/turn");
    server.wait_for("It is your turn already");
}

#[cfg(unix)]
#[test]
fn a_silent_partner_is_pointed_out_after_a_while() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello");
    server.prompt();
    server.enter("How are you?");
    server.wait_for("/turn takes the turn.");
    server.wait_for("The client's turn ...");
}

#[cfg(unix)]
#[test]
fn a_client_that_waits_for_a_banner_gets_one() {
    let (mut server, port) = Program::server().on_screen().listening();
    let mut peer = Socket::connect(port);
    server.wait_for("has not said anything. Its program may wait for you to speak first.");
    server.wait_for("Type /turn to speak first:");
    server.press("/turn\r");
    server.prompt();
    server.enter("Welcome!");
    assert_eq!(peer.receive(8), b"Welcome!");
    peer.send(b"Thank you");
    server.wait_for("Thank you");
    server.prompt();
}

#[cfg(unix)]
#[test]
fn the_turn_cannot_be_taken_from_tictalk_or_in_a_game() {
    let (server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    // The receipt interrupts the line editor.
    client.wait_for("Hello ✓");
    client.wait_for("The server's turn ...");
    client.press("/turn\r");
    client.wait_for("/turn works only with a partner that does not use tictalk.");
    drop((client, server));
    let (mut server, port) = Program::server().on_screen().listening();
    let mut peer = Socket::connect(port);
    peer.send(b"Hello");
    server.prompt();
    server.enter("play tictactoe");
    server.wait_for("The client's turn ...");
    server.press("/turn\r");
    server.wait_for("A game is running: only your partner can make the next move.");
}
