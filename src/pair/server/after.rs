//! What a server does after a session.

/// A server's next step after a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AfterSession {
    /// End the program.
    End,
    /// Wait for the next partner.
    Listen,
}
