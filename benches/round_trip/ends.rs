//! Two ends of a connection, each a process of this program.

use crate::bare;
use crate::pair::{self, Cover, Memory};
use crate::program::{Program, succeeded};
use anyhow::{Context as _, bail};
use std::env;
use std::process::Command;

/// First argument of a process that is one end of a connection.
pub(crate) const END: &str = "end";

/// The median round trip of one round, in microseconds, between two ends of the same `kind`.
pub(crate) fn between_two_ends(kind: &str, size: usize) -> anyhow::Result<f64> {
    let this = env::current_exe()?;
    let size = size.to_string();
    let start = |role: &str, port: &str| {
        Program::start(Command::new(&this).args([END, kind, role, size.as_str(), port]))
    };
    let mut server = start("server", "0")?;
    let port = server.hear()?.context("the server's end ended")?;
    let mut client = start("client", &port)?;
    let median = client.hear()?.context("the client's end ended")?;
    succeeded(client.wait()?)?;
    succeeded(server.wait()?)?;
    Ok(median.parse()?)
}

/// Runs one end of a connection. A server prints its port; a client prints the median round trip in
/// microseconds.
pub(crate) fn run(arguments: &[&str]) -> anyhow::Result<()> {
    let [kind, role, size, port] = arguments else {
        bail!("an end takes a kind, a role, a size and a port");
    };
    let text = "x".repeat(size.parse()?);
    match (*kind, *role) {
        ("bare", "server") => bare::server(&text),
        ("bare", "client") => bare::client(&text, port.parse()?),
        ("pair", "server") => pair::server(&text, Memory::None, Cover::Plain),
        ("pair", "client") => pair::client(&text, port.parse()?, Memory::None, Cover::Plain),
        ("private", "server") => pair::server(&text, Memory::None, Cover::Private),
        ("private", "client") => pair::client(&text, port.parse()?, Memory::None, Cover::Private),
        ("journal", "server") => pair::server(&text, Memory::Journal, Cover::Plain),
        ("journal", "client") => pair::client(&text, port.parse()?, Memory::Journal, Cover::Plain),
        _ => bail!("there is no {kind} {role}"),
    }
}
