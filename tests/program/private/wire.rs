//! What passes over a private line, and what becomes of it when somebody on the way changes it.

use super::{code_of, private_client, private_server};
use crate::support::{Cable, Disturbance, Finished, Program, Running, Socket, Way, new_folder};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// Words and names that nobody else may read.
const SECRETS: [&str; 6] = [
    "Hello",
    "Goodbye",
    "Annabel",
    "Balthasar",
    "hello",
    "comments",
];

/// A session over `cable`, up to the goodbye of the client. Returns the server's output.
fn talk(server: &mut Running, cable: &Cable, code: &str) -> Finished {
    let mut client = Program::client(cable.port())
        .args(["--private", "--name", "Annabel"])
        .env("TICTALK_CODE", code)
        .start();
    client.enter("Hello");
    if client.says("Connected to: ") {
        server.wait_for("Hello\n");
        server.prompt();
        server.enter("Goodbye");
        client.wait_for("Goodbye\n");
        client.enter("/q");
    }
    client.finish()
}

/// A recorded session: what went each way.
fn recorded() -> [Vec<u8>; 2] {
    let (mut server, port, code) = private_server(&["--name", "Balthasar"]);
    let cable = Cable::to(port);
    let client = talk(&mut server, &cable, &code);
    assert_eq!(client.code, Some(0), "{client:?}");
    assert_eq!(server.finish().code, Some(0));
    [Way::ToServer, Way::ToClient].map(|way| cable.recorded(way))
}

#[test]
fn nothing_that_passes_can_be_read_or_is_said_twice() {
    let sessions = [recorded(), recorded()];
    for bytes in sessions.iter().flatten() {
        for secret in SECRETS {
            let found = bytes
                .windows(secret.len())
                .any(|at| at == secret.as_bytes());
            assert!(!found, "{secret} passes");
        }
    }
    // The first messages have the same length. Their random bytes come at once, after the header.
    let [first, second] = sessions;
    for (one, other) in first.iter().zip(&second) {
        assert_eq!(one[..4], other[..4]);
        let same = one[4..20].iter().zip(&other[4..20]).filter(|(a, b)| a == b);
        assert!(same.count() < 8);
        let windows = one[4..].windows(8);
        for repeated in windows.filter(|at| !at.starts_with(&[2, 0])) {
            assert!(!other.windows(8).any(|at| at == repeated));
        }
    }
}

#[test]
fn a_replayed_recording_is_refused() {
    let (mut server, port, code) = private_server(&["--keep"]);
    let cable = Cable::to(port);
    assert_eq!(talk(&mut server, &cable, &code).code, Some(0));
    let next = code_of(&mut server, "Code: ");
    // The same again, from the first byte on, to the same server.
    let mut replay = Socket::connect(port);
    replay.send(&cable.recorded(Way::ToServer));
    replay.receive_rest();
    server.wait_for(" entered a wrong code, which is burnt now.\n");
    let newest = code_of(&mut server, "New code: ");
    assert_ne!(newest, next);
    // And to a client: it burns its code, since it cannot know who has answered.
    let (listener, port) = Socket::listen();
    let answers = cable.recorded(Way::ToClient);
    let replayed = thread::spawn(move || {
        let mut client = Socket::accept(&listener);
        client.send(&answers);
        client.receive_rest()
    });
    let client = private_client(port, &newest).run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(
        client.stderr.contains("did not confirm the code"),
        "{client:?}"
    );
    replayed.join().unwrap();
}

#[test]
fn a_refusal_after_the_answer_burns_the_code_of_the_client() {
    let offer = recorded()[1][..4 + 50].to_vec();
    for refusal in [&[1][..], &[2], &[3], &[5, 0, 1], &[6], &[9]] {
        let (listener, port) = Socket::listen();
        let mut script = offer.clone();
        script.extend([2, 0, 0, refusal.len() as u8]);
        script.extend(refusal);
        let server = thread::spawn(move || {
            let mut client = Socket::accept(&listener);
            client.send(&script);
            client.receive_rest()
        });
        let client = private_client(port, "acid-mango-zebra").run();
        assert_eq!(client.code, Some(1), "{refusal:?}: {client:?}");
        let burnt = "did not confirm the code, which is burnt now";
        assert!(client.stderr.contains(burnt), "{refusal:?}: {client:?}");
        server.join().unwrap();
    }
}

/// Disturbs a session once, in each way after every `step`th byte. However it is disturbed, all is said
/// once in the end, and nothing else.
fn disturb(how: Disturbance, step: usize) {
    let lengths = recorded().map(|bytes| bytes.len());
    let cases: Vec<(Way, usize)> = [Way::ToServer, Way::ToClient]
        .into_iter()
        .zip(lengths)
        .flat_map(|(way, length)| (0..length).step_by(step).map(move |at| (way, at)))
        .collect();
    assert!(cases.len() > 30, "{} cases", cases.len());
    let next = AtomicUsize::new(0);
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while let Some((way, at)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    disturbed_once(how, *way, *at);
                }
            });
        }
    });
}

fn disturbed_once(how: Disturbance, way: Way, at: usize) {
    let what = format!("{how:?} {way:?} at {at}");
    let (ours, theirs) = (new_folder(), new_folder());
    let options = ["--keep", "--data", theirs.to_str().unwrap()];
    let (mut server, port, code) = private_server(&options);
    let cable = Cable::disturbed(port, way, at, how);
    let mut said = false;
    // A code that was used in a connection that was disturbed is burnt. The next one works.
    let mut used = vec![code];
    for _ in 0..5 {
        let mut client = Program::client(cable.port())
            .args(["--private", "--wait", "5"])
            .data(&ours)
            .env("TICTALK_CODE", used.last().unwrap())
            .start();
        client.feed("Hello\n");
        if client.says("Connected to: ") {
            server.wait_for("Hello\n");
            said = true;
            drop(client);
            break;
        }
        let client = client.finish();
        assert_eq!(client.code, Some(1), "{what}: {client:?}");
        assert_eq!(client.stderr.lines().count(), 1, "{what}: {client:?}");
        // Whether the code is burnt at the server too, only the next try tells.
        let shown = server.output();
        let newest = shown
            .lines()
            .filter_map(|line| line.split_once("ode: "))
            .next_back();
        let newest = newest.map(|(_, code)| code.to_owned()).unwrap();
        if !used.contains(&newest) {
            used.push(newest);
        } else if client.stderr.contains("the code is wrong") {
            let fresh = loop {
                let code = code_of(&mut server, "ode: ");
                if !used.contains(&code) {
                    break code;
                }
            };
            used.push(fresh);
        }
    }
    assert!(said, "{what}: {}", server.output());
    let output = server.output();
    assert_eq!(output.matches("Hello\n").count(), 1, "{what}: {output}");
}

#[test]
fn a_changed_byte_loses_nothing() {
    disturb(Disturbance::Flip, 11);
}

#[test]
fn a_cut_loses_nothing() {
    disturb(Disturbance::Cut, 11);
}

#[test]
fn a_repeated_byte_loses_nothing() {
    disturb(Disturbance::Repeat, 13);
}
