//! What a person sees and types in panes, without a terminal: the talk, the members, the board, the
//! line, and the place of the reader.
//!
//! A [`Scene`] takes in what the shells show and the keys of the person. It draws nothing and waits for
//! nothing, and all that it keeps is bounded. Where each pane is says its [`Layout`].
//!
//! Lines are asked for in `asking` and entered in `entering`. Keys are carried out in `pressing`, and in
//! `searching` while words are searched for.

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

pub use board::{BoardPane, Chosen, Moves, Place};
pub use board_drawing::BoardDrawing;
pub use completion::{completions, hint};
pub use entry::{Arrivals, Attention, Delivery, Entry, EntryKind, Presence};
pub use key::{Arrow, Focus, Held, Key, KeyOffer, Mouse, Outcome, Wheel};
pub use layout::{Area, Layout, SMALLEST, Size};
pub use line::TypedLine;
pub use members::{Listed, Members};
pub use older::{OLDER, older_request};
pub use playback::{Motion, Playback, Stop};
pub use prompt::{LineEcho, Prompt, PromptKind};
pub use talk::{Direction, KEPT_ENTRIES, Talk, TalkRow};

use crate::text::LocalTime;
use crate::wire::BoardSight;
use draft::Draft;
use layout::Content;
use mode::Mode;
use receipts::{Entered, Receipts};
use std::collections::VecDeque;
use std::mem;
use std::time::Duration;

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
    /// The draft from before a question, and the cursor in it.
    set_aside: Option<(String, usize)>,
    prompt: Option<Prompt>,
    /// Lines that were entered while there was no prompt that usually stands.
    entered: VecDeque<(String, Option<LocalTime>)>,
    /// Whether the last prompt that was no question stands: the next one follows at once.
    is_standing: bool,
    /// What was entered last.
    last: Entered,
    receipts: Receipts,
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
            last: Entered::Nothing,
            receipts: Receipts::default(),
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

    /// Shows the newest lines, and no list or search.
    pub fn go_to_end(&mut self) {
        self.mode = Mode::Line;
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

    /// What the function keys do: nothing while the other side has the turn.
    #[must_use]
    pub fn offers(&self) -> &[KeyOffer] {
        match self.takes_turn() {
            true => &self.offers,
            false => &[],
        }
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

    /// The words that Tab goes through, and the number of the one that is in the line.
    #[must_use]
    pub fn candidates(&self) -> (&[String], Option<usize>) {
        self.draft.candidates()
    }

    /// Adds an older post to the talk in its place among the others, unless it is there already or there
    /// is no space.
    pub fn add_old(&mut self, entry: Entry) {
        let (columns, rows) = self.talk_size();
        self.talk.settle(columns, rows);
        if let Some(next) = self.talk.insert_old(entry) {
            self.receipts.renumber(next);
            self.last.renumber(next);
        }
    }

    /// Adds an entry to the talk.
    pub fn add(&mut self, entry: Entry) {
        self.talk.push(entry);
    }
}
