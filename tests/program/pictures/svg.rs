//! Terminal windows as SVG: what stands on a screen, with its colours, in a frame.
//!
//! All lengths are whole pixels, so that the same screen is always the same text. Each run of equal
//! looks is told how wide it has to be, so that columns stay columns in any font.

use std::fmt::{self, Write as _};
use unicode_width::UnicodeWidthStr as _;

const FONTS: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', \
    'Liberation Mono', monospace";
const FONT_SIZE: usize = 15;
/// Most monospaced fonts advance by about 0.6 of their size.
const CELL_WIDTH: usize = 9;
const CELL_HEIGHT: usize = 19;
/// From the top of a row to the baseline of its letters.
const BASELINE: usize = 14;

const TITLE_BAR: usize = 32;
/// Between a window's edge and its text.
const PADDING: usize = 12;
/// Between two windows.
const GAP: usize = 14;

const TEXT: Colour = Colour(0xd7, 0xda, 0xe0);
const BACKGROUND: Colour = Colour(0x1c, 0x1f, 0x26);
const EDGE: Colour = Colour(0x48, 0x4e, 0x5c);

/// The eight named colours, then their bright sisters.
const NAMED: [Colour; 16] = [
    Colour(0x3f, 0x44, 0x51),
    Colour(0xf4, 0x70, 0x67),
    Colour(0x8d, 0xdb, 0x8c),
    Colour(0xec, 0xc4, 0x6b),
    Colour(0x6c, 0xb6, 0xff),
    Colour(0xdc, 0x9c, 0xf5),
    Colour(0x5f, 0xd7, 0xe0),
    TEXT,
    Colour(0x76, 0x7d, 0x8c),
    Colour(0xff, 0x93, 0x8a),
    Colour(0xb4, 0xf1, 0xb4),
    Colour(0xf7, 0xdf, 0xa0),
    Colour(0x9a, 0xcf, 0xff),
    Colour(0xeb, 0xc3, 0xfc),
    Colour(0x9a, 0xec, 0xf2),
    Colour(0xff, 0xff, 0xff),
];

/// The steps of each channel in the 6×6×6 cube of the 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

/// The buttons of a window.
const DOTS: [Colour; 3] = [NAMED[1], NAMED[3], NAMED[2]];

/// A terminal window, ready to be drawn.
#[derive(Debug)]
pub(super) struct Window {
    title: String,
    columns: usize,
    rows: Vec<Vec<Run>>,
}

/// Neighbours in a row that look the same.
#[derive(Debug)]
struct Run {
    column: usize,
    text: String,
    look: Look,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Look {
    ink: Colour,
    /// `None` is the window's own.
    paper: Option<Colour>,
    is_bold: bool,
}

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Colour(u8, u8, u8);

impl Window {
    /// The window of `screen`, down to the last row that is in use. Of each pair in `shown_as` the
    /// second is drawn in the place of the first.
    pub(super) fn new(title: &str, screen: &vt100::Screen, shown_as: &[(String, String)]) -> Self {
        let (rows, columns) = screen.size();
        let mut rows: Vec<Vec<Run>> = (0..rows.get())
            .map(|row| runs(screen, row, columns.get()))
            .collect();
        while rows.last().is_some_and(Vec::is_empty) {
            rows.pop();
        }
        for run in rows.iter_mut().flatten() {
            for (real, shown) in shown_as {
                run.text = run.text.replace(real, shown);
            }
        }
        Self {
            title: title.to_owned(),
            columns: columns.get().into(),
            rows,
        }
    }

    fn width(&self) -> usize {
        self.columns * CELL_WIDTH + 2 * PADDING
    }

    fn height(&self) -> usize {
        TITLE_BAR + self.rows.len() * CELL_HEIGHT + 2 * PADDING
    }

    fn draw(&self, svg: &mut String, left: usize, height: usize) -> fmt::Result {
        // A line of one pixel is sharp in the middle of a pixel.
        let (right, bottom) = (self.width() - 1, height - 1);
        let (middle, title) = (right / 2, escaped(&self.title));
        writeln!(
            svg,
            r#"<g transform="translate({left})">
<rect x=".5" y=".5" width="{right}" height="{bottom}" rx="8" fill="{BACKGROUND}" stroke="{EDGE}"/>
<path d="M1 {TITLE_BAR}.5H{right}" stroke="{EDGE}"/>
<text x="{middle}" y="21" text-anchor="middle" fill="{TEXT}">{title}</text>"#
        )?;
        for (x, dot) in (18..).step_by(20).zip(DOTS) {
            writeln!(svg, r#"<circle cx="{x}" cy="16" r="6" fill="{dot}"/>"#)?;
        }
        for (y, row) in (TITLE_BAR + PADDING..).step_by(CELL_HEIGHT).zip(&self.rows) {
            for run in row {
                run.draw(svg, y)?;
            }
        }
        svg.write_str("</g>\n")
    }
}

impl Run {
    fn draw(&self, svg: &mut String, top: usize) -> fmt::Result {
        let (x, y) = (PADDING + self.column * CELL_WIDTH, top + BASELINE);
        let width = self.text.width() * CELL_WIDTH;
        let Look { ink, paper, .. } = self.look;
        if let Some(paper) = paper {
            writeln!(
                svg,
                r#"<rect x="{x}" y="{top}" width="{width}" height="{CELL_HEIGHT}" fill="{paper}"/>"#
            )?;
        }
        let weight = if self.look.is_bold { "bold" } else { "normal" };
        let text = escaped(&self.text);
        writeln!(
            svg,
            r#"<text x="{x}" y="{y}" textLength="{width}" fill="{ink}" font-weight="{weight}">{text}</text>"#
        )
    }
}

/// The text of one row of the screen, without trailing spaces.
fn runs(screen: &vt100::Screen, row: u16, columns: u16) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for column in 0..columns {
        let cell = screen.cell(row, column).expect("a cell of this screen");
        let text = match cell.contents() {
            _ if cell.is_wide_continuation() => continue,
            "" => " ",
            text => text,
        };
        let look = Look::of(cell);
        match runs.last_mut() {
            Some(run) if run.look == look => run.text.push_str(text),
            _ => runs.push(Run {
                column: column.into(),
                text: text.to_owned(),
                look,
            }),
        }
    }
    for run in runs.iter_mut().filter(|run| run.look.paper.is_none()) {
        run.text.truncate(run.text.trim_end().len());
    }
    runs.retain(|run| !run.text.is_empty());
    runs
}

impl Look {
    fn of(cell: &vt100::Cell) -> Self {
        let mut ink = Colour::of(cell.fgcolor()).unwrap_or(TEXT);
        let mut paper = Colour::of(cell.bgcolor());
        if cell.inverse() {
            (ink, paper) = (paper.unwrap_or(BACKGROUND), Some(ink));
        }
        if cell.dim() {
            ink = ink.towards(paper.unwrap_or(BACKGROUND));
        }
        Self {
            ink,
            paper,
            is_bold: cell.bold(),
        }
    }
}

impl Colour {
    /// A colour of the terminal; `None` is its default one.
    fn of(colour: vt100::Color) -> Option<Self> {
        let index = match colour {
            vt100::Color::Default => return None,
            vt100::Color::Rgb(red, green, blue) => return Some(Self(red, green, blue)),
            vt100::Color::Idx(index) => index,
        };
        Some(match index {
            0..16 => NAMED[usize::from(index)],
            16..232 => {
                let at = usize::from(index - 16);
                Self(CUBE[at / 36], CUBE[at / 6 % 6], CUBE[at % 6])
            }
            232.. => {
                let grey = 8 + 10 * (index - 232);
                Self(grey, grey, grey)
            }
        })
    }

    /// A third of the way to `other`: dim, and still easy to read.
    fn towards(self, other: Self) -> Self {
        let mix = |from: u8, to: u8| from - from / 3 + to / 3;
        Self(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(red, green, blue) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The windows side by side, all as high as the highest.
pub(super) fn draw(windows: &[Window]) -> String {
    let height = windows.iter().map(Window::height).max().unwrap_or(0);
    let mut drawn = String::new();
    let mut left = 0;
    for window in windows {
        window
            .draw(&mut drawn, left, height)
            .expect("a text takes more text");
        left += window.width() + GAP;
    }
    let width = left.saturating_sub(GAP);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" font-family="{FONTS}" font-size="{FONT_SIZE}" xml:space="preserve">
{drawn}</svg>
"#
    )
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}
