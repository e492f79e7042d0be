//! Carrying out keys and clicks.

use super::Scene;
use super::board::{BoardPane, Moves};
use super::draft;
use super::key::{Arrow, Focus, Held, Key, Mouse, Outcome, Wheel};
use super::mode::{Mode, Search};
use super::older::older_request;
use super::playback::Steered;
use super::prompt::PromptKind;
use super::receipts::Entered;
use crate::text::LocalTime;

impl Scene {
    /// Carries out a key that was pressed at this time.
    pub fn key(&mut self, key: Key, now: Option<LocalTime>) -> Option<Outcome> {
        if !matches!(key, Key::Focus(_)) {
            self.remark = None;
        }
        match &key {
            Key::Focus(focus) => {
                // Nothing is missed of a recording.
                if *focus == Focus::Elsewhere && self.playback.is_none() {
                    self.talk.leave_off();
                }
                self.focus = *focus;
                return None;
            }
            Key::Ctrl('c') => {
                self.mode = Mode::Line;
                return Some(Outcome::Interrupt);
            }
            Key::Ctrl('z') => return Some(Outcome::Suspend),
            Key::Ctrl('l') => return Some(Outcome::Redraw),
            Key::Function(8) => {
                self.mouse = match self.mouse {
                    Mouse::Off => Mouse::On,
                    Mouse::On => Mouse::Off,
                };
                return Some(Outcome::Mouse(self.mouse));
            }
            _ => {}
        }
        match self.mode {
            Mode::Keys { first } => self.key_of_list(key, first, now),
            Mode::Search(_) => self.key_of_search(&key),
            Mode::Line if self.playback.is_some() => self.key_of_playback(&key),
            Mode::Line => self.key_of_line(key, now),
        }
    }

    fn key_of_playback(&mut self, key: &Key) -> Option<Outcome> {
        match key {
            Key::Function(1) | Key::Char('?') => {
                self.mode = Mode::Keys { first: 0 };
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
                Some(Outcome::Steered)
            }
            Steered::Changed => Some(Outcome::Steered),
            Steered::Quit => Some(Outcome::Quit),
            Steered::Ignored => None,
        }
    }

    /// Any key but those that scroll closes the list of keys. The question mark that has opened it can
    /// be typed then.
    pub(super) fn key_of_list(
        &mut self,
        key: Key,
        first: usize,
        now: Option<LocalTime>,
    ) -> Option<Outcome> {
        let page = usize::from(self.layout().status.top)
            .saturating_sub(2)
            .max(1);
        self.mode = Mode::Line;
        match key {
            Key::PageDown | Key::Arrow(Arrow::Down, _) => {
                let first = (first + page).min(self.last_of_keys());
                self.mode = Mode::Keys { first };
                None
            }
            Key::PageUp | Key::Arrow(Arrow::Up, _) => {
                let first = first.saturating_sub(page);
                self.mode = Mode::Keys { first };
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

    pub(super) fn key_of_line(&mut self, key: Key, now: Option<LocalTime>) -> Option<Outcome> {
        let is_blank = self.draft.is_empty();
        match key {
            Key::Function(1) => self.mode = Mode::Keys { first: 0 },
            Key::Char('?') if is_blank => self.mode = Mode::Keys { first: 0 },
            Key::Char('/') if is_blank && !self.talk.is_at_end() => {
                self.mode = Mode::Search(Search::default());
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
            Key::Ctrl('d') if is_blank => return Some(Outcome::End),
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

    /// Whether the arrows choose a move: it is the person's turn, and nothing else is asked.
    #[must_use]
    pub fn can_choose(&self) -> bool {
        self.takes_turn()
            && !self.is_board_over
            && self.board.as_ref().is_some_and(BoardPane::can_choose)
    }

    /// Whether a line takes the turn, or needs none. The next prompt of a room follows at once.
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

    /// Scrolls the talk. Near its first entry, asks the room for older ones.
    pub(super) fn scroll(&mut self, key: &Key) -> Option<Outcome> {
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
        self.last = Entered::Older;
        Some(Outcome::Line(older_request(before)))
    }

    pub(super) fn click(
        &mut self,
        column: u16,
        row: u16,
        now: Option<LocalTime>,
    ) -> Option<Outcome> {
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
        // The first click chooses, the second one plays. The line remains as it is.
        let is_second = board.point(place) && before == board.chosen();
        let choice = board.choice().filter(|_| is_second)?.to_owned();
        if !self.can_enter() {
            return None;
        }
        self.enter(choice, now)
    }
}
