//! The list of words, and computer partners that guess them.

use super::{ID, SKILLS, Table, chance};
use std::collections::HashSet;
use tictalk::games::{
    Chance, Game, Hangman, Next, Outcome, Seat, Secrets, Skill, WordSource, find,
};

#[test]
fn the_words_are_fit_for_the_game() {
    let words: Vec<&str> = Hangman::words().collect();
    assert!(words.len() >= 1_500, "{} words", words.len());
    assert!(words.is_sorted_by(|one, next| one < next));
    for word in &words {
        assert!((4..=12).contains(&word.len()), "{word}");
        assert!(word.bytes().all(|byte| byte.is_ascii_lowercase()), "{word}");
    }
    let lengths: HashSet<usize> = words.iter().map(|word| word.len()).collect();
    assert_eq!(lengths.len(), 9, "each length is there");
}

#[test]
fn the_options_have_one_form() {
    let entry = find("Hangman").unwrap();
    assert_eq!(entry.options(""), Some(String::new()));
    assert_eq!(entry.options("--words"), Some("--words".to_owned()));
    for words in ["words", "--words --words", "--word", "5", "-w"] {
        assert_eq!(entry.options(words), None, "{words}");
    }
}

/// The misses with which a partner of this skill finds `word`; 6 where it does not.
fn misses(word: &str, skill: Skill, chance: &mut Chance) -> usize {
    let mut table = Table::of(word);
    let mut misses = 0;
    while let Next::Move(_) = table.first.next() {
        let advice = table.first.advise(skill, chance).unwrap();
        let answer = table.guess(&advice.words).words;
        let is_last = table.first.next() == Next::Over(Outcome::Won(Seat::Second));
        misses += usize::from(answer.starts_with("no ") || is_last);
    }
    misses
}

#[test]
fn a_better_partner_misses_less() {
    let words: Vec<&str> = Hangman::words().step_by(8).collect();
    let mut chance = chance();
    // The words found of a hundred, and the misses.
    let mut misses_by_skill = Vec::new();
    for (skill, least_found, most_missed) in [
        (Skill::Easy, 0, 600),
        (Skill::Medium, 65, 350),
        (Skill::Perfect, 92, 200),
    ] {
        let missed = words.iter().map(|word| misses(word, skill, &mut chance));
        let missed: Vec<usize> = missed.collect();
        let found = missed.iter().filter(|misses| **misses < 6).count() * 100 / words.len();
        let missed = missed.iter().sum::<usize>() * 100 / words.len();
        let measured = format!("{skill:?}: {found} found with {missed} misses");
        assert!(found >= least_found && missed <= most_missed, "{measured}");
        misses_by_skill.push(missed);
    }
    let grows = misses_by_skill.is_sorted_by(|worse, better| *worse > better + 50);
    assert!(grows, "{misses_by_skill:?}");
}

#[test]
fn the_advice_continues_where_the_list_ends() {
    for word in ["zzz", "xylophonists", "abcdefghijklmnopqrst"] {
        for skill in SKILLS {
            assert!(misses(word, skill, &mut chance()) <= 6);
        }
    }
    // A bot thinks of a word, too; where the program draws one, nobody has to.
    let mut game = Hangman::new(WordSource::Person, ID);
    let words: HashSet<String> = (0..20)
        .map(|seed| {
            let advice = game.advise(Skill::Easy, &mut Chance::new([seed; 32]));
            advice.unwrap().words
        })
        .collect();
    assert!(words.len() > 10, "{words:?}");
    for word in words {
        game.choose(&word, &mut chance()).unwrap();
        assert!(Hangman::words().any(|known| known == word));
    }
    let game = Hangman::new(WordSource::List, ID);
    assert_eq!(game.advise(Skill::Perfect, &mut chance()), None);
}
