//! Options of the commands that read the journal: history, replay, verify, and forget.

use super::help;
use super::shared::{ColorOptions, DataOptions, PanesOptions, one_of};
use clap::builder::TypedValueParser;
use clap::{Args, Subcommand};
use std::io::{self, IsTerminal as _};
use std::num::NonZeroU64;
use std::path::{Path, PathBuf};
use tictalk::history::replay::{Replay, Speed};
use tictalk::history::{Format, HistoryError, Request, Wanted, resolve};
use tictalk::journal::JournalError;
use tictalk::wire::BoardForm;

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
        /// Draw only this many turns at the end of a session, as html or svg
        #[arg(long, value_name = "N")]
        last: Option<NonZeroU64>,
    },
    /// Delete a session or a closed room, and overwrite its text
    #[command(after_help = help::DELETE)]
    Delete {
        #[command(flatten)]
        chosen: Chosen,
        /// Do not ask, even on a terminal
        #[arg(long)]
        yes: bool,
    },
}

/// The chosen session or room.
#[derive(Debug, Clone, Copy, Args)]
struct Chosen {
    /// Session (3 or last) or room (r1), as `tictalk history` lists it
    #[arg(value_name = "ID")]
    id: Wanted,
}

/// The chosen session.
#[derive(Debug, Clone, Copy, Args)]
struct ChosenSession {
    /// Session (3 or last), as `tictalk history` lists it
    #[arg(value_name = "ID")]
    id: Wanted,
}

impl HistoryOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The request to the history.
    ///
    /// # Errors
    /// If the last session is meant and there is none.
    pub(crate) fn into_request(self, folder: &Path) -> Result<Request, HistoryError> {
        Ok(match self.command {
            None => Request::List,
            Some(HistoryCommand::Show(chosen)) => Request::Show(resolve(folder, chosen.id)?),
            Some(HistoryCommand::Search { words }) => Request::Search(words),
            Some(HistoryCommand::Export {
                chosen,
                format,
                last,
            }) => Request::Export(resolve(folder, chosen.id)?, format, last),
            Some(HistoryCommand::Delete { chosen, .. }) => {
                Request::Delete(resolve(folder, chosen.id)?)
            }
        })
    }

    /// Whether to ask before a deletion: a person can answer, and has not done so with --yes.
    pub(crate) fn must_ask(&self) -> bool {
        match self.command {
            Some(HistoryCommand::Delete { yes, .. }) => {
                !yes && io::stdin().is_terminal() && io::stderr().is_terminal()
            }
            _ => false,
        }
    }
}

/// Options of `replay`.
#[derive(Debug, Args)]
pub(crate) struct ReplayOptions {
    #[command(flatten)]
    chosen: ChosenSession,
    /// Playback speed; 2 is twice as fast
    #[arg(long, default_value = "1", value_name = "N")]
    speed: Speed,
    /// Write the session to this file as asciicast v2 instead of playing it
    #[arg(long, value_name = "FILE")]
    cast: Option<PathBuf>,
    /// Overwrite the file of --cast if it exists
    #[arg(long, requires = "cast")]
    force: bool,
    #[command(flatten)]
    panes: PanesOptions,
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
    ///
    /// # Errors
    /// If the last session is meant and there is none.
    pub(crate) fn replay(&self, folder: &Path) -> Result<Replay, HistoryError> {
        Ok(Replay {
            id: resolve(folder, self.chosen.id)?,
            speed: self.speed,
            paint: match self.cast {
                Some(_) => self.color.paint_of_file(),
                None => self.color.paint(),
            },
            // Panes show boards as drawings.
            face: self.panes.face(BoardForm::Drawing),
        })
    }
}

/// Options of `verify`.
#[derive(Debug, Args)]
pub(crate) struct VerifyOptions {
    #[command(flatten)]
    chosen: ChosenSession,
    #[command(flatten)]
    data: DataOptions,
}

impl VerifyOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The request to the history.
    ///
    /// # Errors
    /// If the last session is meant and there is none.
    pub(crate) fn request(&self, folder: &Path) -> Result<Request, HistoryError> {
        Ok(Request::Verify(resolve(folder, self.chosen.id)?))
    }
}

/// Options of `forget`.
#[derive(Debug, Args)]
pub(crate) struct ForgetOptions {
    /// Name of the partner, as `tictalk history` lists it
    #[arg(value_name = "NAME")]
    partner: String,
    #[command(flatten)]
    data: DataOptions,
}

impl ForgetOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The request to the history.
    pub(crate) fn into_request(self) -> Request {
        Request::Forget(self.partner)
    }
}

/// The parser of `--format`.
fn format() -> impl TypedValueParser<Value = Format> {
    one_of(&Format::ALL, Format::name, |format| match format {
        Format::Text => "Lines for reading",
        Format::Json => "One JSON object, for programs",
        Format::Markdown => "Markdown, for pages and notes",
        Format::Html => "A page that shows your terminal, for screens and paper",
        Format::Svg => "A picture of your terminal",
    })
}
