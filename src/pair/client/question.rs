//! Asks the person whether to resume an unfinished session.

use crate::net::{Exit, Signal, Signals};
use crate::pair::error::PairError;
use crate::pair::speaker::Speaker;
use crate::terminal::Typed;

/// What the person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ResumeQuestion {
    /// The server has the session, and nobody is connected to it.
    Resume,
    /// The session is in progress over another connection.
    TakeOver,
}

/// The person's answer.
#[derive(Debug)]
pub(super) enum ResumeAnswer {
    Yes,
    No,
    /// The person left instead, or the console failed.
    Ended(Result<Exit, PairError>),
}

impl ResumeQuestion {
    /// The words, with the name of the partner.
    fn words(self, partner: &str) -> String {
        match self {
            Self::Resume => format!("Resume your session with {partner}? [Y/n]"),
            Self::TakeOver => format!(
                "Your session with {partner} is still connected, perhaps in another window.\n\
                 Resume it here? [y/N]"
            ),
        }
    }

    /// The meaning of a line; `None` if it has none.
    fn answered(self, line: &str) -> Option<ResumeAnswer> {
        match (line.trim().to_lowercase().as_str(), self) {
            ("y" | "yes", _) | ("", Self::Resume) => Some(ResumeAnswer::Yes),
            ("n" | "no", _) | ("", Self::TakeOver) => Some(ResumeAnswer::No),
            _ => None,
        }
    }

    /// Asks until there is an answer.
    pub(super) async fn ask<S: Speaker>(
        self,
        partner: &str,
        speaker: &mut S,
        signals: &mut Signals,
    ) -> ResumeAnswer {
        speaker.ask(&self.words(partner), &[]).await;
        loop {
            let typed = tokio::select! {
                biased;
                signal = signals.next() => return ResumeAnswer::Ended(Ok(Exit::Signalled(signal))),
                typed = speaker.typed() => typed,
            };
            let line = match typed {
                Typed::Line(line) => line,
                Typed::Overlong(_) => String::from("?"),
                Typed::End | Typed::Gone => return ResumeAnswer::Ended(Ok(Exit::Goodbye)),
                Typed::Interrupt => {
                    return ResumeAnswer::Ended(Ok(Exit::Signalled(Signal::Interrupt)));
                }
                Typed::Failed(error) => return ResumeAnswer::Ended(Err(error.into())),
            };
            match self.answered(&line) {
                Some(answer) => return answer,
                None => speaker.ask("Type y or n:", &[]).await,
            }
        }
    }
}
