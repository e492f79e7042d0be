//! Long lines broken between words, for a terminal that would break them within words.

use super::columns::two_columns_gap;
use std::borrow::Cow;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// The fewest columns in which words are wrapped.
const NARROWEST: usize = 16;

/// How far a continued line is indented beyond the line itself, so that foreign text never begins a row,
/// where it could pass for a line of the program.
const HANG: usize = 2;

/// `text` with each whole line that is wider than `columns` broken between words. Lines that fit,
/// and what follows the last newline, are unchanged.
#[must_use]
pub(crate) fn wrap(text: &str, columns: usize) -> Cow<'_, str> {
    // No line is wider than its bytes, except for tabs.
    let may_fit = |line: &str| line.len() <= columns && !line.contains('\t');
    if columns < NARROWEST || text.split('\n').all(may_fit) {
        return Cow::Borrowed(text);
    }
    let mut wrapped = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive('\n') {
        match line.strip_suffix('\n') {
            Some(whole) => {
                wrap_line(whole, columns, &mut wrapped);
                wrapped.push('\n');
            }
            None => wrapped.push_str(line),
        }
    }
    Cow::Owned(wrapped)
}

/// A piece of a line.
#[derive(Debug, Clone, Copy)]
enum Fragment<'a> {
    /// A colour (SGR), which takes no space.
    Color(&'a str),
    /// A character as it is seen, and its width.
    Seen(&'a str, usize),
}

/// The pieces of a line; `None` if it moves the cursor.
fn pieces(line: &str) -> Option<Vec<Fragment<'_>>> {
    let mut pieces = Vec::new();
    let mut column = 0;
    let mut rest = line;
    while !rest.is_empty() {
        if rest.starts_with('\x1b') {
            let end = rest.find(|c: char| c.is_ascii_alphabetic())?;
            let (color, after) = rest.split_at_checked(end + 1)?;
            if !color.starts_with("\x1b[") || !color.ends_with('m') {
                return None;
            }
            pieces.push(Fragment::Color(color));
            rest = after;
            continue;
        }
        let (seen, after) = rest.split_at(rest.find('\x1b').unwrap_or(rest.len()));
        for grapheme in seen.graphemes(true) {
            let width = match grapheme {
                "\t" => 8 - column % 8,
                control if control.starts_with(char::is_control) => return None,
                grapheme => grapheme.width(),
            };
            column += width;
            pieces.push(Fragment::Seen(grapheme, width));
        }
        rest = after;
    }
    Some(pieces)
}

/// The length of the control sequences before the text of a line: those that erase the prompt, set
/// the title or ring the bell.
fn controls(line: &str) -> usize {
    let mut rest = line;
    loop {
        let after = match rest.strip_prefix("\x1b[") {
            Some(sequence) => sequence
                .find(|c: char| c.is_ascii_alphabetic())
                .filter(|end| !sequence.get(*end..).is_some_and(|end| end.starts_with('m')))
                .and_then(|end| sequence.get(end + 1..)),
            None => match rest.strip_prefix("\x1b]") {
                Some(sequence) => sequence.split_once('\x07').map(|(_, after)| after),
                None => rest.strip_prefix(['\r', '\x07']),
            },
        };
        match after {
            Some(after) => rest = after,
            None => return line.len() - rest.len(),
        }
    }
}

fn wrap_line(line: &str, columns: usize, wrapped: &mut String) {
    let (controls, line) = line.split_at(controls(line));
    wrapped.push_str(controls);
    let Some(pieces) = pieces(line) else {
        return wrapped.push_str(line);
    };
    let width: usize = pieces.iter().map(Fragment::width).sum();
    if width <= columns {
        return wrapped.push_str(line);
    }
    let seen: String = pieces.iter().map(|piece| piece.seen()).collect();
    let indent = indent(&seen, columns);
    let mut row = WrappedRow {
        text: String::new(),
        width: 0,
        last_space: None,
    };
    for piece in pieces {
        match piece {
            Fragment::Color(color) => row.text.push_str(color),
            Fragment::Seen(" ", 1) if row.width >= columns => {
                // The end of the row takes its place.
                row.last_space = Some((row.text.len(), row.width));
            }
            Fragment::Seen(seen, width) => {
                // A row with nothing but its indent is not broken again: a cluster of combining
                // letters may be wider than any row.
                while row.width + width > columns && row.width > indent {
                    row = row.broken(indent, wrapped);
                }
                row.text.push_str(seen);
                row.width += width;
                if seen == " " && row.width > indent {
                    row.last_space = Some((row.text.len(), row.width));
                }
            }
        }
    }
    wrapped.push_str(&row.text);
}

impl Fragment<'_> {
    fn width(&self) -> usize {
        match self {
            Self::Color(_) => 0,
            Self::Seen(_, width) => *width,
        }
    }

    fn seen(&self) -> &str {
        match self {
            Self::Color(_) => "",
            Self::Seen(seen, _) => seen,
        }
    }
}

/// The row being filled.
struct WrappedRow {
    text: String,
    width: usize,
    /// The end of the last space after which the row can be broken, in bytes and in columns.
    last_space: Option<(usize, usize)>,
}

impl WrappedRow {
    /// Ends the row after its last word, or where it is if it has only one. Returns the next row,
    /// with the rest.
    fn broken(self, indent: usize, wrapped: &mut String) -> Self {
        let (end, used) = self.last_space.unwrap_or((self.text.len(), self.width));
        let (row, rest) = self.text.split_at_checked(end).unwrap_or((&self.text, ""));
        wrapped.push_str(row.trim_end_matches(' '));
        wrapped.push('\n');
        Self {
            text: format!("{:indent$}{rest}", ""),
            width: indent + self.width.saturating_sub(used),
            last_space: None,
        }
    }
}

/// The column in which the rows after the first begin: below the second of two columns, below the
/// text after a time, or a little further in than the line.
fn indent(line: &str, columns: usize) -> usize {
    let start = line.len() - line.trim_start_matches(' ').len();
    let hang = match two_columns_gap(line) {
        Some(second) => second,
        None if starts_with_time(line) => TIME,
        None => start + HANG,
    };
    if hang <= columns / 2 { hang } else { HANG }
}

/// The width of a time and the space after it: `14:02 `.
const TIME: usize = 6;

fn starts_with_time(line: &str) -> bool {
    let mut bytes = line.bytes();
    let mut is = |expected: fn(&u8) -> bool| bytes.next().is_some_and(|byte| expected(&byte));
    is(u8::is_ascii_digit)
        && is(u8::is_ascii_digit)
        && is(|byte| *byte == b':')
        && is(u8::is_ascii_digit)
        && is(u8::is_ascii_digit)
        && is(|byte| *byte == b' ')
}

#[cfg(test)]
mod tests {
    use super::wrap;
    use proptest::prelude::{ProptestConfig, prop_assert, prop_assert_eq, proptest};
    use unicode_width::UnicodeWidthStr as _;

    #[test]
    fn lines_that_fit_are_unchanged() {
        for text in [
            "",
            "short\n",
            "no newline",
            "+---+\n|   |\n+---+\n",
            "a  b\n",
        ] {
            assert_eq!(wrap(text, 20), text);
        }
        let exact = "12345678901234567890\n";
        assert_eq!(wrap(exact, 20), exact);
    }

    #[test]
    fn long_lines_are_broken_between_words_and_indented() {
        assert_eq!(
            wrap("ann: one two three four five\n", 20),
            "ann: one two three\n  four five\n"
        );
        assert_eq!(
            wrap("14:02 ann: one two three four\n", 20),
            "14:02 ann: one two\n      three four\n"
        );
        assert_eq!(
            wrap("  /who  list the members of this room\n", 24),
            "  /who  list the members\n        of this room\n"
        );
    }

    #[test]
    fn control_sequences_before_a_line_take_no_space() {
        let controls = "\x1b[2A\r\x1b[J\x1b]2;a long title of a window\x07\x07";
        assert_eq!(
            wrap(&format!("{controls}ann: one two three four five\n"), 20),
            format!("{controls}ann: one two three\n  four five\n")
        );
    }

    #[test]
    fn a_word_that_is_too_long_is_broken_at_the_edge() {
        assert_eq!(
            wrap("xxxxxxxxxxxxxxxxxxxxxxxxx\n", 20),
            "xxxxxxxxxxxxxxxxxxxx\n  xxxxx\n"
        );
        assert_eq!(
            wrap("你好你好你好你好你好你\n", 20),
            "你好你好你好你好你好\n  你\n"
        );
    }

    #[test]
    fn colours_take_no_space_and_stay() {
        let colored = "\x1b[2m14:02\x1b[0m \x1b[1;36mann:\x1b[0m hi\n";
        assert_eq!(wrap(colored, 16), colored);
        assert_eq!(
            wrap("\x1b[2mone two three four five\x1b[0m\n", 16),
            "\x1b[2mone two three\n  four five\x1b[0m\n"
        );
    }

    #[test]
    fn a_line_that_moves_the_cursor_is_left_alone() {
        let mark = "\x1b[A\x1b[30Ga very long mark that does not fit\r\n";
        assert_eq!(wrap(mark, 20), mark);
    }

    #[test]
    fn a_cluster_wider_than_a_row_ends_the_wrapping() {
        for columns in [16, 40, 80] {
            for cluster in [
                "\u{1100}".repeat(60),
                format!("\u{915}{}", "\u{93e}".repeat(120)),
            ] {
                let text = format!("ann: one two three four five six {cluster} seven\n");
                let wrapped = wrap(&text, columns);
                let letters = |text: &str| text.split_whitespace().collect::<String>();
                assert_eq!(letters(&wrapped), letters(&text));
                assert!(wrapped.len() < text.len() + 200, "{wrapped}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]
        #[test]
        fn no_row_is_wider_than_the_terminal_and_nothing_is_lost(
            text in "([a-zé你 ]{0,40}\n){1,4}", columns in 16_usize..50,
        ) {
            let wrapped = wrap(&text, columns);
            for row in wrapped.lines() {
                prop_assert!(row.width() <= columns, "{row:?}");
            }
            let letters = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(letters(&wrapped), letters(&text));
        }
    }
}
