//! Handling keys and clicks.

use super::Scene;
use super::board::{BoardPane, Moves};
use super::draft;
use super::key::{Arrow, Focus, Held, Key, KeyOutcome, Mouse, Wheel};
use super::mode::{KeyMode, TalkSearch};
use super::older::older_request;
use super::playback::Steered;
use super::prompt::PromptKind;
use super::receipts::LastEntered;
use crate::text::LocalTime;

impl Scene {
    /// Handles a key pressed at this time.
    pub fn key(&mut self, key: Key, now: Option<LocalTime>) -> Option<KeyOutcome> {
        if !matches!(key, Key::Focus(_)) {
            self.remark = None;
        }
        match &key {
            Key::Focus(focus) => {
                // A replay has no unread entries.
                if *focus == Focus::Elsewhere && self.playback.is_none() {
                    self.talk.leave_off();
                }
                self.focus = *focus;
                return None;
            }
            Key::Ctrl('c') => {
                self.mode = KeyMode::Line;
                return Some(KeyOutcome::Interrupt);
            }
            Key::Ctrl('z') => return Some(KeyOutcome::Suspend),
            Key::Ctrl('l') => return Some(KeyOutcome::Redraw),
            Key::Function(8) => {
                self.mouse = match self.mouse {
                    Mouse::Off => Mouse::On,
                    Mouse::On => Mouse::Off,
                };
                return Some(KeyOutcome::Mouse(self.mouse));
            }
            _ => {}
        }
        match self.mode {
            KeyMode::Keys { first } => self.key_of_list(key, first, now),
            KeyMode::Search(_) => self.key_of_search(&key),
            KeyMode::Line if self.playback.is_some() => self.key_of_playback(&key),
            KeyMode::Line => self.key_of_line(key, now),
        }
    }

    fn key_of_playback(&mut self, key: &Key) -> Option<KeyOutcome> {
        match key {
            Key::Function(1) | Key::Char('?') => {
                self.mode = KeyMode::Keys { first: 0 };
                return None;
            }
            Key::PageUp | Key::PageDown | Key::Wheel(_) | Key::Arrow(_, Held::Shift) => {
                return self.scroll(key);
            }
            _ => {}
        }
        match self.playback.as_mut()?.key(key) {
            Steered::Moved => {
                self.talk.take_part();
                Some(KeyOutcome::Steered)
            }
            Steered::Changed => Some(KeyOutcome::Steered),
            Steered::Quit => Some(KeyOutcome::Quit),
            Steered::Ignored => None,
        }
    }

    /// Scrolling keys scroll the list; any other key closes it. A second question mark is typed.
    pub(super) fn key_of_list(
        &mut self,
        key: Key,
        first: usize,
        now: Option<LocalTime>,
    ) -> Option<KeyOutcome> {
        let page = usize::from(self.layout().status.top)
            .saturating_sub(2)
            .max(1);
        self.mode = KeyMode::Line;
        match key {
            Key::PageDown | Key::Arrow(Arrow::Down, _) => {
                let first = (first + page).min(self.last_of_keys());
                self.mode = KeyMode::Keys { first };
                None
            }
            Key::PageUp | Key::Arrow(Arrow::Up, _) => {
                let first = first.saturating_sub(page);
                self.mode = KeyMode::Keys { first };
                None
            }
            Key::Char('?') => {
                if self.playback.is_none() {
                    self.draft.key(&key);
                }
                None
            }
            Key::Escape | Key::Enter | Key::Function(1) => None,
            key => self.key(key, now),
        }
    }

    pub(super) fn key_of_line(&mut self, key: Key, now: Option<LocalTime>) -> Option<KeyOutcome> {
        let is_blank = self.draft.is_empty();
        match key {
            Key::Function(1) => self.mode = KeyMode::Keys { first: 0 },
            Key::Char('?') if is_blank => self.mode = KeyMode::Keys { first: 0 },
            Key::Char('/') if is_blank && !self.talk.is_at_end() => {
                self.mode = KeyMode::Search(TalkSearch::default());
            }
            Key::Function(number) => {
                let offer = self.offers.iter().find(|offer| offer.key == number)?;
                let line = offer.line.clone();
                if self.is_prompt(PromptKind::Question) {
                    self.remark = Some("Answer the question first.".to_owned());
                } else if !self.takes_turn() {
                    self.remark = Some("Wait for your turn.".to_owned());
                } else if self.can_enter() {
                    return self.enter(line, now);
                }
            }
            Key::PageUp
            | Key::PageDown
            | Key::Wheel(_)
            | Key::Arrow(Arrow::Up | Arrow::Down, Held::Shift) => return self.scroll(&key),
            Key::End if is_blank => self.talk.go_to_end(),
            Key::Escape => match &mut self.board {
                Some(board) if board.chosen().is_some() => board.leave(),
                _ => self.talk.go_to_end(),
            },
            Key::Arrow(arrow, Held::Nothing) if is_blank && self.can_choose() => {
                if let Some(board) = &mut self.board {
                    board.step(arrow);
                }
            }
            Key::Arrow(Arrow::Right, Held::Nothing) | Key::Ctrl('f') if self.hint().is_some() => {
                let hint = self.hint().unwrap_or_default().to_owned();
                self.draft.insert(&hint);
            }
            Key::Click { column, row } => return self.click(column, row, now),
            Key::Ctrl('d') if is_blank => return Some(KeyOutcome::End),
            Key::Alt('\r') => {
                self.draft.insert("\n");
            }
            Key::Ctrl('j') | Key::Enter => return self.enter_draft(now),
            Key::Paste(text) => {
                if !self.draft.insert(&text) {
                    let kept = draft::CAPACITY / 1024;
                    self.remark = Some(format!("Only the first {kept} KiB of the line are kept."));
                }
            }
            key => {
                self.draft.key(&key);
            }
        }
        None
    }

    /// Whether the arrow keys choose a move: it is the person's turn, and there is no question.
    #[must_use]
    pub fn can_choose(&self) -> bool {
        self.takes_turn()
            && !self.is_board_over
            && self.board.as_ref().is_some_and(BoardPane::can_choose)
    }

    /// Whether a line can be entered now without waiting for the other side.
    pub(super) fn takes_turn(&self) -> bool {
        match &self.prompt {
            Some(prompt) => matches!(prompt.kind, PromptKind::Turn | PromptKind::Standing),
            None => self.is_standing,
        }
    }

    /// The columns and rows of the talk.
    pub(super) fn talk_size(&self) -> (usize, usize) {
        let area = self.layout().talk;
        (area.width.into(), area.height.into())
    }

    /// Scrolls the talk. Near the top, requests older posts from the room.
    pub(super) fn scroll(&mut self, key: &Key) -> Option<KeyOutcome> {
        const WHEEL: usize = 3;
        let (columns, rows) = self.talk_size();
        let page = rows.saturating_sub(2).max(1);
        match key {
            Key::PageUp => self.talk.scroll_up(page, columns, rows),
            Key::PageDown => self.talk.scroll_down(page, columns, rows),
            Key::Wheel(Wheel::Up) => self.talk.scroll_up(WHEEL, columns, rows),
            Key::Wheel(Wheel::Down) => self.talk.scroll_down(WHEEL, columns, rows),
            Key::Arrow(Arrow::Up, _) => self.talk.scroll_up(1, columns, rows),
            Key::Arrow(Arrow::Down, _) => self.talk.scroll_down(1, columns, rows),
            _ => {}
        }
        let is_up = matches!(
            key,
            Key::PageUp | Key::Wheel(Wheel::Up) | Key::Arrow(Arrow::Up, _)
        );
        if !is_up || !self.is_prompt(PromptKind::Standing) {
            return None;
        }
        let before = self.talk.wants_older(columns, rows)?;
        self.prompt = None;
        self.receipts.wait_for(None);
        self.last = LastEntered::Older;
        Some(KeyOutcome::Line(older_request(before)))
    }

    pub(super) fn click(
        &mut self,
        column: u16,
        row: u16,
        now: Option<LocalTime>,
    ) -> Option<KeyOutcome> {
        const SQUARE: u16 = 3;
        let area = self.layout().board?;
        if !area.contains(column, row) || !self.can_choose() {
            return None;
        }
        let board = self.board.as_mut()?;
        let (column, row) = (column - area.left, row - area.top);
        let squares = board.draw(area.width, Moves::Shown).squares;
        let hit = squares
            .into_iter()
            .find(|(x, y, _)| *y == row && (*x..*x + SQUARE).contains(&column));
        let (_, _, place) = hit?;
        let before = board.chosen();
        // The first click chooses, the second one plays. The draft is unaffected.
        let is_second = board.point(place) && before == board.chosen();
        let choice = board.choice().filter(|_| is_second)?.to_owned();
        if !self.can_enter() {
            return None;
        }
        self.enter(choice, now)
    }
}
