//! The side that connects: reaches a server, greets it, and finds it again when the connection is lost.
//!
//! [`Client`] holds the options. `run` is its course, from the first visit to the end of the session;
//! `visit` reaches a server and greets it, and `caller` does so again when the connection is lost.
//! `unfinished` decides about a session that the journal has, and `spoken` about the server's dialect.

mod caller;
mod greeting;
mod line_secret;
mod options;
mod question;
mod recognition;
mod run;
mod spoken;
mod unfinished;
mod visit;

pub use line_secret::LineWish;
pub use options::{Client, ClientEnd, RoomWelcome};
