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
