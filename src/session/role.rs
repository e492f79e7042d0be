//! The two ends of a session, by their part in the connection and as seen from here.

/// An end of the connection. The client speaks first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The side that listens.
    Server,
    /// The side that connects.
    Client,
}

impl Role {
    /// The opposite role.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Server => Self::Client,
            Self::Client => Self::Server,
        }
    }

    /// The role as a word in a sentence.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Server => "server",
            Self::Client => "client",
        }
    }
}

/// One of the two people, as seen from this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The person at this program.
    Me,
    /// The person, or the program, at the other end.
    Partner,
}

impl Side {
    /// The opposite side.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Me => Self::Partner,
            Self::Partner => Self::Me,
        }
    }
}
