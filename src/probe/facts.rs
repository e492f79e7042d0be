//! What the examination learns about a program.

use super::dial::Reached;
use super::stream::seconds;
use super::verdict::{Excerpt, Finding};
use std::time::Duration;

/// Which kind of program is examined.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Examined {
    /// A server: the probe connects and speaks first.
    Server,
    /// A client: the probe listens, and the client speaks first.
    Client,
}

/// Why a case ends early.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Stop {
    /// It does not apply, or could not be tried.
    NotApplicable(String),
    /// The program did something that decides the case.
    Found(Finding),
}

impl From<Stop> for Finding {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::NotApplicable(why) => Self::not_applicable(why),
            Stop::Found(finding) => finding,
        }
    }
}

/// How the answers of a program without a framing end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Endings {
    /// None has come.
    #[default]
    Unknown,
    /// Each one in a newline.
    Newlines,
    /// Some of them without a newline.
    Mixed,
}

/// What the examination has learned about the program.
#[derive(Debug, Default, Clone)]
pub(super) struct Facts {
    /// How many connections it has served: it answered, or spoke first.
    pub(super) served: usize,
    /// Whether a server speaks before its client.
    pub(super) has_banner: bool,
    /// Whether a client waits for the server to speak.
    pub(super) waits_for_banner: bool,
    /// A usual answer, to recognize the same one twice.
    pub(super) usual: Option<String>,
    /// Whether it can be reached.
    pub(super) reached: Reached,
    /// The case whose fault may have ended the program, until it is seen to run.
    pub(super) suspect: Option<&'static str>,
    /// Whether a person has named the framing.
    pub(super) is_named: bool,
    /// The first answer whose framing is not known.
    pub(super) unrecognized: Option<Excerpt>,
    /// Whether the program has ended a connection in place of a first answer.
    pub(super) hangs_up: bool,
    /// The finding about a program that keeps no connection open.
    pub(super) unkept: Option<Finding>,
    /// Whether the program sends back what it receives.
    pub(super) is_echo: bool,
    /// Whether it has failed to send one answer to one message.
    pub(super) has_failed_to_answer: bool,
    /// How its answers end.
    pub(super) endings: Endings,
    /// Whether the program knows `/q`.
    pub(super) knows_quit: Option<bool>,
    /// Whether the program plays tictactoe.
    pub(super) plays: Option<bool>,
}

/// The sentence for a program that has not answered.
pub(super) fn unanswered(patience: Duration, examined: Examined) -> String {
    let name = match examined {
        Examined::Server => "server.py",
        Examined::Client => "client.py",
    };
    format!(
        "your program did not answer within {}: type a line when it prompts for one, or run it as \
         `yes hello | python3 {name}`",
        seconds(patience)
    )
}
