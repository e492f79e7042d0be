//! Requests for lines.

/// A request for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The text before the line, with escape sequences for colours.
    pub label: String,
    /// How an entered line begins in the talk, with escape sequences for colours.
    pub speaker: String,
    /// Whether the line is shown.
    pub line: LineEcho,
    /// What follows the line.
    pub kind: PromptKind,
}

/// How a line is shown while it is typed, and in the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEcho {
    /// As it is.
    Shown,
    /// As asterisks.
    Hidden,
}

/// What a prompt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A line of a session: the next prompt comes on the next turn.
    Turn,
    /// A line of a session while the other side has the turn. Nobody acknowledges it.
    Ahead,
    /// A line of a room: the next prompt follows at once.
    Standing,
    /// An answer to a question, which the arrow keys do not recall.
    Question,
}
