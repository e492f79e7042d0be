//! The table of hidden characters, shared by everything that shows or judges foreign text.

/// Characters outside ASCII that show nothing by themselves or reorder their neighbours, as ranges
/// in ascending order: C1 controls, line and paragraph separators, and everything that Unicode
/// lists as a format character (general category Cf), as a bidirectional control (UAX #9) or as
/// default-ignorable (UAX #44), except [`SIGNS`]. A test compares the table with Unicode's data.
pub(super) const HIDDEN: &[(char, char)] = &[
    ('\u{80}', '\u{9f}'),
    ('\u{ad}', '\u{ad}'),
    ('\u{34f}', '\u{34f}'),
    ('\u{61c}', '\u{61c}'),
    ('\u{115f}', '\u{1160}'),
    ('\u{17b4}', '\u{17b5}'),
    ('\u{180b}', '\u{180f}'),
    ('\u{200b}', '\u{200f}'),
    ('\u{2028}', '\u{202e}'),
    ('\u{2060}', '\u{206f}'),
    ('\u{3164}', '\u{3164}'),
    ('\u{fe00}', '\u{fe0f}'),
    ('\u{feff}', '\u{feff}'),
    ('\u{ffa0}', '\u{ffa0}'),
    ('\u{fff0}', '\u{fffb}'),
    ('\u{13430}', '\u{1343f}'),
    ('\u{1bca0}', '\u{1bca3}'),
    ('\u{1d173}', '\u{1d17a}'),
    ('\u{e0000}', '\u{e0fff}'),
];

/// Visible format characters: signs that enclose the digits after them
/// (Prepended_Concatenation_Mark, UAX #44). Text needs them; names do not.
pub(super) const SIGNS: &[(char, char)] = &[
    ('\u{600}', '\u{605}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
];

/// Characters that Unicode classifies as visible but that look like a space or like nothing: the
/// blank Braille pattern, the object replacement character, the Khitan script's filler and the null
/// notehead of musical notation.
pub(super) const BLANK: &[char] = &['\u{2800}', '\u{fffc}', '\u{16fe4}', '\u{1d159}'];

/// Whether `c` shows nothing by itself or reorders its neighbours. In ASCII these are the controls,
/// including newline and tab.
#[must_use]
pub(crate) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    is_in(HIDDEN, c)
}

/// Whether `c` is a visible format character (general category Cf).
#[must_use]
pub(crate) fn is_sign(c: char) -> bool {
    is_in(SIGNS, c)
}

/// Whether `c` is a visible character by Unicode's data but looks like a space or like nothing.
#[must_use]
pub(crate) fn is_blank(c: char) -> bool {
    c.is_whitespace() || BLANK.contains(&c)
}

fn is_in(ranges: &[(char, char)], c: char) -> bool {
    let before = ranges.partition_point(|(_, last)| *last < c);
    ranges.get(before).is_some_and(|(first, _)| *first <= c)
}
