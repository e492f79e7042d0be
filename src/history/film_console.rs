//! A console without a terminal that collects the output of each step for panes.

use super::projector::ReplayConsole;
use crate::journal::Moment;
use crate::scene::{Delivery, EntryKind, SMALLEST, Scene, TalkEntry};
use crate::terminal::{Ask, Audience, Console, Ink, Paint, SceneGuard, Style, Typed};
use crate::text::{LocalTime, visible};
use crate::wire::{BoardSight, SquareSight};
use std::cell::RefCell;
use std::mem;
use std::sync::Arc;

/// The entries that one step added, and the board after it.
#[derive(Debug)]
pub(super) struct FilmFrame {
    pub(super) entries: Vec<TalkEntry>,
    pub(super) board: Option<Arc<BoardSight>>,
    /// Its approximate size in bytes.
    pub(super) size: usize,
}

/// A console that collects entries and boards, as panes show them. Its input is scripted.
pub(super) struct FilmConsole {
    paint: Paint,
    /// When the present step happened.
    time: Option<LocalTime>,
    /// The entries of the present step.
    entries: Vec<TalkEntry>,
    /// The start of an unfinished line.
    printed: String,
    /// The next line of input.
    line: Option<String>,
    /// Holds the board.
    scene: RefCell<Scene>,
}

impl FilmConsole {
    pub(super) fn new(paint: Paint) -> Self {
        Self {
            paint,
            time: None,
            entries: Vec::new(),
            printed: String::new(),
            line: None,
            scene: RefCell::new(Scene::new(SMALLEST, usize::MAX)),
        }
    }

    /// Begins a step that happened at this time.
    pub(super) fn begin(&mut self, at: Option<Moment>) {
        let millis = at.and_then(|Moment(millis)| u64::try_from(millis).ok());
        self.time = millis.and_then(LocalTime::of);
    }

    /// Takes the output since the last frame, whose board was `last`.
    pub(super) fn take_frame(&mut self, last: Option<Arc<BoardSight>>) -> FilmFrame {
        self.flush();
        let entries = mem::take(&mut self.entries);
        let board = self
            .scene
            .get_mut()
            .board()
            // Nobody moves in a replay.
            .map(|board| board.sight().clone().without_moves());
        let (board, board_size) = match (board, last) {
            (Some(board), Some(last)) if board == *last => (Some(last), 0),
            (Some(board), _) => {
                let size = size_of_board(&board);
                (Some(Arc::new(board)), size)
            }
            (None, _) => (None, 0),
        };
        let texts = entries.iter().map(|entry| entry.text.len());
        let size = size_of::<FilmFrame>() + size_of_val(entries.as_slice()) + texts.sum::<usize>();
        FilmFrame {
            entries,
            board,
            size: size + board_size,
        }
    }

    /// Adds an entry. The first entry and all messages of a step show its time.
    fn push(&mut self, entry: TalkEntry) {
        let has_time = !matches!(entry.kind, EntryKind::Note) || self.entries.is_empty();
        let time = self.time.filter(|_| has_time);
        self.entries.push(TalkEntry { time, ..entry });
    }
}

/// About how many bytes a board takes.
fn size_of_board(board: &BoardSight) -> usize {
    let rows = board.grids.iter().flat_map(|grid| &grid.rows);
    let squares = rows.map(|row| row.squares.len() * size_of::<SquareSight>());
    let text: usize = board.text.iter().map(String::len).sum();
    size_of::<BoardSight>() + squares.sum::<usize>() + text + board.words.len()
}

impl ReplayConsole for FilmConsole {
    fn type_line(&mut self, line: String) {
        self.line = Some(line);
    }
}

impl Console for FilmConsole {
    fn style(&self) -> Style {
        Style {
            paint: self.paint,
            audience: Audience::Person,
        }
    }

    fn scene(&self) -> Option<SceneGuard<'_>> {
        let scene = self.scene.try_borrow_mut();
        scene.ok().map(SceneGuard::unseen)
    }

    fn print(&mut self, text: &str) {
        self.printed.push_str(text);
        let Some(end) = self.printed.rfind('\n') else {
            return;
        };
        let rest = self.printed.split_off(end + 1);
        let lines = mem::replace(&mut self.printed, rest);
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            self.push(TalkEntry::note(line.to_owned()));
        }
    }

    fn add(&mut self, entry: TalkEntry) {
        self.flush();
        self.push(entry);
    }

    fn mark(&mut self, _: &str) {
        let mut entries = self.entries.iter_mut().rev();
        let awaited = entries.find(|entry| entry.kind == EntryKind::Own(Delivery::Awaited));
        if let Some(entry) = awaited {
            entry.kind = EntryKind::Own(Delivery::Received);
        }
    }

    fn flush(&mut self) {
        if !self.printed.is_empty() {
            self.print("\n");
        }
    }

    fn prompt(&mut self, _: Ask) {
        self.flush();
    }

    async fn typed(&mut self) -> Typed {
        let Some(line) = self.line.take() else {
            return Typed::End;
        };
        self.scene.get_mut().leave_ended_board();
        let you = self.paint.ink(Ink::Prompt, "You:");
        let shown = visible(&line).replace('\n', "\n  ");
        self.push(TalkEntry {
            kind: EntryKind::Own(match line.starts_with('/') {
                true => Delivery::Local,
                false => Delivery::Awaited,
            }),
            ..TalkEntry::note(format!("{you} {shown}"))
        });
        Typed::Line(line)
    }

    async fn withdraw(&mut self) -> String {
        self.flush();
        String::new()
    }
}
