//! The state of the panes, independent of any terminal: talk, members, board, input line, and the
//! reader's position.
//!
//! The shells feed a [`Scene`] with output and keys. It draws nothing and waits for nothing, and its
//! memory is bounded. Its [`Layout`] says where each pane is.
//!
//! `asking` handles prompts, `entering` entered lines, `pressing` keys, and `searching` keys during a
//! search.

mod asking;
mod board;
mod board_drawing;
mod completion;
mod draft;
mod entering;
mod entry;
mod key;
mod key_list;
mod layout;
mod line;
mod members;
mod mode;
mod older;
mod playback;
mod pressing;
mod prompt;
mod receipts;
mod searching;
mod talk;

pub use board::{BoardChoice, BoardPane, Moves, SquarePlace};
pub use board_drawing::BoardDrawing;
pub use completion::{completions, hint};
pub use entry::{Arrivals, Attention, Delivery, EntryKind, PresenceChange, TalkEntry};
pub use key::{Arrow, Focus, Held, Key, KeyOffer, KeyOutcome, Mouse, Wheel};
pub use layout::{Area, Layout, SMALLEST, Size};
pub use line::TypedLine;
pub use members::{ListedMember, Members};
pub use older::{OLDER, older_request};
pub use playback::{Motion, Playback, Stop};
pub use prompt::{LineEcho, LinePrompt, PromptKind};
pub use talk::{Direction, KEPT_ENTRIES, Talk, TalkRow};

use crate::text::LocalTime;
use crate::wire::BoardSight;
use draft::Draft;
use layout::Content;
use mode::KeyMode;
use receipts::{AwaitedReceipts, LastEntered};
use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

/// The state of the panes.
#[derive(Debug)]
pub struct Scene {
    size: Size,
    /// Maximum length of a line in bytes.
    limit: usize,
    talk: Talk,
    members: Option<Members>,
    board: Option<BoardPane>,
    /// The replay, which takes the place of the input line.
    playback: Option<Playback>,
    /// Whether the game on the board is over.
    is_board_over: bool,
    draft: Draft,
    /// The draft that was withdrawn last, and the cursor in it.
    withdrawn: (String, usize),
    /// The draft from before a question, and the cursor in it.
    set_aside: Option<(String, usize)>,
    prompt: Option<LinePrompt>,
    /// Lines entered while there was briefly no prompt in a room.
    entered: VecDeque<(String, Option<LocalTime>)>,
    /// Whether the last prompt, questions aside, was one of a room: the next one follows at once.
    is_standing: bool,
    /// The last line entered.
    last: LastEntered,
    receipts: AwaitedReceipts,
    status: String,
    progress: Option<String>,
    time_left: Option<Duration>,
    offers: Vec<KeyOffer>,
    /// A remark about the last key.
    remark: Option<String>,
    mode: KeyMode,
    mouse: Mouse,
    focus: Focus,
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
            set_aside: None,
            prompt: None,
            entered: VecDeque::new(),
            is_standing: false,
            last: LastEntered::Nothing,
            receipts: AwaitedReceipts::default(),
            status: String::new(),
            progress: None,
            time_left: None,
            offers: Vec::new(),
            remark: None,
            mode: KeyMode::Line,
            mouse: Mouse::Off,
            focus: Focus::Here,
        }
    }

    /// The size of the screen.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Changes the size of the screen.
    pub fn resize(&mut self, size: Size) {
        self.size = size;
    }

    /// Where each pane is.
    #[must_use]
    pub fn layout(&self) -> Layout {
        let content = Content {
            board: self.board.as_ref().map(|board| (board, self.moves())),
            members: self.members.as_ref(),
            input_rows: match &self.playback {
                Some(playback) => playback.rows(self.size.columns.into()).len(),
                None => self.typed_line(self.size.columns).end.1 + 1,
            },
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

    /// Scrolls to the end and closes the list of keys and the search.
    pub fn go_to_end(&mut self) {
        self.mode = KeyMode::Line;
        self.talk.take_part();
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

    /// The drawing of the board in its place, if there is space for it.
    #[must_use]
    pub fn board_drawing(&self) -> Option<BoardDrawing> {
        let area = self.layout().board?;
        Some(self.board.as_ref()?.draw(area.width, self.moves()))
    }

    fn moves(&self) -> Moves {
        match self.can_choose() {
            true => Moves::Shown,
            false => Moves::Hidden,
        }
    }

    /// Shows this board.
    pub fn show_board(&mut self, sight: BoardSight) {
        self.is_board_over = false;
        match &mut self.board {
            Some(board) if board.sight().table == sight.table => board.update(sight),
            board => *board = Some(BoardPane::new(sight)),
        }
    }

    /// Marks the game as over. The board is removed when the person enters the next line.
    pub fn end_board(&mut self) {
        self.is_board_over = true;
    }

    /// Removes the board if its game is over.
    pub fn leave_ended_board(&mut self) {
        if mem::take(&mut self.is_board_over) {
            self.board = None;
        }
    }

    /// Removes the board.
    pub fn hide_board(&mut self) {
        self.board = None;
    }

    /// The replay, if there is one.
    #[must_use]
    pub fn playback(&self) -> Option<&Playback> {
        self.playback.as_ref()
    }

    /// The replay, if there is one.
    pub fn playback_mut(&mut self) -> Option<&mut Playback> {
        self.playback.as_mut()
    }

    /// Starts a replay. It replaces the input line, and all keys control it.
    pub fn play(&mut self, playback: Playback) {
        self.playback = Some(playback);
    }

    /// Replaces the entries of the talk.
    pub fn retell(&mut self, entries: impl IntoIterator<Item = TalkEntry>) {
        self.talk = Talk::default();
        for entry in entries {
            self.talk.push(entry);
        }
    }

    /// The status text, such as whose turn it is.
    #[must_use]
    pub fn status(&self) -> &str {
        &self.status
    }

    /// Sets the status text, which must contain no hidden characters.
    pub fn set_status(&mut self, status: String) {
        self.status = status;
    }

    /// The description of a slow operation, while there is one.
    #[must_use]
    pub fn progress(&self) -> Option<&str> {
        self.progress.as_deref()
    }

    /// Sets or clears the description of a slow operation.
    pub fn set_progress(&mut self, progress: Option<String>) {
        self.progress = progress;
    }

    /// The time left to reconnect, while the connection is lost.
    #[must_use]
    pub fn time_left(&self) -> Option<Duration> {
        self.time_left
    }

    /// Sets the time left to reconnect; `None` while connected.
    pub fn set_time_left(&mut self, left: Option<Duration>) {
        self.time_left = left;
    }

    /// The commands on function keys. There are none while the other side has the turn.
    #[must_use]
    pub fn offers(&self) -> &[KeyOffer] {
        match self.takes_turn() {
            true => &self.offers,
            false => &[],
        }
    }

    /// Sets the commands on function keys.
    pub fn set_offers(&mut self, offers: Vec<KeyOffer>) {
        self.offers = offers;
    }

    /// Whether the window has the focus.
    #[must_use]
    pub fn focus(&self) -> Focus {
        self.focus
    }

    /// Whether the mouse is used.
    #[must_use]
    pub fn mouse(&self) -> Mouse {
        self.mouse
    }

    /// A remark about the last key.
    #[must_use]
    pub fn remark(&self) -> Option<&str> {
        self.remark.as_deref()
    }

    /// The words that are searched for.
    #[must_use]
    pub fn search(&self) -> Option<&str> {
        match &self.mode {
            KeyMode::Search(search) => Some(&search.words),
            KeyMode::Line | KeyMode::Keys { .. } => None,
        }
    }

    /// Whether a line is asked for.
    #[must_use]
    pub fn is_asked(&self) -> bool {
        self.prompt.is_some()
    }

    /// The words that Tab goes through, and the number of the one that is in the line.
    #[must_use]
    pub fn candidates(&self) -> (&[String], Option<usize>) {
        self.draft.candidates()
    }

    /// Inserts an older post in order, unless it is already there or the talk is full.
    pub fn add_old(&mut self, entry: TalkEntry) {
        let (columns, rows) = self.talk_size();
        self.talk.settle(columns, rows);
        if let Some(next) = self.talk.insert_old(entry) {
            self.receipts.renumber(next);
            self.last.renumber(next);
        }
    }

    /// Adds an entry to the talk.
    pub fn add(&mut self, entry: TalkEntry) {
        self.talk.push(entry);
    }
}
