//! The lines that the host has entered on a page, until the console handles them.

use std::cell::RefCell;
use std::collections::VecDeque;
use tokio::sync::Notify;

/// Maximum number of waiting lines. The console handles each within milliseconds.
const MOST: usize = 64;

/// Lines from the host's pages.
#[derive(Debug, Default)]
pub(super) struct PageLines {
    lines: RefCell<VecDeque<String>>,
    added: Notify,
}

impl PageLines {
    /// Adds a line. Returns whether there was space for it.
    pub(super) fn add(&self, line: String) -> bool {
        let mut lines = self.lines.borrow_mut();
        let has_space = lines.len() < MOST;
        if has_space {
            lines.push_back(line);
            self.added.notify_one();
        }
        has_space
    }

    /// Waits for the next line. Cancel safe.
    pub(super) async fn next(&self) -> String {
        loop {
            if let Some(line) = self.lines.borrow_mut().pop_front() {
                return line;
            }
            self.added.notified().await;
        }
    }
}
