//! The programs in `examples`.

pub(crate) mod languages;
mod partners;
mod players;
