//! Decodes the bytes that xterm and compatible terminals send for keys.
//!
//! Sources: ECMA-48 for control sequences, and "XTerm Control Sequences" for keys, modifiers, pastes in
//! brackets, the focus and the mouse (mode 1006). <https://invisible-island.net/xterm/ctlseqs/ctlseqs.html>

use crate::scene::{Arrow, Focus, Held, Key, Wheel};
use std::mem;

/// Maximum size of a paste in bytes. The rest is dropped.
const PASTE: usize = 128 * 1024;

/// Maximum size of a control sequence in bytes. Longer ones are not keys.
const SEQUENCE: usize = 256;

/// Maximum size of a terminal report in bytes.
const REPORT: usize = 4096;

/// After this many milliseconds an Escape is a key and not the start of a sequence.
const ESCAPE: u16 = 50;

/// After this many milliseconds without a byte, a paste or a terminal report is over.
const PAUSE: u16 = 2_000;

/// The end of a paste.
const PASTE_END: &[u8] = b"\x1b[201~";

/// The bytes of an incomplete key.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    bytes: Vec<u8>,
    /// The text of a paste that has not ended.
    paste: Option<Vec<u8>>,
}

/// The result of decoding the start of the buffer.
enum Start {
    /// A key of this many bytes, or bytes to be ignored.
    Key(usize, Option<Key>),
    /// The start of a paste.
    Paste(usize),
    /// An incomplete key.
    Part,
}

impl Decoder {
    /// Decodes more bytes. Returns the complete keys.
    pub(super) fn push(&mut self, bytes: &[u8]) -> Vec<Key> {
        self.bytes.extend_from_slice(bytes);
        let mut keys = Vec::new();
        loop {
            if let Some(paste) = &mut self.paste {
                let end = self
                    .bytes
                    .windows(PASTE_END.len())
                    .position(|it| it == PASTE_END);
                // Part of the end marker may have arrived.
                let kept = PASTE_END.len() - 1;
                let taken = end.unwrap_or(self.bytes.len().saturating_sub(kept));
                let space = PASTE.saturating_sub(paste.len()).min(taken);
                paste.extend(self.bytes.drain(..taken).take(space));
                if end.is_none() {
                    break;
                }
                self.bytes.drain(..PASTE_END.len());
                keys.extend(self.paste.take().map(|paste| Key::Paste(pasted(&paste))));
            }
            match start(&self.bytes) {
                Start::Key(length, key) => {
                    self.bytes.drain(..length);
                    keys.extend(key);
                }
                Start::Paste(length) => {
                    self.bytes.drain(..length);
                    self.paste = Some(Vec::new());
                }
                Start::Part => break,
            }
        }
        keys
    }

    /// The timeout in milliseconds after which [`end`](Self::end) should be called; `None` if the rest of a
    /// key must arrive, however slow the line is.
    pub(super) fn patience(&self) -> Option<u16> {
        match (&self.paste, self.bytes.as_slice()) {
            (Some(_), _) => Some(PAUSE),
            (None, [0x1b] | [0x1b, b'[' | b'O' | b']' | b'P' | b'_' | b'^' | b'X']) => Some(ESCAPE),
            (None, [0x1b, b']' | b'P' | b'_' | b'^' | b'X', ..]) => Some(PAUSE),
            _ => None,
        }
    }

    /// Decodes the remaining bytes as if nothing followed them.
    pub(super) fn end(&mut self) -> Vec<Key> {
        if self.patience().is_none() {
            return Vec::new();
        }
        if let Some(paste) = self.paste.take() {
            self.bytes.clear();
            return vec![Key::Paste(pasted(&paste))];
        }
        let bytes = mem::take(&mut self.bytes);
        match bytes.as_slice() {
            [0x1b, second, rest @ ..] => {
                let mut keys = vec![Key::Alt(char::from(second.to_ascii_lowercase()))];
                keys.extend(self.push(rest));
                keys
            }
            _ => vec![Key::Escape],
        }
    }
}

/// The text of a paste, with line feeds between its lines.
fn pasted(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.trim_end_matches('\n').to_owned()
}

fn start(bytes: &[u8]) -> Start {
    match bytes {
        [] => Start::Part,
        [0x1b, rest @ ..] => after_escape(rest),
        [byte, ..] if *byte < 0x80 => Start::Key(1, ascii(*byte)),
        _ => character(bytes),
    }
}

/// The key of a byte below 128.
fn ascii(byte: u8) -> Option<Key> {
    Some(match byte {
        b'\r' => Key::Enter,
        b'\t' => Key::Tab,
        0x7f => Key::Backspace,
        0x1f => Key::Ctrl('_'),
        // Ctrl-A is 1.
        1..=26 => Key::Ctrl(char::from(byte - 1 + b'a')),
        0..=0x1f => return None,
        byte => Key::Char(char::from(byte)),
    })
}

/// A multi-byte character. Invalid UTF-8 becomes U+FFFD.
fn character(bytes: &[u8]) -> Start {
    let length = match bytes.first() {
        Some(0xc2..=0xdf) => 2,
        Some(0xe0..=0xef) => 3,
        Some(0xf0..=0xf4) => 4,
        _ => 1,
    };
    let bytes = bytes.get(..length.min(bytes.len())).unwrap_or_default();
    match std::str::from_utf8(bytes) {
        Ok(text) => Start::Key(bytes.len(), text.chars().next().map(Key::Char)),
        Err(error) if error.error_len().is_none() && bytes.len() < length => Start::Part,
        Err(error) => {
            let wrong = error.error_len().unwrap_or(bytes.len()).max(1);
            Start::Key(wrong, Some(Key::Char(char::REPLACEMENT_CHARACTER)))
        }
    }
}

/// Decodes a sequence, or a key with Alt, after its Escape.
fn after_escape(rest: &[u8]) -> Start {
    match rest {
        [] | [b'['] | [b'O'] => Start::Part,
        // The console of Linux sends F1 to F5 as ESC [ [ A to E.
        [b'[', b'['] => Start::Part,
        [b'[', b'[', 0x1b, ..] => Start::Key(3, None),
        [b'[', b'[', letter, ..] => {
            let function = matches!(letter, b'A'..=b'E').then(|| Key::Function(letter - b'A' + 1));
            Start::Key(4, function)
        }
        // A click from a terminal without mode 1006, in three bytes.
        [b'[', b'M', button, column, row, ..] => Start::Key(6, old_click(*button, *column, *row)),
        [b'[', b'M', ..] => Start::Part,
        [b'[', body @ ..] => sequence(body),
        [b'O', 0x1b, ..] => Start::Key(2, Some(Key::Alt('o'))),
        [b'O', letter, ..] => Start::Key(3, lettered(*letter, Held::Nothing)),
        // A terminal report (OSC, DCS, APC, PM or SOS) is not a key.
        [b']' | b'P' | b'_' | b'^' | b'X', body @ ..] => report(body),
        [0x1b, ..] => Start::Key(1, Some(Key::Escape)),
        [b'\r', ..] => Start::Key(2, Some(Key::Alt('\r'))),
        [0x7f | 0x08, ..] => Start::Key(2, Some(Key::WordBackspace)),
        [byte, ..] if byte.is_ascii_graphic() => {
            Start::Key(2, Some(Key::Alt(char::from(byte.to_ascii_lowercase()))))
        }
        // A key of its own follows the Escape.
        _ => Start::Key(1, Some(Key::Escape)),
    }
}

/// Decodes a terminal report after its first two bytes. It ends with BEL or `ESC \`.
fn report(body: &[u8]) -> Start {
    let end = body.iter().position(|byte| matches!(byte, 0x07 | 0x1b));
    match end.and_then(|end| body.split_at_checked(end)) {
        Some((text, [0x07, ..])) => Start::Key(2 + text.len() + 1, None),
        Some((text, [0x1b, b'\\', ..])) => Start::Key(2 + text.len() + 2, None),
        Some((text, [0x1b])) if text.len() <= REPORT => Start::Part,
        None if body.len() <= REPORT => Start::Part,
        _ => Start::Key(2, None),
    }
}

/// A control sequence, without its `ESC [`.
fn sequence(body: &[u8]) -> Start {
    let end = body.iter().position(|byte| !(0x20..0x40).contains(byte));
    let (parameters, last) = match end.and_then(|end| body.split_at_checked(end)) {
        None if body.len() <= SEQUENCE => return Start::Part,
        Some((parameters, [last @ 0x40..=0x7e, ..])) if parameters.len() <= SEQUENCE => {
            (parameters, *last)
        }
        // Not a sequence, so the bytes after `ESC [` are keys.
        _ => return Start::Key(2, None),
    };
    let length = 2 + parameters.len() + 1;
    let parameters = std::str::from_utf8(parameters).unwrap_or_default();
    if (parameters, last) == ("200", b'~') {
        return Start::Paste(length);
    }
    Start::Key(length, control_sequence(parameters, last))
}

fn control_sequence(parameters: &str, last: u8) -> Option<Key> {
    if let Some(mouse) = parameters.strip_prefix('<') {
        return clicked(mouse, last);
    }
    let mut numbers = parameters
        .split(';')
        .map(|number| number.parse().unwrap_or(0_u32));
    let first = numbers.next().unwrap_or(0);
    let held = match numbers.next().unwrap_or(1).saturating_sub(1) & 7 {
        0 => Held::Nothing,
        1 => Held::Shift,
        _ => Held::Word,
    };
    match (last, first) {
        (b'I', _) => Some(Key::Focus(Focus::Here)),
        (b'O', _) => Some(Key::Focus(Focus::Elsewhere)),
        (b'~', 1 | 7) => Some(Key::Home),
        (b'~', 3) => Some(Key::Delete),
        (b'~', 4 | 8) => Some(Key::End),
        (b'~', 5) => Some(Key::PageUp),
        (b'~', 6) => Some(Key::PageDown),
        (b'~', 11..=15) => function(first - 10),
        (b'~', 17..=21) => function(first - 11),
        (b'~', 23 | 24) => function(first - 12),
        // In this form, `M` is a click and not Enter.
        (b'~' | b'M', _) => None,
        (letter, _) => lettered(letter, held),
    }
}

fn function(number: u32) -> Option<Key> {
    u8::try_from(number).ok().map(Key::Function)
}

/// The key of a sequence that ends with this letter.
fn lettered(letter: u8, held: Held) -> Option<Key> {
    Some(match letter {
        b'A' => Key::Arrow(Arrow::Up, held),
        b'B' => Key::Arrow(Arrow::Down, held),
        b'C' => Key::Arrow(Arrow::Right, held),
        b'D' => Key::Arrow(Arrow::Left, held),
        b'H' => Key::Home,
        b'F' => Key::End,
        b'M' => Key::Enter,
        b'P'..=b'S' => Key::Function(letter - b'P' + 1),
        _ => return None,
    })
}

/// A mouse press: button, column and row, from 1.
fn clicked(parameters: &str, last: u8) -> Option<Key> {
    let mut numbers = parameters.split(';').map(|number| number.parse().ok());
    let (button, column, row): (u16, u16, u16) =
        (numbers.next()??, numbers.next()??, numbers.next()??);
    match (button, last) {
        (0, b'M') => Some(Key::Click {
            column: column.checked_sub(1)?,
            row: row.checked_sub(1)?,
        }),
        (64, b'M') => Some(Key::Wheel(Wheel::Up)),
        (65, b'M') => Some(Key::Wheel(Wheel::Down)),
        _ => None,
    }
}

/// A mouse press in three bytes, each 32 more than its number.
fn old_click(button: u8, column: u8, row: u8) -> Option<Key> {
    let number = |byte: u8| byte.checked_sub(32);
    let (button, column, row) = (number(button)?, number(column)?, number(row)?);
    clicked(&format!("{button};{column};{row}"), b'M')
}

#[cfg(test)]
mod tests;
