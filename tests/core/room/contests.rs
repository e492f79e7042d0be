//! Tournaments of a room.

use super::Room;
use tictalk::room::{ConnectionId, Recipient};

/// What somebody has seen, the last first.
fn seen(room: &Room, connection: ConnectionId) -> impl Iterator<Item = &String> {
    let seen = room.seen.get(&Recipient::Connection(connection));
    seen.into_iter().flatten().rev()
}

fn last(room: &Room, connection: ConnectionId) -> String {
    seen(room, connection).next().cloned().unwrap_or_default()
}

fn last_of_host(room: &Room) -> String {
    room.seen[&Recipient::Host]
        .last()
        .cloned()
        .unwrap_or_default()
}

/// Whether somebody has seen this text.
fn saw(room: &Room, connection: ConnectionId, text: &str) -> bool {
    seen(room, connection).any(|seen| seen.contains(text))
}

/// A tournament of tictactoe that ann, bob and carol have entered, ann as the coordinator.
fn entered() -> (Room, [ConnectionId; 4]) {
    let mut room = Room::new();
    let members = ["ann", "bob", "carol", "dave"].map(|name| room.tictalk(name));
    let [ann, bob, carol, _] = members;
    room.say(ann, "/tournament tictactoe");
    for entrant in [ann, bob, carol] {
        room.say(entrant, "/accept");
    }
    (room, members)
}

/// Starts the tournament. Its games begin with the next tick.
fn start(room: &mut Room, coordinator: ConnectionId) {
    room.say(coordinator, "/tournament start");
    room.wait(1);
}

/// Has one player after the other resign until nobody plays.
fn resign_all(room: &mut Room, members: &[ConnectionId]) {
    for _ in 0..10 {
        for member in members {
            room.say(*member, "/resign");
        }
    }
}

#[test]
fn everybody_plays_everybody_and_the_table_is_posted() {
    let (mut room, [ann, bob, carol, dave]) = entered();
    assert!(saw(
        &room,
        dave,
        "ann opens a tictactoe tournament: everyone plays"
    ));
    assert!(saw(
        &room,
        dave,
        "carol enters the tictactoe tournament: 3 players so far."
    ));
    room.say(dave, "/tournament");
    assert_eq!(
        last(&room, dave),
        "A tictactoe tournament is open: /tournament join enters it. So far: ann, bob, carol."
    );
    start(&mut room, ann);
    assert!(saw(
        &room,
        dave,
        "The tictactoe tournament begins: ann, bob, carol. 3 games, with"
    ));
    for player in [ann, bob, carol] {
        let seen: Vec<&String> = seen(&room, player).collect();
        let at = |words: &str| seen.iter().rposition(|text| text.contains(words));
        // The last comes first.
        assert!(at("The tictactoe tournament begins") > at("tictactoe with"));
    }
    // A game is won by play, the others are given up.
    assert!(saw(&room, dave, "play tictactoe."));
    let [first, second] = [ann, bob, carol]
        .into_iter()
        .filter(|it| saw(&room, *it, "tictactoe with"))
        .collect::<Vec<_>>()[..]
    else {
        panic!("not two players");
    };
    for square in ["1", "4", "2", "5", "3"] {
        for player in [first, second] {
            room.say(player, &format!("/move {square}"));
        }
    }
    assert!(saw(&room, dave, "won tictactoe against"));
    resign_all(&mut room, &[ann, bob, carol]);
    let table = last(&room, dave);
    for name in ["ann", "bob", "carol"] {
        assert!(table.contains(name), "{table}");
    }
    assert_eq!(table.lines().count(), 5, "{table}");
    assert!(
        table.starts_with("-- The tictactoe tournament is over: "),
        "{table}"
    );
    room.say(dave, "/tournament");
    assert_eq!(last(&room, dave), table.replace("-- ", ""));
}

#[test]
fn only_a_coordinator_opens_starts_and_stops() {
    let (mut room, [ann, bob, _, dave]) = entered();
    for line in [
        "/tournament start",
        "/tournament stop",
        "/tournament connect4",
    ] {
        room.say(bob, line);
        assert!(last(&room, bob).starts_with("Only the host or the coordinator can do that."));
    }
    room.say(ann, "/tournament connect4");
    assert!(last(&room, ann).starts_with("There is already a tournament."));
    room.host("/tournament stop");
    assert!(saw(&room, dave, "host stops the tictactoe tournament."));
    room.say(ann, "/tournament no-such-game");
    assert!(last(&room, ann).starts_with("There is no such game here."));
    room.host("/tournament tictactoe");
    room.host("/tournament join");
    assert_eq!(
        last_of_host(&room),
        "The host is not a member and cannot play."
    );
    room.host("/tournament start");
    assert!(last_of_host(&room).starts_with("A tournament needs at least two players."));
}

#[test]
fn a_member_enters_once_and_can_withdraw_before_it_begins() {
    let (mut room, [ann, bob, _, dave]) = entered();
    room.say(bob, "/tournament join");
    assert!(last(&room, bob).starts_with("You have entered already."));
    room.say(bob, "/tournament leave");
    assert!(saw(
        &room,
        dave,
        "bob leaves the tictactoe tournament: 2 players so far."
    ));
    room.say(bob, "/tournament leave");
    assert_eq!(last(&room, bob), "You have not entered the tournament.");
    start(&mut room, ann);
    room.say(bob, "/tournament join");
    assert!(last(&room, bob).starts_with("The tournament has begun"));
}

#[test]
fn an_offer_of_a_member_comes_before_the_tournament() {
    let (mut room, [_, bob, _, dave]) = entered();
    room.say(bob, "/play tictactoe dave");
    room.say(dave, "/accept");
    assert!(saw(
        &room,
        dave,
        "tictactoe with bob: you are X and move first."
    ));
    assert!(!saw(&room, bob, "dave enters"));
}

#[test]
fn the_computer_enters_with_the_offer() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    room.say(ann, "/tournament tictactoe computer easy");
    room.say(ann, "/accept");
    start(&mut room, ann);
    assert!(saw(
        &room,
        ann,
        "begins: computer, ann. 1 game, with 3 minutes"
    ));
    assert!(saw(&room, ann, "tictactoe with computer"));
}

#[test]
fn who_leaves_loses_and_the_others_play_on() {
    let (mut room, [ann, bob, carol, dave]) = entered();
    start(&mut room, ann);
    room.say(carol, "/q");
    resign_all(&mut room, &[ann, bob]);
    let table = last(&room, dave);
    let carol_row = table.lines().find(|line| line.contains("carol")).unwrap();
    assert!(carol_row.contains("2 lost"), "{table}");
}

#[test]
fn who_does_not_move_loses_after_a_while() {
    let (mut room, [ann, bob, carol, dave]) = entered();
    room.say(carol, "/tournament leave");
    start(&mut room, ann);
    let mut waited = 0;
    while !saw(&room, dave, "took too long at tictactoe") {
        room.wait(1);
        waited += 1;
        assert!(waited < 600, "{:?}", seen(&room, dave).collect::<Vec<_>>());
    }
    assert!((180..=182).contains(&waited), "{waited}");
    let table = last(&room, dave);
    assert!(
        table.starts_with("-- The tictactoe tournament is over: "),
        "{table}"
    );
    let [late, other] = [ann, bob].map(|it| saw(&room, it, "You took too long for a move: "));
    assert!(late != other, "one of the two was late");
    let [warned, unwarned] = [ann, bob].map(|it| saw(&room, it, "you lose the game in 60 seconds"));
    assert_eq!((warned, unwarned), (late, other));
}

#[test]
fn a_tournament_without_players_is_cancelled() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    room.say(ann, "/tournament connect4");
    room.wait(605);
    assert!(saw(
        &room,
        ann,
        "The connect4 tournament is cancelled: too few players."
    ));
    room.say(ann, "/tournament");
    assert!(last(&room, ann).starts_with("There is no tournament."));
}

#[test]
fn a_tournament_begins_by_itself_when_the_entries_end() {
    let (mut room, [_, _, _, dave]) = entered();
    room.wait(605);
    assert!(saw(
        &room,
        dave,
        "The tictactoe tournament begins: ann, bob, carol."
    ));
}

#[test]
fn the_games_of_the_tournament_come_before_others() {
    let (mut room, [ann, bob, carol, dave]) = entered();
    start(&mut room, ann);
    let waits = [ann, bob, carol]
        .into_iter()
        .find(|it| !saw(&room, *it, "tictactoe with"))
        .unwrap();
    room.say(waits, "/play tictactoe computer");
    assert_eq!(
        last(&room, waits),
        "Your games in the tournament come first."
    );
    room.say(dave, "/play tictactoe computer");
    assert!(saw(&room, dave, "tictactoe with computer"));
}
