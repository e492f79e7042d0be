//! The drawing of a board in its pane.
//!
//! A square takes three columns: a sign between two marks, which work without colour. `[X]` is the last
//! move, `*X*` belongs to the winning line, `5` or `+` is a legal move, and `>5<` is the current choice.

use super::board::{BoardChoice, BoardPane, Moves, SquarePlace};
use super::layout::Size;
use crate::drawing::{Look, Row, Sheet, Tint};
use crate::text::{cut, in_line, is_hidden, visible, wrap};
use crate::wire::{GridSight, PlayerIndex, RowSight, SquareMark, SquareSight};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// The columns of a square.
const SQUARE: usize = 3;

/// The columns between two grids beside each other.
const GAP: usize = 3;

/// Maximum width of a row label.
const LABEL: usize = 8;

/// Width of text in a board beside the talk.
const TEXT: usize = 36;

/// The drawing of a board.
#[derive(Debug, Default)]
pub struct BoardDrawing {
    /// Its rows.
    pub rows: Vec<Row>,
    /// Where each square is: the column and row of its first character, from 0.
    pub squares: Vec<(u16, u16, SquarePlace)>,
}

impl BoardPane {
    /// The width of the drawing beside the talk, at most `columns`.
    pub(super) fn width_beside(&self, columns: u16) -> u16 {
        let sight = self.sight();
        let widths = sight.grids.iter().map(width);
        let together = self.together();
        let grids = match together <= columns.into() {
            true => together,
            false => widths.max().unwrap_or(0),
        };
        let has_text = !sight.text.is_empty() || self.is_listed();
        let text = match has_text {
            true => TEXT,
            false => self.title().width().min(TEXT),
        };
        u16::try_from(grids.max(text))
            .unwrap_or(u16::MAX)
            .min(columns)
    }

    /// The size of the drawing in `columns` columns. A grid that does not fit makes it wider.
    pub(super) fn size(&self, columns: u16, moves: Moves) -> Size {
        let drawing = self.draw(columns, moves);
        let width = drawing.rows.iter().map(|row| {
            let ends = row.runs.iter().map(|run| run.column + run.width);
            ends.max().unwrap_or(0)
        });
        let clamp = |length: usize| u16::try_from(length).unwrap_or(u16::MAX);
        Size {
            columns: clamp(width.max().unwrap_or(0)),
            rows: clamp(drawing.rows.len()),
        }
    }

    fn title(&self) -> String {
        let sight = self.sight();
        let [first, second] = &sight.players;
        let game = in_line(&sight.game);
        format!("{game}: {} - {}", in_line(first), in_line(second))
    }

    /// The width of all grids side by side.
    fn together(&self) -> usize {
        let grids = &self.sight().grids;
        grids.iter().map(width).sum::<usize>() + GAP * grids.len().saturating_sub(1)
    }

    /// Draws the board in `columns` columns.
    pub(super) fn draw(&self, columns: u16, moves: Moves) -> BoardDrawing {
        let columns = usize::from(columns);
        let sight = self.sight();
        let mut drawing = BoardDrawing::default();
        let title = self.title();
        drawing.text(&format!("\x1b[1m{title}\x1b[0m"), columns);
        let widths: Vec<usize> = sight.grids.iter().map(width).collect();
        let together = self.together();
        let mut left = 0;
        let mut top = drawing.rows.len();
        for (number, (grid, width)) in sight.grids.iter().zip(widths).enumerate() {
            drawing.grid(self, moves, (number, grid), (left, top));
            if together <= columns {
                left += width + GAP;
            } else {
                top = drawing.rows.len();
            }
        }
        for line in &sight.text {
            drawing.text(&visible(line), columns);
        }
        if self.is_listed() && moves == Moves::Shown {
            let moves = sight.legal.iter().enumerate().map(|(number, it)| {
                let it = in_line(it);
                match self.chosen() == Some(BoardChoice::ListedMember(number)) {
                    true => format!(">\x1b[7m{it}\x1b[0m<"),
                    false => format!(" {it} "),
                }
            });
            drawing.text(&moves.collect::<String>(), columns);
        }
        drawing
    }
}

impl BoardDrawing {
    fn text(&mut self, text: &str, columns: usize) {
        let mut sheet = Sheet::new(columns);
        self.rows
            .extend(sheet.print(&wrap(&format!("{text}\n"), columns)));
    }

    fn grid(
        &mut self,
        pane: &BoardPane,
        moves: Moves,
        (number, grid): (usize, &GridSight),
        (left, top): (usize, usize),
    ) {
        let mut at = top;
        if let Some(title) = &grid.title {
            self.put(at, left, &heading(title), Look::default());
            at += 1;
        }
        let label_width = label_width(grid);
        let count = columns(grid);
        for (column, letter) in (0..count).zip('a'..='z') {
            let text = letter.to_string();
            self.put(at, left + label_width + SQUARE * column + 1, &text, dim());
        }
        at += 1;
        for (row, it) in grid.rows.iter().enumerate() {
            self.put(at, left, &label(it), dim());
            for (column, square) in it.squares.iter().enumerate() {
                let place = SquarePlace {
                    grid: number,
                    row,
                    column,
                };
                let is_chosen =
                    moves == Moves::Shown && pane.chosen() == Some(BoardChoice::Square(place));
                let (text, look) = cell(square, moves, is_chosen);
                let x = left + label_width + SQUARE * column;
                self.put(at, x, &text, look);
                if let (Ok(x), Ok(y)) = (u16::try_from(x), u16::try_from(at)) {
                    self.squares.push((x, y, place));
                }
            }
            at += 1;
        }
    }

    fn put(&mut self, row: usize, column: usize, text: &str, look: Look) {
        if self.rows.len() <= row {
            self.rows.resize(row + 1, Row::default());
        }
        if let Some(row) = self.rows.get_mut(row) {
            let mut column = column;
            for seen in text.graphemes(true) {
                let width = seen.width();
                row.push(column, seen, width, look);
                column += width;
            }
        }
    }
}

fn dim() -> Look {
    Look {
        is_dim: true,
        ..Look::default()
    }
}

/// The label of a row. Foreign text.
fn label(row: &RowSight) -> String {
    cut(&in_line(&row.label), LABEL)
}

/// The heading of a grid. Foreign text.
fn heading(title: &str) -> String {
    cut(&in_line(title), TEXT)
}

fn label_width(grid: &GridSight) -> usize {
    let widths = grid.rows.iter().map(|row| label(row).width());
    widths.max().unwrap_or(0)
}

/// The number of squares in the longest row.
fn columns(grid: &GridSight) -> usize {
    let counts = grid.rows.iter().map(|row| row.squares.len());
    counts.max().unwrap_or(0)
}

fn width(grid: &GridSight) -> usize {
    let title = grid.title.as_ref();
    let title = title.map_or(0, |title| heading(title).width());
    (label_width(grid) + SQUARE * columns(grid)).max(title)
}

/// The text of a square, and how it looks.
fn cell(square: &SquareSight, moves: Moves, is_chosen: bool) -> (String, Look) {
    let choice = square.choice.as_deref().filter(|_| moves == Moves::Shown);
    let sign = match (square.sign, choice) {
        // A malicious server may send anything.
        (Some(sign), _) if is_hidden(sign) || sign.width() != Some(1) => '?',
        (Some(sign), _) => sign,
        // The move itself if it has one character.
        (None, Some(choice)) => match choice.as_bytes() {
            [name] if name.is_ascii_graphic() => char::from(*name),
            _ => '+',
        },
        (None, None) => '·',
    };
    let (before, after) = match (is_chosen, square.mark) {
        (true, _) => ('>', '<'),
        (false, Some(SquareMark::Last)) => ('[', ']'),
        (false, Some(SquareMark::Won)) => ('*', '*'),
        (false, Some(SquareMark::Other) | None) => (' ', ' '),
    };
    let ink = match square.by {
        Some(PlayerIndex::First) => Tint::Named(6),
        Some(PlayerIndex::Second) => Tint::Named(5),
        None => Tint::Default,
    };
    let look = Look {
        ink,
        is_bold: square.mark.is_some(),
        is_dim: square.by.is_none() && choice.is_none(),
        is_inverse: is_chosen,
        ..Look::default()
    };
    (format!("{before}{sign}{after}"), look)
}
