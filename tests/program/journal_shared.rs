//! One journal and several programs that use it at the same time.

use crate::support::new_folder;
use rusqlite::Connection;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use tictalk::journal::{Erased, Journal, Pass, Register, RoomKey, RoomLogin};
use tictalk::room::{PostRecord, REMEMBERED, RestoredMember, RestoredRoom};
use tictalk::wire::{Author, MemberId, Parting, Post, PostId, Text, Ticket, What};

const KEY: RoomKey = RoomKey {
    name: None,
    port: 1059,
};

fn open(folder: &Path) -> Journal {
    Journal::open(folder).unwrap()
}

/// The journal past the program.
fn database(folder: &Path) -> Connection {
    Connection::open(folder.join("journal.db")).unwrap()
}

fn count(folder: &Path, table: &str) -> i64 {
    let count = format!("SELECT count(*) FROM {table}");
    database(folder)
        .query_row(&count, [], |row| row.get(0))
        .unwrap()
}

/// A journal with `posts` posts in room 1, which is closed, and `turns` turns in session 1.
fn long_journal(posts: i64, turns: i64) -> PathBuf {
    let folder = new_folder();
    drop(open(&folder));
    let database = database(&folder);
    let text = "word ".repeat(100);
    database
        .execute_batch(
            "INSERT INTO rooms (name, port, last_member) VALUES ('', 1058, 1);
             INSERT INTO sessions (role, ticket, dialect, host, port, began)
                VALUES ('client', zeroblob(16), 'raw', 'localhost', 1059, 0);",
        )
        .unwrap();
    database
        .execute(
            r#"WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?1)
             INSERT INTO posts (id, at, member, name, what) SELECT (1 << 32) | n, n, 1, 'ann',
                '{"what":"said","text":"post' || n || ' ' || ?2 || '"}' FROM number"#,
            (posts, &text),
        )
        .unwrap();
    database
        .execute(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT ?1)
             INSERT INTO turns SELECT (1 << 32) | n, 'client', 'turn' || n || ' ' || ?2, n,
                zeroblob(32), NULL FROM number",
            (turns, &text),
        )
        .unwrap();
    folder
}

fn entry(id: u64, member: u64, what: What, ticket: Option<Ticket>) -> PostRecord {
    let by = Author {
        id: MemberId(member),
        name: "ann".into(),
    };
    PostRecord {
        post: Arc::new(Post {
            id: PostId(id),
            at: 0,
            by,
            what,
        }),
        ticket,
        line: None,
        table: None,
        input: None,
    }
}

fn said(id: u64) -> PostRecord {
    let text = Text::cut("Hello".to_owned());
    entry(id, 0, What::Said { text }, None)
}

fn joined(id: u64, member: u64) -> PostRecord {
    let mut ticket = [0; 16];
    ticket[..8].copy_from_slice(&member.to_be_bytes());
    entry(id, member, What::Joined, Some(Ticket::new(ticket)))
}

fn left(id: u64, member: u64) -> PostRecord {
    entry(id, member, What::Left { why: Parting::Quit }, None)
}

/// Writes into a room while `work` uses the same journal, up to 500 times: `work` reads these posts
/// too. Every write has to succeed.
fn while_a_room_is_written<R>(folder: &Path, work: impl FnOnce() -> R) -> R {
    let is_done = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&is_done);
    let mut register = Register::open(open(folder), &KEY).unwrap();
    let (begun, begins) = std::sync::mpsc::channel();
    let writer = thread::spawn(move || {
        let last = register.known().last.0;
        let mut ids = last + 1..=last + 500;
        while !seen.load(Ordering::Relaxed)
            && let Some(id) = ids.next()
        {
            register.write(&[said(id)]).unwrap();
            let _ = begun.send(());
        }
    });
    begins.recv().unwrap();
    let worked = work();
    is_done.store(true, Ordering::Relaxed);
    writer.join().unwrap();
    worked
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

#[test]
fn a_search_and_a_deletion_let_a_room_be_written_meanwhile() {
    let folder = long_journal(3_000, 1_500);
    let hits = while_a_room_is_written(&folder, || {
        let journal = open(&folder);
        let talks = journal.search(&words(&["turn1499"]), 10).unwrap();
        let rooms = journal.search_rooms(&words(&["post2999"]), 10).unwrap();
        (talks.len(), rooms.len())
    });
    assert_eq!(hits, (1, 1));
    while_a_room_is_written(&folder, || {
        let mut journal = open(&folder);
        journal.delete_room(1).unwrap();
        journal.delete(1).unwrap();
    });
    let journal = open(&folder);
    assert_eq!(journal.search(&words(&["turn1499"]), 10).unwrap(), []);
    assert_eq!(journal.search_rooms(&words(&["post2999"]), 10).unwrap(), []);
    assert_eq!(journal.rooms().unwrap().len(), 1);
    assert_eq!(count(&folder, "turns"), 0);
    assert_eq!(count(&folder, "deletions"), 0);
}

#[test]
fn a_deletion_that_was_not_finished_shows_nothing_and_is_completed() {
    let folder = long_journal(200, 200);
    let journal = open(&folder);
    assert_eq!(journal.search(&words(&["turn199"]), 10).unwrap().len(), 1);
    assert_eq!(
        journal
            .search_rooms(&words(&["post199"]), 10)
            .unwrap()
            .len(),
        1
    );
    // As far as a deletion comes whose program is killed right away.
    database(&folder)
        .execute_batch(
            "DELETE FROM sessions; DELETE FROM rooms;
             INSERT INTO deletions VALUES ('sessions', 1), ('rooms', 1);",
        )
        .unwrap();
    assert_eq!(journal.search(&words(&["turn199"]), 10).unwrap(), []);
    assert_eq!(journal.search_rooms(&words(&["post199"]), 10).unwrap(), []);
    drop(journal);
    open(&folder).finish_deletions().unwrap();
    for table in [
        "turns",
        "posts",
        "words_docsize",
        "room_words_docsize",
        "deletions",
    ] {
        assert_eq!(count(&folder, table), 0, "{table}");
    }
}

#[test]
fn deleted_text_is_gone_from_the_file_at_once() {
    let folder = long_journal(300, 300);
    let mut journal = open(&folder);
    journal.search(&words(&["turn199"]), 10).unwrap();
    journal.search_rooms(&words(&["post199"]), 10).unwrap();
    assert_eq!(journal.delete(1).unwrap(), Erased::Now);
    assert_eq!(journal.delete_room(1).unwrap(), Erased::Now);
    let bytes = std::fs::read(folder.join("journal.db")).unwrap();
    for gone in [&b"turn7"[..], b"post7", b"word word"] {
        assert!(!bytes.windows(gone.len()).any(|window| window == gone));
    }
}

fn seat(name: &str) -> RoomLogin {
    RoomLogin {
        host: "localhost".to_owned(),
        port: 1059,
        name: (!name.is_empty()).then(|| name.to_owned()),
    }
}

#[test]
fn a_ticket_for_a_room_is_kept_for_the_next_program_that_goes_there() {
    let folder = new_folder();
    let mut journal = open(&folder);
    let mut first = Pass::take(&journal, seat("ann")).unwrap();
    assert_eq!(first.ticket(), None);
    first
        .remember(&mut journal, Ticket::new([1; 16]), None)
        .unwrap();
    // A second program that enters meanwhile is another member, and overwrites nothing.
    let mut second = Pass::take(&journal, seat("ann")).unwrap();
    assert_eq!(second.ticket(), None);
    second
        .remember(&mut journal, Ticket::new([2; 16]), None)
        .unwrap();
    for other in [
        seat("bob"),
        seat(""),
        RoomLogin {
            port: 1060,
            ..seat("ann")
        },
    ] {
        assert_eq!(Pass::take(&journal, other).unwrap().ticket(), None);
    }
    drop(first);
    let third = Pass::take(&journal, seat("ann")).unwrap();
    assert_eq!(third.ticket(), Some(Ticket::new([1; 16])));
    drop((second, third));
    // Only the journal remains.
    let files = std::fs::read_dir(&folder).unwrap();
    let names = files.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let locks: Vec<String> = names.filter(|name| name.ends_with(".lock")).collect();
    assert_eq!(locks, [""; 0]);
}

#[test]
fn the_tickets_that_are_kept_are_bounded() {
    let folder = new_folder();
    let mut journal = open(&folder);
    for number in 0..1_030 {
        let mut pass = Pass::take(&journal, seat(&number.to_string())).unwrap();
        pass.remember(&mut journal, Ticket::new([7; 16]), None)
            .unwrap();
    }
    assert_eq!(count(&folder, "tickets"), 1_024);
}

#[test]
fn members_that_left_a_room_long_ago_are_forgotten_in_memory_and_in_the_file() {
    let folder = new_folder();
    let mut register = Register::open(open(&folder), &KEY).unwrap();
    let many = u64::try_from(REMEMBERED).unwrap() + 100;
    let mut id = 0;
    let mut entries = vec![joined(1, 1)];
    for member in 2..=many + 1 {
        id += 2;
        entries.extend([joined(id, member), left(id + 1, member)]);
    }
    register.write(&entries).unwrap();
    // The one who is still in, and as many of the others as are remembered.
    let remembered = REMEMBERED + 1;
    assert_eq!(register.known().members.len(), remembered);
    assert!(register.known().members[&MemberId(1)].is_in);
    assert_eq!(
        count(&folder, "members"),
        i64::try_from(remembered).unwrap()
    );
    let known = register.known().clone();
    drop(register);
    // A file of an older version holds more.
    database(&folder)
        .execute_batch(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT 99)
             INSERT INTO members SELECT 1, n + 1, randomblob(16), 'old', 0, 1, 0, 0 FROM number",
        )
        .unwrap();
    let register = Register::open(open(&folder), &KEY).unwrap();
    assert_eq!(register.known(), &known);
    assert_eq!(
        count(&folder, "members"),
        i64::try_from(remembered).unwrap()
    );
}

#[test]
fn a_member_that_comes_back_is_not_counted_among_those_that_have_left() {
    let mut known = RestoredRoom::default();
    let many = u64::try_from(REMEMBERED).unwrap() + 1;
    let mut id = 0;
    let mut next = || {
        id += 1;
        id
    };
    known.add(&joined(next(), 1));
    known.add(&left(next(), 1));
    known.add(&joined(next(), 1));
    for member in 2..=many {
        known.add(&joined(next(), member));
        known.add(&left(next(), member));
    }
    assert!(known.members[&MemberId(1)].is_in);
    assert_eq!(known.members.len(), REMEMBERED + 1);
    let members: BTreeMap<MemberId, RestoredMember> = known.members.clone();
    assert_eq!(RestoredRoom::of(members).members, known.members);
}
