//! The shell of a [tournament](crate::tournament): plays its games, several at a time, and keeps what
//! came of them, so that an interrupted tournament continues.
//!
//! [`Tournament`] runs it. Each game is a session of its own: a duel of two players on this
//! machine, without a connection, or a session with a remote player.

mod contender;
mod duel;
mod error;
mod local;
mod opening;
mod progress;
mod record;
mod remote;
mod run;

pub use contender::{Contender, NotAContender};
pub use error::ArenaError;
pub use run::{Ended, Tournament};
