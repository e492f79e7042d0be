//! Seeds, tickets and nonces from the random generator of the system.

use crate::games::Chance;
use crate::wire::{Nonce, Ticket};
use std::io;

/// What the secrets of one session, or the choices of a computer partner, come from: a seed of the
/// system's generator.
///
/// # Errors
/// When the system has none.
pub fn new_chance() -> io::Result<Chance> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(io::Error::other)?;
    Ok(Chance::new(seed))
}

/// A ticket that nobody can guess.
///
/// # Errors
/// When the system has no random bits.
pub fn new_ticket() -> io::Result<Ticket> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(Ticket::new(bytes))
}

/// A nonce for one connection.
///
/// # Errors
/// When the system has no random bits.
pub fn new_nonce() -> io::Result<Nonce> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(Nonce::new(bytes))
}
