//! The speaker at one end of a session: a person at a console, or a program.

use crate::net::PeerAddress;
use crate::session::{Notice, RECALLED, Session, Wait};
use crate::terminal::{Echo, Typed};
use crate::wire::{Abilities, Name, Sees};
use std::fmt::Display;
use tokio::time::Instant;

/// The speaker at one end of a session.
pub trait Speaker {
    /// Shows a line of the program itself.
    fn line(&mut self, text: &str);

    /// Shows a line that only a person needs.
    fn hint(&mut self, text: &str);

    /// Shows a problem. A prompt follows.
    fn warn(&mut self, text: &str);

    /// A new session starts, with a partner of this name.
    fn introduce(&mut self, name: Option<Name>);

    /// What the partner's program is told about this end.
    fn abilities(&self) -> Abilities {
        Abilities::OURS
    }

    /// The data that this client requests from a room.
    fn sees(&self) -> Sees {
        Sees::default()
    }

    /// The number of messages to show again when a session resumes.
    fn recalls(&self) -> usize {
        RECALLED
    }

    /// Whether a person can be asked what to do.
    fn can_decide(&self) -> bool;

    /// Whether a person at a terminal can be asked before there is a session.
    fn can_ask(&self) -> bool {
        false
    }

    /// Shows what happens in the session.
    fn show(&mut self, notice: &Notice) -> impl Future<Output = ()>;

    /// Shows something without withdrawing the prompt, if there is one.
    fn interject(&mut self, notice: &Notice, session: &Session) -> impl Future<Output = ()>;

    /// Asks the person a question outside a session; [`typed`](Self::typed) returns the answer. Tab
    /// completes these `words`.
    fn ask(&mut self, question: &str, words: &[&str]) -> impl Future<Output = ()>;

    /// Asks for a line, which [`typed`](Self::typed) returns.
    fn prompt(&mut self, prompt: Prompt, session: &Session) -> impl Future<Output = ()>;

    /// Observes the session after a change. `deadline` is set while the connection is lost.
    fn observe(&mut self, session: &Session, deadline: Option<Instant>) {
        let _ = (session, deadline);
    }

    /// Lets a person type while it is not their turn. Called after everything else that is shown.
    fn wait(&mut self, wait: Wait, session: &Session);

    /// Keeps a line that was entered ahead as the draft of the next prompt.
    fn keep(&mut self, line: String);

    /// Whether [`wait`](Self::wait) shows what the person waits for.
    fn shows_waits(&self) -> bool;

    /// Waits for the next line. Cancel safe.
    fn entered(&mut self) -> impl Future<Output = SpeakerInput>;

    /// Waits for the next line, wherever it is entered. Cancel safe.
    fn typed(&mut self) -> impl Future<Output = Typed> {
        async { self.entered().await.typed }
    }

    /// Withdraws the prompt and keeps the draft for the next one. Returns whether that sent an
    /// interrupt signal to this process.
    fn set_aside(&mut self) -> impl Future<Output = bool>;

    /// Writes everything shown so far.
    fn flush(&mut self);

    /// Ends the output of a session.
    fn finish(&mut self) -> impl Future<Output = ()>;

    /// Shows that a visitor has connected.
    fn connected_by(&mut self, peer: PeerAddress) {
        self.line(&format!("Connected by {peer}"));
        self.line("Waiting for message...");
    }

    /// Shows that a visitor left without a session.
    fn disconnected(&mut self, visitor: PeerAddress, why: &impl Display) {
        self.line(&format!("{visitor} disconnected: {why}. Still listening."));
    }
}

/// Something that a person typed.
#[derive(Debug)]
pub struct SpeakerInput {
    /// What was typed.
    pub typed: Typed,
    /// Where it was typed.
    pub place: TypedAt,
}

/// Where a person types.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TypedAt {
    /// At a prompt, on their turn.
    Prompt,
    /// Ahead of their turn.
    Ahead,
}

/// A request for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The text that the line starts with.
    pub draft: String,
    /// Whether the line is shown while it is typed.
    pub echo: Echo,
}
