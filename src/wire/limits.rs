//! The limits of messages, and the word that ends a session in every dialect.

/// The maximum length of a message, in bytes of UTF-8 (the assignment's limit: one `recv(4096)`).
pub const MAX_TEXT: usize = 4_096;

/// The maximum length of a control frame, in bytes of JSON.
pub const MAX_CONTROL: usize = 65_536;

/// The word that ends a session, on the wire as at the prompt.
pub const QUIT: &str = "/q";
