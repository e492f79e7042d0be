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

/// A rule of the protocol, for people who may have the program only, and its section.
macro_rules! protocol {
    ($rule:literal, $section:literal) => {
        concat!(
            $rule,
            " (docs/protocol.md in the source of tictalk, \"",
            $section,
            "\")"
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
pub(super) const TURNS: &str = protocol!(
    "strict turns: after each message, wait for its answer",
    "What counts as a turn"
);
pub(super) const GOODBYE: &str = protocol!(
    "a message whose whole text is /q ends the conversation",
    "Goodbye"
);
pub(super) const GAME: &str = protocol!(
    "a move is the number of a free square, 1 to 9, and a refused move is explained",
    "Games with other programs"
);
