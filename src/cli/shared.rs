//! Options that several commands have.

use clap::{Args, ValueEnum};
use std::path::PathBuf;
use tictalk::journal::{Journal, JournalError};
use tictalk::pair::Boards;
use tictalk::terminal::Paint;

/// Whether, and where, what is said is written down.
#[derive(Debug, Args)]
pub(crate) struct JournalOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Write nothing down: a talk is then over when a program ends
    #[arg(long, env = "TICTALK_NO_JOURNAL", value_parser = clap::builder::FalseyValueParser::new())]
    no_journal: bool,
}

/// Where the journal is.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// The folder of the journal [default: the system's folder for such data]
    #[arg(long = "data", env = "TICTALK_DATA", value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
}

/// How a talk looks.
#[derive(Debug, Args)]
pub(crate) struct ScreenOptions {
    /// Say boards in words instead of drawing them, for a screen reader
    #[arg(long, env = "TICTALK_DESCRIBE", value_parser = clap::builder::FalseyValueParser::new())]
    describe: bool,
    #[command(flatten)]
    color: ColorOptions,
}

/// When there are colours.
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

    /// Whether to use colours in a file that will be shown on some terminal.
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
    /// The journal to write into, if any.
    pub(crate) fn open(&self) -> Result<Option<Journal>, JournalError> {
        if self.no_journal {
            return Ok(None);
        }
        Journal::open(&self.data.folder()?).map(Some)
    }
}
