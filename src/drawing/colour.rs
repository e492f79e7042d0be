//! Colours of a terminal and their palettes.

use std::fmt;

/// Red, green and blue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

/// The colours of a window.
#[derive(Debug)]
pub struct Palette {
    /// The default colour of text.
    pub text: Colour,
    /// The background.
    pub background: Colour,
    /// Lines around and between parts.
    pub edge: Colour,
    /// The eight named colours of a terminal, then their bright variants.
    pub named: [Colour; 16],
}

impl Palette {
    /// Light text on a dark background, as in the pictures of the documentation.
    pub const DARK: Self = Self {
        text: Colour(0xd7, 0xda, 0xe0),
        background: Colour(0x1c, 0x1f, 0x26),
        edge: Colour(0x48, 0x4e, 0x5c),
        named: [
            Colour(0x8a, 0x90, 0x9e),
            Colour(0xf4, 0x70, 0x67),
            Colour(0x8d, 0xdb, 0x8c),
            Colour(0xec, 0xc4, 0x6b),
            Colour(0x6c, 0xb6, 0xff),
            Colour(0xdc, 0x9c, 0xf5),
            Colour(0x5f, 0xd7, 0xe0),
            Colour(0xd7, 0xda, 0xe0),
            Colour(0xa0, 0xa6, 0xb4),
            Colour(0xff, 0x93, 0x8a),
            Colour(0xb4, 0xf1, 0xb4),
            Colour(0xf7, 0xdf, 0xa0),
            Colour(0x9a, 0xcf, 0xff),
            Colour(0xeb, 0xc3, 0xfc),
            Colour(0x9a, 0xec, 0xf2),
            Colour(0xff, 0xff, 0xff),
        ],
    };

    /// Dark text on white, for paper and light pages.
    pub const LIGHT: Self = Self {
        text: Colour(0x1f, 0x23, 0x28),
        background: Colour(0xff, 0xff, 0xff),
        edge: Colour(0xb8, 0xbf, 0xc8),
        named: [
            Colour(0x1f, 0x23, 0x28),
            Colour(0xb3, 0x26, 0x1e),
            Colour(0x11, 0x63, 0x29),
            Colour(0x7d, 0x4e, 0x00),
            Colour(0x05, 0x50, 0xae),
            Colour(0x8a, 0x2a, 0xa5),
            Colour(0x0b, 0x5f, 0x73),
            Colour(0x3d, 0x44, 0x4d),
            Colour(0x57, 0x60, 0x6a),
            Colour(0xa4, 0x0e, 0x26),
            Colour(0x1a, 0x6e, 0x33),
            Colour(0x7a, 0x52, 0x00),
            Colour(0x09, 0x57, 0xc0),
            Colour(0x74, 0x40, 0xc4),
            Colour(0x1b, 0x6b, 0x72),
            Colour(0x1f, 0x23, 0x28),
        ],
    };

    /// Dimmed `ink` on `paper`: still easy to read.
    #[must_use]
    pub fn dimmed(ink: Colour, paper: Colour) -> Colour {
        ink.towards(paper)
    }
}

/// The steps of each channel in the 6×6×6 cube of the 256 colours.
const CUBE: [u8; 6] = [0, 95, 135, 175, 215, 255];

impl Colour {
    /// The colour with this index among the 240 that follow the named ones; `None` for those.
    #[must_use]
    pub fn of_256(index: u8) -> Option<Self> {
        let at = index.checked_sub(16)?;
        Some(match at.checked_sub(216) {
            None => {
                let step = |at: u8| CUBE.get(usize::from(at % 6)).copied().unwrap_or(0);
                Self(step(at / 36), step(at / 6), step(at))
            }
            Some(grey) => {
                let grey = 8 + 10 * grey;
                Self(grey, grey, grey)
            }
        })
    }

    /// A third of the way to `other`.
    fn towards(self, other: Self) -> Self {
        let mix = |from: u8, to: u8| from - from / 3 + to / 3;
        Self(
            mix(self.0, other.0),
            mix(self.1, other.1),
            mix(self.2, other.2),
        )
    }

    /// The distance to `other`, for comparisons.
    pub(super) fn distance(self, other: Self) -> u32 {
        let channel = |one: u8, another: u8| u32::from(one.abs_diff(another)).pow(2);
        channel(self.0, other.0) + channel(self.1, other.1) + channel(self.2, other.2)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(red, green, blue) = self;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Colour, Palette};

    /// The contrast of two colours as WCAG 2.2 defines it
    /// (<https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio>).
    fn contrast(one: Colour, another: Colour) -> f64 {
        let luminance = |colour: Colour| {
            let linear = |channel: u8| {
                let part = f64::from(channel) / 255.0;
                if part <= 0.04045 {
                    part / 12.92
                } else {
                    ((part + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * linear(colour.0) + 0.7152 * linear(colour.1) + 0.0722 * linear(colour.2)
        };
        let (one, another) = (luminance(one), luminance(another));
        (one.max(another) + 0.05) / (one.min(another) + 0.05)
    }

    #[test]
    fn text_is_readable_in_every_colour() {
        for palette in [Palette::DARK, Palette::LIGHT] {
            let dim = Palette::dimmed(palette.text, palette.background);
            for ink in palette.named.into_iter().chain([palette.text, dim]) {
                let contrast = contrast(ink, palette.background);
                assert!(
                    contrast >= 4.5,
                    "{ink} on {}: {contrast}",
                    palette.background
                );
            }
        }
    }

    #[test]
    fn the_256_colours_are_those_of_xterm() {
        assert_eq!(Colour::of_256(15), None);
        assert_eq!(Colour::of_256(16), Some(Colour(0, 0, 0)));
        assert_eq!(Colour::of_256(67), Some(Colour(95, 135, 175)));
        assert_eq!(Colour::of_256(231), Some(Colour(255, 255, 255)));
        assert_eq!(Colour::of_256(232), Some(Colour(8, 8, 8)));
        assert_eq!(Colour::of_256(255), Some(Colour(238, 238, 238)));
    }
}
