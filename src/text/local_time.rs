//! The time of day where the person is.

use chrono::{DateTime, Datelike as _, Local, Timelike as _};

/// A point in time by the clock of this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LocalTime {
    /// Year, month and day.
    pub date: (i32, u32, u32),
    hour: u32,
    minute: u32,
}

/// English names, as in every message of this program.
const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

impl LocalTime {
    /// The time `millis` milliseconds after 1970, if a calendar has it.
    #[must_use]
    pub fn of(millis: u64) -> Option<Self> {
        let utc = DateTime::from_timestamp_millis(i64::try_from(millis).ok()?)?;
        let local = utc.with_timezone(&Local);
        Some(Self {
            date: (local.year(), local.month(), local.day()),
            hour: local.hour(),
            minute: local.minute(),
        })
    }

    /// Hour and minute: `14:02`.
    #[must_use]
    pub fn clock(self) -> String {
        format!("{:02}:{:02}", self.hour, self.minute)
    }

    /// The day: `21 Nov 2026`.
    #[must_use]
    pub fn day(self) -> String {
        let (year, month, day) = self.date;
        let month = usize::try_from(month).unwrap_or(0).saturating_sub(1);
        let month = MONTHS.get(month).copied().unwrap_or_default();
        format!("{day} {month} {year}")
    }
}
