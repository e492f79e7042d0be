//! Reading the journal: lists, transcripts, exports, replays.

mod deletion;
mod digests;
mod partners;
mod pictures;
mod replay;
#[cfg(unix)]
mod replay_in_panes;
mod search;
mod sessions;

use crate::support::{Finished, Program, Socket, control, frame, new_folder};
use rusqlite::Connection;
use std::path::Path;
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::Ticket;

mod rooms;

/// The journals and the output of two programs called ann (the server) and bob (the client).
struct Talked {
    server: Journal,
    client: Journal,
    port: u16,
}

/// The journal of one program, and what the program printed.
struct Journal {
    folder: String,
    output: String,
}

impl Journal {
    fn new() -> Self {
        Self {
            folder: new_folder().to_str().unwrap().to_owned(),
            output: String::new(),
        }
    }

    /// The output of a command that reads this journal without an error.
    fn read(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
        done.stdout
    }

    /// Checks that a search finds nothing, and that its exit code says so.
    fn finds_nothing(&self, arguments: &[&str]) {
        let done = self.run(arguments);
        assert_eq!(
            (done.code, done.stderr.as_str()),
            (Some(1), ""),
            "{arguments:?}"
        );
        assert_eq!(done.stdout, "Nothing found.\n", "{arguments:?}");
    }

    /// The error of a command that fails.
    fn fail(&self, arguments: &[&str]) -> String {
        let done = self.run(arguments);
        assert_eq!((done.code, done.stdout.as_str()), (Some(1), ""));
        assert_eq!(done.stderr.lines().count(), 1, "{}", done.stderr);
        done.stderr
    }

    fn run(&self, arguments: &[&str]) -> Finished {
        Program::new()
            .args(arguments)
            .env("TICTALK_DATA", &self.folder)
            .run()
    }

    fn open(&self) -> Connection {
        Connection::open(self.file("journal.db")).unwrap()
    }

    fn file(&self, name: &str) -> std::path::PathBuf {
        Path::new(&self.folder).join(name)
    }

    /// Whether `words` are anywhere in its files.
    fn holds(&self, words: &str) -> bool {
        let files = std::fs::read_dir(&self.folder).unwrap();
        files.into_iter().any(|file| {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            bytes
                .windows(words.len())
                .any(|window| window.eq_ignore_ascii_case(words.as_bytes()))
        })
    }
}

/// Two programs say these lines in turns, the client first, and leave.
fn talk(lines: &[&str]) -> Talked {
    talk_into(lines, Journal::new(), Journal::new())
}

fn talk_into(lines: &[&str], mut server: Journal, mut client: Journal) -> Talked {
    let (mut ann, port) = Program::server()
        .args(["--name", "ann"])
        .data(&server.folder)
        .start()
        .listening();
    let mut bob = Program::client(port)
        .args(["--name", "bob"])
        .data(&client.folder)
        .start();
    let mut speakers = [&mut bob, &mut ann].into_iter().collect::<Vec<_>>();
    for line in lines.iter().chain(&["/q"]) {
        speakers[0].prompt();
        speakers[0].enter(line);
        speakers.reverse();
    }
    server.output = ann.finish().stdout;
    client.output = bob.finish().stdout;
    Talked {
        server,
        client,
        port,
    }
}

/// A chat, and a game that the server wins.
const GAME: &[&str] = &[
    "Hello",
    "How are you?",
    "play tictactoe",
    "1",
    "4",
    "2",
    "5",
    "3",
    "Well played",
];

/// The journal of a server after a session with a malicious partner.
fn talk_with(messages: &[&str]) -> Journal {
    let journal = Journal::new();
    let (mut server, port) = Program::server().data(&journal.folder).start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&control(
        r#"{"type":"hello","version":2,"name":"a\u202e*b*"}"#,
    ));
    peer.receive_frame();
    for message in messages {
        peer.send(&frame(message));
        server.prompt();
        server.enter("oh");
        peer.receive_text();
    }
    peer.send(&frame("/q"));
    assert_eq!(server.finish().code, Some(0));
    journal
}

#[test]
fn without_a_journal_nothing_is_recorded_and_none_is_made() {
    let journal = Journal::new();
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
    journal.finds_nothing(&["history", "search", "x"]);
    assert!(!Path::new(&journal.folder).exists());
}

#[test]
fn a_session_that_does_not_exist_is_an_error_in_one_line() {
    let talked = talk(&["Hello"]);
    for journal in [&talked.client, &Journal::new()] {
        for command in [
            &["history", "show", "7"][..],
            &["history", "export", "7"],
            &["history", "delete", "7"],
            &["replay", "7"],
            &["replay", "7", "--cast", "/dev/null"],
            &["verify", "7"],
        ] {
            assert_eq!(
                journal.fail(command),
                "tictalk: there is no session 7 in the journal: `tictalk history` lists them\n"
            );
        }
    }
}

#[test]
fn a_file_that_is_no_journal_is_an_error_in_one_line_and_stays_as_it_is() {
    let journal = Journal::new();
    let file = journal.file("journal.db");
    std::fs::create_dir_all(&journal.folder).unwrap();
    let letter = "Dear diary, ".repeat(100);
    std::fs::write(&file, &letter).unwrap();
    for command in [&["history"][..], &["replay", "1"], &["verify", "1"]] {
        assert_eq!(
            journal.fail(command),
            format!(
                "tictalk: cannot open the journal {}: it is not a tictalk journal; name \
                 another folder with --data DIR\n",
                file.display()
            )
        );
    }
    assert_eq!(std::fs::read_to_string(file).unwrap(), letter);
}

#[test]
fn wrong_usage_is_exit_code_two() {
    for arguments in [
        &["history", "show"][..],
        &["history", "show", "0"],
        &["history", "show", "first"],
        &["history", "show", "r0"],
        &["history", "search"],
        &["history", "export", "1", "--format", "pdf"],
        &["replay", "1", "--speed", "0"],
        &["replay", "1", "--speed", "NaN"],
        &["replay", "1", "--speed", "inf"],
        &["replay", "1", "--speed=-1"],
        &["verify"],
        &["forget"],
    ] {
        assert_eq!(Journal::new().run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn every_command_explains_itself_with_an_example() {
    for command in [
        &["history"][..],
        &["history", "show"],
        &["history", "search"],
        &["history", "export"],
        &["history", "delete"],
        &["replay"],
        &["verify"],
        &["forget"],
    ] {
        let help = Journal::new().read(&[command, &["--help"]].concat());
        assert!(help.contains("Example"), "{command:?}");
        assert!(help.contains("--data <DIR>"), "{command:?}");
    }
}

/// Puts a turn into a journal and a chain over it that is in order.
fn forge(journal: &Journal, text: &str) {
    let db = journal.open();
    let ticket = db.query_row("SELECT ticket FROM sessions", [], |row| row.get(0));
    let mut log = TurnLog::new(Ticket::new(ticket.unwrap()));
    let entry = log.add(Turn {
        by: Role::Client,
        text: text.to_owned(),
    });
    let change = "UPDATE turns SET text = ?, digest = ?";
    db.execute(change, (text, entry.digest.as_bytes())).unwrap();
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let talked = talk(GAME);
    for arguments in [
        &["history"][..],
        &["history", "export", "1", "--format", "json"],
        &["replay", "1"],
    ] {
        let reader = Program::new().args(arguments);
        let done = reader.data(&talked.client.folder).unread().run();
        assert_eq!((done.code, done.stderr.as_str()), (Some(0), ""));
    }
}

#[test]
fn the_folder_can_be_named_before_and_after_the_command() {
    let talked = talk(&["Hello"]);
    let folder = talked.client.folder.as_str();
    for arguments in [
        &["history", "--data", folder, "show", "1"][..],
        &["history", "show", "1", "--data", folder],
        &["history", "show", "--data", folder, "1"],
        &["verify", "1", "--data", folder],
        &["replay", "1", "--data", folder],
        &["history", "--data", folder],
    ] {
        // The variable names a folder where nothing is.
        let read = Journal::new().read(arguments);
        assert!(
            !read.starts_with("The journal is empty"),
            "{arguments:?}: {read}"
        );
    }
}
