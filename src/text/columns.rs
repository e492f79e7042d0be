//! Text in columns of a terminal, where a letter can be one or two columns wide.

use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// `text`, followed by spaces up to `width` columns.
#[must_use]
pub(crate) fn left(text: &str, width: usize) -> String {
    let padding = width.saturating_sub(text.width());
    format!("{text}{:padding$}", "")
}

/// `text`, preceded by spaces up to `width` columns.
#[must_use]
pub(crate) fn right(text: &str, width: usize) -> String {
    let padding = width.saturating_sub(text.width());
    format!("{:padding$}{text}", "")
}

/// `text` if it fits into `width` columns, else as much of its start as does, and an ellipsis.
#[must_use]
pub(crate) fn cut(text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    kept + "…"
}

/// Pairs of texts in two aligned columns: one indented line for each, after a newline.
#[must_use]
pub(crate) fn two_columns<A: AsRef<str>, B: AsRef<str>>(rows: &[(A, B)]) -> String {
    let width = rows.iter().map(|(first, _)| first.as_ref().width()).max();
    let width = width.unwrap_or(0);
    let lines = rows.iter().map(|(first, second)| {
        let first = left(first.as_ref(), width);
        format!("\n  {first}  {}", second.as_ref())
    });
    lines.collect()
}

/// The column in which the second of two aligned columns of `line` begins: after the first gap of
/// two spaces that follows a word.
pub(super) fn two_columns_gap(line: &str) -> Option<usize> {
    let start = line.len() - line.trim_start_matches(' ').len();
    let (indent, words) = line.split_at_checked(start)?;
    let (first, rest) = words.split_once("  ")?;
    let gap = 2 + rest.len() - rest.trim_start_matches(' ').len();
    (!rest.trim().is_empty()).then(|| indent.len() + first.width() + gap)
}

#[cfg(test)]
mod tests {
    use super::{cut, left, right};

    #[test]
    fn text_that_is_too_wide_is_cut() {
        assert_eq!(cut("ann", 3), "ann");
        assert_eq!(cut("anna", 3), "an…");
        assert_eq!(cut("小明小", 4), "小…");
    }

    #[test]
    fn wide_letters_count_as_two_columns() {
        assert_eq!(left("小明", 6), "小明  ");
        assert_eq!(right("小明", 6), "  小明");
        assert_eq!(left("long", 2), "long");
    }
}
