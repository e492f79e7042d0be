//! The talk: what is folded, ruled, read, found and asked for.

use super::{
    LIMIT, arrival, ask, asked, at, draft, enter, key, keys, line, message, post, scene, seen,
    whole, write,
};
use tictalk::scene::{
    Arrow, Focus, Held, Key, KeyOutcome, PresenceChange, PromptKind, Scene, Size, TalkEntry, Wheel,
};
use tictalk::text::LocalTime;

const NOON: u64 = 1_800_000_000_000;
const DAY: u64 = 24 * 60 * 60 * 1000;

fn with_messages(count: usize) -> Scene {
    let mut scene = asked(PromptKind::Standing);
    for number in 0..count {
        scene.add(message(&format!("message {number}")));
    }
    scene
}

#[test]
fn arrivals_that_follow_each_other_are_one_entry() {
    let mut scene = scene(80, 24);
    scene.add(arrival(PresenceChange::Joined, "ann"));
    assert_eq!(whole(scene.talk()), ["-- ann joined."]);
    scene.add(arrival(PresenceChange::Joined, "bob"));
    assert_eq!(whole(scene.talk()), ["-- ann and bob joined."]);
    for name in ["cid", "dee"] {
        scene.add(arrival(PresenceChange::Joined, name));
    }
    assert_eq!(whole(scene.talk()), ["-- ann, bob, cid and dee joined."]);
    scene.add(arrival(PresenceChange::Joined, "eve"));
    assert_eq!(
        whole(scene.talk()),
        ["-- ann, bob, cid, dee and 1 other joined."]
    );
    scene.add(arrival(PresenceChange::Joined, "fay"));
    scene.add(arrival(PresenceChange::Left, "ann"));
    assert_eq!(
        whole(scene.talk()),
        ["-- ann, bob, cid, dee and 2 others joined; ann left."]
    );
    assert_eq!(scene.talk().len(), 1);
    scene.add(message("hello"));
    scene.add(arrival(PresenceChange::Away, "bob"));
    scene.add(arrival(PresenceChange::Back, "bob"));
    assert_eq!(
        whole(scene.talk())[1..],
        ["hello", "-- bob lost the connection; bob reconnected."]
    );
}

#[test]
fn somebody_who_comes_and_goes_takes_one_entry() {
    let mut scene = scene(80, 24);
    for _ in 0..1000 {
        scene.add(arrival(PresenceChange::Away, "bob"));
        scene.add(arrival(PresenceChange::Back, "bob"));
    }
    assert_eq!(scene.talk().len(), 1);
    assert!(whole(scene.talk()).len() < 3);
}

#[test]
fn a_rule_separates_days_and_arrivals_are_not_folded_across_it() {
    let mut scene = scene(80, 24);
    scene.add(at(NOON, message("one")));
    scene.add(at(NOON, arrival(PresenceChange::Joined, "ann")));
    scene.add(at(NOON + DAY, arrival(PresenceChange::Joined, "bob")));
    scene.add(at(NOON + DAY, message("two")));
    let rows = whole(scene.talk());
    let day = LocalTime::of(NOON + DAY).unwrap().day();
    assert_eq!(rows.len(), 5);
    assert!(rows[2].starts_with(&format!("── {day} ──")), "{rows:?}");
    assert!(rows[1].ends_with("ann joined.") && rows[3].ends_with("bob joined."));
}

#[test]
fn a_rule_shows_where_the_reader_left_off_until_they_take_part() {
    let mut scene = with_messages(2);
    key(&mut scene, Key::Focus(Focus::Elsewhere));
    assert!(
        !whole(scene.talk())
            .iter()
            .any(|row| row.contains("left off"))
    );
    scene.add(arrival(PresenceChange::Joined, "ann"));
    scene.add(message("news"));
    key(&mut scene, Key::Focus(Focus::Here));
    let rows = whole(scene.talk());
    assert!(rows[2].starts_with("── you left off here ──"), "{rows:?}");
    assert_eq!(rows[3..], ["-- ann joined.", "news"]);
    assert_eq!(enter(&mut scene, "hi"), line("hi"));
    assert!(
        !whole(scene.talk())
            .iter()
            .any(|row| row.contains("left off"))
    );
}

#[test]
fn arrivals_are_not_folded_across_the_rule() {
    let mut scene = asked(PromptKind::Standing);
    scene.add(arrival(PresenceChange::Joined, "ann"));
    key(&mut scene, Key::Focus(Focus::Elsewhere));
    scene.add(arrival(PresenceChange::Joined, "bob"));
    assert_eq!(whole(scene.talk()).len(), 3);
}

#[test]
fn what_is_read_stays_and_news_below_it_is_counted() {
    let mut scene = with_messages(100);
    key(&mut scene, Key::PageUp);
    let before = seen(&scene);
    for _ in 0..5 {
        scene.add(message("news"));
        scene.add(arrival(PresenceChange::Joined, "ann"));
    }
    scene.add(TalkEntry::note("note".to_owned()));
    assert_eq!(seen(&scene), before);
    assert_eq!(scene.talk().unread(), 6);
    keys(&mut scene, [Key::PageDown, Key::PageDown]);
    assert_eq!(scene.talk().unread(), 0);
    assert_eq!(seen(&scene).last().unwrap(), "note");
}

#[test]
fn keys_scroll_by_a_page_and_by_rows() {
    let mut scene = with_messages(100);
    let last = |scene: &Scene| seen(scene).last().unwrap().clone();
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Shift)]);
    assert_eq!(last(&scene), "message 98");
    keys(&mut scene, [Key::Wheel(Wheel::Up)]);
    assert_eq!(last(&scene), "message 95");
    keys(
        &mut scene,
        [
            Key::Wheel(Wheel::Down),
            Key::Arrow(Arrow::Down, Held::Shift),
        ],
    );
    assert_eq!(last(&scene), "message 99");
    assert!(scene.talk().is_at_end());
    // A page keeps two rows of the one before.
    let rows = seen(&scene);
    keys(&mut scene, [Key::PageUp]);
    assert_eq!(seen(&scene)[rows.len() - 2..], rows[..2]);
    keys(&mut scene, [Key::End]);
    assert_eq!(seen(&scene), rows);
}

#[test]
fn scrolling_by_a_row_moves_by_a_row_when_the_rule_goes() {
    let mut scene = with_messages(100);
    key(&mut scene, Key::Focus(Focus::Elsewhere));
    scene.add(message("one\ntwo\nthree"));
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Shift)]);
    assert_eq!(seen(&scene).last().unwrap(), "two");
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Shift)]);
    assert_eq!(seen(&scene).last().unwrap(), "one");
}

#[test]
fn escape_leaves_old_lines_whatever_the_line_contains() {
    let mut scene = with_messages(100);
    keys(&mut scene, [Key::Char('x'), Key::PageUp]);
    // End is for the line.
    keys(&mut scene, [Key::End]);
    assert!(!scene.talk().is_at_end());
    keys(&mut scene, [Key::Escape]);
    assert!(scene.talk().is_at_end());
    assert_eq!(draft(&scene), "x");
}

#[test]
fn a_larger_screen_is_filled() {
    let mut scene = with_messages(100);
    keys(&mut scene, (0..20).map(|_| Key::PageUp));
    let top = seen(&scene);
    scene.resize(Size {
        columns: 80,
        rows: 60,
    });
    let rows = seen(&scene);
    assert_eq!(rows.len(), usize::from(scene.layout().talk.height));
    assert_eq!(rows[..top.len()], top);
    // The next key scrolls what is seen.
    keys(&mut scene, [Key::Arrow(Arrow::Down, Held::Shift)]);
    assert_eq!(seen(&scene)[..10], rows[1..11]);
}

#[test]
fn what_is_found_near_the_beginning_fills_the_screen() {
    let mut scene = with_messages(100);
    keys(&mut scene, [Key::PageUp, Key::Char('/')]);
    write(&mut scene, "message 2");
    keys(&mut scene, (0..10).map(|_| Key::Enter));
    let rows = seen(&scene);
    assert_eq!(rows.len(), usize::from(scene.layout().talk.height));
    assert!(rows.contains(&"message 2".to_owned()));
}

#[test]
fn a_search_goes_to_older_and_newer_lines() {
    let mut scene = with_messages(100);
    keys(&mut scene, [Key::PageUp, Key::Char('/')]);
    assert_eq!(scene.search(), Some(""));
    write(&mut scene, "E 5");
    let last = |scene: &Scene| seen(scene).last().unwrap().clone();
    assert_eq!(last(&scene), "message 59");
    keys(&mut scene, [Key::Enter]);
    let older = last(&scene);
    assert_eq!(older, "message 58");
    keys(&mut scene, [Key::Arrow(Arrow::Up, Held::Nothing)]);
    assert!(seen(&scene).contains(&"message 57".to_owned()));
    keys(&mut scene, [Key::Arrow(Arrow::Down, Held::Nothing)]);
    assert_eq!(last(&scene), older);
    keys(&mut scene, [Key::Ctrl('n')]);
    assert_eq!(
        (last(&scene).as_str(), scene.remark()),
        ("message 59", None)
    );
    keys(&mut scene, [Key::Ctrl('n')]);
    assert_eq!(scene.remark(), Some("Nothing newer found."));
    write(&mut scene, "xx");
    assert_eq!(scene.remark(), Some("Nothing older found here."));
    keys(
        &mut scene,
        [Key::Ctrl('u'), Key::Paste("message 42\nmore".to_owned())],
    );
    assert_eq!(scene.search(), Some("message 42"));
    assert_eq!(last(&scene), "message 42");
    keys(&mut scene, [Key::Escape]);
    assert_eq!(
        (scene.search(), last(&scene).as_str()),
        (None, "message 42")
    );
    assert_eq!(draft(&scene), "");
}

#[test]
fn the_words_of_a_search_are_bounded() {
    let mut scene = with_messages(100);
    keys(&mut scene, [Key::PageUp, Key::Char('/')]);
    keys(
        &mut scene,
        [Key::Paste("é".repeat(2 * LIMIT)), Key::Char('é')],
    );
    assert_eq!(scene.search().unwrap().len(), LIMIT);
}

/// These posts come as an answer to a request for older ones.
fn older(scene: &mut Scene, numbers: std::ops::Range<u64>) {
    for number in numbers {
        scene.add_old(post(number));
    }
}

#[test]
fn the_room_is_asked_once_for_the_posts_before_the_first() {
    let mut scene = asked(PromptKind::Standing);
    scene.talk_mut().expect_older();
    for number in 500..600 {
        scene.add(post(number));
    }
    let mut asked = Vec::new();
    let mut up = |scene: &mut Scene| {
        for _ in 0..20 {
            asked.extend(key(scene, Key::PageUp));
            ask(scene, PromptKind::Standing, "");
        }
    };
    up(&mut scene);
    up(&mut scene);
    let rows = seen(&scene);
    older(&mut scene, 400..500);
    assert_eq!(seen(&scene), rows);
    up(&mut scene);
    older(&mut scene, 1..400);
    (0..3).for_each(|_| up(&mut scene));
    let lines = ["/history 100 500", "/history 100 400"];
    assert_eq!(asked, lines.map(|it| KeyOutcome::Line(it.to_owned())));
    // Going down asks for nothing.
    assert_eq!(key(&mut scene, Key::PageDown), None);
}

#[test]
fn a_talk_that_is_shorter_than_the_screen_asks_for_older_posts() {
    let mut scene = asked(PromptKind::Standing);
    scene.talk_mut().expect_older();
    scene.add(post(30));
    scene.add(post(31));
    assert_eq!(key(&mut scene, Key::Wheel(Wheel::Down)), None);
    assert_eq!(
        key(&mut scene, Key::Wheel(Wheel::Up)),
        line("/history 100 30")
    );
    assert!(scene.talk().is_at_end());
}

#[test]
fn a_question_is_not_answered_by_scrolling() {
    let mut scene = asked(PromptKind::Question);
    scene.talk_mut().expect_older();
    scene.add(post(30));
    assert_eq!(key(&mut scene, Key::PageUp), None);
    assert_eq!(ask(&mut scene, PromptKind::Standing, ""), None);
    assert_eq!(key(&mut scene, Key::PageUp), line("/history 100 30"));
}

#[test]
fn a_request_for_older_posts_that_was_not_sent_is_made_again() {
    let mut scene = asked(PromptKind::Standing);
    scene.talk_mut().expect_older();
    scene.add(post(30));
    assert_eq!(key(&mut scene, Key::PageUp), line("/history 100 30"));
    assert!(!scene.take_back());
    ask(&mut scene, PromptKind::Standing, "");
    assert_eq!(key(&mut scene, Key::PageUp), line("/history 100 30"));
}

#[test]
fn memory_is_bounded_by_entries_and_bytes() {
    let mut scene = with_messages(100);
    keys(&mut scene, (0..3).map(|_| Key::PageUp));
    for number in 0..20_100 {
        scene.add(message(&format!("more {number}")));
    }
    assert_eq!(scene.talk().len(), 20_000);
    // What was read has gone; the oldest of the others is shown.
    key(&mut scene, Key::PageUp);
    assert!(seen(&scene).contains(&"more 100".to_owned()));
    let long = |number| TalkEntry {
        text: "x".repeat(100_000),
        ..post(number)
    };
    for number in 100..200 {
        scene.add(long(number));
    }
    let most = 8 * 1024 * 1024 / 100_000;
    let count = scene.talk().len();
    assert!((most - 3..=most).contains(&count), "{count}");
    for number in 0..100 {
        scene.add_old(long(number));
    }
    assert_eq!(scene.talk().len(), count);
    // One entry stays, however long it is.
    scene.add(message(&"x".repeat(9 * 1024 * 1024)));
    assert_eq!(scene.talk().len(), 1);
    key(&mut scene, Key::Escape);
    assert_eq!(seen(&scene).len(), usize::from(scene.layout().talk.height));
}
