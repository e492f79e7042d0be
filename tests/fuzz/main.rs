//! The pure core and the journal under inputs that no honest program makes.
//!
//! An input is a few bytes. A target reads them as choices, such as which frame comes next or which
//! column of the journal changes, so that most inputs reach past the first check. The runner makes
//! inputs at random and by changing those of the corpus. A target panics where something is not as
//! promised.
//!
//! `cargo test --test fuzz` replays the corpus and then tries as many inputs as take some ten seconds
//! together, the same ones each time. The long run takes its time from a variable, makes other inputs
//! each time, and adds to the corpus what shows something new:
//!
//! ```text
//! TICTALK_FUZZ_MINUTES=60 cargo test --release --test fuzz -- --nocapture
//! TICTALK_FUZZ_MINUTES=10 cargo test --release --test fuzz -- --nocapture hub
//! ```
//!
//! Either writes an input that fails into `tests/fuzz/corpus`, with `crash` in its name. It stays
//! there and is replayed from then on.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop there and say where"
)]
#![expect(clippy::print_stdout, reason = "a long run says what it has tried")]

mod control;
mod guest;
mod hub;
mod journal;
mod run;
mod session;
mod source;
mod wire;

use run::{Target, fuzz};

#[test]
fn wire() {
    fuzz(&Target {
        name: "wire",
        inputs: 30_000,
        longest: 400,
        try_input: wire::try_input,
    });
}

#[test]
fn control() {
    fuzz(&Target {
        name: "control",
        inputs: 40_000,
        longest: 300,
        try_input: control::try_input,
    });
}

#[test]
fn session() {
    fuzz(&Target {
        name: "session",
        inputs: 8_000,
        longest: 600,
        try_input: session::try_input,
    });
}

#[test]
fn hub() {
    fuzz(&Target {
        name: "hub",
        inputs: 200,
        longest: 1_500,
        try_input: hub::try_input,
    });
}

#[test]
fn guest() {
    fuzz(&Target {
        name: "guest",
        inputs: 12_000,
        longest: 600,
        try_input: guest::try_input,
    });
}

#[test]
fn journal() {
    fuzz(&Target {
        name: "journal",
        inputs: 80,
        longest: 100,
        try_input: journal::try_input,
    });
}
