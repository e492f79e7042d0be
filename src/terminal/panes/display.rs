//! The capabilities of a terminal: colours, and characters beyond ASCII.

use crate::drawing::{Colour, Look, Palette, Tint};
use crate::terminal::paint::Paint;
use crate::terminal::unicode::has_unicode;
use ratatui::style::{Color, Modifier, Style};

/// The capabilities of a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Display {
    /// Its colours.
    pub depth: Depth,
    /// Its characters.
    pub signs: Signs,
}

/// How many colours a terminal has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// None, or colours are switched off.
    None,
    /// The named ones.
    Sixteen,
    /// At least 256.
    Many,
}

/// The characters of lines and marks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signs {
    /// Those of Unicode.
    Unicode,
    /// Only ASCII.
    Ascii,
}

impl Display {
    /// The capabilities that the environment indicates.
    pub(super) fn detect(paint: Paint) -> Self {
        Self {
            depth: Depth::detect(paint),
            signs: match has_unicode() {
                true => Signs::Unicode,
                false => Signs::Ascii,
            },
        }
    }
}

/// Parts of the names of terminals that have at least 256 colours.
const MANY: [&str; 7] = [
    "256color",
    "direct",
    "kitty",
    "alacritty",
    "foot",
    "ghostty",
    "wezterm",
];

impl Depth {
    /// The number of colours that the environment indicates.
    fn detect(paint: Paint) -> Self {
        let term = std::env::var("TERM").unwrap_or_default();
        let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        // The console of Windows has no TERM.
        let has_many = cfg!(windows)
            || MANY.iter().any(|name| term.contains(name))
            || is_set("COLORTERM")
            || is_set("TERM_PROGRAM");
        match paint {
            Paint::Off => Self::None,
            Paint::On if has_many && term != "linux" => Self::Many,
            Paint::On => Self::Sixteen,
        }
    }

    fn color(self, tint: Tint) -> Option<Color> {
        match (self, tint) {
            (Self::None, _) | (_, Tint::Default) => None,
            (_, Tint::Named(index)) => Some(Color::Indexed(index)),
            (Self::Sixteen, Tint::Exact(_)) => {
                let index = tint.nearest(&Palette::DARK)?;
                Some(Color::Indexed(u8::try_from(index).ok()?))
            }
            (Self::Many, Tint::Exact(colour)) => {
                let same = |index: &u8| Colour::of_256(*index) == Some(colour);
                let Colour(red, green, blue) = colour;
                let exact = Color::Rgb(red, green, blue);
                Some((16..=255).find(same).map_or(exact, Color::Indexed))
            }
        }
    }

    pub(super) fn style(self, look: Look) -> Style {
        let mut style = Style::new();
        style.fg = self.color(look.ink);
        style.bg = self.color(look.paper);
        let modifiers = [
            (look.is_bold, Modifier::BOLD),
            (look.is_dim, Modifier::DIM),
            (look.is_inverse, Modifier::REVERSED),
        ];
        for (is_set, modifier) in modifiers {
            if is_set {
                style = style.add_modifier(modifier);
            }
        }
        style
    }
}

impl Signs {
    /// Replaces this program's signs by ASCII characters of the same width.
    pub(super) fn in_ascii(text: &str) -> String {
        let in_ascii = |sign| match sign {
            '│' => '|',
            '─' => '-',
            '·' | '…' => '.',
            '✓' => 'v',
            '█' => '#',
            '░' => '.',
            sign => sign,
        };
        text.chars().map(in_ascii).collect()
    }
}
