//! Terminal windows as SVG: text on a screen, with its colours, in a frame.
//!
//! All lengths are whole pixels, so that the same screen is always the same text. Each run is told
//! how wide it has to be, so that columns stay columns in any font.

use super::colour::{Colour, Palette};
use super::escape::escaped;
use super::row::{Row, Run};
use std::fmt::{self, Write as _};

/// The fonts, the first that a reader has.
pub const FONTS: &str = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', \
    'Liberation Mono', monospace";
/// The size of the font in pixels.
pub const FONT_SIZE: usize = 15;
/// The width of a column in pixels. Most monospaced fonts advance by about 0.6 of their size.
pub const CELL_WIDTH: usize = 9;
/// The height of a row in pixels.
pub const CELL_HEIGHT: usize = 19;
/// From the top of a row to the baseline of its letters.
const BASELINE: usize = 14;

const TITLE_BAR: usize = 32;
/// Between a window's edge and its text.
const PADDING: usize = 12;
/// Between two windows.
const GAP: usize = 14;

const PALETTE: Palette = Palette::DARK;

/// The buttons of a window: the palette's red, yellow and green.
const DOTS: [Colour; 3] = {
    let [_, red, green, yellow, ..] = PALETTE.named;
    [red, yellow, green]
};

/// A terminal window, ready to be drawn.
#[derive(Debug, Clone)]
pub struct Window {
    /// The text of its title bar.
    pub title: String,
    /// Its width in columns.
    pub columns: usize,
    /// Its rows, from the top.
    pub rows: Vec<Row>,
}

/// What a picture is, in words, for readers who do not see it.
#[derive(Debug)]
pub struct About {
    /// Its title.
    pub title: String,
    /// A sentence about it.
    pub description: String,
}

impl Window {
    /// Its width in pixels.
    #[must_use]
    pub fn width(&self) -> usize {
        self.columns * CELL_WIDTH + 2 * PADDING
    }

    /// The height in pixels of a window with `rows` rows.
    #[must_use]
    pub fn height_of(rows: usize) -> usize {
        TITLE_BAR + rows * CELL_HEIGHT + 2 * PADDING
    }

    /// The top left corner of its text in pixels.
    #[must_use]
    pub fn corner() -> (usize, usize) {
        (PADDING, TITLE_BAR + PADDING)
    }

    /// Draws its frame, with the title and without text, `height` pixels high.
    ///
    /// # Errors
    /// None, when writing to a string.
    pub fn frame(&self, svg: &mut String, height: usize) -> fmt::Result {
        // A line of one pixel is sharp in the middle of a pixel.
        let (right, bottom) = (self.width() - 1, height - 1);
        let (middle, title) = (right / 2, escaped(&self.title));
        let Palette {
            text,
            background,
            edge,
            ..
        } = PALETTE;
        writeln!(
            svg,
            r#"<rect x=".5" y=".5" width="{right}" height="{bottom}" rx="8" fill="{background}" stroke="{edge}"/>
<path d="M1 {TITLE_BAR}.5H{right}" stroke="{edge}"/>
<text x="{middle}" y="21" text-anchor="middle" fill="{text}">{title}</text>"#
        )?;
        for (x, dot) in (18..).step_by(20).zip(DOTS) {
            writeln!(svg, r#"<circle cx="{x}" cy="16" r="6" fill="{dot}"/>"#)?;
        }
        Ok(())
    }

    fn draw(&self, svg: &mut String, left: usize, height: usize) -> fmt::Result {
        writeln!(svg, r#"<g transform="translate({left})">"#)?;
        self.frame(svg, height)?;
        let (x, y) = Self::corner();
        for (y, row) in (y..).step_by(CELL_HEIGHT).zip(&self.rows) {
            row.draw(svg, x, y)?;
        }
        svg.write_str("</g>\n")
    }
}

impl Row {
    /// Draws its text with the top left corner at `left` and `top`, in pixels.
    ///
    /// # Errors
    /// None, when writing to a string.
    pub fn draw(&self, svg: &mut String, left: usize, top: usize) -> fmt::Result {
        self.runs
            .iter()
            .try_for_each(|run| run.draw(svg, left, top))
    }
}

impl Run {
    fn draw(&self, svg: &mut String, left: usize, top: usize) -> fmt::Result {
        let (x, y) = (left + self.column * CELL_WIDTH, top + BASELINE);
        let width = self.width * CELL_WIDTH;
        let (ink, paper) = self.look.colours(&PALETTE);
        if let Some(paper) = paper {
            writeln!(
                svg,
                r#"<rect x="{x}" y="{top}" width="{width}" height="{CELL_HEIGHT}" fill="{paper}"/>"#
            )?;
        }
        let weight = if self.look.is_bold { "bold" } else { "normal" };
        let text = escaped(&self.text);
        // Browsers no longer let this attribute hold for what is inside of an element.
        writeln!(
            svg,
            r#"<text x="{x}" y="{y}" textLength="{width}" fill="{ink}" font-weight="{weight}" xml:space="preserve">{text}</text>"#
        )
    }
}

/// The windows side by side, all as high as the highest, with `about` for readers who do not see
/// them. The picture has no script and needs no other file.
#[must_use]
pub fn svg(windows: &[Window], about: Option<&About>) -> String {
    let heights = windows.iter().map(|window| window.rows.len());
    let height = Window::height_of(heights.max().unwrap_or(0));
    let mut drawn = String::new();
    let mut left = 0;
    for window in windows {
        // Writing to a string cannot fail.
        let _ = window.draw(&mut drawn, left, height);
        left += window.width() + GAP;
    }
    let width = left.saturating_sub(GAP);
    // The role "img" would hide the text from screen readers.
    let (labels, about) = match about {
        Some(About { title, description }) => (
            r#" role="document" lang="en" aria-labelledby="title" aria-describedby="description""#,
            format!(
                "<title id=\"title\">{}</title>\n<desc id=\"description\">{}</desc>\n",
                escaped(title),
                escaped(description)
            ),
        ),
        None => ("", String::new()),
    };
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"{labels} font-family="{FONTS}" font-size="{FONT_SIZE}">
{about}{drawn}</svg>
"#
    )
}
