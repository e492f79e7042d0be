//! A tournament: who plays whom, what came of it, and the tables.
//!
//! Pure: it plays no game and knows neither programs nor members. An entrant is its index in the
//! list of entrants. [`Schedule`] says who plays whom, each game ends as a [`GameResult`], and a
//! [`TournamentTable`] is a function of the results, in whatever order they come.

mod crosstable;
mod elo;
mod grid;
mod html;
mod json;
mod markdown;
mod result;
mod schedule;
mod table;
mod text;

pub use crosstable::Crosstable;
pub use elo::{PRIOR, Rating, ratings};
pub use result::{Finish, GameResult, HowWon};
pub use schedule::{Fixture, Legs, Schedule};
pub use table::{EntrantRow, Faults, TournamentTable};
