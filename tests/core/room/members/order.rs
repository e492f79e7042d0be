//! Order in the room: removals that hold, bans, and members who may not speak.

use crate::room::{Room, SECOND, settings};
use std::time::Duration;
use tictalk::room::{Barred, Coordination, Farewell};

const MUTED: &str =
    "You are muted: nobody else saw that. The host or the coordinator can unmute you.";

/// The reason for which the room has closed this connection before anyone joined over it.
fn barred(room: &Room, connection: tictalk::room::ConnectionId) -> Option<Barred> {
    match room.closed.get(&connection) {
        Some(Farewell::Barred(barred)) => Some(*barred),
        _ => None,
    }
}

#[test]
fn a_removal_holds_for_ten_minutes_by_ticket_and_by_name() {
    let mut room = Room::new();
    let [_ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    room.host("/kick bob");
    let left = Some(Barred::Kicked(Duration::from_secs(600)));
    let back = room.back(bob, 0);
    assert_eq!(barred(&room, back), left);
    // Another ticket with the same name, and one that looks like it.
    for name in ["bob", "Bob", "B0b"] {
        let other = room.tictalk(name);
        assert_eq!(barred(&room, other), left, "{name}");
    }
    // Others at the same address may come in.
    room.tictalk("carl");
    assert_eq!(room.names(), ["ann", "carl"]);
    room.now += SECOND * 599;
    let back = room.back(bob, 0);
    assert_eq!(barred(&room, back), Some(Barred::Kicked(SECOND)));
    room.now += SECOND;
    let back = room.back(bob, 0);
    assert_eq!(room.closed.get(&back), None);
    assert_eq!(room.names(), ["ann", "bob", "carl"]);
}

#[test]
fn a_removal_of_a_raw_peer_holds_for_its_address() {
    let mut room = Room::new();
    room.tictalk("ann");
    room.raw("bob");
    room.host("/kick bob");
    let other = room.raw("innocent");
    assert!(barred(&room, other).is_some());
    // A client with a ticket at the same address is somebody else.
    room.tictalk("carl");
    assert_eq!(room.names(), ["ann", "carl"]);
    room.host("/unban bob");
    room.raw("innocent");
    assert_eq!(room.names(), ["ann", "carl", "innocent"]);
}

#[test]
fn a_ban_holds_until_it_is_lifted_also_after_a_restart() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    room.say(ann, "/ban bob");
    assert!(
        room.seen(ann)
            .iter()
            .any(|it| it.starts_with("Only the host can use /ban"))
    );
    room.host("/ban bob");
    assert_eq!(room.closed[&bob], Farewell::Banned("host".into()));
    assert!(
        room.seen(ann)
            .contains(&"-- bob was banned by host.".to_owned())
    );
    room.now += SECOND * 3_600;
    let back = room.back(bob, 0);
    assert_eq!(barred(&room, back), Some(Barred::Banned));
    let tickets = room.welcomes.clone();
    room = room.restarted();
    room.welcomes = tickets;
    let back = room.back(bob, 0);
    assert_eq!(barred(&room, back), Some(Barred::Banned));
    let raw = room.raw("bob");
    assert_eq!(barred(&room, raw), Some(Barred::Banned));
    room.forget_seen();
    room.host("/bans");
    assert_eq!(
        room.seen_by_host(),
        ["Banned, removed or muted:\n  bob: banned by host"]
    );
    room.host("/unban bob");
    room.host("/unban bob");
    assert_eq!(
        room.seen_by_host(),
        [
            "-- bob may return, says host.",
            "Nobody named bob is banned or was removed. /bans lists the names."
        ]
    );
    let back = room.back(bob, 0);
    assert_eq!(room.closed.get(&back), None);
}

#[test]
fn somebody_who_has_left_can_be_banned() {
    let mut room = Room::new();
    let bob = room.tictalk("bob");
    room.say(bob, "/q");
    room.host("/ban bob");
    let back = room.back(bob, 0);
    assert_eq!(barred(&room, back), Some(Barred::Banned));
    room.forget_seen();
    room.host("/ban nobody");
    assert_eq!(
        room.seen_by_host(),
        ["Nobody here is named nobody. /who lists the names."]
    );
}

#[test]
fn a_muted_member_is_told_so_and_nobody_else_is() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    room.say(ann, "/mute bob");
    room.forget_seen();
    for line in ["hello", "/me waves", "/msg ann psst", "/nick carl"] {
        room.say(bob, line);
        assert_eq!(room.seen(bob), [MUTED], "{line}");
        assert_eq!(room.seen(ann), [""; 0], "{line}");
    }
    // Reading is allowed.
    room.say(bob, "/who");
    assert!(room.seen(bob).concat().contains("2 members"));
    // Nor does it help to leave, or to come back under the same name.
    room.say(bob, "/q");
    let bob = room.back(bob, 0);
    room.forget_seen();
    room.say(bob, "hello");
    assert_eq!(room.seen(bob), [MUTED]);
    let tickets = room.welcomes.clone();
    room = room.restarted();
    room.welcomes = tickets;
    let bob = room.back(bob, 0);
    room.forget_seen();
    room.say(bob, "hello");
    assert_eq!(room.seen(bob), [MUTED]);
    room.host("/unmute bob");
    room.host("/unmute bob");
    assert_eq!(
        room.seen_by_host(),
        [
            "-- bob may speak again, says host.",
            "-- bob is now the coordinator.",
            "Nobody named bob is muted. /bans lists the names."
        ]
    );
    room.say(bob, "hello");
    assert_eq!(room.seen_by_host(), ["bob: hello"]);
}

#[test]
fn nobody_removed_or_muted_becomes_the_coordinator() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.tictalk("bob")];
    assert_eq!(room.coordinator().unwrap(), "ann");
    // A coordinator who is muted loses the role.
    room.host("/mute ann");
    assert_eq!(room.coordinator().unwrap(), "bob");
    room.host("/kick bob");
    assert_eq!(room.coordinator(), None);
    room.now += SECOND * 601;
    room.back(bob, 0);
    assert_eq!(room.names(), ["ann", "bob"]);
    assert_eq!(room.coordinator(), None);
    room.host("/unmute ann");
    assert_eq!(room.coordinator().unwrap(), "ann");
    room.say(ann, "/q");
    assert_eq!(room.coordinator(), None);
    room.tictalk("carl");
    assert_eq!(room.coordinator().unwrap(), "carl");
}

#[test]
fn a_room_may_have_no_coordinator() {
    for (coordination, told) in [
        (Coordination::Host, "The host coordinates. "),
        (Coordination::None, ""),
    ] {
        let mut room = Room::with(tictalk::room::Settings {
            coordination,
            ..settings()
        });
        let ann = room.tictalk("ann");
        assert_eq!(room.coordinator(), None);
        assert_eq!(
            room.seen(ann)[0],
            format!("You are ann, #1. Nobody else is here yet. {told}/help lists the commands.")
        );
        room.say(ann, "/kick bob");
        assert!(room.seen(ann).concat().contains("can use /kick."));
    }
}

#[test]
fn the_status_marks_the_coordinator() {
    let mut room = Room::new();
    room.tictalk("ann");
    room.tictalk("bob");
    room.forget_seen();
    room.host("/status");
    let status = room.seen_by_host().concat();
    assert!(
        status.contains("  ann #1, coordinator, 192.0.2.1 port "),
        "{status}"
    );
    assert!(status.contains("  bob #2, 192.0.2.1 port "), "{status}");
}
