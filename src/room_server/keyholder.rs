//! Key exchanges with the clients of a private room.

use super::dispatch::Dispatch;
use crate::net::key_exchange::{ChosenSecret, Guess, LineSecrets};
use crate::wire::{PrivateRefusal, ServerOpening};
use crate::words::Code;
use std::future::poll_fn;
use std::net::IpAddr;
use std::pin::pin;
use std::time::Duration;
use tokio::time::Instant;

/// A peer that wants a private line. Its address pays for the time that the exchange takes.
pub(super) struct Keyholder<'a> {
    dispatch: &'a Dispatch,
    from: IpAddr,
}

impl<'a> Keyholder<'a> {
    pub(super) fn new(dispatch: &'a Dispatch, from: IpAddr) -> Self {
        Self { dispatch, from }
    }

    /// Charges the address for the time in which `work` runs, not for that in which it waits. Where
    /// `work` is dropped before it ends, it is charged too.
    pub(super) async fn charged<T>(&self, work: impl Future<Output = T>) -> T {
        struct Meter<'m> {
            by: &'m Keyholder<'m>,
            time: Duration,
        }
        impl Drop for Meter<'_> {
            fn drop(&mut self) {
                self.by.dispatch.took_exchange(self.by.from, self.time);
            }
        }
        let mut work = pin!(work);
        let mut meter = Meter {
            by: self,
            time: Duration::ZERO,
        };
        let time = &mut meter.time;
        poll_fn(|context| {
            let began = Instant::now();
            let polled = work.as_mut().poll(context);
            *time += began.elapsed();
            polled
        })
        .await
    }
}

impl LineSecrets for Keyholder<'_> {
    fn choose(&self, opening: &ServerOpening) -> Result<ChosenSecret, PrivateRefusal> {
        self.dispatch.with_private(|room, now| match room {
            Some(room) => room.choose(now, self.from, opening),
            None => Err(PrivateRefusal::NotPrivate),
        })
    }

    fn admits(&self, _: &Code) -> Result<(), PrivateRefusal> {
        self.dispatch.with_private(|room, now| match room {
            Some(room) => room.admits(now, self.from),
            None => Err(PrivateRefusal::NotPrivate),
        })
    }

    fn guessed(&self, _: &Code, guess: Guess) {
        self.dispatch.with_private(|room, now| {
            if let Some(room) = room {
                room.guessed(now, self.from, guess);
            }
        });
        self.dispatch.report_guesses();
    }
}
