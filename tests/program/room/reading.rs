//! What a person in a room reads: times, colours, dividers, wrapped words, and their own lines once.

use super::client;
use crate::support::{Peer, Program, Pty, Room};

/// Screens of 80 and of 40 columns.
const SIZES: [(u16, u16); 2] = [(24, 80), (24, 40)];

/// Somebody at a screen of this size, in the room already.
fn seated(port: u16, name: &str, size: (u16, u16)) -> Pty {
    let person = Program::client(port)
        .args(["--name", name])
        .env("LANG", "C.UTF-8")
        .env("TZ", "UTC")
        .on_screen_of(size);
    person.wait_for(&format!("You are {name}, "));
    person.cursor_behind(&format!("{name}> "));
    person
}

/// The rows of the screen that are not empty, with zeros for all digits.
fn rows(screen: &Pty) -> Vec<String> {
    let contents = screen.contents();
    let rows = contents.lines().filter(|row| !row.is_empty());
    rows.map(|row| row.trim_end().replace(|c: char| c.is_ascii_digit(), "0"))
        .collect()
}

#[test]
fn posts_have_a_time_and_names_a_colour_of_their_own() {
    for size in SIZES {
        let Room { host: _room, port } = Room::open(&[]);
        let ann = seated(port, "ann", size);
        let [mut bob, mut cid] = ["bob", "cid"].map(|name| Peer::join(port, name));
        bob.say("one");
        cid.say("two");
        ann.wait_for("cid: two");
        let seen = rows(&ann);
        assert!(seen.contains(&"00:00 bob: one".to_owned()), "{seen:?}");
        let colors = ann.read(|screen| {
            let contents = screen.contents();
            ["bob: one", "cid: two"].map(|said| {
                let row = contents.lines().position(|row| row.ends_with(said));
                let row = u16::try_from(row.unwrap()).unwrap();
                let color = |column| screen.cell(row, column).unwrap().fgcolor();
                (color(6), color(11))
            })
        });
        let [(bobs, said), (cids, _)] = colors;
        assert_ne!(bobs, cids);
        assert_ne!(bobs, said);
    }
}

#[test]
fn words_are_wrapped_at_the_edge_and_continued_rows_are_indented() {
    for size in SIZES {
        let Room { host: _room, port } = Room::open(&[]);
        let ann = seated(port, "ann", size);
        let mut bob = Peer::join(port, "bob");
        let long = "wonderful ".repeat(14);
        bob.say(long.trim_end());
        bob.say("the end");
        ann.wait_for("bob: the end");
        let seen = rows(&ann);
        let first = seen.iter().position(|row| row.starts_with("00:00 bob: w"));
        let first = first.unwrap();
        let columns = usize::from(size.1);
        let whole = |row: &String| {
            let words = row.trim_start_matches("00:00 bob:");
            words.split_whitespace().all(|word| word == "wonderful")
        };
        let wrapped: Vec<&String> = seen[first..].iter().take_while(|row| whole(row)).collect();
        assert!(wrapped.len() >= 2, "{seen:?}");
        for row in &wrapped[1..] {
            assert!(row.starts_with("      wonderful"), "{row:?}");
            assert!(row.len() <= columns, "{row:?}");
        }
        let words: usize = wrapped
            .iter()
            .map(|row| row.matches("wonderful").count())
            .sum();
        assert_eq!(words, 14);
    }
}

#[test]
fn the_help_of_a_room_is_wrapped_in_its_column() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann", (50, 40));
    ann.press("/help\r");
    ann.wait_for("Everything else is sent to everybody.");
    for row in ann.contents().lines() {
        assert!(row.trim_end().len() <= 40, "{row:?}");
    }
}

#[test]
fn what_was_said_earlier_is_divided_from_now() {
    for size in SIZES {
        let Room { mut host, port } = Room::open(&[]);
        let mut bob = Peer::join(port, "bob");
        bob.say("long ago");
        host.wait_for("bob: long ago\n");
        let ann = seated(port, "ann", size);
        bob.say("hello");
        ann.wait_for("bob: hello");
        let seen = rows(&ann);
        let place = |text: &str| {
            let found = seen.iter().position(|row| row.contains(text));
            found.unwrap_or_else(|| panic!("{text:?} in {seen:?}"))
        };
        let [earlier, old, now, new] = [
            "──── earlier, 00:00 ────",
            "bob: long ago",
            "──── now ────",
            "bob: hello",
        ]
        .map(place);
        assert!(earlier < old && old < now && now < new, "{seen:?}");
    }
}

#[test]
fn a_terminal_without_unicode_gets_dashes() {
    let Room { mut host, port } = Room::open(&[]);
    let mut bob = Peer::join(port, "bob");
    bob.say("long ago");
    host.wait_for("bob: long ago\n");
    let ann = Program::client(port)
        .args(["--name", "ann"])
        .env("LANG", "C")
        .on_screen();
    ann.wait_for("---- earlier, ");
    ann.wait_for("---- now ----");
}

#[test]
fn own_lines_appear_once_with_their_receipt() {
    for size in SIZES {
        let Room { host: _room, port } = Room::open(&[]);
        let mut ann = seated(port, "ann", size);
        let mut bob = Peer::join(port, "bob");
        ann.wait_for("-- bob joined.");
        ann.press("hello\r");
        bob.hears_last("ann: hello");
        ann.wait_for("ann> hello ✓");
        ann.cursor_behind("ann> ");
        assert_eq!(ann.contents().matches("hello").count(), 1);
        ann.press("/nick eve\r");
        ann.cursor_behind("eve> ");
    }
}

#[test]
fn the_lines_of_the_host_appear_once() {
    for size in SIZES {
        let room = Program::new().args(["room", "--port", "0", "--name", "Ms Lee"]);
        let (mut host, port) = room.on_screen_of(size).listening();
        host.cursor_behind("Ms Lee> ");
        let ann = client(port, "ann");
        host.wait_for("-- ann joined (#1, ");
        host.press("Good morning\r");
        let mut ann = ann;
        ann.wait_for("Ms Lee: Good morning\n");
        ann.enter("Good morning, Ms Lee");
        host.wait_for("ann: Good morning, Ms Lee");
        assert_eq!(host.contents().matches("Ms Lee: Good").count(), 0);
        host.wait_for("Ms Lee> Good morning");
    }
}

#[test]
fn a_long_message_is_folded_and_history_shows_it() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = seated(port, "ann", (60, 80));
    let mut bob = Peer::join(port, "bob");
    bob.say(&format!("{}the end", "x".repeat(3_000)));
    ann.wait_for("… 2007 more bytes: /history shows them");
    assert!(!ann.contents().contains("the end"));
    ann.press("/history 1\r");
    ann.wait_for("the end");
}
