//! Seeds, tickets and nonces from the random number generator of the system.

use crate::games::Chance;
use crate::wire::{HostSecret, Nonce, Ticket};
use std::io;

/// A source of chance with a random seed, for the secrets of a session or a computer partner.
///
/// # Errors
/// If the generator fails.
pub fn new_chance() -> io::Result<Chance> {
    random().map(Chance::new)
}

/// A random ticket.
///
/// # Errors
/// If the generator fails.
pub fn new_ticket() -> io::Result<Ticket> {
    random().map(Ticket::new)
}

/// A random nonce, for one connection.
///
/// # Errors
/// If the generator fails.
pub fn new_nonce() -> io::Result<Nonce> {
    random().map(Nonce::new)
}

/// A random secret for the host's page.
///
/// # Errors
/// If the generator fails.
pub fn new_host_secret() -> io::Result<HostSecret> {
    random().map(HostSecret::new)
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
