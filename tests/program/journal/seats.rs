//! The seat that a server keeps for the client that knows the ticket.

use super::{Folder, pair_that_has_begun};
use crate::support::{Program, Resuming, Socket, control, frame, hello};
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::{Digest, Prover, Standing, Ticket};

/// The answer of a server to this greeting: the type and the reason of the frame.
fn answer(port: u16, greeting: &[u8]) -> String {
    let mut socket = Socket::connect(port);
    socket.send(greeting);
    let (kind, json) = socket.receive_frame();
    assert_eq!(kind, 1, "{json}");
    type_and_reason(&serde_json::from_str(&json).unwrap())
}

fn type_and_reason(json: &serde_json::Value) -> String {
    format!("{} {}", json["type"], json["reason"]).replace('"', "")
}

/// The answer of a server to a client with this standing that knows the ticket.
fn resume(port: u16, standing: &Standing) -> String {
    let mut socket = Socket::connect(port);
    match Resuming::send(&mut socket, standing).challenged(&mut socket) {
        Ok(resuming) => {
            let proof = resuming.exchange().proof(Prover::Client);
            resuming.prove_with(&mut socket, proof);
            let (_, json) = socket.receive_frame();
            type_and_reason(&serde_json::from_str(&json).unwrap())
        }
        Err(json) => type_and_reason(&json),
    }
}

fn standing(session: Ticket, turns: u64) -> Standing {
    Standing {
        session,
        turns,
        digest: Digest::new([0; 32]),
    }
}

#[test]
fn a_seat_is_kept_for_whoever_has_its_ticket() {
    let (mut server, port) = Program::server().start().listening();
    let mut partner = Socket::connect(port);
    partner.send(&hello());
    let ticket = partner.receive_ticket();
    partner.send(&frame("Hello"));
    server.prompt();
    drop(partner);
    server.wait_for_error("Connection to the client lost");
    let other = Ticket::new([0xab; 16]);
    assert_eq!(answer(port, &hello()), "refuse busy");
    assert_eq!(resume(port, &standing(other, 1)), "refuse busy");
    assert_eq!(resume(port, &standing(ticket, 1)), "refuse diverged");
    let mut log = TurnLog::new(ticket);
    log.add(Turn {
        by: Role::Client,
        text: "Hello".to_owned(),
    });
    assert_eq!(resume(port, log.standing()), "welcome null");
    server.wait_for_error("Reconnected.");
}

#[test]
fn a_server_with_another_standing_is_refused() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).start();
    let mut server = Socket::accept(&listener);
    server.receive_frame();
    let (ticket, digest) = ("ab".repeat(16), "00".repeat(32));
    server.send(&control(&format!(
        r#"{{"type":"welcome","version":2,"mode":"pair","session":"{ticket}","turns":5,"digest":"{digest}"}}"#
    )));
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert!(
        lost.stderr
            .contains("the server answered the greeting with something else"),
        "{}",
        lost.stderr
    );
}

#[test]
fn a_session_that_is_not_known_or_is_over_is_not_resumed() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, client, port) = pair_that_has_begun(&theirs, &ours);
    drop(client);
    server.wait_for_error("Connection to the client lost");
    // The server's person leaves, and the server's journal says so by a hand of ours: the goodbye
    // was lost.
    drop(server);
    let over = "UPDATE sessions SET ended = 1, ended_by = 'server'";
    assert_eq!(theirs.database().execute(over, []).unwrap(), 1);
    let port_text = port.to_string();
    let server = Program::new()
        .args(["server", "--port", &port_text])
        .data(theirs.path())
        .start();
    let resume_it = || {
        Program::client(port)
            .data(ours.path())
            .args(["--resume", "--wait", "30"])
            .run()
    };
    let lost = resume_it();
    assert_eq!(
        lost.stderr,
        "tictalk: this session is over: It ended with /q. Start a new one without --resume.\n"
    );
    assert!(ours.sessions()[0].ended.is_some());
    let lost = resume_it();
    assert!(
        lost.stderr.contains("no unfinished session with localhost"),
        "{}",
        lost.stderr
    );
    let other = Ticket::new([0xab; 16]);
    assert_eq!(resume(port, &standing(other, 5)), "refuse unknown");
    drop(server);
}
