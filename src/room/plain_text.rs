//! Text of several lines, and text for peers whose terminal nobody protects.

use crate::text::{count, is_plain, is_plain_line, marked};
use crate::wire::MAX_TEXT;

/// Maximum number of lines in a message. Each line is shown after the name of its author, so that
/// without a limit a message of newlines would grow to many times its size.
pub(super) const MAX_LINES: usize = 64;

/// The start of a line that continues a line too long for one message.
const CONTINUATION: &str = "... ";

/// `text` with `prefix` at the start of each line, so that no line can be mistaken for somebody
/// else's.
pub(super) fn prefixed(prefix: &str, text: &str) -> String {
    // Fast path: most messages are one line of ASCII, and many are sent in a second.
    if is_plain_line(text) || !text.contains(is_line_end) {
        return format!("{prefix}{text}");
    }
    let mut lines = lines_of(text);
    let shown = lines.by_ref().take(MAX_LINES);
    let mut shown: Vec<String> = shown.map(|line| format!("{prefix}{line}")).collect();
    let left = lines.count();
    if left > 0 {
        shown.push(format!("{prefix}... and {}", count(left, "more line")));
    }
    shown.join("\n")
}

/// How many lines a message has, except for empty ones.
pub(super) fn count_lines(text: &str) -> usize {
    match is_plain_line(text) {
        true => usize::from(!text.is_empty()),
        false => lines_of(text).count(),
    }
}

/// The lines of a message, except for empty ones.
fn lines_of(text: &str) -> impl Iterator<Item = &str> {
    text.split(is_line_end).filter(|line| !line.is_empty())
}

/// Whether some terminal begins a new line after `c`, or returns to the start of the same one.
fn is_line_end(c: char) -> bool {
    matches!(
        c,
        '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// `words` as messages for a peer that escapes nothing: each at most [`MAX_TEXT`] bytes, split
/// between lines where possible, and with U+FFFD for characters that control a terminal, are
/// invisible, or change the order of others.
pub(super) fn sanitized(words: String) -> Vec<String> {
    let is_plain = is_plain(&words);
    // Fast path: most messages need no change, and many are sent in a second.
    if words.len() <= MAX_TEXT && !words.is_empty() && is_plain {
        return vec![words];
    }
    let words = if is_plain {
        words
    } else {
        marked(&words, |_, clean| clean.push(char::REPLACEMENT_CHARACTER))
    };
    let mut messages = Vec::new();
    let mut message = String::new();
    for line in words.split('\n') {
        if !message.is_empty() && message.len() + 1 + line.len() > MAX_TEXT {
            messages.push(std::mem::take(&mut message));
        }
        if !message.is_empty() {
            message.push('\n');
        }
        if line.len() <= MAX_TEXT {
            message.push_str(line);
            continue;
        }
        for c in line.chars() {
            if message.len() + c.len_utf8() > MAX_TEXT {
                messages.push(std::mem::replace(&mut message, CONTINUATION.to_owned()));
            }
            message.push(c);
        }
    }
    if !message.is_empty() {
        messages.push(message);
    }
    messages
}
