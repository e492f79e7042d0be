//! The commands that read what was said: history, replay, verify.

use super::shared::{ColorOptions, DataOptions};
use clap::{Args, Subcommand, ValueEnum};
use std::path::{Path, PathBuf};
use tictalk::history::replay::{Replay, Speed};
use tictalk::history::{Format, Id, Request};
use tictalk::journal::JournalError;

pub(super) const HISTORY_EXAMPLES: &str = "\
Examples:
  tictalk history                         a line for each talk and room
  tictalk history show 3                  read talk number 3
  tictalk history show r1                 read room number 1
  tictalk history search hello world      find what has both words
  tictalk history export 3 --format json > talk.json
  tictalk history delete 3

A room has to be closed before it is deleted: it cannot go on without its
journal.";

pub(super) const REPLAY_EXAMPLES: &str = "\
Examples:
  tictalk replay 3
  tictalk replay 3 --speed 4              four times as fast
  tictalk replay 3 --cast talk.cast       then: asciinema play talk.cast

No pause is longer than 3 seconds, at --speed 1. Ctrl-C ends it. A pipe gets
everything at once.";

pub(super) const VERIFY_EXAMPLES: &str = "\
Example:
  tictalk verify 3

Each turn is written down with a SHA-256 digest over all turns up to it. Where
the two ends of a talk print the same fingerprint, they have the same turns.";

const SEARCH_EXAMPLES: &str = "\
Examples:
  tictalk history search hello world      turns with both words, in any order
  tictalk history search 'hello world'    turns with these words side by side
  tictalk history search tic              \"tictactoe\" begins with it, and is found too

Capital and small letters are the same, and so are e and é. Signs and emoji
cannot be searched for.";

/// Options of `history`.
#[derive(Debug, Args)]
pub(crate) struct HistoryOptions {
    #[command(subcommand)]
    command: Option<HistoryCommand>,
    #[command(flatten)]
    data: DataOptions,
}

/// What to do with the talks and rooms that are written down.
#[derive(Debug, Subcommand)]
enum HistoryCommand {
    /// Read a talk or a room
    #[command(after_help = "Examples:\n  tictalk history show 3\n  tictalk history show r1")]
    Show(Chosen),
    /// Find words in all talks and rooms
    #[command(after_help = SEARCH_EXAMPLES)]
    Search {
        /// Words, or beginnings of words, that a turn or a post has all of
        #[arg(required = true)]
        words: Vec<String>,
    },
    /// Print a talk or a room, to be kept elsewhere
    #[command(after_help = "Example:\n  tictalk history export 3 --format markdown > talk.md")]
    Export {
        #[command(flatten)]
        talk: Chosen,
        /// What to print it as
        #[arg(long, value_enum, default_value = "text")]
        format: FormatChoice,
    },
    /// Delete a talk, or a room that is closed; its words are overwritten
    #[command(after_help = "Examples:\n  tictalk history delete 3\n  tictalk history delete r1")]
    Delete(Chosen),
}

/// Which talk or room.
#[derive(Debug, Clone, Copy, Args)]
struct Chosen {
    /// The number of the talk, or r and that of the room, as `tictalk history` lists it
    #[arg(value_name = "ID")]
    id: Id,
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayOptions {
    #[command(flatten)]
    talk: Chosen,
    /// How many times as fast as it was
    #[arg(long, default_value = "1", value_name = "N")]
    speed: Speed,
    /// Play nothing: write the talk to this file, as asciicast v2
    #[arg(long, value_name = "FILE")]
    cast: Option<PathBuf>,
    /// Write over the file of --cast if there is one
    #[arg(long, requires = "cast")]
    force: bool,
    #[command(flatten)]
    data: DataOptions,
    #[command(flatten)]
    color: ColorOptions,
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    talk: Chosen,
    #[command(flatten)]
    data: DataOptions,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum FormatChoice {
    /// Lines to read
    Text,
    /// One JSON object, for programs
    Json,
    /// For pages and notes
    Markdown,
}

impl HistoryOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// What these options ask for.
    pub(crate) fn request(self) -> Request {
        match self.command {
            None => Request::List,
            Some(HistoryCommand::Show(talk)) => Request::Show(talk.id),
            Some(HistoryCommand::Search { words }) => Request::Search(words),
            Some(HistoryCommand::Export { talk, format }) => {
                let format = match format {
                    FormatChoice::Text => Format::Text,
                    FormatChoice::Json => Format::Json,
                    FormatChoice::Markdown => Format::Markdown,
                };
                Request::Export(talk.id, format)
            }
            Some(HistoryCommand::Delete(talk)) => Request::Delete(talk.id),
        }
    }
}

impl ReplayOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The file to write, instead of playing.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.cast.as_deref()
    }

    /// Whether one that is there may be written over.
    pub(crate) fn may_overwrite(&self) -> bool {
        self.force
    }

    /// What these options ask for.
    pub(crate) fn replay(&self) -> Replay {
        Replay {
            id: self.talk.id,
            speed: self.speed,
            paint: match self.cast {
                Some(_) => self.color.paint_of_file(),
                None => self.color.paint(),
            },
        }
    }
}

impl VerifyOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// What these options ask for.
    pub(crate) fn request(&self) -> Request {
        Request::Verify(self.talk.id)
    }
}
