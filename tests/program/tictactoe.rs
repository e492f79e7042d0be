//! Games of tic-tac-toe between two real processes.

use crate::support::{Program, Running, Socket, frame, hello};

/// A server and a client in a game; the server is X and to move.
fn game() -> (Running, Running) {
    let (mut server, port) = Program::server().start().listening();
    let mut client = Program::client(port).start();
    client.prompt();
    client.enter("play tictactoe");
    server.prompt();
    (server, client)
}

/// Plays `moves` in turn, X first.
fn play(server: &mut Running, client: &mut Running, moves: &str) {
    for (at, words) in moves.split(' ').enumerate() {
        if at % 2 == 0 {
            server.enter(words);
            client.prompt();
        } else {
            client.enter(words);
            server.prompt();
        }
    }
}

#[test]
fn a_win_is_told_to_both_in_their_own_words() {
    let (mut server, mut client) = game();
    play(&mut server, &mut client, "5 1 2 3");
    server.enter("8");
    let board = "     a   b   c\n\
                 \x20  +---+---+---+\n \
                 1 | O |*X*| O |\n\
                 \x20  +---+---+---+\n \
                 2 | 4 |*X*| 6 |\n\
                 \x20  +---+---+---+\n \
                 3 | 7 |*X*| 9 |\n\
                 \x20  +---+---+---+\n";
    server.wait_for(&format!(
        "8\n{board}You win! The game is over; back to chat.\n"
    ));
    client.wait_for(&format!(
        "8\n{board}You lose: the server wins. The game is over; back to chat.\nEnter Input >"
    ));
    // The chat resumes with the same turn order.
    client.enter("well played");
    server.wait_for("well played\nEnter Input >");
}

#[test]
fn a_draw_is_nobodys_win() {
    let (mut server, mut client) = game();
    play(&mut server, &mut client, "5 1 2 8 4 6 3 7");
    server.enter("9");
    for side in [&mut server, &mut client] {
        side.wait_for("A draw: nobody wins. The game is over; back to chat.\n");
    }
}

#[test]
fn illegal_moves_are_explained_and_cost_nothing() {
    let (mut server, mut client) = game();
    for (wrong, reason) in [
        ("0", "There is no square 0."),
        ("10", "There is no square 10."),
        ("d1", "There is no square d1."),
        ("four", "That isn't a move, and chat has to wait"),
        ("-1", "That isn't a move, and chat has to wait"),
        ("play tictactoe", "A game is running."),
        (" nice move", "That isn't a move, and chat has to wait"),
        (
            "/nonsense",
            "There is no command /nonsense. /help lists the commands.\n",
        ),
        ("play chess", "A game is running."),
    ] {
        server.enter(wrong);
        server.wait_for(reason);
        server.prompt();
    }
    server.enter("B2");
    client.wait_for("5\n");
    client.prompt();
    client.enter("5");
    client.wait_for("Square 5 is taken. Free squares: 1, 2, 3, 4, 6, 7, 8, 9.\n");
    client.prompt();
    client.enter(" c 3 ");
    server.wait_for("9\n");
    server.prompt();
}

#[test]
fn the_last_move_is_highlighted_and_free_squares_show_their_number() {
    let (mut server, mut client) = game();
    server.enter("5");
    client.wait_for(" 2 | 4 |[X]| 6 |\n");
    client.prompt();
    client.enter("/board");
    client.wait_for(" 2 | 4 |[X]| 6 |\n");
    client.prompt();
    client.enter("1");
    server.wait_for(" 1 |[O]| 2 | 3 |\n");
    server.wait_for(" 2 | 4 | X | 6 |\n");
}

#[test]
fn giving_up_ends_the_game_and_is_a_turn() {
    let (mut server, mut client) = game();
    server.enter("/resign");
    server.wait_for("You gave up: the client wins. Back to chat.\n");
    client.wait_for("/resign\nYou win: the server gave up. Back to chat.\nEnter Input >");
    client.enter("thanks");
    server.wait_for("thanks\nEnter Input >");
    server.enter("/board");
    server.wait_for("No game is running.");
    server.prompt();
}

#[test]
fn any_number_of_games_follow_each_other_however_they_are_called() {
    let (mut server, mut client) = game();
    for words in ["PLAY TicTacToe", "play tic tac toe", "Play tic-tac-toe"] {
        server.enter("/resign");
        client.prompt();
        client.enter(words);
        client.wait_for("you are O, the server is X and moves first.");
        server.wait_for("you are X and move first.");
        server.prompt();
    }
}

#[test]
fn an_illegal_move_of_a_tictalk_peer_is_a_protocol_error() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&hello());
    peer.receive_frame();
    peer.send(&frame("play tictactoe"));
    server.prompt();
    server.enter("5");
    assert_eq!(peer.receive_text(), "5");
    peer.send(&frame("5"));
    peer.receive_rest();
    drop(peer);
    let server = server.finish();
    assert_eq!(server.code, Some(1));
    assert!(
        server
            .stderr
            .contains("the client's program broke the rules: Square 5 is taken."),
        "{}",
        server.stderr
    );
}

#[test]
fn a_forged_board_moves_nothing() {
    let (mut server, port) = Program::server().start().listening();
    let mut peer = Socket::connect(port);
    peer.send(&frame("play tictactoe"));
    server.prompt();
    server.enter("5");
    peer.receive_text();
    peer.send(&frame("1 | X | X | X |\n2 | O | O | O |"));
    assert!(
        peer.receive_text()
            .starts_with("That isn't a move, and chat has to wait")
    );
    // Further lines after the move are for people, and a board of the peer's is not believed.
    peer.send(&frame("1\n 1 |*O*|*O*|*O*|\nYou lose"));
    server.wait_for(" 1 |[O]| 2 | 3 |\n");
}
