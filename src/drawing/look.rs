//! How text looks.

use super::colour::{Colour, Palette};

/// A colour as a program asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Tint {
    /// The window's own.
    #[default]
    Default,
    /// One of the 16 named ones.
    Named(u8),
    /// Exactly this one.
    Exact(Colour),
}

/// How text looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// The colour of the text.
    pub ink: Tint,
    /// The colour behind it.
    pub paper: Tint,
    /// Whether it is bold.
    pub is_bold: bool,
    /// Whether it is dim.
    pub is_dim: bool,
    /// Whether ink and paper are swapped.
    pub is_inverse: bool,
}

impl Tint {
    /// The colour with this index among all 256.
    #[must_use]
    pub fn of_256(index: u8) -> Self {
        Colour::of_256(index).map_or(Self::Named(index), Self::Exact)
    }

    /// Its colour; `None` is the window's own.
    #[must_use]
    pub fn colour(self, palette: &Palette) -> Option<Colour> {
        match self {
            Self::Default => None,
            Self::Named(index) => palette.named.get(usize::from(index)).copied(),
            Self::Exact(colour) => Some(colour),
        }
    }

    /// The index of the named colour nearest to it; `None` is the window's own. `palette` is the
    /// one that an exact colour was chosen for.
    #[must_use]
    pub fn nearest(self, palette: &Palette) -> Option<usize> {
        match self {
            Self::Default => None,
            Self::Named(index) => Some(usize::from(index)),
            Self::Exact(colour) => {
                let named = palette.named.iter().enumerate();
                let nearest = named.min_by_key(|(_, named)| colour.distance(**named));
                nearest.map(|(index, _)| index)
            }
        }
    }
}

impl Look {
    /// Whether something is seen where there are only spaces.
    #[must_use]
    pub fn has_paper(&self) -> bool {
        self.is_inverse || self.paper != Tint::Default
    }

    /// The colour of the text, and the one behind it unless that is the window's own.
    #[must_use]
    pub fn colours(&self, palette: &Palette) -> (Colour, Option<Colour>) {
        let mut ink = self.ink.colour(palette).unwrap_or(palette.text);
        let mut paper = self.paper.colour(palette);
        if self.is_inverse {
            (ink, paper) = (paper.unwrap_or(palette.background), Some(ink));
        }
        if self.is_dim {
            ink = Palette::dimmed(ink, paper.unwrap_or(palette.background));
        }
        (ink, paper)
    }
}
