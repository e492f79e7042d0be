//! How long messages may be, and the one word that every dialect knows.

/// The longest message, in bytes of UTF-8 (the assignment's limit: one `recv(4096)`).
pub const MAX_TEXT: usize = 4_096;

/// The longest control frame, in bytes of JSON.
pub const MAX_CONTROL: usize = 65_536;

/// The word that ends a session, on the wire as at the prompt.
pub const QUIT: &str = "/q";
