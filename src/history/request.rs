//! Requests to the history.

use super::id::Id;
use std::num::NonZeroU64;

/// A request to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// List all sessions, remembered partners and rooms.
    List,
    /// Print a session or a room for reading.
    Show(Id),
    /// Find the turns and posts in which each of these is the beginning of a word.
    Search(Vec<String>),
    /// Print a session or a room for use elsewhere; with a number, only so many turns at its end.
    Export(Id, Format, Option<NonZeroU64>),
    /// Delete a session or a room.
    Delete(Id),
    /// Forget the partner of this name.
    Forget(String),
    /// Check a session against its digests.
    Verify(Id),
}

/// The format of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Lines for reading.
    Text,
    /// One JSON object with everything that is known.
    Json,
    /// Markdown, with the text of each turn verbatim.
    Markdown,
    /// A page that shows the terminal of this end, or the posts of a room.
    Html,
    /// A picture of the terminal of this end.
    Svg,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 5] = [
        Self::Text,
        Self::Json,
        Self::Markdown,
        Self::Html,
        Self::Svg,
    ];

    /// The name of the format on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
            Self::Svg => "svg",
        }
    }
}
