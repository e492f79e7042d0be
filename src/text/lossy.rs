//! Bytes that should be UTF-8.

/// The text of these bytes. What is not UTF-8 becomes U+FFFD.
///
/// Checking valid text is many times faster than the lossy conversion.
#[must_use]
pub(crate) fn lossy(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
