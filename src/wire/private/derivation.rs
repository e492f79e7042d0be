//! Derives the bytes of keys.

use hkdf::Hkdf;
use sha2::Sha512;
use zeroize::Zeroizing;

/// The first `N` bytes that HKDF derives for this purpose; `N` is at most 255 times 64.
pub(super) fn expand<const N: usize>(from: &Hkdf<Sha512>, purpose: &str) -> Zeroizing<[u8; N]> {
    const { assert!(N <= 255 * 64) };
    let mut bytes = Zeroizing::new([0; N]);
    // It fails only for more bytes than that.
    let _ = from.expand(purpose.as_bytes(), bytes.as_mut_slice());
    bytes
}
