//! Foreign text and words for people: what is hidden in a text, text made safe for a terminal, and
//! plurals.
//!
//! One table lists the hidden characters, for everything that shows foreign text or judges it: the
//! terminal, clients that print what they receive unchecked, the names of a room.

mod hidden;
mod plural;
mod visible;

pub use hidden::{is_blank, is_hidden, is_sign};
pub use plural::count;
pub use visible::{in_line, is_plain, marked, visible};

#[cfg(test)]
mod tests;
