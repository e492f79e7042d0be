//! How a person enters the code of a private line.

use super::error::PairError;
use super::handshake::HandshakeError;
use super::speaker::Speaker;
use crate::net::{Exit, Signal, Signals};
use crate::terminal::Typed;
use crate::wire::QUIT;
use crate::words::{Code, words};

/// The question.
const QUESTION: &str = "Code (three words, Tab completes):";

/// Asks for the code, and again after a wrong one.
#[derive(Debug, Default)]
pub(super) struct CodeQuestion {
    /// The last code that was entered. It works only once.
    used: Option<Code>,
}

impl CodeQuestion {
    /// Asks a person for the code, or takes the first line of a pipe.
    ///
    /// # Errors
    /// If the person leaves instead, the console fails, or the input holds no code.
    pub(super) async fn ask<S: Speaker>(
        &mut self,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> Result<Code, Result<Exit, PairError>> {
        let is_person = speaker.can_ask();
        if !is_person && self.used.is_some() {
            return Err(Err(HandshakeError::NoCode.into()));
        }
        loop {
            speaker.ask(QUESTION, words()).await;
            let typed = tokio::select! {
                biased;
                signal = signals.next() => return Err(Ok(Exit::Signalled(signal))),
                typed = speaker.typed() => typed,
            };
            let line = match typed {
                Typed::Line(line) => line,
                Typed::Overlong(_) => String::new(),
                Typed::Interrupt => return Err(Ok(Exit::Signalled(Signal::Interrupt))),
                Typed::End | Typed::Gone if is_person => return Err(Ok(Exit::Goodbye)),
                Typed::End | Typed::Gone => return Err(Err(HandshakeError::NoCode.into())),
                Typed::Failed(error) => return Err(Err(error.into())),
            };
            if is_person && line.trim().eq_ignore_ascii_case(QUIT) {
                return Err(Ok(Exit::Goodbye));
            }
            match line.parse::<Code>() {
                Ok(code) if self.used.as_ref() == Some(&code) => {
                    speaker.warn("This code is burnt. Ask for the new one.");
                }
                Ok(code) => {
                    self.used = Some(code.clone());
                    return Ok(code);
                }
                Err(error) if is_person => speaker.warn(&format!("That is no code: {error}.")),
                Err(error) => return Err(Err(HandshakeError::NotACode(error).into())),
            }
        }
    }
}
