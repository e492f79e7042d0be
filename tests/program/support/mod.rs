//! Programs to talk to: by pipes, on a pseudo-terminal, and bare sockets.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Condvar, LazyLock, Mutex};
use std::time::{Duration, Instant};

#[cfg(unix)]
mod browser;
mod cable;
mod machine;
mod pipes;
mod program;
#[cfg(unix)]
mod pty;
mod resuming;
mod room;
mod socket;
mod websocket;

#[cfg(unix)]
pub(crate) use browser::{Browser, Look, Page, from_base64, size_of_png};
pub(crate) use cable::{Cable, Disturbance, Way};
pub(crate) use machine::{Machine, Seat};
pub(crate) use pipes::{Finished, Running};
pub(crate) use program::{CONFIG, DATA, Program, python};
#[cfg(unix)]
pub(crate) use pty::{Pty, REPLACED, line_of_cursor, unwrapped};
pub(crate) use resuming::Resuming;
pub(crate) use room::{Peer, Room, Wire};
pub(crate) use socket::{Socket, control, frame, hello};
pub(crate) use websocket::{FIN, PING, PONG, TEXT, WebSocket, masked, upgrade};

/// How long an event may take; only a broken program needs so long.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The three lines before the first prompt.
pub(crate) const INSTRUCTIONS: &str = "Type /q to quit\n\
    Enter message to send. Please wait for input prompt before entering message...\n\
    Note: Type \"play tictactoe\" to start a game of tictactoe\n";

/// A new folder for the caller alone, so that no program sees the files of another. It does not
/// exist yet. Folders of earlier runs of the tests are removed.
pub(crate) fn new_folder() -> PathBuf {
    static ALL: LazyLock<PathBuf> = LazyLock::new(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("folders");
        remove_old(&all);
        all.join(std::process::id().to_string())
    });
    static NUMBER: AtomicUsize = AtomicUsize::new(0);
    ALL.join(NUMBER.fetch_add(1, Ordering::Relaxed).to_string())
}

/// Removes what is in a folder and so old that nobody uses it any more; another run of the tests
/// may be in progress.
fn remove_old(folder: &Path) {
    const OLD: Duration = Duration::from_secs(60 * 60);
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let changed = entry.metadata().and_then(|data| data.modified());
        if changed.is_ok_and(|changed| changed.elapsed().is_ok_and(|age| age > OLD)) {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

/// Why a file of somebody else cannot be tried.
#[cfg(unix)]
pub(crate) const NOT_ROOT: &str = "only root can give a file away";

/// Says why a test, or a part of it, does not run here. It fails where all tests have to run.
#[expect(
    clippy::print_stderr,
    reason = "a skipped test is not passed over in silence"
)]
pub(crate) fn skip(reason: &str) {
    let must_run = std::env::var_os("TICTALK_TESTS").is_some_and(|tests| tests == "all");
    assert!(!must_run, "TICTALK_TESTS=all, but {reason}");
    eprintln!("skipped: {reason}");
}

/// Something that one thread fills and another waits on.
#[derive(Default)]
pub(crate) struct Watched<T> {
    value: Mutex<T>,
    changed: Condvar,
}

impl<T> Watched<T> {
    pub(crate) fn new(value: T) -> Self {
        Self {
            value: Mutex::new(value),
            changed: Condvar::new(),
        }
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut T)) {
        change(&mut self.value.lock().unwrap());
        self.changed.notify_all();
    }

    pub(crate) fn read<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(&self.value.lock().unwrap())
    }

    /// Waits until `condition` gives something; `None` after [`LIMIT`].
    pub(crate) fn wait<R>(&self, mut condition: impl FnMut(&T) -> Option<R>) -> Option<R> {
        let end = Instant::now() + LIMIT;
        let mut value = self.value.lock().unwrap();
        loop {
            if let Some(result) = condition(&value) {
                return Some(result);
            }
            let left = end.checked_duration_since(Instant::now())?;
            value = self.changed.wait_timeout(value, left).unwrap().0;
        }
    }
}
