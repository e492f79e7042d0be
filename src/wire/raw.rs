//! Plain bytes: `nc`, or a program that only calls `send` and `recv(4096)`.

use super::telnet::Telnet;
use super::{Arrival, Codec, Frame, MAX_TEXT, QUIT, WireError};
use bytes::{BufMut, BytesMut};
use std::time::Duration;

/// A message is what arrives until the line has been quiet for so long: far longer than one
/// packet's parts take to come, far shorter than a person notices.
const QUIET: Duration = Duration::from_millis(30);

/// The codec of the `raw` dialect. It copies the peer's habit of ending messages in a newline.
#[derive(Debug, Default)]
pub(super) struct Raw {
    ending: LineEnding,
    telnet: Telnet,
}

/// How the peer's last message ended, and so how ours end.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum LineEnding {
    #[default]
    Bare,
    Newline,
}

impl Codec for Raw {
    /// Never fails: to this dialect every byte is text, and what is no UTF-8 becomes U+FFFD.
    fn decode(
        &mut self,
        buffer: &mut BytesMut,
        arrival: Arrival,
    ) -> Result<Option<Frame>, WireError> {
        self.telnet.strip(buffer);
        while !buffer.is_empty() && (arrival != Arrival::Bytes || buffer.len() >= MAX_TEXT) {
            let bytes = buffer.split_to(message_length(buffer));
            self.telnet.take(bytes.len());
            let text = String::from_utf8_lossy(&bytes);
            // A program in C may send the NUL at the end of its text, or its whole buffer.
            let text = text.trim_end_matches('\0');
            self.ending = if text.ends_with('\n') {
                LineEnding::Newline
            } else {
                LineEnding::Bare
            };
            let message = text.trim_start_matches(['\r', '\n']);
            let message = message.trim_end_matches(['\r', '\n', '\0']);
            // A bare newline is an empty line typed at `nc`: nothing was said.
            if !message.is_empty() {
                return Ok(Some(Frame::Text(message.to_owned())));
            }
        }
        Ok(None)
    }

    /// The quit word goes out as exactly its two bytes, so that a peer can compare it.
    fn encode(&mut self, frame: &Frame, out: &mut BytesMut) {
        let Frame::Text(text) = frame else { return };
        out.put_slice(text.as_bytes());
        if self.ending == LineEnding::Newline && text != QUIT {
            out.put_u8(b'\n');
        }
    }

    fn quiet(&self) -> Option<Duration> {
        Some(QUIET)
    }
}

/// How many of the waiting bytes make one message: all, but for a goodbye on the last line, or as
/// many as [`MAX_TEXT`] allows without cutting a character in two.
fn message_length(bytes: &[u8]) -> usize {
    let is_end = |byte: &u8| byte.is_ascii_whitespace() || *byte == 0;
    let end = bytes.iter().rposition(|byte| !is_end(byte));
    let said = bytes
        .get(..end.map_or(0, |last| last + 1))
        .unwrap_or_default();
    if let Some(before) = said.strip_suffix(QUIT.as_bytes())
        && before.ends_with(b"\n")
        && before.len() <= MAX_TEXT
    {
        return before.len();
    }
    let Some(next) = bytes.get(MAX_TEXT) else {
        return bytes.len();
    };
    if !is_continuation(*next) {
        return MAX_TEXT;
    }
    // A character of UTF-8 is at most 4 bytes long; anything longer is no character to protect.
    (MAX_TEXT - 3..MAX_TEXT)
        .rev()
        .find(|&at| bytes.get(at).is_some_and(|byte| !is_continuation(*byte)))
        .unwrap_or(MAX_TEXT)
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}
