//! Each game, played to its end with the arrow keys and Enter alone.

use super::{WIDE, has_line, pair, status};
use crate::support::{Program, Pty, line_of_cursor};
use std::cmp::{Ordering, Reverse};

/// The move that is chosen, as the status row says it.
fn chosen(screen: &vt100::Screen) -> Option<String> {
    let status = status(screen);
    let (_, choice) = status.split_once("chosen: ")?;
    Some(choice.to_owned())
}

/// Presses an arrow: `l`, `r`, `u` or `d`.
fn press_arrow(person: &mut Pty, arrow: char) {
    person.press(match arrow {
        'l' => "\x1b[D",
        'r' => "\x1b[C",
        'u' => "\x1b[A",
        'd' => "\x1b[B",
        other => panic!("{other} is no arrow"),
    });
}

/// Presses an arrow on their turn, and sees what is chosen then.
fn begins_to_choose(person: &mut Pty) -> String {
    has_line(person, "Enter Input >");
    press_arrow(person, 'r');
    person.wait("a chosen move", chosen)
}

/// Presses Enter, and sees that the choice is gone.
fn plays_chosen(person: &mut Pty) {
    person.press("\r");
    person.wait("no choice", |screen| chosen(screen).is_none().then_some(()));
}

/// On their turn, presses these arrows and sees this move chosen; plays it.
fn plays(person: &mut Pty, arrows: &str, choice: &str) {
    has_line(person, "Enter Input >");
    for arrow in arrows.chars() {
        press_arrow(person, arrow);
    }
    person.wait(&format!("{choice} to be chosen"), |screen| {
        (chosen(screen)? == choice).then_some(())
    });
    plays_chosen(person);
}

/// Two people play by turns, the server first.
fn play_by_turns(server: &mut Pty, client: &mut Pty, moves: &[(&str, &str)]) {
    for (at, (arrows, choice)) in moves.iter().enumerate() {
        let person = if at % 2 == 0 {
            &mut *server
        } else {
            &mut *client
        };
        plays(person, arrows, choice);
    }
}

/// The server has won, and both see it.
fn server_wins(server: &Pty, client: &Pty) {
    server.wait_for("You win!");
    client.wait_for("The server wins.");
}

/// Nothing but signs marks the squares of the winning line.
fn is_marked(person: &Pty, marked: &str, squares: usize) {
    person.wait("the winning line", |screen| {
        (screen.contents().matches(marked).count() == squares).then_some(())
    });
}

#[test]
fn tictactoe_is_won_and_its_line_is_marked_without_colours() {
    for color in ["always", "never"] {
        let (server, port) = Program::server()
            .args(["--panes", "--color", color])
            .on_screen_of(WIDE)
            .listening();
        let mut server = server;
        let client = Program::client(port).args(["--panes", "--color", color]);
        let mut client = client.on_screen_of((24, 80));
        client.enter("play tictactoe");
        let moves = [
            ("r", "5"),
            ("rl", "1"),
            ("r", "2"),
            ("r", "4"),
            ("rdl", "8"),
        ];
        play_by_turns(&mut server, &mut client, &moves);
        server_wins(&server, &client);
        is_marked(&server, "*X*", 3);
        is_marked(&client, "*X*", 3);
        // The rematch is one key away, and the board of before is gone.
        client.press("\x1b[15~");
        client.wait("an empty board", |screen| {
            (!screen.contents().contains('*')).then_some(())
        });
        plays(&mut client, "r", "5");
        has_line(&server, "Enter Input >");
    }
}

#[test]
fn connect_four_is_won_and_its_line_is_marked_without_colours() {
    let (mut server, mut client) = pair(WIDE);
    client.enter("play connect4");
    let round = [("r", "4"), ("rl", "3")];
    let moves = [round; 4].concat();
    play_by_turns(&mut server, &mut client, &moves[..7]);
    server_wins(&server, &client);
    is_marked(&server, "*X*", 4);
    is_marked(&client, "*X*", 4);
}

#[test]
fn rock_paper_scissors_is_won() {
    let (mut server, mut client) = pair((24, 80));
    client.enter("play rps");
    // The second round is opened by the other side.
    plays(&mut server, "r", "rock");
    plays(&mut client, "rrr", "scissors");
    plays(&mut client, "rrr", "scissors");
    plays(&mut server, "r", "rock");
    server_wins(&server, &client);
}

#[test]
fn hangman_is_won() {
    let (mut server, mut client) = pair((24, 80));
    client.enter("play hangman");
    client.enter_hidden("add");
    plays(&mut server, "r", "a");
    client.wait_for("a is at 1.");
    // What was guessed is no longer in the list.
    plays(&mut server, "rr", "c");
    for person in [&server, &client] {
        assert!(!person.output().contains("add"), "the word was seen");
    }
    plays(&mut server, "rr", "d");
    server.wait_for("The word was add.");
    server_wins(&server, &client);
}

/// The squares of the ships in the left sea of the screen.
fn fleet(screen: &vt100::Screen) -> Option<Vec<String>> {
    const FIRST: usize = 3;
    let contents = screen.contents();
    let rows = contents.lines().skip_while(|row| !row.contains("your sea"));
    let rows = rows.skip(2).take(10).enumerate();
    let squares = rows.flat_map(|(row, text)| {
        let signs = text.chars().skip(FIRST).step_by(3).take(10).zip('a'..='j');
        let ships = signs.filter(|(sign, _)| sign.is_ascii_alphabetic());
        ships
            .map(move |(_, column)| format!("{column}{}", row + 1))
            .collect::<Vec<_>>()
    });
    let squares: Vec<String> = squares.collect();
    (squares.len() == 5 + 4 + 3 + 3 + 2).then_some(squares)
}

/// The column and the row of a square, from 0.
fn place(square: &str) -> (u8, u8) {
    let (column, row) = square.split_at(1);
    (column.as_bytes()[0] - b'a', row.parse::<u8>().unwrap() - 1)
}

/// How far a square is from the middle of the sea, where the choice begins. Of two squares that are as far,
/// the one further right, or down, comes after the other on the way from there.
fn distance(square: &str) -> (u8, u8, u8) {
    let (column, row) = place(square);
    let from_middle = |at: u8| (2 * at + 1).abs_diff(10);
    (from_middle(column) + from_middle(row), column, row)
}

/// Goes to this square of the sea, arrow by arrow, and shoots at it. No square on the way was shot at.
fn shoots(person: &mut Pty, target: &str) {
    let mut at = begins_to_choose(person);
    while at != target {
        let ((column, row), (to_column, to_row)) = (place(&at), place(target));
        let arrow = match (row.cmp(&to_row), column.cmp(&to_column)) {
            (Ordering::Less, _) => 'd',
            (Ordering::Greater, _) => 'u',
            (_, Ordering::Less) => 'r',
            (..) => 'l',
        };
        press_arrow(person, arrow);
        at = person.wait("another choice", |screen| {
            chosen(screen).filter(|it| *it != at)
        });
    }
    plays_chosen(person);
}

#[test]
fn battleship_is_won_by_somebody_who_knows_where_to_shoot() {
    let (mut server, mut client) = pair(WIDE);
    client.enter("play battleship");
    plays(&mut server, "r", "random");
    plays(&mut client, "r", "random");
    let mut targets = client.wait("a fleet", fleet);
    targets.sort_by_key(|square| Reverse(distance(square)));
    let (last, targets) = targets.split_last().unwrap();
    for target in targets {
        shoots(&mut server, target);
        begins_to_choose(&mut client);
        plays_chosen(&mut client);
    }
    shoots(&mut server, last);
    server_wins(&server, &client);
}

#[test]
fn the_computer_is_played_on_the_smallest_screen() {
    let solo = Program::new().args(["solo", "--panes", "tictactoe", "--level", "easy"]);
    let mut solo = solo.on_screen_of((12, 40));
    let is_over = |screen: &vt100::Screen| {
        let contents = screen.contents();
        ["You win!", "The computer wins", "It's a draw"]
            .iter()
            .any(|end| contents.contains(end))
    };
    loop {
        let has_ended = solo.wait("a turn or the end", |screen| {
            let asks = line_of_cursor(screen) == "Enter Input >";
            asks.then(|| is_over(screen))
        });
        if has_ended {
            break;
        }
        begins_to_choose(&mut solo);
        plays_chosen(&mut solo);
    }
    solo.press("\x04");
    assert_eq!(solo.finish(), 0);
}
