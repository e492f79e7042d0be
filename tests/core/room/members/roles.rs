//! The host, the coordinator and the members they look after.

use crate::room::{Room, address, known};
use std::collections::BTreeSet;
use tictalk::room::{Farewell, HubInput, LineMark};
use tictalk::wire::{MAX_TEXT, MemberId};

#[test]
fn commands_are_for_whom_they_are_for() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    for (line, answer) in [
        (
            "/status",
            "Only the host or the coordinator can use /status.",
        ),
        (
            "/kick ann",
            "Only the host or the coordinator can use /kick.",
        ),
        ("/quit now", "Usage: /q"),
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
            "Unknown command /nonsense. Try /help, or put a space before the line to send it as text.",
        ),
        ("/history x", "Usage: /history [N [POST]]"),
        ("/history 0", "Usage: /history [N [POST]]"),
        ("/history 5 x", "Usage: /history [N [POST]]"),
        ("/history 5 0", "Usage: /history [N [POST]]"),
        ("/history 5 -1", "Usage: /history [N [POST]]"),
        (
            "/history 5 99999999999999999999",
            "Usage: /history [N [POST]]",
        ),
        ("/history 5 1 1", "Usage: /history [N [POST]]"),
        ("/search", "Usage: /search WORDS"),
        ("/search nothing at all", "Nothing was found."),
        (
            "/move 5",
            "You're not in a game. Challenge someone with /play GAME NAME.",
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
        mark: LineMark::Unmarked,
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
    // A coordinator who reconnects does not take the role back.
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
fn a_member_that_does_not_answer_is_removed_and_a_quiet_one_is_not() {
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
        "  ann #1, coordinator, 192.0.2.1 port 40001, answered in 0.0 ms, last heard 2 s ago"
    );
    assert_eq!(
        lines[3],
        "  carol #3, 192.0.2.1 port 40003, no answer, last heard 22 s ago"
    );
    assert!(lines[4].contains("cannot be pinged"), "{status}");
    assert!(lines[5].contains("connection lost"), "{status}");
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
