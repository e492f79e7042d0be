//! How a person chooses a name for a room.

use super::error::PairError;
use super::speaker::Speaker;
use crate::net::{Exit, Signal, Signals};
use crate::terminal::Typed;
use crate::wire::{Name, QUIT};

/// The variables that hold the login name, on Unix and on Windows.
const LOGIN: [&str; 3] = ["USER", "LOGNAME", "USERNAME"];

/// Asks a person for a name, and again if the room refuses it.
#[derive(Debug)]
pub(super) struct NameQuestion {
    /// The name for an empty answer.
    suggestion: Option<Name>,
    /// Whether the next refusal is about a name that the person has chosen.
    has_name: bool,
}

impl NameQuestion {
    /// The question of a client that was started with or without a name.
    pub(super) fn new(has_name: bool) -> Self {
        Self {
            suggestion: login().filter(|_| !has_name),
            has_name,
        }
    }

    /// Asks for a name, since the room has refused the last one, or its lack, with the words `why`.
    ///
    /// # Errors
    /// If the person leaves instead, or the console fails.
    pub(super) async fn ask<S: Speaker>(
        &mut self,
        why: &str,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Name, Result<Exit, PairError>> {
        if std::mem::replace(&mut self.has_name, true) {
            speaker.warn(why);
        }
        loop {
            let question = match &self.suggestion {
                Some(name) => format!("Your name in this room [{name}]:"),
                None => "Your name in this room:".to_owned(),
            };
            speaker.ask(&question, &[]).await;
            let typed = tokio::select! {
                biased;
                signal = signals.next() => return Err(Ok(Exit::Signalled(signal))),
                typed = speaker.typed() => typed,
            };
            let line = match typed {
                Typed::Line(line) => line,
                // Longer than any name, which the room would say as well.
                Typed::Overlong(_) => continue,
                Typed::Interrupt => return Err(Ok(Exit::Signalled(Signal::Interrupt))),
                Typed::End | Typed::Gone => return Err(Ok(Exit::Goodbye)),
                Typed::Failed(error) => return Err(Err(error.into())),
            };
            let suggestion = self.suggestion.take();
            if line.trim().is_empty() {
                match suggestion {
                    Some(name) => return Ok(name),
                    None => continue,
                }
            }
            if line.trim().eq_ignore_ascii_case(QUIT) {
                return Err(Ok(Exit::Goodbye));
            }
            match line.parse() {
                Ok(name) => return Ok(name),
                Err(error) => speaker.warn(&format!("That can't be your name: {error}.")),
            }
        }
    }
}

/// The login name of the person at this machine, if it can be a name.
fn login() -> Option<Name> {
    let mut names = LOGIN.iter().filter_map(|name| std::env::var(name).ok());
    names.find_map(|name| name.parse().ok())
}
