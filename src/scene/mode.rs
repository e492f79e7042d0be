//! The input modes.

/// The meaning of the keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum KeyMode {
    /// They edit the input line.
    Line,
    /// They edit the words to search for.
    Search(TalkSearch),
    /// They scroll the list of keys, whose first visible row this is.
    Keys { first: usize },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct TalkSearch {
    pub(super) words: String,
    /// The last match.
    pub(super) found: Option<i64>,
}

impl TalkSearch {
    /// Adds as much of the first line of `text` as the limit allows.
    pub(super) fn add(&mut self, text: &str, limit: usize) {
        let line = text.lines().next().unwrap_or_default();
        let space = limit.saturating_sub(self.words.len());
        let fits = line.get(..line.floor_char_boundary(space));
        self.words.push_str(fits.unwrap_or_default());
        self.found = None;
    }
}
