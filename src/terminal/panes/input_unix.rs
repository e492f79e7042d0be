//! Reads keys on Unix, in a thread of its own.

use super::decode::Decoder;
use super::shared::{SharedScene, until_failure};
use crate::terminal::ask::{ConsoleError, Typed};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::Signal;
use nix::unistd::read;
use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::thread::JoinHandle;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;
use tokio::task::AbortHandle;

/// The thread that reads keys, and the task that hears signals.
#[derive(Debug)]
pub(super) struct KeyReader {
    /// Closed to end the thread.
    open: Option<UnixStream>,
    thread: Option<JoinHandle<()>>,
    signals: AbortHandle,
}

impl KeyReader {
    /// Begins to read keys. Must be called within a runtime.
    ///
    /// # Errors
    /// If the thread cannot be started.
    pub(super) fn start(
        shared: &Arc<SharedScene>,
        typed: &mpsc::Sender<Typed>,
    ) -> io::Result<Self> {
        let (open, end) = UnixStream::pair()?;
        let (keys_shared, keys_typed) = (Arc::clone(shared), typed.clone());
        let thread = std::thread::Builder::new()
            .name("keys".to_owned())
            .spawn(move || {
                let read = || read_keys(&end, &keys_shared, &keys_typed);
                until_failure(&keys_typed, ConsoleError::Input, read);
            })?;
        let kind = |signal: Signal| SignalKind::from_raw(signal as i32);
        let mut resized = signal(kind(Signal::SIGWINCH))?;
        let mut continued = signal(kind(Signal::SIGCONT))?;
        let mut stopped = signal(kind(Signal::SIGTSTP))?;
        let signals_shared = Arc::clone(shared);
        let signals = tokio::spawn(async move {
            loop {
                tokio::select! {
                    _ = resized.recv() => drop(signals_shared.change()),
                    _ = continued.recv() => signals_shared.resume(),
                    _ = stopped.recv() => signals_shared.asked_to_stop(),
                }
            }
        });
        Ok(Self {
            open: Some(open),
            thread: Some(thread),
            signals: signals.abort_handle(),
        })
    }
}

impl Drop for KeyReader {
    fn drop(&mut self) {
        self.signals.abort();
        self.open = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Reads keys until the other end of `end` is closed.
fn read_keys(
    end: &UnixStream,
    shared: &SharedScene,
    typed: &mpsc::Sender<Typed>,
) -> io::Result<()> {
    let stdin = io::stdin();
    let mut decoder = Decoder::default();
    let mut bytes = [0; 4096];
    loop {
        let patience = match decoder.patience() {
            Some(millis) => PollTimeout::from(millis),
            None => PollTimeout::NONE,
        };
        let mut watched = [
            PollFd::new(end.as_fd(), PollFlags::POLLIN),
            PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut watched, patience) {
            Ok(0) => {
                shared.press(decoder.end(), typed);
                continue;
            }
            Ok(_) => {}
            Err(nix::Error::EINTR) => continue,
            Err(error) => return Err(error.into()),
        }
        let [has_ended, has_keys] = watched.map(|fd| fd.any().unwrap_or(false));
        if has_ended {
            return Ok(());
        }
        if has_keys {
            match read(stdin.as_fd(), &mut bytes) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(length) => {
                    let keys = decoder.push(bytes.get(..length).unwrap_or_default());
                    shared.press(keys, typed);
                }
                Err(nix::Error::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}
