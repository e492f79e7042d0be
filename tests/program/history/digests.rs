//! Digests: equal at both ends, and wrong after a change.

use super::{GAME, talk};

#[test]
fn both_ends_have_the_same_fingerprint() {
    let talked = talk(GAME);
    let verified = talked.client.read(&["verify", "1"]);
    let (words, fingerprint) = verified.trim_end().split_once(" Fingerprint ").unwrap();
    assert_eq!(words, "Session 1: 9 turns, all unaltered.");
    assert_eq!(fingerprint.len(), "3f2a-91bc-07de.".len());
    assert_eq!(talked.server.read(&["verify", "1"]), verified);
    let another = talk(&["Hello"]).client.read(&["verify", "1"]);
    assert!(another.starts_with("Session 1: 1 turn, all") && !another.contains(fingerprint));
}

#[test]
fn a_change_in_the_journal_is_found() {
    for change in [
        "UPDATE turns SET text = 'Goodbye' WHERE id & 4294967295 = 2",
        "UPDATE turns SET by = 'client' WHERE id & 4294967295 = 2",
        "DELETE FROM turns WHERE id & 4294967295 = 2",
        "UPDATE turns SET digest = zeroblob(32) WHERE id & 4294967295 = 2",
    ] {
        let talked = talk(&["Hello", "Hi", "Bye"]);
        talked.client.open().execute(change, []).unwrap();
        for command in [
            &["verify", "1"][..],
            &["history", "show", "1"],
            &["history", "export", "1"],
            &["replay", "1"],
        ] {
            assert_eq!(
                talked.client.fail(command),
                "tictalk: turn 2 of session 1 was altered in the journal\n",
                "{change}"
            );
        }
        let list = talked.client.read(&["history"]);
        assert!(list.ends_with("finished  altered!\n"), "{list}");
        talked.client.read(&["history", "delete", "1"]);
    }
}
