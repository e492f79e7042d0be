//! The modes of the terminal while there are panes, and how they are undone.

use crate::scene::Mouse;
use ratatui::crossterm::terminal::{disable_raw_mode, enable_raw_mode};
use std::io::{self, StdoutLock, Write as _};
use std::sync::Once;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The alternate screen (1049), pastes in brackets (2004), and reports about the focus (1004).
const BEGIN: &str = "\x1b[?1049h\x1b[?2004h\x1b[?1004h\x1b[2J";

/// Clicks and the wheel (1000), in decimal numbers (1006). Motions are not asked for.
const MOUSE_ON: &str = "\x1b[?1000h\x1b[?1006h";
const MOUSE_OFF: &str = "\x1b[?1006l\x1b[?1000l";

/// Undoes all of it, and shows the cursor.
const END: &str =
    "\x1b[?2026l\x1b[?1006l\x1b[?1000l\x1b[?1004l\x1b[?2004l\x1b[0m\x1b[?25h\x1b[?1049l";

/// The pause before a terminal that is slow gets more.
const AGAIN: Duration = Duration::from_millis(5);

/// Whether the terminal is in these modes.
static ACTIVE: AtomicBool = AtomicBool::new(false);

/// Puts the terminal into the modes for panes.
///
/// # Errors
/// If the terminal refuses.
pub(super) fn begin(mouse: Mouse) -> io::Result<()> {
    restore_on_panic();
    // After a stop by force, these settings count as set, and a shell may have changed them.
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

/// Writes this if the terminal is in these modes. Otherwise it belongs to somebody else, or shows why
/// this program ends.
///
/// # Errors
/// If the terminal is gone.
pub(super) fn write_frame(text: &str) -> io::Result<()> {
    // Whoever changes the modes has to wait.
    let mut stdout = io::stdout().lock();
    match ACTIVE.load(Ordering::SeqCst) {
        true => write(&mut stdout, text),
        false => Ok(()),
    }
}

/// Restores the modes from before. Does nothing the second time.
pub(super) fn end() {
    if ACTIVE.swap(false, Ordering::SeqCst) {
        // A terminal that is gone needs no modes.
        let _ = write(&mut io::stdout().lock(), END);
        let _ = disable_raw_mode();
    }
}

/// Restores what takes no writing, for a terminal that does not read.
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
            // Another program has left the terminal so that writing does not wait.
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

/// Has a panic restore the terminal before its message is printed.
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
