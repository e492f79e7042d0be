//! The log of a room.

use crate::support::{NOT_ROOT, Program, Room, Socket, control, frame, new_folder, skip};
use std::fs;
use std::path::PathBuf;

/// A file that does not exist yet, in a folder that does.
fn new_file() -> PathBuf {
    let folder = new_folder();
    fs::create_dir_all(&folder).unwrap();
    folder.join("room.log")
}

/// Lines without their times, which are looked at.
fn lines(file: &PathBuf) -> Vec<String> {
    let log = fs::read_to_string(file).unwrap();
    assert!(log.ends_with('\n'), "{log}");
    let line = |line: &str| {
        let (time, line) = line.split_once(' ').unwrap();
        assert!(
            time.len() == "2026-11-20T08:30:05.123Z".len() && time.ends_with('Z'),
            "{time}"
        );
        line.to_owned()
    };
    log.lines().map(line).collect()
}

/// Whether the log has these entries in this order, each with its beginning and its end.
fn assert_in_order(lines: &[String], wanted: &[(&str, &str)]) {
    let mut rest = lines.iter();
    for (start, end) in wanted {
        assert!(
            rest.any(|line| line.starts_with(start) && line.ends_with(end)),
            "no {start}…{end} in {lines:#?}"
        );
    }
}

#[test]
fn a_log_tells_who_came_and_went_and_not_what_was_said() {
    let file = new_file();
    let mut room = Room::open(&["--name", "math", "--log", file.to_str().unwrap()]);
    let mut ann = room.join("ann");
    room.hear(&mut ann, "xylophone", "ann: xylophone\n");
    room.hear(&mut ann, "/nick anna", "-- ann is now called anna.\n");
    let mut bob = room.join("bob");
    room.hear(&mut ann, "/kick bob", "-- bob was removed by anna.\n");
    bob.rest();
    room.hear(&mut ann, "/q", "-- anna left.\n");
    let port = room.port;
    assert_eq!(room.close().code, Some(0));
    let lines = lines(&file);
    assert_in_order(
        &lines,
        &[
            (
                &format!("INFO  room opened host=\"localhost\" port={port} name=\"math\""),
                "",
            ),
            (
                "INFO  connected connection=1 from=127.0.0.1:",
                " dialect=\"framed\"",
            ),
            (
                "INFO  connected as member connection=1 member=#1 name=\"ann\"",
                "",
            ),
            ("INFO  joined member=#1 name=\"ann\"", ""),
            ("INFO  became coordinator member=#1 name=\"ann\"", ""),
            ("INFO  renamed member=#1 name=\"ann\" to=\"anna\"", ""),
            (
                "INFO  connected as member connection=2 member=#2 name=\"bob\"",
                "",
            ),
            ("INFO  removed member=#2 name=\"bob\" by=\"anna\"", ""),
            ("INFO  left member=#1 name=\"anna\"", ""),
            ("INFO  closed the room member=#0 name=\"math\"", ""),
            ("INFO  room closed", ""),
        ],
    );
    assert!(lines.iter().all(|line| !line.contains("xylophone")));
}

#[test]
fn a_log_is_appended_to_its_file() {
    let file = new_file();
    fs::write(&file, "1970-01-01T00:00:00.000Z INFO  before\n").unwrap();
    for _ in 0..2 {
        let file = file.to_str().unwrap();
        let room = Program::new().args(["room", "--port", "0"]);
        let mut host = room.env("TICTALK_LOG", file).start();
        host.port();
        host.enter("/quit");
        assert_eq!(host.finish().code, Some(0));
    }
    let lines = lines(&file);
    assert_eq!(lines[0], "INFO  before");
    let closed = lines.iter().filter(|line| *line == "INFO  room closed");
    assert_eq!(closed.count(), 2);
}

#[test]
fn a_name_passes_for_no_other_fact_of_a_log() {
    let file = new_file();
    let mut room = Room::open(&["--log", file.to_str().unwrap()]);
    let _ann = room.join(r#"a" member=#0 b="\"#);
    room.close();
    let log = fs::read_to_string(&file).unwrap();
    assert!(
        log.contains(r#"joined member=#1 name="a\" member=#0 b=\"\\""#),
        "{log}"
    );
}

#[test]
fn a_wrong_greeting_commands_no_terminal_that_shows_the_log() {
    let file = new_file();
    let room = Room::open(&["--log", file.to_str().unwrap()]);
    let mut eve = Socket::connect(room.port);
    let hello = r#"{"type":"hello","version":2,"name":"a\u001b[2J\u202e"}"#;
    eve.send(&control(hello));
    eve.receive_rest();
    room.close();
    let log = fs::read_to_string(&file).unwrap();
    assert!(
        log.contains("turned away: did not introduce itself"),
        "{log}"
    );
    assert!(!log.contains(['\x1b', '\u{202e}']), "{log}");
}

#[test]
fn a_connection_without_a_greeting_is_in_the_log() {
    let file = new_file();
    let mut room = Room::open(&[
        "--introduction",
        "1",
        "--per-address",
        "2",
        "--log",
        file.to_str().unwrap(),
    ]);
    let _ann = room.join("ann");
    let bob = room.join("bob");
    Socket::connect(room.port).receive_rest();
    drop(bob);
    room.host.wait_for("-- bob left: connection lost.");
    Socket::connect(room.port).receive_rest();
    room.close();
    assert_in_order(
        &lines(&file),
        &[
            (
                "WARN  turned away: too many connections from this address from=127.0.0.1:",
                "",
            ),
            (
                "WARN  turned away: did not introduce itself from=127.0.0.1:",
                "",
            ),
        ],
    );
}

#[test]
fn a_journal_that_fails_is_in_the_log() {
    let file = new_file();
    let data = new_folder();
    let data = data.to_str().unwrap();
    let mut room = Room::open(&["--data", data, "--log", file.to_str().unwrap()]);
    let mut ann = room.join("ann");
    Program::new()
        .args(["history", "delete", "r1"])
        .data(data)
        .run();
    ann.send(&frame("hello"));
    assert_eq!(room.host.finish().code, Some(1));
    let lines = lines(&file);
    assert_eq!(
        lines.last().map(String::as_str),
        Some(
            "ERROR room failed error=the room was closed because its journal cannot be written: \
             this room was deleted from it"
        )
    );
}

#[test]
fn a_log_that_cannot_be_opened_is_an_error_in_one_line() {
    let folder = new_folder();
    fs::create_dir_all(&folder).unwrap();
    let folder = folder.to_str().unwrap();
    let failed = Program::new()
        .args(["room", "--port", "0", "--log", folder])
        .run();
    assert_eq!((failed.code, failed.stdout.as_str()), (Some(1), ""));
    assert!(
        failed
            .stderr
            .starts_with(&format!("tictalk: cannot open the log {folder}: ")),
        "{}",
        failed.stderr
    );
    assert!(
        failed
            .stderr
            .ends_with("; name another file with --log FILE\n")
    );
    assert_eq!(failed.stderr.lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_a_log() {
    use std::os::unix::fs::PermissionsExt as _;
    let file = new_file();
    Room::open(&["--log", file.to_str().unwrap()]).close();
    let mode = fs::metadata(&file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(target_os = "linux")]
#[test]
fn a_room_continues_when_its_log_cannot_be_written_any_more() {
    let mut room = Room::open(&["--log", "/dev/full"]);
    let mut ann = room.join("ann");
    room.hear(&mut ann, "hello", "ann: hello\n");
    let closed = room.close();
    assert_eq!((closed.code, closed.stderr.as_str()), (Some(0), ""));
}

#[cfg(unix)]
#[test]
fn a_log_is_a_file_of_ones_own() {
    let refused = |file: &PathBuf| {
        let arguments = ["room", "--port", "0", "--log", file.to_str().unwrap()];
        let refused = Program::new().args(arguments).run();
        assert_eq!(refused.code, Some(1), "{refused:?}");
        refused.stderr
    };
    let pipe = new_file();
    nix::unistd::mkfifo(&pipe, nix::sys::stat::Mode::S_IRWXU).unwrap();
    let line = refused(&pipe);
    assert!(
        line.contains("it is a pipe or a device, not a file"),
        "{line}"
    );
    if nix::unistd::geteuid().is_root() {
        let (file, nobody) = (new_file(), Some(65_534));
        fs::write(&file, "").unwrap();
        std::os::unix::fs::chown(&file, nobody, nobody).unwrap();
        assert!(refused(&file).contains("it belongs to another user"));
        let (link, target) = (new_file(), new_file());
        std::os::unix::fs::symlink(&target, &link).unwrap();
        std::os::unix::fs::lchown(&link, nobody, nobody).unwrap();
        assert!(refused(&link).contains("it belongs to another user"));
        assert!(!target.exists());
    } else {
        skip(NOT_ROOT);
    }
}
