//! The rules of the games, one file or folder per game. Each implements [`Game`].
//!
//! A game has two seats, checks moves given as words, and draws a [`Board`]. It knows no socket, no
//! terminal and no person. To add a game, write its file and add one line to [`GAMES`].
//!
//! # Secrets
//! A game in which a seat hides something from the other also implements [`Secrets`]. Neither side
//! trusts the other: a secret is sealed before it matters and opened afterwards ([`seal`]), and each
//! end checks what it receives. Some turns involve no choice, such as the answer to a guess; the
//! program takes them automatically ([`Next::Step`]). Words that an honest program cannot send are a
//! [`Lie`] and lose the game.

mod advice;
mod battleship;
mod board;
mod chance;
pub mod connect4;
mod entry;
mod game;
mod grid;
mod hangman;
mod offer;
mod outcome;
mod rps;
mod score;
pub mod seal;
mod seat;
mod secrets;
mod tictactoe;
mod toss;
mod wording;

pub use advice::{Advice, Forecast, Skill};
pub use battleship::Battleship;
pub use board::{Board, Glyphs, Span, disc_of};
pub use chance::Chance;
pub use connect4::Connect4;
pub use entry::{Entry, Options, Rules};
pub use game::{CloneGame, Game, Illegal, OTHER};
pub use grid::{Grid, GridRow, GridSquare, Mark, Square};
pub use hangman::{Hangman, WordSource};
pub use offer::Offer;
pub use outcome::{Lie, Next, Outcome};
pub use rps::Rps;
pub use score::Score;
pub use seal::GameId;
pub use seat::Seat;
pub use secrets::{Choice, CloneSecrets, Said, Secrets};
pub use tictactoe::TicTacToe;
pub use toss::Toss;
pub use wording::{addressed, capital, sentence};

/// All games, in the order of `/games`.
pub const GAMES: &[Entry] = &[
    tictactoe::ENTRY,
    rps::ENTRY,
    hangman::ENTRY,
    connect4::ENTRY,
    battleship::ENTRY,
];

/// The game of this name. Case, spaces and hyphens are ignored.
#[must_use]
pub fn find(words: &str) -> Option<&'static Entry> {
    let name = condensed(words);
    GAMES.iter().find(|entry| entry.name == name)
}

/// The game that a person calls `words`, by its name or an alias. Case, spaces and hyphens are
/// ignored.
#[must_use]
pub fn find_called(words: &str) -> Option<&'static Entry> {
    let name = condensed(words);
    let is_alias = |entry: &&Entry| entry.aliases.iter().any(|alias| condensed(alias) == name);
    find(words).or_else(|| GAMES.iter().find(is_alias))
}

/// `words` in lower case without spaces and hyphens.
fn condensed(words: &str) -> String {
    words
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect()
}
