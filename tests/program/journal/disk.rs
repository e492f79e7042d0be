//! Limits of the disk and permissions of the files.

use super::{Folder, pair};
#[cfg(unix)]
use crate::support::Pty;
use crate::support::{Program, skip};
#[cfg(unix)]
use std::path::Path;
use tictalk::journal::Journal;

#[cfg(unix)]
#[test]
fn a_file_that_may_not_grow_is_reported_in_clear_words() {
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
    // The turn that was sent is in the journal, and the one that is missing there was not sent.
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

/// A client whose journal is on a small disk. The disk exists for this program alone, and is
/// removed with it.
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
fn a_full_disk_is_reported_and_the_session_continues_when_there_is_room() {
    if !may_mount() {
        return skip("no disk may be mounted here");
    }
    let (mut server, port) = Program::server().on_screen().listening();
    let folder = Folder::new();
    let mut client = client_on_a_small_disk(port, &folder);
    client.exchange_greetings_with(&mut server);
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
fn a_folder_that_may_not_be_written_is_reported() {
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
