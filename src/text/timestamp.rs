//! Points in time as programs write them.

use std::ops::RangeInclusive;

/// The times that have four digits for the year: 0000-01-01 to the last millisecond of 9999.
const WRITABLE: RangeInclusive<i64> = -62_167_219_200_000..=253_402_300_799_999;

/// The time `millis` milliseconds after the Unix epoch, in UTC as RFC 3339 writes it:
/// `2026-11-20T08:30:05.123Z`. A time outside the years 0 to 9999 is replaced by the nearest one
/// inside.
#[must_use]
pub(crate) fn rfc3339(millis: i64) -> String {
    let millis = millis.clamp(*WRITABLE.start(), *WRITABLE.end());
    let (seconds, millis) = (millis.div_euclid(1_000), millis.rem_euclid(1_000));
    let (year, month, day) = date(seconds.div_euclid(86_400));
    let (hour, minute, second) = (
        seconds.div_euclid(3_600).rem_euclid(24),
        seconds.div_euclid(60).rem_euclid(60),
        seconds.rem_euclid(60),
    );
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z")
}

/// Year, month and day, `days` days after 1970-01-01: Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html#civil_from_days>).
fn date(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that a leap day is the last day of its year. An era is 400
    // years.
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era =
        (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * from_march + 2) / 5 + 1;
    let (month, later) = match from_march {
        0..=9 => (from_march + 3, 0),
        _ => (from_march - 9, 1),
    };
    (era * 400 + year_of_era + later, month, day)
}

#[cfg(test)]
mod tests {
    use super::{WRITABLE, rfc3339};
    use proptest::prelude::{ProptestConfig, prop_assert_eq, proptest};
    use rusqlite::Connection;

    /// The same time as SQLite writes it.
    fn by_sqlite(db: &Connection, millis: i64) -> Option<String> {
        let seconds = "SELECT strftime('%Y-%m-%dT%H:%M:%S', ?, 'unixepoch')";
        let seconds: Option<String> = db
            .query_row(seconds, [millis.div_euclid(1_000)], |row| row.get(0))
            .ok()?;
        Some(format!("{}.{:03}Z", seconds?, millis.rem_euclid(1_000)))
    }

    #[test]
    fn known_times_are_written_as_rfc_3339() {
        // The seconds are those of GNU `date -u +%s`.
        for (seconds, written) in [
            (0, "1970-01-01T00:00:00.007Z"),
            (951_782_399, "2000-02-28T23:59:59.007Z"),
            (951_782_400, "2000-02-29T00:00:00.007Z"),
            (951_868_800, "2000-03-01T00:00:00.007Z"),
            (1_798_761_599, "2026-12-31T23:59:59.007Z"),
            (4_107_542_400, "2100-03-01T00:00:00.007Z"),
        ] {
            assert_eq!(rfc3339(seconds * 1_000 + 7), written);
        }
    }

    #[test]
    fn times_outside_of_four_digit_years_are_clamped() {
        let (first, last) = ("0000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z");
        assert_eq!(rfc3339(*WRITABLE.start()), first);
        assert_eq!(rfc3339(*WRITABLE.start() - 1), first);
        assert_eq!(rfc3339(i64::MIN), first);
        assert_eq!(rfc3339(*WRITABLE.end()), last);
        assert_eq!(rfc3339(*WRITABLE.end() + 1), last);
        assert_eq!(rfc3339(i64::MAX), last);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn every_time_is_written_as_sqlite_writes_it(millis in WRITABLE) {
            let db = Connection::open_in_memory().map_err(|error| {
                proptest::test_runner::TestCaseError::fail(error.to_string())
            })?;
            prop_assert_eq!(Some(rfc3339(millis)), by_sqlite(&db, millis));
        }
    }
}
