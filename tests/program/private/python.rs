//! A program that was written from the protocol alone, at both ends of a private line.

use super::pair::{check_of, other_than};
use super::{code_of, private_client, private_server};
use crate::support::{Cable, Finished, Program, Running, new_folder, python, skip};
use std::path::PathBuf;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/program/private")
}

/// A script of this folder; `None` without the package that seals its records.
fn script(name: &str) -> Option<Program> {
    let package = python("-c").args(["import cryptography"]).run();
    if package.code != Some(0) {
        skip("Python has no package `cryptography`");
        return None;
    }
    let script = python(folder().join(name).to_str().unwrap());
    Some(script.env("PYTHONDONTWRITEBYTECODE", "1"))
}

/// The words after this label.
fn shown(program: &mut Running, label: &str) -> String {
    program.wait_for(label);
    let words = program.wait_for("\n");
    words.trim().to_owned()
}

/// The check and the fingerprint that the script shows.
fn words_of(program: &mut Running) -> (String, String) {
    let words = shown(program, "private: check ");
    let (check, key) = words.split_once(", key ").unwrap();
    (check.to_owned(), key.to_owned())
}

fn assert_code(finished: &Finished, code: i32) {
    assert_eq!(finished.code, Some(code), "{finished:?}");
}

#[test]
fn the_script_agrees_with_the_published_vectors() {
    let Some(script) = script("vectors.py") else {
        return;
    };
    let checked = script.args(["check"]).run();
    assert_eq!(checked.stdout, "all vectors agree\n", "{checked:?}");
}

/// The core is checked against the same file.
#[test]
fn the_vectors_of_an_exchange_are_those_that_the_script_computes() {
    let Some(script) = script("vectors.py") else {
        return;
    };
    let computed = script.args(["exchange"]).run();
    let file = folder().join("../../core/private/exchange.json");
    assert_eq!(computed.stdout, std::fs::read_to_string(file).unwrap());
}

#[test]
fn a_python_client_plays_resumes_and_is_recognized() {
    let (ours, theirs) = (new_folder(), new_folder());
    std::fs::create_dir_all(&ours).unwrap();
    let file = ours.join("session.json");
    let options = ["--name", "bob", "--data", theirs.to_str().unwrap()];
    let client = |port: u16| {
        let client = script("partner.py")?;
        Some(client.args([
            "client",
            "127.0.0.1",
            &port.to_string(),
            file.to_str().unwrap(),
        ]))
    };
    let (mut server, port, code) = private_server(&options);
    let Some(first) = client(port) else { return };
    let mut first = first.env("TICTALK_CODE", &code).start();
    let (check, key) = words_of(&mut first);
    assert_eq!(check_of(&mut server), check);
    first.enter("play tictactoe");
    server.wait_for("play tictactoe\n");
    server.prompt();
    server.enter("5");
    first.wait_for("< 5\n");
    first.end_input();
    assert_code(&first.finish(), 3);
    server.wait_for_error("Connection to the client lost");

    // By the key, without a code.
    let mut again = client(port).unwrap().start();
    let (another, same) = words_of(&mut again);
    assert_ne!(another, check);
    assert_eq!(same, key);
    again.wait_for("session: 2 turns\n");
    again.enter("1");
    server.prompt();
    server.enter("9");
    again.wait_for("< 9\n");
    again.enter("/q");
    assert_code(&again.finish(), 0);
    assert_code(&server.finish(), 0);

    // Another session, by the key of the partner.
    let (mut server, port, _) = private_server(&options);
    let mut known = client(port).unwrap().start();
    server.wait_for("python is recognized by the key of an earlier session.\n");
    known.wait_for("session: 0 turns\n");
    known.enter("/q");
    assert_code(&known.finish(), 0);
    assert_code(&server.finish(), 0);
}

#[test]
fn a_python_client_burns_a_wrong_code() {
    let (mut server, port, code) = private_server(&[]);
    let Some(client) = script("partner.py") else {
        return;
    };
    let client = client.args(["client", "127.0.0.1", &port.to_string()]);
    let client = client.env("TICTALK_CODE", other_than(&code)).run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert_eq!(client.stderr, "error: the code is wrong, and burnt now\n");
    assert_ne!(code_of(&mut server, "New code: "), code);
}

/// A server in Python, its port and its code.
fn python_server() -> Option<(Running, u16, String)> {
    let server = script("partner.py")?.args(["server", "0"]);
    let (mut server, port) = server.start().listening();
    let code = shown(&mut server, "code: ");
    Some((server, port, code))
}

#[test]
fn a_python_server_serves_a_client_and_restores_its_connection() {
    let Some((mut server, port, code)) = python_server() else {
        return;
    };
    let cable = Cable::to(port);
    let mut client = private_client(cable.port(), &code).start();
    let (check, key) = words_of(&mut server);
    assert_eq!(check_of(&mut client), check);
    client.enter("Grüße");
    server.wait_for("< Grüße\n");
    cable.cut();
    server.wait_for("lost: ");
    assert_eq!(words_of(&mut server).1, key);
    server.wait_for("session: 1 turns\n");
    server.enter("Hi");
    client.wait_for("Hi\n");
    client.prompt();
    client.enter("/q");
    assert_code(&client.finish(), 0);
    let server = server.finish();
    assert!(server.stdout.ends_with("goodbye\n"), "{server:?}");
    assert_code(&server, 0);
}

#[test]
fn a_python_server_gives_up_after_three_wrong_codes() {
    let Some((mut server, port, mut code)) = python_server() else {
        return;
    };
    for left in [2, 1, 0] {
        let client = private_client(port, other_than(&code)).run();
        assert_eq!(client.code, Some(1), "{client:?}");
        assert!(
            client.stderr.contains("the code is wrong: ask for the one"),
            "{client:?}"
        );
        server.wait_for("127.0.0.1: a wrong code, which is burnt now\n");
        if left > 0 {
            code = shown(&mut server, "code: ");
        }
    }
    assert_code(&server.finish(), 1);
}
