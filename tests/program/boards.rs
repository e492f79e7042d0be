//! The boards of a pair on a terminal: one for both sides' moves, the words beneath, the result.

use crate::support::{Program, Pty};

/// Two screens of this many columns and 24 rows, with names; the client has the first turn.
fn pair(columns: u16, options: &[&str]) -> (Pty, Pty) {
    let (server, port) = Program::server()
        .args(["--name", "bob"])
        .args(options)
        .on_screen_of((24, columns))
        .listening();
    let client = Program::client(port)
        .args(["--name", "ann"])
        .args(options)
        .on_screen_of((24, columns));
    client.prompt();
    (server, client)
}

/// A game of tic-tac-toe in which the server has moved to the centre.
fn tictactoe(columns: u16, options: &[&str]) -> (Pty, Pty) {
    let (mut server, mut client) = pair(columns, options);
    client.enter("play tictactoe");
    server.prompt();
    server.enter("5");
    client.prompt();
    (server, client)
}

/// Both play `moves` in turn, the first side first.
fn play(first: &mut Pty, second: &mut Pty, moves: &[&str]) {
    for (at, words) in moves.iter().enumerate() {
        let side = if at % 2 == 0 {
            &mut *first
        } else {
            &mut *second
        };
        side.prompt();
        side.enter(words);
    }
}

const AFTER_TWO_MOVES: &str = "

     a   b   c
   +---+---+---+
 1 |[O]| 2 | 3 |
   +---+---+---+
 2 | 4 | X | 6 |
   +---+---+---+
 3 | 7 | 8 | 9 |
   +---+---+---+

";

#[test]
fn one_board_follows_both_moves() {
    for (columns, told) in [
        (80, "You played 5. ann played 1. Your turn (X)."),
        (40, "You played 5. ann played 1.\nYour turn (X)."),
    ] {
        let (server, mut client) = tictactoe(columns, &[]);
        client.enter("1");
        server.wait_for(&format!(
            "Enter Input >5 ✓{AFTER_TWO_MOVES}{told}\nEnter Input >"
        ));
        // The person who has moved still sees the line of the move below the board before it.
        client.wait_for("bob played 5. Your turn (O).\nEnter Input >1 ✓");
        for screen in [&server, &client] {
            let screen = screen.contents();
            let lone = screen.lines().any(|row| row.trim() == "✓");
            assert!(!lone, "{screen}");
        }
    }
}

#[test]
fn the_waiting_side_sees_the_board_of_a_new_game_once() {
    let (server, client) = tictactoe(80, &[]);
    // The board at the start, and the one after the move.
    assert_eq!(client.contents().matches(" 3 | 7 | 8 | 9 |").count(), 2);
    // No board after the own move.
    assert_eq!(server.contents().matches(" 3 | 7 | 8 | 9 |").count(), 1);
}

#[test]
fn the_end_shows_the_board_the_score_and_how_to_play_again() {
    for (columns, gap) in [(80, " "), (40, "\n")] {
        let (mut server, mut client) = tictactoe(columns, &[]);
        play(&mut client, &mut server, &["1", "2", "3", "8"]);
        server.wait_for(&format!(
            " 3 | 7 |*X*| 9 |\n   +---+---+---+\n\nYou played 8.\n\
             You win! You 1, ann 0, drawn 0.{gap}Type rematch to play again."
        ));
        client.wait_for(&format!(
            " 3 | 7 |*X*| 9 |\n   +---+---+---+\n\nYou played 3. bob played 8.\n\
             bob wins. You 0, bob 1, drawn 0.{gap}Type rematch to play again.\nEnter Input >"
        ));
        // The score of the next game counts this one.
        client.enter("rematch");
        client.prompt();
        client.enter("/resign");
        server.wait_for("ann gave up: you win! You 2, ann 0, drawn 0.");
        client.wait_for("You gave up: bob wins. You 0, bob 2, drawn 0.");
    }
}

#[test]
fn an_offer_and_a_takeback_show_the_board_to_judge_them_by() {
    let (mut server, mut client) = tictactoe(80, &[]);
    client.enter("1");
    server.prompt();
    server.enter("/undo");
    server.wait_for("You asked to take back your last move. Waiting for ann.");
    client.wait_for("You played 1.\nbob: /undo\nbob asks to take back their last move");
    client.prompt();
    client.enter("/undo");
    server.wait_for("ann agrees: your last move is taken back.\n\n     a   b   c");
    server.wait_for(" 2 | 4 | 5 | 6 |\n   +---+---+---+\n 3 | 7 | 8 | 9 |\n   +---+---+---+\n\nYour turn (X).\nEnter Input >");
    client.wait_for("+\n\nbob to move.");
}

#[test]
fn connect4_is_drawn_in_shapes_unless_ascii_is_asked_for() {
    for columns in [80, 40] {
        let (mut server, mut client) = pair(columns, &[]);
        client.enter("play connect4");
        client.wait_for("connect4: you are ○, bob is ● and");
        server.prompt();
        server.enter("4");
        client.prompt();
        client.wait_for(
            " 1 │ 1 │ 2 │ 3 │[●]│ 5 │ 6 │ 7 │\n   \
             └───┴───┴───┴───┴───┴───┴───┘\n\n\
             bob played 4. Your turn (○).\nEnter Input >",
        );
        let (mut server, mut client) = pair(columns, &["--ascii"]);
        client.enter("play connect4");
        server.prompt();
        server.enter("4");
        client.prompt();
        client.wait_for(
            " 1 | 1 | 2 | 3 |[X]| 5 | 6 | 7 |\n   +---+---+---+---+---+---+---+\n\n\
             bob played 4. Your turn (O).\nEnter Input >",
        );
    }
    let environment = [("LC_ALL", "C")];
    let solo = Program::new().args(["solo", "connect4"]).envs(&environment);
    solo.on_screen()
        .wait_for(" 1 | 1 | 2 | 3 | 4 | 5 | 6 | 7 |");
}

/// What `solo battleship` shows of one exchange of shots.
fn shots(columns: u16) -> String {
    let solo = Program::new().args(["solo", "battleship", "--level", "easy"]);
    // Two seas above each other take more rows.
    let rows = if columns < 80 { 44 } else { 24 };
    let mut solo = solo.on_screen_of((rows, columns));
    solo.prompt();
    solo.enter("random");
    solo.wait_for("The computer has placed a fleet");
    solo.prompt();
    solo.enter("b5");
    solo.wait_for("You: b5 ");
    solo.prompt();
    solo.contents()
}

#[test]
fn the_seas_are_drawn_once_with_both_shots_beneath() {
    let screen = shots(80);
    let rows: Vec<&str> = screen.lines().collect();
    assert_eq!(screen.matches("your sea").count(), 1, "{screen}");
    assert!(screen.contains("your sea                             their sea"));
    // The whole exchange is on the screen, from the shot to the next prompt.
    let shot = rows
        .iter()
        .position(|row| row.starts_with("Enter Input >b5"));
    assert!(shot.is_some(), "{screen}");
    let told = rows[rows.len() - 2];
    assert!(
        told.starts_with("You: b5 ") && told.contains(" computer: "),
        "{screen}"
    );
    assert!(!screen.contains("computer shoots"), "{screen}");
}

#[test]
fn the_seas_are_stacked_where_the_window_is_narrow() {
    let screen = shots(40);
    let rows: Vec<&str> = screen.lines().collect();
    let sea = rows.iter().position(|row| *row == "    their sea");
    assert!(sea.is_some_and(|row| row > 2), "{screen}");
    assert!(screen.contains("\n10  "), "{screen}");
    assert!(!screen.contains("your sea   "), "{screen}");
}

#[test]
fn a_screen_reader_hears_only_what_has_changed() {
    for columns in [80, 40] {
        let (mut server, mut client) = pair(columns, &["--describe"]);
        client.wait_for("Type /q to quit. /help lists the commands.\nEnter Input >");
        client.enter("play connect4");
        server.prompt();
        server.enter("3");
        client.wait_for("bob: column 3. Your turn.\nEnter Input >");
        client.enter("3");
        server.wait_for("ann: column 3. Your turn.\nEnter Input >");
        play(&mut server, &mut client, &["3", "3", "3", "3"]);
        server.wait_for("ann: column 3, which is full now.");
        server.prompt();
        for screen in [&server, &client] {
            let screen = screen.contents();
            assert!(!screen.contains('✓') && !screen.contains('|'), "{screen}");
        }
        server.enter("/board");
        server.wait_for("Column 3 from below: X, O, X, O, X, O;");
    }
}

#[test]
fn a_screen_reader_is_told_its_own_ships() {
    let solo = Program::new().args(["solo", "battleship", "--describe"]);
    let mut solo = solo.on_screen();
    solo.prompt();
    solo.enter("random");
    solo.wait_for("Your ships: carrier ");
    solo.prompt();
    solo.enter("b5");
    solo.wait("the shot of the computer", |screen| {
        let contents = screen.contents();
        let (_, answer) = contents.split_once(">b5")?;
        answer.contains("The computer ").then_some(())
    });
    solo.prompt();
    let screen = solo.contents();
    assert!(!screen.contains("You: b5"), "{screen}");
    solo.enter("/board");
    solo.wait_for("Battleship; your ships: carrier ");
}

#[test]
fn a_refused_line_is_not_put_back_but_recalled() {
    let (mut server, mut client) = pair(80, &[]);
    client.enter("play chess");
    client.wait_for("There is no game chess. /games lists them;");
    client.prompt();
    client.press("\x1b[A");
    client.prompt_with("play chess");
    client.press("\x15");
    client.enter("play tictactoe");
    server.prompt();
    server.enter("10");
    server.wait_for("There is no square 10.");
    server.prompt();
    server.press("\x1b[A");
    server.prompt_with("10");
}

#[test]
fn a_receipt_follows_a_message_of_several_rows() {
    let (server, mut client) = pair(40, &[]);
    client.press("A message that takes more than one row of this window.");
    client.wait_for("of this window.");
    client.press("\r");
    server.wait_for("of this window.");
    client.wait_for("this window. ✓");
}

#[test]
fn help_fits_a_narrow_window() {
    let (mut server, mut client) = pair(40, &[]);
    client.enter("/help");
    client.wait_for(
        "Chat: all other text is sent.\n  /q      leave; both programs end\n  /score  show your score\n  \
         /turn   take the turn if both wait\nGames: tictactoe, rps, hangman,\n  connect4, battleship\n",
    );
    client.wait_for("  /help GAME  explain a game\n");
    client.prompt();
    client.enter("/help connect4");
    client.wait_for("Type play connect4 to start.");
    client.prompt();
    client.enter("play tictactoe");
    server.prompt();
    server.enter("/help");
    server.wait_for("  /describe  describe it in words\n  /hint      show a good move\n");
}
