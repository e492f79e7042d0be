//! Bytes as hexadecimal digits, and back.

use std::fmt::Write as _;

/// The error of a text that is not this many hexadecimal digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {0} hexadecimal digits")]
pub struct NotHex(usize);

/// The digits of `bytes`, in lower case.
pub(crate) fn digits(bytes: &[u8]) -> String {
    let mut digits = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a string cannot fail.
        let _ = write!(digits, "{byte:02x}");
    }
    digits
}

/// Parses exactly `N` bytes.
pub(crate) fn bytes<const N: usize>(digits: &str) -> Result<[u8; N], NotHex> {
    let not_hex = || NotHex(2 * N);
    let digits: Vec<u32> = digits
        .chars()
        .map(|digit| digit.to_digit(16))
        .collect::<Option<_>>()
        .ok_or_else(not_hex)?;
    let (pairs, rest) = digits.as_chunks::<2>();
    if !rest.is_empty() {
        return Err(not_hex());
    }
    let bytes: Vec<u8> = pairs
        .iter()
        .filter_map(|[high, low]| u8::try_from(high << 4 | low).ok())
        .collect();
    bytes.try_into().map_err(|_| not_hex())
}
