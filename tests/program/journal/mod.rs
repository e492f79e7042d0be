//! The journal under everything that can be wrong with a file.

mod claims;
mod damage;
mod disk;
mod keys;
mod locked;
mod seats;

use crate::support::{Program, Running, new_folder};
use rusqlite::Connection;
use std::path::PathBuf;
use std::thread;
use tictalk::journal::{Journal, StoredSession};
use tictalk::session::Role;

/// A folder for a journal, and the file in it.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        Self(new_folder())
    }

    fn path(&self) -> &str {
        self.0.to_str().unwrap()
    }

    fn file(&self) -> PathBuf {
        self.0.join("journal.db")
    }

    /// The file as a database, past the program.
    fn database(&self) -> Connection {
        std::fs::create_dir_all(&self.0).unwrap();
        Connection::open(self.file()).unwrap()
    }

    /// The same, locked for as long as the connection is open.
    fn locked(&self) -> Connection {
        let database = self.database();
        database.execute_batch("BEGIN EXCLUSIVE").unwrap();
        database
    }

    /// Every file in the folder, with its bytes.
    fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let entries = std::fs::read_dir(&self.0).unwrap();
        let paths = entries.map(|entry| entry.unwrap().path());
        let mut files: Vec<_> = paths
            .map(|path| (path.clone(), std::fs::read(path).unwrap()))
            .collect();
        files.sort();
        files
    }

    fn sessions(&self) -> Vec<StoredSession> {
        let journal = Journal::open_existing(&self.0).unwrap();
        journal.map_or(Vec::new(), |journal| journal.sessions().unwrap())
    }

    /// The turns of a session, with their digests checked.
    fn turns(&self, session: &StoredSession) -> Vec<String> {
        let journal = Journal::open_existing(&self.0).unwrap().unwrap();
        let turns = journal.turns(session).unwrap();
        turns.into_iter().map(|written| written.turn.text).collect()
    }

    /// The turns of the only session.
    fn said(&self) -> Vec<String> {
        let sessions = self.sessions();
        assert_eq!(sessions.len(), 1, "{sessions:?}");
        self.turns(&sessions[0])
    }
}

/// Starts a server, and returns the one line with which it ends at once.
fn fails(folder: &Folder) -> String {
    let lost = Program::server().data(folder.path()).run();
    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert_eq!(lost.stdout, "");
    assert_eq!(lost.stderr.lines().count(), 1, "{}", lost.stderr);
    lost.stderr
}

/// A server and a client with pipes, and with journals.
fn pair(server: &Folder, client: &Folder) -> (Running, Running, u16) {
    let (server, port) = Program::server().data(server.path()).start().listening();
    let client = Program::client(port).data(client.path()).start();
    (server, client, port)
}

/// The same, and each has said something. The client has the turn.
fn pair_that_has_begun(server: &Folder, client: &Folder) -> (Running, Running, u16) {
    let (mut server, mut client, port) = pair(server, client);
    client.enter("Hello");
    server.enter("Hi");
    client.prompt();
    client.prompt();
    (server, client, port)
}

#[test]
fn both_ends_may_share_one_file_and_several_pairs_too() {
    let folder = Folder::new();
    thread::scope(|scope| {
        for number in 0..4 {
            let folder = &folder;
            scope.spawn(move || {
                let (mut server, mut client, _) = pair(folder, folder);
                for turn in 0..10 {
                    client.enter(&format!("question {number}.{turn}"));
                    server.enter(&format!("answer {number}.{turn}"));
                }
                client.enter("/q");
                assert_eq!(client.finish().code, Some(0));
                assert_eq!(server.finish().code, Some(0));
            });
        }
    });
    let sessions = folder.sessions();
    assert_eq!(sessions.len(), 8);
    for session in &sessions {
        assert_eq!(session.turns, 20);
        assert_eq!(session.ended.map(|(_, by)| by), Some(Role::Client));
        let twin = sessions
            .iter()
            .find(|other| other.id != session.id && other.header.ticket == session.header.ticket)
            .expect("the other end's copy");
        assert_ne!(twin.header.role, session.header.role);
        assert_eq!(folder.turns(twin), folder.turns(session));
    }
}

#[test]
fn a_session_in_which_nothing_is_said_leaves_no_trace() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, mut client, _) = pair(&theirs, &ours);
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert_eq!((ours.sessions(), theirs.sessions()), (vec![], vec![]));
}

#[test]
fn without_a_journal_nothing_is_written() {
    let folder = Folder::new();
    let (mut server, port) = Program::server()
        .data(folder.path())
        .env("TICTALK_NO_JOURNAL", "1")
        .start()
        .listening();
    let mut client = Program::client(port)
        .data(folder.path())
        .args(["--no-journal"])
        .start();
    client.enter("Hello");
    server.enter("Hi");
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert!(!folder.0.exists());
}
