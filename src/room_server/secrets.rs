//! The secrets of a private room, and who may guess them.

use crate::journal::RoomSecrets;
use crate::net::key_exchange::{ChosenSecret, Guess};
use crate::net::{new_code, new_line_key};
use crate::room::{Guesses, RoomNotice};
use crate::wire::{LineKey, PrivateRefusal, ServerOpening};
use std::io;
use std::net::IpAddr;
use std::time::Duration;

/// A private room: its code for newcomers, its key for members who return, and the wrong codes.
#[derive(Debug)]
pub(super) struct PrivateRoom {
    secrets: RoomSecrets,
    guesses: Guesses,
}

impl PrivateRoom {
    pub(super) fn new(secrets: RoomSecrets) -> Self {
        Self {
            secrets,
            guesses: Guesses::default(),
        }
    }

    pub(super) fn key(&self) -> &LineKey {
        &self.secrets.key
    }

    /// What the host is told about wrong codes.
    pub(super) fn report(&mut self, now: Duration) -> Option<RoomNotice> {
        self.guesses.report(now)
    }

    pub(super) fn choose(
        &self,
        now: Duration,
        from: IpAddr,
        opening: &ServerOpening,
    ) -> Result<ChosenSecret, PrivateRefusal> {
        if let Some((choice, key)) = opening.find([&self.secrets.key]) {
            return Ok(ChosenSecret::Key(choice, key.clone()));
        }
        self.admits(now, from)?;
        Ok(ChosenSecret::Code(self.secrets.code.clone()))
    }

    pub(super) fn admits(&self, now: Duration, from: IpAddr) -> Result<(), PrivateRefusal> {
        let admitted = self.guesses.admit(now, from);
        admitted.map_err(|wait| PrivateRefusal::Later(in_seconds(wait)))
    }

    pub(super) fn guessed(&mut self, now: Duration, from: IpAddr, guess: Guess) {
        match guess {
            Guess::Right => self.guesses.right(from),
            Guess::Wrong => self.guesses.wrong(now, from),
        }
    }
}

/// Draws the secrets of a new private room.
///
/// # Errors
/// If the system has no random numbers.
pub(super) fn draw() -> io::Result<RoomSecrets> {
    Ok(RoomSecrets {
        key: new_line_key()?,
        code: new_code()?,
    })
}

/// A wait in whole seconds, at least one.
fn in_seconds(wait: Duration) -> u16 {
    let seconds = wait.as_millis().div_ceil(1_000).max(1);
    u16::try_from(seconds).unwrap_or(u16::MAX)
}
