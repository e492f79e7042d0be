//! A journal that another program keeps locked.

use super::{Folder, fails, pair, pair_that_has_begun};
#[cfg(unix)]
use crate::support::Pty;
use crate::support::{Program, Socket};
#[cfg(unix)]
use nix::sys::signal::Signal;
#[cfg(unix)]
use rusqlite::Connection;
use tictalk::journal::Journal;
use tictalk::session::Role;

#[test]
fn a_locked_journal_is_reported_at_the_start() {
    let folder = Folder::new();
    drop(Journal::open(&folder.0).unwrap());
    let database = folder.database();
    database
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE")
        .unwrap();
    let (listener, port) = Socket::listen();
    let client = Program::client(port).data(folder.path()).run();
    assert_eq!(client.code, Some(1), "{client:?}");
    for line in [fails(&folder), client.stderr] {
        assert_eq!(
            line,
            format!(
                "tictalk: cannot open the journal {}: another program has it locked; name \
                 another folder with --data DIR, or use --no-journal\n",
                folder.file().display()
            )
        );
    }
    // No server was contacted for a session that cannot be recorded.
    listener.set_nonblocking(true).unwrap();
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

/// The message of a program at a pipe whose journal is locked.
const WAITING: &str =
    "tictalk: the journal is locked by another program: waiting for up to 30 seconds\n";

#[test]
fn a_program_at_a_pipe_waits_for_a_locked_journal() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    let database = ours.locked();
    client.enter("How are you?");
    client.wait_for_error(WAITING);
    drop(database);
    server.wait_for("How are you?");
    server.enter("Fine");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(ours.said(), ["Hello", "Hi", "How are you?", "Fine"]);
}

#[test]
fn a_program_at_a_pipe_that_waits_for_its_journal_can_be_stopped_and_resumes_later() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, port) = pair_that_has_begun(&theirs, &ours);
    let database = ours.locked();
    client.enter("How are you?");
    client.wait_for_error(WAITING);
    client.kill();
    drop(database);
    let mut client = Program::client(port)
        .data(ours.path())
        .args(["--resume"])
        .start();
    client.enter("How are you now?");
    server.enter("Fine");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(ours.said(), ["Hello", "Hi", "How are you now?", "Fine"]);
    assert_eq!(theirs.said(), ours.said());
}

#[cfg(unix)]
#[test]
fn a_program_at_a_pipe_that_waits_for_its_journal_hears_an_interrupt() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (_server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    let _database = ours.locked();
    client.enter("How are you?");
    client.wait_for_error(WAITING);
    client.signal(Signal::SIGINT);
    assert_eq!(client.finish().code, Some(130));
}

#[test]
fn a_turn_that_came_and_could_not_be_written_comes_again() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, port) = pair(&theirs, &ours);
    client.enter("Hello");
    server.enter("Hi");
    client.prompt();
    client.prompt();
    let database = theirs.locked();
    client.enter("How are you?");
    server.wait_for_error(WAITING);
    // A turn that is not recorded has not been said here.
    assert!(!server.output().contains("How are you?"));
    server.kill();
    client.wait_for_error("Connection to the server lost");
    drop(database);
    let port = port.to_string();
    let mut server = Program::new()
        .args(["server", "--port", &port])
        .data(theirs.path())
        .start();
    server.wait_for("How are you?\n");
    server.enter("Fine");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(theirs.said(), ["Hello", "Hi", "How are you?", "Fine"]);
    assert_eq!(ours.said(), theirs.said());
}

/// A session on two screens in which the client has the turn, and another program has locked its
/// journal.
#[cfg(unix)]
fn locked_out() -> (Pty, Pty, Folder, Connection) {
    let folder = Folder::new();
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).data(folder.path()).on_screen();
    client.exchange_greetings_with(&mut server);
    let database = folder.locked();
    client.enter("Are you there?");
    client.wait_for("The journal cannot be written: another program has it locked.");
    client.prompt();
    (server, client, folder, database)
}

#[cfg(unix)]
#[test]
fn a_person_can_make_room_and_try_again() {
    let (mut server, mut client, folder, database) = locked_out();
    client.enter("what?");
    client.wait_for("Press Enter to try again, or type /no-journal or /q.");
    client.prompt();
    assert!(
        !server.contents().contains("Are you there?"),
        "sent, and not written down"
    );
    drop(database);
    client.press("\r");
    server.wait_for("Are you there?\nEnter Input >");
    server.prompt();
    server.enter("Yes");
    client.wait_for("Yes\nEnter Input >");
    assert_eq!(folder.said(), ["Hello", "Hi", "Are you there?", "Yes"]);
}

#[cfg(unix)]
#[test]
fn a_person_can_continue_without_a_journal() {
    let (mut server, mut client, folder, database) = locked_out();
    client.enter("/no-journal");
    server.wait_for("Are you there?\nEnter Input >");
    server.prompt();
    server.enter("Yes");
    client.wait_for("Yes\nEnter Input >");
    drop(database);
    assert_eq!(folder.said(), ["Hello", "Hi"]);
}

#[cfg(unix)]
#[test]
fn a_turn_that_comes_is_shown_when_it_can_be_written() {
    let folder = Folder::new();
    let (mut server, port) = Program::server()
        .data(folder.path())
        .on_screen()
        .listening();
    let mut client = Program::client(port).on_screen();
    client.exchange_greetings_with(&mut server);
    let database = folder.locked();
    client.enter("Are you there?");
    server.wait_for("The journal cannot be written: another program has it locked");
    server.prompt();
    assert!(
        !server.contents().contains("Are you there?"),
        "shown, and not written down"
    );
    drop(database);
    server.press("\r");
    server.wait_for("Are you there?\nEnter Input >");
    server.prompt();
    server.enter("Yes");
    client.wait_for("Yes\nEnter Input >");
    assert_eq!(server.contents().matches("Are you there?").count(), 1);
    assert_eq!(folder.said(), ["Hello", "Hi", "Are you there?", "Yes"]);
}

#[cfg(unix)]
#[test]
fn a_person_can_leave_instead() {
    for (keys, code) in [("/q\r", 0), ("\x03", 130), ("\x04", 0)] {
        let (mut server, mut client, _folder, _database) = locked_out();
        client.press(keys);
        assert_eq!(client.finish(), code);
        assert!(client.is_cooked());
        server.wait_for("Client has requested shutdown.");
        assert_eq!(server.finish(), 0);
    }
}

/// A session on two screens in which the client has said goodbye, and another program has locked its
/// journal.
#[cfg(unix)]
fn locked_out_at_the_goodbye() -> (Pty, Pty, Folder, Connection) {
    let folder = Folder::new();
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).data(folder.path()).on_screen();
    client.exchange_greetings_with(&mut server);
    let database = folder.locked();
    client.enter("/q");
    client.wait_for("The journal cannot be written: another program has it locked");
    client.prompt();
    (server, client, folder, database)
}

#[cfg(unix)]
#[test]
fn a_person_can_leave_when_the_goodbye_cannot_be_written() {
    for (keys, code) in [
        ("/q\r", 0),
        ("/no-journal\r", 0),
        ("\x03", 130),
        ("\x04", 0),
    ] {
        let (mut server, mut client, folder, database) = locked_out_at_the_goodbye();
        client.press(keys);
        assert_eq!(client.finish(), code, "{keys:?}");
        assert!(client.is_cooked());
        server.wait_for("Client has requested shutdown.");
        assert_eq!(server.finish(), 0);
        drop(database);
        assert_eq!(folder.said(), ["Hello", "Hi"]);
        assert_eq!(folder.sessions()[0].ended, None);
    }
}

#[cfg(unix)]
#[test]
fn a_goodbye_is_written_when_it_can_be() {
    let (mut server, mut client, folder, database) = locked_out_at_the_goodbye();
    drop(database);
    client.press("\r");
    assert_eq!(client.finish(), 0);
    assert_eq!(server.finish(), 0);
    let ended = folder.sessions()[0].ended;
    assert_eq!(ended.map(|(_, by)| by), Some(Role::Client));
}

#[cfg(unix)]
#[test]
fn a_person_can_leave_when_the_partners_goodbye_cannot_be_written() {
    for (keys, code) in [("/q\r", 0), ("/no-journal\r", 0), ("\x03", 130)] {
        let folder = Folder::new();
        let (mut server, port) = Program::server()
            .data(folder.path())
            .on_screen()
            .listening();
        let mut client = Program::client(port).on_screen();
        client.exchange_greetings_with(&mut server);
        let database = folder.locked();
        client.enter("/q");
        assert_eq!(client.finish(), 0);
        server.wait_for("The journal cannot be written: another program has it locked");
        server.prompt();
        server.press(keys);
        assert_eq!(server.finish(), code, "{keys:?}");
        assert!(server.is_cooked());
        drop(database);
    }
}
