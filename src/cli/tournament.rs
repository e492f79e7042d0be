//! Options of `tournament`.

use super::error::UsageError;
use super::pair::{MOVE_TIMES, wish};
use super::shared::{JournalOptions, number, one_of};
use clap::Args;
use clap::builder::TypedValueParser;
use std::num::NonZeroUsize;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;
use tictalk::arena::{Contender, EarlierResults, Tournament};
use tictalk::games::find;
use tictalk::tournament::TournamentTable;

/// The most players of a tournament.
const PLAYERS: usize = 64;

/// The numbers of rounds that can be played.
const ROUNDS: RangeInclusive<u64> = 1..=1_000;

/// The lengths of an opening, in moves. There are 2,401 openings of four moves in Connect Four.
const OPENINGS: RangeInclusive<u64> = 0..=4;

/// How many games may be played at once.
const JOBS: RangeInclusive<u64> = 1..=256;

/// Options of `tournament`.
#[derive(Debug, Args)]
pub(crate) struct TournamentOptions {
    /// The game: connect4, or "rps 5" with its options
    #[arg(value_name = "GAME")]
    game: String,
    /// A file, a command line in quotes, a level, or a server as DIALECT:HOST:PORT
    ///
    /// Python runs a file whose name ends in .py. Levels are easy, medium and perfect, or @easy if there is
    /// a file named easy. The dialect nc is raw.
    #[arg(value_name = "PLAYER", required = true, num_args = 1..)]
    players: Vec<String>,
    /// Rounds: in each one, every player plays every other one twice, once from either seat
    #[arg(long, default_value_t = 1, value_parser = number::<u32>(ROUNDS))]
    rounds: u32,
    /// Seconds that a program may take for a move
    #[arg(long, default_value_t = 10, value_name = "SECONDS", value_parser = number::<u32>(MOVE_TIMES))]
    move_time: u32,
    /// Moves of the openings that are drawn for all rounds but the first; 0 for none
    #[arg(long, default_value_t = 2, value_name = "MOVES", value_parser = number::<u32>(OPENINGS))]
    opening: u32,
    /// Number from which everything is drawn that is left to chance
    #[arg(long, default_value_t = 1, value_name = "N", value_parser = number::<u64>(0..=u64::MAX))]
    seed: u64,
    /// Games to play at once
    ///
    /// [default: one for each core]
    #[arg(long, value_name = "N", value_parser = number::<usize>(JOBS))]
    jobs: Option<usize>,
    /// Forget the results of an interrupted run, and start again
    #[arg(long)]
    restart: bool,
    /// Output format
    #[arg(long, value_parser = format(), default_value = "text")]
    format: TableFormat,
    #[command(flatten)]
    journal: JournalOptions,
}

/// The format of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum TableFormat {
    Text,
    Json,
    Markdown,
    Html,
}

impl TableFormat {
    const ALL: [Self; 4] = [Self::Text, Self::Json, Self::Markdown, Self::Html];

    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Html => "html",
        }
    }

    /// The table in this format.
    pub(crate) fn of(self, table: &TournamentTable) -> String {
        match self {
            Self::Text => table.text(),
            Self::Json => table.json(),
            Self::Markdown => table.markdown(),
            Self::Html => table.html(),
        }
    }
}

impl TournamentOptions {
    /// The format of the table.
    pub(crate) fn format(&self) -> TableFormat {
        self.format
    }

    /// The tournament of these options.
    ///
    /// # Errors
    /// If there is no such game, or a player is not well named.
    pub(crate) fn into_tournament(self) -> anyhow::Result<Tournament> {
        let wrong = |why: String| anyhow::Error::from(UsageError::Value(why));
        let words: Vec<String> = self.game.split_whitespace().map(str::to_owned).collect();
        let proposal = wish(&words)?.unwrap_or_default();
        let mut parts = proposal.splitn(3, ' ').skip(1);
        let name = parts.next().unwrap_or_default();
        let game = find(name).ok_or_else(|| wrong("name a game".to_owned()))?;
        let options = parts.next().unwrap_or_default().to_owned();
        if words.iter().any(|word| word == "--toss") {
            return Err(wrong(
                "a tournament has no toss: everybody plays from either seat".to_owned(),
            ));
        }
        let mut players = Vec::new();
        for word in self.players {
            let contender = Contender::of(&word).map_err(|error| wrong(error.to_string()))?;
            players.push((word, contender));
        }
        if players.len() < 2 || players.len() > PLAYERS {
            return Err(wrong(format!("a tournament has 2 to {PLAYERS} players")));
        }
        if players.iter().filter(|(_, it)| it.is_remote()).count() > 1 {
            return Err(wrong(
                "only one player can be a server: two servers cannot play each other".to_owned(),
            ));
        }
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        let folder: Option<PathBuf> = self.journal.folder()?;
        Ok(Tournament {
            game,
            options,
            players,
            rounds: self.rounds,
            move_time: Duration::from_secs(self.move_time.into()),
            seed: self.seed,
            opening: self.opening,
            jobs: self.jobs.unwrap_or(cores),
            folder,
            earlier: match self.restart {
                true => EarlierResults::Forget,
                false => EarlierResults::Continue,
            },
        })
    }
}

/// The parser of `--format`.
fn format() -> impl TypedValueParser<Value = TableFormat> {
    one_of(
        &TableFormat::ALL,
        TableFormat::name,
        |format| match format {
            TableFormat::Text => "Tables for a screen of 80 columns",
            TableFormat::Json => "One JSON object with every game, for programs",
            TableFormat::Markdown => "Markdown, for pages and notes",
            TableFormat::Html => "A page that needs nothing else",
        },
    )
}
