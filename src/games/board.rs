//! What a board looks like, before anybody chooses colours for it.

use super::Seat;
use std::fmt::{self, Write as _};

/// A drawn grid of squares. Columns are lettered from `a`, rows numbered from 1 at the top.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Board {
    rows: Vec<Vec<Square>>,
}

/// One square of a [`Board`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// What stands in it: a piece's sign, or how to name a free square.
    pub sign: char,
    /// What there is to say about it.
    pub mark: Mark,
}

/// How a [`Square`] stands out. Each mark is told by its shape too, never by colour alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// Nobody's yet: ` 5 `.
    Free,
    /// Held by a seat: ` X `.
    Held(Seat),
    /// Taken by the last move: `[X]`.
    Last(Seat),
    /// Part of the line that won: `*X*`.
    Winning(Seat),
}

impl Board {
    /// A board of these rows, from the top.
    #[must_use]
    pub fn new(rows: Vec<Vec<Square>>) -> Self {
        Self { rows }
    }

    /// Draws the board line by line, each ended by a newline. `ink` is given each square's three
    /// characters and may wrap them in colour.
    pub fn draw(&self, ink: impl Fn(Mark, String) -> String) -> String {
        let columns = self.rows.first().map_or(0, Vec::len);
        let rule = format!("   +{}\n", "---+".repeat(columns));
        let mut drawing = String::from("  ");
        for letter in ('a'..='z').take(columns) {
            let _ = write!(drawing, "   {letter}");
        }
        drawing.push('\n');
        drawing.push_str(&rule);
        for (number, row) in (1..).zip(&self.rows) {
            let _ = write!(drawing, " {number} |");
            for Square { sign, mark } in row {
                let cell = match mark {
                    Mark::Free | Mark::Held(_) => format!(" {sign} "),
                    Mark::Last(_) => format!("[{sign}]"),
                    Mark::Winning(_) => format!("*{sign}*"),
                };
                drawing.push_str(&ink(*mark, cell));
                drawing.push('|');
            }
            drawing.push('\n');
            drawing.push_str(&rule);
        }
        drawing
    }
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.draw(|_, cell| cell))
    }
}
