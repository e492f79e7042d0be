//! The program from outside: real processes, real sockets, a real pseudo-terminal.
//!
//! Every wait is for an event, with a limit that only a broken program reaches.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop there and say where"
)]

mod support;

mod aliases;
#[cfg(unix)]
mod apart;
#[cfg(unix)]
mod boards;
mod cheats;
#[cfg(unix)]
mod comeback;
mod command_line;
#[cfg(unix)]
mod comments;
mod config;
mod contributing;
mod dialects;
mod docs;
mod examples;
mod foreign;
mod foreign_text;
mod games;
mod history;
mod impostor;
mod journal;
#[cfg(unix)]
mod journal_files;
mod journal_shared;
#[cfg(unix)]
mod leaving;
mod log;
mod misfortune;
mod options;
mod others;
#[cfg(unix)]
mod page;
#[cfg(unix)]
mod panes;
#[cfg(unix)]
mod pictures;
mod player;
mod private;
mod probe;
mod protocol;
mod room;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod solo;
mod strangers;
mod survival;
mod tictactoe;
#[cfg(unix)]
mod tournament;
mod transcript;
#[cfg(unix)]
mod typed_bytes;
#[cfg(unix)]
mod waiting;
mod web;
