//! The journal under everything that can be wrong with a file.

#[cfg(unix)]
use crate::support::{Cable, Pty};
use crate::support::{Program, Resuming, Running, Socket, control, frame, hello, new_folder, skip};
#[cfg(unix)]
use nix::sys::signal::Signal;
#[cfg(target_os = "linux")]
use rusqlite::Connection;
#[cfg(unix)]
use std::path::Path;
use std::path::PathBuf;
use std::thread;
use tictalk::journal::{Journal, StoredSession};
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::{Digest, Prover, Standing, Ticket};

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

    /// What was said in a session, with its digests checked.
    fn turns(&self, session: &StoredSession) -> Vec<String> {
        let journal = Journal::open_existing(&self.0).unwrap().unwrap();
        let turns = journal.turns(session).unwrap();
        turns.into_iter().map(|written| written.turn.text).collect()
    }

    /// What was said in the only session.
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
fn what_was_altered_is_not_gone_on_with() {
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

#[test]
fn a_locked_journal_is_told_at_the_start() {
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
    // Nobody was disturbed for a talk that cannot be had.
    listener.set_nonblocking(true).unwrap();
    let nobody = listener.accept().unwrap_err();
    assert_eq!(nobody.kind(), std::io::ErrorKind::WouldBlock);
}

/// What a program at a pipe says when its journal is locked.
const WAITING: &str =
    "tictalk: the journal is locked by another program: waiting for up to 30 seconds\n";

#[test]
fn a_program_at_a_pipe_waits_for_a_locked_journal() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    let database = ours.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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
fn a_program_at_a_pipe_that_waits_for_its_journal_can_be_stopped_and_goes_on_later() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, port) = pair_that_has_begun(&theirs, &ours);
    let database = ours.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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
    let database = ours.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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
    let database = theirs.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
    client.enter("How are you?");
    server.wait_for_error(WAITING);
    // What is not written down has not been said here.
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

/// A talk on two screens in which the client has the turn, and its journal is held by somebody else.
#[cfg(unix)]
fn locked_out() -> (Pty, Pty, Folder, Connection) {
    let folder = Folder::new();
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).data(folder.path()).on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("Hi");
    client.prompt();
    let database = folder.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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
fn a_person_can_go_on_without_a_journal() {
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
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("Hi");
    client.prompt();
    let database = folder.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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

/// A talk on two screens in which the client has said goodbye, and its journal is held by somebody
/// else.
#[cfg(unix)]
fn locked_out_at_the_goodbye() -> (Pty, Pty, Folder, Connection) {
    let folder = Folder::new();
    let (mut server, port) = Program::server().on_screen().listening();
    let mut client = Program::client(port).data(folder.path()).on_screen();
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("Hi");
    client.prompt();
    let database = folder.database();
    database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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
        client.prompt();
        client.enter("Hello");
        server.prompt();
        server.enter("Hi");
        client.prompt();
        let database = folder.database();
        database.execute_batch("BEGIN EXCLUSIVE").unwrap();
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

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_is_told_in_clear_words() {
    let (folder, theirs) = (Folder::new(), Folder::new());
    drop(Journal::open(&folder.0).unwrap());
    let (mut server, port) = Program::server().data(theirs.path()).start().listening();
    // Without the trap the system would kill the program instead of refusing the write.
    // A block has 512 bytes, or 1,024.
    let script = "trap '' XFSZ; ulimit -f 100; exec \"$@\"";
    let client = Program::client(port).data(folder.path());
    let mut client = client.through(["sh", "-c", script, "sh"]).start();
    for _ in 0..40 {
        client.feed(&format!("{}\n", "x".repeat(4_000)));
        server.feed("go on\n");
    }
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: cannot write the journal: the disk reports an error, or the file may not grow; \
         free some space, or use --no-journal\n"
    );
    // What was sent is written down, and what was not written down was not sent.
    let said = folder.said();
    assert!(said.len() > 2, "{} turns", said.len());
    let mut client = Program::client(port)
        .data(folder.path())
        .args(["--resume"])
        .start();
    client.enter("/q");
    assert_eq!(client.finish().code, Some(0));
    assert_eq!(server.finish().code, Some(0));
    assert!(folder.said() == theirs.said(), "a turn was lost or doubled");
}

/// A client whose journal is on a disk of its own that is small. The disk is there for this program
/// alone, and goes with it.
#[cfg(target_os = "linux")]
fn client_on_a_small_disk(port: u16, folder: &Folder) -> Pty {
    std::fs::create_dir_all(&folder.0).unwrap();
    let script = "mount -t tmpfs -o size=512k none \"$0\" && exec \"$@\" --data \"$0\"";
    let client = Program::client(port);
    client
        .through(["unshare", "--mount", "sh", "-c", script, folder.path()])
        .on_screen()
}

/// Whether disks may be made here.
#[cfg(target_os = "linux")]
fn may_mount() -> bool {
    let script = "mount -t tmpfs none /mnt";
    let made = std::process::Command::new("unshare")
        .args(["--mount", "sh", "-c", script])
        .output();
    made.is_ok_and(|made| made.status.success())
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_told_and_the_talk_goes_on_when_there_is_room() {
    if !may_mount() {
        return skip("no disk may be mounted here");
    }
    let (mut server, port) = Program::server().on_screen().listening();
    let folder = Folder::new();
    let mut client = client_on_a_small_disk(port, &folder);
    client.prompt();
    client.enter("Hello");
    server.prompt();
    server.enter("Hi");
    client.prompt();
    let disk = format!("/proc/{}/root{}", client.id(), folder.path());
    let filler = Path::new(&disk).join("filler");
    // As much as goes in.
    let full = std::fs::write(&filler, vec![0; 1 << 20]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    client.enter("Are you there?");
    client.wait_for("The journal cannot be written: the disk is full.");
    client.prompt();
    std::fs::remove_file(filler).unwrap();
    client.press("\r");
    server.wait_for("Are you there?\nEnter Input >");
    server.prompt();
    server.enter("Yes");
    client.wait_for("Yes\nEnter Input >");
    // A database cannot be opened through this path, so it is brought here.
    let brought = Folder::new();
    std::fs::create_dir_all(&brought.0).unwrap();
    for file in ["journal.db", "journal.db-wal"] {
        std::fs::copy(Path::new(&disk).join(file), brought.0.join(file)).unwrap();
    }
    assert_eq!(brought.said(), ["Hello", "Hi", "Are you there?", "Yes"]);
}

#[cfg(unix)]
#[test]
fn nobody_else_can_read_the_journal() {
    use std::os::unix::fs::PermissionsExt as _;
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, _) = pair(&theirs, &ours);
    client.enter("Hello");
    server.prompt();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    // Without the last two this would show nothing of them.
    for name in ["journal.db", "journal.db-shm", "journal.db-wal"] {
        assert_eq!(mode(&ours.0.join(name)), 0o600, "{name}");
    }
    // Besides, the client has claimed its ticket for a room at this address.
    let files = ours.files();
    let mut paths = files.iter().map(|(path, _)| path);
    let lock = paths.find(|path| path.extension().is_some_and(|it| it == "lock"));
    assert_eq!(mode(lock.unwrap()), 0o600);
    assert_eq!(files.len(), 4);
    assert_eq!(mode(&ours.0), 0o700);
}

#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_may_not_be_written_is_told() {
    let folder = Folder::new();
    std::fs::create_dir_all(&folder.0).unwrap();
    let mut permissions = std::fs::metadata(&folder.0).unwrap().permissions();
    permissions.set_readonly(true);
    std::fs::set_permissions(&folder.0, permissions).unwrap();
    let server = Program::server().data(folder.path());
    let lost = server.without_rights().run();
    assert_eq!(lost.code, Some(1), "{lost:?}");
    assert!(
        lost.stderr.starts_with("tictalk: cannot open the journal ")
            && lost.stderr.contains("ermission denied")
            && lost.stderr.contains("--no-journal"),
        "{}",
        lost.stderr
    );
}

#[cfg(unix)]
#[test]
fn of_two_clients_that_go_on_with_one_talk_the_newer_does() {
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
fn whoever_was_taken_over_and_has_not_heard_of_it_says_nothing_more() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (mut server, mut client, _) = pair(&theirs, &ours);
    client.enter("Hello");
    server.enter("Hi");
    client.prompt();
    client.prompt();
    // What another program does first, by a hand of ours: the connection is still there.
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
fn whoever_was_taken_over_does_not_end_the_talk_of_another() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    // As above: another program has the talk, and this one has not heard of it.
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

fn delete_first_talk(folder: &Folder) {
    let delete = Program::new().args(["history", "delete", "1"]);
    let deleted = delete.data(folder.path()).run();
    assert_eq!(deleted.code, Some(0), "{deleted:?}");
}

#[test]
fn a_talk_that_was_deleted_can_be_left() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    delete_first_talk(&ours);
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
    // One that wants to go on has read the journal and waits for the server.
    let options = ["--data", ours.path(), "--resume", "--wait", "30"];
    let (listener, _) = Socket::listen();
    drop(listener);
    let client = Program::client(port).args(options).start();
    client.wait_for_error("Waiting for a server on port");
    // Meanwhile another program has ended the talk.
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
fn a_talk_that_is_deleted_while_it_goes_on_is_told() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (_server, mut client, _) = pair_that_has_begun(&theirs, &ours);
    delete_first_talk(&ours);
    client.enter("Still here?");
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert_eq!(
        lost.stderr,
        "tictalk: this session was deleted from the journal\n"
    );
}

/// A talk with one turn whose server was killed. Its client looks for the server, and so does a newer
/// one that wants to go on with the talk and has read the journal already.
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
fn a_talk_that_is_deleted_before_the_server_is_back_is_told() {
    let mut orphaned = Orphaned::new();
    orphaned.older.signal(Signal::SIGKILL);
    orphaned.older.finish();
    delete_first_talk(&orphaned.ours);
    let _server = orphaned.start_server();
    assert_eq!(orphaned.newer.finish(), 1);
    let newer = &orphaned.newer;
    newer.wait_for("tictalk: this session was deleted from the journal");
}

#[cfg(unix)]
#[test]
fn a_client_that_finds_the_server_too_late_leaves_the_talk_to_the_older() {
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

/// What a server answers to this greeting: the type and the reason of the frame.
fn answer(port: u16, greeting: &[u8]) -> String {
    let mut socket = Socket::connect(port);
    socket.send(greeting);
    let (kind, json) = socket.receive_frame();
    assert_eq!(kind, 1, "{json}");
    type_and_reason(&serde_json::from_str(&json).unwrap())
}

fn type_and_reason(json: &serde_json::Value) -> String {
    format!("{} {}", json["type"], json["reason"]).replace('"', "")
}

/// What a server answers to a client that stands here and knows the ticket.
fn resume(port: u16, standing: &Standing) -> String {
    let mut socket = Socket::connect(port);
    match Resuming::send(&mut socket, standing).challenged(&mut socket) {
        Ok(resuming) => {
            let proof = resuming.exchange().proof(Prover::Client);
            resuming.prove_with(&mut socket, proof);
            let (_, json) = socket.receive_frame();
            type_and_reason(&serde_json::from_str(&json).unwrap())
        }
        Err(json) => type_and_reason(&json),
    }
}

fn standing(session: Ticket, turns: u64) -> Standing {
    Standing {
        session,
        turns,
        digest: Digest::new([0; 32]),
    }
}

#[test]
fn a_seat_is_kept_for_whoever_has_its_ticket() {
    let (mut server, port) = Program::server().start().listening();
    let mut partner = Socket::connect(port);
    partner.send(&hello());
    let ticket = partner.receive_ticket();
    partner.send(&frame("Hello"));
    server.prompt();
    drop(partner);
    server.wait_for_error("Connection to the client lost");
    let other = Ticket::new([0xab; 16]);
    assert_eq!(answer(port, &hello()), "refuse busy");
    assert_eq!(resume(port, &standing(other, 1)), "refuse busy");
    assert_eq!(resume(port, &standing(ticket, 1)), "refuse diverged");
    let mut log = TurnLog::new(ticket);
    log.add(Turn {
        by: Role::Client,
        text: "Hello".to_owned(),
    });
    assert_eq!(resume(port, log.standing()), "welcome null");
    server.wait_for_error("Reconnected.");
}

#[test]
fn a_server_that_stands_elsewhere_at_the_start_is_not_talked_to() {
    let (listener, port) = Socket::listen();
    let client = Program::client(port).start();
    let mut server = Socket::accept(&listener);
    server.receive_frame();
    let (ticket, digest) = ("ab".repeat(16), "00".repeat(32));
    server.send(&control(&format!(
        r#"{{"type":"welcome","version":2,"mode":"pair","session":"{ticket}","turns":5,"digest":"{digest}"}}"#
    )));
    let lost = client.finish();
    assert_eq!(lost.code, Some(1));
    assert!(
        lost.stderr
            .contains("the server answered the greeting with something else"),
        "{}",
        lost.stderr
    );
}

#[test]
fn a_session_that_is_not_known_or_is_over_is_not_gone_on_with() {
    let (ours, theirs) = (Folder::new(), Folder::new());
    let (server, client, port) = pair_that_has_begun(&theirs, &ours);
    drop(client);
    server.wait_for_error("Connection to the client lost");
    // The server's person leaves, and the server's journal says so by a hand of ours: the goodbye
    // was lost.
    drop(server);
    let over = "UPDATE sessions SET ended = 1, ended_by = 'server'";
    assert_eq!(theirs.database().execute(over, []).unwrap(), 1);
    let port_text = port.to_string();
    let server = Program::new()
        .args(["server", "--port", &port_text])
        .data(theirs.path())
        .start();
    let resume_it = || {
        Program::client(port)
            .data(ours.path())
            .args(["--resume", "--wait", "30"])
            .run()
    };
    let lost = resume_it();
    assert_eq!(
        lost.stderr,
        "tictalk: this session is over: It ended with /q. Start a new one without --resume.\n"
    );
    assert!(ours.sessions()[0].ended.is_some());
    let lost = resume_it();
    assert!(
        lost.stderr.contains("no unfinished session with localhost"),
        "{}",
        lost.stderr
    );
    let other = Ticket::new([0xab; 16]);
    assert_eq!(resume(port, &standing(other, 5)), "refuse unknown");
    drop(server);
}
