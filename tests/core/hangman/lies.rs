//! Lies of a program, and when they are caught.

use super::{ID, caught, sealed, sealed_for};
use tictalk::games::{Game, GameId, Hangman, Lie, Next, Outcome, Seat, Secrets, WordSource};

/// The state of a game after these turns, which the two seats take alternately from the second on,
/// at an end that knows no secret.
fn after(source: WordSource, turns: &[&str]) -> Next {
    let mut game = Hangman::new(source, ID);
    let seats = [Seat::Second, Seat::First].into_iter().cycle();
    for (turn, seat) in turns.iter().zip(seats) {
        assert_eq!(game.next().seat(), Some(seat), "before {turn:?}");
        assert_eq!(game.play(seat, turn), Ok((*turn).to_owned()));
    }
    game.next()
}

/// The lie that the second seat was caught with after these turns, and not before.
fn lie(turns: &[&str]) -> Lie {
    lie_in(WordSource::Person, turns)
}

fn lie_in(source: WordSource, turns: &[&str]) -> Lie {
    match after(source, turns) {
        Next::Over(Outcome::Caught(Seat::Second, lie)) => lie,
        other => panic!("{turns:?}: {other:?}"),
    }
}

#[test]
fn an_honest_game_is_believed() {
    let (seal, opening) = sealed("apple");
    for source in [WordSource::Person, WordSource::List] {
        assert_eq!(after(source, &[]).seat(), Some(Seat::Second));
        for turns in [
            &[&seal, "apple", &opening][..],
            &[&seal, "p", "p at 2 3", "apple", &opening],
            &[
                &seal, "p", "p at 2 3", "x", "no x", "stone", "no stone", "a", "a at 1", "e",
                "e at 5", "l", &opening,
            ],
        ] {
            let won = Next::Over(Outcome::Won(Seat::First));
            assert_eq!(after(source, turns), won);
        }
        for last in ["x", "stone"] {
            let turns = [
                &seal, "b", "no b", "c", "no c", "d", "no d", "f", "no f", "p", "p at 2 3",
                "grape", "no grape", last, &opening,
            ];
            let won = Next::Over(Outcome::Won(Seat::Second));
            assert_eq!(after(source, &turns), won);
        }
    }
}

#[test]
fn a_turn_that_seals_no_word_is_a_lie() {
    let (seal, opening) = sealed("apple");
    let digits = seal.strip_prefix("word 5 ").unwrap();
    for turn in [
        "",
        "noted",
        "word",
        "word 5",
        "word 5 ",
        "word 5 apple",
        &opening,
        digits,
        &format!("sealed {digits}"),
        &format!("Word 5 {digits}"),
        &format!("word five {digits}"),
        &format!("word 05 {digits}"),
        &format!("word +5 {digits}"),
        &format!("word -5 {digits}"),
        &format!("word 5  {digits}"),
        &format!("word 5 {digits} "),
        &format!("word 5 {digits}0"),
        &format!("word 5 {}", &digits[1..]),
        &format!("word 99999999999999999999 {digits}"),
    ] {
        for source in [WordSource::Person, WordSource::List] {
            assert_eq!(lie_in(source, &[turn]), Lie::NotSealed, "{turn:?}");
        }
    }
    for (source, lengths) in [
        (WordSource::Person, [0, 1, 2, 21, 22, 4_000]),
        (WordSource::List, [0, 1, 3, 13, 20, 4_000]),
    ] {
        for length in lengths {
            let turn = format!("word {length} {digits}");
            assert_eq!(lie_in(source, &[&turn]), Lie::AgainstTheRules, "{turn:?}");
        }
    }
}

#[test]
fn a_changed_word_is_a_lie() {
    let (seal, opening) = sealed("apple");
    let (_, other) = sealed("ample");
    // The word was changed, the salt was.
    let resalted = opening.replace(['0', '1'], "2");
    assert_ne!(resalted, opening);
    for opening in [&other, &resalted, &opening.replace("apple", "Apple")] {
        assert_eq!(lie(&[&seal, "apple", opening]), Lie::Changed);
    }
    // A seal that was good elsewhere: in another game, and of the other seat.
    for (seal, opening) in [
        sealed_for("apple", GameId([2; 32]), Seat::Second),
        sealed_for("apple", ID, Seat::First),
    ] {
        assert_eq!(lie(&[&seal, "apple", &opening]), Lie::Changed);
    }
}

#[test]
fn a_word_against_the_rules_is_a_lie() {
    for word in [
        "Apple", "appl1", "ap le", "äppl", "app\0e", "appl\n", "a-ple",
    ] {
        let (seal, opening) = sealed(word);
        assert_eq!(
            lie(&[&seal, "stone", &opening]),
            Lie::AgainstTheRules,
            "{word:?}"
        );
    }
    // Another length than was said.
    for word in ["appl", "apples", ""] {
        let (seal, opening) = sealed(word);
        let seal = seal.replace(&format!("word {} ", word.len()), "word 5 ");
        assert_eq!(lie(&[&seal, "stone", &opening]), Lie::AgainstTheRules);
    }
    // A word that is in no list is good only where a person thinks of it.
    let (seal, opening) = sealed("qqqqq");
    let turns = [seal.as_str(), "qqqqq", &opening];
    assert_eq!(lie_in(WordSource::List, &turns), Lie::AgainstTheRules);
    let won = Next::Over(Outcome::Won(Seat::First));
    assert_eq!(after(WordSource::Person, &turns), won);
}

#[test]
fn an_answer_that_cannot_be_true_is_a_lie_at_once() {
    let (seal, _) = sealed("apple");
    for answer in [
        "",
        "noted",
        "p",
        "no",
        "no ",
        "no p ",
        "no  p",
        "No p",
        "no q",
        "no apple",
        "no p at 2",
        "p at",
        "p at ",
        "p at 0",
        "p at 6",
        "p at 2 6",
        "p at 3 2",
        "p at 2 2",
        "p at 02",
        "p at +2",
        "p at 2,3",
        "p at 2  3",
        "p at 2 3 ",
        " p at 2 3",
        "P at 2 3",
        "q at 2",
        "p at two",
        "p at 1 2 3 4 5 6",
        "p at 18446744073709551616",
        "apple",
        "apple 00",
    ] {
        assert_eq!(
            lie(&[&seal, "p", answer]),
            Lie::FalseAnswer,
            "{answer:?} to a letter"
        );
    }
    for answer in ["a at 2", "a at 2 3", "a at 1 3"] {
        let turns = [&seal, "p", "p at 2 3", "a", answer];
        assert_eq!(lie(&turns), Lie::FalseAnswer, "{answer:?}: it is a p");
    }
    for answer in ["no", "no s", "no stane", "stone at 1", "stone at 1 2 3 4 5"] {
        let turns = [&seal, "stone", answer];
        assert_eq!(lie(&turns), Lie::FalseAnswer, "{answer:?} to a word");
    }
}

#[test]
fn an_answer_that_the_word_denies_is_a_lie_at_the_end() {
    let (seal, opening) = sealed("apple");
    for (guess, answer) in [
        ("p", "no p"),
        ("p", "p at 2"),
        ("p", "p at 2 3 4"),
        ("p", "p at 1"),
        ("x", "x at 5"),
        ("apple", "no apple"),
    ] {
        // The guesser has another turn, or gives up.
        let turns = [&seal, guess, answer, "z", "no z", "maple", &opening];
        assert_eq!(lie(&turns), Lie::FalseAnswer, "{answer:?} to {guess}");
        let mut game = Hangman::new(WordSource::Person, ID);
        game.play(Seat::Second, &seal).unwrap();
        game.play(Seat::First, guess).unwrap();
        game.play(Seat::Second, answer).unwrap();
        game.resign(Seat::First);
        game.play(Seat::Second, &opening).unwrap();
        assert_eq!(game.next(), caught(Seat::Second, Lie::FalseAnswer));
    }
}

#[test]
fn a_word_is_opened_at_the_end_and_not_before() {
    let (seal, opening) = sealed("apple");
    for turns in [
        &[&seal, "x", &opening][..],
        &[&seal, "a", &opening],
        &[&seal, "stone", &opening],
        &[&seal, "p", "p at 2 3", "a", "a at 1", "l", &opening],
        &[
            &seal, "b", "no b", "c", "no c", "d", "no d", "f", "no f", "g", &opening,
        ],
    ] {
        assert_eq!(lie(turns), Lie::TooEarly, "{turns:?}");
    }
    for turns in [
        // The sixth miss.
        &[
            &seal, "b", "no b", "c", "no c", "d", "no d", "f", "no f", "g", "no g", "h", "no h",
        ][..],
        &[
            &seal, "b", "no b", "c", "no c", "d", "no d", "f", "no f", "g", "no g", "stone",
            "no stone",
        ],
        // The last letters.
        &[
            &seal, "a", "a at 1", "l", "l at 4", "e", "e at 5", "p", "p at 2 3",
        ],
        &[&seal, "p", "p at 1 2 3 4 5"],
    ] {
        assert_eq!(lie(turns), Lie::NotShown, "{turns:?}");
    }
}

#[test]
fn a_guess_that_is_none_is_a_lie() {
    let (seal, opening) = sealed("apple");
    let before = [&seal, "p", "p at 2 3", "stone", "no stone"];
    for guess in [
        "", " ", "E", "é", "e ", " e", "ee", "7", "noted", "appl", "apples", "app e", "Apple",
        "äppl", "/resign", "rematch", "no e", "e at 2", &opening, &seal,
        // Both have been answered.
        "p", "stone",
    ] {
        let turns: Vec<&str> = before.iter().copied().chain([guess]).collect();
        // Five letters, though they mean something else elsewhere.
        if guess == "noted" {
            assert_eq!(after(WordSource::Person, &turns), Next::Step(Seat::Second));
            continue;
        }
        let caught = caught(Seat::First, Lie::NoMove);
        assert_eq!(after(WordSource::Person, &turns), caught, "{guess:?}");
    }
}
