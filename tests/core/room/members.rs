//! Who comes and goes, what they say, and who looks after them.

use super::{Room, SECOND, address, known, settings};
use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;
use tictalk::room::{
    ConnectionId, Entrant, Farewell, HubInput, NEWCOMER_SEES, Portion, RoomNotice, Settings, words,
};
use tictalk::wire::{Author, MAX_TEXT, MemberId, Post, PostId, Text, Ticket, What};

#[test]
fn a_message_goes_to_all_others_in_one_order_and_its_sender_gets_a_receipt() {
    let mut room = Room::new();
    let [ann, bob, carol] = [room.tictalk("ann"), room.raw("bob"), room.raw("carol")];
    room.forget_seen();
    room.send(ann, Some(1), "hello");
    room.say(bob, "hi ann");
    room.say(carol, "/me waves");
    let all = ["ann: hello", "bob: hi ann", "* carol waves"];
    // A client of ours is told where its own line stands among the others.
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
        // Its own arrival is behind what it missed.
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
    // What hides goes too, and what emoji and scripts need stays.
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
    // What is too long for one message goes on in a second one that begins with no name.
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
    let whispered = RoomNotice::Whispered { from, text };
    let texts: Vec<String> = whispered.texts().into_iter().map(String::from).collect();
    assert_eq!(texts.len(), 2);
    assert_eq!(texts.concat(), whispered.words());
}

#[test]
fn commands_are_for_whom_they_are_for() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    for (line, answer) in [
        (
            "/status",
            "Only the coordinator and the host can use /status. /help lists your commands.",
        ),
        (
            "/kick ann",
            "Only the coordinator and the host can use /kick NAME. /help lists your commands.",
        ),
        (
            "/say hi",
            "Only the host can use /say TEXT. /help lists your commands.",
        ),
        ("/who ann", "Usage: /who"),
        ("/msg", "Usage: /msg NAME TEXT"),
        ("/msg ann", "Usage: /msg NAME TEXT"),
        (
            "/msg carol hi",
            "Nobody here is named carol. /who lists the names.",
        ),
        ("/msg bob hi", "You cannot do that to yourself."),
        (
            "/nonsense",
            "There is no command /nonsense. /help lists the commands; a space before it sends it as text.",
        ),
        ("/history x", "Usage: /history [N]"),
        ("/search", "Usage: /search WORDS"),
        ("/search nothing at all", "Nothing was found."),
        (
            "/move 5",
            "You are not in a game. /play GAME NAME offers one.",
        ),
        ("/accept", "Nobody has offered you a game."),
        ("/watch", "There is no game to watch."),
    ] {
        room.say(bob, line);
        assert_eq!(room.seen(bob), [answer], "{line}");
    }
    assert_eq!(room.seen(ann), [""; 0]);
    room.say(bob, &"x".repeat(MAX_TEXT + 1));
    assert!(room.seen(bob)[0].starts_with("That message is 4097 bytes long"));
    room.say(ann, "/kick host");
    assert_eq!(room.seen(ann), ["You cannot do that to the host."]);
    room.say(bob, "/help");
    let help = room.seen(bob).concat();
    assert!(
        help.contains("/msg NAME TEXT") && !help.contains("/kick"),
        "{help}"
    );
    room.say(ann, "/help");
    assert!(room.seen(ann).concat().contains("/kick NAME"));
    room.host("/help");
    let help = room.seen_by_host().concat();
    assert!(
        help.contains("/quit") && !help.contains("/accept"),
        "{help}"
    );
    room.say(bob, " /who is a command");
    assert_eq!(room.seen(ann), ["bob:  /who is a command"]);
}

#[test]
fn a_private_message_reaches_one_and_is_not_stored() {
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
    assert_eq!(room.store.len(), posts);
}

#[test]
fn the_host_speaks_and_closes_the_room() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.host("/say welcome");
    room.host("all of you");
    assert_eq!(room.seen(bob), ["host: welcome", "host: all of you"]);
    room.stores = false;
    room.host("/quit");
    room.say(ann, "wait");
    assert!(!room.is_over);
    room.handle(HubInput::Stored(room.store.last().unwrap().post.id));
    assert_eq!(room.seen(bob), ["-- host closed the room."]);
    assert_eq!(room.closed[&ann], Farewell::Closed { is_posted: true });
    assert_eq!(room.closed[&bob], Farewell::Closed { is_posted: true });
    assert!(room.is_over && room.hub.is_over());
    assert!(known(&room.store).members.values().all(|it| !it.is_in));
}

#[test]
fn a_room_without_its_host_is_closed_and_who_has_no_name_yet_is_told_why() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    let stranger = room.connection();
    let from = address(stranger);
    room.handle(HubInput::Connected {
        connection: stranger,
        from,
    });
    room.handle(HubInput::HostLeft);
    assert!(room.is_over);
    assert_eq!(room.seen(ann).last().unwrap(), "-- host closed the room.");
    assert_eq!(room.closed[&ann], Farewell::Closed { is_posted: true });
    assert_eq!(
        room.closed[&stranger],
        Farewell::Closed { is_posted: false }
    );
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

#[test]
fn the_first_is_the_coordinator_and_another_one_takes_over() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    let seen = room.seen(ann);
    assert!(
        seen.contains(&"You are the coordinator now: you can use /status and /kick.".to_owned())
    );
    let [bob, carol] = [room.raw("bob"), room.tictalk("carol")];
    assert_eq!(room.coordinator().unwrap(), "ann");
    room.forget_seen();
    room.lose(ann);
    let next = room.coordinator().unwrap();
    assert!(["bob", "carol"].contains(&next.as_str()));
    assert_eq!(
        room.seen(carol)
            .iter()
            .filter(|it| it.starts_with("--"))
            .collect::<Vec<_>>(),
        [
            "-- ann lost the connection and may return.",
            &format!("-- {next} is now the coordinator."),
        ]
    );
    // Who comes back after a broken line does not take the chair away.
    let ann = room.back(ann, 0);
    assert_eq!(room.coordinator().unwrap(), next);
    room.host(&format!("/kick {next}"));
    assert_ne!(room.coordinator().unwrap(), next);
    for connection in [ann, bob, carol] {
        room.say(connection, "/q");
    }
    assert_eq!(room.coordinator(), None);
    assert_eq!(room.hub.connections(), 0);
    room.raw("dave");
    assert_eq!(room.coordinator().unwrap(), "dave");
}

#[test]
fn after_a_restart_the_coordinator_is_the_same_person_if_back_in_time() {
    for (wait, expected) in [(100, "ann"), (121, "bob")] {
        let mut room = Room::new();
        let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
        let (tickets, last) = (room.welcomes.clone(), room.store.len() as u64);
        room = room.restarted();
        room.welcomes = tickets;
        let bob = room.back(bob, last);
        assert_eq!(room.coordinator().unwrap(), "bob");
        room.wait(wait);
        let ann = room.back(ann, last);
        assert_eq!(room.coordinator().unwrap(), expected);
        let names: BTreeSet<String> = room.names().into_iter().collect();
        assert_eq!(names, BTreeSet::from(["ann".to_owned(), "bob".to_owned()]));
        assert_eq!(
            room.welcomes[&ann].you,
            MemberId(1),
            "it is the same member in any case"
        );
        let chair = format!("-- {expected} is now the coordinator.");
        assert!(room.seen(bob).contains(&chair));
    }
}

#[test]
fn a_kick_is_told_to_all_and_an_out_is_out() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.say(ann, "/kick Bob");
    assert_eq!(room.seen(ann), ["-- bob was removed by ann."]);
    assert_eq!(room.closed[&bob], Farewell::Kicked("ann".into()));
    room.say(bob, "still here?");
    assert_eq!(room.seen(ann), [""; 0]);
    assert_eq!(room.names(), ["ann"]);
}

#[test]
fn who_does_not_answer_is_removed_and_who_is_only_quiet_is_not() {
    let mut room = Room::new();
    let [ann, bob, raw] = [room.tictalk("ann"), room.tictalk("bob"), room.raw("raw")];
    room.wait(600);
    assert_eq!(room.names(), ["ann", "bob", "raw"]);
    room.forget_seen();
    room.answers.remove(&bob);
    room.wait(100);
    assert_eq!(room.names().len(), 3);
    room.wait(36);
    assert_eq!(room.names(), ["ann", "raw"]);
    assert_eq!(room.seen(raw), ["-- bob was removed: no answer."]);
    assert!(matches!(room.closed[&bob], Farewell::Silent(_)));
    assert!(!room.closed.contains_key(&ann));
    // It is the same one when it comes again, and sees what it missed.
    let bob = room.back(bob, 4);
    assert_eq!(room.welcomes[&bob].you, MemberId(2));
    assert_eq!(&*room.welcomes[&bob].name, "bob");
    assert!(
        room.seen(bob)
            .contains(&"-- bob was removed: no answer.".to_owned())
    );
}

#[test]
fn a_status_lists_who_answers() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    room.tictalk("bob");
    let carol = room.tictalk("carol");
    room.raw("dave");
    let eve = room.tictalk("eve");
    room.lose(eve);
    room.forget_seen();
    room.answers.remove(&carol);
    room.wait(20);
    room.say(ann, "/status");
    assert_eq!(room.seen(ann), [""; 0], "carol is waited for");
    room.wait(2);
    let status = room.seen(ann).concat();
    let lines: Vec<&str> = status.lines().collect();
    assert_eq!(lines[0], "Pinged 5 members:");
    assert_eq!(
        lines[1],
        "  ann #1, 192.0.2.1 port 40001, answered in 0.0 ms, last heard 2 s ago"
    );
    assert_eq!(
        lines[3],
        "  carol #3, 192.0.2.1 port 40003, no answer, last heard 22 s ago"
    );
    assert!(lines[4].contains("cannot be pinged"), "{status}");
    assert!(lines[5].contains("connection lost"), "{status}");
}

#[test]
fn a_name_waits_for_its_owner_and_for_nobody_else() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    room.tictalk("bob");
    let away = room.tictalk("carol");
    room.send(away, Some(1), "one");
    room.lose(away);
    room.lose(ann);
    let thief = room.tictalk("Carol");
    assert!(matches!(room.closed[&thief], Farewell::Name(_)));
    let seen = room.store.len() as u64;
    room.wait(60);
    let carol = room.back(away, seen);
    assert_eq!(&*room.welcomes[&carol].name, "carol");
    assert_eq!(room.welcomes[&carol].heard, 1);
    assert_eq!(room.seen(carol).last().unwrap(), "-- carol reconnected.");
    // A line that broke without our noticing gives way to the new one.
    let again = room.back(carol, seen);
    assert_eq!(room.closed[&carol], Farewell::Replaced);
    room.handle(HubInput::Lost(carol));
    assert_eq!(room.names(), ["ann", "bob", "carol"], "{again:?}");
    room.wait(61);
    assert_eq!(
        room.names(),
        ["bob", "carol"],
        "ann was waited for long enough"
    );
}

#[test]
fn a_raw_peer_leaves_with_its_line() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    let bob = room.raw("bob");
    room.lose(bob);
    assert_eq!(room.names(), ["ann"]);
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "-- bob left: connection lost."
    );
}

#[test]
fn who_has_not_read_its_welcome_is_let_in_all_the_same() {
    let mut room = Room::new();
    let ticket = Ticket::new([9; 16]);
    let entrance = Entrant {
        ticket,
        since: Some(PostId(0)),
    };
    let lost = room.hello(Some("ann"), Some(entrance));
    let ann = room.hello(Some("ann"), Some(entrance));
    assert_eq!(room.closed[&lost], Farewell::Replaced);
    assert_eq!(room.names(), ["ann"]);
    assert_eq!(room.welcomes[&ann].ticket, Some(ticket));
}

#[test]
fn a_line_is_taken_once_however_often_it_comes() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.stores = false;
    room.send(ann, Some(1), "one");
    room.send(ann, Some(2), "/me two");
    room.send(ann, Some(3), "/msg bob three");
    room.lose(ann);
    let ann = room.back(ann, 0);
    assert_eq!(room.welcomes[&ann].heard, 0, "nothing is stored yet");
    for (number, text) in [(1, "one"), (2, "/me two"), (3, "/msg bob three")] {
        room.send(ann, Some(number), text);
    }
    room.handle(HubInput::Stored(room.store.last().unwrap().post.id));
    assert_eq!(room.receipts[&ann], 3);
    let seen = room.seen(bob);
    for text in ["ann: one", "* ann two", "(from ann): three"] {
        assert_eq!(seen.iter().filter(|it| *it == text).count(), 1, "{text}");
    }
    let (tickets, last) = (room.welcomes.clone(), room.store.len() as u64);
    let mut room = room.restarted();
    room.welcomes = tickets;
    let ann = room.back(ann, last);
    assert_eq!(
        room.welcomes[&ann].heard, 2,
        "what was not stored is not known"
    );
    room.send(ann, Some(2), "/me two");
    let twos = room
        .store
        .iter()
        .filter(|it| words(&it.post) == "* ann two");
    assert_eq!(twos.count(), 1);
}

#[test]
fn who_missed_much_gets_it_from_the_store_once_and_in_order() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    let seen = room.store.len() as u64;
    room.lose(ann);
    for number in 1..=1_000 {
        room.send(bob, Some(number), &format!("line {number}"));
    }
    room.forget_seen();
    let ann = room.back(ann, seen);
    let lines: Vec<String> = room
        .seen(ann)
        .into_iter()
        .filter(|it| it.starts_with("bob:"))
        .collect();
    let expected: Vec<String> = (1..=1_000)
        .map(|number| format!("bob: line {number}"))
        .collect();
    assert_eq!(lines, expected);
    room.send(bob, Some(1_001), "live");
    assert_eq!(room.seen(ann), ["bob: live"]);
}

#[test]
fn who_was_removed_is_still_known_by_the_lines_that_it_sent() {
    let mut room = Room::new();
    let [ann, _] = [room.tictalk("ann"), room.raw("bob")];
    room.send(ann, Some(1), "one");
    room.stores = false;
    room.send(ann, Some(2), "two");
    room.host("/kick ann");
    let ann = room.back(ann, 0);
    assert_eq!(room.welcomes[&ann].heard, 1);
    room.send(ann, Some(2), "two");
    room.handle(HubInput::Stored(room.store.last().unwrap().post.id));
    assert_eq!(room.receipts[&ann], 2);
    let twos = room.store.iter().filter(|it| words(&it.post) == "ann: two");
    assert_eq!(twos.count(), 1);
}

#[test]
fn a_flood_is_slowed_and_a_slow_store_slows_everybody() {
    let mut room = Room::with(Settings {
        unstored: 50,
        ..settings()
    });
    let ann = room.tictalk("ann");
    for number in 1..=20 {
        assert_eq!(room.reads[&ann], Duration::ZERO, "{number}");
        room.send(ann, Some(number), "x");
    }
    assert_eq!(room.reads[&ann], Duration::from_millis(200));
    room.now = Duration::from_millis(200);
    room.send(ann, Some(21), "x");
    assert_eq!(room.reads[&ann], Duration::from_millis(400));
    // Coming back does not fill the bucket again.
    room.lose(ann);
    let ann = room.back(ann, 0);
    room.send(ann, Some(22), "x");
    assert_eq!(room.reads[&ann], Duration::from_millis(600));
    room.now = Duration::from_secs(60);
    room.stores = false;
    let mut number = 22;
    while room.reads.contains_key(&ann) {
        number += 1;
        room.send(ann, Some(number), "x");
    }
    assert_eq!(room.hub.unstored(), 50);
    // That it is not read is not its fault.
    for _ in 0..200 {
        room.now += SECOND;
        room.answers.clear();
        room.handle(HubInput::Tick);
    }
    assert_eq!(room.names(), ["ann"]);
    room.handle(HubInput::Stored(room.store.last().unwrap().post.id));
    assert!(room.reads.contains_key(&ann));
}

#[test]
fn the_room_has_a_limit() {
    let mut room = Room::with(Settings {
        members: NonZeroUsize::new(3),
        ..settings()
    });
    let [ann, ..] = [room.tictalk("ann"), room.raw("bob"), room.raw("carol")];
    let late = room.tictalk("dave");
    assert_eq!(room.closed[&late], Farewell::Full);
    let connection = room.connection();
    let from = address(connection);
    room.handle(HubInput::Connected { connection, from });
    room.say(connection, "dave");
    assert_eq!(room.closed[&connection], Farewell::Full);
    // Whoever is away and has said something still has a place, for as long as a program takes to
    // come back by itself.
    room.say(ann, "hello");
    room.lose(ann);
    room.wait(14);
    let late = room.tictalk("dave");
    assert_eq!(room.closed[&late], Farewell::Full);
    let ann = room.back(ann, 0);
    assert!(room.welcomes.contains_key(&ann));
    room.lose(ann);
    room.wait(15);
    room.tictalk("dave");
    assert_eq!(room.names(), ["bob", "carol", "dave"]);
}

#[test]
fn members_that_are_away_and_have_said_nothing_give_way() {
    let mut room = Room::with(Settings {
        members: NonZeroUsize::new(4),
        ..settings()
    });
    let ann = room.tictalk("ann");
    room.say(ann, "hello");
    for ghost in ["one", "two"] {
        let ghost = room.tictalk(ghost);
        room.lose(ghost);
    }
    room.lose(ann);
    for (name, names) in [
        ("bob", ["ann", "one", "two", "bob"]),
        ("carol", ["ann", "two", "bob", "carol"]),
        ("dave", ["ann", "bob", "carol", "dave"]),
    ] {
        room.tictalk(name);
        assert_eq!(room.names(), names);
    }
    let late = room.tictalk("eve");
    assert_eq!(room.closed[&late], Farewell::Full);
}

#[test]
fn an_address_has_so_many_members_here_or_away() {
    let mut room = Room::with(Settings {
        per_address: NonZeroUsize::new(2),
        ..settings()
    });
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    let late = room.tictalk("carol");
    assert_eq!(room.closed[&late], Farewell::Full);
    // From elsewhere there is room.
    let connection = room.connection();
    let from = SocketAddr::from(([198, 51, 100, 7], 4_000));
    room.handle(HubInput::Connected { connection, from });
    room.say(connection, "dave");
    assert_eq!(room.names(), ["ann", "bob", "dave"]);
    // Its own members that are away give way, and those of others do not.
    room.lose(bob);
    room.tictalk("carol");
    assert_eq!(room.names(), ["ann", "dave", "carol"]);
    room.say(ann, "/q");
    room.tictalk("eve");
    assert_eq!(room.names(), ["dave", "carol", "eve"]);
}

#[test]
fn a_nameless_connection_gives_way_to_the_next() {
    let mut room = Room::with(Settings {
        members: NonZeroUsize::new(2),
        ..settings()
    });
    let mut silent = Vec::new();
    for _ in 0..5 {
        let connection = room.connection();
        let from = address(connection);
        room.handle(HubInput::Connected { connection, from });
        silent.push(connection);
    }
    assert_eq!(room.closed[&silent[0]], Farewell::Nameless);
    assert_eq!(room.closed.len(), 1);
    room.say(silent[4], "ann");
    assert_eq!(room.names(), ["ann"]);
    // So it does to a client of ours.
    room.tictalk("bob");
    assert_eq!(room.closed[&silent[1]], Farewell::Nameless);
    assert_eq!(room.hub.connections(), 4);
}

#[test]
fn what_says_nothing_costs_as_much_as_a_line() {
    let mut room = Room::new();
    let [ann, bob] = [room.raw("ann"), room.tictalk("bob")];
    for connection in [ann, bob] {
        let mut at = Duration::ZERO;
        let mut free = 0;
        while at == Duration::ZERO {
            room.reads.remove(&connection).unwrap();
            room.handle(HubInput::Noise {
                connection,
                bytes: 1,
            });
            at = room.reads[&connection];
            free += 1;
            assert!(free < 100, "nothing slows {connection:?}");
        }
        assert!((18..=20).contains(&free), "{free}");
    }
    // A new connection has no more than the last.
    room.lose(bob);
    let bob = room.back(bob, 0);
    assert!(room.reads[&bob] > Duration::ZERO);
    // Time that was taken is waited for too, but not by who has hardly said a word.
    let time = 4 * SECOND;
    room.handle(HubInput::Took {
        connection: bob,
        time,
    });
    room.reads.remove(&ann);
    let (connection, bytes) = (ann, 1);
    room.handle(HubInput::Noise { connection, bytes });
    assert!(room.reads[&ann] >= 10 * SECOND);
    let carol = room.raw("carol");
    assert_eq!(room.reads[&carol], room.now);
}

#[test]
fn a_question_is_answered_in_portions_and_costs_what_a_line_costs() {
    let mut room = Room::new();
    let [ann, bob] = [room.raw("ann"), room.raw("bob")];
    for number in 0..40 {
        let from = if number % 2 == 0 { ann } else { bob };
        room.say(from, &format!("line {number}"));
        room.wait(1);
    }
    room.forget_seen();
    let mut asked = 0;
    while room.reads[&ann] <= room.now {
        room.say(ann, "/history 10");
        let seen = room.seen(ann);
        let expected: Vec<String> = (30..40)
            .map(|number| {
                let by = if number % 2 == 0 { "ann" } else { "bob" };
                format!("{by}: line {number}")
            })
            .collect();
        assert_eq!(seen, expected);
        asked += 1;
        assert!(asked < 100, "nothing slows it");
    }
    room.say(ann, "/search LINE 3 bob");
    assert_eq!(
        room.seen(ann),
        [3, 13, 23, 31, 33, 35, 37, 39].map(|number| format!("bob: line {number}"))
    );
    room.say(ann, "/search nothing of this");
    assert_eq!(room.seen(ann), ["Nothing was found."]);
    room.say(ann, "/search 1 2 3 4 5 6 7 8 9");
    assert_eq!(room.seen(ann), ["A search takes at most 8 words."]);
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

#[test]
fn a_client_that_nobody_knows_is_not_sent_the_whole_room() {
    let mut room = Room::new();
    let ann = room.raw("ann");
    for number in 0..2_000 {
        room.say(ann, &number.to_string());
    }
    room.forget_seen();
    let ticket = Ticket::new([7; 16]);
    let since = Some(PostId(1));
    let bob = room.hello(Some("bob"), Some(Entrant { ticket, since }));
    let seen = room.seen(bob);
    let posts = seen.iter().filter(|line| line.starts_with("ann: "));
    assert_eq!(posts.count(), 1_024);
    // A program that was started anew sees what a newcomer sees, and one that has missed something
    // all of it.
    room.lose(bob);
    let entrance = |since| Entrant { ticket, since };
    let bob = room.hello(None, Some(entrance(None)));
    let seen = room.seen(bob);
    let posts = seen.iter().filter(|line| line.starts_with("ann: "));
    assert!((15..=20).contains(&posts.count()));
    room.lose(bob);
    let bob = room.hello(None, Some(entrance(Some(PostId(100)))));
    let seen = room.seen(bob);
    let posts = seen.iter().filter(|line| line.starts_with("ann: "));
    assert_eq!(posts.count(), 1_902);
}

#[test]
fn who_does_not_read_is_warned_and_then_dropped() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    let bytes = 128 * 1_024;
    room.handle(HubInput::Behind {
        connection: bob,
        bytes,
    });
    assert_eq!(
        room.seen(bob),
        ["You are 128 KiB behind. Read faster, or you will be removed."]
    );
    room.handle(HubInput::Overflow(bob));
    assert_eq!(room.closed[&bob], Farewell::Behind);
    assert_eq!(room.seen(ann), ["-- bob was removed: too slow to keep up."]);
    room.handle(HubInput::Overflow(ann));
    assert_eq!(room.closed[&ann], Farewell::Behind);
    assert_eq!(
        room.names(),
        ["ann"],
        "a client of ours may come back and read on"
    );
}
