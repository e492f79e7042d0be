//! Where the rules behind the cases are written down.

/// A chapter of Python's Socket Programming HOWTO.
macro_rules! howto {
    ($chapter:literal, $anchor:literal) => {
        concat!(
            "Python Socket Programming HOWTO, \"",
            $chapter,
            "\": https://docs.python.org/3/howto/sockets.html#",
            $anchor
        )
    };
}

pub(super) const USING: &str = howto!("Using a Socket", "using-a-socket");
pub(super) const DIE: &str = howto!("When Sockets Die", "when-sockets-die");
pub(super) const BINARY: &str = howto!("Binary Data", "binary-data");
pub(super) const CREATING: &str = howto!("Creating a Socket", "creating-a-socket");
pub(super) const STREAM: &str = "RFC 9293, section 2.2 (a stream of bytes has no messages)";
pub(super) const HALF_CLOSE: &str = "RFC 9293, section 3.6.1 (half-closed connections)";
pub(super) const RESET: &str = "RFC 9293, section 3.5.3 (reset processing)";
pub(super) const TIME_WAIT: &str = "RFC 9293, section 3.6 (TIME-WAIT), and SO_REUSEADDR in https://docs.python.org/3/library/socket.html#example";
pub(super) const UTF8: &str = "RFC 3629, sections 3 and 4 (UTF-8)";
pub(super) const LINES: &str = "RFC 5198, section 2 (the end of a line)";
pub(super) const ROBUST: &str = "RFC 1122, section 1.2.2 (the robustness principle)";
pub(super) const TURNS: &str =
    "the protocol of tictalk, \"What counts as a turn\": docs/protocol.md";
pub(super) const GOODBYE: &str = "the protocol of tictalk, \"Goodbye\": docs/protocol.md";
