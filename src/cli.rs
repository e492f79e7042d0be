//! Commands and options.

use crate::config::{self, Config};
use clap::error::{ContextKind, ContextValue};
use clap::{Args, CommandFactory as _, FromArgMatches as _, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;
use tictalk::games::{Chance, GAMES, Skill};
use tictalk::hall::{Books, Hall, Limits, Log, LogError};
use tictalk::history::replay::{Replay, Speed};
use tictalk::history::{Format, Id, Request};
use tictalk::journal::{Journal, JournalError};
use tictalk::peer::client::Client;
use tictalk::peer::robot::{Diary, Robot};
use tictalk::peer::server::{Server, Then};
use tictalk::peer::solo::Solo;
use tictalk::peer::{Address, Boards, DEFAULT_PORT};
use tictalk::session::{Refusal, proposal};
use tictalk::terminal::{Paint, visible};
use tictalk::wire::{Dialect, Name};

/// Two terminals that take turns: talk and play over one TCP connection.
#[derive(Debug, Parser)]
#[command(version, after_help = EXAMPLES, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// The file with values for options [default: tictalk.toml here or in the system's folder]
    #[arg(
        long = "config",
        env = "TICTALK_CONFIG",
        value_name = "FILE",
        global = true
    )]
    pub(crate) file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: Command,
}

impl Cli {
    /// What the command line, the environment and the configuration file ask for; ends the program
    /// where they are wrong.
    pub(crate) fn of_arguments() -> Self {
        let told = Self::configured().and_then(|mut program| {
            let mut matches = program.try_get_matches_from_mut(std::env::args_os())?;
            Self::from_arg_matches_mut(&mut matches)
        });
        told.unwrap_or_else(|error| {
            // When even this cannot be written, the exit code still says it.
            let _ = if error.use_stderr() {
                write!(io::stderr(), "{}", visible(&error.render().to_string()))
            } else {
                error.print()
            };
            if let Some(variable) = variable_behind(&error) {
                let _ = writeln!(
                    io::stderr(),
                    "The value is that of the variable {variable}."
                );
            }
            std::process::exit(error.exit_code())
        })
    }

    /// The commands and options, with what the configuration file says as defaults. Ends the program
    /// where the file is wrong; an error is a wish for help.
    fn configured() -> Result<clap::Command, clap::Error> {
        let program = Self::command();
        // The real reading of the command line comes later, and says what is wrong there.
        let first = Self::command().ignore_errors(true).try_get_matches()?;
        let Some(command) = first.subcommand_name() else {
            return Ok(program);
        };
        if !config::is_configurable(&program, command) {
            return Ok(program);
        }
        let named = first.get_one::<PathBuf>("file").map(PathBuf::as_path);
        let configured = Config::find(&program, named).and_then(|config| match config {
            Some(config) => config.apply(program, command),
            None => Ok(program),
        });
        Ok(configured.unwrap_or_else(|error| refuse(&error)))
    }

    /// What is in force for a command, or for all of them; ends the program where the file or a
    /// variable is wrong.
    pub(crate) fn in_force(file: Option<&Path>, command: Option<&str>) -> String {
        let program = Self::command();
        Config::find(&program, file)
            .and_then(|config| config::report(&program, config.as_ref(), command))
            .unwrap_or_else(|error| refuse(&error))
    }

    /// The manual page: of the program and of each of its commands that has options.
    pub(crate) fn manual() -> io::Result<Vec<u8>> {
        let mut command = Self::command();
        command.build();
        let mut page = Vec::new();
        clap_mangen::Man::new(command.clone()).render(&mut page)?;
        for name in ["server", "client", "solo", "bot", "history", "replay"] {
            if let Some(command) = command.find_subcommand(name) {
                clap_mangen::Man::new(command.clone()).render(&mut page)?;
            }
        }
        Ok(page)
    }

    /// The completions of `shell`.
    pub(crate) fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "tictalk", &mut script);
        script
    }
}

/// Ends the program: what it was told is wrong.
fn refuse(error: &anyhow::Error) -> ! {
    let message = visible(&format!("{error:#}")).replace('\n', "\u{240a}");
    // When even this cannot be written, the exit code still says it.
    let _ = writeln!(io::stderr(), "tictalk: {message}");
    std::process::exit(2)
}

/// The environment variable that a wrong value comes from, if it is not from the command line.
fn variable_behind(error: &clap::Error) -> Option<String> {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.as_str()),
        _ => None,
    };
    let argument = text(ContextKind::InvalidArg)?;
    let option = argument.split(' ').next()?;
    let is_given =
        |given: std::ffi::OsString| given.to_string_lossy().split('=').next() == Some(option);
    if std::env::args_os().any(is_given) {
        return None;
    }
    let variable = format!("TICTALK_{}", option.strip_prefix("--")?.to_uppercase());
    let value = std::env::var(&variable).ok()?;
    (text(ContextKind::InvalidValue)? == value).then_some(variable)
}

const EXAMPLES: &str = "\
Examples:
  tictalk solo                            play with the computer
  tictalk server                          wait for a partner on this machine
  tictalk client                          talk to the server on this machine
  tictalk server --host 0.0.0.0           let other machines reach this server
  tictalk client --host 192.168.1.7       talk to a server on another machine
  tictalk client --wait 60                wait for a server for up to a minute
  tictalk client --resume                 go on with a talk that was cut off
  tictalk history                         list what was said and played

When it is your turn, type a message, \"play tictactoe\", /help or /q.
Exit codes: 0 after /q, 1 after an error, 2 for wrong usage,
130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, 131 after SIGQUIT.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Wait for a partner, who speaks first
    #[command(after_help = SERVER_EXAMPLES)]
    Server(ServerOptions),
    /// Connect to a server, and speak first
    #[command(after_help = CLIENT_EXAMPLES)]
    Client(ClientOptions),
    /// Play with the computer: one command, one terminal
    #[command(after_help = SOLO_EXAMPLES)]
    Solo(SoloOptions),
    /// Be a computer partner for others: at another terminal, at nc, or for your own program
    #[command(after_help = BOT_EXAMPLES)]
    Bot(BotOptions),
    /// Keep a room where many people talk at any time
    #[command(after_help = ROOM_EXAMPLES)]
    Room(RoomOptions),
    /// List the talks and rooms that are written down; read, search, export or delete them
    #[command(after_help = HISTORY_EXAMPLES, disable_help_subcommand = true)]
    History(HistoryOptions),
    /// Play a talk back as it was seen here, or write it to a file for asciinema
    #[command(after_help = REPLAY_EXAMPLES)]
    Replay(ReplayOptions),
    /// Check that a talk is as it was written down, and print its fingerprint
    #[command(after_help = VERIFY_EXAMPLES)]
    Verify(VerifyOptions),
    /// Print which values are in force for options, and where each comes from
    #[command(after_help = CONFIG_EXAMPLES)]
    Config {
        /// Only those of this command
        command: Option<String>,
    },
    /// Print the completions of a shell
    #[command(after_help = COMPLETIONS_EXAMPLES)]
    Completions {
        /// Which shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = "Example:\n  tictalk man > tictalk.1 && man ./tictalk.1")]
    Man,
}

const SERVER_EXAMPLES: &str = "\
Examples:
  tictalk server
  tictalk server --port 0                 take any free port, and print it
  tictalk server --host 0.0.0.0 --name bob

`nc localhost 1059` can talk to it as well, and so can a program that sends
each message as <u32 big-endian size><UTF-8>.";

const CLIENT_EXAMPLES: &str = "\
Examples:
  tictalk client
  tictalk client --wait 60 --name ann     keep trying for a minute
  tictalk client --resume                 go on with a talk that was cut off
  tictalk client --wire raw               talk to `nc -l localhost 1059`";

const SOLO_EXAMPLES: &str = "\
Examples:
  tictalk solo                            talk, and see what can be played
  tictalk solo connect4 --level easy      play at once; you move first
  tictalk solo rps 5                      rock-paper-scissors, best of 5

Your partner is a program on this machine. It takes turns as any other partner
does, over a real connection.";

const BOT_EXAMPLES: &str = "\
Examples:
  tictalk bot                             wait for partners, one after the other
  tictalk bot --join --play tictactoe     connect to a server, and propose a game

It says that it is a program, and understands only games. Ctrl-C ends it.";

const ROOM_EXAMPLES: &str = "\
Examples:
  tictalk room                            for this machine
  tictalk room --host 0.0.0.0 --name math for a whole class
  tictalk room --burst 0 --per-address 0  without these limits
  tictalk room --log room.log             note who comes and goes

`tictalk client` joins it, and so does `nc localhost 1059`: the first line is
the name. Of a number, 0 switches its limit off.";

const HISTORY_EXAMPLES: &str = "\
Examples:
  tictalk history                         a line for each talk and room
  tictalk history show 3                  read talk number 3
  tictalk history show r1                 read room number 1
  tictalk history search hello world      find what has both words
  tictalk history export 3 --format json > talk.json
  tictalk history delete 3

A room has to be closed before it is deleted: it cannot go on without its
journal.";

const SEARCH_EXAMPLES: &str = "\
Examples:
  tictalk history search hello world      turns with both words, in any order
  tictalk history search 'hello world'    turns with these words side by side
  tictalk history search tic              \"tictactoe\" begins with it, and is found too

Capital and small letters are the same, and so are e and é. Signs and emoji
cannot be searched for.";

const REPLAY_EXAMPLES: &str = "\
Examples:
  tictalk replay 3
  tictalk replay 3 --speed 4              four times as fast
  tictalk replay 3 --cast talk.cast       then: asciinema play talk.cast

No pause is longer than 3 seconds, at --speed 1. Ctrl-C ends it. A pipe gets
everything at once.";

const VERIFY_EXAMPLES: &str = "\
Example:
  tictalk verify 3

Each turn is written down with a SHA-256 digest over all turns up to it. Where
the two ends of a talk print the same fingerprint, they have the same turns.";

const CONFIG_EXAMPLES: &str = "\
Examples:
  tictalk config
  tictalk config client
  tictalk config > new.toml               a file to begin with

A file has lines such as `port = 4000`: at its top for all commands, and under
a line such as `[client]` for one. The command line beats the environment, and
the environment beats the file.";

const COMPLETIONS_EXAMPLES: &str = "\
Example:
  tictalk completions bash > ~/.local/share/bash-completion/completions/tictalk";

/// Options of `server`.
#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    /// The name or address to listen on; localhost is both ::1 and 127.0.0.1
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: String,
    /// The TCP port to listen on; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    #[command(flatten)]
    pub(crate) common: CommonOptions,
}

/// Options of `client`.
#[derive(Debug, Args)]
pub(crate) struct ClientOptions {
    /// The name or address of the server
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: String,
    /// The TCP port of the server
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT, value_parser = clap::value_parser!(u16).range(1..))]
    port: u16,
    /// What the server speaks
    #[arg(long, env = "TICTALK_WIRE", value_enum, default_value = "tictalk")]
    wire: Wire,
    /// How many seconds to keep trying while nobody listens
    #[arg(
        long,
        env = "TICTALK_WAIT",
        default_value_t = 0,
        value_name = "SECONDS"
    )]
    wait: u32,
    /// Go on with the newest unfinished talk with this server
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    pub(crate) common: CommonOptions,
}

/// Options of both.
#[derive(Debug, Args)]
pub(crate) struct CommonOptions {
    /// What your partner sees in front of what you say, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    /// How many seconds to wait for a partner whose connection broke; 0: not at all
    #[arg(
        long,
        env = "TICTALK_RECONNECT",
        default_value_t = 120,
        value_name = "SECONDS"
    )]
    reconnect: u32,
    #[command(flatten)]
    journal: JournalOptions,
    #[command(flatten)]
    pub(crate) screen: ScreenOptions,
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

/// Options of `solo`.
#[derive(Debug, Args)]
pub(crate) struct SoloOptions {
    /// What to play at once, as behind `play`: tictactoe, rps 5, or "hangman --words"
    #[arg(value_name = "GAME")]
    game: Vec<String>,
    /// How well the computer plays
    #[arg(long, env = "TICTALK_LEVEL", value_enum, default_value = "medium")]
    level: LevelChoice,
    /// What you are called in the journal, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    #[command(flatten)]
    journal: JournalOptions,
    #[command(flatten)]
    pub(crate) screen: ScreenOptions,
}

/// Options of `bot`.
#[derive(Debug, Args)]
pub(crate) struct BotOptions {
    /// Where to listen, or with --join, where to connect
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: String,
    /// The TCP port; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// How well it plays
    #[arg(long, env = "TICTALK_LEVEL", value_enum, default_value = "medium")]
    level: LevelChoice,
    /// What it proposes when it speaks first, as behind `play`: tictactoe, or "connect4 --toss"
    #[arg(long, value_name = "GAME", num_args = 1..)]
    play: Vec<String>,
    /// Connect to a server instead of being one
    #[arg(long)]
    join: bool,
    // Not from the environment, which may hold what is meant for a client.
    /// With --join: what the server speaks
    #[arg(long, value_enum, default_value = "tictalk", requires = "join")]
    wire: Wire,
    /// With --join: how many seconds to keep trying while nobody listens
    #[arg(long, default_value_t = 0, value_name = "SECONDS", requires = "join")]
    wait: u32,
    /// What its partner sees in front of what it says, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME", default_value = "computer")]
    name: Name,
}

/// Options of `room`.
#[derive(Debug, Args)]
pub(crate) struct RoomOptions {
    /// The name or address to listen on; localhost is both ::1 and 127.0.0.1
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: String,
    /// The TCP port to listen on; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// What the room is called, and you in it, 1 to 20 characters [default: host]
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    /// The most members
    #[arg(long, env = "TICTALK_MEMBERS", default_value_t = 1_000)]
    members: usize,
    /// The most connections from one address
    #[arg(
        long,
        env = "TICTALK_PER_ADDRESS",
        default_value_t = 256,
        value_name = "CONNECTIONS"
    )]
    per_address: usize,
    /// How long somebody who connects may take to say who it is
    #[arg(
        long,
        env = "TICTALK_INTRODUCTION",
        default_value_t = 10,
        value_name = "SECONDS"
    )]
    introduction: u32,
    /// How long nothing may come from a member, and how long one that lost the connection is waited for
    #[arg(
        long,
        env = "TICTALK_PATIENCE",
        default_value_t = 120,
        value_name = "SECONDS"
    )]
    patience: u32,
    /// How many lines a member may send at once
    #[arg(
        long,
        env = "TICTALK_BURST",
        default_value_t = 20,
        value_name = "LINES"
    )]
    burst: u32,
    /// How many lines a second may follow these
    #[arg(long, env = "TICTALK_RATE", default_value_t = 5, value_name = "LINES")]
    rate: u32,
    /// How much may wait for a member that does not read
    #[arg(
        long,
        env = "TICTALK_QUEUE",
        default_value_t = 256,
        value_name = "KIBIBYTES"
    )]
    queue: u32,
    /// Add a line to this file for whatever happens in the room, but not for what is said
    #[arg(long, env = "TICTALK_LOG", value_name = "FILE")]
    log: Option<PathBuf>,
    #[command(flatten)]
    journal: JournalOptions,
    #[command(flatten)]
    color: ColorOptions,
}

/// On which side a computer partner plays.
#[derive(Debug)]
pub(crate) enum BotSide {
    /// It waits for partners.
    Server(Server),
    /// It goes to one.
    Client(Client),
}

/// How long a computer partner waits for somebody whose connection broke.
const RECONNECT: Duration = Duration::from_secs(120);

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LevelChoice {
    /// As a beginner
    Easy,
    /// Looks some moves ahead
    Medium,
    /// As well as the game allows
    Perfect,
}

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

/// Where the journal is.
#[derive(Debug, Args)]
pub(crate) struct DataOptions {
    /// The folder of the journal [default: the system's folder for such data]
    #[arg(long = "data", env = "TICTALK_DATA", value_name = "DIR", global = true)]
    folder: Option<PathBuf>,
}

/// Whether, and where, what is said is written down.
#[derive(Debug, Args)]
pub(crate) struct JournalOptions {
    #[command(flatten)]
    data: DataOptions,
    /// Write nothing down: a talk is then over when a program ends
    #[arg(long, env = "TICTALK_NO_JOURNAL", value_parser = clap::builder::FalseyValueParser::new())]
    no_journal: bool,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Wire {
    /// This program
    Tictalk,
    /// A program that sends <u32 big-endian size><UTF-8>
    Framed,
    /// Plain text, such as nc
    Raw,
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl CommonOptions {
    /// The journal to write into, if any.
    pub(crate) fn journal(&self) -> Result<Option<Journal>, JournalError> {
        self.journal.open()
    }
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
    fn paint(&self) -> Paint {
        match self.color {
            ColorChoice::Auto => Paint::detect(),
            ColorChoice::Always => Paint::switch(true),
            ColorChoice::Never => Paint::switch(false),
        }
    }

    /// Whether to use colours in a file that will be shown on some terminal.
    fn paint_of_file(&self) -> Paint {
        match self.color {
            ColorChoice::Auto => Paint::switch(std::env::var_os("NO_COLOR").is_none()),
            ColorChoice::Always | ColorChoice::Never => self.paint(),
        }
    }
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

impl ReplayOptions {
    /// The folder of the journal.
    pub(crate) fn folder(&self) -> Result<PathBuf, JournalError> {
        self.data.folder()
    }

    /// The file to write, instead of playing.
    pub(crate) fn file(&self) -> Option<&Path> {
        self.cast.as_deref()
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

impl ServerOptions {
    /// What these options ask for.
    pub(crate) fn server(self) -> Server {
        Server {
            address: Address {
                host: self.host,
                port: self.port,
            },
            name: self.common.name,
            reconnect: Duration::from_secs(self.common.reconnect.into()),
            then: Then::End,
        }
    }
}

impl SoloOptions {
    /// The journal to write into, if any.
    pub(crate) fn journal(&self) -> Result<Option<Journal>, JournalError> {
        self.journal.open()
    }

    /// What these options ask for; ends the program where there is no such game.
    pub(crate) fn solo(self) -> Solo {
        Solo {
            skill: self.level.skill(),
            wish: wish(&self.game),
            name: self.name,
        }
    }
}

impl RoomOptions {
    /// The journals to write and to read, if any.
    pub(crate) fn books(&self) -> Result<Option<Books>, JournalError> {
        let Some(written) = self.journal.open()? else {
            return Ok(None);
        };
        let read = self.journal.open()?;
        Ok(read.map(|read| Books { written, read }))
    }

    /// The log to write, if any.
    pub(crate) fn log(&self) -> Result<Option<Log>, LogError> {
        self.log.as_deref().map(Log::open).transpose()
    }

    /// How the host's window looks.
    pub(crate) fn paint(&self) -> Paint {
        self.color.paint()
    }

    /// What these options ask for.
    pub(crate) fn hall(self) -> Hall {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        Hall {
            address: Address {
                host: self.host,
                port: self.port,
            },
            name: self.name,
            limits: Limits {
                members: self.members,
                per_address: self.per_address,
                introduction: seconds(self.introduction),
                patience: seconds(self.patience),
                burst: self.burst,
                rate: self.rate,
                queue: usize::try_from(self.queue)
                    .unwrap_or(usize::MAX)
                    .saturating_mul(1_024),
            },
        }
    }
}

impl BotOptions {
    /// The program that plays; ends this one where there is no such game.
    pub(crate) fn robot(&self, chance: Chance) -> Robot {
        let wish = wish(&self.play);
        Robot::new(self.level.skill(), wish, chance, Diary::Printed)
    }

    /// The side on which it is to play.
    pub(crate) fn side(self) -> BotSide {
        let address = Address {
            host: self.host,
            port: self.port,
        };
        let name = Some(self.name);
        if self.join {
            BotSide::Client(Client {
                address,
                dialect: self.wire.dialect(),
                wait: Duration::from_secs(self.wait.into()),
                name,
                reconnect: RECONNECT,
                resume: false,
            })
        } else {
            BotSide::Server(Server {
                address,
                name,
                reconnect: RECONNECT,
                then: Then::Listen,
            })
        }
    }
}

/// The line that proposes this game; none where no word of it is there. Ends the program where there
/// is no such game.
fn wish(game: &[String]) -> Option<String> {
    if game.is_empty() {
        return None;
    }
    let proposed = proposal(&game.join(" ")).unwrap_or_else(|refusal| {
        let games: Vec<&str> = GAMES.iter().map(|game| game.name).collect();
        let message = match refusal {
            Refusal::UnknownGame(name) => {
                format!(
                    "there is no game {name:?}: choose from {}",
                    games.join(", ")
                )
            }
            other => other.to_string(),
        };
        let kind = clap::error::ErrorKind::InvalidValue;
        Cli::command().error(kind, visible(&message)).exit()
    });
    Some(proposed)
}

impl LevelChoice {
    fn skill(self) -> Skill {
        match self {
            Self::Easy => Skill::Easy,
            Self::Medium => Skill::Medium,
            Self::Perfect => Skill::Perfect,
        }
    }
}

impl Wire {
    fn dialect(self) -> Dialect {
        match self {
            Self::Tictalk => Dialect::Tictalk,
            Self::Framed => Dialect::Framed,
            Self::Raw => Dialect::Raw,
        }
    }
}

impl ClientOptions {
    /// What these options ask for.
    pub(crate) fn client(self) -> Client {
        Client {
            address: Address {
                host: self.host,
                port: self.port,
            },
            dialect: self.wire.dialect(),
            wait: Duration::from_secs(self.wait.into()),
            name: self.common.name,
            reconnect: Duration::from_secs(self.common.reconnect.into()),
            resume: self.resume,
        }
    }
}
