//! The board and the move that the person is choosing.

use super::key::Arrow;
use crate::wire::{BoardSight, SquareSight};
use std::collections::HashSet;

/// A board and the current choice on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoardPane {
    sight: BoardSight,
    chosen: Option<BoardChoice>,
}

/// What is chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BoardChoice {
    /// A square.
    Square(SquarePlace),
    /// The index of a legal move, in a game whose moves are not squares.
    ListedMember(usize),
}

/// Whether a drawing shows which moves can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moves {
    /// It does.
    Shown,
    /// It does not: it is not the person's turn.
    Hidden,
}

/// The place of a square.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SquarePlace {
    /// The grid, from left to right.
    pub grid: usize,
    /// The row, from the top.
    pub row: usize,
    /// The column, from the left.
    pub column: usize,
}

impl BoardPane {
    pub(super) fn new(sight: BoardSight) -> Self {
        Self {
            sight,
            chosen: None,
        }
    }

    /// Replaces the board. The choice is kept while it is a legal move.
    pub(super) fn update(&mut self, sight: BoardSight) {
        let before = self.choice().map(str::to_owned);
        self.sight = sight;
        if let (Some(BoardChoice::ListedMember(_)), Some(before)) = (self.chosen, &before) {
            let place = self.sight.legal.iter().position(|it| it == before);
            self.chosen = place.map(BoardChoice::ListedMember);
        }
        if before.as_deref() != self.choice() {
            self.chosen = None;
        }
    }

    /// The board.
    #[must_use]
    pub fn sight(&self) -> &BoardSight {
        &self.sight
    }

    /// What is chosen.
    #[must_use]
    pub fn chosen(&self) -> Option<BoardChoice> {
        self.chosen
    }

    /// Whether the arrow keys choose from a list of moves instead of squares.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        !self.sight.legal.is_empty() && self.legal_squares().next().is_none()
    }

    /// Whether there is something to choose.
    pub(super) fn can_choose(&self) -> bool {
        !self.sight.legal.is_empty()
    }

    /// The chosen move.
    #[must_use]
    pub fn choice(&self) -> Option<&str> {
        match self.chosen? {
            BoardChoice::Square(place) => self.square(place)?.choice.as_deref(),
            BoardChoice::ListedMember(number) => self.sight.legal.get(number).map(String::as_str),
        }
    }

    /// Clears the choice.
    pub(super) fn leave(&mut self) {
        self.chosen = None;
    }

    /// Chooses a square. Returns `false` if it is not a legal move.
    pub(super) fn point(&mut self, place: SquarePlace) -> bool {
        let is_legal = self
            .square(place)
            .is_some_and(|square| square.choice.is_some());
        if is_legal {
            self.chosen = Some(BoardChoice::Square(place));
        }
        is_legal
    }

    /// Moves the choice in the direction of the arrow.
    pub(super) fn step(&mut self, arrow: Arrow) {
        if self.is_listed() {
            let last = self.sight.legal.len().saturating_sub(1);
            let number = match (self.chosen, arrow) {
                (Some(BoardChoice::ListedMember(number)), Arrow::Left | Arrow::Up) => {
                    number.saturating_sub(1)
                }
                (Some(BoardChoice::ListedMember(number)), Arrow::Right | Arrow::Down) => {
                    last.min(number + 1)
                }
                _ => 0,
            };
            self.chosen = Some(BoardChoice::ListedMember(number));
            return;
        }
        let next = match self.chosen {
            Some(BoardChoice::Square(from)) => {
                let has_columns = self.has_columns();
                let costs = self
                    .legal_squares()
                    .filter_map(|to| Some((cost(from, to, arrow, has_columns)?, to)));
                costs.min_by_key(|(cost, _)| *cost).map(|(_, to)| to)
            }
            _ => self.middle(),
        };
        if let Some(place) = next {
            self.chosen = Some(BoardChoice::Square(place));
        }
    }

    /// The legal square nearest to the centre of its grid.
    fn middle(&self) -> Option<SquarePlace> {
        let distance = |place: &SquarePlace| {
            let rows = self
                .sight
                .grids
                .get(place.grid)
                .map_or(0, |grid| grid.rows.len());
            let grid = self.sight.grids.get(place.grid);
            let columns = grid
                .and_then(|grid| grid.rows.first())
                .map_or(0, |row| row.squares.len());
            (2 * place.row + 1).abs_diff(rows) + (2 * place.column + 1).abs_diff(columns)
        };
        self.legal_squares().min_by_key(distance)
    }

    /// Whether no column has more than one legal square, as in Connect Four.
    fn has_columns(&self) -> bool {
        let mut columns = HashSet::new();
        self.legal_squares()
            .all(|place| columns.insert((place.grid, place.column)))
    }

    fn square(&self, place: SquarePlace) -> Option<&SquareSight> {
        let row = self.sight.grids.get(place.grid)?.rows.get(place.row)?;
        row.squares.get(place.column)
    }

    fn legal_squares(&self) -> impl Iterator<Item = SquarePlace> {
        self.sight.grids.iter().enumerate().flat_map(|(grid, it)| {
            it.rows.iter().enumerate().flat_map(move |(row, it)| {
                let squares = it.squares.iter().enumerate();
                let legal = squares.filter(|(_, square)| square.choice.is_some());
                legal.map(move |(column, _)| SquarePlace { grid, row, column })
            })
        })
    }
}

/// The cost of moving the choice from `from` to `to` with an arrow key; `None` if `to` lies in another
/// direction. Every legal square is reachable: up and down visit every row; left and right visit every
/// square of a row or, if a column is a move (`has_columns`), every column.
fn cost(from: SquarePlace, to: SquarePlace, arrow: Arrow, has_columns: bool) -> Option<[usize; 3]> {
    // Wider than any grid, so grids side by side never overlap.
    const GRID: usize = 1 << 20;
    let column = |place: SquarePlace| place.grid * GRID + place.column;
    let (from_column, to_column) = (column(from), column(to));
    let is_ahead = match arrow {
        Arrow::Left => to_column < from_column,
        Arrow::Right => to_column > from_column,
        Arrow::Up => to.row < from.row,
        Arrow::Down => to.row > from.row,
    };
    let columns = from_column.abs_diff(to_column);
    let rows = from.row.abs_diff(to.row);
    is_ahead.then_some(match arrow {
        Arrow::Up | Arrow::Down => [0, rows, columns],
        Arrow::Left | Arrow::Right if has_columns => [0, columns, rows],
        Arrow::Left | Arrow::Right => [usize::from(rows > 0), columns, rows],
    })
}
