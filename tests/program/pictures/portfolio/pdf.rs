//! A small writer of PDF 1.7 (ISO 32000-1): text in the standard fonts, rectangles, links and
//! bookmarks. Equal input gives equal bytes; a file has no date and no random id.

use std::fmt::Write as _;
use tictalk::drawing::Colour;

/// The size of A4 in points.
pub(super) const PAGE: (f64, f64) = (595.0, 842.0);

/// The fonts that every reader has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Font {
    Prose,
    Bold,
    Code,
    CodeBold,
    Signs,
}

impl Font {
    const ALL: [Self; 5] = [
        Self::Prose,
        Self::Bold,
        Self::Code,
        Self::CodeBold,
        Self::Signs,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Prose => "Helvetica",
            Self::Bold => "Helvetica-Bold",
            Self::Code => "Courier",
            Self::CodeBold => "Courier-Bold",
            Self::Signs => "ZapfDingbats",
        }
    }

    /// The width of `text` at this size, in points, by Adobe's metrics of the standard fonts.
    pub(super) fn width(self, size: f64, text: &str) -> f64 {
        let widths = match self {
            Self::Prose => &PROSE,
            Self::Bold => &BOLD,
            Self::Code | Self::CodeBold | Self::Signs => {
                return 0.6 * size * text.chars().count() as f64;
            }
        };
        let thousandths: u32 = text
            .chars()
            .map(|c| match c {
                ' '..='~' => u32::from(widths[c as usize - 32]),
                // The dash of half an em, and accented letters.
                _ => 556,
            })
            .sum();
        f64::from(thousandths) * size / 1_000.0
    }
}

/// The widths of the characters from space to tilde.
const PROSE: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// `text` as a string of PDF in WinAnsiEncoding (ISO 32000-1, annex D).
fn string(text: &str) -> String {
    let mut string = String::from("(");
    for c in text.chars() {
        let code = match c {
            '(' | ')' | '\\' => {
                string.push('\\');
                c as u32
            }
            '–' => 0x96,
            '—' => 0x97,
            '‘' => 0x91,
            '’' => 0x92,
            '“' => 0x93,
            '”' => 0x94,
            '•' => 0x95,
            '…' => 0x85,
            ' '..='~' | '\u{a0}'..='\u{ff}' => c as u32,
            _ => panic!("the fonts lack {c:?} in {text:?}"),
        };
        match char::from_u32(code) {
            Some(c) if c.is_ascii() && code < 0x7f => string.push(c),
            _ => {
                let _ = write!(string, "\\{code:03o}");
            }
        }
    }
    string.push(')');
    string
}

/// Whether a font of text has this character.
pub(super) fn has(c: char) -> bool {
    matches!(c, ' '..='~' | '\u{a0}'..='\u{ff}' | '–' | '—' | '‘' | '’' | '“' | '”' | '•' | '…')
}

/// The character of the font of signs for `c`.
pub(super) fn sign(c: char) -> Option<&'static str> {
    Some(match c {
        '✓' => "3",
        '✔' => "4",
        '✗' => "7",
        '●' => "l",
        '■' => "n",
        '▲' => "s",
        '▼' => "t",
        _ => return None,
    })
}

/// A page. Its origin is the upper left corner, and `y` grows downwards.
#[derive(Debug, Default)]
pub(super) struct Page {
    content: String,
    links: Vec<([f64; 4], String)>,
}

impl Page {
    fn fill(&mut self, colour: Colour) {
        let part = |channel: u8| f64::from(channel) / 255.0;
        let Colour(red, green, blue) = colour;
        let _ = write!(
            self.content,
            "{:.3} {:.3} {:.3} rg ",
            part(red),
            part(green),
            part(blue)
        );
    }

    /// Writes `text` from `x` on, with its baseline at `y`.
    pub(super) fn text(
        &mut self,
        font: Font,
        size: f64,
        colour: Colour,
        (x, y): (f64, f64),
        text: &str,
    ) {
        self.fill(colour);
        let number = Font::ALL.iter().position(|other| *other == font).unwrap();
        let _ = writeln!(
            self.content,
            "BT /F{number} {size:.2} Tf {x:.2} {:.2} Td {} Tj ET",
            PAGE.1 - y,
            string(text)
        );
    }

    /// Fills a rectangle.
    pub(super) fn rect(&mut self, colour: Colour, [x, y, width, height]: [f64; 4]) {
        self.fill(colour);
        let bottom = PAGE.1 - y - height;
        let _ = writeln!(
            self.content,
            "{x:.2} {bottom:.2} {width:.2} {height:.2} re f"
        );
    }

    /// Fills a circle, of four curves (the factor is that of a quarter circle).
    pub(super) fn circle(&mut self, colour: Colour, (x, y): (f64, f64), radius: f64) {
        self.fill(colour);
        let (y, curve) = (PAGE.1 - y, 0.5523 * radius);
        let _ = write!(self.content, "{:.2} {y:.2} m ", x + radius);
        for (across, up) in [(0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)] {
            // The quarter that ends there began a right angle before.
            let (from_across, from_up) = (up, -across);
            let _ = write!(
                self.content,
                "{:.2} {:.2} {:.2} {:.2} {:.2} {:.2} c ",
                x + from_across * radius + across * curve,
                y + from_up * radius + up * curve,
                x + across * radius + from_across * curve,
                y + up * radius + from_up * curve,
                x + across * radius,
                y + up * radius
            );
        }
        self.content.push_str("f\n");
    }

    /// Makes a rectangle lead to `address`.
    pub(super) fn link(&mut self, place: [f64; 4], address: &str) {
        self.links.push((place, address.to_owned()));
    }
}

/// A whole file.
#[derive(Debug, Default)]
pub(super) struct Document {
    pub(super) pages: Vec<Page>,
    /// The bookmarks: a title, a page from 0, and the height there.
    pub(super) bookmarks: Vec<(String, usize, f64)>,
}

impl Document {
    /// The bytes of the file.
    pub(super) fn finish(&self, title: &str) -> Vec<u8> {
        let mut objects: Vec<String> = Vec::new();
        // The catalog, the pages, the outlines and the facts come first: 1 to 4.
        let first_font = 5;
        let first_page = first_font + Font::ALL.len();
        let first_mark = first_page + 2 * self.pages.len();
        let last_mark = first_mark + self.bookmarks.len() - 1;
        let kids: Vec<String> = (0..self.pages.len())
            .map(|page| format!("{} 0 R", first_page + 2 * page))
            .collect();
        objects.push(
            "<</Type/Catalog/Pages 2 0 R/Outlines 3 0 R/PageMode/UseOutlines/Lang(en)\
             /ViewerPreferences<</DisplayDocTitle true>>>>"
                .to_owned(),
        );
        let (width, height) = PAGE;
        objects.push(format!(
            "<</Type/Pages/Kids[{}]/Count {}/MediaBox[0 0 {width} {height}]>>",
            kids.join(" "),
            self.pages.len()
        ));
        objects.push(format!(
            "<</Type/Outlines/First {first_mark} 0 R/Last {last_mark} 0 R/Count {}>>",
            self.bookmarks.len()
        ));
        objects.push(format!("<</Title{}/Creator(tictalk)>>", string(title)));
        let mut fonts = String::new();
        for (number, font) in Font::ALL.into_iter().enumerate() {
            let encoding = match font {
                Font::Signs => "",
                _ => "/Encoding/WinAnsiEncoding",
            };
            objects.push(format!(
                "<</Type/Font/Subtype/Type1/BaseFont/{}{encoding}>>",
                font.name()
            ));
            let _ = write!(fonts, "/F{number} {} 0 R", first_font + number);
        }
        for (number, page) in self.pages.iter().enumerate() {
            let mut links = String::new();
            for ([x, y, width, height], address) in &page.links {
                let (top, bottom) = (PAGE.1 - y, PAGE.1 - y - height);
                let _ = write!(
                    links,
                    "<</Type/Annot/Subtype/Link/Border[0 0 0]/Rect[{x:.2} {bottom:.2} {:.2} {top:.2}]\
                     /A<</S/URI/URI{}>>>>",
                    x + width,
                    string(address)
                );
            }
            objects.push(format!(
                "<</Type/Page/Parent 2 0 R/Resources<</Font<<{fonts}>>>>/Annots[{links}]\
                 /Contents {} 0 R>>",
                first_page + 2 * number + 1
            ));
            objects.push(format!(
                "<</Length {}>>stream\n{}endstream",
                page.content.len(),
                page.content
            ));
        }
        for (number, (title, page, y)) in self.bookmarks.iter().enumerate() {
            let at = first_mark + number;
            let mut mark = format!(
                "<</Title{}/Parent 3 0 R/Dest[{} 0 R/XYZ 0 {:.2} null]",
                string(title),
                first_page + 2 * page,
                PAGE.1 - y
            );
            if number > 0 {
                let _ = write!(mark, "/Prev {} 0 R", at - 1);
            }
            if at < last_mark {
                let _ = write!(mark, "/Next {} 0 R", at + 1);
            }
            objects.push(mark + ">>");
        }
        let mut file = String::from("%PDF-1.7\n");
        let mut places = Vec::new();
        for (number, object) in objects.iter().enumerate() {
            places.push(file.len());
            let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", number + 1);
        }
        let table = file.len();
        let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
        for place in places {
            let _ = writeln!(file, "{place:010} 00000 n ");
        }
        let _ = write!(
            file,
            "trailer\n<</Size {}/Root 1 0 R/Info 4 0 R>>\nstartxref\n{table}\n%%EOF\n",
            objects.len() + 1
        );
        assert!(file.is_ascii(), "offsets are counted in bytes");
        file.into_bytes()
    }
}
