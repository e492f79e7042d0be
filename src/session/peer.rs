//! The capabilities of the program at the other end.

use crate::wire::Dialect;

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
    },
}

/// How another program gets the boards of games.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardsTo {
    /// Drawn, in the text of a message.
    Text,
    /// As data, which is the shell's task.
    Page,
}

/// A raw server may greet with a banner before the client has spoken. Up to this many messages are
/// shown at once; later ones wait like everything that is sent too early.
const BANNERS: usize = 16;

/// An empty message of a framed program, which waits for an answer to it.
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
            },
            Dialect::Web => Self::Foreign {
                banners: 0,
                empty_message: None,
                boards: BoardsTo::Page,
            },
            Dialect::Raw => Self::Foreign {
                banners: BANNERS,
                empty_message: None,
                boards: BoardsTo::Text,
            },
        }
    }
}
