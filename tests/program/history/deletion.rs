//! Sessions that are deleted, and the bytes they leave.

use super::{talk, talk_into};
use crate::support::Program;
use rusqlite::Connection;
use std::path::Path;

#[test]
fn a_deleted_session_is_in_none_of_the_files() {
    let first = talk(&["The word is xylophonist", "Zanzibarian is another"]);
    let both = talk_into(&["Quokkas stay"], first.server, first.client);
    let journal = &both.client;
    // Without this the words would only be at one place.
    assert!(
        journal
            .read(&["history", "search", "xylophonist"])
            .starts_with("Session 1, ")
    );
    assert!(journal.holds("xylophonist") && journal.holds("zanzibarian"));
    assert_eq!(
        journal.read(&["history", "delete", "1"]),
        "Deleted session 1: 2 turns.\n"
    );
    for word in ["xylophonist", "zanzibarian", "ylophon", "anzibar"] {
        assert!(!journal.holds(word), "{word} is still there");
    }
    journal.finds_nothing(&["history", "search", "xylophonist"]);
    assert!(
        journal
            .fail(&["history", "show", "1"])
            .contains("no session 1")
    );
    assert!(
        journal
            .read(&["history", "search", "quokkas"])
            .starts_with("Session 2, ")
    );
    journal.read(&["verify", "2"]);
    // A text that was never searched for is gone as well.
    journal.read(&["history", "delete", "2"]);
    assert!(!journal.holds("quokka"));
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
}

#[test]
fn a_session_can_be_deleted_while_another_runs() {
    let first = talk(&["The word is xylophonist"]);
    let journal = first.client;
    let (mut ann, port) = Program::server().data(&journal.folder).start().listening();
    let mut bob = Program::client(port).start();
    bob.prompt();
    bob.enter("Hello");
    ann.prompt();
    let shown = journal.read(&["history", "show", "2"]);
    assert!(shown.contains("With: the client\n") && shown.contains("Ended: unfinished\n"));
    journal.read(&["history", "delete", "1"]);
    assert!(!journal.holds("xylophonist"));
    ann.enter("Hi");
    bob.wait_for("Hi\n");
    bob.enter("/q");
    assert_eq!(ann.finish().code, Some(0));
    assert!(
        journal
            .read(&["verify", "2"])
            .starts_with("Session 2: 2 turns, all")
    );
}

#[test]
fn a_deletion_reports_a_program_that_still_reads() {
    let journal = talk(&["The word is xylophonist"]).client;
    let file = Path::new(&journal.folder).join("journal.db");
    let reader = Connection::open(file).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM turns")
        .unwrap();
    let told = journal.read(&["history", "delete", "1"]);
    assert!(
        told.contains("the text stays in the file until it has ended"),
        "{told}"
    );
    drop(reader);
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
}

#[cfg(unix)]
#[test]
fn a_person_is_asked_before_a_deletion() {
    for columns in [80, 40] {
        let first = talk(&["One"]);
        let journal = talk_into(&["Two", "Three"], first.server, first.client).client;
        let delete = |arguments: &[&str]| {
            let program = Program::new().args(["history", "delete"]).args(arguments);
            program.data(&journal.folder).on_screen_of((24, columns))
        };
        for (answer, is_deleted) in [
            ("\r", false),
            ("no\r", false),
            ("\u{4}", false),
            ("Y\r", true),
        ] {
            let mut screen = delete(&["2"]);
            screen.wait_for("Delete session 2 with ann, 2 turns?");
            screen.wait_for("[y/N]");
            screen.press(answer);
            assert_eq!(screen.finish(), 0);
            let told = if is_deleted {
                "Deleted session 2: 2 turns."
            } else {
                "Nothing deleted."
            };
            assert!(
                screen.contents().contains(told),
                "{answer:?}: {}",
                screen.contents()
            );
            let kept = journal.run(&["verify", "2"]).code == Some(0);
            assert_eq!(kept, !is_deleted, "{answer:?}");
        }
        let mut screen = delete(&["1", "--yes"]);
        assert_eq!(screen.finish(), 0);
        assert!(
            !screen.contents().contains("[y/N]"),
            "{}",
            screen.contents()
        );
        // What is not there is not asked about.
        let mut screen = delete(&["7"]);
        assert_eq!(screen.finish(), 1);
        assert!(
            !screen.contents().contains("[y/N]"),
            "{}",
            screen.contents()
        );
    }
}
