//! The rules hold for any input from the keyboard or the network.

use super::{ID, SKILLS, Table, caught, chance, sealed};
use proptest::prelude::*;
use std::collections::VecDeque;
use tictalk::games::seal::{Opening, Seal};
use tictalk::games::{
    Chance, Game, Hangman, Illegal, Lie, Next, Outcome, Seat, Secrets, Skill, WordSource,
};

/// The rules once more, told by the whole list of guesses.
fn outcome(word: &str, guesses: &[String]) -> Option<Outcome> {
    let is_right = |guess: &&String| match guess.len() {
        1 => word.contains(guess.as_str()),
        _ => word == guess.as_str(),
    };
    let misses = guesses.iter().filter(|guess| !is_right(guess)).count();
    let is_found = guesses.iter().any(|guess| guess == word)
        || word
            .chars()
            .all(|letter| guesses.contains(&letter.to_string()));
    match (is_found, misses) {
        (true, 0..6) => Some(Outcome::Won(Seat::First)),
        (false, 6) => Some(Outcome::Won(Seat::Second)),
        (false, 0..6) => None,
        _ => panic!("{word} {guesses:?}"),
    }
}

/// An action of the first seat.
#[derive(Debug, Clone)]
enum Act {
    Types(String),
    /// The word itself, in this case.
    Knows(bool),
    /// The word with another last letter.
    Nearly(char),
    Asks(Skill),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => "[a-z]".prop_map(Act::Types),
        2 => " ?[A-Z]\t?".prop_map(Act::Types),
        2 => "[a-z]{3,6}".prop_map(Act::Types),
        1 => "\\PC{0,8}".prop_map(Act::Types),
        1 => any::<bool>().prop_map(Act::Knows),
        3 => prop::char::range('a', 'z').prop_map(Act::Nearly),
        3 => prop::sample::select(&SKILLS).prop_map(Act::Asks),
    ]
}

proptest! {
    #[test]
    fn both_copies_agree_on_any_input_and_the_game_ends_by_its_rules(
        typed in prop::option::of("[a-z]{3,20}|[A-Za-z]{3,6}|[a-e]{3,5}"),
        seed in any::<u8>(),
        acts in prop::collection::vec(act(), 0..60),
    ) {
        let source = if typed.is_some() { WordSource::Person } else { WordSource::List };
        let mut table = Table::new(source, seed);
        let sealed = match &typed {
            Some(word) => table.type_in(word).unwrap(),
            None => table.step(),
        };
        let opening: Opening = sealed.secret.unwrap().parse().unwrap();
        let word = opening.secret.clone();
        match &typed {
            Some(typed) => prop_assert_eq!(typed.to_lowercase(), word.clone()),
            None => prop_assert!(Hangman::words().any(|known| known == word)),
        }
        let seal = Seal::of(&opening, ID, Seat::Second);
        prop_assert_eq!(sealed.words, format!("word {} {}", word.len(), seal));
        let mut guesses = Vec::new();
        let mut acts = VecDeque::from(acts);
        while let Next::Move(seat) = table.first.next() {
            prop_assert_eq!(seat, Seat::First);
            prop_assert_eq!(outcome(&word, &guesses), None);
            let legal = table.first.legal();
            let (typed, must_do) = match acts.pop_front() {
                Some(Act::Types(typed)) => {
                    let must_do = legal.contains(&typed.trim().to_ascii_lowercase());
                    (typed, must_do)
                }
                Some(Act::Knows(true)) => (word.clone(), true),
                Some(Act::Knows(false)) => (word.to_uppercase(), true),
                Some(Act::Nearly(letter)) => {
                    let typed = format!("{}{letter}", &word[1..]);
                    let must_do = !guesses.contains(&typed);
                    (typed, must_do)
                }
                Some(Act::Asks(skill)) => {
                    let advice = table.first.advise(skill, &mut Chance::new([seed; 32])).unwrap();
                    prop_assert_eq!(advice.forecast, None);
                    (advice.words, true)
                }
                None => (legal.first().unwrap().clone(), true),
            };
            let before = format!("{table:?}");
            match table.type_in(&typed) {
                Ok(said) => {
                    prop_assert_eq!(&said.words, &typed.trim().to_ascii_lowercase());
                    prop_assert!(!guesses.contains(&said.words));
                    prop_assert!(said.words.len() == 1 || said.words.len() == word.len());
                    prop_assert_eq!(said.secret, None);
                    guesses.push(said.words);
                    let said = table.step();
                    // The word leaves its program when the game is over, and not before.
                    let is_over = outcome(&word, &guesses).is_some();
                    prop_assert_eq!(said.words.parse::<Opening>().is_ok(), is_over);
                }
                Err(illegal) => {
                    prop_assert!(!must_do, "{typed} was refused: {illegal}");
                    prop_assert_eq!(before, format!("{table:?}"));
                }
            }
            // Up to five misses, and 20 different letters.
            prop_assert!(guesses.len() <= 25);
        }
        prop_assert_eq!(
            table.first.next(),
            Next::Over(outcome(&word, &guesses).unwrap()),
            "{} {:?}", word, guesses
        );
        let news = format!("The word was {word}.");
        prop_assert!(table.first.news(Seat::First).ends_with(&news));
        prop_assert!(table.first.legal().is_empty());
    }

    #[test]
    fn no_text_breaks_the_game(
        source in prop_oneof![Just(WordSource::Person), Just(WordSource::List)],
        is_sealed in any::<bool>(),
        turns in prop::collection::vec((any::<bool>(), text()), 0..30),
    ) {
        let mut game = Hangman::new(source, ID);
        if is_sealed {
            game.play(Seat::Second, &sealed("apple").0).unwrap();
        }
        for (is_first, text) in turns {
            let seat = if is_first { Seat::First } else { Seat::Second };
            let before = format!("{game:?}");
            if game.next().seat() == Some(seat) {
                prop_assert_eq!(game.play(seat, &text), Ok(text));
            } else {
                prop_assert_eq!(game.play(seat, &text), Err(Illegal::OutOfTurn));
                prop_assert_eq!(before, format!("{game:?}"));
            }
            for reader in [Seat::First, Seat::Second] {
                let _ = (game.board(reader), game.describe(reader), game.news(reader));
            }
            // Nobody has sealed a word of this salt.
            prop_assert_ne!(game.next(), Next::Over(Outcome::Won(Seat::First)));
            prop_assert_ne!(game.next(), Next::Over(Outcome::Won(Seat::Second)));
        }
    }

    /// Places are left out, added or moved, and hits and misses told for each other.
    #[test]
    fn an_answer_that_is_not_true_loses(
        word in prop::sample::select(Hangman::words().collect::<Vec<_>>()),
        truths in prop::collection::vec(prop::char::range('a', 'z'), 0..8),
        guess in prop::char::range('a', 'z'),
        places in prop::collection::btree_set(1..12_usize, 0..4),
    ) {
        let mut table = Table::of(word);
        for letter in truths {
            if matches!(table.first.next(), Next::Move(_)) && table.first.legal().contains(&letter.to_string()) {
                table.guess(&letter.to_string());
            }
        }
        let truth: Vec<usize> = (1..)
            .zip(word.chars())
            .filter_map(|(place, letter)| (letter == guess).then_some(place))
            .collect();
        let places: Vec<usize> = places.into_iter().collect();
        prop_assume!(places != truth);
        prop_assume!(matches!(table.first.next(), Next::Move(_)));
        prop_assume!(table.first.legal().contains(&guess.to_string()));
        let opening = table.second.clone();
        let game = &mut table.first;
        game.play(Seat::First, &guess.to_string()).unwrap();
        let answer = if places.is_empty() {
            format!("no {guess}")
        } else {
            let places: Vec<_> = places.iter().map(usize::to_string).collect();
            format!("{guess} at {}", places.join(" "))
        };
        game.play(Seat::Second, &answer).unwrap();
        if game.next() == Next::Move(Seat::First) {
            // Its own program can only open the word, which tells.
            game.resign(Seat::First);
            let mut owner = opening;
            owner.resign(Seat::First);
            game.play(Seat::Second, &owner.step(&mut chance()).words).unwrap();
            prop_assert_eq!(game.next(), caught(Seat::Second, Lie::FalseAnswer));
        } else {
            prop_assert!(
                [Lie::FalseAnswer, Lie::NotShown]
                    .into_iter()
                    .any(|lie| game.next() == caught(Seat::Second, lie)),
                "{:?}", game.next()
            );
        }
    }
}

/// A text that a malicious program may send.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]",
        "no [a-z]",
        "[a-z] at [0-9]( [0-9]){0,3}",
        "[a-z]{5}",
        "no [a-z]{5}",
        "word [0-9]{1,3} [0-9a-f]{64}",
        "word 5 [0-9a-f]{64}",
        "[a-z]{5} [0-9a-f]{64}",
        "\\PC{0,12}",
        Just("noted".to_owned()),
        Just("a at 18446744073709551616".to_owned()),
        Just("a at 18446744073709551615".to_owned()),
        Just(sealed("apple").0),
    ]
}
