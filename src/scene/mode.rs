//! What the keys are for.

/// What the keys are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Mode {
    /// For the line.
    Line,
    /// For the words to search for.
    Search(Search),
    /// For the list of keys, from this one on.
    Keys { first: usize },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Search {
    pub(super) words: String,
    /// The entry that was found last.
    pub(super) found: Option<i64>,
}

impl Search {
    /// Adds as much of the first line of `text` as the limit allows.
    pub(super) fn add(&mut self, text: &str, limit: usize) {
        let line = text.lines().next().unwrap_or_default();
        let space = limit.saturating_sub(self.words.len());
        let fits = line.get(..line.floor_char_boundary(space));
        self.words.push_str(fits.unwrap_or_default());
        self.found = None;
    }
}
