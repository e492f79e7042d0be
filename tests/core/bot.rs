//! The computer partner: it never loses what cannot be lost, and is never at a loss.

use std::collections::HashSet;
use tictalk::bot::{Situation, answer};
use tictalk::games::{Chance, Game, Next, Outcome, Seat, Skill, TicTacToe};
use tictalk::session::Offer;

fn situation() -> Situation {
    Situation::of(None)
}

fn in_game(game: &dyn Game) -> Situation {
    Situation::of(Some(game.boxed()))
}

/// Plays on against every move that the other seat can make; counts how the games end.
fn face_everything(
    game: &TicTacToe,
    bot: Seat,
    skill: Skill,
    seen: &mut HashSet<TicTacToe>,
    ends: &mut Vec<Outcome>,
) {
    match game.next() {
        Next::Over(outcome) => ends.push(outcome),
        Next::Move(seat) if seat == bot => {
            if !seen.insert(game.clone()) {
                return;
            }
            let mut next = game.clone();
            let words = answer(&in_game(game), skill, &mut Chance::new([0; 32])).unwrap();
            next.play(seat, &words).unwrap();
            face_everything(&next, bot, skill, seen, ends);
        }
        Next::Move(seat) => {
            for words in game.legal() {
                let mut next = game.clone();
                next.play(seat, &words).unwrap();
                face_everything(&next, bot, skill, seen, ends);
            }
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn it_never_loses_tic_tac_toe_from_either_seat_when_it_plays_perfectly() {
    for skill in Skill::ALL {
        for bot in [Seat::First, Seat::Second] {
            let mut ends = Vec::new();
            face_everything(
                &TicTacToe::new(),
                bot,
                skill,
                &mut HashSet::new(),
                &mut ends,
            );
            let loses = ends.contains(&Outcome::Won(bot.other()));
            assert_eq!(loses, skill != Skill::Perfect, "{bot:?}, {skill:?}");
            assert!(ends.contains(&Outcome::Won(bot)), "{bot:?} never wins");
            assert!(ends.contains(&Outcome::Drawn), "{bot:?} is never held");
        }
    }
}

fn says(situation: &Situation) -> Option<String> {
    answer(situation, Skill::Medium, &mut Chance::new([0; 32]))
}

#[test]
fn in_a_chat_it_says_that_it_is_a_program_and_what_can_be_played() {
    for heard in [None, Some("What do you think of Kant?".to_owned())] {
        let said = says(&Situation {
            heard,
            ..situation()
        })
        .unwrap();
        assert!(
            said.starts_with("I only play games. Pick one: tictactoe, "),
            "{said}"
        );
        assert!(said.contains("rps"), "{said}");
    }
    let said = says(&Situation {
        plays_secrets: false,
        ..situation()
    });
    assert!(
        !said.unwrap().contains("rps"),
        "it offers what cannot be played"
    );
}

#[test]
fn it_begins_with_what_it_was_told_to_propose() {
    let wish = Some("play rps 5".to_owned());
    let said = says(&Situation {
        wish: wish.clone(),
        ..situation()
    });
    assert_eq!(said, wish);
}

#[test]
fn a_game_that_is_named_is_proposed_so_that_the_other_side_moves_first() {
    let asked = |heard: &str, plays_secrets| {
        let said = says(&Situation {
            heard: Some(heard.to_owned()),
            plays_secrets,
            ..situation()
        });
        said.unwrap()
    };
    assert_eq!(asked("Connect 4", true), "play connect4");
    assert_eq!(asked("rps 5", true), "play rps 5");
    for line in ["rps", "rps 99", "tictactoe is boring"] {
        let said = asked(line, false);
        assert!(said.starts_with("I only play games."), "{said}");
    }
}

#[test]
fn an_older_version_of_it_is_recognized() {
    let said = says(&Situation {
        heard: Some("I am a program and understand only games. Type one of: play rps.".to_owned()),
        ..situation()
    });
    assert_eq!(said.as_deref(), Some("play tictactoe"));
}

#[test]
fn two_of_them_play_a_game_and_part() {
    let greeting = says(&situation());
    let proposal = says(&Situation {
        heard: greeting,
        ..situation()
    });
    assert_eq!(proposal.as_deref(), Some("play tictactoe"));
    let thanks = says(&Situation {
        is_game_over: true,
        ..situation()
    });
    assert_eq!(
        says(&Situation {
            heard: thanks,
            ..situation()
        }),
        None
    );
}

#[test]
fn a_person_who_is_polite_after_a_game_is_not_left() {
    for heard in ["Well played.", "Well played. Thanks!", "well played"] {
        let said = says(&Situation {
            heard: Some(heard.to_owned()),
            ..situation()
        });
        assert!(said.is_some(), "{heard}");
    }
}

#[test]
fn it_lets_a_move_be_taken_back_and_takes_a_draw_only_where_it_would_not_win() {
    let mut game = TicTacToe::new();
    let offered = |game: &TicTacToe, offer| {
        says(&Situation {
            offer: Some(offer),
            ..in_game(game)
        })
        .unwrap()
    };
    assert_eq!(offered(&game, Offer::Undo), "/undo");
    assert_eq!(offered(&game, Offer::Draw), "/draw");
    // X in two corners and the centre: O is about to lose, and would like a draw.
    for (seat, words) in [(Seat::First, "5"), (Seat::Second, "2"), (Seat::First, "1")] {
        game.play(seat, words).unwrap();
    }
    assert_eq!(offered(&game, Offer::Draw), "No, I am winning.");
}

#[test]
fn a_line_that_is_refused_repeatedly_is_not_said_for_ever() {
    let game = TicTacToe::new();
    let refused = |refused| Situation {
        refused,
        ..in_game(&game)
    };
    assert_eq!(says(&refused(1)).as_deref(), Some("/resign"));
    assert_eq!(says(&refused(3)), None);
}
