//! Colours, and whether they are allowed.

use crate::games::{Board, Glyphs, Mark, Seat};
use colored::{Color, Colorize as _, control};
use std::io::{self, IsTerminal as _};

/// Whether text is coloured. Colour never carries information alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// Plain text.
    Off,
    /// Text with escape sequences.
    On,
}

/// The kind of a text, which determines its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ink {
    /// The prompt.
    Prompt,
    /// The name of a speaker.
    Name,
    /// A hint for newcomers.
    Hint,
    /// A refusal with its reason.
    Refusal,
    /// The beginning or end of a game.
    Game,
    /// A win of the person.
    Win,
}

/// How text may look on a console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Whether colours are used.
    pub paint: Paint,
    /// The reader. Names and hints are for people only.
    pub audience: Audience,
}

/// Whether the terminal's bell rings for a person who may be looking elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bell {
    /// Never.
    Off,
    /// When it is their turn after a wait, and when they are addressed.
    On,
}

/// The reader of the output.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// A person at a terminal.
    Person,
    /// A file or another program.
    Pipe,
}

impl Paint {
    /// The choice by the environment and standard output (`CLICOLOR_FORCE`, `NO_COLOR`, `CLICOLOR`,
    /// in this order, as the crate `colored` reads them); off on a terminal without colours
    /// (`TERM=dumb`).
    #[must_use]
    pub fn detect() -> Self {
        let is_dumb = std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let is_forced = std::env::var_os("CLICOLOR_FORCE").is_some_and(|force| force != "0");
        let allowed = control::ShouldColorize::from_env().should_colorize();
        Self::switch(allowed && (is_forced || !is_dumb))
    }

    /// Switches colours on or off for the whole program.
    #[must_use]
    pub fn switch(on: bool) -> Self {
        control::set_override(on);
        #[cfg(windows)]
        if on {
            // Older consoles interpret escape sequences only on request.
            let _ = control::set_virtual_terminal(true);
        }
        if on { Self::On } else { Self::Off }
    }

    /// `text` in the colour of `ink`.
    #[must_use]
    pub fn ink(self, ink: Ink, text: &str) -> String {
        if self == Self::Off {
            return text.to_owned();
        }
        let text = match ink {
            Ink::Prompt => text.bold(),
            Ink::Name => text.cyan().bold(),
            Ink::Hint => text.dimmed(),
            Ink::Refusal => text.yellow(),
            Ink::Game => text.bold(),
            Ink::Win => text.green().bold(),
        };
        text.to_string()
    }

    /// The name of a speaker, in the colour of that name.
    #[must_use]
    pub fn name(self, name: &str, text: &str) -> String {
        match self {
            Self::Off => text.to_owned(),
            Self::On => text.color(color_of(name)).bold().to_string(),
        }
    }

    /// `text` in black on white, the same on terminals with dark and with light colours; `None`
    /// without colours.
    pub(super) fn black_on_white(self, text: &str) -> Option<String> {
        match self {
            Self::Off => None,
            Self::On => Some(format!("\x1b[38;5;{BLACK};48;5;{WHITE}m{text}\x1b[0m")),
        }
    }

    /// The drawing of `board`. Pieces have the colour of their seat; the last move is bold as well.
    #[must_use]
    pub fn board(self, board: &Board, glyphs: Glyphs) -> String {
        if self == Self::Off {
            return board.draw(glyphs, |_, text| text.to_owned());
        }
        let colour = |seat| match seat {
            Seat::First => Color::Cyan,
            Seat::Second => Color::Magenta,
        };
        board.draw(glyphs, |mark, cell| {
            let cell = match mark {
                Mark::Frame => cell.normal(),
                Mark::Free => cell.dimmed(),
                Mark::Held(seat) => cell.color(colour(seat)),
                Mark::Last(seat) => cell.color(colour(seat)).bold(),
                Mark::Winning(_) => cell.green().bold().reversed(),
            };
            cell.to_string()
        })
    }
}

/// Black and white of xterm's colour cube. Themes change the first 16 colours, but not these.
const BLACK: u8 = 16;
const WHITE: u8 = 231;

/// The colours of names, by their numbers among the 256 colours of xterm: those with enough contrast
/// (WCAG 2, at least 3.9) on black and on white.
const NAMES: [u8; 12] = [27, 28, 30, 31, 64, 98, 129, 130, 132, 161, 163, 62];

/// The colour of a name, the same in every room and program: by its FNV-1a hash.
fn color_of(name: &str) -> Color {
    let hash = name.bytes().fold(0x811c_9dc5_u32, |hash, byte| {
        (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193)
    });
    // FNV-1a alone puts similar names next to each other: MurmurHash3 ends with such a mixture.
    let mixed = (hash ^ hash >> 16).wrapping_mul(0x85eb_ca6b);
    let place = usize::try_from(mixed ^ mixed >> 13).unwrap_or(0) % NAMES.len();
    Color::AnsiColor(NAMES.get(place).copied().unwrap_or_default())
}

impl Style {
    /// The style of standard output.
    #[must_use]
    pub(crate) fn of_stdout(paint: Paint) -> Self {
        let audience = if io::stdout().is_terminal() {
            Audience::Person
        } else {
            Audience::Pipe
        };
        Self { paint, audience }
    }
}

#[cfg(test)]
#[expect(clippy::indexing_slicing, reason = "a test")]
mod tests {
    use super::{NAMES, color_of};
    use std::collections::BTreeSet;

    /// The relative luminance of a colour of xterm's cube, as WCAG 2 defines it.
    fn luminance(number: u8) -> f64 {
        let steps = [0, 95, 135, 175, 215, 255];
        let cube = usize::from(number) - 16;
        let rgb = [cube / 36, cube / 6 % 6, cube % 6].map(|step| {
            let part = f64::from(steps[step]) / 255.0;
            match part <= 0.03928 {
                true => part / 12.92,
                false => ((part + 0.055) / 1.055).powf(2.4),
            }
        });
        0.2126 * rgb[0] + 0.7152 * rgb[1] + 0.0722 * rgb[2]
    }

    #[test]
    fn names_are_readable_on_black_and_on_white() {
        for number in NAMES {
            let light = luminance(number);
            let (on_white, on_black) = (1.05 / (light + 0.05), (light + 0.05) / 0.05);
            assert!(
                on_white >= 3.9 && on_black >= 3.9,
                "{number}: {on_white} {on_black}"
            );
        }
    }

    #[test]
    fn names_have_different_colours() {
        let names = ["ann", "bob", "cid", "dee", "eve", "fay", "gus", "hal"];
        let colors: BTreeSet<String> = names
            .iter()
            .map(|name| format!("{:?}", color_of(name)))
            .collect();
        assert!(colors.len() >= 5, "{colors:?}");
        assert_eq!(color_of("ann"), color_of("ann"));
    }
}
