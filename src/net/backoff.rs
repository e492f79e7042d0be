//! Pauses between attempts to reconnect.

use std::time::Duration;

/// The first pause before an attempt to reconnect. Each pause is about twice as long as the last, up
/// to [`LONGEST_PAUSE`].
const FIRST_PAUSE: Duration = Duration::from_millis(100);

/// The longest pause between attempts.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// How long to wait before the next attempt, after this many. Half of the time is random, so that
/// many programs do not reconnect all at once.
pub(crate) fn retry_pause(attempts: u32) -> Duration {
    let doubled = FIRST_PAUSE.saturating_mul(1_u32.checked_shl(attempts).unwrap_or(u32::MAX));
    let longest = doubled.min(LONGEST_PAUSE);
    let mut chance = [0];
    // Without randomness it is only less fair.
    let _ = getrandom::fill(&mut chance);
    longest / 2 + longest / 2 * u32::from(chance[0]) / 255
}
