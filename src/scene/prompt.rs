//! Requests for lines.

/// A request for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinePrompt {
    /// The text before the line, with escape sequences for colours.
    pub label: String,
    /// The speaker shown before an entered line, with escape sequences for colours.
    pub speaker: String,
    /// Whether the line is shown.
    pub line: LineEcho,
    /// The kind of prompt.
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

/// The kind of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A line of a session: the next prompt comes on the next turn.
    Turn,
    /// A line of a session while the other side has the turn. Nobody acknowledges it.
    Ahead,
    /// A line of a room: the next prompt follows at once.
    Standing,
    /// A question. Its answer is not recalled by the arrow keys.
    Question,
}
