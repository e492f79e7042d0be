//! Input of a person, and the board they see.

use super::{ID, Table, caught, chance, sealed};
use tictalk::games::seal::Opening;
use tictalk::games::{
    Game, Hangman, Illegal, Lie, Mark, Next, Outcome, Said, Seat, Secrets, WordSource,
};

#[test]
fn a_word_is_taken_as_a_person_types_it_and_never_repeated() {
    for typed in ["telescope", "TeleScope", "  telescope\t", "TELESCOPE\n"] {
        let mut table = Table::new(WordSource::Person, 0);
        assert_eq!(table.first.next(), Next::Hidden(Seat::Second));
        let said = table.type_in(typed).unwrap();
        assert!(said.words.starts_with("word 9 "), "{}", said.words);
        assert!(said.secret.unwrap().starts_with("telescope "));
    }
    for good in ["cat", "abcdefghijklmnopqrst"] {
        Table::new(WordSource::Person, 0).type_in(good).unwrap();
    }
    for bad in [
        "",
        "  ",
        "at",
        "abcdefghijklmnopqrstu",
        "tele scope",
        "tele-scope",
        "t3lescope",
        "télescope",
        "teles\u{212a}ope",
        "/telescope",
    ] {
        let mut table = Table::new(WordSource::Person, 0);
        let before = format!("{table:?}");
        let refusal = table.type_in(bad).unwrap_err();
        assert_eq!(
            refusal,
            Illegal::Against("A word has 3 to 20 letters, a to z only.".to_owned())
        );
        assert_eq!(before, format!("{table:?}"));
    }
}

#[test]
fn a_guess_is_taken_as_a_person_types_it() {
    for typed in ["E", " e ", "e", "E\t"] {
        let mut table = Table::of("telescope");
        assert_eq!(table.type_in(typed), Ok(Said::openly("e")));
        assert_eq!(table.step(), Said::openly("e at 2 4 9"));
        let again = table.type_in(typed).unwrap_err();
        assert_eq!(again.to_string(), "e has already been guessed.");
    }
    let mut table = Table::of("telescope");
    assert_eq!(table.guess(" TELEGRAMS "), Said::openly("no telegrams"));
    for (typed, refusal) in [
        ("telegrams", "telegrams has already been guessed."),
        ("scope", "The word has 9 letters, and scope has 5."),
        (
            "te",
            "That is not a move. Guess a letter, such as e, or the whole word.",
        ),
    ] {
        assert_eq!(table.type_in(typed).unwrap_err().to_string(), refusal);
    }
    assert!(table.guess("telescope").words.starts_with("telescope "));
    let refusal = table.first.choose("e", &mut chance());
    assert_eq!(refusal, Err(Illegal::OutOfTurn));
}

#[test]
fn the_letters_that_are_left_are_legal() {
    let mut table = Table::new(WordSource::Person, 0);
    assert!(table.first.legal().is_empty());
    table.type_in("telescope").unwrap();
    assert_eq!(table.first.legal().len(), 26);
    table.guess("e");
    table.guess("z");
    table.guess("telegrams");
    let legal = table.second.legal().concat();
    assert_eq!(legal, "abcdfghijklmnopqrstuvwxy");
    table.type_in("t").unwrap();
    assert!(table.first.legal().is_empty());
}

#[test]
fn the_guesser_may_give_up_and_is_shown_the_word() {
    // Before there is a word, nothing can be shown.
    for source in [WordSource::Person, WordSource::List] {
        let mut table = Table::new(source, 0);
        table.resign(Seat::First);
        let won = Next::Over(Outcome::Won(Seat::Second));
        assert_eq!(table.first.next(), won);
    }
    // With no guess, with some, and with one that is not answered yet.
    for guesses in [&[][..], &["e"], &["e", "z"]] {
        for is_open in [false, true] {
            let mut table = Table::of("telescope");
            for guess in guesses {
                table.guess(guess);
            }
            if is_open {
                table.type_in("s").unwrap();
            }
            table.resign(Seat::First);
            assert_eq!(table.first.next(), Next::Step(Seat::Second));
            assert!(!table.first.describe(Seat::First).contains("telescope"));
            // An end that opens nothing, or something else.
            let (_, other) = sealed("telegrams");
            for (answer, lie) in [
                ("", Lie::NotShown),
                ("noted", Lie::NotShown),
                ("no s", Lie::NotShown),
                ("s at 5", Lie::NotShown),
                (&other, Lie::Changed),
            ] {
                let mut game = table.first.clone();
                game.play(Seat::Second, answer).unwrap();
                assert_eq!(game.next(), caught(Seat::Second, lie), "{answer:?}");
            }
            table.step();
            let won = Next::Over(Outcome::Won(Seat::Second));
            assert_eq!(table.first.next(), won);
            let news = "The word was telescope.";
            assert_eq!(table.first.news(Seat::First), news);
            assert!(table.first.describe(Seat::First).contains("telescope"));
            // A finished game does not change.
            table.resign(Seat::Second);
            assert_eq!(table.first.next(), won);
        }
    }
    // A bad word does not get away by it.
    let (seal, opening) = sealed("qqqqq");
    let mut game = Hangman::new(WordSource::List, ID);
    game.play(Seat::Second, &seal).unwrap();
    game.resign(Seat::First);
    game.play(Seat::Second, &opening).unwrap();
    assert_eq!(game.next(), caught(Seat::Second, Lie::AgainstTheRules));
}

#[test]
fn the_owner_of_the_word_may_give_up_at_once() {
    let won = Next::Over(Outcome::Won(Seat::First));
    let mut table = Table::new(WordSource::Person, 0);
    table.resign(Seat::Second);
    assert_eq!(table.first.next(), won);
    let mut table = Table::of("telescope");
    table.guess("e");
    table.resign(Seat::Second);
    assert_eq!(table.first.next(), won);
    // Nothing has been opened, so nothing is told.
    assert_eq!(table.second.news(Seat::First), "");
    assert!(!table.second.describe(Seat::First).contains("telescope"));
}

#[test]
fn the_board_shows_what_its_reader_may_know() {
    let mut table = Table::of("telescope");
    for guess in ["e", "x", "telegrams", "t"] {
        table.guess(guess);
    }
    let shown = r"
   +---+
   |   |      t e _ e _ _ _ _ e
   |   O
   |   |      misses 2 of 6
   |          x telegrams
   |          last guess: t
  =======
";
    for reader in [Seat::First, Seat::Second] {
        assert_eq!(table.second.board(reader).to_string(), shown[1..]);
        assert_eq!(
            table.second.describe(reader),
            "hangman, a word of 9 letters; 1 is t; 2 is e; 4 is e; 9 is e; \
             hidden: 3, 5, 6, 7 and 8; 2 of 6 misses: x, telegrams"
        );
    }
    for guess in ["y", "telephone", "z", "v"] {
        table.guess(guess);
    }
    let shown = r"
   +---+
   |   |      t e _ e _ _ _ _ e
   |   O
   |  /|\     misses 6 of 6
   |  / \     x telegrams y telephone z v
   |          last guess: v
  =======     the word: telescope
";
    assert_eq!(table.first.board(Seat::First).to_string(), shown[1..]);
    let words = table.first.describe(Seat::First);
    assert!(words.ends_with("; the word: telescope"), "{words}");
}

#[test]
fn only_the_owner_of_a_word_sees_it_before_the_end() {
    let mut table = Table::new(WordSource::List, 3);
    assert_eq!(table.first.next(), Next::Step(Seat::Second));
    let said = table.step();
    let secret: Opening = said.secret.unwrap().parse().unwrap();
    let word = secret.secret;
    let second = &table.second;
    let seen = |reader| {
        let board = second.board(reader).to_string();
        format!("{board}{}{}", second.describe(reader), second.news(reader))
    };
    assert_eq!(seen(Seat::Second).matches(&word).count(), 3);
    assert_eq!(seen(Seat::First).matches(&word).count(), 0);
    // A line from the hidden prompt stays hidden, at the end that typed it too.
    let second = Table::of("telescope").second;
    let board = second.board(Seat::Second).to_string();
    let words = second.describe(Seat::Second) + &second.news(Seat::Second);
    assert!(!(board + &words).contains("telescope"));
}

#[test]
fn the_board_stays_narrow_and_is_highlighted_where_it_should() {
    let mut table = Table::of("abcdefghijklmnopqrst");
    for letter in "uvwxy".chars() {
        table.guess(&letter.to_string().repeat(20));
    }
    let board = table.first.board(Seat::First);
    let drawn = board.to_string();
    assert!(drawn.lines().all(|line| line.len() < 60), "{drawn}");
    assert_eq!(drawn.matches(&"y".repeat(20)).count(), 2, "{drawn}");
    let marked = |table: &Table| {
        let mut marks = Vec::new();
        let board = table.first.board(Seat::First);
        let marks_cell = std::cell::RefCell::new(&mut marks);
        board.draw(tictalk::games::Glyphs::Ascii, |mark, text| {
            marks_cell.borrow_mut().push((mark, text.to_owned()));
            text.to_owned()
        });
        marks
    };
    let marks = marked(&table);
    let last = (Mark::Last(Seat::Second), "y".repeat(20));
    assert!(marks.contains(&last), "{marks:?}");
    table.guess("z");
    let hanged = marked(&table);
    let body = hanged
        .iter()
        .filter(|(mark, _)| *mark == Mark::Winning(Seat::Second));
    assert_eq!(body.count(), 6);
    let mut table = Table::of("see");
    table.guess("e");
    let marks = marked(&table);
    let last = (Mark::Last(Seat::First), "e".to_owned());
    assert_eq!(marks.iter().filter(|mark| **mark == last).count(), 2);
    table.guess("s");
    let marks = marked(&table);
    let found: String = marks.into_iter().map(|(_, text)| text).collect();
    assert_eq!(found, "see");
}

#[test]
fn each_turn_is_told_in_a_sentence() {
    let mut table = Table::of("see");
    let told = |table: &Table| [Seat::First, Seat::Second].map(|seat| table.second.news(seat));
    assert_eq!(
        told(&table),
        [
            "The word has 3 letters and is sealed: it cannot change.",
            "Your word of 3 letters is sealed."
        ]
    );
    for (guess, news) in [
        ("e", "e is at 2 and 3."),
        ("x", "There is no x: 1 of 6 misses."),
        ("fee", "fee is not the word: 2 of 6 misses."),
        ("s", "s is at 1.\nThe word was see."),
    ] {
        table.type_in(guess).unwrap();
        let guessed = format!("{{other}} guesses {guess}.");
        assert_eq!(told(&table), [String::new(), guessed]);
        table.step();
        assert_eq!(told(&table), [news, news]);
    }
    let mut table = Table::of("see");
    table.guess("see");
    assert_eq!(told(&table), ["The word was see."; 2]);
    // A liar's word is worth seeing, and nothing that was never sealed is.
    let (seal, opening) = sealed("apple");
    for (opening, news) in [
        (opening.as_str(), "The word was apple."),
        (&sealed("ample").1, ""),
    ] {
        let mut game = Hangman::new(WordSource::Person, ID);
        game.play(Seat::Second, &seal).unwrap();
        game.play(Seat::First, "x").unwrap();
        game.play(Seat::Second, opening).unwrap();
        assert_eq!(game.news(Seat::First), news);
    }
}
