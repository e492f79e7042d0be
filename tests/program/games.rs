//! The surroundings of a game: the shelf, offers, hints, rematches, tallies, coins.

use crate::support::{Program, Running, Socket, frame, hello, new_folder};

/// Two programs in a session; the client has the first turn.
fn pair() -> (Running, Running) {
    pair_with(&[], &[])
}

fn pair_with(server_options: &[&str], client_options: &[&str]) -> (Running, Running) {
    let (server, port) = Program::server().args(server_options).start().listening();
    let mut client = Program::client(port).args(client_options).start();
    client.prompt();
    (server, client)
}

/// `lines` in turn, the first program first, each as soon as its program asks for it.
fn talk(first: &mut Running, second: &mut Running, lines: &[&str]) {
    for (at, line) in lines.iter().enumerate() {
        let speaker = if at % 2 == 0 {
            &mut *first
        } else {
            &mut *second
        };
        if at > 0 {
            speaker.prompt();
        }
        speaker.enter(line);
    }
}

#[test]
fn the_shelf_is_listed_with_a_line_for_each_game() {
    let (_server, mut client) = pair();
    client.enter("/games");
    let list = client.wait_for("a coin toss decides.\n");
    for game in tictalk::games::GAMES {
        let line = format!("play {}", game.name);
        assert!(list.contains(&line) && list.contains(game.about), "{list}");
    }
    assert!(
        list.contains("(the number of rounds, 1 to 15: play rps 5)"),
        "{list}"
    );
    client.prompt();
    client.enter("play chess");
    client.wait_for("There is no game chess. /games lists them;");
    client.prompt();
    client.enter("play rps 99");
    client.wait_for("Unknown option for rps. It takes the number of rounds, 1 to 15: play rps 5.");
    client.prompt();
    client.enter("play tictactoe 5");
    client.wait_for("Type play tictactoe, or play tictactoe --toss.");
}

#[test]
fn a_sentence_that_begins_like_a_game_is_a_sentence() {
    let (mut server, mut client) = pair();
    client.enter("play rps with me?");
    server.wait_for("play rps with me?\n");
    server.prompt();
    server.enter("play hard");
    server.wait_for("There is no game hard.");
}

#[test]
fn help_in_a_game_shows_its_moves() {
    let (mut server, mut client) = pair();
    client.enter("play rps");
    server.prompt();
    server.enter("/help");
    server.wait_for(
        "Anything else must be a move. Throw rock, paper or scissors, or r, p or s for short.\n",
    );
}

#[test]
fn in_a_rematch_the_other_side_begins() {
    let (mut server, mut client) = pair();
    client.enter("rematch");
    client.wait_for("You have not played a game yet.");
    client.prompt();
    client.enter("play tictactoe");
    server.wait_for("tictactoe: you are X and move first.");
    server.prompt();
    server.enter("/resign");
    client.wait_for("You win: the server gave up.");
    client.prompt();
    // The server began: now the client does, regardless of who asks. The end that has the turn then
    // passes it on.
    client.enter("rematch");
    client.wait_for("tictactoe: you are X and move first.");
    client.prompt();
    server.wait_for("tictactoe: you are O, the client is X and moves first.");
    client.enter("5");
    server.wait_for("|[X]|");
    server.prompt();
    server.enter("/resign");
    client.wait_for("You win");
    client.prompt();
    client.enter("one more?");
    server.prompt();
    server.enter("rematch");
    server.wait_for("tictactoe: you are X and move first.");
    server.prompt();
    client.wait_for("tictactoe: you are O, the server is X and moves first.");
}

#[test]
fn a_move_is_taken_back_where_both_agree() {
    let (mut server, mut client) = pair();
    talk(&mut client, &mut server, &["play tictactoe", "/undo"]);
    server.wait_for("You have made no move to take back.");
    server.prompt();
    server.enter("1");
    client.prompt();
    client.enter("5");
    server.prompt();
    server.enter("/undo");
    server.wait_for("You asked to take back your last move. Waiting for the client.");
    client.wait_for(
        "The server asks to take back their last move: /undo agrees, anything else declines.",
    );
    client.prompt();
    // Another offer is no answer.
    client.enter("/draw");
    client.wait_for("Another offer is open. Answer it first.");
    client.prompt();
    client.enter("/undo");
    server.wait_for("The client agrees: your last move is taken back.");
    let board = server.wait_for("Enter Input >");
    assert!(board.contains(" 1 | 1 | 2 | 3 |"), "{board}");
    assert!(board.contains(" 2 | 4 | 5 | 6 |"), "{board}");
    server.enter("9");
    client.wait_for("|[X]|");
}

#[test]
fn an_offer_is_declined_by_moving_on() {
    let (mut server, mut client) = pair();
    talk(&mut client, &mut server, &["play tictactoe", "5", "1"]);
    server.prompt();
    server.enter("/draw");
    server.wait_for("You offered a draw.");
    client.wait_for("The server offers a draw: /draw agrees, anything else declines.");
    client.prompt();
    client.enter("no, I am not tired yet");
    server.wait_for("no, I am not tired yet\n");
    server.wait_for("The client declined. The game continues.");
    let board = server.wait_for("Enter Input >");
    assert!(
        board.contains("| X |") && board.contains("|[O]|"),
        "{board}"
    );
    server.enter("2");
    client.wait_for("[X]");
    client.prompt();
    client.enter("/draw");
    server.prompt();
    server.enter("/draw");
    for program in [&mut client, &mut server] {
        program.wait_for("A draw, as you both agreed. The game is over; back to chat.");
    }
}

#[test]
fn a_hint_says_what_to_play_and_why() {
    let (mut server, mut client) = pair();
    talk(&mut client, &mut server, &["play tictactoe", "5", "1", "9"]);
    client.prompt();
    client.enter("/hint");
    client.wait_for("Best is 3: with good play on both sides it is a draw.\n");
    client.prompt();
    client.enter("4");
    server.prompt();
    server.enter("/hint");
    server.wait_for("Best is 7: it wins in 2 moves, whatever the other side does.\n");
    server.prompt();
    server.enter("7");
    client.prompt();
    client.enter("/hint");
    client.wait_for("Best is 3, but it loses: the other side can win in 1 move.");
}

#[test]
fn a_hint_where_no_move_is_to_be_made_says_so() {
    let (mut server, mut client) = pair();
    talk(&mut client, &mut server, &["play tictactoe", "/draw"]);
    client.prompt();
    client.enter("/hint");
    client.wait_for("/hint works only when it is your move.\n");
}

#[test]
fn nobody_can_give_a_hint_where_there_is_only_chance() {
    let (mut server, mut client) = pair();
    talk(&mut client, &mut server, &["play rps", "/hint"]);
    server.wait_for("There is no hint here: any move is as good as another.");
    server.prompt();
    server.enter("/undo");
    server.wait_for("A move in a game with secrets cannot be taken back.");
    server.prompt();
    server.enter("/draw");
    server.wait_for("A game with secrets cannot end by agreement.");
}

#[test]
fn games_are_counted_with_this_partner_over_all_sessions() {
    let data = new_folder();
    let data = data.to_str().unwrap();
    for (name, score) in [
        ("ann", "won 1, lost 0, drawn 0"),
        ("Ann", "won 2, lost 0, drawn 0"),
        ("bea", "won 1, lost 0, drawn 0"),
    ] {
        let (mut server, mut client) = pair_with(&["--data", data], &["--name", name]);
        client.enter("play tictactoe");
        server.prompt();
        server.enter("5");
        client.prompt();
        client.enter("/resign");
        server.prompt();
        server.enter("/score");
        server.wait_for(&format!("Games with the client:\n  tictactoe  {score}\n"));
        server.prompt();
        server.enter("ok");
        client.prompt();
        client.enter("/score");
        client.wait_for("  tictactoe  won 0, lost 1, drawn 0\n");
        client.prompt();
        client.enter("/q");
        assert_eq!(server.finish().code, Some(0));
    }
    let (_server, mut client) = pair_with(&["--data", data], &[]);
    client.enter("/score");
    client.wait_for("You haven't finished a game with the server yet.");
}

#[test]
fn a_coin_decides_who_begins() {
    let mut begun = [0, 0];
    while begun.contains(&0) {
        assert!(
            begun.iter().sum::<u32>() < 60,
            "the coin has one side only: {begun:?}"
        );
        let (mut server, mut client) = pair();
        client.enter("play tictactoe --toss");
        client.wait_for("tictactoe: the two programs toss a coin.\n");
        if client.wait_for("The coin decides: ").is_empty() {
            unreachable!();
        }
        let verdict = client.wait_for("\n");
        let client_begins = verdict == "you begin.\n";
        let (first, second, at) = if client_begins {
            (&mut client, &mut server, 0)
        } else {
            assert_eq!(verdict, "the server begins.\n");
            (&mut server, &mut client, 1)
        };
        begun[at] += 1;
        first.wait_for("tictactoe: you are X and move first.");
        first.prompt();
        first.enter("5");
        second.wait_for("|[X]|");
        second.prompt();
    }
}

#[test]
fn boards_can_be_listened_to() {
    let (mut server, mut client) = pair_with(&["--describe"], &[]);
    client.enter("play tictactoe");
    server.wait_for("Free: 1, 2, 3, 4, 5, 6, 7, 8, 9; your move.\n");
    server.prompt();
    server.enter("5");
    server.wait_for("X in the centre; free: 1, 2, 3, 4, 6, 7, 8, 9; the client to move.\n");
    client.wait_for("|[X]|");
    client.prompt();
    client.enter("/describe");
    client.wait_for("X in the centre; free: 1, 2, 3, 4, 6, 7, 8, 9; your move.\n");
    client.prompt();
    client.enter("/q");
    let seen = server.finish().stdout;
    assert!(!seen.contains("+---+"), "{seen}");
}

#[test]
fn a_partner_without_this_program_is_told_why_a_game_needs_it() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame("play rps"));
    let answer = peer.receive_text();
    assert_eq!(
        answer,
        "rps keeps secrets, and only tictalk at both ends can check them. Without secrets: tictactoe, connect4."
    );
    peer.send(&frame("play tictactoe --toss"));
    assert_eq!(
        peer.receive_text(),
        "A coin can be tossed only with tictalk at both ends. Leave out --toss."
    );
    peer.send(&frame("/games"));
    assert!(peer.receive_text().contains("play tictactoe"));
    peer.send(&frame("/score"));
    assert_eq!(
        peer.receive_text(),
        "You haven't finished a game with the server yet."
    );
    peer.send(&frame("Hello"));
    server.wait_for("Hello\n");
    server.prompt();
    server.enter("play rps");
    server.wait_for("rps keeps secrets, and only tictalk at both ends can check them.");
}

#[test]
fn a_partner_without_this_program_has_all_the_rest() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame("play tictactoe"));
    server.prompt();
    server.enter("5");
    peer.receive_text();
    peer.send(&frame("/hint"));
    assert_eq!(
        peer.receive_text(),
        "Best is 1: with good play on both sides it is a draw."
    );
    peer.send(&frame("1"));
    server.prompt();
    server.enter("/undo");
    let offer = peer.receive_text();
    assert!(
        offer.starts_with("/undo\n")
            && offer.contains("\nThe server asks to take back their last move: /undo agrees"),
        "{offer}"
    );
    peer.send(&frame("/undo"));
    server.wait_for("The client agrees: your last move is taken back.");
    server.prompt();
    server.enter("/resign");
    let end = peer.receive_text();
    assert!(end.contains("You win: the server gave up."), "{end}");
    // The server began, so now the client does: the server passes its turn on by itself.
    peer.send(&frame("rematch"));
    let board = peer.receive_text();
    assert!(board.starts_with("noted\n"), "{board}");
    assert!(
        board.contains("tictactoe: you are X and move first."),
        "{board}"
    );
    peer.send(&frame("5"));
    server.wait_for("|[X]|");
    server.prompt();
    server.enter("/resign");
    peer.receive_text();
    // Where the other side begins, any line passes the turn on.
    peer.send(&frame("good game"));
    server.prompt();
    server.enter("rematch");
    let board = peer.receive_text();
    assert!(
        board.contains("you are O, the server is X and moves first."),
        "{board}"
    );
    assert!(
        board.ends_with("Say something first, anything: turns alternate. Then the server moves."),
        "{board}"
    );
    server.wait_for("You move after the client has said something: turns alternate.");
    peer.send(&frame("go on"));
    server.wait_for("go on\n");
    server.prompt();
    server.enter("5");
    assert!(peer.receive_text().contains("|[X]|"));
}

/// The end that has the turn while the other side is to begin can only pass it on.
#[test]
fn a_program_that_talks_when_it_has_to_pass_is_left() {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Socket::connect(port);
    client.send(&hello());
    client.receive_frame();
    client.send(&frame("Hello"));
    server.prompt();
    server.enter("play tictactoe");
    assert_eq!(client.receive_text(), "play tictactoe");
    client.send(&frame("/resign"));
    server.prompt();
    server.enter("rematch");
    assert_eq!(client.receive_text(), "rematch");
    client.send(&frame("It is not my move"));
    let finished = server.finish();
    assert_eq!(finished.code, Some(1));
    let broken = "connection closed: the client's program broke the rules: It is not your move.";
    assert!(finished.stderr.contains(broken), "{}", finished.stderr);
}
