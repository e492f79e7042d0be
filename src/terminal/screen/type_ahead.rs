//! Keys typed between prompts: collected without an echo and passed to the next prompt.

/// The maximum number of bytes collected.
const LIMIT: usize = 64 * 1024;

/// Keys typed ahead, with the editing keys that are usable without an echo.
#[derive(Debug, Default)]
pub(super) struct TypeAhead {
    typed: Vec<u8>,
    escape: Escape,
}

/// The position within an escape sequence (ECMA-48, 5.4).
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Escape {
    #[default]
    None,
    /// After ESC.
    Begun,
    /// After ESC [, until a final byte.
    Control,
    /// After ESC O: one more byte.
    Single,
}

/// A request made by a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum KeyRequest {
    /// No request.
    None,
    /// Ctrl-D without any text: leave.
    Leave,
}

impl TypeAhead {
    /// Adds the bytes of keys.
    pub(super) fn push(&mut self, bytes: &[u8]) -> KeyRequest {
        let mut wish = KeyRequest::None;
        for &byte in bytes {
            match (self.escape, byte) {
                (Escape::Begun, b'[') => self.escape = Escape::Control,
                (Escape::Begun, b'O') => self.escape = Escape::Single,
                (Escape::Control, 0x20..=0x3f) => {}
                (Escape::Begun | Escape::Control | Escape::Single, _) => {
                    self.escape = Escape::None;
                }
                (Escape::None, 0x1b) => self.escape = Escape::Begun,
                (Escape::None, 0x04) if self.typed.is_empty() => wish = KeyRequest::Leave,
                (Escape::None, key) => self.key(key),
            }
        }
        wish
    }

    fn key(&mut self, key: u8) {
        match key {
            b'\r' => self.typed.push(b'\n'),
            // Backspace, in both forms that terminals send.
            0x08 | 0x7f => while self.typed.pop().is_some_and(is_continuation) {},
            // Ctrl-U deletes everything.
            0x15 => self.typed.clear(),
            // Ctrl-W deletes the last word.
            0x17 => {
                let text = self.text();
                let kept = text
                    .trim_end()
                    .rfind(char::is_whitespace)
                    .map_or(0, |at| at + 1);
                self.typed = text.get(..kept).unwrap_or_default().as_bytes().to_vec();
            }
            b'\n' | b'\t' | 0x20.. if self.typed.len() < LIMIT => self.typed.push(key),
            _ => {}
        }
    }

    /// Adds text that was typed and edited elsewhere.
    pub(super) fn append(&mut self, text: &str) {
        let room = LIMIT.saturating_sub(self.typed.len());
        let end = text.floor_char_boundary(room);
        self.typed.extend(text.bytes().take(end));
    }

    /// Takes the collected text without Enters at its end, since lines are entered only at a
    /// prompt.
    pub(super) fn take(&mut self) -> String {
        let text = self.text();
        self.typed.clear();
        text.trim_end_matches('\n').to_owned()
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.typed).into_owned()
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0b1100_0000 == 0b1000_0000
}

#[cfg(test)]
mod tests {
    use super::{KeyRequest, LIMIT, TypeAhead};

    fn typed(keys: &str) -> String {
        let mut ahead = TypeAhead::default();
        for byte in keys.bytes() {
            ahead.push(&[byte]);
        }
        ahead.take()
    }

    #[test]
    fn keys_are_collected_and_edited() {
        assert_eq!(typed("hello"), "hello");
        assert_eq!(typed("hellp\x7fo"), "hello");
        assert_eq!(typed("Grüß\x7f\x7fün"), "Grün");
        assert_eq!(typed("all of it\x15new"), "new");
        assert_eq!(typed("two words\x17"), "two ");
        assert_eq!(typed("\x7f\x7fa"), "a");
    }

    #[test]
    fn enter_does_not_send_but_separates() {
        assert_eq!(typed("one\rtwo\r"), "one\ntwo");
        assert_eq!(typed("\r\r"), "");
    }

    #[test]
    fn keys_that_move_are_left_out() {
        assert_eq!(typed("a\x1b[Db\x1bOPc\x1b[1;5Cd"), "abcd");
        assert_eq!(typed("\x1b[200~pasted\x1b[201~"), "pasted");
        assert_eq!(typed("a\x01\x02b"), "ab");
    }

    #[test]
    fn control_d_leaves_only_where_nothing_was_typed() {
        assert_eq!(TypeAhead::default().push(b"\x04"), KeyRequest::Leave);
        assert_eq!(TypeAhead::default().push(b"a\x04"), KeyRequest::None);
    }

    #[test]
    fn a_sleeping_cat_on_the_keyboard_fills_no_memory() {
        let mut ahead = TypeAhead::default();
        for _ in 0..100 {
            ahead.push(&[b'x'; LIMIT / 10]);
        }
        assert_eq!(ahead.take().len(), LIMIT);
    }
}
