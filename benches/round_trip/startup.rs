//! The start and the size of the program.

use crate::figures::Spread;
use crate::program::Program;
use anyhow::Context as _;
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// Starts that are measured.
pub(crate) const STARTS: usize = 21;

/// Path of the program.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tictalk");

/// Times from the start of a server until it prints that it listens, in milliseconds. All but the
/// first start find a journal.
pub(crate) fn until_listening() -> anyhow::Result<Spread> {
    let folder = TempDir::new()?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let begun = Instant::now();
        let mut server = Program::start(
            Command::new(PROGRAM)
                .args(["server", "--port", "0"])
                .env("TICTALK_DATA", folder.path()),
        )?;
        server.hear()?.context("the server ended")?;
        times.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    Ok(Spread::of(times))
}

/// The size of the program in bytes.
pub(crate) fn program_size() -> anyhow::Result<u64> {
    let program = std::fs::metadata(PROGRAM).context("cannot find the program")?;
    Ok(program.len())
}
