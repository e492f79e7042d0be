//! How text looks: hidden characters, text made safe for a terminal, columns, plurals and times.
//!
//! One table lists the hidden characters, for everything that shows foreign text or judges it: the
//! terminal, clients that print what they receive unchecked, the names of a room.

mod columns;
mod hidden;
mod local_time;
mod lossy;
mod plural;
mod timestamp;
mod visible;
mod wrap;

pub use local_time::LocalTime;
pub use plural::count;
pub use visible::{marked, visible};

pub(crate) use columns::{cut, left, right, two_columns};
pub(crate) use hidden::{is_blank, is_hidden, is_sign};
pub(crate) use lossy::lossy;
pub(crate) use timestamp::rfc3339;
pub(crate) use visible::{in_line, is_plain, is_plain_line};
pub(crate) use wrap::wrap;

#[cfg(test)]
mod tests;
