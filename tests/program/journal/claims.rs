//! Several programs that claim one session, and sessions that are deleted meanwhile.

use super::{Folder, pair, pair_that_has_begun};
#[cfg(unix)]
use crate::support::Cable;
#[cfg(unix)]
use crate::support::Pty;
use crate::support::{Program, Socket};
#[cfg(unix)]
use nix::sys::signal::Signal;
use tictalk::session::Role;

#[cfg(unix)]
#[test]
fn of_two_clients_that_resume_one_session_the_newer_does() {
    let folder = Folder::new();
    let (mut server, port) = Program::server().on_screen().listening();
    let cable = Cable::to(port);
    let mut older = Program::client(cable.port())
        .data(folder.path())
        .on_screen();
    older.prompt();
    older.enter("Hello");
    server.prompt();
    server.enter("Hi");
    older.prompt();
    let mut newer = Program::client(cable.port())
        .data(folder.path())
        .args(["--resume"])
        .on_screen();
    newer.wait_for("Reconnected.");
    newer.prompt();
    assert_eq!(older.finish(), 1);
    older.wait_for("tictalk: another tictalk has resumed this session");
    newer.enter("It is me");
    server.wait_for("It is me\nEnter Input >");
}

#[test]
fn a_program_whose_session_was_claimed_unnoticed_says_nothing_more() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, _) = pair(&theirs, &ours);
    client.enter("Hello");
    server.enter("Hi");
    client.prompt();
    client.prompt();
    // The test does first what another program would do; the connection still exists.
    let taken = "UPDATE sessions SET claim = claim + 1";
    assert_eq!(ours.database().execute(taken, []).unwrap(), 1);
    client.enter("Still here?");
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: another tictalk has resumed this session\n"
    );
    server.wait_for_error("Connection to the client lost");
    assert_eq!(ours.said(), ["Hello", "Hi"]);
    assert_eq!(theirs.said(), ours.said());
}

#[test]
fn a_program_whose_session_was_claimed_does_not_end_it() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    // As above: another program has claimed the session, and this one does not know.
    let taken = "UPDATE sessions SET claim = claim + 1";
    assert_eq!(ours.database().execute(taken, []).unwrap(), 1);
    client.enter("/q");
    let lost = client.finish();
    assert_eq!(
        lost.stderr,
        "tictalk: another tictalk has resumed this session\n"
    );
    assert_eq!(lost.code, Some(1));
    assert_eq!(ours.sessions()[0].ended, None);
    server.wait_for_error("Connection to the client lost");
}

fn delete_first_session(folder: &Folder) {
    let delete = Program::new().args(["history", "delete", "1"]);
    let deleted = delete.data(folder.path()).run();
    assert_eq!(deleted.code, Some(0), "{deleted:?}");
}

#[test]
fn a_session_that_was_deleted_can_be_left() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    delete_first_session(&ours);
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!(ours.sessions(), []);
}

#[test]
fn an_end_is_written_once() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, client, port) = pair_that_has_begun(&theirs, &ours);
    drop((client, server));
    let over = "UPDATE sessions SET ended = 1, ended_by = 'server'";
    assert_eq!(theirs.database().execute(over, []).unwrap(), 1);
    // One that wants to resume has read the journal and waits for the server.
    let options = ["--data", ours.path(), "--resume", "--wait", "30"];
    let (listener, _) = Socket::listen();
    drop(listener);
    let client = Program::client(port).args(options).start();
    client.wait_for_error("Waiting for a server on port");
    // Meanwhile another program has ended the session.
    let left = "UPDATE sessions SET ended = 2, ended_by = 'client'";
    assert_eq!(ours.database().execute(left, []).unwrap(), 1);
    let port = port.to_string();
    let _server = Program::new()
        .args(["server", "--port", &port])
        .data(theirs.path())
        .start();
    let lost = client.finish();
    assert!(
        lost.stderr.contains("this session is over"),
        "{}",
        lost.stderr
    );
    let ended = ours.sessions()[0].ended;
    assert_eq!(ended.map(|(_, by)| by), Some(Role::Client));
}

#[test]
fn a_session_that_is_deleted_while_it_runs_is_reported() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (_server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    delete_first_session(&ours);
    client.enter("Still here?");
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: this session was deleted from the journal\n"
    );
}

/// A session with one turn whose server was killed. Its client looks for the server, and so does a
/// newer one that wants to resume the session and has read the journal already.
#[cfg(unix)]
struct Orphaned {
    older: Pty,
    newer: Pty,
    ours: Folder,
    theirs: Folder,
    port: String,
}

#[cfg(unix)]
impl Orphaned {
    fn new() -> Self {
        let (ours, theirs) = (Folder::new(), Folder::new());
        let (mut server, port) = Program::server()
            .data(theirs.path())
            .on_screen()
            .listening();
        let mut older = Program::client(port).data(ours.path()).on_screen();
        older.prompt();
        older.enter("Hello");
        server.prompt();
        server.signal(Signal::SIGKILL);
        server.finish();
        older.wait_for("Connection to the server lost");
        let options = ["--data", ours.path(), "--resume", "--wait", "60"];
        let newer = Program::client(port).args(options).on_screen();
        newer.wait_for("Waiting for a server on port");
        let port = port.to_string();
        Self {
            older,
            newer,
            ours,
            theirs,
            port,
        }
    }

    fn start_server(&self) -> Pty {
        Program::new()
            .args(["server", "--port", &self.port])
            .data(self.theirs.path())
            .on_screen()
    }
}

#[cfg(unix)]
#[test]
fn a_session_that_is_deleted_before_the_server_returns_is_reported() {
    let mut orphaned = Orphaned::new();
    orphaned.older.signal(Signal::SIGKILL);
    orphaned.older.finish();
    delete_first_session(&orphaned.ours);
    let _server = orphaned.start_server();
    assert_eq!(orphaned.newer.finish(), 1);
    let newer = &orphaned.newer;
    newer.wait_for("tictalk: this session was deleted from the journal");
}

#[cfg(unix)]
#[test]
fn a_client_that_finds_the_server_too_late_leaves_the_session_to_the_older() {
    let mut orphaned = Orphaned::new();
    // So that the older one is the first to find the server.
    orphaned.newer.signal(Signal::SIGSTOP);
    let mut server = orphaned.start_server();
    server.wait_for("Reconnected.");
    server.prompt();
    server.enter("Hi");
    orphaned.older.wait_for("Hi\nEnter Input >");
    orphaned.newer.signal(Signal::SIGCONT);
    assert_eq!(orphaned.newer.finish(), 1);
    let newer = &orphaned.newer;
    newer.wait_for("tictalk: another tictalk has resumed this session");
    // The newer one had taken the seat before it knew.
    orphaned.older.wait("the seat", |screen| {
        let times = screen.contents().matches("Reconnected.").count();
        (times == 2).then_some(())
    });
    orphaned.older.prompt();
    orphaned.older.enter("Good");
    server.wait_for("Good\nEnter Input >");
    assert_eq!(orphaned.ours.said(), ["Hello", "Hi", "Good"]);
    assert_eq!(orphaned.theirs.said(), orphaned.ours.said());
}
