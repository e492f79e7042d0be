//! Seeds, tickets and nonces from the random number generator of the system.

use crate::games::Chance;
use crate::wire::{CryptoRng, HostSecret, LineKey, Nonce, Ticket};
use crate::words::Code;
use getrandom::SysRng;
use getrandom::rand_core::UnwrapErr;
use std::io;

/// A source of chance with a random seed, for the secrets of a session or a computer partner.
///
/// # Errors
/// If the generator fails.
pub fn new_chance() -> io::Result<Chance> {
    random().map(Chance::new)
}

/// A random number for a cluster, or for a message of it.
///
/// # Errors
/// If the generator fails.
#[cfg(feature = "cluster")]
pub fn new_cluster_key() -> io::Result<[u8; 16]> {
    random()
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

/// A random code of a private line.
///
/// # Errors
/// If the generator fails.
pub fn new_code() -> io::Result<Code> {
    random().map(|bytes| Code::new(&bytes))
}

/// A random key of a private line.
///
/// # Errors
/// If the generator fails.
pub fn new_line_key() -> io::Result<LineKey> {
    random().map(LineKey::new)
}

/// The generator itself. Once it has delivered, it does not fail: Linux says so in `getrandom(2)` for
/// requests as short as ours, and the other systems have no way to fail.
///
/// # Errors
/// If the generator fails.
pub(super) fn system_random() -> io::Result<impl CryptoRng> {
    random::<32>()?;
    Ok(UnwrapErr(SysRng))
}

fn random<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}
