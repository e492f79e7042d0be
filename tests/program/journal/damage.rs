//! Files that are no journal, and journals that were altered.

use super::{Folder, fails, pair_that_has_begun};
use crate::support::Program;
use tictalk::journal::Journal;
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::Ticket;

#[test]
fn a_file_that_is_no_journal_is_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let text = "a letter to somebody\n".repeat(100);
    std::fs::write(folder.file(), &text).unwrap();
    let line = fails(&folder);
    assert_eq!(
        line,
        format!(
            "tictalk: cannot open the journal {}: it is not a tictalk journal; name another \
             folder with --data DIR, or use --no-journal\n",
            folder.file().display()
        )
    );
    assert_eq!(std::fs::read_to_string(folder.file()).unwrap(), text);
}

#[test]
fn a_database_that_is_no_journal_of_this_version_is_left_alone() {
    let no_journal = "it is not a tictalk journal";
    let newer = "it was made by a newer tictalk: update this one";
    for (is_journal, damage, told) in [
        (false, "CREATE TABLE letters (text)", no_journal),
        // Another program's, even if it is empty.
        (false, "PRAGMA application_id = 0x12345678", no_journal),
        // A newer version may also have another mode than this one.
        (
            true,
            "PRAGMA journal_mode = DELETE; PRAGMA user_version = 99",
            newer,
        ),
    ] {
        let folder = Folder::new();
        if is_journal {
            drop(Journal::open(&folder.0).unwrap());
        }
        folder.database().execute_batch(damage).unwrap();
        let before = folder.files();
        let line = fails(&folder);
        assert!(line.contains(told), "{damage}: {line}");
        assert!(folder.files() == before, "{damage}: the files were changed");
    }
}

#[test]
fn a_journal_of_the_first_version_is_brought_up_to_date() {
    let folder = Folder::new();
    let ticket = Ticket::new([7; 16]);
    let database = folder.database();
    database
        .execute_batch(
            "CREATE TABLE sessions (
                id INTEGER PRIMARY KEY AUTOINCREMENT, role TEXT NOT NULL, ticket BLOB NOT NULL,
                dialect TEXT NOT NULL, host TEXT NOT NULL, port INTEGER NOT NULL, me TEXT,
                partner TEXT, began INTEGER NOT NULL, ended INTEGER, ended_by TEXT,
                claim INTEGER NOT NULL DEFAULT 0, UNIQUE (role, ticket)) STRICT;
             CREATE TABLE turns (
                id INTEGER PRIMARY KEY, by TEXT NOT NULL, text TEXT NOT NULL,
                at INTEGER NOT NULL, digest BLOB NOT NULL) STRICT;
             PRAGMA application_id = 0x74696374;
             PRAGMA user_version = 1;",
        )
        .unwrap();
    database
        .execute(
            "INSERT INTO sessions (role, ticket, dialect, host, port, began)
             VALUES ('client', ?, 'tictalk', 'localhost', 1059, 0)",
            [ticket.as_bytes()],
        )
        .unwrap();
    let mut log = TurnLog::new(ticket);
    let entry = log.add(Turn {
        by: Role::Client,
        text: "An old word".to_owned(),
    });
    database
        .execute(
            "INSERT INTO turns VALUES ((1 << 32) | 1, 'client', ?, 0, ?)",
            (&entry.turn.text, entry.digest.as_bytes()),
        )
        .unwrap();
    drop(database);
    let search = Program::new().args(["history", "search", "old"]);
    let found = search.data(folder.path()).run().stdout;
    assert!(found.contains("An old word"), "{found}");
    assert_eq!(folder.said(), ["An old word"]);
}

#[test]
fn an_altered_session_is_not_resumed() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (_server, client, port) = pair_that_has_begun(&theirs, &ours);
    drop(client);
    let changed = "UPDATE turns SET text = 'Good evening' WHERE id & 0xff = 2";
    assert_eq!(ours.database().execute(changed, []).unwrap(), 1);
    let lost = Program::client(port)
        .data(ours.path())
        .args(["--resume"])
        .run();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: turn 2 of session 1 was altered in the journal\n"
    );
}
