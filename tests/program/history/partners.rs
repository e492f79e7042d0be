//! Remembered partners: how they are listed, shown and forgotten.

use super::Journal;
use crate::support::Program;
use std::path::Path;
use tictalk::journal::{Header, Journal as Stored, Ledger};
use tictalk::session::{Record, Role, Turn, TurnLog};
use tictalk::wire::{Dialect, LineKey, Ticket};
use tictalk::words::spoken;

const HOSTILE: &str = "a\u{202e}*b*";

fn key(byte: u8) -> LineKey {
    LineKey::new([byte; 32])
}

fn fingerprint(byte: u8) -> String {
    spoken(&key(byte).fingerprint())
}

fn open(journal: &Journal) -> Stored {
    Stored::open(Path::new(&journal.folder)).unwrap()
}

/// A journal that remembers these partners, each by a key of this byte.
fn remembering(partners: &[(&str, u8)]) -> Journal {
    let journal = Journal::new();
    let mut stored = open(&journal);
    for (name, byte) in partners {
        stored.remember_partner(name, &key(*byte)).unwrap();
    }
    journal
}

/// Adds an unfinished session of one turn over a private line with ann.
fn add_session(journal: &Journal, byte: u8) {
    let ticket = Ticket::new([byte; 16]);
    let header = Header {
        role: Role::Client,
        ticket,
        dialect: Dialect::Tictalk,
        host: "localhost".to_owned(),
        port: 1059,
        me: Some("bob".to_owned()),
        partner: Some("ann".to_owned()),
        key: Some(key(byte)),
    };
    let mut stored = open(journal);
    let mut ledger = Ledger::begin(Some(&mut stored), header);
    let turn = TurnLog::new(ticket).add(Turn {
        by: Role::Client,
        text: "Hello".to_owned(),
    });
    ledger.write(&Record::Turn(turn)).unwrap();
}

/// The key of this byte as it could appear in an output.
fn key_in(text: &str, byte: u8) -> bool {
    let decimal = format!("{byte}, {byte}, {byte}");
    let hexadecimal = format!("{byte:02x}").repeat(8);
    text.contains(&decimal) || text.to_lowercase().contains(&hexadecimal)
}

#[test]
fn partners_are_listed_beneath_the_sessions_with_their_fingerprints() {
    let journal = remembering(&[("Ann", 171)]);
    let alone = journal.read(&["history"]);
    let mut lines = alone.lines();
    assert_eq!(lines.next(), Some("PARTNER  SINCE             FINGERPRINT"));
    let row = lines.next().unwrap();
    assert!(row.starts_with("Ann      20"), "{row}");
    assert!(row.ends_with(&format!("  {}", fingerprint(171))), "{row}");
    assert_eq!(lines.next(), None);
    add_session(&journal, 171);
    let room = "INSERT INTO rooms (name, port) VALUES ('', 1059)";
    journal.open().execute(room, []).unwrap();
    let list = journal.read(&["history"]);
    let places = ["WITH", "resumes session 1", "PARTNER", "FIRST POST"];
    let places = places.map(|word| list.find(word).unwrap());
    assert!(places.is_sorted(), "{list}");
    assert!(!key_in(&list, 171), "{list}");
}

#[test]
fn a_private_session_is_shown_with_its_fingerprint_and_never_with_its_key() {
    let journal = remembering(&[]);
    add_session(&journal, 171);
    let words = fingerprint(171);
    let shown = journal.read(&["history", "show", "1"]);
    let head = shown.split_once("\n\n").unwrap().0;
    let line = format!("\nPrivate line: fingerprint {words}\n");
    assert!(head.contains(&line), "{shown}");
    for (format, fact) in [
        ("text", line.clone()),
        (
            "markdown",
            format!("\n- Private line: fingerprint {words}\n"),
        ),
        (
            "html",
            format!("<dt>Private line</dt><dd>fingerprint {words}</dd>"),
        ),
        ("json", format!(r#""key_fingerprint": "{words}""#)),
        ("svg", String::new()),
    ] {
        let export = journal.read(&["history", "export", "1", "--format", format]);
        assert!(export.contains(&fact), "{format}: {export}");
        assert!(!key_in(&export, 171), "{format}: {export}");
    }
    let plain = super::talk(&["Hello"]).client;
    assert!(!plain.read(&["history", "show", "1"]).contains("Private"));
    let json = plain.read(&["history", "export", "1", "--format", "json"]);
    assert!(!json.contains("key_fingerprint"), "{json}");
}

#[test]
fn a_partner_is_forgotten_by_any_form_of_the_name() {
    for name in ["Ann", "ann", "ANN", "\u{430}nn"] {
        let journal = remembering(&[("Ann", 171), ("bob", 172)]);
        add_session(&journal, 171);
        assert_eq!(
            journal.read(&["forget", name]),
            "Forgot Ann. The next private line between you takes a code.\n"
        );
        let list = journal.read(&["history"]);
        assert!(!list.contains(&fingerprint(171)), "{list}");
        assert!(list.contains(&fingerprint(172)), "{list}");
        let shown = journal.read(&["history", "show", "1"]);
        assert!(shown.contains("you: Hello") && !shown.contains("Private line"));
        assert_eq!(open(&journal).session(1).unwrap().header.key, None);
    }
}

#[test]
fn a_partner_who_is_not_remembered_cannot_be_forgotten() {
    let journal = remembering(&[("ann", 171)]);
    for (name, shown) in [
        ("carl", "carl".to_owned()),
        ("a\x1b[2J\nb", "a\u{241b}[2J b".to_owned()),
        (&"x".repeat(100_000), format!("{}\u{2026}", "x".repeat(59))),
    ] {
        assert_eq!(
            journal.fail(&["forget", name]),
            format!(
                "tictalk: there is no partner {shown} in the journal: `tictalk history` lists them\n"
            )
        );
    }
    assert!(open(&journal).partner("ann").unwrap().is_some());
    // Without a journal, none is made.
    let none = Journal::new();
    assert!(none.fail(&["forget", "ann"]).contains("no partner ann"));
    assert!(!Path::new(&none.folder).exists());
}

#[test]
fn a_hostile_name_is_shown_escaped_and_forgotten_as_it_is_shown() {
    let journal = remembering(&[(HOSTILE, 171)]);
    let list = journal.read(&["history"]);
    assert!(list.contains("a<U+202E>*b*  20"), "{list}");
    assert!(!list.contains('\u{202e}'));
    assert_eq!(
        journal.read(&["forget", "a<U+202E>*b*"]),
        "Forgot a<U+202E>*b*. The next private line between you takes a code.\n"
    );
    assert_eq!(open(&journal).partners().unwrap(), []);
    let again = remembering(&[(HOSTILE, 171)]);
    let told = again.read(&["forget", HOSTILE]);
    assert!(told.starts_with("Forgot a<U+202E>*b*. "), "{told}");
}

#[test]
fn a_key_that_another_program_may_still_read_is_said_to_stay_for_now() {
    let journal = remembering(&[("ann", 171)]);
    let reader = journal.open();
    reader.execute_batch("BEGIN").unwrap();
    let count = "SELECT count(*) FROM partners";
    let _: i64 = reader.query_row(count, [], |row| row.get(0)).unwrap();
    let told = journal.read(&["forget", "ann"]);
    let later =
        "Another program is reading the journal: the key stays in the file until it has ended.";
    assert!(told.ends_with(&format!(" {later}\n")), "{told}");
    assert_eq!(open(&journal).partner("ann").unwrap(), None);
}

#[test]
fn a_partner_with_a_damaged_key_is_left_out_and_can_be_forgotten() {
    let journal = remembering(&[("ann", 171)]);
    let damage = "UPDATE partners SET line = x'ab'";
    journal.open().execute(damage, []).unwrap();
    assert!(journal.read(&["history"]).starts_with("The journal is"));
    assert!(journal.read(&["forget", "ann"]).starts_with("Forgot ann."));
    assert!(journal.read(&["history"]).starts_with("The journal is"));
}

#[test]
fn completions_know_the_partners_and_offer_nothing_that_a_shell_would_run() {
    let journal = remembering(&[
        ("ann", 171),
        ("Anna-Lena", 172),
        ("小明", 173),
        ("$(reboot)", 174),
        ("`id`", 175),
        ("a;b", 176),
        ("-f", 177),
        (HOSTILE, 178),
    ]);
    let program = Program::new().args(["--", "tictalk", "forget", ""]);
    let offered = program
        .env("_TICTALK_COMPLETE", "bash")
        .env("_CLAP_COMPLETE_INDEX", "2")
        .env("TICTALK_DATA", &journal.folder)
        .run()
        .stdout;
    let mut offered: Vec<&str> = offered.lines().filter(|it| !it.starts_with("--")).collect();
    offered.sort_unstable();
    assert_eq!(offered, ["Anna-Lena", "ann", "小明"]);
}
