//! Programs of other people as partners, and how they end.

use crate::support::{Program, Running, Socket, frame};

/// A server that has answered a partner that we play, who now has the turn.
fn answered(first: &[u8]) -> (Running, Socket) {
    let (mut server, port) = Program::server().start().listening();
    let mut partner = Socket::connect(port);
    partner.send(first);
    server.prompt();
    server.enter("Hi");
    partner.receive_until("Hi");
    (server, partner)
}

#[test]
fn an_empty_message_of_a_framed_partner_is_a_turn() {
    let (mut server, mut partner) = answered(&frame("Hello"));
    partner.send(&frame(""));
    server.wait_for("(an empty line)\n");
    server.prompt();
    server.enter("Are you asleep?");
    partner.receive_until("Are you asleep?");
}

#[test]
fn a_partner_that_closes_has_left() {
    for first in [&b"Hello\n"[..], &frame("Hello")] {
        let (server, partner) = answered(first);
        drop(partner);
        let server = server.finish();
        assert_eq!(server.code, Some(0), "{server:?}");
        assert_eq!(server.stderr, "");
        let end = "The client has closed the connection.\n";
        assert!(server.stdout.ends_with(end), "{}", server.stdout);
    }
}

#[cfg(unix)]
#[test]
fn last_words_before_a_reset_are_shown() {
    let (server, mut partner) = answered(b"Hello\n");
    partner.send(b"last words");
    partner.reset();
    let server = server.finish();
    assert_eq!(server.code, Some(0), "{server:?}");
    assert!(server.stdout.contains("last words\n"), "{}", server.stdout);
    let (server, mut partner) = answered(b"Hello\n");
    partner.send(b"/q");
    partner.reset();
    let server = server.finish();
    assert_eq!(server.code, Some(0), "{server:?}");
    let end = "Client has requested shutdown. Shutting down!\n";
    assert!(server.stdout.ends_with(end), "{}", server.stdout);
}

#[test]
fn a_command_that_only_the_partners_program_knows_is_sent_as_typed() {
    let (mut server, mut partner) = answered(b"Hello\n");
    for line in ["play blackjack", "/hangman"] {
        partner.send(b"Well?\n");
        server.wait_for("Well?\n");
        server.prompt();
        server.enter(line);
        assert_eq!(partner.receive_until("\n"), format!("{line}\n"));
    }
}

#[test]
fn a_proposal_of_theirs_that_is_refused_is_shown_here() {
    let (mut server, mut partner) = answered(b"Hello\n");
    partner.send(b"play rps\n");
    partner.receive_until("rps keeps secrets");
    server.wait_for("play rps\n");
    server.wait_for("Your partner was told: rps keeps secrets");
}

#[test]
fn quit_leaves_as_q_does() {
    let (mut server, mut partner) = answered(b"Hello\n");
    partner.send(b"More\n");
    server.wait_for("More\n");
    server.prompt();
    server.enter("/quit");
    assert_eq!(partner.receive_rest(), b"/q");
    drop(partner);
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn a_bot_outlives_a_visitor_that_says_something_and_hangs_up() {
    let (mut bot, port) = Program::bot().start().listening();
    for _ in 0..20 {
        let mut visitor = Socket::connect(port);
        visitor.send(b"Hello\n");
        visitor
            .stream()
            .shutdown(std::net::Shutdown::Write)
            .unwrap();
        visitor.receive_rest();
    }
    let mut nc = Socket::connect(port);
    nc.send(b"Hello\n");
    nc.receive_until("I only play games.");
    bot.wait_for("Still listening.");
}

#[test]
fn a_bot_cannot_be_held_by_a_partner_that_says_nothing() {
    let (mut bot, port) = Program::bot().args(["--idle", "1"]).start().listening();
    let mut silent = Socket::connect(port);
    silent.send(b"Hello\n");
    silent.receive_until("I only play games.");
    assert!(silent.receive_rest().ends_with(b"/q"));
    drop(silent);
    bot.wait_for("The partner has been silent for too long.\n");
    bot.wait_for(" is over. Still listening.\n");
    let mut next = Socket::connect(port);
    next.send(b"Hello\n");
    next.receive_until("I only play games.");
}

/// Nothing but the clock tells that a program has stopped.
#[cfg(unix)]
#[test]
fn a_partner_that_does_not_answer_is_missed_and_found_again() {
    use nix::sys::signal::Signal;
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.enter("Hello");
    server.prompt();
    client.signal(Signal::SIGSTOP);
    server.wait_for_error("Connection to the client lost");
    client.signal(Signal::SIGCONT);
    server.wait_for_error("Reconnected.");
    server.enter("There you are");
    client.wait_for("There you are\n");
}
