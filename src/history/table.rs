//! Rows of cells, aligned in columns.

use crate::text::{left, right};
use unicode_width::UnicodeWidthStr as _;

/// The width of the screens for which tables are made, in columns.
pub(super) const SCREEN: usize = 80;

/// How the cells of a column are aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Align {
    /// To the left, as words are.
    Left,
    /// To the right, as numbers are.
    Right,
}

/// The rows of a table, headings first.
#[derive(Debug)]
pub(super) struct Table<const COLUMNS: usize> {
    align: [Align; COLUMNS],
    rows: Vec<[String; COLUMNS]>,
}

impl<const COLUMNS: usize> Table<COLUMNS> {
    /// A table with these columns.
    pub(super) fn new(columns: [(&str, Align); COLUMNS]) -> Self {
        Self {
            align: columns.map(|(_, align)| align),
            rows: vec![columns.map(|(heading, _)| heading.to_owned())],
        }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, row: [String; COLUMNS]) {
        self.rows.push(row);
    }

    /// The table as lines. If the last column is left-aligned, a cell of it that does not fit on
    /// the screen moves to a line below its row.
    pub(super) fn draw(&self) -> String {
        let mut widths = [0; COLUMNS];
        for row in &self.rows {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = cell.width().max(*width);
            }
        }
        let may_wrap = self.align.last() == Some(&Align::Left);
        if may_wrap && let Some(width) = widths.last_mut() {
            // Nothing follows the last column, so its cells need no padding.
            *width = 0;
        }
        let mut table = String::new();
        for row in &self.rows {
            let mut cells: Vec<String> = Vec::with_capacity(COLUMNS);
            for ((cell, align), width) in row.iter().zip(self.align).zip(widths) {
                cells.push(match align {
                    Align::Left => left(cell, width),
                    Align::Right => right(cell, width),
                });
            }
            let mut line = cells.join("  ");
            let mut below = None;
            if may_wrap
                && line.width() > SCREEN
                && let Some(last) = cells.pop()
            {
                line = cells.join("  ");
                below = Some(last);
            }
            table.push_str(line.trim_end());
            table.push('\n');
            if let Some(below) = below {
                let indent = widths.first().map_or(0, |width| width + 2);
                table.push_str(&format!("{:indent$}{below}\n", ""));
            }
        }
        table
    }
}

#[cfg(test)]
mod tests {
    use super::{Align, SCREEN, Table};
    use unicode_width::UnicodeWidthStr as _;

    fn drawn<const N: usize>(columns: [(&str, Align); N], rows: &[[&str; N]]) -> String {
        let mut table = Table::new(columns);
        for row in rows {
            table.push(row.map(str::to_owned));
        }
        table.draw()
    }

    #[test]
    fn wide_letters_and_long_numbers_stay_in_their_columns() {
        let columns = [
            ("ID", Align::Right),
            ("WITH", Align::Left),
            ("TURNS", Align::Right),
            ("GAMES", Align::Left),
        ];
        let rows = [
            ["12", "小明 (client)", "1200", ""],
            ["3", "ann (server)", "7", "tictactoe: won"],
        ];
        assert_eq!(
            drawn(columns, &rows),
            "ID  WITH           TURNS  GAMES\n\
             12  小明 (client)   1200\n \
             3  ann (server)       7  tictactoe: won\n"
        );
    }

    #[test]
    fn a_last_cell_that_is_too_wide_moves_below_its_row() {
        let columns = [("ID", Align::Right), ("WHAT", Align::Left)];
        let wide = "x".repeat(SCREEN - 4);
        let drawn = drawn(columns, &[["1", &wide], ["2", &format!("{wide}x")]]);
        let lines: Vec<&str> = drawn.lines().skip(1).collect();
        assert_eq!(
            lines,
            [&format!(" 1  {wide}"), " 2", &format!("    {wide}x")]
        );
        assert!(lines.iter().take(1).all(|line| line.width() == SCREEN));
    }
}
