//! A reader in a room where a whole class talks: the place, the count of what is new, and the draft.

use super::{USUAL, has_line, has_status, member, status};
use crate::support::{Peer, Pty, Room, Wire};
use std::collections::BTreeSet;

const CLASS: usize = 30;

/// A room without limits for those who talk much.
fn lively() -> Room {
    Room::open(&["--burst", "0", "--per-address", "0"])
}

/// A class that is in the room.
fn class(room: &Room) -> Vec<Peer> {
    let pupils = (0..CLASS).map(|number| {
        let mut pupil = Peer::connect(room.port, Wire::Framed);
        pupil.say(&format!("pupil{number:02}"));
        pupil.hears(&format!("You are pupil{number:02}, "));
        pupil
    });
    pupils.collect()
}

/// The numbers of the posts on the screen, from top to bottom.
fn numbers(screen: &vt100::Screen) -> Vec<usize> {
    let contents = screen.contents();
    let posts = contents.lines().filter_map(|row| {
        let (_, post) = row.split_once("pupil00: here is post ")?;
        post.split(' ').next()?.trim_end_matches('│').parse().ok()
    });
    posts.collect()
}

/// The room has this many posts with numbers.
fn has_posts(room: &mut Room, pupil: &mut Peer, count: usize) {
    for number in 0..count {
        pupil.say(&format!("here is post {number}"));
    }
    let last = count - 1;
    room.host.wait_for(&format!("here is post {last}\n"));
}

/// Presses a key, and sees that it was obeyed: what is typed behind it is in the line.
fn presses(person: &mut Pty, key: &str) {
    person.press(&format!("{key}x"));
    has_line(person, "ann> x");
    person.press("\x7f");
    has_line(person, "ann>");
}

#[test]
fn a_reader_scrolls_up_to_the_first_of_all_posts() {
    const POSTS: usize = 300;
    let mut room = lively();
    let mut pupil = Peer::join(room.port, "pupil00");
    has_posts(&mut room, &mut pupil, POSTS);
    let mut ann = member(room.port, "ann", USUAL);
    ann.wait_for("post 299");
    let mut seen = BTreeSet::new();
    // Old posts come from the room while the reader goes on.
    for _ in 0..POSTS {
        seen.extend(ann.read(numbers));
        if seen.contains(&0) {
            break;
        }
        presses(&mut ann, "\x1b[5~");
    }
    let missed: Vec<usize> = (0..POSTS).filter(|it| !seen.contains(it)).collect();
    assert!(missed.is_empty(), "{missed:?} of {}", ann.contents());
    has_status(&ann, "reading old lines");
    ann.press("\x1b[F");
    ann.wait_for("post 299");
}

#[test]
fn what_the_class_says_moves_neither_the_reader_nor_the_draft() {
    let mut room = lively();
    let mut class = class(&room);
    has_posts(&mut room, &mut class[0], 100);
    let mut ann = member(room.port, "ann", USUAL);
    ann.wait_for("post 99");
    presses(&mut ann, "\x1b[5~");
    let place = ann.read(numbers);
    assert!(!place.contains(&99), "{place:?}");
    let mut is_new = 0;
    let mut talk = |ann: &Pty| {
        for (number, pupil) in class.iter_mut().enumerate() {
            pupil.say(&format!("word {number} of {is_new}"));
        }
        is_new += CLASS;
        has_status(ann, &format!("{is_new} new below"));
    };
    talk(&ann);
    assert_eq!(ann.read(numbers), place);
    // A search, while they talk. Nothing that is new begins like this.
    ann.press("/here is post 42");
    ann.wait("the post that was found", |screen| {
        (numbers(screen).last() == Some(&42)).then_some(())
    });
    has_line(&ann, "Search: here is post 42");
    let place = ann.read(numbers);
    talk(&ann);
    has_line(&ann, "Search: here is post 42");
    assert_eq!(ann.read(numbers), place);
    ann.press("\x1b");
    has_line(&ann, "ann>");
    // A draft, at several sizes.
    ann.press("half a thought");
    has_line(&ann, "ann> half a thought");
    for size in [(12, 40), (60, 200), (12, 200), (60, 40), USUAL] {
        ann.resize(size);
        ann.wait(&format!("the same place at {size:?}"), |screen| {
            // A high window also has space for some of what follows.
            let is_there = numbers(screen).contains(&42);
            let is_drawn = status(screen).contains("60 new below");
            (is_there && is_drawn).then_some(())
        });
        has_line(&ann, "ann> half a thought");
    }
    ann.wait("the same rows", |screen| {
        (numbers(screen) == place).then_some(())
    });
    talk(&ann);
    assert_eq!(ann.read(numbers), place);
    ann.press(" ends");
    has_line(&ann, "ann> half a thought ends");
    ann.press("\r");
    class[0].hears_last("ann: half a thought ends");
    // Who takes part is at the end again, and nothing is new.
    ann.wait_for("half a thought ends");
    ann.wait("no news", |screen| {
        (!status(screen).contains("new below")).then_some(())
    });
}

#[test]
fn history_answers_below_the_line_that_asks() {
    let mut room = lively();
    let mut pupil = Peer::join(room.port, "pupil00");
    has_posts(&mut room, &mut pupil, 60);
    let mut ann = member(room.port, "ann", USUAL);
    ann.wait_for("post 59");
    ann.press("/history 2 30\r");
    ann.wait("an answer", |screen| {
        let contents = screen.contents();
        let (_, answer) = contents.split_once("/history 2 30")?;
        (answer.matches("here is post").count() == 2).then_some(())
    });
}
