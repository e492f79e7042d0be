//! Foreign text made safe for a terminal: characters that would control it, or hide or reorder
//! text, are shown as visible marks.

use super::hidden::is_hidden;
use std::borrow::Cow;
use std::fmt::Write as _;

/// Black flag: followed by tag characters, it is the flag of a region (UTS #51, ED-14a).
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';

/// Returns `text` with hidden characters shown as marks: C0 controls and DEL as their Unicode
/// control pictures (`␛`), all others in the form `<U+202E>`. See [`marked`] for what stays.
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if is_plain(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(marked(text, |c, shown| match c {
        '\0'..='\x1f' => shown.push(control_picture(c)),
        '\x7f' => shown.push('\u{2421}'),
        _ => {
            let _ = write!(shown, "<U+{:04X}>", u32::from(c));
        }
    }))
}

/// The control picture of a C0 control: `␀` for NUL, and so on in the order of their codes.
fn control_picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// [`visible`] text as part of one line: newlines and tabs become spaces.
#[must_use]
pub(crate) fn in_line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// Whether `text` consists of visible ASCII, newlines and tabs only.
#[must_use]
pub(crate) fn is_plain(text: &str) -> bool {
    all_bytes(text, |byte| matches!(byte, b' '..=b'~' | b'\n' | b'\t'))
}

/// Whether `text` consists of visible ASCII only.
#[must_use]
pub(crate) fn is_plain_line(text: &str) -> bool {
    all_bytes(text, |byte| matches!(byte, b' '..=b'~'))
}

/// Whether `accepts` accepts every byte of `text`. Checks a block at a time, which lets the compiler
/// compare many bytes at once.
fn all_bytes(text: &str, accepts: impl Fn(u8) -> bool) -> bool {
    const BLOCK: usize = 64;
    let mut blocks = text.as_bytes().chunks(BLOCK);
    blocks.all(|block| block.iter().fold(true, |all, byte| all & accepts(*byte)))
}

/// Returns `text` with each hidden character replaced by what `mark` appends for it.
///
/// Newlines and tabs stay, and CRLF becomes a newline. Joiners and variation selectors stay after a
/// character that they can act on, since emoji and some scripts need them. Right-to-left text takes
/// its order from its letters and needs no controls.
#[must_use]
pub fn marked(text: &str, mut mark: impl FnMut(char, &mut String)) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut before = None;
    let mut rest = text.chars();
    while let Some(c) = rest.next() {
        let next = rest.clone().next();
        match c {
            '\n' | '\t' => shown.push(c),
            '\r' if next == Some('\n') => {}
            BLACK_FLAG => {
                shown.push(c);
                let tags = region_tags(rest.as_str());
                shown.push_str(tags);
                for _ in tags.chars() {
                    rest.next();
                }
            }
            // Zero-width non-joiner and joiner: between two letters or emoji.
            '\u{200c}' | '\u{200d}'
                if before.is_some_and(can_join) && next.is_some_and(can_join) =>
            {
                shown.push(c);
            }
            // Variation selectors: directly after the character that they vary.
            _ if is_variation(c) && before.is_some_and(can_vary) => shown.push(c),
            _ if is_hidden(c) => mark(c, &mut shown),
            _ => shown.push(c),
        }
        before = Some(c);
    }
    shown
}

/// The tag characters at the start of `text` that name a region, including the cancel tag.
fn region_tags(text: &str) -> &str {
    let is_tag = |c: char| ('\u{e0020}'..='\u{e007e}').contains(&c);
    let end = text.find(|c| !is_tag(c)).unwrap_or(text.len());
    match text.get(end..) {
        Some(rest) if end > 0 && rest.starts_with(CANCEL_TAG) => {
            text.get(..end + CANCEL_TAG.len_utf8()).unwrap_or_default()
        }
        _ => "",
    }
}

/// Letters and emoji outside ASCII, and the marks that follow them.
fn can_join(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && (!is_hidden(c) || is_variation(c))
}

/// Visible characters have variants; variation selectors themselves do not.
fn can_vary(c: char) -> bool {
    !c.is_whitespace() && !is_hidden(c)
}

fn is_variation(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn plain_text_is_as_it_was() {
        for text in [
            "",
            "Hello",
            "two\nlines\tand a tab",
            "Grüße, 你好, שלום, مرحبا",
            "a\u{301}",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn what_commands_a_terminal_is_marked() {
        assert_eq!(visible("\x1b[2J"), "␛[2J");
        assert_eq!(visible("\x1b]52;c;aGk=\x07"), "␛]52;c;aGk=␇");
        assert_eq!(visible("safe\rEVIL"), "safe␍EVIL");
        assert_eq!(visible("ab\x7f\x08"), "ab␡␈");
        assert_eq!(visible("\u{9b}31m"), "<U+009B>31m");
        assert_eq!(visible("\0"), "␀");
    }

    #[test]
    fn what_hides_or_reorders_is_marked() {
        assert_eq!(visible("\u{202e}exe.txt"), "<U+202E>exe.txt");
        assert_eq!(visible("a\u{200b}b"), "a<U+200B>b");
        assert_eq!(visible("a\u{200d}b"), "a<U+200D>b");
        assert_eq!(visible("\u{2066}x\u{2069}"), "<U+2066>x<U+2069>");
        assert_eq!(visible("\u{feff}x"), "<U+FEFF>x");
        assert_eq!(visible("x\u{e0041}"), "x<U+E0041>");
        assert_eq!(visible("a\u{2028}b"), "a<U+2028>b");
        // All bidirectional controls (UAX #9, table 4), and a few more that show nothing.
        let bidi = ['\u{61c}', '\u{200e}', '\u{200f}'].into_iter();
        for c in bidi
            .chain('\u{202a}'..='\u{202e}')
            .chain('\u{2066}'..='\u{2069}')
        {
            assert!(
                visible(&format!("a{c}b")).starts_with("a<U+"),
                "{:?} came through",
                c
            );
        }
        for c in [
            '\u{ad}',
            '\u{180e}',
            '\u{2060}',
            '\u{3164}',
            '\u{ffa0}',
            '\u{e0100}',
        ] {
            assert!(
                visible(&format!("{c}b")).starts_with("<U+"),
                "{:?} came through",
                c
            );
        }
    }

    #[test]
    fn what_emoji_and_scripts_need_stays() {
        for text in [
            "👩\u{200d}🚀",
            "🏳\u{fe0f}\u{200d}🌈",
            "❤\u{fe0f}",
            "1\u{fe0f}\u{20e3}",
            "می\u{200c}خواهم",
            "क\u{94d}\u{200d}ष",
            "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
        ] {
            assert_eq!(visible(text), text);
        }
    }

    #[test]
    fn a_line_ending_of_two_characters_is_one() {
        assert_eq!(visible("one\r\ntwo\r\n"), "one\ntwo\n");
    }

    #[test]
    fn nothing_is_left_that_could_command() {
        for code in 0..=0x10_ffff_u32 {
            let Some(c) = char::from_u32(code) else {
                continue;
            };
            let shown = visible(&format!("a{c}b")).into_owned();
            let risky = |c: char| c.is_control() && c != '\n' && c != '\t';
            assert!(!shown.contains(risky), "U+{code:04X} came through");
        }
    }
}
