//! A game within a session.

use super::{Table, chance};
use std::collections::VecDeque;
use tictalk::games::{Chance, Game, Lie, Next, Outcome, Seat, Secrets};
use tictalk::session::{Effect, Input, Loss, Role, Session};
use tictalk::wire::{Dialect, Ticket};

/// One end of a session, and what its person still types.
struct End {
    session: Session,
    lines: VecDeque<&'static str>,
    /// The output that the person has seen, with `hidden` at each hidden prompt.
    seen: String,
}

/// Plays a session between two ends to where a person has nothing more to type.
fn play(lines: [&[&'static str]; 2]) -> [String; 2] {
    let mut todo = VecDeque::new();
    let mut ends = Vec::new();
    for (at, role) in [Role::Client, Role::Server].into_iter().enumerate() {
        let chance = Chance::new([u8::try_from(at).unwrap(); 32]);
        let ticket = Ticket::new([7; 16]);
        let (session, effects) = Session::start(role, Dialect::Tictalk, ticket, Loss::Ends, chance);
        todo.extend(effects.into_iter().map(|effect| (at, effect)));
        ends.push(End {
            session,
            lines: lines[at].iter().copied().collect(),
            seen: String::new(),
        });
    }
    while let Some((at, effect)) = todo.pop_front() {
        let (to, input) = match effect {
            Effect::Send(text) => (1 - at, Input::Text(text)),
            Effect::Receipt(turns) => (1 - at, Input::Receipt(turns)),
            Effect::Prompt(_) | Effect::PromptHidden => {
                if effect == Effect::PromptHidden {
                    ends[at].seen.push_str("hidden\n");
                }
                match ends[at].lines.pop_front() {
                    Some(line) => (at, Input::Line(line.to_owned())),
                    None => continue,
                }
            }
            Effect::Show(notice) => {
                let words = notice.words(tictalk::session::Side::Me, "Ann");
                ends[at].seen.push_str(&words);
                ends[at].seen.push('\n');
                continue;
            }
            _ => continue,
        };
        let effects = ends[to].session.handle(input);
        todo.extend(effects.into_iter().map(|effect| (to, effect)));
    }
    [0, 1].map(|at| std::mem::take(&mut ends[at].seen))
}

#[test]
fn a_session_plays_it_from_the_proposal_to_the_end() {
    let [owner, guesser] = play([
        &["play hangman", "Se", "See", "thanks"],
        &["e", "x", "E", "see", "well done"],
    ]);
    for sentence in [
        "hangman: Ann thinks of a word, and you guess it.",
        "The word has 3 letters and is sealed: it cannot change.",
        "e is at 2 and 3.",
        "There is no x: 1 of 6 misses.",
        "e has already been guessed.",
        "The word was see.",
        "You win!",
    ] {
        assert_eq!(
            guesser.matches(sentence).count(),
            1,
            "{sentence}\n{guesser}"
        );
    }
    for sentence in [
        "hidden\nA word has 3 to 20 letters, a to z only.\nhidden\nYour word of 3 letters is sealed.",
        "Ann guesses x.",
        "You lose",
    ] {
        assert_eq!(owner.matches(sentence).count(), 1, "{sentence}\n{owner}");
    }
    let [owner, guesser] = play([&["play hangman --words"], &["e", "/resign"]]);
    let word = owner.split_once("Your word is ").unwrap().1;
    let (word, _) = word.split_once('.').unwrap();
    assert!(
        guesser.contains(&format!("The word was {word}.")),
        "{guesser}"
    );
    assert!(guesser.contains("You gave up"), "{guesser}");
}

#[test]
fn a_program_that_has_lost_its_word_loses() {
    let mut table = Table::of("apple");
    table.type_in("e").unwrap();
    table.second.keep("altered");
    let said = table.second.step(&mut chance());
    assert!(!said.words.is_empty(), "an empty frame breaks the wire");
    table.first.play(Seat::Second, &said.words).unwrap();
    let caught = Outcome::Caught(Seat::Second, Lie::FalseAnswer);
    assert_eq!(table.first.next(), Next::Over(caught));
}
