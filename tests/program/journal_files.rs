//! Files in the place of a journal, and who can read them.

use crate::support::{NOT_ROOT, Program, Room, Socket, control, frame, new_folder, skip};
use rusqlite::Connection;
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use tictalk::journal::{Journal, JournalError, Problem, Register, RoomKey};
use tictalk::session::TurnLog;
use tictalk::wire::Ticket;

/// A folder with a journal in it.
fn folder() -> std::path::PathBuf {
    let folder = new_folder();
    drop(Journal::open(&folder).unwrap());
    folder
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// The journal past the program.
fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("journal.db")).unwrap()
}

/// The error of the program, which is one line, for a command that needs this journal.
fn history(folder: &Path, arguments: &[&str]) -> Result<String, String> {
    let history = Program::new().args(["history"]).args(arguments);
    let output = history.data(folder).run();
    let (said, error) = (output.stdout, output.stderr);
    match output.code {
        Some(0) => Ok(said),
        Some(1) => {
            assert_eq!(error.lines().count(), 1, "{error}");
            assert!(!error.trim_end().contains(char::is_control), "{error:?}");
            Err(error)
        }
        code => panic!("{code:?}: {said} {error}"),
    }
}

#[test]
fn a_journal_that_others_could_read_is_closed_to_them() {
    let folder = folder();
    // Another connection leaves the files there that SQLite keeps beside the journal.
    let other = database(&folder);
    other
        .execute_batch("INSERT INTO rooms (name, port) VALUES ('', 1)")
        .unwrap();
    let files = ["journal.db", "journal.db-wal", "journal.db-shm"].map(|name| folder.join(name));
    for file in &files {
        set_mode(file, 0o666);
    }
    set_mode(&folder, 0o777);
    history(&folder, &[]).unwrap();
    for file in &files {
        assert_eq!(mode(file), 0o600, "{}", file.display());
    }
    assert_eq!(mode(&folder), 0o700);
    // A folder that is there for something else stays open to whoever uses that.
    fs::write(folder.join("letter.txt"), "").unwrap();
    set_mode(&folder, 0o755);
    history(&folder, &[]).unwrap();
    assert_eq!(mode(&folder), 0o755);
}

#[test]
fn a_journal_of_somebody_else_is_refused() {
    if !nix::unistd::geteuid().is_root() {
        return skip(NOT_ROOT);
    }
    let folder = folder();
    let nobody = Some(65_534);
    std::os::unix::fs::chown(folder.join("journal.db"), nobody, nobody).unwrap();
    let error = history(&folder, &[]).unwrap_err();
    assert!(error.contains("it belongs to another user"), "{error}");
    // So is a way there that somebody else has made.
    let linked = new_folder();
    fs::create_dir_all(&linked).unwrap();
    let link = linked.join("journal.db");
    std::os::unix::fs::symlink(self::folder().join("journal.db"), &link).unwrap();
    assert!(history(&linked, &[]).is_ok());
    std::os::unix::fs::lchown(&link, nobody, nobody).unwrap();
    let error = history(&linked, &[]).unwrap_err();
    assert!(error.contains("it belongs to another user"), "{error}");
}

#[test]
fn a_journal_that_is_no_file_is_refused_at_once() {
    for (what, name) in [
        ("a pipe or a device", "journal.db"),
        ("a pipe or a device", "journal.db-wal"),
    ] {
        let folder = folder();
        let _ = fs::remove_file(folder.join(name));
        nix::unistd::mkfifo(&folder.join(name), nix::sys::stat::Mode::S_IRWXU).unwrap();
        let error = history(&folder, &[]).unwrap_err();
        assert!(
            error.contains(&format!("it is {what}, not a file")),
            "{error}"
        );
    }
    let folder = new_folder();
    fs::create_dir_all(folder.join("journal.db")).unwrap();
    let error = history(&folder, &[]).unwrap_err();
    assert!(error.contains("it is a folder, not a file"), "{error}");
    fs::remove_dir(folder.join("journal.db")).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("journal.db")).unwrap();
    let server = Program::server().data(folder.to_str().unwrap()).start();
    let error = server.finish().stderr;
    assert!(error.contains("it is a pipe or a device"), "{error}");
}

#[test]
fn a_place_that_cannot_be_looked_at_is_not_an_empty_journal() {
    // Not even the administrator can look into a file.
    let file = folder().join("journal.db");
    let error = history(&file, &[]).unwrap_err();
    assert!(
        error.starts_with("tictalk: cannot open the journal "),
        "{error}"
    );
    assert!(error.contains("Not a directory"), "{error}");
}

#[test]
fn a_journal_with_a_foreign_schema_is_not_used() {
    for added in [
        "CREATE TRIGGER steal AFTER INSERT ON turns BEGIN DELETE FROM turns; END",
        "CREATE TABLE more (text)",
        "CREATE INDEX more ON turns (text)",
        "DROP VIEW remarks; CREATE VIEW remarks AS SELECT 1 AS id, 'a' AS text",
        "ALTER TABLE turns ADD COLUMN more TEXT AS (upper(text))",
        "DROP TABLE members",
    ] {
        let folder = folder();
        database(&folder).execute_batch(added).unwrap();
        let error = history(&folder, &[]).unwrap_err();
        assert!(
            error.contains("it is not a tictalk journal"),
            "{added}: {error}"
        );
    }
}

#[test]
fn the_words_of_a_foreign_schema_never_reach_the_terminal() {
    let folder = folder();
    let database = database(&folder);
    database
        .execute_batch(
            "PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = 'CREATE TABLE turns (' || char(27) || ']0;x' || char(7)
                WHERE name = 'turns';",
        )
        .unwrap();
    drop(database);
    let error = history(&folder, &[]).unwrap_err();
    assert!(error.contains("it is damaged"), "{error}");
}

/// A room with these rows, by SQL past the program; its number is 1.
fn room_with(rows: &str) -> std::path::PathBuf {
    let folder = folder();
    let room = "INSERT INTO rooms (name, port, last_member) VALUES ('', 1059, 1)";
    let database = database(&folder);
    database.execute_batch(room).unwrap();
    database.execute_batch(rows).unwrap();
    folder
}

#[test]
fn a_date_that_no_calendar_has_does_not_hide_the_rest() {
    let folder = room_with(
        r#"INSERT INTO posts (id, at, member, name, what) VALUES
            ((1 << 32) | 1, 9223372036854775807, 1, 'ann', '{"what":"said","text":"late"}')"#,
    );
    let shown = history(&folder, &["show", "r1"]).unwrap();
    assert!(shown.contains("1  9999-12-31 23:59  ann: late"), "{shown}");
    let json = history(&folder, &["export", "r1", "--format", "json"]).unwrap();
    assert!(
        json.contains(r#""at":"9999-12-31T23:59:59.999Z""#),
        "{json}"
    );
    assert!(history(&folder, &[]).unwrap().contains("9999-12-31"));
}

#[test]
fn a_room_that_is_full_is_shown_once() {
    let folder = room_with(
        r#"INSERT INTO posts (id, at, member, name, what) VALUES
            ((1 << 32) | 4294967295, 0, 1, 'ann', '{"what":"said","text":"the last"}')"#,
    );
    let shown = history(&folder, &["show", "r1"]).unwrap();
    assert_eq!(shown.matches("the last").count(), 1, "{shown}");
}

#[test]
fn a_room_whose_numbers_are_used_up_is_refused_when_it_starts() {
    let posts = "INSERT INTO posts (id, at, member, name, what) VALUES ((1 << 32) | 4294967295, 0, 1, 'ann', '{}')";
    let member = |number: &str| {
        format!("INSERT INTO members VALUES (1, {number}, zeroblob(16), 'ann', 0, 1, 0, 1)")
    };
    for rows in [
        "UPDATE rooms SET last_member = 9223372036854775807",
        "UPDATE rooms SET last_member = -1",
        "UPDATE rooms SET coordinator = 7",
        posts,
        &member("2"),
        &member("-1"),
        "INSERT INTO members VALUES (1, 1, zeroblob(15), 'ann', 0, 1, 0, 1)",
    ] {
        let folder = room_with(rows);
        let journal = Journal::open(&folder).unwrap();
        let key = RoomKey {
            name: None,
            port: 1059,
        };
        let error = Register::open(journal, &key).unwrap_err();
        assert!(
            matches!(error, JournalError::Use(Problem::Value)),
            "{rows}: {error:?}"
        );
    }
}

#[test]
fn a_ticket_that_a_server_gives_twice_is_told_in_clear_words() {
    let folder = new_folder();
    let (listener, port) = Socket::listen();
    let ticket = Ticket::new([7; 16]);
    let digest = serde_json::to_string(&TurnLog::new(ticket).standing().digest).unwrap();
    let ticket = serde_json::to_string(&ticket).unwrap();
    let welcome = control(&format!(
        r#"{{"type":"welcome","version":1,"mode":"pair","session":{ticket},"turns":0,"digest":{digest}}}"#
    ));
    for attempt in 0..2 {
        let data = ["--data", folder.to_str().unwrap()];
        let mut client = Program::client(port).args(data).start();
        let mut server = Socket::accept(&listener);
        server.send(&welcome);
        client.wait_for("Enter Input >");
        client.enter("Hello");
        if attempt == 0 {
            assert_eq!(server.receive_frame().0, 1);
            assert_eq!(server.receive_text(), "Hello");
            server.send(&frame("/q"));
            assert_eq!(client.finish().code, Some(0));
        } else {
            let client = client.finish();
            assert_eq!(client.code, Some(1));
            let line = "the server has issued one ticket twice";
            assert!(client.stderr.contains(line), "{}", client.stderr);
            assert_eq!(client.stderr.lines().count(), 1, "{}", client.stderr);
        }
    }
}

#[test]
fn two_servers_cannot_write_one_room_and_a_crash_leaves_it_free() {
    let folder = new_folder();
    let data = ["--data", folder.to_str().unwrap()];
    let first = Room::open(&data);
    let port = first.port.to_string();
    let second = ["room", "--host", "127.0.0.2", "--port", &port];
    let refused = Program::new().args(second).args(data).run();
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused
            .stderr
            .contains(&format!("another tictalk has the room on port {port} open")),
        "{}",
        refused.stderr
    );
    assert_eq!(refused.stderr.lines().count(), 1, "{}", refused.stderr);
    // With another name it is another room.
    let mut other = Program::new()
        .args(second)
        .args(data)
        .args(["--name", "Zed"])
        .start();
    other.wait_for("listening on: 127.0.0.2");
    other.enter("/quit");
    assert_eq!(other.finish().code, Some(0));
    // Killed, as in a crash.
    drop(first);
    let mut again = Program::new().args(second).args(data).start();
    again.wait_for("listening on: 127.0.0.2");
    again.enter("/quit");
    assert_eq!(again.finish().code, Some(0));
    let locks = fs::read_dir(&folder).unwrap();
    for entry in locks {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{entry:?}");
    }
}
