//! Games between two members.

use super::Room;
use tictalk::room::ConnectionId;

fn board(seen: &[String]) -> &str {
    let mut boards = seen.iter().rev();
    boards
        .find(|it| it.contains("+---+") || it.contains("best of"))
        .unwrap()
}

/// A room of four in which ann has accepted a game that bob offered.
fn table(game: &str) -> (Room, [ConnectionId; 4]) {
    let mut room = Room::new();
    let connections = ["ann", "bob", "carol", "dave"].map(|name| room.tictalk(name));
    let [ann, bob, ..] = connections;
    room.forget_seen();
    room.say(bob, &format!("/play {game} ann"));
    let name = if game.starts_with("rps") {
        "rps"
    } else {
        "tictactoe"
    };
    assert_eq!(
        room.seen(ann),
        [format!(
            "bob offers you a game of {name}: /accept or /decline. You would move first."
        )]
    );
    assert_eq!(
        room.seen(bob),
        [format!("You offered ann a game of {name}.")]
    );
    room.say(ann, "/accept");
    (room, connections)
}

fn play(room: &mut Room, moves: &[(ConnectionId, &str)]) {
    for (connection, words) in moves {
        room.say(*connection, &format!("/move {words}"));
    }
}

#[test]
fn tictactoe_is_played_to_its_end_while_others_watch_and_talk() {
    let (mut room, [ann, bob, carol, dave]) = table("tictactoe");
    let seen = room.seen(ann);
    assert_eq!(
        seen[0].lines().next().unwrap(),
        "tictactoe with bob: you are X and move first."
    );
    assert!(seen[1].ends_with("Your move: /move MOVE. A move is 1 to 9, or a1 to c3."));
    assert_eq!(
        seen[2],
        "-- ann and bob play tictactoe. /watch ann shows the game."
    );
    room.forget_seen();
    room.say(bob, "/move 5");
    assert_eq!(room.seen(bob), ["It is not your move."]);
    room.say(carol, "/watch");
    assert_eq!(
        room.seen(carol)[0],
        "You are watching ann and bob play tictactoe. /watch stops."
    );
    room.host("/watch bob");
    play(&mut room, &[(ann, "5"), (bob, "1"), (ann, "b1")]);
    assert_eq!(room.seen(dave), [""; 0]);
    let seen = room.seen(carol);
    assert_eq!(seen[0], "-- ann moves: 5");
    assert_eq!(seen[4], "-- ann moves: 2");
    assert!(seen[5].contains("As seen by ann:") && seen[5].contains("bob to move."));
    assert_eq!(room.seen_by_host()[2..], seen);
    room.say(bob, "/move 5");
    assert_eq!(
        room.seen(bob).last().unwrap(),
        "Square 5 is taken. Free squares: 3, 4, 6, 7, 8, 9."
    );
    // The chat continues, and nobody has to wait for a turn.
    room.say(bob, "5");
    assert_eq!(room.seen(dave), ["bob: 5"]);
    room.say(carol, "/watch");
    assert_eq!(room.seen(carol).last().unwrap(), "You stopped watching.");
    room.forget_seen();
    play(&mut room, &[(bob, "3"), (ann, "8")]);
    assert!(board(&room.seen(bob)).contains("*X*"));
    assert_eq!(room.seen(dave), ["-- ann won tictactoe against bob."]);
    assert_eq!(room.seen(carol), ["-- ann won tictactoe against bob."]);
    room.say(ann, "/board");
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "You are not in a game. /play GAME NAME offers one."
    );
}

#[test]
fn a_draw_is_nobodys() {
    let (mut room, [ann, bob, _, dave]) = table("Tic Tac Toe");
    room.forget_seen();
    let cells = [1, 2, 3, 5, 4, 6, 8, 7, 9].map(|cell| cell.to_string());
    for (turn, cell) in cells.iter().enumerate() {
        play(&mut room, &[([ann, bob][turn % 2], cell)]);
    }
    assert_eq!(room.seen(dave), ["-- ann and bob drew at tictactoe."]);
}

#[test]
fn rps_is_played_to_its_end_and_no_throw_is_seen_before_it_is_open() {
    let (mut room, [ann, bob, carol, _]) = table("rps 3");
    room.say(carol, "/watch ann");
    room.forget_seen();
    room.say(ann, "/move paper");
    for connection in [bob, carol] {
        let seen = room.seen(connection);
        assert_eq!(seen[0], "-- ann has moved.");
        let seen = seen.concat().replace("Throw rock, paper or scissors", "");
        assert!(!seen.contains("paper"), "{seen:?}");
    }
    room.say(bob, "/move lizard");
    assert!(room.seen(bob)[0].starts_with("That is not a move."));
    room.say(bob, "/move r");
    let seen = room.seen(bob);
    assert_eq!(
        seen[0],
        "You threw rock, ann threw paper: you lose the round."
    );
    assert!(board(&room.seen(carol)).contains("paper"));
    // Now bob seals.
    room.say(ann, "/move rock");
    assert_eq!(room.seen(ann).last().unwrap(), "It is not your move.");
    play(&mut room, &[(bob, "scissors"), (ann, "rock")]);
    assert_eq!(
        room.seen(carol).last().unwrap(),
        "-- ann won rps against bob."
    );
    assert!(
        room.seen(bob)
            .contains(&"You threw scissors, ann threw rock: you lose the round.".to_owned())
    );
}

#[test]
fn a_game_with_secrets_that_a_room_cannot_keep_is_not_played() {
    let mut room = Room::new();
    let [ann, _] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    for (line, answer) in [
        (
            "/play hangman bob",
            "There is no such game here. In a room you can play: tictactoe, rps, connect4.",
        ),
        (
            "/play chess bob",
            "There is no such game here. In a room you can play: tictactoe, rps, connect4.",
        ),
        (
            "/play rps 99 bob",
            "Nobody here is named 99 bob. /who lists the names.",
        ),
        ("/play rps", "Usage: /play GAME NAME"),
        ("/play rps ann", "You cannot do that to yourself."),
        ("/play rps host", "You cannot do that to the host."),
        (
            "/play rps carol",
            "Nobody here is named carol. /who lists the names.",
        ),
    ] {
        room.say(ann, line);
        assert_eq!(room.seen(ann), [answer], "{line}");
    }
}

#[test]
fn offers_are_declined_taken_back_and_forgotten() {
    let mut room = Room::new();
    let [ann, bob, carol] = ["ann", "bob", "carol"].map(|name| room.tictalk(name));
    room.say(bob, "/play tictactoe ann");
    room.say(carol, "/play rps ann");
    room.forget_seen();
    room.say(ann, "/accept");
    assert_eq!(
        room.seen(ann),
        ["You have more than one offer. Choose a name: bob, carol."]
    );
    room.say(ann, "/decline carol");
    assert_eq!(room.seen(carol), ["ann declined carol's offer of rps."]);
    room.say(bob, "/play rps carol");
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "bob withdrew the offer of tictactoe to ann."
    );
    room.say(ann, "/accept bob");
    assert_eq!(room.seen(ann), ["Nobody has offered you a game."]);
    room.say(ann, "/play tictactoe carol");
    room.say(carol, "/accept bob");
    assert_eq!(
        room.seen(ann)[1..],
        [
            "ann's offer of tictactoe to carol has expired.",
            "-- carol and bob play rps. /watch carol shows the game."
        ]
    );
    room.say(ann, "/play rps bob");
    assert_eq!(room.seen(ann), ["bob is already in a game."]);
    room.say(bob, "/play rps ann");
    assert_eq!(
        room.seen(bob).last().unwrap(),
        "You are already in a game. /resign ends it."
    );
}

#[test]
fn a_player_who_gives_up_or_leaves_has_lost() {
    for (line, told) in [
        ("/resign", "-- ann resigned at tictactoe: bob won."),
        ("/q", "-- ann forfeited tictactoe: bob won."),
    ] {
        let (mut room, [ann, .., dave]) = table("tictactoe");
        room.forget_seen();
        room.say(ann, line);
        assert!(room.seen(dave).contains(&told.to_owned()));
    }
}

#[test]
fn a_player_who_drops_has_two_minutes_to_come_back() {
    for (seconds, is_on) in [(119, true), (120, false)] {
        let (mut room, [ann, bob, _, dave]) = table("tictactoe");
        room.say(ann, "/move 5");
        let last = room.store.len() as u64;
        room.lose(ann);
        room.forget_seen();
        room.wait(seconds);
        let told = "-- ann forfeited tictactoe: bob won.".to_owned();
        assert_eq!(room.seen(dave).contains(&told), !is_on);
        let ann = room.back(ann, last);
        if is_on {
            assert!(board(&room.seen(ann)).contains("[X]"));
            play(&mut room, &[(bob, "1"), (ann, "2")]);
            assert!(board(&room.seen(bob)).contains("[X]"));
        }
    }
}

#[test]
fn a_player_keeps_the_seat_under_another_name() {
    let (mut room, [ann, bob, ..]) = table("tictactoe");
    room.say(ann, "/nick zoe");
    room.forget_seen();
    room.say(ann, "/move 1");
    assert_eq!(room.seen(bob)[0], "-- zoe moves: 1");
    room.say(bob, "/resign");
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "-- bob resigned at tictactoe: zoe won."
    );
}

#[test]
fn help_starts_a_game_with_options_by_the_command_of_the_room() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.say(ann, "/help");
    let help = room.seen(ann).concat();
    assert!(
        help.contains("(the number of rounds, 1 to 15: /play rps 5 NAME)"),
        "{help}"
    );
    room.forget_seen();
    room.say(ann, "/play rps 5 bob");
    assert!(
        room.seen(bob)
            .concat()
            .contains("ann offers you a game of rps")
    );
}
