//! A journal that somebody has changed: it may be refused, but nothing panics or has no end.

use crate::run::Marks;
use crate::source::Source;
use rusqlite::types::Value;
use rusqlite::{Connection, params};
use std::io::{self, Write};
use std::mem::discriminant;
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex};
use std::{env, fs, process};
use tictalk::history::{Format, Id, Request, answer};
use tictalk::journal::{Journal, Register, RoomKey};
use tictalk::session::{Role, Turn, TurnLog};
use tictalk::wire::{PostId, Ticket};

/// The journal's file in its folder.
const FILE: &str = "journal.db";

/// The records of each session in it.
const TURNS: [&str; 8] = ["Hello", "Hi", "play tictactoe", "5", "1", "3", "7", "4"];

/// The port of the room in it, and how many posts it has.
const PORT: u16 = 1_059;
const POSTS: i64 = 300;

/// More than any answer has about a journal this small.
const LONGEST: usize = 20_000_000;

pub(crate) fn try_input(source: &mut Source<'_>, marks: &mut Marks) {
    static TEMPLATE: LazyLock<Vec<u8>> = LazyLock::new(template);
    let folder = scratch();
    let path = folder.join(FILE);
    for ending in ["", "-wal", "-shm"] {
        let _ = fs::remove_file(folder.join(format!("{FILE}{ending}")));
    }
    let mut bytes = TEMPLATE.clone();
    let by_bytes = source.one_in(2);
    if by_bytes {
        change_bytes(source, &mut bytes);
    }
    fs::write(&path, &bytes).unwrap();
    if !by_bytes {
        change_rows(source, &path);
    }
    for (number, request) in requests(source).into_iter().enumerate() {
        let mut out = Bounded(0);
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let answered = runtime
            .unwrap()
            .block_on(answer(&folder, &request, &mut out));
        assert!(out.0 <= LONGEST, "{request:?} has no end");
        match answered {
            Ok(_) => marks.note((number, out.0 > 0)),
            Err(error) => {
                let words = error.to_string();
                assert!(!words.contains('\n'), "{words:?}");
                marks.note((number, discriminant(&error)));
            }
        }
    }
    let Ok(journal) = Journal::open(&folder) else {
        return;
    };
    let _ = journal.server_tickets(64);
    let key = RoomKey {
        name: None,
        port: PORT,
    };
    // Opens a room again, as a room server does.
    if let Ok(register) = Register::open(journal, &key) {
        marks.note(register.known().members.len());
        marks.note(register.secrets().is_some());
        if let Ok(journal) = Journal::open(&folder) {
            let last = PostId(u64::MAX);
            let _ = journal.last_posts(register.room(), 256);
            let _ = journal.posts(register.room(), PostId(source.number()), last, 256);
        }
    }
}

fn requests(source: &mut Source<'_>) -> Vec<Request> {
    let id = match source.one_in(4) {
        true => i64::from_ne_bytes(source.number().to_ne_bytes()),
        false => 1,
    };
    let (session, room) = (Id::Session(id), Id::Room(id));
    let mut requests = vec![
        Request::List,
        Request::Show(session),
        Request::Show(room),
        Request::Verify(session),
        Request::Forget("Ann".to_owned()),
        Request::Forget(source.text()),
        Request::Search(vec![source.text()]),
        Request::Delete(*source.pick(&[session, room])),
        Request::Search(vec!["hello".to_owned(), source.text()]),
        Request::List,
    ];

    let exports = Format::ALL.map(|format| {
        [
            Request::Export(session, format, None),
            Request::Export(room, format, None),
        ]
    });
    requests.splice(3..3, exports.into_iter().flatten());
    requests
}

/// Some bytes of the file are others.
fn change_bytes(source: &mut Source<'_>, bytes: &mut Vec<u8>) {
    for _ in 0..=source.below(12) {
        let page = source.below(bytes.len() / 4_096 + 1) * 4_096;
        // Mostly where a page says what is in it.
        let at = page + *source.pick(&[source.clone().below(16), source.clone().below(128), 4_095]);
        let at = at.saturating_sub(source.below(100)) % bytes.len();
        match source.below(4) {
            0 => bytes[at] ^= 1 << (source.byte() % 8),
            1 => bytes[at] = *source.pick(&[0, 1, 0x7f, 0x80, 0xff]),
            2 => bytes[at] = source.byte(),
            _ => {
                let length = bytes.len() - source.below(bytes.len().min(60_000));
                bytes.truncate(length.max(1));
            }
        }
    }
}

/// Some values of the tables are others, or rows are missing or there once more.
fn change_rows(source: &mut Source<'_>, path: &Path) {
    let db = Connection::open(path).unwrap();
    db.pragma_update(None, "ignore_check_constraints", true)
        .unwrap();
    let names = "SELECT m.name, p.name FROM sqlite_schema m JOIN pragma_table_info(m.name) p
        WHERE m.type = 'table' ORDER BY 1, 2";
    let mut query = db.prepare(names).unwrap();
    let columns = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap();
    let columns: Vec<(String, String)> = columns.flatten().collect();
    for _ in 0..=source.below(8) {
        let (table, column) = source.pick(&columns);
        let limit = source.below(4) + 1;
        let some = format!("rowid IN (SELECT rowid FROM {table} ORDER BY random() LIMIT {limit})");
        let some = match table.as_str() {
            "members" | "partners" => "true",
            _ => &some,
        };
        // A statement that the tables do not allow is skipped.
        let _ = match source.below(8) {
            0 => db.execute(&format!("DELETE FROM {table} WHERE {some}"), []),
            1 => db.execute(
                &format!("UPDATE {table} SET {column} = {column} + ? WHERE {some}"),
                params![value(source)],
            ),
            2 => db.execute(
                &format!("UPDATE {table} SET {column} = {column} || ? WHERE {some}"),
                params![source.text()],
            ),
            _ => db.execute(
                &format!("UPDATE {table} SET {column} = ? WHERE {some}"),
                params![value(source)],
            ),
        };
    }
}

fn value(source: &mut Source<'_>) -> Value {
    match source.below(8) {
        0..3 => Value::Integer(i64::from_ne_bytes(source.number().to_ne_bytes())),
        3 => Value::Blob(vec![source.byte(); source.clone().below(64)]),
        4 => Value::Null,
        5 => Value::Real(1e300),
        6 => Value::Text(format!(r#"{{"what":"said","text":"{}"}}"#, source.text())),
        _ => Value::Text(source.text()),
    }
}

/// A journal with two sessions and a room, as one file.
fn template() -> Vec<u8> {
    let folder = scratch().join("template");
    let _ = fs::remove_dir_all(&folder);
    drop(Journal::open(&folder).unwrap());
    let path = folder.join(FILE);
    let db = Connection::open(&path).unwrap();
    for (id, role) in [(1, Role::Client), (2, Role::Server)] {
        let ticket = Ticket::new([id; 16]);
        db.execute(
            "INSERT INTO sessions (id, role, ticket, dialect, host, port, me, partner, began, line)
             VALUES (?, ?, ?, 'tictalk', 'localhost', 1059, 'ann', 'bob', 1700000000000, ?)",
            params![id, role.name(), ticket.as_bytes(), [id; 32]],
        )
        .unwrap();
        let mut log = TurnLog::new(ticket);
        for text in TURNS {
            let by = log.speaker();
            let text = text.to_owned();
            let entry = log.add(Turn { by, text });
            db.execute(
                "INSERT INTO turns (id, by, text, at, digest) VALUES (?, ?, ?, ?, ?)",
                params![
                    i64::from(id) << 32 | i64::try_from(entry.number).unwrap(),
                    by.name(),
                    entry.turn.text,
                    1_700_000_000_000_i64,
                    entry.digest.as_bytes(),
                ],
            )
            .unwrap();
        }
    }
    db.execute(
        "INSERT INTO rooms (id, name, port, last_member, coordinator, line, code)
            VALUES (1, '', ?, 3, 1, zeroblob(32), 'zebra-mango-yoyo')",
        [PORT],
    )
    .unwrap();
    db.execute(
        "INSERT INTO partners VALUES ('ann', 'Ann', ?, 1700000000000, 1700000000000)",
        [[1; 32]],
    )
    .unwrap();
    for number in 1..=3_u8 {
        db.execute(
            "INSERT INTO members (room, number, ticket, name, heard, joined, joined_at, is_in)
             VALUES (1, ?1, ?2, ?3, 9, ?1, 1700000000000, 1)",
            params![number, [number; 16], format!("member{number}")],
        )
        .unwrap();
    }
    let change = db.unchecked_transaction().unwrap();
    for number in 1..=POSTS {
        let what = match number {
            1..=3 => r#"{"what":"joined"}"#.to_owned(),
            _ => format!(r#"{{"what":"said","text":"hello {number}"}}"#),
        };
        change
            .execute(
                "INSERT INTO posts (id, at, member, name, what) VALUES (?, ?, ?, ?, ?)",
                params![
                    1_i64 << 32 | number,
                    1_700_000_000_000_i64 + number,
                    number % 3 + 1,
                    format!("member{}", number % 3 + 1),
                    what,
                ],
            )
            .unwrap();
    }
    change.commit().unwrap();
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        .unwrap();
    drop(db);
    fs::read(path).unwrap()
}

/// A folder of this program.
fn scratch() -> PathBuf {
    static MADE: Mutex<Option<PathBuf>> = Mutex::new(None);
    let mut made = MADE.lock().unwrap();
    let folder = made.get_or_insert_with(|| {
        let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let folder = target.join(format!("fuzz-{}", process::id()));
        fs::create_dir_all(&folder).unwrap();
        folder
    });
    folder.clone()
}

/// Counts what is written, and fails when that has no end.
struct Bounded(usize);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 += bytes.len();
        match self.0 > LONGEST {
            true => Err(io::Error::other("too much")),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
