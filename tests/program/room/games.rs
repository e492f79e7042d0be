//! Games between two members, and whoever looks on.

use super::client;
use crate::support::{Cable, Peer, Room, Running, Wire};

#[test]
fn two_play_a_third_watches_and_all_hear_who_won() {
    let Room { mut host, port } = Room::open(&[]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    let mut cleo = Peer::join_by(port, "cleo", Wire::Raw);
    let mut dan = Peer::join(port, "dan");

    ann.enter("/play chess bob");
    ann.wait_for("There is no such game here. In a room you can play: ");
    ann.enter("/play tictactoe zoe");
    ann.wait_for("Nobody here is named zoe.");
    ann.enter("/play tictactoe bob");
    ann.wait_for("You offered bob a game of tictactoe.\n");
    bob.hears_last(
        "ann offers you a game of tictactoe: /accept or /decline. You would move first.",
    );
    bob.say("/decline");
    ann.wait_for("bob declined ann's offer of tictactoe.\n");
    ann.enter("/play tictactoe bob");
    bob.hears("ann offers you a game of tictactoe");
    bob.say("/accept");
    bob.hears("tictactoe with ann: ");
    bob.hears("Your move. A move is 1 to 9, or a1 to c3.");
    ann.wait_for("tictactoe with bob: ");
    ann.wait_for("bob to move.");
    cleo.hears_last("-- bob and ann play tictactoe. /watch bob shows the game.");
    host.wait_for("-- bob and ann play tictactoe. /watch bob shows the game.\n");

    cleo.say("/watch");
    cleo.hears_last("You are watching bob and ann play tictactoe. /watch stops.");
    cleo.hears_last("bob to move.");
    host.enter("/watch bob");
    host.wait_for("You are watching bob and ann play tictactoe.");
    ann.enter("/move 5");
    ann.wait_for("It isn't your move: bob to move.");
    for (number, who, square) in [
        (0, "bob", "5"),
        (1, "ann", "1"),
        (2, "bob", "3"),
        (3, "ann", "2"),
    ] {
        let line = format!("/move {square}");
        let moves = format!("-- {who} moves: {square}");
        if number % 2 == 0 {
            bob.say(&line);
            ann.wait_for(&format!("{moves}\n"));
            ann.wait_for("Your move. ");
        } else {
            ann.enter(&line);
            bob.hears_last(&moves);
            bob.hears("Your move. ");
        }
        cleo.hears_last(&moves);
        cleo.hears_last("As bob sees it:");
    }
    // A square that is taken is no move, and nobody else hears of it.
    bob.say("/move 1");
    bob.hears("1");
    // While they play, everybody talks.
    dan.say("good luck");
    ann.wait_for("dan: good luck\n");
    bob.say("/move 7");
    ann.wait_for("-- bob moves: 7\n");
    ann.wait_for("You lose: bob wins. rematch plays again.\n");
    let seen = cleo.hears_last("-- bob won tictactoe against ann.");
    assert!(seen.contains(&"-- bob moves: 7".to_owned()), "{seen:?}");
    assert!(!seen.contains(&"-- bob moves: 1".to_owned()), "{seen:?}");
    host.wait_for("-- bob won tictactoe against ann.\n");
    // A member who did not watch has seen that they played and how it ended, and nothing between.
    let seen = dan.hears_last("-- bob won tictactoe against ann.");
    assert!(
        !seen.iter().any(|line| line.contains("moves: ")),
        "{seen:?}"
    );
    bob.say("/move 8");
    bob.hears_last("You're not in a game. Challenge someone with /play GAME NAME.");
}

#[test]
fn throws_are_seen_when_both_have_thrown() {
    let Room { host: _room, port } = Room::open(&[]);
    let mut ann = Peer::join(port, "ann");
    let mut bob = client(port, "bob");
    ann.say("/play rps bob");
    bob.wait_for("ann offers you a game of rps");
    bob.enter("/accept");
    ann.hears("rps with bob");
    // Two rounds of three are enough.
    bob.enter("/move rock");
    let seen = ann.hears_last("-- bob has moved.");
    assert!(
        !seen.iter().any(|line| line.contains("has rock")),
        "{seen:?}"
    );
    ann.say("/move paper");
    bob.wait_for("You threw rock, ann threw paper: you lose the round.");
    ann.say("/move scissors");
    bob.wait_for("-- ann has moved.");
    bob.enter("/move paper");
    bob.wait_for("You lose: ann wins.");
    ann.hears_last("You win! rematch plays again.");
}

#[test]
fn a_player_whose_connection_is_lost_comes_back_to_the_board() {
    let Room { host: _room, port } = Room::open(&[]);
    let cable = Cable::to(port);
    let mut ann = client(cable.port(), "ann");
    let mut bob = Peer::join(port, "bob");
    bob.say("/play tictactoe ann");
    ann.wait_for("bob offers you a game of tictactoe");
    ann.enter("/accept");
    bob.hears("tictactoe with ann");
    ann.enter("/move 5");
    bob.hears_last("-- ann moves: 5");
    cable.cut();
    bob.hears_last("-- ann reconnected.");
    ann.wait_for("Reconnected.\n");
    let board = ann.wait_for("bob to move.\n");
    assert!(board.contains('X'), "{board}");
    bob.say("/move 1");
    ann.wait_for("-- bob moves: 1\n");
    ann.enter("/move 4");
    bob.hears_last("-- ann moves: 4");
}

#[test]
fn a_player_who_stays_away_has_lost() {
    let Room { host: _room, port } = Room::open(&["--patience", "1"]);
    let mut ann = client(port, "ann");
    let mut bob = Peer::join(port, "bob");
    bob.say("/play tictactoe ann");
    ann.wait_for("bob offers you a game of tictactoe");
    ann.enter("/accept");
    bob.hears("tictactoe with ann");
    ann.kill();
    bob.hears_last("-- ann lost the connection and may return.");
    // The player is told at once, and everybody when the post is stored.
    let seen = bob.hears_last("ann left the game: you win!");
    let left = "-- ann left: connection lost.";
    if !seen.iter().any(|line| line == left) {
        bob.hears_last(left);
    }
    let mut late: Running = client(port, "ann");
    late.enter("/board");
    late.wait_for("You're not in a game. Challenge someone with /play GAME NAME.");
}
