//! The list of keys and signs that F1 shows.

use super::Scene;
use super::key::{KEYS, SIGNS};
use super::mode::KeyMode;
use super::playback::PLAYBACK_KEYS;
use crate::drawing::{Row, Sheet};
use crate::text::wrap;
use unicode_width::UnicodeWidthStr as _;

impl Scene {
    /// The keys with their descriptions.
    #[must_use]
    pub fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self.playback {
            Some(_) => PLAYBACK_KEYS,
            None => KEYS,
        }
    }

    /// The visible rows of the list, while it is open.
    #[must_use]
    pub fn key_list(&self) -> Option<Vec<Row>> {
        let KeyMode::Keys { first } = self.mode else {
            return None;
        };
        let more = match self.last_of_keys() {
            0 => "any other key",
            _ => "PgDn: more; any other key",
        };
        let heading = format!("\x1b[1mKeys ({more}: back)\x1b[0m");
        let width = self.size.columns.into();
        let mut rows = Sheet::new(width).print(&format!("{heading}\n"));
        rows.truncate(1);
        rows.extend(self.rows_of_keys().into_iter().skip(first));
        rows.truncate(self.layout().status.top.into());
        Some(rows)
    }

    /// The first row of the last page of the list.
    pub(super) fn last_of_keys(&self) -> usize {
        let page = usize::from(self.layout().status.top.saturating_sub(1));
        self.rows_of_keys().len().saturating_sub(page)
    }

    fn rows_of_keys(&self) -> Vec<Row> {
        let width = usize::from(self.size.columns);
        let keys = self.keys();
        let signs = match self.playback {
            Some(_) => &[],
            None => SIGNS,
        };
        let left = keys.iter().chain(signs).map(|(key, _)| key.width()).max();
        let widths = (left.unwrap_or(0) + 2, width);
        let mut text = table(keys, widths);
        if !signs.is_empty() {
            text.push_str("\x1b[1mSigns\x1b[0m\n");
            text.push_str(&table(signs, widths));
        }
        Sheet::new(width).print(&wrap(&text, width))
    }
}

/// Two columns, the first `left` wide, or two rows per line if that does not fit.
fn table(lines: &[(&str, &str)], (left, width): (usize, usize)) -> String {
    let right = lines
        .iter()
        .map(|(_, what)| what.width())
        .max()
        .unwrap_or(0);
    let rows = lines.iter().map(|(key, what)| {
        let gap = match left + right > width {
            true => "\n   ".to_owned(),
            false => " ".repeat(left - key.width()),
        };
        format!("\x1b[1m{key}\x1b[0m{gap}{what}\n")
    });
    rows.collect()
}
