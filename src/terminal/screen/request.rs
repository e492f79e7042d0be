//! The messages between the console and the thread of its terminal.

use crate::terminal::ask::{Ask, Typed};

/// A request to the thread.
#[derive(Debug)]
pub(super) enum EditRequest {
    /// Show the prompt and answer with its outcome. The draft is the text before the cursor, and the
    /// second text is the one after it.
    Prompt(Ask, String),
    /// Answer with the text that was typed ahead.
    Surrender,
}

/// The outcome of a request.
#[derive(Debug)]
pub(super) enum Edited {
    /// The person has finished the line.
    Typed(Typed),
    /// The edit was cancelled, with this text in the line before and after the cursor.
    Withdrawn(String, String),
    /// The line became too long to be edited: its size in bytes, and its start up to the limit,
    /// which counts as typed ahead. The start of a hidden line is empty.
    #[cfg(unix)]
    Overlong(usize, String),
    /// An event without a prompt. A prompt requested since then is still pending.
    #[cfg(unix)]
    Ahead(Typed),
}
