//! Rooms of real processes that meet with bad luck.

mod beginnings;
mod engines;
mod journals;
mod lines;
mod machine;
mod options;
mod program;
mod states;
mod streams;

/// What everybody at a machine reads when its engine is away, and when it is back.
const AWAY: &str = "The room waits for its engine";
const BACK: &str = "The engine of the room is back.";
