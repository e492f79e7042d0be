//! A progress indicator for waits of more than a second.

use super::panes;
use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;
use tokio::time::{Instant, interval};

/// The delay before the indicator appears.
const DELAY: Duration = Duration::from_secs(1);
/// The time between two frames of the spinner.
const STEP: Duration = Duration::from_millis(120);
const FRAMES: [char; 4] = ['|', '/', '-', '\\'];

/// Waits for `work`. After a second, shows `what` on standard error: with a spinner and the seconds
/// on a terminal, else in one line.
pub(crate) async fn with_progress<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let begun = Instant::now();
    let mut ticks = interval(STEP);
    let mut frames = FRAMES.iter().cycle();
    let is_terminal = io::stderr().is_terminal();
    let mut shown = None;
    loop {
        tokio::select! {
            biased;
            done = &mut work => {
                return done;
            }
            _ = ticks.tick() => {
                if begun.elapsed() < DELAY {
                    continue;
                }
                let seconds = begun.elapsed().as_secs();
                if panes::show_progress(Some(format!("{what} ({seconds} s)"))) {
                    shown.get_or_insert(Shown::InPanes);
                    continue;
                }
                match frames.next() {
                    Some(frame) if is_terminal => {
                        // Line wrapping is disabled, so that it stays one line in a narrow window.
                        say(&format!("\r\x1b[?7l{frame} {what} ({seconds} s)\x1b[?7h"));
                        shown.get_or_insert_with(|| Shown::Moving);
                    }
                    _ if shown.is_none() => {
                        say(&format!("{what}\n"));
                        shown = Some(Shown::Once);
                    }
                    _ => {}
                }
            }
        }
    }
}

/// The indicator on the screen. Erased when dropped, even if the wait is cancelled.
enum Shown {
    Moving,
    Once,
    InPanes,
}

impl Drop for Shown {
    fn drop(&mut self) {
        match self {
            Self::Moving => say("\r\x1b[K"),
            Self::InPanes => drop(panes::show_progress(None)),
            Self::Once => {}
        }
    }
}

fn say(text: &str) {
    // The indicator is not essential, so errors are ignored.
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
