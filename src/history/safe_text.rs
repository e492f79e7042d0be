//! Foreign text made safe for lines, Markdown and JSON.

use crate::text::visible;
use std::fmt::Write as _;

/// [`visible`] text with its further lines indented by `columns`, so that none of them can pass for
/// a line of the program.
pub(super) fn indented(text: &str, columns: usize) -> String {
    visible(text).replace('\n', &format!("\n{:columns$}", ""))
}

/// [`visible`] text as an indented block of Markdown: nothing in it is markup, and no line of it
/// can end the block.
pub(super) fn markdown_block(text: &str) -> String {
    format!("    {}", indented(text, 4))
}

/// `text` as Markdown that renders literally: any ASCII punctuation may follow a backslash.
pub(super) fn literal(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        // These are not markup within a line.
        if c.is_ascii_punctuation() && !matches!(c, ':' | '-' | ',' | '(' | ')') {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

/// The same JSON made safe for a terminal: hidden characters become escapes such as `\u202e`. In
/// valid JSON they occur only within strings.
pub(super) fn ascii_where_hidden(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        let mut bytes = [0; 4];
        let alone: &str = c.encode_utf8(&mut bytes);
        if visible(alone) == alone {
            safe.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::{ascii_where_hidden, indented, literal};
    use crate::text::visible;

    #[test]
    fn json_is_the_same_value_and_safe_for_a_terminal() {
        let text = "a\x1b\u{9b}\u{202e}\u{e0041}\x7f\u{2028}\r\n\t\"\\ 👩\u{200d}🚀 Grüße";
        let json = serde_json::json!({ "text": text });
        let safe = ascii_where_hidden(&json.to_string());
        assert_eq!(visible(&safe), safe);
        assert!(safe.contains("Grüße") && safe.contains("\\u202e"));
        let read: serde_json::Value = serde_json::from_str(&safe).unwrap_or_default();
        assert_eq!(read, json);
    }

    #[test]
    fn markdown_renders_names_literally() {
        assert_eq!(literal("*ann* <b>"), "\\*ann\\* \\<b\\>");
        assert_eq!(literal("[a](b)`_"), "\\[a\\](b)\\`\\_");
    }

    #[test]
    fn further_lines_are_indented_and_escaped() {
        assert_eq!(indented("one\ntwo\r\nthree\x1b", 2), "one\n  two\n  three␛");
    }
}
