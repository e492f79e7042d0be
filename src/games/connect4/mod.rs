//! Connect Four: seven columns of six squares, and four in a row win.

mod position;
mod solver;
mod table;

pub use position::{COLUMNS, Position, ROWS};
pub use solver::{Score, Solver};
