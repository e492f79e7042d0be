//! A program that plays: it reads on its standard input what a person would read, and prints what a
//! person would type.
//!
//! [`ProgramPlayer`] is its place in a session. It retells the game to a [`PlayerProcess`], line by
//! line, and returns the lines that the process prints. Everything from the process has a limit: the
//! time for a move, the length of a line, and what is kept of its standard error.

mod command;
mod errors;
mod fault;
mod process;
mod program;

pub use command::{NotACommand, PlayerCommand};
pub use errors::ErrorOutput;
pub use fault::PlayerFault;
pub use process::PlayerProcess;
pub use program::{PlayerProgram, ProgramPlayer};
