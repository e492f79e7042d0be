//! Tracks the contents of the screen and writes only the differences.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};

/// The start and end of a synchronized update, which the terminal shows all at once.
const BEGIN: &str = "\x1b[?2026h";
const END: &str = "\x1b[?2026l";

/// The screen as the terminal shows it.
#[derive(Debug)]
pub(super) struct Canvas {
    shown: Buffer,
    cursor: Option<Position>,
}

impl Canvas {
    /// A screen with unknown contents.
    pub(super) fn new() -> Self {
        Self {
            shown: Buffer::empty(Rect::ZERO),
            cursor: None,
        }
    }

    /// Forgets the contents, so that the next frame is drawn as a whole.
    pub(super) fn forget(&mut self) {
        *self = Self::new();
    }

    /// Returns the bytes that turn the screen into `next` with this cursor. Empty if nothing changed.
    pub(super) fn change(&mut self, next: Buffer, cursor: Option<Position>) -> String {
        let mut text = String::new();
        if self.shown.area != next.area {
            text.push_str("\x1b[0m\x1b[2J");
            self.shown = Buffer::empty(next.area);
            self.cursor = None;
        }
        let changes = self.shown.diff(&next);
        let is_changed = !changes.is_empty();
        write_cells(&changes, &mut text);
        if is_changed || self.cursor != cursor {
            match cursor {
                Some(position) => text.push_str(&format!("{}\x1b[?25h", go_to(position))),
                None => text.push_str("\x1b[?25l"),
            }
        }
        self.shown = next;
        self.cursor = cursor;
        if text.is_empty() {
            return text;
        }
        format!("{BEGIN}{text}{END}")
    }
}

/// The sequence that moves the cursor there. Rows and columns of a terminal begin at 1.
fn go_to(Position { x, y }: Position) -> String {
    format!("\x1b[{};{}H", y + 1, x + 1)
}

/// Writes these cells at their positions and resets the style.
fn write_cells(cells: &[(u16, u16, &Cell)], text: &mut String) {
    let plain = codes(Style::new());
    let mut codes_now = plain.clone();
    let mut last: Option<(u16, u16)> = None;
    for (x, y, cell) in cells {
        match last {
            Some((column, row)) if *y == row && *x == column + 1 => {}
            // Shorter, and correct even if the terminal disagrees about a character's width.
            Some((_, row)) if *y == row => text.push_str(&format!("\x1b[{}G", x + 1)),
            _ => text.push_str(&go_to(Position::new(*x, *y))),
        }
        last = Some((*x, *y));
        let wanted = codes(cell.style());
        if wanted != codes_now {
            match wanted.is_empty() {
                true => text.push_str("\x1b[0m"),
                false if codes_now.is_empty() => text.push_str(&format!("\x1b[{wanted}m")),
                false => text.push_str(&format!("\x1b[0;{wanted}m")),
            }
            codes_now = wanted;
        }
        text.push_str(cell.symbol());
    }
    if codes_now != plain {
        text.push_str("\x1b[0m");
    }
}

/// The SGR parameters of this style (ECMA-48, 8.3.117). The first sixteen colours use their own codes,
/// which every colour terminal supports.
pub(super) fn codes(style: Style) -> String {
    let mut codes: Vec<String> = Vec::new();
    for (modifier, code) in [
        (Modifier::BOLD, "1"),
        (Modifier::DIM, "2"),
        (Modifier::REVERSED, "7"),
    ] {
        if style.add_modifier.contains(modifier) {
            codes.push(code.to_owned());
        }
    }
    for (color, normal, bright) in [(style.fg, 30_u8, 90_u8), (style.bg, 40, 100)] {
        match color {
            Some(Color::Indexed(index @ 0..=7)) => codes.push((normal + index).to_string()),
            Some(Color::Indexed(index @ 8..=15)) => codes.push((bright + index - 8).to_string()),
            Some(Color::Indexed(index)) => codes.push(format!("{};5;{index}", normal + 8)),
            Some(Color::Rgb(red, green, blue)) => {
                codes.push(format!("{};2;{red};{green};{blue}", normal + 8));
            }
            // The scene uses no other colours.
            _ => {}
        }
    }
    codes.join(";")
}
