//! Drawings of boards, without colours: in ASCII, and in shapes where a game has them. A board also
//! has its grids as data.

use super::grid::{Grid, Mark, Square};
use super::seat::Seat;
use std::{fmt, iter};

/// A drawing: lines of marked text.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Board {
    lines: Vec<Vec<Span>>,
    /// Another drawing for a narrow screen.
    narrow: Option<Box<Board>>,
    grids: Vec<Grid>,
    /// What the drawing says besides its grids.
    notes: Vec<String>,
}

/// A piece of a line of a [`Board`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Span {
    /// The text, without colours.
    pub text: String,
    /// What the text shows.
    pub mark: Mark,
    /// The same in shapes other than ASCII, as wide as the text.
    pub shapes: Option<String>,
}

/// The characters of a drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyphs {
    /// ASCII only.
    Ascii,
    /// The shapes of the game, if it has some.
    Shapes,
}

impl Span {
    /// Text with this mark.
    pub fn new(text: impl Into<String>, mark: Mark) -> Self {
        let text = text.into();
        Self {
            text,
            mark,
            shapes: None,
        }
    }

    /// The same with each of these characters replaced where shapes are allowed.
    #[must_use]
    pub fn shaped(mut self, shape: impl Fn(char) -> Option<char>) -> Self {
        let shapes = self.text.chars().map(|c| shape(c).unwrap_or(c));
        self.shapes = Some(shapes.collect());
        self
    }
}

impl Board {
    /// A board of these lines, top line first.
    #[must_use]
    pub fn new(lines: Vec<Vec<Span>>) -> Self {
        Self {
            lines,
            narrow: None,
            grids: Vec::new(),
            notes: Vec::new(),
        }
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
        Self::new(lines).with_grids(vec![Grid::of(rows, numbers)], Vec::new())
    }

    /// The same without rules between the rows, for pieces that lie on each other. Its pieces are
    /// also discs.
    #[must_use]
    pub fn stacks(rows: &[Vec<Square>], numbers: impl Fn(usize) -> String) -> Self {
        let (letters, rule) = frame(rows);
        let drawn = rows.iter().enumerate();
        let drawn = drawn.map(|(at, row)| line(&numbers(at), row));
        let lines = iter::once(letters).chain(drawn).chain([rule]);
        let lines = lines.map(|line| line.into_iter().map(disc).collect());
        Self::new(lines.collect()).with_grids(vec![Grid::of(rows, numbers)], Vec::new())
    }

    /// This board with its grids as data, and with the other sentences of the drawing.
    #[must_use]
    pub fn with_grids(self, grids: Vec<Grid>, notes: Vec<String>) -> Self {
        Self {
            grids,
            notes,
            ..self
        }
    }

    /// The grids, from left to right; none if the board is only a drawing.
    #[must_use]
    pub fn grids(&self) -> &[Grid] {
        &self.grids
    }

    /// What a reader who is shown the grids has to read as well: the whole drawing in ASCII if there
    /// are no grids.
    #[must_use]
    pub fn notes(&self) -> Vec<String> {
        if self.grids.is_empty() {
            let drawing = self.to_string();
            drawing.lines().map(str::to_owned).collect()
        } else {
            self.notes.clone()
        }
    }

    /// This board, with another drawing of it for a screen that is too narrow.
    #[must_use]
    pub fn or_narrow(mut self, narrow: Self) -> Self {
        self.narrow = Some(Box::new(narrow));
        self
    }

    /// The drawing for a screen of this many columns; `None` if there is none.
    #[must_use]
    pub fn within(&self, columns: usize) -> Option<&Self> {
        match self.width() <= columns {
            true => Some(self),
            false => self.narrow.as_deref()?.within(columns),
        }
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
        self.grids.extend(right.grids);
        self.notes.extend(right.notes);
        self
    }

    /// Draws the board; each line ends in a newline. `ink` may wrap each piece of text in colour.
    pub fn draw(&self, glyphs: Glyphs, ink: impl Fn(Mark, &str) -> String) -> String {
        let mut drawing = String::new();
        for line in &self.lines {
            let spans = line.iter().map(|span| {
                let text = match (glyphs, &span.shapes) {
                    (Glyphs::Shapes, Some(shapes)) => shapes,
                    (Glyphs::Shapes, None) | (Glyphs::Ascii, _) => &span.text,
                };
                match span.mark {
                    Mark::Frame => text.clone(),
                    mark => ink(mark, text),
                }
            });
            drawing.push_str(spans.collect::<String>().trim_end());
            drawing.push('\n');
        }
        drawing
    }
}

/// A piece of a board with discs: the lines of its frame, or a piece of a seat.
fn disc(span: Span) -> Span {
    let is_rule = span.text.contains('+');
    let last = span.text.len().saturating_sub(1);
    match span.mark {
        Mark::Free => span,
        // The rule is beneath the columns.
        Mark::Frame if is_rule => {
            let crossings: Vec<usize> = span.text.match_indices('+').map(|(at, _)| at).collect();
            let shape = |at: usize, c: char| match c {
                '+' if Some(&at) == crossings.first() => '\u{2514}',
                '+' if at == last => '\u{2518}',
                '+' => '\u{2534}',
                '-' => '\u{2500}',
                c => c,
            };
            let shapes = span.text.chars().enumerate();
            let shapes = shapes.map(|(at, c)| shape(at, c)).collect();
            Span {
                shapes: Some(shapes),
                ..span
            }
        }
        Mark::Frame => span.shaped(|c| (c == '|').then_some('\u{2502}')),
        Mark::Held(seat) | Mark::Last(seat) | Mark::Winning(seat) => {
            let piece = disc_of(seat);
            span.shaped(|c| c.is_ascii_alphabetic().then_some(piece))
        }
    }
}

/// The disc of a seat.
#[must_use]
pub fn disc_of(seat: Seat) -> char {
    match seat {
        Seat::First => '\u{25cf}',
        Seat::Second => '\u{25cb}',
    }
}

/// The width of a line in columns. The text is ASCII, and shapes are as wide.
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
        f.write_str(&self.draw(Glyphs::Ascii, |_, text| text.to_owned()))
    }
}
