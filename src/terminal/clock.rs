//! The time of day.

use crate::text::LocalTime;
use std::time::{SystemTime, UNIX_EPOCH};

/// The present time where the person is, if a calendar has it.
pub(crate) fn now() -> Option<LocalTime> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).ok()?;
    LocalTime::of(u64::try_from(since.as_millis()).ok()?)
}
