//! Requests to the history.

use super::id::Id;

/// A request to the journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// List all sessions and rooms.
    List,
    /// Print a session or a room for reading.
    Show(Id),
    /// Find the turns and posts in which each of these is the beginning of a word.
    Search(Vec<String>),
    /// Print a session or a room for use elsewhere.
    Export(Id, Format),
    /// Delete a session or a room.
    Delete(Id),
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
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 3] = [Self::Text, Self::Json, Self::Markdown];

    /// The name of the format on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
        }
    }
}
