//! Squares, and grids of them as data for a program that draws a board itself.

use super::seat::Seat;

/// One square of a grid, as it is drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// The sign of a piece, or the name of a free square: the move that takes it, or a space.
    pub sign: char,
    /// What the sign shows.
    pub mark: Mark,
}

/// The emphasis of a part of a board. Marks differ in shape as well as colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Part of the frame.
    Frame,
    /// Free; in a grid, ` 5 `.
    Free,
    /// Held by a seat; in a grid, ` X `.
    Held(Seat),
    /// Taken by the last move; in a grid, `[X]`.
    Last(Seat),
    /// Part of the line that won; in a grid, `*X*`.
    Winning(Seat),
}

/// A grid of a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grid {
    /// The heading, if the drawing has one.
    pub title: Option<&'static str>,
    /// The rows, top row first, each with the same number of squares.
    pub rows: Vec<GridRow>,
}

/// A row of a [`Grid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridRow {
    /// The number of the row. Columns are lettered from `a`.
    pub label: String,
    /// The squares, from left to right.
    pub squares: Vec<GridSquare>,
}

/// A square of a [`Grid`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GridSquare {
    /// What lies on the square; `None` if it is free.
    pub sign: Option<char>,
    /// What the sign shows.
    pub mark: Mark,
    /// The move that takes a free square, if it were legal and the reader's turn.
    pub choice: Option<String>,
}

impl Grid {
    /// The grid of these squares, top row first. `numbers` labels the rows.
    pub(super) fn of(rows: &[Vec<Square>], numbers: impl Fn(usize) -> String) -> Self {
        let rows = rows.iter().enumerate().map(|(at, row)| GridRow {
            label: numbers(at),
            squares: row.iter().map(GridSquare::of).collect(),
        });
        Self {
            title: None,
            rows: rows.collect(),
        }
    }

    /// All squares, row by row.
    pub fn squares(&self) -> impl Iterator<Item = &GridSquare> {
        self.rows.iter().flat_map(|row| &row.squares)
    }
}

impl GridSquare {
    fn of(square: &Square) -> Self {
        let Square { sign, mark } = *square;
        let is_free = mark == Mark::Free;
        Self {
            sign: Some(sign).filter(|_| !is_free),
            mark,
            choice: (is_free && sign != ' ').then(|| sign.to_string()),
        }
    }
}
