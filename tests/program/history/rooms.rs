//! The history of rooms.

use super::{Journal, talk_into};
use crate::support::{Room, frame};
use serde_json::Value;

/// The journal of a room called math, where ann has said this.
fn room(lines: &[(&str, &str)]) -> Journal {
    let journal = Journal::new();
    let mut room = Room::open(&["--name", "math", "--data", &journal.folder]);
    let mut ann = room.join("ann");
    for (said, heard) in lines {
        room.hear(&mut ann, said, heard);
    }
    assert_eq!(room.close().code, Some(0));
    journal
}

const LINES: &[(&str, &str)] = &[
    ("Hello wombats", "ann: Hello wombats\n"),
    ("/me waves at Zoë", "* ann waves at Zoë\n"),
    ("one\ntwo", "ann: one\nann: two\n"),
];

/// The posts of [`LINES`] in words, as they are shown.
const SHOWN: &[&str] = &[
    "-- ann joined.",
    "-- ann is now the coordinator.",
    "ann: Hello wombats",
    "* ann waves at Zoë",
    "ann: one",
    "-- math closed the room.",
];

#[test]
fn rooms_are_listed_after_the_sessions() {
    let journal = room(LINES);
    let list = journal.read(&["history"]);
    let (headings, row) = list.split_once('\n').unwrap();
    assert_eq!(
        headings,
        "ID  FIRST POST        LAST POST         ROOM  POSTS  MEMBERS"
    );
    assert!(row.starts_with("r1  20"), "{row}");
    assert!(row.ends_with("  math      6        1\n"), "{row}");
    let both = talk_into(&["Hello"], journal, Journal::new()).server;
    let all = both.read(&["history"]);
    let (talks, rooms) = all.split_once("\n\n").unwrap();
    assert!(talks.starts_with("ID  WHEN"), "{talks}");
    assert_eq!(rooms, list);
}

#[test]
fn a_room_without_a_name_is_listed_by_its_port() {
    let journal = Journal::new();
    let room = Room::open(&["--data", &journal.folder]);
    let port = room.port;
    room.close();
    let list = journal.read(&["history"]);
    assert!(list.contains(&format!("  port {port}  ")), "{list}");
    let shown = journal.read(&["history", "show", "r1"]);
    assert!(
        shown.starts_with(&format!("Room r1\nPort: {port}\nFirst post: 20")),
        "{shown}"
    );
    assert!(
        shown.contains("\nPosts: 1\nMembers: 0\n\n1  20") && shown.ends_with("closed the room.\n"),
        "{shown}"
    );
}

#[test]
fn a_room_where_nothing_has_happened_yet_can_be_read() {
    let journal = Journal::new();
    let _room = Room::open(&["--name", "math", "--data", &journal.folder]);
    let list = journal.read(&["history"]);
    assert!(
        list.ends_with("-           -          math      0        0\n"),
        "{list}"
    );
    let shown = journal.read(&["history", "show", "r1"]);
    assert!(shown.ends_with("\nPosts: 0\nMembers: 0\n\n"), "{shown}");
    let json = journal.read(&["history", "export", "r1", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["posts"], Value::Array(Vec::new()));
}

#[test]
fn a_room_is_shown_post_by_post() {
    let journal = room(LINES);
    let shown = journal.read(&["history", "show", "r1"]);
    let (facts, posts) = shown.split_once("\n\n").unwrap();
    assert!(facts.starts_with("Room r1\nName: math\nPort: "), "{facts}");
    assert!(facts.ends_with("\nPosts: 6\nMembers: 1"), "{facts}");
    let (further, posts): (Vec<&str>, Vec<&str>) =
        posts.lines().partition(|line| line.starts_with(' '));
    assert_eq!(further, ["   ann: two"]);
    assert_eq!(posts.len(), SHOWN.len());
    for (number, (post, words)) in posts.iter().zip(SHOWN).enumerate() {
        assert!(post.starts_with(&format!("{}  20", number + 1)), "{post}");
        assert!(post.ends_with(&format!("  {words}")), "{post}");
    }
    assert_eq!(journal.read(&["history", "export", "R1"]), shown);
}

#[test]
fn a_search_finds_words_in_rooms_and_in_sessions() {
    let journal = room(LINES);
    let found = journal.read(&["history", "search", "wombat"]);
    assert!(
        found.starts_with("Room r1, post 3, 20") && found.ends_with(", ann: Hello wombats\n"),
        "{found}"
    );
    let found = journal.read(&["history", "search", "zoe", "WAVES"]);
    assert!(found.ends_with(", * ann waves at Zoë\n"), "{found}");
    // A name is not something that was said.
    for words in [&["joined"][..], &["wombats", "waves"], &["ann"]] {
        journal.finds_nothing(&[&["history", "search"], words].concat());
    }
    let both = talk_into(&["Where are the wombats?"], journal, Journal::new()).server;
    let found = both.read(&["history", "search", "wombats"]);
    let found: Vec<&str> = found.lines().collect();
    // The newest first.
    assert!(found[0].starts_with("Session 1, turn 1, "), "{found:?}");
    assert!(found[1].starts_with("Room r1, post 3, "), "{found:?}");
}

#[test]
fn a_room_is_exported_as_json_and_markdown() {
    let journal = room(LINES);
    let json = journal.read(&["history", "export", "r1", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["room"], 1);
    assert_eq!(json["name"], "math");
    assert_eq!(json["members"], 1);
    let posts = json["posts"].as_array().unwrap();
    assert_eq!(posts.len(), SHOWN.len());
    assert_eq!(posts[0]["what"], "joined");
    let said = &posts[4];
    assert_eq!(said["number"], 5);
    assert_eq!(said["by"], 1);
    assert_eq!(said["name"], "ann");
    assert_eq!(said["what"], "said");
    assert_eq!(said["text"], "one\ntwo");
    let at = said["at"].as_str().unwrap();
    assert!(
        at.len() == "2026-11-20T08:30:05.123Z".len() && at.ends_with('Z'),
        "{at}"
    );
    let markdown = journal.read(&["history", "export", "r1", "--format", "markdown"]);
    assert!(
        markdown.starts_with("# Room r1\n\n- Name: math\n- Port: "),
        "{markdown}"
    );
    assert!(markdown.contains("\n\n**3.** ann, 20"), "{markdown}");
    assert!(
        markdown.contains(":\n\n    one\n    two\n\n**6.** 20"),
        "{markdown}"
    );
}

#[test]
fn foreign_text_from_a_room_commands_no_terminal() {
    let said = "hi\x1b[2J \u{9b}A \u{202e}txt\n# Room 2\n1  2026-01-01 00:00  bob: yes\r\n```";
    let journal = room(&[(said, "ann: ```\n")]);
    for arguments in [
        &["history", "show", "r1"][..],
        &["history", "search", "hi"],
        &["history", "export", "r1"],
        &["history", "export", "r1", "--format", "json"],
        &["history", "export", "r1", "--format", "markdown"],
    ] {
        let text = journal.read(arguments);
        for c in ['\x1b', '\r', '\u{9b}', '\u{202e}'] {
            assert!(!text.contains(c), "{c:?} in {text}");
        }
        for forged in ["# Room 2", "1  2026-01-01", "```"] {
            assert!(!text.contains(&format!("\n{forged}")), "{forged} in {text}");
        }
    }
    let json = journal.read(&["history", "export", "r1", "--format", "json"]);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["posts"][2]["text"], said);
}

#[test]
fn a_deleted_room_is_in_none_of_the_files() {
    let journal = room(&[("The word is xylophonist", "xylophonist\n")]);
    // Without this the words would only be at one place.
    let search = ["history", "search", "xylophonist"];
    assert!(journal.read(&search).starts_with("Room r1, "));
    assert!(journal.holds("xylophonist"));
    assert_eq!(
        journal.read(&["history", "delete", "r1"]),
        "Deleted room r1: 4 posts.\n"
    );
    for word in ["xylophonist", "ylophon", "ann joined"] {
        assert!(!journal.holds(word), "{word} is still there");
    }
    journal.finds_nothing(&search);
    assert!(
        journal
            .read(&["history"])
            .starts_with("The journal is empty")
    );
}

#[test]
fn a_room_that_is_deleted_while_it_is_open_writes_nothing_any_more() {
    let journal = Journal::new();
    let mut room = Room::open(&["--name", "math", "--data", &journal.folder]);
    let mut ann = room.join("ann");
    journal.read(&["history", "delete", "r1"]);
    ann.send(&frame("The word is xylophonist"));
    let closed = room.host.finish();
    assert_eq!(closed.code, Some(1));
    assert_eq!(
        closed.stderr,
        "tictalk: the room was closed because its journal cannot be written: this room was \
         deleted from it\n"
    );
    assert!(!journal.holds("xylophonist"));
}

#[test]
fn a_room_is_neither_verified_nor_played_back() {
    let journal = room(LINES);
    assert_eq!(
        journal.fail(&["verify", "r1"]),
        "tictalk: room r1 cannot be verified: only sessions have a fingerprint\n"
    );
    for arguments in [
        &["replay", "r1"][..],
        &["replay", "r1", "--cast", "/dev/null"],
    ] {
        assert_eq!(
            journal.fail(arguments),
            "tictalk: room r1 cannot be replayed: `tictalk history show r1` prints it\n"
        );
    }
}

#[test]
fn a_room_that_does_not_exist_is_an_error_in_one_line() {
    for journal in [&room(&[]), &Journal::new()] {
        for command in [
            &["history", "show", "r7"][..],
            &["history", "export", "r7"],
            &["history", "delete", "r7"],
            &["replay", "r7"],
            &["verify", "r7"],
        ] {
            assert_eq!(
                journal.fail(command),
                "tictalk: there is no room r7 in the journal: `tictalk history` lists them\n"
            );
        }
    }
}

#[test]
fn a_room_with_many_posts_is_shown_whole() {
    let journal = room(&[]);
    let many = "WITH RECURSIVE n (n) AS (SELECT 4 UNION ALL SELECT n + 1 FROM n WHERE n < 2000)
        INSERT INTO posts (id, at, member, name, what) SELECT 1 << 32 | n, 1763700000000 + n, 1, 'ann',
            json_object('what', 'said', 'text', 'Number ' || n) FROM n";
    journal.open().execute(many, []).unwrap();
    let shown = journal.read(&["history", "show", "r1"]);
    assert!(shown.ends_with("  ann: Number 2000\n"), "{shown}");
    let (_, posts) = shown.split_once("\n\n").unwrap();
    let numbers = posts.lines().map(|line| line.split_whitespace().next());
    assert!(
        numbers.eq((1..=2000)
            .map(|number: i32| number.to_string())
            .collect::<Vec<_>>()
            .iter()
            .map(|number| Some(number.as_str()))),
        "{shown}"
    );
}
