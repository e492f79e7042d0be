//! Drawings of boards, without colours.

use super::seat::Seat;
use std::{fmt, iter};

/// A drawing: lines of marked text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    lines: Vec<Vec<Span>>,
}

/// A piece of a line of a [`Board`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text, without colours.
    pub text: String,
    /// What the text shows.
    pub mark: Mark,
}

/// One square of a grid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Square {
    /// The sign of a piece, or the name of a free square.
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

impl Span {
    /// Text with this mark.
    pub fn new(text: impl Into<String>, mark: Mark) -> Self {
        let text = text.into();
        Self { text, mark }
    }
}

impl Board {
    /// A board of these lines, top line first.
    #[must_use]
    pub fn new(lines: Vec<Vec<Span>>) -> Self {
        Self { lines }
    }

    /// A board of plain text.
    #[must_use]
    pub fn text(text: &str) -> Self {
        let line = |line| vec![Span::new(line, Mark::Frame)];
        Self::new(text.lines().map(line).collect())
    }

    /// A grid of squares, top row first. Columns are lettered from `a`; `numbers` labels the rows.
    #[must_use]
    pub fn grid(rows: &[Vec<Square>], numbers: impl Fn(usize) -> String) -> Self {
        let (letters, rule) = frame(rows);
        let mut lines = vec![letters, rule.clone()];
        for (at, row) in rows.iter().enumerate() {
            lines.push(line(&numbers(at), row));
            lines.push(rule.clone());
        }
        Self::new(lines)
    }

    /// The same without rules between the rows, for pieces that lie on each other.
    #[must_use]
    pub fn stacks(rows: &[Vec<Square>], numbers: impl Fn(usize) -> String) -> Self {
        let (letters, rule) = frame(rows);
        let rows = rows.iter().enumerate();
        let rows = rows.map(|(at, row)| line(&numbers(at), row));
        let lines = iter::once(letters).chain(rows).chain([rule]);
        Self::new(lines.collect())
    }

    /// The width of the longest line in columns.
    #[must_use]
    pub fn width(&self) -> usize {
        self.lines.iter().map(|line| width(line)).max().unwrap_or(0)
    }

    /// This board with another to its right, `gap` columns apart.
    #[must_use]
    pub fn beside(mut self, right: Self, gap: usize) -> Self {
        let left = self.width();
        for (at, line) in right.lines.into_iter().enumerate() {
            if self.lines.len() == at {
                self.lines.push(Vec::new());
            }
            if let Some(whole) = self.lines.get_mut(at) {
                let blank = " ".repeat(left + gap - width(whole));
                whole.push(Span::new(blank, Mark::Frame));
                whole.extend(line);
            }
        }
        self
    }

    /// Draws the board; each line ends in a newline. `ink` may wrap each piece of text in colour.
    pub fn draw(&self, ink: impl Fn(Mark, &str) -> String) -> String {
        let mut drawing = String::new();
        for line in &self.lines {
            let spans = line.iter().map(|span| match span.mark {
                Mark::Frame => span.text.clone(),
                mark => ink(mark, &span.text),
            });
            drawing.push_str(spans.collect::<String>().trim_end());
            drawing.push('\n');
        }
        drawing
    }
}

/// The width of a line in columns: boards are ASCII.
fn width(line: &[Span]) -> usize {
    line.iter().map(|span| span.text.len()).sum()
}

/// The letters above a grid, and the rule between its rows.
fn frame(rows: &[Vec<Square>]) -> (Vec<Span>, Vec<Span>) {
    let columns = rows.first().map_or(0, Vec::len);
    let letters = ('a'..='z').take(columns);
    let letters: String = letters.map(|letter| format!("   {letter}")).collect();
    let rule = format!("   +{}", "---+".repeat(columns));
    let frame = |text: String| vec![Span::new(text, Mark::Frame)];
    (frame(format!("  {letters}")), frame(rule))
}

/// A row of a grid, with its label.
fn line(number: &str, row: &[Square]) -> Vec<Span> {
    let mut line = vec![Span::new(format!("{number:>2} |"), Mark::Frame)];
    for Square { sign, mark } in row {
        let cell = match mark {
            Mark::Frame | Mark::Free | Mark::Held(_) => format!(" {sign} "),
            Mark::Last(_) => format!("[{sign}]"),
            Mark::Winning(_) => format!("*{sign}*"),
        };
        line.push(Span::new(cell, *mark));
        line.push(Span::new("|", Mark::Frame));
    }
    line
}

impl fmt::Display for Board {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.draw(|_, text| text.to_owned()))
    }
}
