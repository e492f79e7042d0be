//! The log of a room: one line for each event, except for messages and moves.
//!
//! The room reports events with `tracing`. [`LogFile`] writes them to a file.

use crate::files::{self, FileError, Owner};
use crate::journal::Moment;
use crate::room::{ConnectionId, RoomNotice};
use crate::text::visible;
use crate::wire::{MemberId, Parting, Post, What};
use std::fmt::{Debug, Write as _};
use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber, info, warn};

/// Why a log could not be opened.
#[derive(Debug, thiserror::Error)]
#[error("cannot open the log {}: {error}; name another file with --log FILE", .path.display())]
pub struct LogError {
    path: PathBuf,
    error: FileError,
}

/// A file to which each event appends a line.
#[derive(Debug)]
pub struct LogFile {
    file: File,
}

impl LogFile {
    /// Opens the file, or creates it with permissions for this user only. A file must belong to
    /// this user, and a pipe must have a reader.
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

    /// Receives all events of this program from now on. Has no effect if another log does.
    pub fn listen(self) {
        let _ = tracing::subscriber::set_global_default(self);
    }
}

impl Subscriber for LogFile {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // Libraries have events of their own.
        let is_own = metadata.target().starts_with(env!("CARGO_PKG_NAME"));
        is_own && *metadata.level() <= LevelFilter::INFO
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::INFO)
    }

    fn event(&self, event: &Event<'_>) {
        let mut line = LogEvent::default();
        event.record(&mut line);
        let time = Moment::now().to_rfc3339();
        let level = event.metadata().level();
        let line = format!("{time} {level:5} {}{}\n", line.message, line.fields);
        // One write, so that lines of several threads do not mix. A room whose log cannot be
        // written stays open.
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

/// Logs a post, except for messages and games.
pub(super) fn post(post: &Post) {
    let (mut by, mut to) = (None, None);
    let happened = match &post.what {
        What::Joined => "joined",
        What::Left { why } => match why {
            Parting::Quit | Parting::Other => "left",
            Parting::Lost => "left: connection lost",
            Parting::Silent => "removed: no answer",
            Parting::Behind => "removed: too slow to keep up",
        },
        What::Kicked { from } => {
            by = Some(&**from);
            "removed"
        }
        What::Banned { from } => {
            by = Some(&**from);
            "banned"
        }
        What::Unbanned { from } => {
            by = Some(&**from);
            "may return"
        }
        What::Muted { from } => {
            by = Some(&**from);
            "muted"
        }
        What::Unmuted { from } => {
            by = Some(&**from);
            "may speak again"
        }
        What::Away => "connection lost",
        What::Back => "reconnected",
        What::Renamed { to: name } => {
            to = Some(&**name);
            "renamed"
        }
        What::Coordinator => "became coordinator",
        What::Closed => "closed the room",
        What::Said { .. }
        | What::Acted { .. }
        | What::Began { .. }
        | What::Ended { .. }
        | What::Whispered { .. }
        | What::Moved { .. }
        | What::Undone { .. }
        | What::Tournament { .. }
        | What::Unknown => return,
    };
    let (member, name) = (post.by.id, &*post.by.name);
    info!(%member, name, by, to, "{happened}");
}

/// Logs which member has a connection.
pub(super) fn joined(ConnectionId(connection): ConnectionId, member: MemberId, name: &str) {
    info!(connection, %member, name, "connected as member");
}

/// Logs a connection that was turned away, and how many others were since the last such line.
pub(super) fn turned_away(from: SocketAddr, why: &str, others: usize) {
    let others = (others > 0).then_some(others);
    warn!(%from, others, "turned away: {why}");
}

/// Logs wrong codes.
pub(super) fn wrong_codes(notice: &RoomNotice) {
    if let RoomNotice::WrongCodes { count, from, total } = notice {
        warn!(count, %from, total, "wrong code");
    }
}

/// The message and the fields of an event: `joined` and `name="ann" member=#1`.
#[derive(Debug, Default)]
struct LogEvent {
    message: String,
    fields: String,
}

impl Visit for LogEvent {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let value = format!("{value:?}");
        let value = visible(&value).replace(['\n', '\t'], " ");
        if field.name() == "message" {
            self.message = value;
        } else {
            let _ = write!(self.fields, " {}={value}", field.name());
        }
    }

    /// In quotes, so that its text cannot be mistaken for another field.
    fn record_str(&mut self, field: &Field, value: &str) {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"");
        self.record_debug(field, &format_args!("\"{value}\""));
    }
}
