//! Members that are away and come back.

use crate::room::{Room, SECOND};
use tictalk::room::{Entrant, Farewell, HubInput, words};
use tictalk::wire::{PostId, Ticket};

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
    let Farewell::Name(kept) = &room.closed[&thief] else {
        panic!("{:?}", room.closed[&thief]);
    };
    assert_eq!(
        kept.to_string(),
        "The name Carol is kept for a member whose connection was lost, for up to 120 seconds. Try \
         again then, or choose another name."
    );
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
fn a_client_that_has_not_read_its_welcome_is_admitted_all_the_same() {
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
    assert_eq!(room.welcomes[&ann].heard, 3, "all three lines are stored");
    room.send(ann, Some(2), "/me two");
    let twos = room
        .store
        .iter()
        .filter(|it| words(&it.post) == "* ann two");
    assert_eq!(twos.count(), 1);
}

#[test]
fn a_long_backlog_comes_from_the_store_once_and_in_order() {
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
fn a_removed_member_is_still_known_by_the_lines_that_it_sent() {
    let mut room = Room::new();
    let [ann, _] = [room.tictalk("ann"), room.raw("bob")];
    room.send(ann, Some(1), "one");
    room.stores = false;
    room.send(ann, Some(2), "two");
    room.host("/kick ann");
    room.now += SECOND * 601;
    let ann = room.back(ann, 0);
    assert_eq!(room.welcomes[&ann].heard, 1);
    room.send(ann, Some(2), "two");
    room.handle(HubInput::Stored(room.store.last().unwrap().post.id));
    assert_eq!(room.receipts[&ann], 2);
    let twos = room.store.iter().filter(|it| words(&it.post) == "ann: two");
    assert_eq!(twos.count(), 1);
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
