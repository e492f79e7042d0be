//! The keys of private lines in the journal: partners, sessions, rooms.

use super::{Folder, fails};
use crate::support::Program;
use tictalk::journal::{
    Erased, Forgotten, Header, Journal, JournalError, Ledger, Pass, Problem, Register, Remembered,
    RoomKey, RoomLogin, RoomSecrets,
};
use tictalk::session::{LoggedTurn, Record, Role, Turn, TurnLog};
use tictalk::wire::{Dialect, LineKey, Ticket};
use tictalk::words::Code;

const ROOM: RoomKey = RoomKey {
    name: None,
    port: 1059,
};

fn key(byte: u8) -> LineKey {
    LineKey::new([byte; 32])
}

fn journal(folder: &Folder) -> Journal {
    Journal::open(&folder.0).unwrap()
}

fn secrets() -> RoomSecrets {
    RoomSecrets {
        key: key(7),
        code: "zebra-mango-yoyo".parse::<Code>().unwrap(),
    }
}

fn header(role: Role, ticket: u8, key: Option<LineKey>) -> Header {
    Header {
        role,
        ticket: Ticket::new([ticket; 16]),
        dialect: Dialect::Tictalk,
        host: "localhost".to_owned(),
        port: 1059,
        me: None,
        partner: Some("Ann".to_owned()),
        key,
    }
}

fn first_turn(ticket: Ticket) -> LoggedTurn {
    TurnLog::new(ticket).add(Turn {
        by: Role::Client,
        text: "Hello".to_owned(),
    })
}

/// Stores a session with one turn.
fn store(journal: &mut Journal, header: Header) {
    let turn = first_turn(header.ticket);
    let mut ledger = Ledger::begin(Some(journal), header);
    ledger.write(&Record::Turn(turn)).unwrap();
}

/// Whether these bytes are in a file of the folder.
fn holds(folder: &Folder, bytes: &[u8]) -> bool {
    let files = folder.files();
    let mut windows = files.iter().flat_map(|(_, file)| file.windows(bytes.len()));
    windows.any(|window| window == bytes)
}

fn is_value(error: &JournalError) -> bool {
    matches!(error, JournalError::Use(Problem::Value))
}

#[test]
fn a_partner_is_remembered_by_one_key() {
    let folder = Folder::new();
    let mut journal = journal(&folder);
    assert_eq!(journal.partner("ann").unwrap(), None);
    let remember = |journal: &mut Journal, name, byte| {
        let done = journal.remember_partner(name, &key(byte));
        done.unwrap()
    };
    assert_eq!(remember(&mut journal, "Ann", 1), Remembered::New);
    // As if it had been a second ago.
    let earlier = "UPDATE partners SET since = since - 1000, seen = seen - 1000";
    folder.database().execute(earlier, []).unwrap();
    let first = journal.partner("ann").unwrap().unwrap();
    assert_eq!((first.name.as_str(), &first.key), ("Ann", &key(1)));
    // Somebody else by that name, or by one that looks like it, changes nothing.
    for name in ["Ann", "ANN", "\u{430}nn", "\u{ff21}nn"] {
        assert_eq!(remember(&mut journal, name, 2), Remembered::OtherKey);
        let known = journal.partner(name).unwrap();
        assert_eq!(known.as_ref(), Some(&first), "{name}");
    }
    assert_eq!(remember(&mut journal, "ann", 1), Remembered::Again);
    let again = journal.partner("ann").unwrap().unwrap();
    assert_eq!((&again.name, again.since), (&first.name, first.since));
    assert!(again.seen > first.seen);
    assert_eq!(remember(&mut journal, "bob", 1), Remembered::New);
    assert_eq!(journal.partners().unwrap().len(), 2);
}

#[test]
fn the_partners_that_are_remembered_are_bounded_and_the_newest_come_first() {
    let folder = Folder::new();
    let mut journal = journal(&folder);
    folder
        .database()
        .execute_batch(
            "WITH RECURSIVE number (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number LIMIT 1030)
             INSERT INTO partners SELECT 'old' || n, 'old' || n, zeroblob(32), n, n FROM number",
        )
        .unwrap();
    assert_eq!(journal.partners().unwrap().len(), 1_024);
    journal.remember_partner("ann", &key(1)).unwrap();
    let partners = journal.partners().unwrap();
    let names = partners.iter().map(|partner| partner.name.as_str());
    assert_eq!(names.take(2).collect::<Vec<_>>(), ["ann", "old1030"]);
    assert_eq!(partners.len(), 1_024);
    assert_eq!(journal.partner("old7").unwrap(), None);
}

#[test]
fn a_session_and_a_promise_keep_the_key_of_their_line() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    let promised = Ticket::new([9; 16]);
    ours.promise(&promised, Some(&key(9))).unwrap();
    ours.promise(&Ticket::new([8; 16]), None).unwrap();
    store(&mut ours, header(Role::Server, 1, Some(key(1))));
    store(&mut ours, header(Role::Client, 2, Some(key(2))));
    store(&mut ours, header(Role::Server, 3, None));
    drop(ours);
    let ours = journal(&folder);
    let keys = [3, 2, 1].map(|id| ours.sessions().unwrap()[3 - id].header.key.clone());
    assert_eq!(keys, [None, Some(key(2)), Some(key(1))]);
    let mut known = ours.server_tickets(16).unwrap();
    known.sort_by_key(|(ticket, _)| *ticket.as_bytes());
    let known = known
        .iter()
        .map(|(ticket, key)| (ticket.as_bytes()[0], key));
    assert_eq!(
        known.collect::<Vec<_>>(),
        [
            (1, &Some(key(1))),
            (3, &None),
            (8, &None),
            (9, &Some(key(9)))
        ]
    );
}

#[test]
fn a_forgotten_partner_leaves_no_key_anywhere() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    ours.remember_partner("Ann", &key(1)).unwrap();
    ours.remember_partner("bob", &key(2)).unwrap();
    ours.promise(&Ticket::new([9; 16]), Some(&key(1))).unwrap();
    ours.promise(&Ticket::new([8; 16]), Some(&key(2))).unwrap();
    store(&mut ours, header(Role::Server, 1, Some(key(1))));
    store(&mut ours, header(Role::Client, 2, Some(key(1))));
    store(&mut ours, header(Role::Client, 3, Some(key(2))));
    assert_eq!(ours.forget_partner("Carl").unwrap(), None);
    assert!(holds(&folder, &[1; 32]));
    let forgotten = Forgotten {
        name: "Ann".to_owned(),
        erased: Erased::Now,
    };
    assert_eq!(ours.forget_partner("ann").unwrap(), Some(forgotten));
    assert!(!holds(&folder, &[1; 32]), "the key is still in a file");
    assert!(holds(&folder, &[2; 32]));
    assert_eq!(ours.partner("Ann").unwrap(), None);
    assert!(ours.partner("bob").unwrap().is_some());
    let keys = ours.sessions().unwrap().into_iter();
    let keys: Vec<_> = keys.map(|session| session.header.key).collect();
    assert_eq!(keys, [None, None, None]);
    let known = ours.server_tickets(16).unwrap();
    assert!(known.iter().all(|(_, known)| *known != Some(key(1))));
    assert_eq!(ours.forget_partner("ann").unwrap(), None);
}

#[test]
fn a_deleted_session_takes_its_key_along() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    ours.promise(&Ticket::new([1; 16]), Some(&key(1))).unwrap();
    ours.promise(&Ticket::new([2; 16]), Some(&key(2))).unwrap();
    store(&mut ours, header(Role::Server, 1, Some(key(1))));
    // A client's session has nothing to do with what this server has promised.
    store(&mut ours, header(Role::Client, 2, Some(key(3))));
    assert_eq!(ours.delete(1).unwrap(), Erased::Now);
    assert_eq!(ours.delete(2).unwrap(), Erased::Now);
    assert!(!holds(&folder, &[1; 32]) && !holds(&folder, &[3; 32]));
    let left = ours.server_tickets(16).unwrap();
    assert_eq!(left, [(Ticket::new([2; 16]), Some(key(2)))]);
}

#[test]
fn a_pass_and_a_room_keep_the_key_of_the_room() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    let login = || RoomLogin {
        host: "localhost".to_owned(),
        port: 1059,
        name: Some("ann".to_owned()),
    };
    let mut pass = Pass::take(&ours, login()).unwrap();
    assert_eq!(pass.key(), None);
    let ticket = Ticket::new([1; 16]);
    pass.remember(&mut ours, ticket, Some(&key(1))).unwrap();
    assert_eq!(pass.key(), Some(key(1)));
    // Another program that enters meanwhile gets neither.
    assert_eq!(Pass::take(&ours, login()).unwrap().key(), None);
    drop(pass);
    let mut pass = Pass::take(&ours, login()).unwrap();
    assert_eq!((pass.ticket(), pass.key()), (Some(ticket), Some(key(1))));
    pass.remember(&mut ours, ticket, None).unwrap();
    drop(pass);
    // A visit over a plain line leaves the key for the next private one.
    assert_eq!(Pass::take(&ours, login()).unwrap().key(), Some(key(1)));

    let mut register = Register::open(ours, &ROOM).unwrap();
    assert_eq!(register.secrets(), None);
    register.keep_secrets(secrets()).unwrap();
    drop(register);
    let register = Register::open(journal(&folder), &ROOM).unwrap();
    assert_eq!(register.secrets(), Some(&secrets()));
    let room = register.room();
    drop(register);
    assert_eq!(journal(&folder).delete_room(room).unwrap(), Erased::Now);
    assert!(!holds(&folder, &[7; 32]) && !holds(&folder, b"zebra-mango-yoyo"));
}

#[test]
fn a_room_that_was_deleted_keeps_no_secrets() {
    let folder = Folder::new();
    let mut register = Register::open(journal(&folder), &ROOM).unwrap();
    journal(&folder).delete_room(register.room()).unwrap();
    let error = register.keep_secrets(secrets()).unwrap_err();
    assert!(matches!(error, JournalError::Use(Problem::RoomDeleted)));
    assert_eq!(register.secrets(), None);
}

#[test]
fn a_key_of_another_length_is_an_error() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    ours.promise(&Ticket::new([1; 16]), Some(&key(1))).unwrap();
    ours.remember_partner("ann", &key(1)).unwrap();
    store(&mut ours, header(Role::Client, 2, Some(key(1))));
    let login = RoomLogin {
        host: "localhost".to_owned(),
        port: 1059,
        name: None,
    };
    let mut pass = Pass::take(&ours, login.clone()).unwrap();
    pass.remember(&mut ours, Ticket::new([1; 16]), Some(&key(1)))
        .unwrap();
    drop(pass);
    let mut register = Register::open(journal(&folder), &ROOM).unwrap();
    register.keep_secrets(secrets()).unwrap();
    drop(register);
    for bytes in [0, 31, 33, 100_000] {
        let database = folder.database();
        for table in ["sessions", "promised", "partners", "tickets", "rooms"] {
            let damage = format!("UPDATE {table} SET line = zeroblob({bytes})");
            assert_eq!(database.execute(&damage, []).unwrap(), 1);
        }
        assert!(is_value(&ours.sessions().unwrap_err()));
        assert!(is_value(&ours.server_tickets(16).unwrap_err()));
        // It must not keep a server from starting.
        assert_eq!(ours.partners().unwrap(), []);
        assert!(is_value(&ours.partner("ann").unwrap_err()));
        let again = ours.remember_partner("ann", &key(1));
        assert!(is_value(&again.unwrap_err()));
        let pass = Pass::take(&ours, login.clone());
        assert!(is_value(&pass.unwrap_err()));
        let register = Register::open(journal(&folder), &ROOM);
        assert!(is_value(&register.unwrap_err()));
        let server = Program::server().data(folder.path()).run();
        assert_eq!(server.code, Some(1), "{server:?}");
        assert_eq!(
            server.stderr,
            "tictalk: it holds a value that tictalk never writes\n"
        );
    }
    // A partner with a damaged key can still be forgotten.
    assert!(ours.forget_partner("ann").unwrap().is_some());
    assert_eq!(ours.partners().unwrap(), []);
}

#[test]
fn the_secrets_of_a_room_that_do_not_belong_together_are_an_error() {
    for damage in [
        "code = NULL",
        "line = NULL",
        "code = 'zebra-mango'",
        "code = 'zebra-mango-' || char(27) || ']0;x'",
    ] {
        let folder = Folder::new();
        let mut register = Register::open(journal(&folder), &ROOM).unwrap();
        register.keep_secrets(secrets()).unwrap();
        drop(register);
        let damage = format!("UPDATE rooms SET {damage}");
        folder.database().execute(&damage, []).unwrap();
        let register = Register::open(journal(&folder), &ROOM);
        assert!(is_value(&register.unwrap_err()), "{damage}");
    }
}

#[test]
fn a_journal_of_the_version_before_keys_is_brought_up_to_date() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    ours.promise(&Ticket::new([9; 16]), None).unwrap();
    store(&mut ours, header(Role::Client, 1, None));
    drop(Register::open(ours, &ROOM).unwrap());
    let undo = "DROP TABLE partners; DROP TABLE servers; DROP TABLE states;
        ALTER TABLE rooms DROP COLUMN cluster;
        ALTER TABLE posts DROP COLUMN input;
        ALTER TABLE sessions DROP COLUMN line;
        ALTER TABLE promised DROP COLUMN line;
        ALTER TABLE tickets DROP COLUMN line;
        ALTER TABLE rooms DROP COLUMN line;
        ALTER TABLE rooms DROP COLUMN code;
        DROP INDEX sanctions;
        DROP INDEX results;
        CREATE INDEX sanctions ON posts (id)
        WHERE what ->> 'what' IN ('kicked', 'banned', 'unbanned', 'muted', 'unmuted');
        CREATE INDEX results ON posts (id) WHERE what ->> 'what' = 'ended';
        PRAGMA user_version = 10;";
    folder.database().execute_batch(undo).unwrap();
    let mut ours = journal(&folder);
    assert_eq!(folder.said(), ["Hello"]);
    assert_eq!(ours.sessions().unwrap()[0].header.key, None);
    let promised = (Ticket::new([9; 16]), None);
    assert_eq!(ours.server_tickets(16).unwrap(), [promised]);
    assert_eq!(
        ours.remember_partner("ann", &key(1)).unwrap(),
        Remembered::New
    );
    let register = Register::open(ours, &ROOM).unwrap();
    assert_eq!(register.secrets(), None);
}

#[test]
fn a_journal_with_altered_tables_of_keys_is_not_used() {
    for altered in [
        "ALTER TABLE partners ADD COLUMN more BLOB",
        "ALTER TABLE partners DROP COLUMN line",
        "DROP TABLE partners",
        "ALTER TABLE rooms DROP COLUMN code",
        "PRAGMA user_version = 10",
    ] {
        let folder = Folder::new();
        drop(journal(&folder));
        folder.database().execute_batch(altered).unwrap();
        let line = fails(&folder);
        assert!(
            line.contains("it is not a tictalk journal"),
            "{altered}: {line}"
        );
    }
}

#[test]
fn secrets_are_not_in_debug_output() {
    let folder = Folder::new();
    let mut ours = journal(&folder);
    ours.remember_partner("ann", &key(1)).unwrap();
    store(&mut ours, header(Role::Client, 1, Some(key(1))));
    let mut shown = format!("{:?}{:?}", ours.partners(), ours.sessions());
    let mut register = Register::open(ours, &ROOM).unwrap();
    register.keep_secrets(secrets()).unwrap();
    shown += &format!("{register:?}");
    assert!(shown.contains("LineKey(..)") && shown.contains("Code(..)"));
    assert!(!shown.contains("mango") && !shown.contains("[1, 1,") && !shown.contains("0101"));
    assert!(!shown.contains("[7, 7,"), "{shown}");
}
