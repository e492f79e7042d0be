//! The pure core: its rules played out to the end, and its promises tried with inputs that nobody
//! would think of.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop there and say where"
)]

mod architecture;
mod battleship;
mod bot;
mod comments;
mod connect4;
mod counted;
mod crashes;
mod hangman;
mod hidden;
mod house;
mod levels;
mod nim;
mod playback;
mod private;
mod protocol;
mod resume;
mod room;
mod scene;
mod session;
mod sights;
mod tictactoe;
mod toss;
mod tournament;
mod wire;
