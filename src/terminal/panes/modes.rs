//! Sets and restores the terminal modes that panes need.

use crate::scene::Mouse;
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io::{self, StdoutLock, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The alternate screen (1049), pastes in brackets (2004), and reports about the focus (1004).
const BEGIN: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[2J";

/// Clicks and the wheel (1000), in decimal numbers (1006), without motion.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Undoes all modes and shows the cursor.
const END: &str =
    "\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// The pause before writing to a slow terminal is retried.
const AGAIN: Duration = Duration::from_millis(5);

/// Whether the modes are set.
static ACTIVE: AtomicBool = AtomicBool::new(false);

/// Puts the terminal into the modes for panes.
///
/// # Errors
/// If the terminal refuses.
pub(super) fn begin(mouse: Mouse) -> io::Result<()> {
    restore_on_panic();
    // After SIGSTOP, raw mode counts as set although a shell may have reset it.
    disable_raw_mode()?;
    enable_raw_mode()?;
    let mut stdout = io::stdout().lock();
    ACTIVE.store(true, Ordering::SeqCst);
    write(&mut stdout, BEGIN)?;
    write(&mut stdout, mouse_mode(mouse))
}

/// Switches the mouse.
///
/// # Errors
/// If the terminal is gone.
pub(super) fn set_mouse(mouse: Mouse) -> io::Result<()> {
    write_frame(mouse_mode(mouse))
}

fn mouse_mode(mouse: Mouse) -> &'static str {
    match mouse {
        Mouse::Off => MOUSE_OFF,
        Mouse::On => MOUSE_ON,
    }
}

/// Writes `text` if the modes are set. Otherwise the terminal belongs to the shell, or shows a panic.
///
/// # Errors
/// If the terminal is gone.
pub(super) fn write_frame(text: &str) -> io::Result<()> {
    // The lock keeps the modes from changing in the meantime.
    let mut stdout = io::stdout().lock();
    match ACTIVE.load(Ordering::SeqCst) {
        true => write(&mut stdout, text),
        false => Ok(()),
    }
}

/// Restores the modes. Does nothing the second time.
pub(super) fn end() {
    if ACTIVE.swap(false, Ordering::SeqCst) {
        // A terminal that is gone needs no modes.
        let _ = write(&mut io::stdout().lock(), END);
        let _ = disable_raw_mode();
    }
}

/// Restores the settings without writing, for a terminal that does not read.
pub(super) fn abandon() {
    ACTIVE.store(false, Ordering::SeqCst);
    let _ = disable_raw_mode();
}

fn write(stdout: &mut StdoutLock<'_>, text: &str) -> io::Result<()> {
    let mut rest = text.as_bytes();
    while !rest.is_empty() {
        match stdout.write(rest) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => rest = rest.get(written..).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            // Another program left the terminal in non-blocking mode.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(AGAIN),
            Err(error) => return Err(error),
        }
    }
    loop {
        match stdout.flush() {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => std::thread::sleep(AGAIN),
            flushed => return flushed,
        }
    }
}

/// Makes a panic restore the terminal before it prints its message.
fn restore_on_panic() {
    static INSTALLED: Once = Once::new();
    INSTALLED.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            end();
            before(panic);
        }));
    });
}
