//! Games between two members.

use super::Room;
use tictalk::room::{ConnectionId, Entrant, HubInput};
use tictalk::wire::BoardForm;

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
    assert!(seen[1].ends_with("Your move. A move is 1 to 9, or a1 to c3."));
    assert_eq!(
        seen[2],
        "-- ann and bob play tictactoe. /watch ann shows the game."
    );
    room.forget_seen();
    room.say(bob, "/move 5");
    assert_eq!(room.seen(bob), ["It isn't your move: ann to move."]);
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
    assert!(seen[5].contains("As ann sees it:") && seen[5].contains("bob to move."));
    assert_eq!(room.seen_by_host()[2..], seen);
    room.say(bob, "/move 5");
    assert_eq!(
        room.seen(bob).last().unwrap(),
        "Square 5 is taken. Free squares: 3, 4, 6, 7, 8, 9."
    );
    // The chat continues, and nobody has to wait for a turn.
    room.say(bob, "well played");
    assert_eq!(room.seen(dave), ["bob: well played"]);
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
        "You're not in a game. Challenge someone with /play GAME NAME."
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
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "It isn't your move: bob to move."
    );
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
        "You're already in a game. /resign ends it."
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
    let (mut room, connections) = table("tictactoe");
    let [ann, bob, ..] = connections;
    room.say(ann, "/nick zoe");
    room.forget_seen();
    room.say(ann, "/move 1");
    assert_eq!(room.seen(bob)[0], "-- zoe moves: 1");
    room.say(bob, "/resign");
    assert_eq!(
        room.seen(ann).last().unwrap(),
        "bob resigned: you win! rematch plays again."
    );
    assert_eq!(
        room.seen(connections[3]).last().unwrap(),
        "-- bob resigned at tictactoe: zoe won."
    );
}

#[test]
fn the_list_of_games_shows_the_command_of_the_room() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.forget_seen();
    room.say(ann, "/games");
    let games = room.seen(ann).concat();
    assert!(
        games.contains("(the number of rounds, 1 to 15: /play rps 5 NAME)"),
        "{games}"
    );
    assert!(!games.contains("hangman"), "{games}");
    room.forget_seen();
    room.say(ann, "/play rps 5 bob");
    assert!(
        room.seen(bob)
            .concat()
            .contains("ann offers you a game of rps")
    );
}

/// The end of a list of lines.
fn last(seen: &[String]) -> &str {
    seen.last().map_or("", String::as_str)
}

#[test]
fn on_your_turn_a_bare_legal_move_is_a_move_and_nothing_else_is() {
    let (mut room, [ann, bob, _, dave]) = table("tictactoe");
    let seen = room.seen(ann);
    assert!(
        seen[0].contains("On your move, type just the move, such as 5."),
        "{seen:?}"
    );
    room.forget_seen();
    // Not bob's turn: neither a move nor a message.
    room.say(bob, "5");
    assert_eq!(
        room.seen(bob),
        ["It isn't your move: ann to move. Put a space before the line to send it as text."]
    );
    assert_eq!(room.seen(dave), [""; 0]);
    for line in ["hello", "5!", "5 5", "five", " 5", "10", "x9", "/say 5"] {
        room.say(ann, line);
        let text = line.strip_prefix("/say ").unwrap_or(line);
        assert_eq!(room.seen(dave), [format!("ann: {text}")]);
    }
    room.forget_seen();
    room.say(ann, "b2");
    assert_eq!(room.seen(dave), [""; 0]);
    assert_eq!(room.seen(bob)[0], "-- ann moves: 5");
    // A square of the board that is taken is no message either.
    room.say(bob, "5");
    assert_eq!(
        room.seen(bob),
        [
            "Square 5 is taken. Free squares: 1, 2, 3, 4, 6, 7, 8, 9. Put a space before the line to \
          send it as text."
        ]
    );
    room.say(bob, "1 ");
    assert_eq!(room.seen(ann).last().map(|it| it.contains('O')), Some(true));
    assert_eq!(room.seen(dave), [""; 0]);
}

#[test]
fn a_throw_that_comes_too_early_is_not_told() {
    let (mut room, [ann, bob, _, dave]) = table("rps 1");
    room.forget_seen();
    room.say(bob, "rock");
    assert_eq!(
        room.seen(bob),
        ["It isn't your move: ann to move. Put a space before the line to send it as text."]
    );
    assert_eq!(room.seen(dave), [""; 0]);
    assert_eq!(room.seen(ann), [""; 0]);
}

#[test]
fn a_member_of_an_older_room_named_computer_gets_another_name() {
    let mut room = Room::new();
    let ann = room.tictalk("ann");
    let ticket = room.welcomes[&ann].ticket.unwrap();
    for entry in &mut room.store {
        let mut post = (*entry.post).clone();
        post.by.name = "computer".into();
        entry.post = post.into();
    }
    let mut room = room.restarted();
    assert_eq!(room.names(), ["guest1"]);
    let ann = room.hello(
        None,
        Some(Entrant {
            ticket,
            since: None,
        }),
    );
    assert_eq!(&*room.welcomes[&ann].name, "guest1");
}

#[test]
fn play_without_a_name_asks_whom_and_is_not_sent() {
    let mut room = Room::new();
    let [ann, bob] = ["ann", "bob"].map(|name| room.tictalk(name));
    room.forget_seen();
    // With one other member, there is nothing to ask.
    room.say(ann, "play tictactoe");
    assert_eq!(room.seen(ann), ["You offered bob a game of tictactoe."]);
    let [carol, dave] = [room.tictalk("carol"), room.raw("dave")];
    room.forget_seen();
    for line in ["play tictactoe", "/play tictactoe", "PLAY Tic-Tac-Toe"] {
        room.say(ann, line);
        assert_eq!(
            room.seen(ann),
            ["Who do you want to play? /play tictactoe NAME (free: bob, carol, dave, computer)"]
        );
    }
    room.say(ann, "play rps 5");
    assert!(last(&room.seen(ann)).starts_with("Who do you want to play? /play rps NAME"));
    room.say(ann, "play hangman");
    assert!(last(&room.seen(ann)).starts_with("There is no such game here."));
    room.say(ann, "play");
    room.say(ann, "play nice");
    room.say(ann, "play tictactoe with me");
    assert_eq!(
        room.seen(dave),
        ["ann: play", "ann: play nice", "ann: play tictactoe with me"]
    );
    room.say(ann, "play tictactoe carol");
    assert!(last(&room.seen(carol)).starts_with("ann offers you a game of tictactoe"));
    let _ = bob;
}

#[test]
fn players_hear_of_the_end_in_the_second_person() {
    for (lines, ann_hears, bob_hears, others_hear) in [
        (
            vec!["5", "1", "2", "3", "8"],
            "You win! rematch plays again.",
            "You lose: ann wins. rematch plays again.",
            "-- ann won tictactoe against bob.",
        ),
        (
            vec!["5", "/resign"],
            "bob resigned: you win! rematch plays again.",
            "You resigned: ann wins. rematch plays again.",
            "-- bob resigned at tictactoe: ann won.",
        ),
        (
            vec!["1", "2", "3", "5", "4", "6", "8", "7", "9"],
            "It's a draw. rematch plays again.",
            "It's a draw. rematch plays again.",
            "-- ann and bob drew at tictactoe.",
        ),
        (
            vec!["/draw", "/draw"],
            "It's a draw. rematch plays again.",
            "It's a draw. rematch plays again.",
            "-- ann and bob drew at tictactoe.",
        ),
    ] {
        let (mut room, [ann, bob, carol, _]) = table("tictactoe");
        for (turn, line) in lines.iter().enumerate() {
            room.say([ann, bob][turn % 2], line);
        }
        assert_eq!(last(&room.seen(ann)), ann_hears);
        assert_eq!(last(&room.seen(bob)), bob_hears);
        assert_eq!(last(&room.seen(carol)), others_hear);
        assert_eq!(last(&room.seen_by_host()), others_hear);
    }
}

#[test]
fn a_rematch_swaps_the_seats_and_two_wishes_for_one_begin_it() {
    let (mut room, [ann, bob, _, dave]) = table("tictactoe");
    room.say(dave, "rematch");
    assert_eq!(last(&room.seen(ann)), "dave: rematch");
    room.say(dave, "/rematch");
    assert!(last(&room.seen(dave)).starts_with("You haven't finished a game here yet."));
    room.say(ann, "/resign");
    room.forget_seen();
    room.say(ann, "rematch");
    assert_eq!(
        room.seen(bob),
        ["ann offers you a game of tictactoe: /accept or /decline. You would move first."]
    );
    room.say(bob, "/rematch");
    assert!(room.seen(bob)[0].starts_with("tictactoe with ann: you are X and move first."));
    room.say(bob, "5");
    room.say(bob, "/resign");
    room.say(bob, "/score");
    assert_eq!(
        last(&room.seen(bob)),
        "Games with ann:\n  tictactoe  won 1, lost 1, drawn 0"
    );
}

#[test]
fn moves_are_taken_back_and_draws_agreed_by_both() {
    let (mut room, [ann, bob, carol, _]) = table("tictactoe");
    room.say(carol, "/watch");
    room.say(ann, "/undo");
    assert_eq!(last(&room.seen(ann)), "You have made no move to take back.");
    room.say(ann, "5");
    room.forget_seen();
    room.say(ann, "/undo");
    assert_eq!(
        room.seen(ann),
        ["You asked to take back your last move. Waiting for bob."]
    );
    assert_eq!(
        room.seen(bob),
        ["ann asks to take back their last move: /undo agrees, a move declines."]
    );
    room.say(bob, "/draw");
    assert_eq!(
        room.seen(bob),
        ["Another offer is open. A move withdraws or declines it."]
    );
    room.say(bob, "/undo");
    assert_eq!(
        room.seen(ann)[0],
        "bob agrees: your last move is taken back."
    );
    assert_eq!(room.seen(carol)[0], "-- ann takes back a move.");
    room.forget_seen();
    room.say(ann, "1");
    room.say(ann, "/draw");
    room.say(bob, "2");
    assert!(
        room.seen(ann)
            .contains(&"bob declined. The game continues.".to_owned())
    );
    // A declined offer cannot be accepted later: this is a new one.
    room.say(bob, "/draw");
    assert_eq!(
        last(&room.seen(bob)),
        "You offered a draw. Waiting for ann."
    );
    let (mut room, [ann, ..]) = table("rps 1");
    room.say(ann, "/draw");
    assert_eq!(
        last(&room.seen(ann)),
        "A game with secrets cannot end by agreement. /resign gives up."
    );
}

#[test]
fn the_computer_plays_in_a_room() {
    let mut room = Room::new();
    let [ann, bob] = ["ann", "bob"].map(|name| room.tictalk(name));
    room.forget_seen();
    room.say(ann, "/play tictactoe computer perfect");
    let seen = room.seen(ann);
    assert_eq!(
        seen[0],
        "You play the computer at level perfect. Levels: easy, medium, perfect."
    );
    assert!(seen[1].starts_with("tictactoe with computer: you are X and move first."));
    assert_eq!(
        room.seen(bob),
        ["-- ann and computer play tictactoe. /watch ann shows the game."]
    );
    // Its answer comes with the move, on one board.
    room.say(ann, "5");
    let seen = room.seen(ann);
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen[0].starts_with("-- computer moves: "));
    assert!(seen[1].contains("[O]") && seen[1].ends_with("A move is 1 to 9, or a1 to c3."));
    room.say(ann, "/hint");
    assert!(last(&room.seen(ann)).starts_with("Best is "));
    room.say(ann, "/undo");
    assert!(board(&room.seen(ann)).contains(" 5 "));
    room.say(ann, "/draw");
    assert!(last(&room.seen(ann)).starts_with("It's a draw."));
    assert_eq!(
        last(&room.seen(bob)),
        "-- ann and computer drew at tictactoe."
    );
    // The computer begins the rematch.
    room.say(ann, "rematch");
    let seen = room.seen(ann);
    assert!(last(&seen).contains("[X]"), "{seen:?}");
    room.say(ann, "/resign");
    assert_eq!(
        last(&room.seen(ann)),
        "You resigned: computer wins. rematch plays again."
    );
    room.say(ann, "/score computer");
    assert_eq!(
        last(&room.seen(ann)),
        "Games with computer:\n  tictactoe  won 0, lost 1, drawn 1"
    );
    room.say(ann, "/results");
    assert_eq!(
        last(&room.seen(ann)),
        "No game between members is finished yet."
    );
    for line in ["/play rps 1 computer", "play connect4 computer easy"] {
        room.say(ann, line);
        let moves = if line.contains("rps") { "rock" } else { "4" };
        room.say(ann, moves);
        room.say(ann, "/resign");
        assert!(room.seen(bob).iter().any(|it| it.contains("computer")));
    }
    for (line, answer) in [
        (
            "/nick Computer",
            "The name Computer is taken, or looks like one that is taken.",
        ),
        (
            "/msg computer hi",
            "The computer only plays games: /play GAME computer.",
        ),
        (
            "/play tictactoe computer grandmaster",
            "Nobody here is named computer grandmaster. /who lists the names.",
        ),
    ] {
        room.say(ann, line);
        assert_eq!(last(&room.seen(ann)), answer);
    }
}

#[test]
fn results_list_the_best_first_and_survive_a_restart() {
    let (mut room, [ann, bob, carol, _]) = table("tictactoe");
    room.say(bob, "/resign");
    room.say(carol, "/play rps 1 ann");
    room.say(ann, "/accept");
    room.say(carol, "/resign");
    room.say(ann, "/play connect4 computer");
    room.say(ann, "/resign");
    let results = "Results:\n  ann    won 2, lost 0, drawn 0\n  bob    won 0, lost 1, drawn 0\n  \
                   carol  won 0, lost 1, drawn 0";
    room.host("/results");
    assert_eq!(last(&room.seen_by_host()), results);
    let mut room = room.restarted();
    room.host("/results");
    assert_eq!(last(&room.seen_by_host()), results);
    room.host("/results rps");
    assert_eq!(
        last(&room.seen_by_host()),
        "Results of rps:\n  ann    won 1, lost 0, drawn 0\n  carol  won 0, lost 1, drawn 0"
    );
}

#[test]
fn a_game_survives_a_restart_with_its_secrets() {
    for (game, moves, next) in [
        ("tictactoe", vec!["5", "1"], "2"),
        ("rps 3", vec!["rock"], "paper"),
    ] {
        let (mut room, [ann, bob, ..]) = table(game);
        for (turn, line) in moves.iter().enumerate() {
            room.say([ann, bob][turn % 2], line);
        }
        let tickets = [ann, bob].map(|it| room.welcomes[&it].ticket);
        let mut room = room.restarted();
        room.wait(1);
        let [ann, bob] = tickets.map(|ticket| {
            let ticket = ticket.unwrap();
            room.hello(
                None,
                Some(Entrant {
                    ticket,
                    since: None,
                }),
            )
        });
        let mover = [ann, bob][moves.len() % 2];
        let seen = room.seen(mover).concat();
        assert!(seen.contains("Your move."), "{seen}");
        room.forget_seen();
        room.say(mover, next);
        let seen = room.seen(mover).concat();
        match game {
            "tictactoe" => assert!(seen.contains("[X]"), "{seen}"),
            _ => assert!(seen.contains("you win the round"), "{seen}"),
        }
    }
}

#[test]
fn a_game_whose_player_cannot_return_after_a_restart_counts_for_nobody() {
    let mut room = Room::new();
    let [ann, bob] = [room.tictalk("ann"), room.raw("bob")];
    room.say(ann, "/play tictactoe bob");
    room.say(bob, "/accept");
    let ticket = room.welcomes[&ann].ticket.unwrap();
    let mut room = room.restarted();
    let ann = room.hello(
        None,
        Some(Entrant {
            ticket,
            since: None,
        }),
    );
    room.wait(1);
    assert!(
        room.seen(ann)
            .contains(&"-- bob and ann did not finish tictactoe.".to_owned())
    );
    room.say(ann, "/board");
    assert!(last(&room.seen(ann)).starts_with("You're not in a game."));
    let mut room = room.restarted();
    room.wait(1);
    assert_eq!(room.seen_by_host(), [""; 0]);
}

#[test]
fn boards_in_words_tell_only_what_has_changed() {
    let (mut room, [ann, bob, carol, _]) = table("tictactoe");
    room.handle(HubInput::Boards {
        connection: ann,
        boards: BoardForm::Words,
    });
    room.say(carol, "/describe on");
    assert_eq!(
        last(&room.seen(carol)),
        "Boards are described in words. /board describes a whole board."
    );
    room.host("/describe on");
    room.host("/watch ann");
    room.say(carol, "/watch");
    room.forget_seen();
    room.say(ann, "5");
    assert_eq!(room.seen(ann), ["You move: 5.", "bob to move."]);
    room.say(bob, "1");
    assert_eq!(
        room.seen(ann),
        [
            "-- bob moves: 1",
            "Your move. A move is 1 to 9, or a1 to c3."
        ]
    );
    assert_eq!(
        room.seen(carol),
        [
            "-- ann moves: 5",
            "bob to move.",
            "-- bob moves: 1",
            "ann to move."
        ]
    );
    assert_eq!(room.seen_by_host().len(), 4);
    assert!(room.seen(bob).concat().contains("+---+"));
    room.say(ann, "/board");
    assert_eq!(
        room.seen(ann),
        [
            "X in the centre; O in the top left; free: 2, 3, 4, 6, 7, 8, 9. Your move. A move is 1 to 9, \
          or a1 to c3."
        ]
    );
    // Once, for somebody who is shown drawings.
    room.say(bob, "/describe");
    assert!(last(&room.seen(bob)).starts_with("X in the centre;"));
}
