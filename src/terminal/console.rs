//! The interface of all consoles.

use super::ask::{Ask, Typed};
use super::paint::Style;
use super::panes::shared::SceneGuard;
use crate::scene::TalkEntry;
use std::future::ready;

/// The size of a screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScreenSize {
    /// The width in columns.
    pub columns: usize,
    /// The height in rows.
    pub rows: usize,
}

/// A console where a person reads and types.
pub trait Console {
    /// How text may look on it.
    fn style(&self) -> Style;

    /// Its width in columns, if known.
    fn columns(&self) -> Option<usize> {
        None
    }

    /// Its present size, if it has a line editor.
    fn size(&self) -> Option<ScreenSize> {
        None
    }

    /// Whether it has a line editor: it offers the words of an [`Ask`] as completions, and a prompt
    /// can be withdrawn without losing what was typed.
    fn completes(&self) -> bool {
        false
    }

    /// Its scene, if it has panes, which show members and boards as data instead of text.
    fn scene(&self) -> Option<SceneGuard<'_>> {
        None
    }

    /// Buffers `text` until the next [`flush`](Self::flush) or [`prompt`](Self::prompt). There must
    /// be no prompt on the screen.
    fn print(&mut self, text: &str);

    /// Prints an entry of the talk.
    fn add(&mut self, entry: TalkEntry) {
        self.print(&entry.text);
        self.print("\n");
    }

    /// Writes `text`, which consists of whole lines, at once. Long lines are left to the terminal, so
    /// that they are copied in one piece. There must be no prompt on the screen.
    fn print_to_copy(&mut self, text: &str) {
        self.print(text);
        self.flush();
    }

    /// Prints `mark` after the last entered line if nothing was printed since and there is space
    /// for it. Elsewhere nobody would know what it belongs to, so it is not printed at all.
    fn mark(&mut self, mark: &str) {
        let _ = mark;
    }

    /// Erases the line that was entered or interrupted last, with its prompt, if nothing was printed
    /// since. Returns the line.
    fn take_back(&mut self) -> String {
        String::new()
    }

    /// Sets the title of the terminal's window. It appears with the next text or prompt.
    fn title(&mut self, title: &str) {
        let _ = title;
    }

    /// Rings the terminal's bell, if the person wants that, with the next text or prompt. A notification
    /// says `why`. Foreign text in it has been escaped.
    fn ring(&mut self, why: &str) {
        let _ = why;
    }

    /// Writes the buffered text. After a failure [`typed`](Self::typed) returns [`Typed::Gone`] or
    /// [`Typed::Failed`].
    fn flush(&mut self);

    /// Writes `text`, which consists of whole lines, above the prompt and the line being typed.
    /// Waits while the backlog of a slow reader is full; dropping the future then discards `text`.
    fn interject(&mut self, text: &str) -> impl Future<Output = ()> {
        self.print(text);
        self.flush();
        ready(())
    }

    /// Waits until all interjections are written, for at most a second.
    fn drain(&mut self) -> impl Future<Output = ()> {
        ready(())
    }

    /// Writes the buffered text and shows the prompt.
    fn prompt(&mut self, ask: Ask);

    /// Replaces the completions until the next [`prompt`](Self::prompt), also for the line being
    /// typed.
    fn learn(&mut self, words: Vec<String>) {
        drop(words);
    }

    /// Waits for input. Dropping the future loses nothing.
    fn typed(&mut self) -> impl Future<Output = Typed>;

    /// Removes the prompt, if there is one. Returns the text that was typed but not entered.
    fn withdraw(&mut self) -> impl Future<Output = String>;

    /// Whether [`withdraw`](Self::withdraw) has sent an interrupt signal to this process since the
    /// last call. The signal has been delivered by then.
    fn has_interrupted_itself(&mut self) -> bool {
        false
    }
}
