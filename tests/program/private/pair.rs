//! Two programs over a private line: the code, the check, the errors, and what they remember.

use super::{code_of, private_client, private_server};
use crate::support::{Cable, Program, Running, Socket, Way, frame, hello, new_folder};
use bytes::BytesMut;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use tictalk::wire::{ClientOpening, MAX_PRIVATE, take_frame};

/// The check that a program shows.
pub(super) fn check_of(program: &mut Running) -> String {
    program.wait_for("The line is private. Check: ");
    let check = program.wait_for(" ");
    check.trim().to_owned()
}

/// A code that differs from this one.
pub(super) fn other_than(code: &str) -> &'static str {
    match code {
        "acid-mango-zebra" => "acid-mango-zombie",
        _ => "acid-zebra-mango",
    }
}

#[test]
fn two_programs_agree_by_a_code_and_show_the_same_check() {
    let (mut server, port, code) = private_server(&[]);
    let mut client = private_client(port, &code).start();
    let check = check_of(&mut client);
    assert_eq!(check_of(&mut server), check);
    assert_eq!(check.split('-').count(), 2, "{check}");
    client.enter("Hello");
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("play tictactoe");
    client.prompt();
    client.wait_for("Enter Input >");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    let server = server.finish();
    assert_eq!(server.code, Some(0), "{server:?}");
}

#[test]
fn a_code_comes_from_the_first_line_of_a_pipe() {
    let (mut server, port, code) = private_server(&[]);
    let mut client = Program::client(port).args(["--private"]).start();
    client.enter(&code.to_uppercase().replace('-', " "));
    client.prompt();
    client.enter("Hello");
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("/q");
    let client = client.finish();
    assert_eq!(client.code, Some(0), "{client:?}");
    assert!(!client.stdout.contains(&code), "{client:?}");
}

#[test]
fn a_wrong_code_is_burnt_at_both_ends_and_the_third_ends_the_server() {
    let (mut server, port, mut code) = private_server(&[]);
    for left in [2, 1, 0] {
        let client = private_client(port, other_than(&code)).run();
        assert_eq!(client.code, Some(1), "{client:?}");
        assert!(
            client.stderr.contains("the code is wrong: ask for the one"),
            "{client:?}"
        );
        server.wait_for(" entered a wrong code, which is burnt now.\n");
        if left > 0 {
            // The code of the first try is of no use any more, even if it was right.
            let burnt = std::mem::replace(&mut code, code_of(&mut server, "New code: "));
            assert_ne!(burnt, code);
        }
    }
    let server = server.finish();
    assert_eq!(server.code, Some(1), "{server:?}");
    assert!(server.stderr.contains("three wrong codes"), "{server:?}");
    assert!(server.stdout.contains("127.0.0.1"), "{server:?}");
}

#[test]
fn the_next_code_works_after_a_wrong_one() {
    let (mut server, port, code) = private_server(&[]);
    private_client(port, other_than(&code)).run();
    let next = code_of(&mut server, "New code: ");
    let burnt = private_client(port, &code).run();
    assert_eq!(burnt.code, Some(1), "{burnt:?}");
    let next = match next {
        _ if server.says("New code: ") => code_of(&mut server, "New code: "),
        next => next,
    };
    let mut client = private_client(port, &next).start();
    check_of(&mut client);
    client.enter("Hello");
    server.wait_for("Hello\n");
}

#[test]
fn a_code_works_once() {
    let (mut server, port, code) = private_server(&["--keep"]);
    let mut client = private_client(port, &code).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
    let second = private_client(port, &code).run();
    assert_eq!(second.code, Some(1), "{second:?}");
    assert!(second.stderr.contains("the server is busy"), "{second:?}");
    server.enter("/q");
    client.finish();
    let next = code_of(&mut server, "Code: ");
    assert_ne!(next, code);
}

#[test]
fn a_word_that_is_not_in_the_list_costs_no_guess() {
    for (code, complaint) in [
        (
            "acid-mangq-zebra",
            "\"mangq\" is not in the list of words (did you mean \"mango\"?)",
        ),
        ("acid-zebra", "a code has three words"),
    ] {
        let client = private_client(1, code).run();
        assert_eq!(client.code, Some(2), "{client:?}");
        assert!(client.stderr.contains(complaint), "{client:?}");
    }
    let (mut server, port, code) = private_server(&[]);
    let mut client = Program::client(port).args(["--private"]).start();
    client.enter("acid-mangq-zebra");
    let client = client.finish();
    assert_eq!(client.code, Some(1), "{client:?}");
    let mut client = private_client(port, &code).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
}

#[test]
fn there_is_never_a_downgrade() {
    // A private client at a plain server.
    let (mut server, port) = Program::server().start().listening();
    let client = private_client(port, "acid-mango-zebra").run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("not private"), "{client:?}");
    let mut client = Program::client(port).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
    // Everybody else at a private one.
    let (mut server, port, code) = private_server(&[]);
    let client = Program::client(port).run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("--private"), "{client:?}");
    let words = "This line is private. Connect with `tictalk client --private`.";
    let mut nc = Socket::connect(port);
    nc.send(b"Hello\n");
    assert_eq!(String::from_utf8_lossy(&nc.receive_rest()), words);
    let mut framed = Socket::connect(port);
    framed.send(&frame("Hello"));
    assert_eq!(framed.receive_rest(), frame(words));
    let mut tictalk = Socket::connect(port);
    tictalk.send(&hello());
    let (_, refusal) = tictalk.receive_frame();
    assert!(refusal.contains(r#""reason":"private""#), "{refusal}");
    for request in [
        "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n",
        "GET /live HTTP/1.1\r\n",
    ] {
        let mut browser = Socket::connect(port);
        browser.send(request.as_bytes());
        let answer = String::from_utf8(browser.receive_rest()).unwrap();
        assert!(answer.starts_with("HTTP/1.1 403 Forbidden\r\n"), "{answer}");
        assert!(answer.contains(words), "{answer}");
    }
    // None of them has cost the code.
    let mut client = private_client(port, &code).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
}

#[test]
fn a_private_line_goes_with_the_tictalk_dialect_only() {
    let client = private_client(1, "acid-mango-zebra")
        .args(["--wire", "raw"])
        .run();
    assert_eq!(client.code, Some(2), "{client:?}");
    assert!(client.stderr.contains("--wire raw"), "{client:?}");
}

#[test]
fn a_lost_connection_is_restored_without_a_code() {
    let (mut server, port, code) = private_server(&[]);
    let cable = Cable::to(port);
    let mut client = private_client(cable.port(), &code).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
    cable.cut();
    server.prompt();
    server.enter("Hi");
    client.wait_for("Hi\n");
    client.prompt();
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
}

#[test]
fn programs_that_were_killed_resume_over_a_private_line() {
    let (ours, theirs) = (new_folder(), new_folder());
    let (mut server, port, code) = private_server(&["--data", theirs.to_str().unwrap()]);
    let cable = Cable::to(port);
    let mut client = private_client(cable.port(), &code).data(&ours).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
    client.kill();
    server.kill();
    // Neither of them is told to be private: the session is.
    let (mut server, port) = Program::server().data(&theirs).start().listening();
    cable.lead_to(port);
    let mut client = Program::client(cable.port())
        .data(&ours)
        .args(["--resume"])
        .start();
    client.wait_for("The line is private.\n");
    server.enter("Hi");
    client.wait_for("Hi\n");
    // The ticket of the session is of no use over a plain line.
    assert!(cable.passed(Way::ToServer) > 0);
}

#[test]
fn partners_are_recognized_without_a_code() {
    let (ours, theirs, stranger) = (new_folder(), new_folder(), new_folder());
    let name_server = ["--name", "bob", "--data", theirs.to_str().unwrap()];
    let ann = |port: u16, folder: &std::path::PathBuf| {
        Program::client(port)
            .args(["--private", "--name", "ann"])
            .data(folder)
    };
    let (server, port, code) = private_server(&name_server);
    let mut client = ann(port, &ours).env("TICTALK_CODE", &code).start();
    client.enter("/q");
    client.finish();
    server.finish();
    // Ann again, without a code.
    let (mut server, port, _) = private_server(&name_server);
    let mut client = ann(port, &ours).start();
    client.wait_for("bob is recognized by the key of an earlier session.\n");
    server.wait_for("ann is recognized by the key of an earlier session.\n");
    client.enter("/q");
    client.finish();
    server.finish();
    // Somebody else who calls herself ann, and knows a code.
    let (mut server, port, code) = private_server(&name_server);
    let mut client = ann(port, &stranger).env("TICTALK_CODE", &code).start();
    server.wait_for("This is not the ann you know");
    client.enter("/q");
    client.finish();
    server.finish();
    // She gets in with a code only, also the next time.
    let (_server, port, _) = private_server(&name_server);
    let client = ann(port, &stranger).stdin("").run();
    assert_eq!(client.code, Some(1), "{client:?}");
    // Bob forgets ann. Then she needs a code.
    let forgotten = Program::new().args(["forget", "ann"]).data(&theirs).run();
    assert_eq!(forgotten.code, Some(0), "{forgotten:?}");
    let (_server, port, _) = private_server(&name_server);
    let client = ann(port, &ours).stdin("").run();
    assert_eq!(client.code, Some(1), "{client:?}");
    assert!(client.stderr.contains("TICTALK_CODE"), "{client:?}");
}

#[test]
fn a_stranger_that_was_told_apart_needs_a_code_again_while_the_server_runs() {
    let (mut server, port, code) = private_server(&["--keep"]);
    let folder = new_folder();
    let mut client = private_client(port, &code).data(&folder).start();
    client.enter("/q");
    client.finish();
    code_of(&mut server, "Code: ");
    let again = Program::client(port).args(["--private"]).data(&folder);
    let again = again.stdin("").run();
    assert_eq!(again.code, Some(1), "{again:?}");
    assert!(again.stderr.contains("TICTALK_CODE"), "{again:?}");
}

#[test]
fn a_code_that_a_lost_client_has_used_is_replaced() {
    let (mut server, port, code) = private_server(&[]);
    let mut rng = UnwrapErr(SysRng);
    let mut client = Socket::connect(port);
    let (opening, message) = ClientOpening::new(&[], &mut rng);
    client.send(&message);
    let mut offer = BytesMut::from(&client.receive(4 + 50)[..]);
    let offer = take_frame(&mut offer, MAX_PRIVATE).unwrap().unwrap();
    let offer = opening.read(&offer).unwrap();
    let (_, answer) = offer.answer(code.as_bytes(), &mut rng).unwrap();
    client.send(&answer);
    #[cfg(unix)]
    client.reset();
    #[cfg(not(unix))]
    drop(client);
    let next = code_of(&mut server, "Code: ");
    assert_ne!(next, code);
    let mut client = private_client(port, &next).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
}

#[test]
fn a_plain_session_that_was_resumed_privately_stays_private() {
    let (ours, theirs) = (new_folder(), new_folder());
    let (mut server, port) = Program::server().data(&theirs).start().listening();
    let cable = Cable::to(port);
    let mut client = Program::client(cable.port()).data(&ours).start();
    client.enter("Hello");
    server.wait_for("Hello\n");
    client.kill();
    server.kill();
    let (mut server, port, code) = private_server(&["--data", theirs.to_str().unwrap()]);
    cable.lead_to(port);
    let mut client = private_client(cable.port(), &code)
        .args(["--resume"])
        .data(&ours)
        .start();
    client.wait_for("The line is private.\n");
    server.wait_for("The line is private.\n");
    client.kill();
    server.kill();
    let (_server, port) = Program::server().data(&theirs).start().listening();
    cable.lead_to(port);
    let mut client = Program::client(cable.port())
        .args(["--resume"])
        .data(&ours)
        .start();
    client.wait_for("The line is private.\n");
}

#[cfg(unix)]
#[test]
fn the_arrow_keys_do_not_recall_a_code() {
    let (mut server, port, code) = private_server(&[]);
    let client = Program::client(port).args(["--private"]);
    let mut client = client.on_screen();
    client.wait_for("Code (three words, Tab completes):");
    client.press(&format!("{code}\r"));
    client.prompt();
    client.press("\x1b[A");
    client.enter("Hello");
    server.wait_for("Hello\n");
    assert!(
        server.output().matches(&code).nth(1).is_none(),
        "{}",
        server.output()
    );
}

#[test]
fn a_code_is_no_argument() {
    let client = Program::new()
        .args(["client", "--private", "acid-mango-zebra"])
        .run();
    assert_eq!(client.code, Some(2), "{client:?}");
    assert!(
        client.stderr.contains("a code is no argument"),
        "{client:?}"
    );
}
