//! Every game of tic-tac-toe that can be played.

use std::collections::HashSet;
use tictalk::games::{Game, Next, Outcome, Seat, TicTacToe};

/// How many games end in each way.
#[derive(Debug, Default, PartialEq, Eq)]
struct Count {
    first_wins: u32,
    second_wins: u32,
    draws: u32,
}

/// Plays every legal continuation of `game` to its end, and in each new position every move that is
/// none.
fn play_on(game: &TicTacToe, count: &mut Count, positions: &mut HashSet<TicTacToe>) {
    if positions.insert(game.clone()) {
        refuses_what_is_illegal(game);
    }
    let Some(seat) = game.next().seat() else {
        match game.next() {
            Next::Over(Outcome::Won(Seat::First)) => count.first_wins += 1,
            Next::Over(Outcome::Won(Seat::Second)) => count.second_wins += 1,
            Next::Over(Outcome::Drawn) => count.draws += 1,
            other => panic!("{other:?}"),
        }
        return;
    };
    for number in game.free() {
        let mut next = game.clone();
        let words = number.to_string();
        assert_eq!(next.play(seat, &words), Ok(words));
        play_on(&next, count, positions);
    }
}

fn refuses_what_is_illegal(game: &TicTacToe) {
    for number in 1..=9 {
        for seat in [Seat::First, Seat::Second] {
            if game.next().seat() == Some(seat) && game.free().any(|free| free == number) {
                continue;
            }
            let mut same = game.clone();
            same.play(seat, &number.to_string()).unwrap_err();
            assert_eq!(same, *game, "a refused move changes nothing");
        }
    }
}

/// The known numbers of games: Henry Bottomley, "How many Tic-Tac-Toe (noughts and crosses) games
/// are possible?" (2001).
#[test]
fn all_games_are_as_many_and_end_as_is_known() {
    let mut count = Count::default();
    let mut positions = HashSet::new();
    play_on(&TicTacToe::new(), &mut count, &mut positions);
    let known = Count {
        first_wins: 131_184,
        second_wins: 77_904,
        draws: 46_080,
    };
    assert_eq!(count, known);
    assert_eq!(131_184 + 77_904 + 46_080, 255_168);
    // Each position is counted with the move that led to it, which the board shows.
    assert!(positions.len() > 5_478, "{} positions", positions.len());
}

#[test]
fn a_square_has_a_number_and_a_name() {
    let names = ["a1", "b1", "c1", "a2", "b2", "c2", "a3", "b3", "c3"];
    for (number, name) in (1..).zip(names) {
        for words in [
            number.to_string(),
            name.to_owned(),
            name.to_uppercase(),
            format!(" {} {} ", &name[..1], &name[1..]),
            format!("0{number}"),
        ] {
            let mut game = TicTacToe::new();
            assert_eq!(
                game.play(Seat::First, &words),
                Ok(number.to_string()),
                "{words:?}"
            );
        }
    }
}

#[test]
fn a_move_that_names_no_square_is_refused() {
    for words in [
        "",
        " ",
        "0",
        "10",
        "99999999999999999999",
        "-1",
        "+1",
        "1.0",
        "d1",
        "a0",
        "a4",
        "aa1",
        "1a",
        "five",
        "b+2",
        "٣",
        "１",
        "a",
        "/q",
        "5\n6",
    ] {
        let mut game = TicTacToe::new();
        game.play(Seat::First, words).unwrap_err();
        assert_eq!(game, TicTacToe::new());
    }
}

proptest::proptest! {
    #[test]
    fn no_words_break_the_game(words in "\\PC*|[a-d]?[0-9]{0,4}") {
        let mut game = TicTacToe::new();
        let before = game.clone();
        match game.play(Seat::First, &words) {
            Ok(number) => assert!((1..=9).any(|square: usize| square.to_string() == number)),
            Err(_) => assert_eq!(game, before),
        }
    }
}
