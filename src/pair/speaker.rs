//! Who speaks at one end of a talk: a person at a console, or a program.

use crate::net::PeerAddress;
use crate::session::{Notice, Session};
use crate::terminal::{Echo, Typed};
use crate::wire::Name;
use std::fmt::Display;

/// Who speaks at one end of a talk.
pub trait Speaker {
    /// Takes note of one line of the program's own.
    fn line(&mut self, text: &str);

    /// Takes note of a line that only a person needs.
    fn hint(&mut self, text: &str);

    /// Takes note of what went wrong; a prompt follows.
    fn warn(&mut self, text: &str);

    /// From now on the partner is called by `name`.
    fn introduce(&mut self, name: Option<Name>);

    /// Whether somebody is there who can be asked what to do.
    fn can_decide(&self) -> bool;

    /// Takes note of what happens in the talk.
    fn show(&mut self, notice: &Notice) -> impl Future<Output = ()>;

    /// Is asked for a line. It comes back by [`typed`](Self::typed).
    fn prompt(&mut self, prompt: Prompt, session: &Session) -> impl Future<Output = ()>;

    /// Waits for what is said. Dropping the future loses nothing.
    fn typed(&mut self) -> impl Future<Output = Typed>;

    /// Takes back a prompt that stands; what was said so far is kept for the next. Returns whether
    /// this process got an interrupt signal by it.
    fn set_aside(&mut self) -> impl Future<Output = bool>;

    /// Puts out what is to be seen by now.
    fn flush(&mut self);

    /// The last words.
    fn finish(&mut self) -> impl Future<Output = ()>;

    /// Takes note of who has connected.
    fn connected_by(&mut self, peer: PeerAddress) {
        self.line(&format!("Connected by {peer}"));
        self.line("Waiting for message...");
    }

    /// Takes note that a visitor is no partner.
    fn left_again(&mut self, visitor: PeerAddress, why: &impl Display) {
        self.line(&format!("{visitor} is gone again: {why}. Still listening."));
    }
}

/// What a speaker is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// What stands in the line already.
    pub draft: String,
    /// Whether others may see the line.
    pub echo: Echo,
}
