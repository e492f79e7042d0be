//! Numbers with their units in words.

use std::fmt::Display;

/// A number of things in words: `1 second`, `2 seconds`, `0 posts`. The plural of `thing` has to be
/// formed with an "s".
///
/// ```
/// assert_eq!(tictalk::text::count(1, "second"), "1 second");
/// assert_eq!(tictalk::text::count(2_u64, "post"), "2 posts");
/// ```
#[must_use]
pub fn count<N: Display + PartialEq + From<u8>>(number: N, thing: &str) -> String {
    let plural = if number == N::from(1) { "" } else { "s" };
    format!("{number} {thing}{plural}")
}
