//! The shell of a [tournament](crate::tournament): plays its games, several at a time, and keeps
//! their results, so that an interrupted tournament continues.
//!
//! [`Tournament`] runs it. Each game is a new session: a duel of two players on this machine, without
//! a connection, or a session with a remote player.

mod contender;
mod duel;
mod error;
mod local;
mod opening;
mod plan;
mod play;
mod progress;
mod record;
mod remote;
mod run;
mod settings;

pub use contender::{Contender, NotAContender};
pub use error::ArenaError;
pub use record::EarlierResults;
pub use run::{Ended, StoredResults};
pub use settings::Tournament;
