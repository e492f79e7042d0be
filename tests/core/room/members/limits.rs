//! The cost that a member, an address or a flood may cause to the others.

use crate::room::{Room, SECOND, address, settings};
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;
use tictalk::room::{Farewell, HubInput, LineMark, Settings};

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
    room.handle(HubInput::Connected {
        connection,
        from,
        mark: LineMark::Unmarked,
    });
    room.say(connection, "dave");
    assert_eq!(room.closed[&connection], Farewell::Full);
    // A member that is away and has posted keeps its place, for as long as a program takes to
    // reconnect.
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
fn the_members_of_an_address_are_limited_here_or_away() {
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
    room.handle(HubInput::Connected {
        connection,
        from,
        mark: LineMark::Unmarked,
    });
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
        room.handle(HubInput::Connected {
            connection,
            from,
            mark: LineMark::Unmarked,
        });
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
fn an_empty_message_costs_as_much_as_a_line() {
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
fn a_member_that_does_not_read_is_warned_and_then_dropped() {
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
