//! How soon and how large the program is.

use crate::figures::Spread;
use crate::program::Program;
use anyhow::Context as _;
use std::process::Command;
use std::time::Instant;
use tempfile::TempDir;

/// How often the program is started.
pub(crate) const STARTS: usize = 21;

/// The program that is measured.
const PROGRAM: &str = env!("CARGO_BIN_EXE_tictalk");

/// The time from a server's start until it says that it listens, in milliseconds. All but the first
/// find a journal that is there already.
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
    Spread::of(times)
}

/// The size of the program in bytes.
pub(crate) fn program_size() -> anyhow::Result<u64> {
    let program = std::fs::metadata(PROGRAM).context("cannot find the program")?;
    Ok(program.len())
}
