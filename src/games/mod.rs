//! The rules of the games, one file a game, behind the [`Game`] trait.
//!
//! A game knows two seats, judges words, and shows a [`Board`]. It knows no socket, no terminal and
//! no person. To add one, write its file and add one line to [`GAMES`].
//!
//! # Secrets
//! A game in which a seat keeps something from the other one is also [`Secrets`]. Nobody has to be
//! trusted in it: a secret is sealed before it matters and opened afterwards ([`seal`]), and each
//! end checks what it is shown. Some turns are then nobody's choice, such as the answer to a guess:
//! the program takes them by itself ([`Next::Step`]). What cannot have come of an honest program is
//! a [`Lie`], and loses the game.

mod advice;
mod battleship;
mod board;
mod chance;
pub mod connect4;
mod entry;
mod game;
mod hangman;
mod outcome;
mod rps;
pub mod seal;
mod seat;
mod secrets;
mod tictactoe;
mod toss;
mod wording;

pub use advice::{Advice, Forecast, Skill};
pub use battleship::Battleship;
pub use board::{Board, Mark, Span, Square};
pub use chance::Chance;
pub use connect4::Connect4;
pub use entry::{Entry, Options, Rules};
pub use game::{CloneGame, Game, Illegal, OTHER};
pub use hangman::{Hangman, WordSource};
pub use outcome::{Lie, Next, Outcome};
pub use rps::Rps;
pub use seal::GameId;
pub use seat::Seat;
pub use secrets::{Choice, CloneSecrets, Said, Secrets};
pub use tictactoe::TicTacToe;
pub use toss::Toss;

/// Every game, in the order in which `/games` lists them.
pub const GAMES: &[Entry] = &[
    tictactoe::ENTRY,
    rps::ENTRY,
    hangman::ENTRY,
    connect4::ENTRY,
    battleship::ENTRY,
];

/// The game that a person means by `words`: letters count, case, spaces and hyphens do not.
#[must_use]
pub fn find(words: &str) -> Option<&'static Entry> {
    let name: String = words
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .flat_map(char::to_lowercase)
        .collect();
    GAMES.iter().find(|entry| entry.name == name)
}
