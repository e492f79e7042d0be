//! Which characters of foreign text are hidden, and what may stay of them.
//!
//! One table, for everybody who shows foreign text or judges it: a terminal, a program that prints
//! what it receives without a look at it, the names of a room.

/// Characters outside of ASCII that show nothing by themselves or move what stands beside them, as
/// ranges in ascending order: C1 controls, line and paragraph separators, and all that Unicode lists
/// as format characters (general category Cf), as bidirectional controls (UAX #9) or as
/// default-ignorable (UAX #44); but no [`SIGNS`]. A test compares this with Unicode's data.
const HIDDEN: &[(char, char)] = &[
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

/// Format characters that can be seen: signs that enclose the digits after them
/// (Prepended_Concatenation_Mark, UAX #44). Texts need them; names do not.
const SIGNS: &[(char, char)] = &[
    ('\u{600}', '\u{605}'),
    ('\u{6dd}', '\u{6dd}'),
    ('\u{70f}', '\u{70f}'),
    ('\u{890}', '\u{891}'),
    ('\u{8e2}', '\u{8e2}'),
    ('\u{110bd}', '\u{110bd}'),
    ('\u{110cd}', '\u{110cd}'),
];

/// Characters that Unicode counts among the visible ones and that look like a space, or like nothing:
/// the blank pattern of Braille, the filler of the Khitan script, the null notehead of music, and
/// the place of an object that is missing.
const BLANK: &[char] = &['\u{2800}', '\u{fffc}', '\u{16fe4}', '\u{1d159}'];

/// Black flag: with tag characters behind it, the flag of a region (UTS #51, ED-14a).
const BLACK_FLAG: char = '\u{1F3F4}';
const CANCEL_TAG: char = '\u{E007F}';

/// Whether `c` shows nothing by itself, or moves what stands beside it. Of ASCII only the controls
/// do, newline and tab among them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    is_in(HIDDEN, c)
}

/// Whether `c` is a format character (general category Cf) that can be seen.
#[must_use]
pub fn is_sign(c: char) -> bool {
    is_in(SIGNS, c)
}

/// Whether `c` is counted among the visible characters and yet looks like a space or like nothing.
#[must_use]
pub fn is_blank(c: char) -> bool {
    c.is_whitespace() || BLANK.contains(&c)
}

/// Whether `text` is nothing but visible ASCII, newlines and tabs. It looks at a block at a time
/// and only then decides, which lets the compiler compare many bytes at once.
#[must_use]
pub fn is_plain(text: &str) -> bool {
    const BLOCK: usize = 64;
    let is_plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\n' | b'\t');
    let mut blocks = text.as_bytes().chunks(BLOCK);
    blocks.all(|block| block.iter().map(is_plain).fold(true, |all, one| all & one))
}

/// `text` in which `mark` has put something in place of each hidden character.
///
/// Newlines and tabs stay, and CRLF becomes a newline. Joiners and variation selectors stay where
/// emoji and scripts need them, behind a character that they can act on; right-to-left text has its
/// order from its letters and needs no control for it.
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
            // Variation selectors: directly behind what they vary.
            _ if is_variation(c) && before.is_some_and(can_vary) => shown.push(c),
            _ if is_hidden(c) => mark(c, &mut shown),
            _ => shown.push(c),
        }
        before = Some(c);
    }
    shown
}

/// The tag characters at the start of `text` that name a region, with the one that ends them.
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

/// Letters and emoji outside of ASCII, with the marks that can stand behind them.
fn can_join(c: char) -> bool {
    !c.is_ascii() && !c.is_whitespace() && (!is_hidden(c) || is_variation(c))
}

/// What has variants: anything visible, but not a variation selector again.
fn can_vary(c: char) -> bool {
    !c.is_whitespace() && !is_hidden(c)
}

fn is_variation(c: char) -> bool {
    matches!(c, '\u{fe00}'..='\u{fe0f}' | '\u{e0100}'..='\u{e01ef}')
}

fn is_in(ranges: &[(char, char)], c: char) -> bool {
    let before = ranges.partition_point(|(_, last)| *last < c);
    ranges.get(before).is_some_and(|(first, _)| *first <= c)
}

#[cfg(test)]
mod tests;
