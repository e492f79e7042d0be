//! Connect Four: seven columns of six squares, and four in a row win.
//!
//! Nothing here knows a clock, a person or a screen: what a search may spend is a number of nodes,
//! and what is left to chance is given as a number.

pub mod book;
mod guess;
mod level;
mod position;
mod score;
mod solver;
mod table;

pub use level::{Level, PERFECT_BUDGET};
pub use position::{COLUMNS, Position, ROWS};
pub use score::{Advice, Forecast, Score};
pub use solver::Solver;
