//! Drawings of terminals: styled text on a grid, and windows with such text as SVG.
//!
//! The exports of the history and the pictures of the documentation are drawn here, so they look
//! alike. [`Sheet`] turns what a program writes to a terminal into [`Row`]s; [`svg`] draws rows as
//! windows.

mod colour;
mod escape;
mod look;
mod row;
mod sheet;
mod window;

pub use colour::{Colour, Palette};
pub use escape::escaped;
pub use look::{Look, Tint};
pub use row::{Row, Run};
pub use sheet::Sheet;
pub use window::{About, CELL_HEIGHT, CELL_WIDTH, FONT_SIZE, FONTS, Window, svg};
