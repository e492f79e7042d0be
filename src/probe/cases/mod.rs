//! The table of cases, one file for each family. Cases run in this order: harmless ones first, those
//! that end the conversation last.

mod bytes;
mod ends;
mod game;
mod turns;

pub(super) use turns::CONNECT_CASE;

use super::case::ProbeCase;
use std::sync::LazyLock;

/// Every case, in the order in which they run.
pub static CASES: LazyLock<Vec<ProbeCase>> = LazyLock::new(|| {
    let families = [turns::CASES, bytes::CASES, game::CASES, ends::CASES];
    families.concat()
});
