//! Bytes as hexadecimal digits, two a byte, and back.

/// A text that should have been so many bytes in hexadecimal digits, and is not.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("expected {0} hexadecimal digits")]
pub struct NotHex(usize);

/// The digits of `bytes`, in lower case.
pub(crate) fn digits(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Reads exactly `N` bytes.
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
