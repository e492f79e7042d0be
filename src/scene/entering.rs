//! Entering lines, taking them back, and marking them as received.

use super::Scene;
use super::board::BoardPane;
use super::entry::{Delivery, EntryKind, TalkEntry};
use super::key::KeyOutcome;
use super::prompt::{LineEcho, PromptKind};
use super::receipts::{Acknowledgement, LastEntered};
use crate::text::LocalTime;
use std::mem;
use unicode_width::UnicodeWidthStr as _;

/// Maximum number of lines that wait for a prompt.
const WAITING: usize = 256;

impl Scene {
    /// Enters the draft or, if it is empty, the chosen move.
    pub(super) fn enter_draft(&mut self, now: Option<LocalTime>) -> Option<KeyOutcome> {
        let choice = self.board.as_ref().and_then(BoardPane::choice);
        if let Some(choice) = choice
            && self.draft.is_empty()
            && self.can_choose()
        {
            let choice = choice.to_owned();
            if !self.can_enter() {
                return None;
            }
            return self.enter(choice, now);
        }
        let length = self.draft.text().len();
        if length > self.limit {
            let limit = self.limit;
            self.remark = Some(format!("{length} of {limit} bytes: shorten the line."));
            return None;
        }
        if self.prompt.is_none() && self.draft.text().trim().is_empty() {
            return None;
        }
        if self.prompt.is_none() && !self.is_standing {
            self.draft.insert("\n");
            return None;
        }
        if !self.can_enter() {
            // Further input goes on a new row, so that two lines never merge.
            self.draft.insert("\n");
            return None;
        }
        let line = self.draft.take();
        let is_hidden = self
            .prompt
            .as_ref()
            .is_some_and(|prompt| prompt.line == LineEcho::Hidden);
        if !is_hidden && !self.is_prompt(PromptKind::Question) {
            self.draft.remember(&line);
        }
        self.enter(line, now)
    }

    /// Whether a line can be entered now. Tells the person if too many wait for a prompt.
    pub(super) fn can_enter(&mut self) -> bool {
        if self.prompt.is_some() {
            return true;
        }
        let has_space = self.entered.len() < WAITING;
        if self.is_standing && !has_space {
            self.remark = Some(format!("{WAITING} lines wait to be sent. Try again soon."));
        }
        self.is_standing && has_space
    }

    /// Enters a line at the prompt, or keeps it for the next one if that follows at once.
    pub(super) fn enter(&mut self, line: String, now: Option<LocalTime>) -> Option<KeyOutcome> {
        let Some(prompt) = self.prompt.take() else {
            self.entered.push_back((line, now));
            return None;
        };
        self.last = LastEntered::Blank;
        self.leave_ended_board();
        if let Some(board) = &mut self.board {
            board.leave();
        }
        if let Some((kept, cursor)) = self.set_aside.take() {
            self.draft.set(&kept, Some(cursor));
        }
        if line.trim().is_empty() {
            return Some(KeyOutcome::Line(line));
        }
        let is_command = line.starts_with('/');
        let shown = match prompt.line {
            LineEcho::Shown => crate::text::visible(&line).replace('\n', "\n  "),
            LineEcho::Hidden => "*".repeat(line.width()),
        };
        let is_sent = matches!(prompt.kind, PromptKind::Turn | PromptKind::Standing);
        let is_awaited = is_sent && !is_command;
        self.talk.take_part();
        if let Some(members) = &mut self.members {
            members.answer();
        }
        self.talk.push(TalkEntry {
            post: None,
            time: now,
            kind: EntryKind::Own(match is_awaited {
                true => Delivery::Awaited,
                false => Delivery::Local,
            }),
            text: match is_command {
                // Commands are dim, because nobody else reads them.
                true => format!("{} \x1b[2m{shown}\x1b[0m", prompt.speaker),
                false => format!("{} {shown}", prompt.speaker),
            },
        });
        let entry = self.talk.last();
        match (prompt.kind, is_awaited) {
            // Only the last line can still be acknowledged.
            (PromptKind::Turn, _) => {
                self.receipts.clear();
                self.receipts.wait_for(Some(entry));
            }
            (PromptKind::Standing, true) => self.receipts.wait_for(Some(entry)),
            (PromptKind::Standing, false) => self.receipts.wait_for(None),
            (PromptKind::Ahead | PromptKind::Question, _) => {}
        }
        let receipt = match is_sent {
            true => Acknowledgement::Follows,
            false => Acknowledgement::None,
        };
        self.last = LastEntered::Shown { entry, receipt };
        Some(KeyOutcome::Line(line))
    }

    /// Takes back the last entered line and removes it from the talk. Returns `false` if the line was
    /// the scene's own request for old posts.
    pub fn take_back(&mut self) -> bool {
        match mem::replace(&mut self.last, LastEntered::Nothing) {
            LastEntered::Nothing => false,
            LastEntered::Blank => true,
            LastEntered::Shown { entry, receipt } => {
                self.talk.take_back(entry);
                if receipt == Acknowledgement::Follows {
                    self.receipts.wait_no_more();
                }
                true
            }
            LastEntered::Older => {
                self.receipts.wait_no_more();
                self.talk.expect_older();
                false
            }
        }
    }

    /// Whether the last line was the scene's own request for old posts, caused by scrolling.
    #[must_use]
    pub fn has_asked_for_older(&self) -> bool {
        self.last == LastEntered::Older
    }

    /// Marks the line that a receipt acknowledges.
    pub fn mark_received(&mut self) {
        if let Some(entry) = self.receipts.come() {
            self.talk.mark_received(entry);
        }
    }
}
