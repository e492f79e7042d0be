//! Tournaments: the schedule, the ratings and the tables.

mod elo;
mod formats;
mod schedule;
mod standings;

use tictalk::games::Seat;
use tictalk::tournament::{Finish, GameResult, HowWon};

/// The names of this many entrants.
fn names(entrants: usize) -> Vec<String> {
    (0..entrants).map(|number| format!("bot{number}")).collect()
}

/// A game that was won by play, or drawn.
fn game(number: u32, first: usize, second: usize, winner: Option<Seat>) -> GameResult {
    GameResult {
        number,
        first,
        second,
        finish: match winner {
            Some(seat) => Finish::Won(seat, HowWon::ByPlay),
            None => Finish::Drawn,
        },
        session: None,
        why: None,
    }
}

/// Games that `first` has won against `second` this often.
fn wins(results: &mut Vec<GameResult>, first: usize, second: usize, times: usize) {
    for _ in 0..times {
        let number = u32::try_from(results.len()).unwrap() + 1;
        // The seat does not count, so both occur.
        results.push(match number % 2 {
            0 => game(number, first, second, Some(Seat::First)),
            _ => game(number, second, first, Some(Seat::Second)),
        });
    }
}
