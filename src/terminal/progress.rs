//! A sign of life while something takes longer than a second.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;
use tokio::time::{Instant, interval};

/// Nothing is shown before this long.
const DELAY: Duration = Duration::from_secs(1);
/// How often the sign moves.
const STEP: Duration = Duration::from_millis(120);
const SIGNS: [char; 4] = ['|', '/', '-', '\\'];

/// Waits for `work`. When that takes longer than a second, says on standard error what is being
/// waited for: with a moving sign and the seconds on a terminal, else in one line.
pub async fn with_progress<T>(what: &str, work: impl Future<Output = T>) -> T {
    tokio::pin!(work);
    let begun = Instant::now();
    let mut ticks = interval(STEP);
    let mut signs = SIGNS.iter().cycle();
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
                match signs.next() {
                    Some(sign) if is_terminal => {
                        // Without wrapping, so that it stays one line in a narrow window.
                        say(&format!("\r\x1b[?7l{sign} {what} ({seconds} s)\x1b[?7h"));
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

/// What stands on the screen. Wiped off when dropped, also where the wait is given up.
enum Shown {
    Moving,
    Once,
}

impl Drop for Shown {
    fn drop(&mut self) {
        if matches!(self, Self::Moving) {
            say("\r\x1b[K");
        }
    }
}

fn say(text: &str) {
    // Who does not see the sign misses nothing.
    let mut stderr = io::stderr().lock();
    let _ = stderr
        .write_all(text.as_bytes())
        .and_then(|()| stderr.flush());
}
