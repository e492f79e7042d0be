//! Commands and options: what there is to do. The options of each command stand in the files beside.

use crate::config::{self, Config};
use clap::error::{ContextKind, ContextValue};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use tictalk::terminal::visible;

mod history;
mod room;
mod shared;
mod talk;

pub(crate) use history::{HistoryOptions, ReplayOptions, VerifyOptions};
pub(crate) use room::RoomOptions;
pub(crate) use shared::ScreenOptions;
pub(crate) use talk::{BotOptions, BotSide, ClientOptions, ServerOptions, SoloOptions};

use history::{HISTORY_EXAMPLES, REPLAY_EXAMPLES, VERIFY_EXAMPLES};
use room::ROOM_EXAMPLES;
use talk::{BOT_EXAMPLES, CLIENT_EXAMPLES, SERVER_EXAMPLES, SOLO_EXAMPLES};

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
    pub(crate) command: CliCommand,
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
  tictalk room --host 0.0.0.0             a room for many, whom client and nc can join
  tictalk history                         list what was said and played

When it is your turn, type a message, \"play tictactoe\", /help or /q.
Exit codes: 0 after /q, 1 after an error, 2 for wrong usage,
130 after Ctrl-C, 143 after SIGTERM, 129 after SIGHUP, 131 after SIGQUIT.";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
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
