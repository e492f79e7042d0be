//! Requests for a line of input, and their outcomes.

use super::paint::Ink;
use std::borrow::Cow;
use std::io;

/// The prompt, shown only while it is the person's turn. The assignment prescribes its text.
pub const PROMPT: &str = "Enter Input >";

/// The prompt for a line that is hidden while it is typed.
const HIDDEN_PROMPT: &str = "Enter Input (hidden) >";

/// A request for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// The text before the line.
    pub label: Label,
    /// The initial text of the line, where the console can edit it.
    pub draft: String,
    /// Completions for Tab and for hints.
    pub words: Vec<String>,
    /// How the line is echoed.
    pub echo: Echo,
}

/// The text before a line of input, and its colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// One row of text without control characters.
    pub text: Cow<'static, str>,
    /// Its colour.
    pub ink: Ink,
}

impl Label {
    /// The usual prompt for a line with this echo.
    #[must_use]
    pub fn of(echo: Echo) -> Self {
        let text = match echo {
            Echo::Shown | Echo::OnScreen | Echo::Once => PROMPT,
            Echo::Hidden => HIDDEN_PROMPT,
        };
        Self {
            text: Cow::Borrowed(text),
            ink: Ink::Prompt,
        }
    }
}

/// How typed text is echoed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// As it is typed.
    Shown,
    /// As asterisks on a terminal, not at all elsewhere.
    Hidden,
    /// As it is typed on a terminal. Elsewhere neither prompt nor line is printed, since other
    /// output may come in between.
    OnScreen,
    /// As `OnScreen`, and the arrow keys do not recall the line: an answer is no message.
    Once,
}

impl Echo {
    /// Whether neither prompt nor line is printed where there is no line editor.
    pub(super) fn is_for_screens(self) -> bool {
        match self {
            Self::OnScreen | Self::Once => true,
            Self::Shown | Self::Hidden => false,
        }
    }

    /// Whether the arrow keys recall the line.
    pub(super) fn is_recalled(self) -> bool {
        match self {
            Self::Shown | Self::OnScreen => true,
            Self::Hidden | Self::Once => false,
        }
    }
}

/// The outcome of a prompt, or an event without one.
#[derive(Debug)]
pub enum Typed {
    /// A line, or several pasted as one, without the last line ending.
    Line(String),
    /// A line of this many bytes, too long to be kept. On a terminal, its start becomes the draft
    /// of the next prompt.
    Overlong(usize),
    /// The end of the input: Ctrl-D, or the end of a pipe or file.
    End,
    /// Ctrl-C at the prompt.
    Interrupt,
    /// The reader of the output has gone.
    Gone,
    /// The console has failed.
    Failed(ConsoleError),
}

/// Why a console has failed.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// The input cannot be read.
    #[error("cannot read the input: {0}")]
    Input(io::Error),
    /// The output cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
}
