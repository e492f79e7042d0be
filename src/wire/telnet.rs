//! Drops the commands that a telnet client sends between the text. None is answered.

use bytes::{BufMut as _, BytesMut};

/// "Interpret as command", the first byte of each command (RFC 854).
const IAC: u8 = 255;
/// The end of a subnegotiation.
const SE: u8 = 240;
/// The beginning of a subnegotiation.
const SB: u8 = 250;
/// The first and the last of the four commands with an option: WILL, WON'T, DO, DON'T.
const WILL: u8 = 251;
const DONT: u8 = 254;

/// The maximum length of a subnegotiation. Text resumes after that many bytes; otherwise two bytes
/// of a peer that does not speak telnet would hide everything that it sends.
const LONGEST: usize = 512;

/// Removes commands from a stream of bytes that arrives in pieces.
#[derive(Debug, Default)]
pub(super) struct Telnet {
    /// The number of bytes at the front of the buffer without commands.
    clean: usize,
    /// The number of bytes dropped since [`take_dropped`](Self::take_dropped).
    dropped: usize,
    state: TelnetState,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum TelnetState {
    #[default]
    Text,
    /// After IAC.
    Command,
    /// Before the option of a command.
    Option,
    /// Within a subnegotiation, after this many bytes of it.
    Within(usize),
    /// The same, after IAC.
    WithinCommand(usize),
}

impl Telnet {
    /// Removes the commands from the bytes appended since the last call.
    pub(super) fn strip(&mut self, buffer: &mut BytesMut) {
        let from = self.clean.min(buffer.len());
        let new = buffer.get(from..).unwrap_or_default();
        if self.state == TelnetState::Text && !new.contains(&IAC) {
            self.clean = buffer.len();
            return;
        }
        let before = buffer.len();
        for byte in buffer.split_off(from) {
            self.read(byte, buffer);
        }
        // The start of a command, dropped earlier, may turn out to be text.
        self.dropped = (self.dropped + before).saturating_sub(buffer.len());
        self.clean = buffer.len();
    }

    /// Notes that the caller has removed `count` bytes from the front of the buffer.
    pub(super) fn take(&mut self, count: usize) {
        self.clean = self.clean.saturating_sub(count);
    }

    /// The number of bytes dropped since the last call.
    pub(super) fn take_dropped(&mut self) -> usize {
        std::mem::take(&mut self.dropped)
    }

    /// Reads one byte, and appends it to `text` unless it is part of a command.
    fn read(&mut self, byte: u8, text: &mut BytesMut) {
        self.state = match (self.state, byte) {
            (TelnetState::Text, IAC) => TelnetState::Command,
            // IAC twice stands for the byte itself.
            (TelnetState::Text, _) | (TelnetState::Command, IAC) => {
                text.put_u8(byte);
                TelnetState::Text
            }
            (TelnetState::Command, SB) => TelnetState::Within(0),
            (TelnetState::Command, WILL..=DONT) => TelnetState::Option,
            // Not a command of telnet: both bytes are text.
            (TelnetState::Command, ..SE) => {
                text.put_slice(&[IAC, byte]);
                TelnetState::Text
            }
            (TelnetState::Command | TelnetState::Option, _)
            | (TelnetState::WithinCommand(_), SE) => TelnetState::Text,
            (TelnetState::Within(LONGEST..) | TelnetState::WithinCommand(LONGEST..), _) => {
                TelnetState::Text
            }
            (TelnetState::Within(length), IAC) => TelnetState::WithinCommand(length + 1),
            (TelnetState::Within(length) | TelnetState::WithinCommand(length), _) => {
                TelnetState::Within(length + 1)
            }
        };
    }
}
