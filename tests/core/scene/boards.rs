//! Choosing a move on a board or from a list.

use super::{
    ask, asked, battleship, draft, hangman, key, keys, line, names, open_board, secret_board, write,
};
use crate::sights::Copies;
use proptest::prelude::*;
use std::collections::BTreeSet;
use tictalk::games::{self, Chance, Rules};
use tictalk::scene::{Arrow, BoardChoice, Held, Key, PromptKind, Scene, Size, SquarePlace};
use tictalk::sights::{self, Eye};
use tictalk::wire::BoardSight;

const LEFT: Key = Key::Arrow(Arrow::Left, Held::Nothing);
const RIGHT: Key = Key::Arrow(Arrow::Right, Held::Nothing);
const UP: Key = Key::Arrow(Arrow::Up, Held::Nothing);
const DOWN: Key = Key::Arrow(Arrow::Down, Held::Nothing);

fn with_board(board: BoardSight) -> Scene {
    let mut scene = asked(PromptKind::Turn);
    scene.show_board(board);
    scene
}

fn choice(scene: &Scene) -> Option<&str> {
    scene.board().unwrap().choice()
}

/// The choices after each of these keys.
fn choices(scene: &mut Scene, pressed: &[Key]) -> Vec<String> {
    let choices = pressed.iter().map(|it| {
        keys(scene, [it.clone()]);
        choice(scene).unwrap_or("none").to_owned()
    });
    choices.collect()
}

/// The column and row on the screen where this move is.
fn place_of(scene: &Scene, wanted: &str) -> (u16, u16) {
    let board = scene.board().unwrap();
    let area = scene.layout().board.unwrap();
    let squares = scene.board_drawing().unwrap().squares;
    let found = squares
        .iter()
        .find(|(_, _, SquarePlace { grid, row, column })| {
            let square = &board.sight().grids[*grid].rows[*row].squares[*column];
            square.choice.as_deref() == Some(wanted)
        });
    let (x, y, _) = found.unwrap();
    (area.left + x + 1, area.top + y)
}

fn click(scene: &mut Scene, wanted: &str) -> Key {
    let (column, row) = place_of(scene, wanted);
    Key::Click { column, row }
}

#[test]
fn arrows_choose_the_middle_and_then_the_neighbours() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    let pressed = [UP, LEFT, UP, UP, RIGHT, RIGHT, DOWN, DOWN, DOWN];
    let middle = choices(&mut scene, &pressed);
    assert_eq!(middle, ["5", "4", "1", "1", "2", "3", "6", "9", "9"]);
    assert_eq!(key(&mut scene, Key::Enter), line("9"));
    assert_eq!(choice(&scene), None);
}

#[test]
fn arrows_pass_over_squares_that_are_taken() {
    let mut scene = with_board(open_board("tictactoe", &["5", "2"]));
    keys(&mut scene, [UP]);
    let first = choice(&scene).unwrap().to_owned();
    assert!(["4", "6", "8"].contains(&first.as_str()), "{first}");
    keys(&mut scene, [Key::Escape]);
    assert_eq!(choice(&scene), None);
    let mut scene = with_board(open_board("tictactoe", &["5", "2"]));
    let (column, row) = place_of(&scene, "4");
    keys(&mut scene, [Key::Click { column, row }]);
    assert_eq!(choices(&mut scene, &[RIGHT]), ["6"]);
}

#[test]
fn arrows_choose_columns_of_connect_four() {
    let mut scene = with_board(open_board("connect4", &[]));
    let pressed = [LEFT, LEFT, RIGHT, RIGHT, UP, RIGHT, RIGHT, RIGHT];
    let columns = choices(&mut scene, &pressed);
    assert_eq!(columns, ["4", "3", "4", "5", "5", "6", "7", "7"]);
    assert_eq!(key(&mut scene, Key::Enter), line("7"));
    // On discs, the next free square is higher.
    let mut scene = with_board(open_board("connect4", &["4", "4"]));
    keys(&mut scene, [UP]);
    assert_eq!(choice(&scene), Some("4"));
    assert_eq!(choices(&mut scene, &[LEFT, RIGHT, RIGHT]), ["3", "4", "5"]);
}

#[test]
fn arrows_shoot_in_their_sea() {
    let mut scene = with_board(battleship());
    keys(&mut scene, [UP]);
    let Some(BoardChoice::Square(SquarePlace { grid: 1, .. })) = scene.board().unwrap().chosen()
    else {
        panic!("{:?}", scene.board().unwrap().chosen());
    };
    let pressed: Vec<Key> = [LEFT, UP].into_iter().flat_map(|it| vec![it; 12]).collect();
    assert_eq!(choices(&mut scene, &pressed).last().unwrap(), "a1");
    let pressed: Vec<Key> = [RIGHT, DOWN]
        .into_iter()
        .flat_map(|it| vec![it; 12])
        .collect();
    assert_eq!(choices(&mut scene, &pressed).last().unwrap(), "j10");
    assert_eq!(key(&mut scene, Key::Enter), line("j10"));
}

#[test]
fn a_move_is_chosen_from_a_list() {
    let mut scene = with_board(secret_board("rps", "1", &[]));
    assert!(scene.board().unwrap().is_listed());
    let pressed = [RIGHT, RIGHT, DOWN, DOWN, LEFT, UP, UP];
    let throws = choices(&mut scene, &pressed);
    let expected = [
        "rock", "paper", "scissors", "scissors", "paper", "rock", "rock",
    ];
    assert_eq!(throws, expected);
    assert_eq!(key(&mut scene, Key::Enter), line("rock"));
    let mut scene = with_board(hangman());
    assert_eq!(choices(&mut scene, &[RIGHT, RIGHT, RIGHT]), ["a", "b", "c"]);
}

#[test]
fn what_is_chosen_stays_the_same_move_when_the_list_changes() {
    let mut scene = with_board(hangman());
    keys(&mut scene, [RIGHT, RIGHT, RIGHT]);
    let mut later = hangman();
    later.legal.retain(|it| it != "a");
    scene.show_board(later.clone());
    assert_eq!(choice(&scene), Some("c"));
    later.legal.retain(|it| it != "c");
    scene.show_board(later);
    assert_eq!(choice(&scene), None);
}

#[test]
fn a_square_stays_chosen_while_it_is_the_same_move() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    keys(&mut scene, [UP]);
    scene.show_board(open_board("tictactoe", &["1", "2"]));
    assert_eq!(choice(&scene), Some("5"));
    scene.show_board(open_board("tictactoe", &["5", "2"]));
    assert_eq!(
        (choice(&scene), scene.board().unwrap().chosen()),
        (None, None)
    );
    // Another table begins anew.
    keys(&mut scene, [UP]);
    let mut other = open_board("tictactoe", &[]);
    other.table = 2;
    scene.show_board(other);
    assert_eq!(choice(&scene), None);
}

#[test]
fn arrows_are_for_the_line_while_it_has_text_or_nothing_is_asked() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    write(&mut scene, "xy");
    keys(&mut scene, [LEFT]);
    assert_eq!((choice(&scene), scene.line().1), (None, 1));
    // With text in the line, Enter sends that.
    keys(
        &mut scene,
        [Key::Ctrl('u'), Key::Delete, UP, Key::Char('z')],
    );
    assert_eq!(choice(&scene), Some("5"));
    assert_eq!(key(&mut scene, Key::Enter), line("z"));
    keys(&mut scene, [UP]);
    assert_eq!(choice(&scene), None);
}

#[test]
fn escape_leaves_the_board_first_and_end_goes_to_the_newest_line() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    for number in 0..100 {
        scene.add(super::message(&number.to_string()));
    }
    keys(&mut scene, [UP, Key::PageUp, Key::Escape]);
    assert_eq!((choice(&scene), scene.talk().is_at_end()), (None, false));
    keys(&mut scene, [Key::Escape]);
    assert!(scene.talk().is_at_end());
    keys(&mut scene, [UP, Key::PageUp, Key::End]);
    assert_eq!(
        (choice(&scene), scene.talk().is_at_end()),
        (Some("5"), true)
    );
}

#[test]
fn the_first_click_chooses_and_the_second_one_plays() {
    let mut scene = with_board(open_board("tictactoe", &["5", "2"]));
    let [four, six] = ["4", "6"].map(|it| click(&mut scene, it));
    keys(&mut scene, [four.clone(), six.clone(), four.clone()]);
    assert_eq!(choice(&scene), Some("4"));
    assert_eq!(key(&mut scene, four.clone()), line("4"));
    // Nothing is asked for any more.
    keys(&mut scene, [four.clone(), four]);
    assert_eq!(choice(&scene), None);
}

#[test]
fn clicks_elsewhere_do_nothing() {
    let mut scene = with_board(open_board("tictactoe", &["5", "2"]));
    for (column, row) in (0..80).flat_map(|column| (0..24).map(move |row| (column, row))) {
        keys(&mut scene, [Key::Click { column, row }]);
        assert!(choice(&scene).is_none_or(|it| !["2", "5"].contains(&it)));
        keys(&mut scene, [Key::Escape]);
    }
    keys(
        &mut scene,
        [Key::Click {
            column: u16::MAX,
            row: u16::MAX,
        }],
    );
}

#[test]
fn a_click_plays_the_square_and_leaves_the_line_as_it_is() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    write(&mut scene, "draft");
    let five = click(&mut scene, "5");
    keys(&mut scene, [five.clone()]);
    assert_eq!(key(&mut scene, five), line("5"));
    assert_eq!(draft(&scene), "draft");
}

#[test]
fn a_question_is_not_answered_with_a_move() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    keys(&mut scene, [UP]);
    ask(&mut scene, PromptKind::Question, "");
    assert_eq!(key(&mut scene, Key::Enter), line(""));
    ask(&mut scene, PromptKind::Question, "");
    let five = click(&mut scene, "5");
    keys(&mut scene, [five.clone(), five, UP]);
    assert_eq!(choice(&scene), None);
}

/// The moves that the arrows reach from those that they choose first.
fn reached(board: &BoardSight) -> BTreeSet<String> {
    let mut scene = with_board(board.clone());
    scene.resize(Size {
        columns: 200,
        rows: 60,
    });
    let mut reached = BTreeSet::new();
    let mut next = Vec::new();
    let mut note = |scene: &Scene, next: &mut Vec<SquarePlace>| {
        if let Some(BoardChoice::Square(place)) = scene.board().unwrap().chosen()
            && reached.insert(choice(scene).unwrap().to_owned())
        {
            next.push(place);
        }
    };
    keys(&mut scene, [RIGHT]);
    note(&scene, &mut next);
    while let Some(place) = next.pop() {
        for arrow in [LEFT, RIGHT, UP, DOWN] {
            let area = scene.layout().board.unwrap();
            let squares = scene.board_drawing().unwrap().squares;
            let (x, y, _) = squares.into_iter().find(|it| it.2 == place).unwrap();
            let (column, row) = (area.left + x, area.top + y);
            keys(&mut scene, [Key::Escape, Key::Click { column, row }, arrow]);
            note(&scene, &mut next);
        }
    }
    reached
}

/// The moves that the arrows go through in a list.
fn listed(board: &BoardSight) -> BTreeSet<String> {
    let mut scene = with_board(board.clone());
    let arrows = vec![RIGHT; board.legal.len()];
    choices(&mut scene, &arrows).into_iter().collect()
}

/// Checks that arrows and Enter can make each legal move.
fn check_moves(board: &BoardSight) {
    let legal: BTreeSet<String> = board.legal.iter().cloned().collect();
    let is_listed = with_board(board.clone()).board().unwrap().is_listed();
    let found = match is_listed {
        true => listed(board),
        false => reached(board),
    };
    assert_eq!(found, legal, "{board:?}");
    let mut scene = with_board(board.clone());
    keys(&mut scene, [DOWN]);
    let chosen = choice(&scene).unwrap().to_owned();
    assert_eq!(key(&mut scene, Key::Enter), line(&chosen));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 4, ..ProptestConfig::default() })]

    #[test]
    fn arrows_reach_each_legal_move_of_a_game_with_open_moves(seed in any::<[u8; 32]>()) {
        for entry in games::GAMES {
            let Rules::Open(start) = entry.rules else {
                continue;
            };
            let (mut game, mut chance) = (start(""), Chance::new(seed));
            while let Some(seat) = game.next().seat() {
                let eye = Eye::Player(seat);
                check_moves(&sights::board(1, entry.name, names(), game.as_ref(), eye));
                let words = chance.pick(&game.legal()).unwrap().clone();
                game.play(seat, &words).unwrap();
            }
        }
    }

    #[test]
    fn arrows_reach_each_legal_move_of_a_game_with_secrets(seed in any::<[u8; 32]>()) {
        let mut chance = Chance::new(seed);
        for (name, options) in [("battleship", ""), ("hangman", ""), ("rps", "3")] {
            let mut copies = Copies::new(name, options, seed);
            let mut count = 0;
            while let Some(seat) = copies.mover() {
                let eye = Eye::Player(seat);
                let legal = copies.game(eye).legal();
                // A fleet has too many places to go through all, and a secret word any letters.
                let words = match (name, count, legal.is_empty()) {
                    ("battleship", 0 | 1, _) => "random".to_owned(),
                    (_, _, true) => "quartz".to_owned(),
                    _ => {
                        let board = sights::board(1, name, names(), copies.game(eye), eye);
                        if board.legal.len() < 20 || count % 25 == 2 {
                            check_moves(&board);
                        }
                        chance.pick(&legal).unwrap().clone()
                    }
                };
                copies.choose(seat, &words).unwrap();
                count += 1;
            }
            prop_assert!(count > 1, "{}", name);
        }
    }
}

#[test]
fn the_middle_of_a_board_is_reached_from_its_corners() {
    let mut board = open_board("tictactoe", &[]);
    for square in board.grids[0]
        .rows
        .iter_mut()
        .flat_map(|row| &mut row.squares)
    {
        square.choice = square
            .choice
            .take()
            .filter(|it| "13579".contains(it.as_str()));
    }
    assert_eq!(reached(&board).len(), 5);
}

#[test]
fn nothing_can_be_chosen_on_the_turn_of_the_other_side_nor_after_the_end() {
    let mut scene = with_board(open_board("tictactoe", &[]));
    assert!(scene.can_choose());
    scene.end_board();
    assert!(!scene.can_choose());
    scene.show_board(open_board("tictactoe", &["5"]));
    ask(&mut scene, PromptKind::Ahead, "");
    keys(&mut scene, [UP, UP]);
    assert_eq!(choice(&scene), None);
    let rows = scene.board_drawing().unwrap().rows;
    let text: String = rows
        .iter()
        .flat_map(|row| &row.runs)
        .map(|run| run.text.as_str())
        .collect();
    assert!(text.contains('·') && !text.contains('4'), "{text}");
}
