//! QR codes: links that a phone reads from the screen.

use super::console::ScreenSize;
use super::paint::Paint;
use crate::games::Glyphs;
use qrcode::{Color, EcLevel, QrCode};

/// The width of the light frame in modules, as ISO/IEC 18004 requires it. On a dark terminal, this
/// frame alone separates the code from what is around it.
const QUIET_ZONE: usize = 4;

/// The rows of a screen that a code leaves to what follows it: its link, a hint of two rows, and a
/// prompt.
const ROWS_BELOW: usize = 4;

/// When the host of a room sees a QR code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QrCodes {
    /// At the start, and after `/qr`.
    AtStart,
    /// After `/qr`.
    OnRequest,
}

/// Why a QR code is not drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoQrCode {
    /// There is no screen.
    #[error("A QR code needs a terminal.")]
    NoScreen,
    /// Colours are off. A code in the terminal's own colours is light on dark in half of all
    /// terminals, and many programs on phones do not read that.
    #[error("A QR code needs colours: without them, many phones cannot read it.")]
    NoColours,
    /// The terminal or its locale does not have half blocks of one column.
    #[error("This terminal cannot draw a QR code.")]
    NoGlyphs,
    /// The screen is too small.
    #[error("A QR code needs {columns} columns and {rows} rows.", columns = .0.columns, rows = .0.rows)]
    TooSmall(ScreenSize),
    /// No code takes so long a text.
    #[error("The text is too long for a QR code.")]
    TooLong,
}

/// The QR code of `text` in half blocks: dark on light in every theme, with the required frame.
/// Errors are corrected at the lowest level, since a screen has no stains; the code is smaller.
///
/// # Errors
/// If a screen of this size with these colours and glyphs cannot show it.
pub fn qr_code(
    text: &str,
    screen: Option<ScreenSize>,
    paint: Paint,
    glyphs: Glyphs,
) -> Result<String, NoQrCode> {
    let screen = screen.ok_or(NoQrCode::NoScreen)?;
    match glyphs {
        Glyphs::Shapes => {}
        Glyphs::Ascii => return Err(NoQrCode::NoGlyphs),
    }
    let code = QrCode::with_error_correction_level(text, EcLevel::L);
    let code = Modules::of(&code.map_err(|_| NoQrCode::TooLong)?);
    let needed = ScreenSize {
        columns: code.side(),
        rows: code.side().div_ceil(2) + ROWS_BELOW,
    };
    if screen.columns < needed.columns || screen.rows < needed.rows {
        return Err(NoQrCode::TooSmall(needed));
    }
    let rows = code.rows().map(|row| paint.black_on_white(&row));
    let mut drawing = String::new();
    for row in rows {
        drawing.push_str(&row.ok_or(NoQrCode::NoColours)?);
        drawing.push('\n');
    }
    Ok(drawing)
}

/// The modules of a code, row by row, without its frame.
struct Modules {
    width: usize,
    colours: Vec<Color>,
}

impl Modules {
    fn of(code: &QrCode) -> Self {
        Self {
            width: code.width(),
            colours: code.to_colors(),
        }
    }

    /// The width and height with the frame.
    fn side(&self) -> usize {
        self.width + 2 * QUIET_ZONE
    }

    /// Two rows of modules in each row of the screen. The last one may end with a light half.
    fn rows(&self) -> impl Iterator<Item = String> {
        let tops = (0..self.side()).step_by(2);
        tops.map(|top| {
            let row = (0..self.side()).map(|column| {
                match [top, top + 1].map(|row| self.at(row, column)) {
                    [Color::Light, Color::Light] => ' ',
                    [Color::Light, Color::Dark] => '▄',
                    [Color::Dark, Color::Light] => '▀',
                    [Color::Dark, Color::Dark] => '█',
                }
            });
            row.collect()
        })
    }

    /// The colour at this place of the framed code; light beyond it.
    fn at(&self, row: usize, column: usize) -> Color {
        let inside = |place: usize| {
            let place = place.checked_sub(QUIET_ZONE)?;
            (place < self.width).then_some(place)
        };
        let place = inside(row).zip(inside(column));
        let colour = place.and_then(|(row, column)| self.colours.get(row * self.width + column));
        colour.copied().unwrap_or(Color::Light)
    }
}

#[cfg(test)]
mod tests {
    use super::{NoQrCode, qr_code};
    use crate::games::Glyphs;
    use crate::terminal::{Paint, ScreenSize};
    use qrcode::{Color, EcLevel, QrCode};

    const LINK: &str = "http://192.168.1.7:1059/";
    const SCREEN: ScreenSize = ScreenSize {
        columns: 80,
        rows: 24,
    };

    fn drawn(text: &str, columns: usize, rows: usize) -> Result<String, NoQrCode> {
        let screen = Some(ScreenSize { columns, rows });
        qr_code(text, screen, Paint::On, Glyphs::Shapes)
    }

    /// The modules that half blocks show, without the frame of four; `None` if there is another
    /// character, or the frame is not light.
    fn modules(drawing: &str) -> Option<Vec<Vec<Color>>> {
        let mut rows = Vec::new();
        for line in drawing.lines() {
            let line = line.strip_prefix("\x1b[38;5;16;48;5;231m")?;
            let line = line.strip_suffix("\x1b[0m")?;
            let both = line.chars().map(|c| match c {
                ' ' => Some((Color::Light, Color::Light)),
                '▀' => Some((Color::Dark, Color::Light)),
                '▄' => Some((Color::Light, Color::Dark)),
                '█' => Some((Color::Dark, Color::Dark)),
                _ => None,
            });
            let both: Vec<(Color, Color)> = both.collect::<Option<_>>()?;
            let (tops, bottoms): (Vec<Color>, Vec<Color>) = both.into_iter().unzip();
            rows.extend([tops, bottoms]);
        }
        // A code has an odd width, so the last half row is beyond its frame.
        let beyond = rows.pop()?;
        let side = rows.len();
        let is_light = |row: &[Color]| row.iter().all(|colour| *colour == Color::Light);
        let frame = [rows.get(..4)?, rows.get(side - 4..)?].concat();
        if !is_light(&beyond) || !frame.iter().all(|row| is_light(row)) {
            return None;
        }
        let inside = rows.get(4..side - 4)?.iter().map(|row| {
            let (left, rest) = row.split_at_checked(4)?;
            let (code, right) = rest.split_at_checked(side.checked_sub(8)?)?;
            (is_light(left) && is_light(right) && right.len() == 4).then(|| code.to_vec())
        });
        inside.collect()
    }

    #[test]
    fn the_drawing_shows_the_modules_of_the_code() {
        for text in [LINK, "http://[2001:db8::7]:1059/", "", &"a".repeat(300)] {
            let drawing = drawn(text, 200, 200).unwrap_or_default();
            let code = QrCode::with_error_correction_level(text, EcLevel::L);
            let code = code.map(|code| {
                let colours = code.to_colors();
                let rows = colours.chunks(code.width()).map(<[Color]>::to_vec);
                rows.collect::<Vec<_>>()
            });
            assert_eq!(modules(&drawing), code.ok(), "{text}\n{drawing}");
        }
    }

    #[test]
    fn the_code_of_an_address_fits_on_a_small_screen() {
        for link in [LINK, "http://255.255.255.255:65535/"] {
            assert!(drawn(link, 33, 21).is_ok(), "{link}");
        }
        let longest = "http://[2001:db8:1111:2222:3333:4444:5555:6666]:1059/";
        assert!(drawn(longest, 40, 24).is_ok());
    }

    #[test]
    fn a_screen_that_cannot_show_a_code_says_why() {
        let size = ScreenSize {
            columns: 33,
            rows: 21,
        };
        assert_eq!(drawn(LINK, 32, 24), Err(NoQrCode::TooSmall(size)));
        assert_eq!(drawn(LINK, 80, 20), Err(NoQrCode::TooSmall(size)));
        assert_eq!(drawn(&"a".repeat(3_000), 999, 999), Err(NoQrCode::TooLong));
        for (screen, paint, glyphs, error) in [
            (None, Paint::On, Glyphs::Shapes, NoQrCode::NoScreen),
            (
                Some(SCREEN),
                Paint::Off,
                Glyphs::Shapes,
                NoQrCode::NoColours,
            ),
            (Some(SCREEN), Paint::On, Glyphs::Ascii, NoQrCode::NoGlyphs),
        ] {
            assert_eq!(qr_code(LINK, screen, paint, glyphs), Err(error));
        }
    }
}
