//! Text within XML and HTML.

/// `text` for use between tags of XML or HTML, not in an attribute. The caller has made hidden
/// characters visible; code points that XML does not allow become U+FFFD.
#[must_use]
pub fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            // https://www.w3.org/TR/xml/#charsets
            '\u{fffe}' | '\u{ffff}' => escaped.push(char::REPLACEMENT_CHARACTER),
            '\n' | '\t' => escaped.push(c),
            _ if c.is_control() => escaped.push(char::REPLACEMENT_CHARACTER),
            _ => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn markup_becomes_text() {
        assert_eq!(
            escaped("<script>\"a\" & b]]></script>"),
            "&lt;script&gt;\"a\" &amp; b]]&gt;&lt;/script&gt;"
        );
        assert_eq!(
            escaped("\u{1b}[m\u{85}\u{ffff}\u{0}"),
            "\u{fffd}[m\u{fffd}\u{fffd}\u{fffd}"
        );
    }
}
