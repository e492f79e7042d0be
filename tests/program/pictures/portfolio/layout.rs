//! Sets headings, paragraphs, code and windows on pages, from top to bottom.

use super::pdf::{Document, Font, PAGE, Page, has, sign};
use tictalk::drawing::{Colour, Palette, Window};

const MARGIN: f64 = 54.0;
const WIDTH: f64 = PAGE.0 - 2.0 * MARGIN;
const SIZE: f64 = 10.5;
const LEADING: f64 = 15.0;
const PALETTE: Palette = Palette::LIGHT;
/// The background of code and of title bars.
const SHADE: Colour = Colour(0xf3, 0xf4, 0xf6);
const LINK: Colour = PALETTE.named[4];
/// Between two windows.
const GAP: f64 = 10.0;

/// A document that is filled from the top.
pub(super) struct Flow {
    document: Document,
    /// The height at which the next part begins.
    y: f64,
}

/// Text without a space: pieces in one font each.
#[derive(Default)]
struct Word(Vec<(Font, String)>);

impl Word {
    fn width(&self) -> f64 {
        let pieces = self.0.iter();
        pieces
            .map(|(font, text)| font.width(size_of(*font), text))
            .sum()
    }
}

/// Courier looks larger than Helvetica.
fn size_of(font: Font) -> f64 {
    match font {
        Font::Code | Font::CodeBold => SIZE - 1.0,
        Font::Prose | Font::Bold | Font::Signs => SIZE,
    }
}

/// The words of `text`, in which backticks enclose code.
fn words(text: &str) -> Vec<Word> {
    let mut words = vec![Word::default()];
    for (number, part) in text.split('`').enumerate() {
        let is_code = number % 2 == 1;
        let (font, pieces): (_, Vec<&str>) = match is_code {
            true => (Font::Code, vec![part]),
            false => (Font::Prose, part.split(' ').collect()),
        };
        for (at, piece) in pieces.into_iter().enumerate() {
            if at > 0 {
                words.push(Word::default());
            }
            if !piece.is_empty() {
                words.last_mut().unwrap().0.push((font, piece.to_owned()));
            }
        }
    }
    words.retain(|word| !word.0.is_empty());
    words
}

impl Flow {
    pub(super) fn new() -> Self {
        let mut flow = Self {
            document: Document::default(),
            y: 0.0,
        };
        flow.new_page();
        flow
    }

    pub(super) fn new_page(&mut self) {
        self.document.pages.push(Page::default());
        self.y = MARGIN;
    }

    fn page(&mut self) -> &mut Page {
        self.document.pages.last_mut().unwrap()
    }

    /// Begins a new page unless this much fits the current one.
    fn need(&mut self, height: f64) {
        if self.y + height > PAGE.1 - MARGIN {
            self.new_page();
        }
    }

    pub(super) fn title(&mut self, title: &str, subtitle: &str) {
        self.y += 24.0;
        let y = self.y;
        let dim = PALETTE.named[8];
        self.page()
            .text(Font::Bold, 24.0, PALETTE.text, (MARGIN, y), title);
        self.page()
            .text(Font::Prose, 12.0, dim, (MARGIN, y + 20.0), subtitle);
        self.y += 34.0;
    }

    pub(super) fn heading(&mut self, text: &str) {
        self.need(70.0);
        self.y += 22.0;
        let (y, page) = (self.y, self.document.pages.len() - 1);
        self.page()
            .text(Font::Bold, 14.0, PALETTE.text, (MARGIN, y), text);
        let mark = (text.to_owned(), page, y - 16.0);
        self.document.bookmarks.push(mark);
        self.y += 8.0;
    }

    pub(super) fn paragraph(&mut self, text: &str) {
        self.lines(text, 0.0);
        self.y += 5.0;
    }

    pub(super) fn item(&mut self, text: &str) {
        self.need(LEADING);
        let y = self.y + LEADING - 3.5;
        self.page()
            .text(Font::Prose, SIZE, PALETTE.text, (MARGIN + 3.0, y), "•");
        self.lines(text, 15.0);
        self.y += 2.0;
    }

    fn lines(&mut self, text: &str, indent: f64) {
        let space = Font::Prose.width(SIZE, " ");
        let mut line: Vec<Word> = Vec::new();
        let mut width = 0.0;
        for word in words(text) {
            let more = word.width();
            if !line.is_empty() && width + space + more > WIDTH - indent {
                self.line(&line, indent);
                line.clear();
                width = 0.0;
            }
            width += more + if line.is_empty() { 0.0 } else { space };
            line.push(word);
        }
        self.line(&line, indent);
    }

    fn line(&mut self, words: &[Word], indent: f64) {
        self.need(LEADING);
        self.y += LEADING;
        let (mut x, y) = (MARGIN + indent, self.y - 3.5);
        let space = Font::Prose.width(SIZE, " ");
        for word in words {
            for (font, text) in &word.0 {
                let size = size_of(*font);
                let width = font.width(size, text);
                let address = text.trim_end_matches(['.', ',', ';', ')']);
                let is_link = address.starts_with("https://");
                if is_link {
                    self.page().link([x, y - SIZE, width, LEADING], address);
                }
                let colour = if is_link { LINK } else { PALETTE.text };
                self.page().text(*font, size, colour, (x, y), text);
                x += width;
            }
            x += space;
        }
    }

    /// Lines of code on a shade.
    pub(super) fn code(&mut self, lines: &[&str]) {
        const LINE: f64 = 13.0;
        let height = LINE * lines.len() as f64 + 12.0;
        self.need(height + 10.0);
        let mut y = self.y + 4.0;
        self.page().rect(SHADE, [MARGIN, y, WIDTH, height]);
        y += 5.0;
        for line in lines {
            y += LINE;
            let place = (MARGIN + 10.0, y - 2.5);
            self.page().text(Font::Code, 9.5, PALETTE.text, place, line);
        }
        self.y += height + 10.0;
    }

    /// Windows side by side, on one page, with a sentence before them.
    pub(super) fn windows(&mut self, caption: &str, windows: &[Window]) {
        const BAR: f64 = 16.0;
        const PADDING: f64 = 7.0;
        let count = windows.len() as f64;
        let width = (WIDTH - GAP * (count - 1.0)) / count;
        let columns = windows.iter().map(|window| window.columns).max().unwrap();
        let rows = windows
            .iter()
            .map(|window| window.rows.len())
            .max()
            .unwrap() as f64;
        let most = PAGE.1 - 2.0 * MARGIN - BAR - 2.0 * PADDING - 70.0;
        // A page holds them, whatever their height.
        let cell = ((width - 2.0 * PADDING) / columns as f64).min(most / rows / 1.85);
        let line = 1.85 * cell;
        let height = BAR + 2.0 * PADDING + rows * line;
        self.need(height + 2.0 * LEADING + 10.0);
        self.paragraph(caption);
        let (top, mut left) = (self.y + 2.0, MARGIN);
        for window in windows {
            let page = self.page();
            page.rect(PALETTE.edge, [left, top, width, height]);
            page.rect(SHADE, [left + 0.7, top + 0.7, width - 1.4, BAR]);
            let (x, y) = (left + 0.7, top + BAR + 1.4);
            let inside = [x, y, width - 1.4, height - BAR - 2.1];
            page.rect(PALETTE.background, inside);
            for (at, index) in [1, 3, 2].into_iter().enumerate() {
                let dot = Palette::DARK.named[index];
                page.circle(dot, (left + 10.0 + 9.0 * at as f64, top + 8.7), 2.7);
            }
            let bar = Font::Bold.width(8.0, &window.title);
            let place = (left + (width - bar) / 2.0, top + 11.5);
            page.text(Font::Bold, 8.0, PALETTE.text, place, &window.title);
            for (number, row) in window.rows.iter().enumerate() {
                let y = top + BAR + PADDING + line * number as f64;
                draw(page, row, (left + PADDING, y), cell);
            }
            left += width + GAP;
        }
        self.y += height + 8.0;
    }

    /// The file.
    pub(super) fn finish(mut self, title: &str) -> Vec<u8> {
        let count = self.document.pages.len();
        for (number, page) in self.document.pages.iter_mut().enumerate() {
            let words = format!("tictalk    {} / {count}", number + 1);
            let x = PAGE.0 - MARGIN - Font::Prose.width(8.0, &words);
            let place = (x, PAGE.1 - MARGIN / 2.0);
            page.text(Font::Prose, 8.0, PALETTE.named[8], place, &words);
        }
        assert!((4..=6).contains(&count), "{count} pages");
        self.document.finish(title)
    }
}

/// Draws a row of a terminal whose cells are `cell` wide.
fn draw(page: &mut Page, row: &tictalk::drawing::Row, (left, top): (f64, f64), cell: f64) {
    let (size, base) = (cell / 0.6, top + 1.35 * cell);
    for run in &row.runs {
        let (ink, paper) = run.look.colours(&PALETTE);
        let x = left + cell * run.column as f64;
        if let Some(paper) = paper {
            page.rect(paper, [x, top, cell * run.width as f64, 1.85 * cell]);
        }
        let font = if run.look.is_bold {
            Font::CodeBold
        } else {
            Font::Code
        };
        let mut at = 0;
        let mut rest = run.text.as_str();
        while let Some(c) = rest.chars().next() {
            let x = x + cell * at as f64;
            let length = rest.find(|c| !has(c)).unwrap_or(rest.len());
            if length > 0 {
                let (text, after) = rest.split_at(length);
                page.text(font, size, ink, (x, base), text);
                at += text.chars().count();
                rest = after;
                continue;
            }
            match (sign(c), c) {
                (Some(sign), _) => page.text(Font::Signs, 0.75 * size, ink, (x, base), sign),
                (None, '○') => {
                    let centre = (x + cell / 2.0, base - 0.45 * cell);
                    page.circle(ink, centre, 0.48 * cell);
                    let inside = paper.unwrap_or(PALETTE.background);
                    page.circle(inside, centre, 0.34 * cell);
                }
                _ => panic!("the portfolio has no drawing of {c:?} yet: add it in pdf.rs"),
            }
            at += 1;
            rest = rest.split_at(c.len_utf8()).1;
        }
    }
}
