//! Keys during a search.

use super::Scene;
use super::key::{Arrow, Key, KeyOutcome};
use super::mode::KeyMode;
use super::talk::Direction;

impl Scene {
    /// The current match of the search.
    #[must_use]
    pub fn found(&self) -> Option<i64> {
        match &self.mode {
            KeyMode::Search(search) => search.found,
            KeyMode::Line | KeyMode::Keys { .. } => None,
        }
    }

    pub(super) fn key_of_search(&mut self, key: &Key) -> Option<KeyOutcome> {
        let KeyMode::Search(search) = &mut self.mode else {
            return None;
        };
        let direction = match key {
            Key::Escape => {
                self.mode = KeyMode::Line;
                return None;
            }
            Key::Char(c) => {
                search.add(c.encode_utf8(&mut [0; 4]), self.limit);
                Direction::Older
            }
            Key::Paste(text) => {
                search.add(text, self.limit);
                Direction::Older
            }
            Key::Backspace | Key::Ctrl('h') => {
                search.words.pop();
                search.found = None;
                Direction::Older
            }
            Key::Ctrl('u') => {
                search.words.clear();
                search.found = None;
                return None;
            }
            Key::Enter | Key::Arrow(Arrow::Up, _) | Key::Ctrl('p' | 'r') => Direction::Older,
            Key::Arrow(Arrow::Down, _) | Key::Ctrl('n' | 's') => Direction::Newer,
            Key::PageUp | Key::PageDown | Key::Wheel(_) => return self.scroll(key),
            _ => return None,
        };
        let (words, from) = (search.words.clone(), search.found);
        if words.is_empty() {
            return None;
        }
        let size = self.talk_size();
        let found = self.talk.find(&words, from, direction, size);
        if let KeyMode::Search(search) = &mut self.mode {
            search.found = found.or(from);
        }
        if found.is_none() {
            let more = if self.members.is_some() {
                ". Esc, then /search looks in the whole room."
            } else {
                "."
            };
            self.remark = Some(match direction {
                Direction::Older => format!("Nothing older found here{more}"),
                Direction::Newer => "Nothing newer found.".to_owned(),
            });
        }
        None
    }
}
