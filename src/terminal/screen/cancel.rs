//! Ends an edit from outside.
//!
//! rustyline has no call for this. These are the ways around it, all in one place:
//!
//! - On Unix, an edit ends on an interrupt signal that reaches its thread, and restores the
//!   terminal on its way. Another thread `interrupt`s it; the editor's own callbacks interrupt it
//!   themselves (`interrupt_self`).
//! - Elsewhere, an external print (`WAKE`) wakes the editor, which then calls its highlighter, and
//!   the highlighter unwinds (`unwind`) through the edit. Guards on the way restore the console.
//! - `catch` ends that unwinding, as well as a panic of the editor.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// Ends the edit in `thread`, if there is one. A signal may arrive just before the editor waits for
/// it, so the caller repeats this until the edit has ended.
#[cfg(unix)]
pub(super) fn interrupt(thread: nix::sys::pthread::Pthread) {
    let _ = nix::sys::pthread::pthread_kill(thread, nix::sys::signal::Signal::SIGINT);
}

/// Ends the edit in this thread once the editor has consumed the keys it has read.
#[cfg(unix)]
pub(super) fn interrupt_self() {
    let _ = nix::sys::signal::raise(nix::sys::signal::Signal::SIGINT);
}

/// Text whose printing wakes the editor: the editor erases its rows, prints this and draws them
/// again. The cursor ends where it was.
#[cfg(not(unix))]
pub(super) const WAKE: &str = "\x1b[A\n";

/// Leaves the edit in this thread from one of the editor's callbacks.
#[cfg(not(unix))]
pub(super) fn unwind() -> ! {
    std::panic::resume_unwind(Box::new("withdrawn"))
}

/// Runs an edit. `Err` means that it was left by unwinding.
pub(super) fn catch<T>(edit: impl FnOnce() -> T) -> thread::Result<T> {
    catch_unwind(AssertUnwindSafe(edit))
}
