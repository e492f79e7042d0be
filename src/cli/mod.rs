//! Commands and options. Each group of commands has a file with its options and their conversion.

use crate::config::{self, Config};
use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tictalk::text::visible;

mod error;
mod help;
mod history;
mod pair;
mod room;
mod shared;

pub(crate) use error::UsageError;
pub(crate) use history::{HistoryOptions, ReplayOptions, VerifyOptions};
pub(crate) use pair::{BotOptions, BotSide, ClientOptions, ServerOptions, SoloOptions};
pub(crate) use room::RoomOptions;
pub(crate) use shared::ScreenOptions;

/// Two terminals that take turns: talk and play over one TCP connection.
#[derive(Debug, Parser)]
#[command(version, after_help = help::PROGRAM, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Configuration file [default: tictalk.toml here or in the system's folder]
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

/// The command to run.
#[derive(Debug, Subcommand)]
pub(crate) enum CliCommand {
    /// Wait for a partner, who speaks first
    #[command(after_help = help::SERVER)]
    Server(ServerOptions),
    /// Connect to a server and speak first
    #[command(after_help = help::CLIENT)]
    Client(ClientOptions),
    /// Play with the computer: one command, one terminal
    #[command(after_help = help::SOLO)]
    Solo(SoloOptions),
    /// Run a computer partner for another terminal, for nc or for your own program
    #[command(after_help = help::BOT)]
    Bot(BotOptions),
    /// Host a room where many people talk at any time
    #[command(after_help = help::ROOM)]
    Room(RoomOptions),
    /// List the stored sessions and rooms; show, search, export or delete them
    #[command(after_help = help::HISTORY, disable_help_subcommand = true)]
    History(HistoryOptions),
    /// Replay a session as this end saw it, or write it to a file for asciinema
    #[command(after_help = help::REPLAY)]
    Replay(ReplayOptions),
    /// Check that a stored session is unaltered, and print its fingerprint
    #[command(after_help = help::VERIFY)]
    Verify(VerifyOptions),
    /// Print the value of each option and its source
    #[command(after_help = help::CONFIG)]
    Config {
        /// Only the options of this command
        command: Option<String>,
    },
    /// Print shell completions
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = help::MAN)]
    Man,
}

impl Cli {
    /// The command and options from the command line, the environment and the configuration file.
    ///
    /// # Errors
    /// If one of them is wrong, or help is requested.
    pub(crate) fn of_arguments() -> Result<Self, UsageError> {
        let mut program = Self::configured()?;
        let mut matches = program.try_get_matches_from_mut(std::env::args_os())?;
        Ok(Self::from_arg_matches_mut(&mut matches)?)
    }

    /// The commands and options, with the values of the configuration file as defaults.
    fn configured() -> Result<clap::Command, UsageError> {
        let program = Self::command();
        // Finds the command and the file. Errors are left to the second pass over the arguments.
        let first = Self::command().ignore_errors(true).try_get_matches()?;
        let Some(command) = first.subcommand_name() else {
            return Ok(program);
        };
        if !config::is_configurable(&program, command) {
            return Ok(program);
        }
        let named = first.get_one::<PathBuf>("file").map(PathBuf::as_path);
        match Config::find(&program, named).map_err(UsageError::Config)? {
            Some(config) => config.apply(program, command).map_err(UsageError::Config),
            None => Ok(program),
        }
    }

    /// The value of each option and its source, for one command or for all.
    ///
    /// # Errors
    /// If the command does not exist, or the file or a variable is wrong.
    pub(crate) fn in_force(
        file: Option<&Path>,
        command: Option<&str>,
    ) -> Result<String, UsageError> {
        let program = Self::command();
        Config::find(&program, file)
            .and_then(|config| config::report(&program, config.as_ref(), command))
            .map_err(UsageError::Config)
    }

    /// The manual page of the program and all its commands.
    pub(crate) fn manual() -> io::Result<Vec<u8>> {
        let mut command = Self::command();
        command.build();
        let mut page = Vec::new();
        write_manual(&command, &mut page)?;
        Ok(page)
    }

    /// The completions for `shell`.
    pub(crate) fn completions(shell: Shell) -> Vec<u8> {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut Self::command(), "tictalk", &mut script);
        script
    }

    /// Prints help or an error of usage. Returns the exit code.
    pub(crate) fn report(error: UsageError) -> ExitCode {
        let error = match error {
            UsageError::Arguments(error) => error,
            UsageError::Value(message) => {
                Self::command().error(ErrorKind::InvalidValue, visible(&message))
            }
            UsageError::Config(error) => {
                let message = visible(&format!("{error:#}")).replace('\n', "\u{240a}");
                // If this cannot be written, the exit code still tells of the error.
                let _ = writeln!(io::stderr(), "tictalk: {message}");
                return ExitCode::from(WRONG_USAGE);
            }
        };
        let _ = if error.use_stderr() {
            write!(io::stderr(), "{}", visible(&error.render().to_string()))
        } else {
            error.print()
        };
        if let Some(variable) = variable_of(&error) {
            let _ = writeln!(
                io::stderr(),
                "The value comes from the environment variable {variable}."
            );
        }
        if error.use_stderr() {
            ExitCode::from(WRONG_USAGE)
        } else {
            ExitCode::SUCCESS
        }
    }
}

/// The exit code for wrong usage.
const WRONG_USAGE: u8 = 2;

/// Writes the page of a command, followed by those of its subcommands.
fn write_manual(command: &clap::Command, page: &mut Vec<u8>) -> io::Result<()> {
    clap_mangen::Man::new(command.clone()).render(page)?;
    let mut subcommands = command.get_subcommands();
    subcommands.try_for_each(|subcommand| write_manual(subcommand, page))
}

/// The environment variable that contains the wrong value, unless it comes from the command line.
fn variable_of(error: &clap::Error) -> Option<String> {
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
