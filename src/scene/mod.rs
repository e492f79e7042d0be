//! What a person sees and types in panes, without a terminal: the talk, the members, the board, the
//! line, and the place of the reader.
//!
//! A [`Scene`] takes in what the shells show and the keys of the person. It draws nothing and waits for
//! nothing, and all that it keeps is bounded. Where each pane is says its [`Layout`].

mod board;
mod board_drawing;
mod completion;
mod draft;
mod entry;
mod key;
mod layout;
mod members;
mod older;
mod playback;
mod talk;

pub use board::{BoardPane, Chosen, Place};
pub use board_drawing::BoardDrawing;
pub use completion::{completions, hint};
pub use entry::{Arrivals, Attention, Delivery, Entry, EntryKind, Presence};
pub use key::{Arrow, Focus, Held, Key, Wheel};
pub use layout::{Area, Layout, SMALLEST, Size};
pub use members::{Listed, Members};
pub use older::{OLDER, is_older_request, older_request};
pub use playback::{Motion, Playback, Stop};
pub use talk::{Direction, KEPT_ENTRIES, Talk, TalkRow};

use crate::text::LocalTime;
use crate::wire::BoardSight;
use draft::Draft;
use key::KEYS;
use layout::Content;
use playback::{PLAYBACK_KEYS, Steered};
use std::collections::VecDeque;
use std::mem;
use std::time::Duration;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// Maximum number of lines that wait for a prompt, and of those that wait for their receipt.
const WAITING: usize = 256;

/// What a person sees and types.
#[derive(Debug)]
pub struct Scene {
    size: Size,
    /// Maximum length of a line in bytes.
    limit: usize,
    talk: Talk,
    members: Option<Members>,
    board: Option<BoardPane>,
    /// The recording that is played, in the place of the line.
    playback: Option<Playback>,
    /// Whether the game on the board is over.
    is_board_over: bool,
    draft: Draft,
    /// The draft that was withdrawn last, and the cursor in it.
    withdrawn: (String, usize),
    prompt: Option<Prompt>,
    /// Lines that were entered while there was no prompt that usually stands.
    entered: VecDeque<(String, Option<LocalTime>)>,
    /// Whether the last prompt stands: the next one follows at once.
    is_standing: bool,
    /// For each line that waits for its receipt, the entry that shows it.
    awaited: VecDeque<Awaited>,
    status: String,
    progress: Option<String>,
    time_left: Option<Duration>,
    offers: Vec<KeyOffer>,
    /// What the person is told about the last key.
    remark: Option<String>,
    mode: Mode,
    mouse: Mouse,
    focus: Focus,
}

/// A request for a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The text before the line, with escape sequences for colours.
    pub label: String,
    /// How an entered line begins in the talk, with escape sequences for colours.
    pub speaker: String,
    /// Whether the line is shown.
    pub line: LineEcho,
    /// What follows the line.
    pub kind: PromptKind,
}

/// How a line is shown while it is typed, and in the talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineEcho {
    /// As it is.
    Shown,
    /// As asterisks.
    Hidden,
}

/// What a prompt is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PromptKind {
    /// A line of a session: the next prompt comes on the next turn.
    Turn,
    /// A line of a room: the next prompt follows at once.
    Standing,
    /// An answer to a question, which the arrow keys do not recall.
    Question,
}

/// A line that waits for its receipt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Awaited {
    /// This entry is marked then.
    Shown(i64),
    /// It is not marked, as a command or a request for old posts.
    Silent,
}

/// Something that one key does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyOffer {
    /// The function key.
    pub key: u8,
    /// What it does, in a word or two.
    pub label: &'static str,
    /// The line that it enters.
    pub line: String,
}

impl KeyOffer {
    /// The function key `key` enters `line`.
    #[must_use]
    pub fn new(key: u8, label: &'static str, line: &str) -> Self {
        Self {
            key,
            label,
            line: line.to_owned(),
        }
    }
}

/// What the keys are for.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Mode {
    /// For the line.
    Line,
    /// For the words to search for.
    Search(Search),
    /// For the list of keys, from this one on.
    Keys { first: usize },
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Search {
    words: String,
    /// The entry that was found last.
    found: Option<i64>,
    /// Whether nothing more was found.
    is_exhausted: bool,
}

/// Whether clicks and the wheel reach this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mouse {
    /// No: the terminal selects text.
    Off,
    /// Yes.
    On,
}

/// What a key has led to, for the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The person has entered a line.
    Line(String),
    /// Ctrl-C.
    Interrupt,
    /// Ctrl-D on an empty line.
    End,
    /// Ctrl-Z.
    Suspend,
    /// Ctrl-L.
    Redraw,
    /// The mouse was switched.
    Mouse(Mouse),
    /// The recording that is played is at another place, or moves on in another way.
    Steered,
    /// The person wants to see no more of the recording.
    Quit,
}

impl Scene {
    /// An empty scene on a screen of this size. A line may have `limit` bytes of UTF-8.
    #[must_use]
    pub fn new(size: Size, limit: usize) -> Self {
        Self {
            size,
            limit,
            talk: Talk::default(),
            members: None,
            board: None,
            playback: None,
            is_board_over: false,
            draft: Draft::default(),
            withdrawn: (String::new(), 0),
            prompt: None,
            entered: VecDeque::new(),
            is_standing: false,
            awaited: VecDeque::new(),
            status: String::new(),
            progress: None,
            time_left: None,
            offers: Vec::new(),
            remark: None,
            mode: Mode::Line,
            mouse: Mouse::Off,
            focus: Focus::Here,
        }
    }

    /// The size of the screen.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// The screen has this size now.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Where each pane is.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let content = Content {
            board: self.board.as_ref(),
            members: self.members.as_ref(),
            input_rows: self.input_rows(self.size.columns),
        };
        Layout::of(&content, self.size)
    }

    /// The talk.
    #[must_use]
    pub fn talk(&self) -> &Talk {
        &self.talk
    }

    /// The talk.
    pub fn talk_mut(&mut self) -> &mut Talk {
        &mut self.talk
    }

    /// The members, if this is a room.
    #[must_use]
    pub fn members(&self) -> Option<&Members> {
        self.members.as_ref()
    }

    /// The members of the room.
    pub fn members_mut(&mut self) -> &mut Members {
        self.members.get_or_insert_default()
    }

    /// The board, if there is one.
    #[must_use]
    pub fn board(&self) -> Option<&BoardPane> {
        self.board.as_ref()
    }

    /// Shows this board.
    pub fn show_board(&mut self, sight: BoardSight) {
        self.is_board_over = false;
        match &mut self.board {
            Some(board) if board.sight().table == sight.table => board.update(sight),
            board => *board = Some(BoardPane::new(sight)),
        }
    }

    /// The game on the board is over: it goes when the person enters the next line.
    pub fn end_board(&mut self) {
        self.is_board_over = true;
    }

    /// The person has entered a line: a board whose game is over goes.
    pub fn leave_ended_board(&mut self) {
        if mem::take(&mut self.is_board_over) {
            self.board = None;
        }
    }

    /// Shows no board any more.
    pub fn hide_board(&mut self) {
        self.board = None;
    }

    /// The recording that is played, if there is one.
    #[must_use]
    pub fn playback(&self) -> Option<&Playback> {
        self.playback.as_ref()
    }

    /// The recording that is played, if there is one.
    pub fn playback_mut(&mut self) -> Option<&mut Playback> {
        self.playback.as_mut()
    }

    /// Plays a recording from now on: there is no line any more, and the keys are for the recording.
    pub fn play(&mut self, playback: Playback) {
        self.playback = Some(playback);
    }

    /// Shows these entries instead of the talk so far.
    pub fn retell(&mut self, entries: impl IntoIterator<Item = Entry>) {
        self.talk = Talk::default();
        for entry in entries {
            self.talk.push(entry);
        }
    }

    /// Whose turn it is, or where the person is.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Shows whose turn it is, or where the person is. The text has no hidden characters.
    pub fn set_status(&mut self, status: String) {
        self.status = status;
    }

    /// What takes long at the moment.
    #[must_use]
    pub fn progress(&self) -> Option<&str> {
        self.progress.as_deref()
    }

    /// Shows what takes long at the moment.
    pub fn set_progress(&mut self, progress: Option<String>) {
        self.progress = progress;
    }

    /// How long a lost connection can still come back.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        self.time_left
    }

    /// Shows how long a lost connection can still come back; `None` when it is there.
    pub fn set_time_left(&mut self, left: Option<Duration>) {
        self.time_left = left;
    }

    /// What the function keys do.
    #[must_use]
    pub fn offers(&self) -> &[KeyOffer] {
        &self.offers
    }

    /// Offers these lines on keys.
    pub fn set_offers(&mut self, offers: Vec<KeyOffer>) {
        self.offers = offers;
    }

    /// Whether the person looks at the window.
    #[must_use]
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// Whether the mouse is used.
    #[must_use]
    pub fn mouse(&self) -> Mouse {
        self.mouse
    }

    /// What the person is told about the last key.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// The first of the [keys](Self::keys) that are listed, while they are.
    #[must_use]
    pub fn first_key(&self) -> Option<usize> {
        match self.mode {
            Mode::Keys { first } => Some(first),
            Mode::Line | Mode::Search(_) => None,
        }
    }

    /// The keys, with what they do.
    #[must_use]
    pub fn keys(&self) -> &'static [(&'static str, &'static str)] {
        match self.playback {
            Some(_) => PLAYBACK_KEYS,
            None => KEYS,
        }
    }

    /// The words that are searched for.
    #[must_use]
    pub fn search(&self) -> Option<&str> {
        match &self.mode {
            Mode::Search(search) => Some(&search.words),
            Mode::Line | Mode::Keys { .. } => None,
        }
    }

    /// Whether a line is asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.prompt.is_some()
    }

    /// The text before the line.
    #[must_use]
    pub fn label(&self) -> &str {
        self.prompt.as_ref().map_or("", |prompt| &prompt.label)
    }

    /// The line as it is shown, and the position of the cursor in it, in bytes.
    #[must_use]
    pub fn line(&self) -> (String, usize) {
        let (text, cursor) = (self.draft.text(), self.draft.cursor());
        let echo = self.prompt.as_ref().map(|prompt| prompt.line);
        match echo {
            Some(LineEcho::Hidden) => {
                let stars = |text: &str| "*".repeat(text.graphemes(true).count());
                let before = stars(text.get(..cursor).unwrap_or_default());
                (stars(text), before.len())
            }
            Some(LineEcho::Shown) | None => (text.to_owned(), cursor),
        }
    }

    /// What follows the line without being part of it: its length near the limit, or the rest of a
    /// command.
    #[must_use]
    pub fn aside(&self) -> Option<String> {
        let length = self.draft.text().len();
        if length > self.limit - self.limit / 8 {
            return Some(format!("  ({length} of {} bytes)", self.limit));
        }
        let is_hidden = matches!(&self.prompt, Some(prompt) if prompt.line == LineEcho::Hidden);
        if is_hidden || self.draft.cursor() < self.draft.text().len() {
            return None;
        }
        hint(&self.draft.words, self.draft.text()).map(|rest| format!("[{rest}]"))
    }

    /// The words that Tab goes through.
    #[must_use]
    pub fn candidates(&self) -> &[String] {
        self.draft.candidates()
    }

    /// How many rows the line takes on a screen of this many columns.
    fn input_rows(&self, columns: u16) -> usize {
        if let Some(playback) = &self.playback {
            return playback.rows(columns.into()).len();
        }
        let (line, _) = self.line();
        let columns = usize::from(columns.max(2));
        let rows = line.split('\n').map(|row| row.width() / columns + 1);
        rows.sum::<usize>() + self.label().width() / columns
    }

    /// Adds an entry to the talk.
    pub fn add(&mut self, entry: Entry) {
        self.talk.push(entry);
    }

    /// Asks for a line that starts with `draft`. `words` complete it. Returns a line that was entered
    /// in the meantime.
    pub fn ask(&mut self, prompt: Prompt, draft: &str, words: Vec<String>) -> Option<Outcome> {
        self.draft.words = words;
        let ahead = self.draft.text().to_owned();
        let cursor = self.draft.cursor();
        let (withdrawn, place) = mem::take(&mut self.withdrawn);
        if !draft.is_empty() {
            let is_same = ahead.is_empty() && withdrawn == draft;
            self.draft
                .set(&[draft, &ahead].concat(), is_same.then_some(place));
        } else if prompt.kind == PromptKind::Question {
            self.draft.set("", None);
            self.withdrawn = (ahead, cursor);
        }
        self.is_standing = prompt.kind == PromptKind::Standing;
        self.prompt = Some(prompt);
        let (line, entered_at) = self.entered.pop_front()?;
        self.enter(line, entered_at)
    }

    /// Replaces the words that complete the line.
    pub fn learn(&mut self, words: Vec<String>) {
        self.draft.words = words;
    }

    /// Takes the prompt back. Returns what was typed and not entered.
    pub fn withdraw(&mut self) -> String {
        self.prompt = None;
        let cursor = self.draft.cursor();
        let text = self.draft.take();
        self.withdrawn = (text.clone(), cursor);
        text
    }

    /// Takes the last entered line back out of the talk.
    pub fn take_back(&mut self) {
        if self.talk.take_back() {
            self.awaited.pop_back();
        }
    }

    /// Marks a line whose receipt has come.
    pub fn mark_received(&mut self) {
        if let Some(Awaited::Shown(entry)) = self.awaited.pop_front() {
            self.talk.mark_received(entry);
        }
    }

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
    fn key_of_list(&mut self, key: Key, first: usize, now: Option<LocalTime>) -> Option<Outcome> {
        const PAGE: usize = 5;
        self.mode = Mode::Line;
        match key {
            Key::PageDown | Key::Arrow(Arrow::Down, _) => {
                let first = (first + PAGE).min(self.keys().len().saturating_sub(PAGE));
                self.mode = Mode::Keys { first };
                None
            }
            Key::PageUp | Key::Arrow(Arrow::Up, _) => {
                let first = first.saturating_sub(PAGE);
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

    fn key_of_search(&mut self, key: &Key) -> Option<Outcome> {
        let Mode::Search(search) = &mut self.mode else {
            return None;
        };
        let direction = match key {
            Key::Escape => {
                self.mode = Mode::Line;
                return None;
            }
            Key::Char(c) if search.words.len() < self.limit => {
                search.words.push(*c);
                search.found = None;
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
        let columns = self.talk_columns();
        let found = self.talk.find(&words, from, direction, columns);
        if let Mode::Search(search) = &mut self.mode {
            search.is_exhausted = found.is_none();
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

    fn key_of_line(&mut self, key: Key, now: Option<LocalTime>) -> Option<Outcome> {
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
                return self.enter(line, now);
            }
            Key::PageUp | Key::PageDown | Key::Wheel(_) | Key::Arrow(_, Held::Shift) => {
                return self.scroll(&key);
            }
            Key::End | Key::Escape if is_blank => {
                let had_choice = self
                    .board
                    .as_ref()
                    .is_some_and(|board| board.chosen().is_some());
                if had_choice && let Some(board) = &mut self.board {
                    board.leave();
                } else {
                    self.talk.go_to_end();
                }
            }
            Key::Escape => {
                if let Some(board) = &mut self.board {
                    board.leave();
                }
            }
            Key::Arrow(arrow, Held::Nothing) if is_blank && self.can_choose() => {
                if let Some(board) = &mut self.board {
                    board.step(arrow);
                }
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

    /// Whether the arrows choose a move.
    fn can_choose(&self) -> bool {
        let is_asked = self.prompt.is_some();
        is_asked && self.board.as_ref().is_some_and(BoardPane::can_choose)
    }

    fn talk_columns(&self) -> usize {
        usize::from(self.layout().talk.width)
    }

    /// Scrolls the talk. Near its first entry, asks the room for older ones.
    fn scroll(&mut self, key: &Key) -> Option<Outcome> {
        const WHEEL: usize = 3;
        let area = self.layout().talk;
        let (columns, rows) = (usize::from(area.width), usize::from(area.height));
        let page = rows.saturating_sub(2).max(1);
        match key {
            Key::PageUp => self.talk.scroll_up(page, columns, rows),
            Key::PageDown => self.talk.scroll_down(page, columns),
            Key::Wheel(Wheel::Up) => self.talk.scroll_up(WHEEL, columns, rows),
            Key::Wheel(Wheel::Down) => self.talk.scroll_down(WHEEL, columns),
            Key::Arrow(Arrow::Up, _) => self.talk.scroll_up(1, columns, rows),
            Key::Arrow(Arrow::Down, _) => self.talk.scroll_down(1, columns),
            _ => {}
        }
        let before = match self.prompt {
            Some(_) => self.talk.wants_older(columns, rows)?,
            None => return None,
        };
        self.prompt = None;
        self.wait_for(Awaited::Silent);
        Some(Outcome::Line(older_request(before)))
    }

    fn click(&mut self, column: u16, row: u16, now: Option<LocalTime>) -> Option<Outcome> {
        const SQUARE: u16 = 3;
        let area = self.layout().board?;
        if !area.contains(column, row) || !self.can_choose() {
            return None;
        }
        let board = self.board.as_mut()?;
        let (column, row) = (column - area.left, row - area.top);
        let squares = board.draw(area.width).squares;
        let hit = squares
            .into_iter()
            .find(|(x, y, _)| *y == row && (*x..*x + SQUARE).contains(&column));
        let (_, _, place) = hit?;
        let before = board.chosen();
        // The first click chooses, the second one plays.
        (board.point(place) && before == board.chosen())
            .then(|| self.enter_draft(now))
            .flatten()
    }

    /// Enters the draft or, if it is empty, the chosen move.
    fn enter_draft(&mut self, now: Option<LocalTime>) -> Option<Outcome> {
        let choice = self.board.as_ref().and_then(BoardPane::choice);
        if let Some(choice) = choice
            && self.draft.is_empty()
            && self.prompt.is_some()
        {
            let choice = choice.to_owned();
            return self.enter(choice, now);
        }
        let length = self.draft.text().len();
        if length > self.limit {
            let limit = self.limit;
            self.remark = Some(format!("{length} of {limit} bytes: shorten the line."));
            return None;
        }
        if self.prompt.is_none() && !self.is_standing {
            self.draft.insert("\n");
            return None;
        }
        let line = self.draft.take();
        self.enter(line, now)
    }

    /// Enters a line at the prompt, or keeps it for the next one if that follows at once.
    fn enter(&mut self, line: String, now: Option<LocalTime>) -> Option<Outcome> {
        let Some(prompt) = self.prompt.take() else {
            if self.is_standing && self.entered.len() < WAITING {
                self.entered.push_back((line, now));
            }
            return None;
        };
        self.leave_ended_board();
        if let Some(board) = &mut self.board {
            board.leave();
        }
        if prompt.kind == PromptKind::Question {
            let (kept, cursor) = mem::take(&mut self.withdrawn);
            self.draft.set(&kept, Some(cursor));
        }
        if line.trim().is_empty() {
            return Some(Outcome::Line(line));
        }
        let is_command = line.starts_with('/');
        let shown = match prompt.line {
            LineEcho::Shown => {
                if prompt.kind != PromptKind::Question {
                    self.draft.remember(&line);
                }
                crate::text::visible(&line).replace('\n', "\n  ")
            }
            LineEcho::Hidden => "*".repeat(line.width()),
        };
        let is_awaited = prompt.kind != PromptKind::Question && !is_command;
        self.talk.take_part();
        if let Some(members) = &mut self.members {
            members.answer();
        }
        self.talk.push(Entry {
            post: None,
            time: now,
            kind: EntryKind::Own(match is_awaited {
                true => Delivery::Awaited,
                false => Delivery::Local,
            }),
            text: format!("{} {shown}", prompt.speaker),
        });
        let shown = Awaited::Shown(self.talk.last());
        match (prompt.kind, is_awaited) {
            // Only the last line can still be acknowledged.
            (PromptKind::Turn, _) => {
                self.awaited.clear();
                self.wait_for(shown);
            }
            (PromptKind::Standing, true) => self.wait_for(shown),
            (PromptKind::Standing, false) => self.wait_for(Awaited::Silent),
            (PromptKind::Question, _) => {}
        }
        Some(Outcome::Line(line))
    }

    fn wait_for(&mut self, awaited: Awaited) {
        if self.awaited.len() < WAITING {
            self.awaited.push_back(awaited);
        }
    }
}
