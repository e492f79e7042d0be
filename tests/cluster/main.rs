//! Rooms on several machines: simulated, and with real servers of NATS.
//!
//! Every wait is for an event, with a limit that only a broken program reaches.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should stop there and say where"
)]

mod docs;
mod engine;
mod luck;
mod machines;
mod replicas;
mod simulation;
mod support;
