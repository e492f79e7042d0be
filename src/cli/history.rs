//! Options of the commands that read the journal: history, replay, verify.

use super::help;
use super::shared::{ColorOptions, DataOptions, one_of};
use clap::builder::TypedValueParser;
use clap::{Args, Subcommand};
use std::path::{Path, PathBuf};
use tictalk::history::replay::{Replay, Speed};
use tictalk::history::{Format, Id, Request};
use tictalk::journal::JournalError;

/// Options of `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryOptions {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    #[command(flatten)]
    data: DataOptions,
}

/// A subcommand of `history`.
#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Print a session or a room for reading
    #[command(after_help = help::SHOW)]
    Show(Chosen),
    /// Find words in all sessions and rooms
    #[command(after_help = help::SEARCH)]
    Search {
        /// Words, or beginnings of words, that all occur in one turn or post
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Print a session or a room for use elsewhere
    #[command(after_help = help::EXPORT)]
    Export {
        #[command(flatten)]
        chosen: Chosen,
        /// Output format
        #[arg(long, value_parser = format(), default_value = "text")]
        format: Format,
    },
    /// Delete a session or a closed room, and overwrite its text
    #[command(after_help = help::DELETE)]
    Delete(Chosen),
}

/// The chosen session or room.
#[derive(Debug, Clone, Copy, Args)]
struct Chosen {
    /// Number of a session, or r and the number of a room, as `tictalk history` lists it
    #[arg(value_name = "ID")]
    id: Id,
}

impl HistoryOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The request to the history.
    pub(crate) fn into_request(self) -> Request {
        match self.command {
            None => Request::List,
            Some(HistoryCommand::Show(chosen)) => Request::Show(chosen.id),
            Some(HistoryCommand::Search { words }) => Request::Search(words),
            Some(HistoryCommand::Export { chosen, format }) => Request::Export(chosen.id, format),
            Some(HistoryCommand::Delete(chosen)) => Request::Delete(chosen.id),
        }
    }
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayOptions {
    #[command(flatten)]
    chosen: Chosen,
    /// Factor of the original speed
    #[arg(long, default_value = "1", value_name = "N")]
    speed: Speed,
    /// Write the session to this file as asciicast v2 instead of playing it
    #[arg(long, value_name = "FILE")]
    cast: Option<PathBuf>,
    /// Overwrite the file of --cast if it exists
    #[arg(long, requires = "cast")]
    force: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    color: ColorOptions,
}

impl ReplayOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The file to write instead of playing.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.cast.as_deref()
    }

    /// Whether an existing file may be overwritten.
    pub(crate) fn may_overwrite(&self) -> bool {
        self.force
    }

    /// The request to replay.
    pub(crate) fn replay(&self) -> Replay {
        Replay {
            id: self.chosen.id,
            speed: self.speed,
            paint: match self.cast {
                Some(_) => self.color.paint_of_file(),
                None => self.color.paint(),
            },
        }
    }
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    data: DataOptions,
}

impl VerifyOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The request to the history.
    pub(crate) fn request(&self) -> Request {
        Request::Verify(self.chosen.id)
    }
}

/// The parser of `--format`.
fn format() -> impl TypedValueParser<Value = Format> {
    one_of(&Format::ALL, Format::name, |format| match format {
        Format::Text => "Lines for reading",
        Format::Json => "One JSON object, for programs",
        Format::Markdown => "Markdown, for pages and notes",
    })
}
