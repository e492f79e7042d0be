//! Options and parsers that several commands share.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use tictalk::games::Glyphs;
use tictalk::journal::{Journal, JournalError};
use tictalk::pair::Boards;
use tictalk::terminal::{Bell, Face, Paint, detect_glyphs};
use tictalk::wire::BoardForm;

/// The heading of options for what the screen shows.
pub(super) const DISPLAY: &str = "Display";

/// The heading of options for what is read and written on the disk.
pub(super) const FILES: &str = "Files and settings";

/// Whether and where sessions are stored.
#[derive(Debug, Args)]
pub(crate) struct JournalOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Store nothing: nothing can be resumed after a restart
    #[arg(long, env = "TICTALK_NO_JOURNAL", help_heading = FILES, value_parser = clap::builder::FalseyValueParser::new())]
    no_journal: bool,
}

/// The place of the journal.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// Folder of the journal
    ///
    /// [default: the system's folder for application data]
    #[arg(long = "data", env = "TICTALK_DATA", value_name = "DIR", global = true, help_heading = FILES)]
    folder: Option<PathBuf>,
}

/// How a session is displayed.
#[derive(Debug, Args)]
pub(crate) struct ScreenOptions {
    #[command(flatten)]
    panes: PanesOptions,
    #[command(flatten)]
    describe: DescribeOptions,
    /// Draw boards with ASCII characters only, also where the terminal has shapes
    #[arg(long, env = "TICTALK_ASCII", help_heading = DISPLAY, value_parser = clap::builder::FalseyValueParser::new())]
    ascii: bool,
    #[command(flatten)]
    bell: BellOptions,
    #[command(flatten)]
    color: ColorOptions,
}

/// Whether the whole screen is used.
#[derive(Debug, Args)]
pub(crate) struct PanesOptions {
    /// Use the whole screen, with panes for talk and board
    #[arg(long, env = "TICTALK_PANES", help_heading = DISPLAY, value_parser = clap::builder::FalseyValueParser::new())]
    panes: bool,
}

/// Whether boards are described.
#[derive(Debug, Args)]
pub(crate) struct DescribeOptions {
    /// Describe boards in words, for screen readers
    #[arg(long, env = "TICTALK_DESCRIBE", help_heading = DISPLAY, value_parser = clap::builder::FalseyValueParser::new())]
    describe: bool,
}

/// Whether the terminal's bell rings.
#[derive(Debug, Args)]
pub(crate) struct BellOptions {
    /// Ring the bell on your turn, and when someone calls you
    ///
    /// In a room, it rings when someone names you, writes to you alone or offers you a game. In panes, a
    /// notification is shown too while another window has the focus.
    #[arg(long, env = "TICTALK_BELL", help_heading = DISPLAY, value_parser = clap::builder::FalseyValueParser::new())]
    bell: bool,
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
        value_name = "WHEN",
        help_heading = DISPLAY
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

    /// Whether to ring the bell.
    pub(crate) fn bell(&self) -> Bell {
        self.bell.bell()
    }

    /// How to use the terminal.
    pub(crate) fn face(&self) -> Face {
        self.panes.face(self.board_form())
    }

    /// How a room is to show boards.
    pub(crate) fn board_form(&self) -> BoardForm {
        self.describe.board_form()
    }

    /// How to show boards.
    pub(crate) fn boards(&self) -> Boards {
        match self.describe.board_form() {
            BoardForm::Words => Boards::Described,
            BoardForm::Drawing => Boards::Drawn(if self.ascii {
                Glyphs::Ascii
            } else {
                detect_glyphs()
            }),
        }
    }
}

impl PanesOptions {
    /// The face of a program that shows boards in this form. A screen reader reads lines.
    pub(crate) fn face(&self, boards: BoardForm) -> Face {
        match (self.panes, boards) {
            (false, _) => Face::Lines,
            (true, BoardForm::Words) => Face::LinesToHear,
            (true, BoardForm::Drawing) => Face::Panes,
        }
    }
}

impl DescribeOptions {
    /// How boards are shown.
    pub(super) fn board_form(&self) -> BoardForm {
        if self.describe {
            BoardForm::Words
        } else {
            BoardForm::Drawing
        }
    }
}

impl BellOptions {
    /// Whether to ring the bell.
    pub(crate) fn bell(&self) -> Bell {
        if self.bell { Bell::On } else { Bell::Off }
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
    /// The folder of the journal, unless a program started in the same environment finds it anyway.
    pub(crate) fn folder_to_name(&self) -> Option<PathBuf> {
        let folder = self.data.folder.clone()?;
        let found = std::env::var_os("TICTALK_DATA");
        (!self.no_journal && found.as_deref() != Some(folder.as_os_str())).then_some(folder)
    }

    /// The folder of the journal to write to, if any.
    pub(crate) fn folder(&self) -> Result<Option<PathBuf>, JournalError> {
        match self.no_journal {
            true => Ok(None),
            false => self.data.folder().map(Some),
        }
    }

    /// The journal to write to, if any.
    pub(crate) fn open(&self) -> Result<Option<Journal>, JournalError> {
        if self.no_journal {
            return Ok(None);
        }
        Journal::open(&self.data.folder()?).map(Some)
    }
}

/// A parser for a number in `range`, which names the range when it refuses a text.
pub(super) fn number<T: TryFrom<u64>>(
    range: RangeInclusive<u64>,
) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| {
        let (low, high) = (range.start(), range.end());
        let number = text.parse().ok().filter(|number| range.contains(number));
        let number = number.and_then(|number| T::try_from(number).ok());
        number.ok_or_else(|| format!("expected a number from {low} to {high}"))
    }
}

/// The heading of rare options for a connection.
pub(super) const CONNECTION: &str = "Connection";

/// The numbers that fit into 32 bits.
pub(super) const ANY: RangeInclusive<u64> = 0..=4_294_967_295;

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
