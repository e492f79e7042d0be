//! Foreign text, made safe for a terminal: what would command it, hide or reorder is shown as a
//! visible mark instead.

use crate::text::{is_plain, marked};
use std::borrow::Cow;
use std::fmt::Write as _;

/// `text` with every character that is not plainly visible shown as a mark: C0 controls and DEL as
/// their Unicode control pictures (`␛`), all others as `<U+202E>`. What stays is for
/// [`marked`] to say.
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

/// The control picture of a C0 control: `␀` for NUL, and so on in the same order.
fn control_picture(control: char) -> char {
    char::from_u32(0x2400 + u32::from(control)).unwrap_or(char::REPLACEMENT_CHARACTER)
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
