//! Options and parsers that several commands share.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tictalk::journal::{Journal, JournalError};
use tictalk::pair::Boards;
use tictalk::terminal::Paint;

/// Whether and where sessions are stored.
#[derive(Debug, Args)]
pub(crate) struct JournalOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Store nothing: nothing can be resumed after a restart
    #[arg(long, env = "TICTALK_NO_JOURNAL", value_parser = clap::builder::FalseyValueParser::new())]
    no_journal: bool,
}

/// The place of the journal.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// Folder of the journal [default: the system's folder for application data]
    #[arg(long = "data", env = "TICTALK_DATA", value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
}

/// How a session is displayed.
#[derive(Debug, Args)]
pub(crate) struct ScreenOptions {
    /// Describe boards in words instead of drawing them, for screen readers
    #[arg(long, env = "TICTALK_DESCRIBE", value_parser = clap::builder::FalseyValueParser::new())]
    describe: bool,
    #[command(flatten)]
    color: ColorOptions,
}

/// When to use colours.
#[derive(Debug, Args)]
pub(crate) struct ColorOptions {
    /// When to use colours
    #[arg(
        long,
        env = "TICTALK_COLOR",
        value_enum,
        default_value = "auto",
        value_name = "WHEN"
    )]
    color: ColorChoice,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl ScreenOptions {
    /// Whether to use colours.
    pub(crate) fn paint(&self) -> Paint {
        self.color.paint()
    }

    /// How to show boards.
    pub(crate) fn boards(&self) -> Boards {
        if self.describe {
            Boards::Described
        } else {
            Boards::Drawn
        }
    }
}

impl ColorOptions {
    /// Whether to use colours.
    pub(super) fn paint(&self) -> Paint {
        match self.color {
            ColorChoice::Auto => Paint::detect(),
            ColorChoice::Always => Paint::switch(true),
            ColorChoice::Never => Paint::switch(false),
        }
    }

    /// Whether to use colours in a file that is shown on a terminal later.
    pub(super) fn paint_of_file(&self) -> Paint {
        match self.color {
            ColorChoice::Auto => Paint::switch(std::env::var_os("NO_COLOR").is_none()),
            ColorChoice::Always | ColorChoice::Never => self.paint(),
        }
    }
}

impl DataOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        match &self.folder {
            Some(folder) => Ok(folder.clone()),
            None => Journal::default_folder(),
        }
    }
}

impl JournalOptions {
    /// The journal to write to, if any.
    pub(crate) fn open(&self) -> Result<Option<Journal>, JournalError> {
        if self.no_journal {
            return Ok(None);
        }
        Journal::open(&self.data.folder()?).map(Some)
    }
}

/// A parser for one of `values` by its name, with a help text for each.
pub(super) fn one_of<T: Copy + Send + Sync + 'static>(
    values: &'static [T],
    name: fn(T) -> &'static str,
    help: fn(T) -> &'static str,
) -> impl TypedValueParser<Value = T> {
    let possible = values
        .iter()
        .map(move |value| PossibleValue::new(name(*value)).help(help(*value)));
    PossibleValuesParser::new(possible).try_map(move |text| {
        let named = values.iter().copied().find(|value| name(*value) == text);
        named.ok_or("no such value")
    })
}
