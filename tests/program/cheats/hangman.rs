//! Words that change while they are guessed.

use super::{CHANGED, Cheat};
use tictalk::games::Seat;
use tictalk::games::seal::{GameId, Opening, Seal};

/// Hangman in which the cheat knows the word; its game id.
fn hangman(options: &str) -> (Cheat, GameId) {
    let mut cheat = Cheat::new();
    let id = cheat.id();
    cheat.say(&format!("play hangman{options}"));
    assert_eq!(cheat.hear(), "noted");
    (cheat, id)
}

/// The turn that seals a word.
fn word(opening: &Opening, id: GameId) -> String {
    let length = opening.secret.len();
    format!("word {length} {}", Seal::of(opening, id, Seat::Second))
}

#[test]
fn a_word_that_is_changed_while_it_is_guessed_is_caught() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for (guess, answer) in [
        ("t", "t at 1"),
        ("r", "r at 2"),
        ("a", "a at 3"),
        ("i", "i at 4"),
    ] {
        assert_eq!(cheat.server_says(guess), guess);
        cheat.say(answer);
    }
    cheat.server_says("n");
    // Another word would fit as well.
    cheat.say("no n");
    for guess in ["d", "e", "b", "c"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("train");
    let trail = Opening {
        secret: "trail".to_owned(),
        ..train
    };
    cheat.say(&trail.to_string());
    cheat.loses_by(CHANGED);
}

#[test]
fn a_guess_that_is_answered_falsely_is_caught_when_the_word_is_shown() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for guess in ["t", "b", "c", "d", "f"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("g");
    cheat.say(&train.to_string());
    cheat.loses_by("gave a false answer");
}

#[test]
fn a_word_that_is_not_shown_or_too_early_is_caught() {
    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    cheat.server_says("train");
    cheat.say("no train");
    cheat.server_says("t");
    cheat.say(&train.to_string());
    cheat.loses_by("gave a false answer");

    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    cheat.server_says("x");
    cheat.say(&train.to_string());
    cheat.loses_by("revealed its secret too early");

    let (mut cheat, id) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, id));
    for guess in ["b", "c", "d", "f", "g"] {
        cheat.server_says(guess);
        cheat.say(&format!("no {guess}"));
    }
    cheat.server_says("h");
    cheat.say("no h");
    cheat.loses_by("did not reveal its sealed choice");
}

#[test]
fn a_word_that_is_not_in_the_list_or_was_sealed_elsewhere_is_caught() {
    let (mut cheat, id) = hangman(" --words");
    let nonsense = cheat.opening("qqqqq");
    cheat.say(&word(&nonsense, id));
    cheat.server_says("/resign");
    cheat.say(&nonsense.to_string());
    cheat.loses_by("sealed a choice that breaks the rules");

    let (_, elsewhere) = hangman("");
    let (mut cheat, _) = hangman("");
    let train = cheat.opening("train");
    cheat.say(&word(&train, elsewhere));
    cheat.server_says("train");
    cheat.say(&train.to_string());
    cheat.loses_by(CHANGED);
}
