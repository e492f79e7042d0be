//! The layout of the panes.

use super::board::{BoardPane, Moves};
use super::members::Members;

/// The smallest screen on which panes are offered.
pub const SMALLEST: Size = Size {
    columns: 40,
    rows: 12,
};

/// Minimum width of a screen with the board beside the talk.
const WIDE: u16 = 100;

/// Minimum width of a screen with the members beside the talk.
const BROAD: u16 = 60;

/// Width of the member list.
const MEMBERS: u16 = 20;

/// Width of the member list with connections.
const DETAILS: u16 = 40;

/// Minimum width of the talk beside a board.
const TALK: u16 = 50;

/// Minimum height of the talk above a board.
const TALK_ROWS: u16 = 3;

/// Maximum height of the input line.
const INPUT: u16 = 5;

/// The size of a screen in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// The width in columns.
    pub columns: u16,
    /// The height in rows.
    pub rows: u16,
}

/// A rectangle on the screen.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Area {
    /// The first column, from 0.
    pub left: u16,
    /// The first row, from 0.
    pub top: u16,
    /// The width in columns.
    pub width: u16,
    /// The height in rows.
    pub height: u16,
}

/// The content to be laid out.
#[derive(Debug)]
pub(super) struct Content<'scene> {
    /// The board, if there is one, and whether it shows moves.
    pub(super) board: Option<(&'scene BoardPane, Moves)>,
    /// The members, if there is a list of them.
    pub(super) members: Option<&'scene Members>,
    /// The number of rows that the input line needs.
    pub(super) input_rows: usize,
}

/// The places of all panes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Layout {
    /// The talk.
    pub talk: Area,
    /// The members, if there is space for them.
    pub members: Option<Area>,
    /// The board, if there is one and space for it.
    pub board: Option<Area>,
    /// The board in words, where there is no space for a drawing.
    pub words: Option<Area>,
    /// One row: whose turn it is, the connection, what is new.
    pub status: Area,
    /// One row: what the function keys do.
    pub keys: Area,
    /// The line being typed.
    pub input: Area,
}

impl Layout {
    pub(super) fn of(content: &Content<'_>, size: Size) -> Self {
        let Size { columns, rows } = size;
        let row = |top: u16, height: u16| Area {
            left: 0,
            top,
            width: columns,
            height,
        };
        let wanted = u16::try_from(content.input_rows).unwrap_or(INPUT);
        let most = INPUT.min(rows.saturating_sub(2 + TALK_ROWS)).max(1);
        let input = wanted.clamp(1, most).min(rows);
        let keys = u16::from(rows > input + TALK_ROWS + 1);
        let status = u16::from(rows > input);
        let main = rows - input - keys - status;
        let mut layout = Self {
            talk: row(0, main),
            status: row(main, status),
            keys: row(main + status, keys),
            input: row(main + status + keys, input),
            ..Self::default()
        };
        if let Some(board) = content.board {
            layout.place_board(board, columns);
        }
        if let Some(members) = content.members
            && columns >= BROAD
        {
            layout.place_members(members);
        }
        layout
    }

    /// Puts the board beside the talk, below it, or in words, whichever is the first to fit.
    fn place_board(&mut self, (board, moves): (&BoardPane, Moves), columns: u16) {
        let main = self.talk.height;
        let beside = columns.saturating_sub(TALK + 1).min(columns / 2);
        let width = board.width_beside(beside).max(MEMBERS);
        let side = board.size(width, moves);
        if columns >= WIDE && width <= beside && side.columns <= width && side.rows <= main {
            self.talk.width = columns - width - 1;
            self.board = Some(Area {
                left: self.talk.width + 1,
                top: 0,
                width,
                height: side.rows,
            });
            return;
        }
        let below = board.size(columns, moves);
        if below.columns <= columns && below.rows.saturating_add(TALK_ROWS) <= main {
            self.talk.height = main - below.rows;
            self.board = Some(Area {
                left: 0,
                top: self.talk.height,
                width: columns,
                height: below.rows,
            });
            return;
        }
        let height = 3.min(main.saturating_sub(TALK_ROWS));
        self.talk.height = main - height;
        self.words = Some(Area {
            left: 0,
            top: self.talk.height,
            width: columns,
            height,
        });
    }

    /// Puts the members below a board that is beside the talk, or else beside the talk.
    fn place_members(&mut self, members: &Members) {
        match self.board {
            Some(board) if board.left > 0 => {
                // A blank row separates them.
                let top = board.height.saturating_add(1);
                let left = self.talk.height.saturating_sub(top);
                self.members = (left > 2).then_some(Area {
                    top,
                    height: left,
                    ..board
                });
            }
            _ => {
                let width = match members.has_details() {
                    true => DETAILS.min(self.talk.width / 2),
                    false => MEMBERS.min(self.talk.width / 3),
                };
                self.talk.width -= width + 1;
                self.members = Some(Area {
                    left: self.talk.width + 1,
                    top: 0,
                    width,
                    height: self.talk.height,
                });
            }
        }
    }
}

impl Area {
    /// The whole screen.
    #[must_use]
    pub fn of(size: Size) -> Self {
        Self {
            left: 0,
            top: 0,
            width: size.columns,
            height: size.rows,
        }
    }

    /// Whether it contains this cell of the screen.
    #[must_use]
    pub fn contains(&self, column: u16, row: u16) -> bool {
        let columns = self.left..self.left + self.width;
        let rows = self.top..self.top + self.height;
        columns.contains(&column) && rows.contains(&row)
    }
}
