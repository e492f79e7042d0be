//! The log of a room: a line for each thing that happens, but for what people say.
//!
//! The room tells of it by `tracing`, from wherever it happens. Here it becomes lines in a file.

use crate::files::{self, FileError, Owner};
use crate::room::ConnectionId;
use crate::terminal::visible;
use crate::wire::{MemberId, Parting, Post, What};
use std::fmt::{self, Debug, Write as _};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, info, warn};

/// A log that cannot be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the log {}: {error}; name another file with --log FILE", .path.display())]
pub struct LogError {
    path: PathBuf,
    error: FileError,
}

/// A file to which a line is added for each event.
#[derive(Debug)]
pub struct LogFile {
    file: File,
}

impl LogFile {
    /// Opens the file, or makes it, for nobody else to read. A file has to belong to this person,
    /// and a pipe to have a reader.
    ///
    /// # Errors
    /// [`LogError`].
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let opened = files::open_any(
            path,
            Owner::Me,
            OpenOptions::new().append(true).create(true),
        );
        opened.map(|file| Self { file }).map_err(|error| LogError {
            path: path.to_owned(),
            error,
        })
    }

    /// Has all events of this program from now on. The first log that wants them keeps them.
    pub fn listen(self) {
        let _ = tracing::subscriber::set_global_default(self);
    }
}

impl Subscriber for LogFile {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() <= LevelFilter::INFO
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = LogEvent::default();
        event.record(&mut line);
        let time = Utc(SystemTime::now());
        let level = event.metadata().level();
        let line = format!("{time} {level:5} {}{}\n", line.message, line.facts);
        // In one piece, so that lines of several threads do not mix. A room whose log cannot be
        // written goes on without it.
        let _ = (&self.file).write_all(line.as_bytes());
    }

    // The room has no spans.
    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

/// Notes what everybody sees, but for what is said and played.
pub(super) fn post(post: &Post) {
    let (mut by, mut to) = (None, None);
    let happened = match &post.what {
        What::Joined => "joined",
        What::Left { why } => match why {
            Parting::Quit | Parting::Other => "left",
            Parting::Lost => "left: the connection broke",
            Parting::Silent => "removed: no answer",
            Parting::Behind => "removed: too far behind in reading",
        },
        What::Kicked { from } => {
            by = Some(&**from);
            "removed"
        }
        What::Away => "lost the connection",
        What::Back => "came back",
        What::Renamed { to: name } => {
            to = Some(&**name);
            "renamed"
        }
        What::Coordinator => "coordinates",
        What::Closed => "closes the room",
        What::Said { .. }
        | What::Acted { .. }
        | What::Began { .. }
        | What::Ended { .. }
        | What::Unknown => return,
    };
    let (member, name) = (post.by.id, &*post.by.name);
    info!(%member, name, by, to, "{happened}");
}

/// Notes whose a connection is.
pub(super) fn entrance(ConnectionId(connection): ConnectionId, member: MemberId, name: &str) {
    info!(connection, %member, name, "entered");
}

/// Notes that somebody was not let in, and how many others were not since the last such note.
pub(super) fn turned_away(from: SocketAddr, why: &str, others: usize) {
    let others = (others > 0).then_some(others);
    warn!(%from, others, "turned away: {why}");
}

/// What an event says: `joined name="ann" member=#1`.
#[derive(Debug, Default)]
struct LogEvent {
    message: String,
    facts: String,
}

impl Visit for LogEvent {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        let value = visible(&value).replace(['\n', '\t'], " ");
        if field.name() == "message" {
            self.message = value;
        } else {
            let _ = write!(self.facts, " {}={value}", field.name());
        }
    }

    /// In quotes, so that what it holds cannot pass for another fact.
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        self.record_debug(field, &format_args!("\"{value}\""));
    }
}

/// A point in time as RFC 3339 writes it: `2026-11-20T08:30:05.123Z`.
struct Utc(SystemTime);

impl fmt::Display for Utc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let since = self.0.duration_since(UNIX_EPOCH);
        let since = since.unwrap_or(Duration::ZERO);
        let seconds = since.as_secs();
        let (year, month, day) = date(seconds / 86_400);
        let (hour, minute) = (seconds / 3_600 % 24, seconds / 60 % 60);
        let (second, millis) = (seconds % 60, since.subsec_millis());
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{millis:03}Z"
        )
    }
}

/// Year, month and day so many days after 1970-01-01: Howard Hinnant's `civil_from_days`
/// (<https://howardhinnant.github.io/date_algorithms.html>), for days that are not before that.
fn date(days: u64) -> (u64, u64, u64) {
    // Years begin in March here, so that a leap day is the last of its year; eras have 400 years.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
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
    use super::Utc;
    use std::time::{Duration, UNIX_EPOCH};

    #[test]
    fn time_is_told_as_rfc_3339() {
        // The seconds are those of GNU `date -u +%s`.
        for (seconds, told) in [
            (0, "1970-01-01T00:00:00.007Z"),
            (951_782_399, "2000-02-28T23:59:59.007Z"),
            (951_782_400, "2000-02-29T00:00:00.007Z"),
            (951_868_800, "2000-03-01T00:00:00.007Z"),
            (1_798_761_599, "2026-12-31T23:59:59.007Z"),
            (4_107_542_400, "2100-03-01T00:00:00.007Z"),
        ] {
            let time = UNIX_EPOCH + Duration::from_secs(seconds) + Duration::from_millis(7);
            assert_eq!(Utc(time).to_string(), told);
        }
    }
}
