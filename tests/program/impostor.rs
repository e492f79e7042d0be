//! A program that takes the port of a server that died, or poses as a client: it learns nothing
//! that lets it into the session, and neither end believes it.

use crate::support::{Program, Resuming, Running, Socket, control, frame, hello, new_folder};
use tictalk::journal::Journal;
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::{Prover, Ticket};

const SECRET: [u8; 16] = [0x5e; 16];

/// A client in a session with a server that the test plays: `Hello`, `Hi`, and it is the client's
/// turn.
fn client_of_ours() -> (Running, std::net::TcpListener, TurnLog) {
    let (listener, port) = Socket::listen();
    let mut client = Program::client(port).args(["--name", "ann"]).start();
    let mut server = Socket::accept(&listener);
    server.receive_frame();
    let mut log = TurnLog::new(Ticket::new(SECRET));
    server.send(&welcome(&log));
    client.prompt();
    client.enter("Hello");
    assert_eq!(server.receive_text(), "Hello");
    server.send(&frame("Hi"));
    for (by, text) in [(Role::Client, "Hello"), (Role::Server, "Hi")] {
        let text = text.to_owned();
        log.add(Turn { by, text });
    }
    client.wait_for("Hi\n");
    client.prompt();
    // Dead.
    server.reset();
    (client, listener, log)
}

fn welcome(log: &TurnLog) -> Vec<u8> {
    let standing = log.standing();
    let (ticket, digest) = (
        String::from(standing.session),
        String::from(standing.digest),
    );
    control(&format!(
        r#"{{"type":"welcome","version":2,"mode":"pair","session":"{ticket}","turns":{},"digest":"{digest}"}}"#,
        standing.turns
    ))
}

fn refusal(reason: &str) -> Vec<u8> {
    control(&format!(
        r#"{{"type":"refuse","reason":"{reason}","message":"Believe me."}}"#
    ))
}

#[test]
fn a_client_tells_an_impostor_neither_its_ticket_nor_its_proof() {
    let (mut client, listener, log) = client_of_ours();
    let ticket = Ticket::new(SECRET);
    let digest = String::from(log.standing().digest);
    let lies = [
        // The data of the hello, echoed.
        welcome(&log),
        refusal("ended"),
        refusal("diverged"),
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        frame("Hello, I am the server."),
        control(&format!(
            r#"{{"type":"challenge","nonce":"{}","proof":"{digest}"}}"#,
            "00".repeat(16)
        )),
    ];
    for lie in lies {
        let mut impostor = Socket::accept(&listener);
        let (_, hello) = impostor.receive_frame();
        assert!(!hello.contains(&String::from(ticket)), "{hello}");
        impostor.send(&lie);
        let said = impostor.receive_rest();
        assert_eq!(String::from_utf8_lossy(&said), "", "{lie:?}");
    }
    // The real one returns, and the session continues.
    let mut server = Socket::accept(&listener);
    let resuming = Resuming::read(&mut server, ticket);
    resuming.challenge(&mut server);
    assert!(resuming.is_proved_by(&mut server));
    server.send(&welcome(&log));
    client.enter("Here you are");
    assert_eq!(server.receive_text(), "Here you are");
}

#[test]
fn a_proof_is_for_one_connection_and_one_end() {
    let (_client, listener, _) = client_of_ours();
    let ticket = Ticket::new(SECRET);
    let mut server = Socket::accept(&listener);
    let first = Resuming::read(&mut server, ticket);
    drop(server);
    let mut impostor = Socket::accept(&listener);
    let second = Resuming::read(&mut impostor, ticket);
    // The proof of the server on the first connection, and that of the client.
    let proofs = [
        first.exchange().proof(Prover::Server),
        second.exchange().proof(Prover::Client),
    ];
    for proof in proofs {
        second.challenge_with(&mut impostor, proof);
        let said = impostor.receive_rest();
        assert_eq!(String::from_utf8_lossy(&said), "");
        impostor = Socket::accept(&listener);
        Resuming::read(&mut impostor, ticket);
    }
}

#[test]
fn a_session_is_not_resumed_at_an_impostors() {
    let folder = new_folder();
    let data = folder.to_str().unwrap();
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).data(data).start();
    client.enter("Hello");
    server.prompt();
    drop((client, server));
    let listener = std::net::TcpListener::bind(("127.0.0.1", port)).unwrap();
    let client = Program::client(port).data(data).args(["--resume"]).start();
    let mut impostor = Socket::accept(&listener);
    impostor.receive_frame();
    impostor.send(&refusal("ended"));
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        format!(
            "tictalk: the program at localhost:{port} is not the server of this session: it could not \
             prove that it knows the session; try again with --resume when the server runs again\n"
        )
    );
    let journal = Journal::open(&folder).unwrap();
    assert_eq!(journal.sessions().unwrap()[0].ended, None);
}

/// A server in a session with a client that the test plays, and its port: `Hello` was said.
fn server_of_ours(options: &[&str]) -> (Running, u16, TurnLog) {
    let (mut server, port) = Program::server().args(options).start().listening();
    let mut client = Socket::connect(port);
    client.send(&hello());
    let mut log = TurnLog::new(client.receive_ticket());
    client.send(&frame("Hello"));
    server.wait_for("Hello\n");
    server.prompt();
    let text = "Hello".to_owned();
    let by = Role::Client;
    log.add(Turn { by, text });
    client.reset();
    server.wait_for_error("Connection to the client lost");
    (server, port, log)
}

#[test]
fn a_server_takes_nobody_for_its_client_who_does_not_prove_it() {
    let (server, port, log) = server_of_ours(&[]);
    let mut eavesdropped = None;
    for lie in 0..3 {
        let mut impostor = Socket::connect(port);
        let resuming = Resuming::send(&mut impostor, log.standing());
        let resuming = resuming.challenged(&mut impostor).expect("a challenge");
        let exchange = resuming.exchange();
        let proof = match lie {
            0 => exchange.proof(Prover::Server),
            1 => {
                eavesdropped = Some(exchange.proof(Prover::Client));
                continue;
            }
            _ => eavesdropped.take().unwrap(),
        };
        resuming.prove_with(&mut impostor, proof);
        let (_, answer) = impostor.receive_frame();
        assert!(answer.contains(r#""reason":"unknown""#), "{answer}");
    }
    let mut client = Socket::connect(port);
    let resuming = Resuming::send(&mut client, log.standing());
    let resuming = resuming.challenged(&mut client).expect("a challenge");
    resuming.prove_with(&mut client, resuming.exchange().proof(Prover::Client));
    let (_, answer) = client.receive_frame();
    assert!(answer.contains(r#""type":"welcome""#), "{answer}");
    server.wait_for_error("Reconnected.");
}

#[cfg(unix)]
#[test]
fn a_ticket_is_known_to_a_server_that_was_killed_before_anything_was_said() {
    let folder = new_folder();
    let data = ["--data", folder.to_str().unwrap()];
    let (server, port) = Program::server().args(data).start().listening();
    let mut client = Socket::connect(port);
    client.send(&hello());
    let log = TurnLog::new(client.receive_ticket());
    drop((client, server));
    let (mut server, port) = Program::server().args(data).start().listening();
    let mut client = Socket::connect(port);
    let resuming = Resuming::send(&mut client, log.standing());
    let resuming = resuming.challenged(&mut client).expect("a challenge");
    resuming.prove_with(&mut client, resuming.exchange().proof(Prover::Client));
    let (_, answer) = client.receive_frame();
    assert!(answer.contains(r#""type":"welcome""#), "{answer}");
    client.send(&frame("Hello"));
    server.wait_for("Hello\n");
}

#[test]
fn a_session_of_the_first_handshake_is_resumed() {
    let (ours, theirs) = (new_folder(), new_folder());
    let paths = [&ours, &theirs].map(|folder| folder.to_str().unwrap());
    let (mut server, port) = Program::server().data(paths[1]).start().listening();
    let mut client = Program::client(port).data(paths[0]).start();
    client.enter("Hello");
    server.prompt();
    drop((client, server));
    for folder in [&ours, &theirs] {
        let journal = rusqlite::Connection::open(folder.join("journal.db")).unwrap();
        let older =
            "DROP TABLE promised; DROP TABLE tickets; DROP TABLE deletions; DROP TABLE states;
             DROP TABLE comment_words; DROP TABLE comments; DROP INDEX sanctions;
             DROP TABLE tables; DROP INDEX results; DROP TABLE partners; DROP TABLE servers;
             ALTER TABLE sessions DROP COLUMN line; ALTER TABLE rooms DROP COLUMN line;
             ALTER TABLE rooms DROP COLUMN code; ALTER TABLE rooms DROP COLUMN cluster;
             ALTER TABLE posts DROP COLUMN input;
             PRAGMA user_version = 5";
        journal.execute_batch(older).unwrap();
    }
    let (mut server, port_now) = Program::server().data(paths[1]).start().listening();
    let journal = rusqlite::Connection::open(ours.join("journal.db")).unwrap();
    let moved = "UPDATE sessions SET port = ?";
    journal.execute(moved, [port_now]).unwrap();
    drop(journal);
    let mut client = Program::client(port_now)
        .data(paths[0])
        .args(["--resume"])
        .start();
    server.prompt();
    server.enter("Hi");
    client.wait_for("Hi\n");
}
