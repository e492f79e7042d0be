//! Posts, lists and private messages.

use crate::room::{Room, settings};
use std::num::NonZeroUsize;
use tictalk::room::{
    ConnectionId, Entrant, HubInput, NEWCOMER_SEES, Portion, RoomNotice, Settings, words,
};
use tictalk::wire::{Author, MAX_TEXT, MemberId, Post, PostId, Text, What};

#[test]
fn a_message_goes_to_all_others_in_one_order_and_its_sender_gets_a_receipt() {
    let mut room = Room::new();
    let [ann, bob, carol] = [room.tictalk("ann"), room.raw("bob"), room.raw("carol")];
    room.forget_seen();
    room.send(ann, Some(1), "hello");
    room.say(bob, "hi ann");
    room.say(carol, "/me waves");
    let all = ["ann: hello", "bob: hi ann", "* carol waves"];
    // A tictalk client learns the position of its own line among the others.
    assert_eq!(room.seen(ann), all);
    assert_eq!(room.seen(bob), [all[0], all[2]]);
    assert_eq!(room.seen(carol), all[..2]);
    assert_eq!(room.seen_by_host(), all);
    assert_eq!(room.receipts[&ann], 1);
    assert!(!room.receipts.contains_key(&bob));
}

#[test]
fn nobody_sees_and_no_receipt_says_what_is_not_stored() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.stores = false;
    room.send(ann, Some(1), "one");
    room.send(ann, Some(2), "/who");
    room.send(ann, Some(3), "two");
    room.send(ann, Some(4), "/who");
    assert_eq!(room.seen(bob), [""; 0]);
    assert!(
        !room.receipts.contains_key(&ann),
        "a receipt stands for all lines before it"
    );
    let two = room.store.last().unwrap().post.id;
    room.handle(HubInput::Stored(PostId(two.0 - 1)));
    assert_eq!(room.seen(bob), ["ann: one"]);
    assert_eq!(room.receipts[&ann], 2);
    room.handle(HubInput::Stored(two));
    assert_eq!(room.seen(bob), ["ann: two"]);
    assert_eq!(room.receipts[&ann], 4);
}

#[test]
fn a_newcomer_sees_the_last_20_posts() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    for number in 1..=30 {
        room.send(ann, Some(number), &format!("line {number}"));
    }
    for is_raw in [true, false] {
        let newcomer = match is_raw {
            true => room.raw("bob"),
            false => room.tictalk("carol"),
        };
        let seen = room.seen(newcomer);
        let old: Vec<&String> = seen.iter().filter(|it| it.starts_with("ann: ")).collect();
        assert_eq!(old.last().unwrap().as_str(), "ann: line 30");
        let others = seen.iter().filter(|it| it.starts_with("-- ")).count();
        // Its own arrival comes after the posts that it missed.
        assert_eq!(
            old.len() + others,
            usize::try_from(NEWCOMER_SEES).unwrap() + 1
        );
    }
}

#[test]
fn no_line_can_be_made_to_look_like_somebody_elses() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.say(ann, "hi\nbob: I am a fool\r\n\r-- ann joined.\u{2028}x");
    assert_eq!(
        room.seen(bob),
        ["ann: hi\nann: bob: I am a fool\nann: -- ann joined.\nann: x"]
    );
    room.say(ann, "/msg bob psst\ncarol: hi");
    assert_eq!(room.seen(bob), ["(from ann): psst\n(from ann): carol: hi"]);
    let post = |text: &str| Post {
        id: PostId(1),
        at: 0,
        by: Author {
            id: MemberId(1),
            name: "ann".into(),
        },
        what: What::Said {
            text: Text::cut(text.to_owned()),
        },
    };
    let plain = tictalk::room::plain(&post("a\u{1b}[2Jb\u{7}\u{202e}c\u{9b}d\te"));
    assert_eq!(plain, ["ann: a\u{fffd}[2Jb\u{fffd}\u{fffd}c\u{fffd}d\te"]);
    // Hidden characters are removed too; those that emoji and scripts need stay.
    let plain = tictalk::room::plain(&post(
        "a\u{200b}b\u{200c}c\u{feff}\u{2060}d\u{ad}e\u{e0041}",
    ));
    assert_eq!(
        plain,
        ["ann: a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}d\u{fffd}e\u{fffd}"]
    );
    for kept in ["👩\u{200d}🚀", "❤\u{fe0f}", "می\u{200c}خواهم", "\u{600}1"] {
        assert_eq!(tictalk::room::plain(&post(kept)), [format!("ann: {kept}")]);
    }
    // A text that is too long for one message continues in a second one that begins with no name.
    let long = format!("{}bob: hi", "é".repeat((MAX_TEXT - 8) / 2));
    let messages = tictalk::room::plain(&post(&long));
    assert_eq!(messages.len(), 2);
    assert!(messages.iter().all(|message| message.len() <= MAX_TEXT));
    assert!(messages[1].starts_with("... "), "{}", messages[1]);
}

#[test]
fn every_list_fits_into_messages() {
    let mut room = Room::with(Settings {
        per_address: NonZeroUsize::new(1_000),
        ..settings()
    });
    let connections: Vec<ConnectionId> = (0..300)
        .map(|number| room.raw(&format!("member {number}")))
        .collect();
    room.forget_seen();
    room.say(connections[0], "/who");
    // It comes in portions, and nothing of it is missing.
    let who = room.seen(connections[0]);
    assert!(who.len() > 4, "{} portions", who.len());
    assert!(who.iter().all(|portion| portion.len() < 16 * 1_024));
    let who = who.join("\n");
    assert_eq!(who.lines().next(), Some("300 members:"));
    assert_eq!(who.lines().count(), 301);
    for (line, number) in who.lines().skip(1).zip(0..) {
        assert!(line.starts_with(&format!("  member {number} #")), "{line}");
    }
    let items = room.members();
    let total = Some(items.len());
    let notice = RoomNotice::Who(Portion { total, items });
    let messages = notice.plain();
    assert!(messages.len() > 1);
    assert!(messages.iter().all(|message| message.len() <= MAX_TEXT));
    assert_eq!(messages.join("\n"), notice.words());
    let texts: Vec<String> = notice.texts().into_iter().map(String::from).collect();
    assert!(texts.len() > 1);
    assert_eq!(texts.join("\n"), notice.words());
    // A line that is longer than a text is cut, and nothing of it is lost.
    let text = "é".repeat(MAX_TEXT / 2);
    let from = "m".repeat(20).into();
    let whispered = RoomNotice::Whispered {
        from,
        text,
        post: None,
    };
    let texts: Vec<String> = whispered.texts().into_iter().map(String::from).collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(texts.concat(), whispered.words());
}

#[test]
fn a_private_message_is_stored_and_reaches_one() {
    let mut room = Room::new();
    let [ann, lee, carol] = [room.tictalk("ann"), room.raw("Ann Lee"), room.raw("carol")];
    room.forget_seen();
    let posts = room.store.len();
    room.say(carol, "/msg ANN LEE hi there");
    assert_eq!(room.seen(lee), ["(from carol): hi there"]);
    assert_eq!(room.seen(carol), ["(to Ann Lee): hi there"]);
    room.say(carol, "/msg ann hi there");
    assert_eq!(room.seen(ann), ["(from carol): hi there"]);
    room.say(carol, "/msg host psst");
    assert_eq!(room.seen_by_host(), ["(from carol): psst"]);
    room.host("/msg carol yes?");
    assert_eq!(room.seen(carol)[2..], ["(from host): yes?"]);
    assert_eq!(room.store.len(), posts + 4);
    // Only the two find it again.
    for (connection, found) in [
        (lee, "(from carol): hi there"),
        (ann, "(from carol): hi there"),
    ] {
        room.say(connection, "/search hi there");
        assert_eq!(room.seen(connection), [found]);
    }
    room.say(carol, "/history");
    assert_eq!(
        room.seen(carol),
        [
            "(to Ann Lee): hi there",
            "(to ann): hi there",
            "(to host): psst",
            "(from host): yes?"
        ]
    );
    room.host("/search hi there");
    assert_eq!(room.seen_by_host().last().unwrap(), "Nothing was found.");
    // Nobody who comes later sees it.
    let dave = room.tictalk("dave");
    let seen = room.seen(dave).concat();
    assert!(!seen.contains("hi there"), "{seen}");
}

#[test]
fn a_private_message_waits_for_a_disconnected_member() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    let last = room.store.len() as u64;
    room.lose(ann);
    room.forget_seen();
    room.say(bob, "/msg ann psst");
    assert_eq!(
        room.seen(bob),
        [
            "ann is disconnected and will read your message after reconnecting.",
            "(to ann): psst"
        ]
    );
    // The message outlives the server.
    let ticket = room.welcomes[&ann].ticket;
    let mut room = room.restarted();
    let since = Some(PostId(last));
    let ann = room.hello(None, ticket.map(|ticket| Entrant { ticket, since }));
    let told = |seen: Vec<String>| seen.iter().filter(|it| *it == "(from bob): psst").count();
    assert_eq!(told(room.seen(ann)), 1);
}

#[test]
fn twenty_posts_that_everybody_sees_are_shown_to_newcomers() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    for number in 0..20 {
        room.say(ann, &format!("line {number}"));
        room.say(ann, &format!("/msg bob private {number}"));
    }
    let dave = room.tictalk("dave");
    let seen = room.seen(dave);
    let said = seen.iter().filter(|it| it.starts_with("ann: line")).count();
    assert_eq!(said, 20, "{seen:?}");
    let _ = bob;
}

#[test]
fn history_and_search_find_what_was_said() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    for text in ["red apples", "green apples", "green pears"] {
        room.say(ann, text);
    }
    room.forget_seen();
    room.say(bob, "/history 2");
    assert_eq!(room.seen(bob), ["ann: green apples", "ann: green pears"]);
    room.say(bob, "/search green apples");
    assert_eq!(room.seen(bob), ["ann: green apples"]);
    room.host("/search red");
    assert_eq!(room.seen_by_host(), ["ann: red apples"]);
}

/// The number of the post with this text.
fn number_of(room: &Room, text: &str) -> u64 {
    let said = |what: &What| matches!(what, What::Said { text: said } if **said == *text);
    let mut posts = room.store.iter().map(|entry| &entry.post);
    posts.find(|post| said(&post.what)).unwrap().id.0
}

#[test]
fn history_before_a_post_pages_back_to_the_first_message() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    for number in 0..10 {
        room.say(ann, &format!("line {number}"));
    }
    room.forget_seen();
    let mut pages = Vec::new();
    let mut before = number_of(&room, "line 9") + 1;
    loop {
        room.say(bob, &format!("/history 4 {before}"));
        let page = room.seen(bob);
        if page == ["Nothing was found."] {
            break;
        }
        let first = page[0].strip_prefix("ann: ").unwrap();
        before = number_of(&room, first);
        pages.push(page);
    }
    let lines = |numbers: std::ops::Range<u32>| -> Vec<String> {
        numbers.map(|it| format!("ann: line {it}")).collect()
    };
    assert_eq!(pages, [lines(6..10), lines(2..6), lines(0..2)]);
    // Before a post that is still to come are all.
    for before in [1_000, u64::MAX] {
        room.say(bob, &format!("/history 200  {before}"));
        assert_eq!(room.seen(bob), lines(0..10));
    }
    // No post is before the first.
    room.host("/history 50 1");
    assert_eq!(room.seen_by_host().last().unwrap(), "Nothing was found.");
}

#[test]
fn history_before_a_post_shows_private_messages_to_their_two_people() {
    let mut room = Room::new();
    let [ann, bob, carol] = [room.tictalk("ann"), room.raw("bob"), room.raw("carol")];
    room.say(ann, "first");
    room.say(ann, "/msg bob psst");
    room.say(ann, "last");
    room.forget_seen();
    let before = number_of(&room, "last");
    for (reader, seen) in [
        (bob, &["ann: first", "(from ann): psst"][..]),
        (carol, &["ann: first"]),
    ] {
        room.say(reader, &format!("/history 5 {before}"));
        assert_eq!(room.seen(reader), seen);
    }
}

#[test]
fn history_shows_at_most_200_posts_before_a_post() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    for number in 0..250 {
        room.say(ann, &number.to_string());
        room.wait(1);
    }
    room.forget_seen();
    let before = number_of(&room, "240");
    room.say(bob, &format!("/history 1000 {before}"));
    let expected: Vec<String> = (40..240).map(|number| format!("ann: {number}")).collect();
    assert_eq!(room.seen(bob), expected);
}

#[test]
fn a_message_of_many_lines_is_refused() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.say(ann, &"x\n".repeat(64));
    assert_eq!(room.seen(bob), [["ann: x"; 64].join("\n")]);
    for line in ["x\n".repeat(65), format!("/msg bob {}", "x\r".repeat(65))] {
        room.forget_seen();
        room.say(ann, &line);
        assert_eq!(room.seen(bob), [""; 0]);
        let refusal = "That message has 65 lines, and the limit is 64: nothing was sent.";
        assert_eq!(room.seen(ann), [refusal]);
    }
    // A server that does not mind is not shown without a limit either.
    let many = words(&Post {
        id: PostId(1),
        at: 0,
        by: Author {
            id: MemberId(1),
            name: "a name of 20 letters".into(),
        },
        what: What::Said {
            text: Text::cut("x\n".repeat(2_048)),
        },
    });
    assert_eq!(many.lines().count(), 65);
    assert!(many.ends_with(": ... and 1984 more lines"), "{many}");
}
