//! The commands that a telnet client sends among the text: they are dropped and none is answered.

use bytes::{BufMut as _, BytesMut};

/// Interpret as command: the first byte of each command (RFC 854).
const IAC: u8 = 255;
/// The end of a subnegotiation.
const SE: u8 = 240;
/// The beginning of a subnegotiation.
const SB: u8 = 250;
/// The first and the last of the four commands that an option follows: WILL, WON'T, DO, DON'T.
const WILL: u8 = 251;
const DONT: u8 = 254;

/// How long a subnegotiation may be. After that many bytes it was none, and what follows is text:
/// else two bytes of a program that speaks no telnet would hide all that it ever says.
const LONGEST: usize = 512;

/// Takes commands out of a stream of bytes, wherever it is cut.
#[derive(Debug, Default)]
pub struct Telnet {
    /// How many bytes at the front of the buffer hold no commands.
    clean: usize,
    /// How many bytes of commands were dropped since they were last counted.
    dropped: usize,
    state: TelnetState,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum TelnetState {
    #[default]
    Text,
    /// Behind IAC.
    Command,
    /// Before the option of a command.
    Option,
    /// Within a subnegotiation, behind so many bytes of it.
    Within(usize),
    /// The same, behind IAC.
    WithinCommand(usize),
}

impl Telnet {
    /// Takes the commands out of what has come since the last call.
    pub fn strip(&mut self, buffer: &mut BytesMut) {
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
        // A command that was begun in an earlier piece may turn out to be text.
        self.dropped = (self.dropped + before).saturating_sub(buffer.len());
        self.clean = buffer.len();
    }

    /// So many bytes were taken off the front of the buffer.
    pub fn take(&mut self, count: usize) {
        self.clean = self.clean.saturating_sub(count);
    }

    /// How many bytes were dropped since the last call.
    pub(super) fn take_dropped(&mut self) -> usize {
        std::mem::take(&mut self.dropped)
    }

    /// Reads one byte, and appends it to `text` where it is no part of a command.
    fn read(&mut self, byte: u8, text: &mut BytesMut) {
        self.state = match (self.state, byte) {
            (TelnetState::Text, IAC) => TelnetState::Command,
            // Twice, it is the byte itself.
            (TelnetState::Text, _) | (TelnetState::Command, IAC) => {
                text.put_u8(byte);
                TelnetState::Text
            }
            (TelnetState::Command, SB) => TelnetState::Within(0),
            (TelnetState::Command, WILL..=DONT) => TelnetState::Option,
            // No command of telnet: somebody else's byte.
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
