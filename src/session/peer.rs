//! The capabilities of the program at the other end.

use crate::wire::{Dialect, MAX_TEXT};

/// The program at the other end, by its capabilities. This is the only place in the session that
/// looks at a [`Dialect`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// tictalk. It draws boards, checks seals, refuses illegal turns itself and sends receipts.
    Tictalk,
    /// Any other program, or a person with `nc`.
    Foreign {
        /// How many messages a server of this kind may send before the client's first turn.
        banners: usize,
        /// A stand-in for an empty message, if this kind of peer can send one.
        empty_message: Option<&'static str>,
        /// How it gets boards.
        boards: BoardsTo,
        /// The longest message that its dialect can carry, in bytes.
        longest: usize,
        /// How many bytes many programs of this kind read at once, if a longer message falls apart.
        reads: Option<usize>,
    },
}

/// How another program gets the boards of games.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardsTo {
    /// Drawn, in the text of a message.
    Text,
    /// In words, on the one line of a message.
    Line,
    /// As data, which is the shell's task.
    Page,
}

/// A server may greet with a banner before the client has spoken. Up to this many messages are
/// shown at once; later ones wait like everything that is sent too early.
const BANNERS: usize = 16;

/// How many bytes many programs of a few lines read at once: `recv(1024)`.
const USUAL_READ: usize = 1_024;

/// An empty message of a program that waits for an answer to it.
const EMPTY_LINE: &str = "(an empty line)";

impl Peer {
    /// Whether the peer is the page in a browser.
    #[must_use]
    pub fn is_page(self) -> bool {
        match self {
            Self::Tictalk => false,
            Self::Foreign { boards, .. } => boards == BoardsTo::Page,
        }
    }

    /// Whether the peer answers pings.
    #[must_use]
    pub fn answers_pings(self) -> bool {
        !self.is_foreign() || self.is_page()
    }

    /// The longest message that it can be sent, in bytes.
    #[must_use]
    pub fn longest(self) -> usize {
        match self {
            Self::Tictalk => MAX_TEXT,
            Self::Foreign { longest, .. } => longest,
        }
    }

    /// How many bytes many programs of its kind read at once; `None` if a message cannot fall apart.
    #[must_use]
    pub fn reads(self) -> Option<usize> {
        match self {
            Self::Tictalk => None,
            Self::Foreign { reads, .. } => reads,
        }
    }

    /// Whether the peer reads one line as one message.
    #[must_use]
    pub fn reads_lines(self) -> bool {
        match self {
            Self::Tictalk => false,
            Self::Foreign { boards, .. } => boards == BoardsTo::Line,
        }
    }

    /// Whether nobody can tell if the peer waits for a message, because its program sends no control
    /// messages.
    #[must_use]
    pub fn may_wait_too(self) -> bool {
        self.is_foreign() && !self.is_page()
    }

    /// Whether the peer is another program than tictalk.
    #[must_use]
    pub fn is_foreign(self) -> bool {
        matches!(self, Self::Foreign { .. })
    }
}

impl From<Dialect> for Peer {
    fn from(dialect: Dialect) -> Self {
        match dialect {
            Dialect::Tictalk => Self::Tictalk,
            Dialect::Framed => Self::Foreign {
                banners: 0,
                empty_message: Some(EMPTY_LINE),
                boards: BoardsTo::Text,
                longest: dialect.longest(),
                reads: None,
            },
            Dialect::Counted(_) => Self::Foreign {
                banners: BANNERS,
                empty_message: Some(EMPTY_LINE),
                boards: BoardsTo::Text,
                longest: dialect.longest(),
                reads: None,
            },
            Dialect::Lines => Self::Foreign {
                banners: BANNERS,
                empty_message: Some(EMPTY_LINE),
                boards: BoardsTo::Line,
                longest: dialect.longest(),
                reads: None,
            },
            Dialect::Web => Self::Foreign {
                banners: 0,
                empty_message: None,
                boards: BoardsTo::Page,
                longest: dialect.longest(),
                reads: None,
            },
            Dialect::Raw => Self::Foreign {
                banners: BANNERS,
                empty_message: None,
                boards: BoardsTo::Text,
                longest: dialect.longest(),
                reads: Some(USUAL_READ),
            },
        }
    }
}
