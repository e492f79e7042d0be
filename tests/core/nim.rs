//! The game that CONTRIBUTING.md adds. The code shown there is complete: it compiles and plays
//! here.

use tictalk::bot::{Situation, answer};
use tictalk::games::{Chance, Entry, Game, Illegal, Next, Options, Outcome, Rules, Seat, Skill};

// CONTRIBUTING.md shows the code from here to the next line like this one.
pub(super) const ENTRY: Entry = Entry {
    name: "nim",
    aliases: &[],
    about: "take 1 to 3 of 21 sticks; the player who takes the last one wins",
    options: Options::None,
    rules: Rules::Open(|_| {
        Box::new(Nim {
            sticks: 21,
            next: Seat::First,
        })
    }),
};

const MOVES: &str = "A move is a number of sticks: 1, 2 or 3.";

#[derive(Debug, Clone)]
struct Nim {
    sticks: u32,
    next: Seat,
}

impl Game for Nim {
    fn next(&self) -> Next {
        match self.sticks {
            0 => Next::Over(Outcome::Won(self.next.other())),
            _ => Next::Move(self.next),
        }
    }

    fn play(&mut self, seat: Seat, words: &str) -> Result<String, Illegal> {
        let Ok(taken @ 1..=3) = words.trim().parse::<u32>() else {
            return Err(Illegal::Unreadable { moves: MOVES });
        };
        if self.next() != Next::Move(seat) {
            return Err(Illegal::OutOfTurn);
        }
        if taken > self.sticks {
            return Err(Illegal::Against("Fewer sticks are left.".to_owned()));
        }
        self.sticks -= taken;
        self.next = seat.other();
        Ok(taken.to_string())
    }

    fn describe(&self, _: Seat) -> String {
        format!("sticks left: {}", self.sticks)
    }

    fn moves(&self) -> &'static str {
        MOVES
    }

    fn legal(&self) -> Vec<String> {
        (1..=self.sticks.min(3))
            .map(|taken| taken.to_string())
            .collect()
    }
}
// CONTRIBUTING.md shows the code from here to the next line like this one.

/// The part of a file of Rust or Markdown between two lines.
fn between<'text>(text: &'text str, from: &str, to: &str) -> &'text str {
    let (_, behind) = text.split_once(from).unwrap();
    behind.split_once(to).unwrap().0.trim()
}

#[test]
fn contributing_shows_this_code() {
    let line = "// CONTRIBUTING.md shows the code from here to the next line like this one.\n";
    let here = between(include_str!("nim.rs"), line, line);
    let page = include_str!("../../CONTRIBUTING.md");
    let shown = between(page, "//! Nim", "\n```");
    let (_, shown) = shown.split_once("\n\n").unwrap();
    let (uses, shown) = shown.split_once(";\n\n").unwrap();
    assert!(uses.starts_with("use super::{"), "{uses}");
    // The project's style may break a line that is short enough for a page.
    let words = |text: &str| {
        text.split_whitespace()
            .collect::<String>()
            .replace(",}", "}")
    };
    assert_eq!(words(shown), words(here));
}

#[test]
fn it_is_played_to_its_end_by_a_computer_partner_that_has_never_heard_of_it() {
    for seed in 0..20 {
        let mut chance = Chance::new([seed; 32]);
        let Rules::Open(start) = ENTRY.rules else {
            panic!("nim has no secrets");
        };
        let mut game = start("");
        let mut moves = 0;
        while let Next::Move(seat) = game.next() {
            let situation = Situation::of(Some(game.boxed()));
            let words = answer(&situation, Skill::Perfect, &mut chance).unwrap();
            assert_eq!(game.play(seat, &words), Ok(words));
            moves += 1;
        }
        assert!((7..=21).contains(&moves), "{moves}");
        assert_eq!(
            game.next(),
            Next::Over(Outcome::Won(if moves % 2 == 1 {
                Seat::First
            } else {
                Seat::Second
            }))
        );
        assert!(game.play(Seat::First, "1").is_err());
    }
    assert_eq!(ENTRY.options("5"), None);
}
