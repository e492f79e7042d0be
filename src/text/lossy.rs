//! Conversion of bytes that should be UTF-8.

/// Converts bytes to text, with U+FFFD in place of invalid sequences.
///
/// Valid bytes take a fast path: the check is many times faster than the lossy conversion.
#[must_use]
pub(crate) fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
