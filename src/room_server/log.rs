//! The log of a room: a line for each thing that happens, but for what people say.
//!
//! The room tells of it by `tracing`, from wherever it happens. Here it becomes lines in a file.

use crate::files::{self, FileError, Owner};
use crate::journal::Moment;
use crate::room::ConnectionId;
use crate::terminal::visible;
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
        let time = Moment::now().to_rfc3339();
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
