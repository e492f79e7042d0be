//! Commands and options. Each group of commands has a file with its options and their conversion.

use crate::config::{self, Config};
use anyhow::Context as _;
use clap::error::ErrorKind;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use clap_complete::Shell;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use tictalk::text::visible;

mod address;
#[cfg(feature = "cluster")]
mod cluster;
mod complaint;
mod completions;
mod error;
mod help;
mod history;
mod layout;
mod manual;
mod page;
mod pair;
mod probe;
mod room;
mod shared;
mod tournament;
mod wire;

#[cfg(feature = "cluster")]
use cluster::ClusterCommand;
pub(crate) use error::UsageError;
pub(crate) use history::{ForgetOptions, HistoryOptions, ReplayOptions, VerifyOptions};
pub(crate) use pair::{BotOptions, BotSide, ClientOptions, ServerOptions, SoloOptions};
pub(crate) use probe::{ProbeAction, ProbeOptions};
pub(crate) use room::RoomOptions;
pub(crate) use shared::ScreenOptions;
pub(crate) use tournament::TournamentOptions;

/// Two terminals that take turns: talk and play over one TCP connection.
#[derive(Debug, Parser)]
#[command(version, after_help = help::PROGRAM, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Configuration file instead of tictalk.toml
    ///
    /// Without it, tictalk.toml is read in the current folder, else in the system's folder for
    /// configuration.
    #[arg(
        long = "config",
        env = "TICTALK_CONFIG",
        value_name = "FILE",
        global = true,
        help_heading = shared::FILES,
        display_order = LAST
    )]
    pub(crate) file: Option<PathBuf>,
    #[command(subcommand)]
    pub(crate) command: CliCommand,
}

/// The place of the rarest option, after all others.
const LAST: usize = 1_000;

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
    /// Run a computer opponent that others can connect to
    #[command(after_help = help::BOT)]
    Bot(BotOptions),
    /// Let programs play a game, all against all, and rate them
    #[command(after_help = help::TOURNAMENT)]
    Tournament(TournamentOptions),
    /// Host a room where many people talk at any time
    #[command(after_help = help::ROOM)]
    Room(RoomOptions),
    /// Show the machines of a room that spans several
    #[cfg(feature = "cluster")]
    #[command(after_help = help::CLUSTER)]
    Cluster(ClusterCommand),
    /// Examine a program that you wrote: a server or a client
    #[command(after_help = help::PROBE)]
    Probe(ProbeOptions),
    /// List, show, search, export or delete stored sessions and rooms
    #[command(after_help = help::HISTORY, disable_help_subcommand = true)]
    History(HistoryOptions),
    /// Replay a session as you saw it, or save it for asciinema
    #[command(after_help = help::REPLAY)]
    Replay(ReplayOptions),
    /// Check that a stored session is unaltered
    #[command(after_help = help::VERIFY)]
    Verify(VerifyOptions),
    /// Forget the key of a partner: the next private line takes a code
    #[command(after_help = help::FORGET)]
    Forget(ForgetOptions),
    /// Show the settings in effect and where each one comes from
    #[command(after_help = help::CONFIG)]
    Config {
        /// Only the options of this command
        command: Option<String>,
    },
    /// Print shell completions
    #[command(after_help = help::COMPLETIONS)]
    Completions {
        /// The shell: bash, zsh, fish, elvish or powershell
        #[arg(hide_possible_values = true)]
        shell: Shell,
    },
    /// Print the manual page
    #[command(after_help = help::MAN)]
    Man {
        /// Write each page to a separate file in this folder
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
    /// Explain a command
    #[command(after_help = help::HELP)]
    Help {
        /// The command, such as client or history show
        #[arg(value_name = "COMMAND")]
        words: Vec<String>,
    },
}

impl Cli {
    /// The commands and options, with help for this screen.
    fn program() -> clap::Command {
        layout::laid_out(Self::command(), layout::help_width())
    }

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
        let program = Self::program();
        // Finds the command and the file. Errors are left to the second pass over the arguments.
        let first = Self::program().ignore_errors(true).try_get_matches()?;
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

    /// The help of the command that these words name.
    ///
    /// # Errors
    /// If there is no such command.
    pub(crate) fn explain(words: &[String]) -> Result<String, UsageError> {
        let mut program = Self::program();
        program.build();
        let mut command = &mut program;
        for (index, word) in words.iter().enumerate() {
            let names: Vec<&str> = command
                .get_subcommands()
                .map(clap::Command::get_name)
                .collect();
            let advice = config::advice_for(word, &names);
            let path = words.get(..=index).unwrap_or_default().join(" ");
            command = command.find_subcommand_mut(word).ok_or_else(|| {
                UsageError::Value(format!("there is no command {path:?}; {advice}"))
            })?;
        }
        Ok(trimmed(&command.render_long_help().to_string()))
    }

    /// Writes each page of the manual to a file in `folder`, or returns all of them.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub(crate) fn manual(folder: Option<&Path>) -> anyhow::Result<Vec<u8>> {
        let mut program = Self::command();
        program.build();
        let pages = manual::pages(&program)?;
        let Some(folder) = folder else {
            return Ok(manual::in_one(&pages));
        };
        manual::write(&pages, folder)
            .with_context(|| format!("cannot write the manual to {}", folder.display()))?;
        Ok(format!("Wrote {} pages to {}.\n", pages.len(), folder.display()).into_bytes())
    }

    /// The completions for `shell`.
    ///
    /// # Errors
    /// If there are none.
    pub(crate) fn completions(shell: Shell) -> io::Result<Vec<u8>> {
        completions::script(shell)
    }

    /// The answer to a shell that asks for completions, if one does.
    pub(crate) fn complete() -> Option<Vec<u8>> {
        completions::answer(Self::command())
    }

    /// Prints help or an error of usage. Returns the exit code.
    pub(crate) fn report(error: UsageError) -> ExitCode {
        let message = match error {
            UsageError::Arguments(error) if !error.use_stderr() => {
                let _ = io::stdout().write_all(trimmed(&error.render().to_string()).as_bytes());
                return ExitCode::SUCCESS;
            }
            // A variable counts as an argument for clap, but not for a person.
            UsageError::Arguments(error)
                if error.kind() == ErrorKind::MissingSubcommand && is_alone() =>
            {
                let help = Self::program().render_help().to_string();
                let _ = io::stderr().write_all(trimmed(&help).as_bytes());
                return ExitCode::from(WRONG_USAGE);
            }
            UsageError::Arguments(error) if is_help(&error) => {
                let _ = io::stderr().write_all(trimmed(&error.render().to_string()).as_bytes());
                return ExitCode::from(WRONG_USAGE);
            }
            UsageError::Arguments(error) => {
                let words = std::env::args_os().skip(1);
                let words: Vec<String> = words
                    .map(|word| word.to_string_lossy().into_owned())
                    .collect();
                let mut program = Self::program();
                program.build();
                complaint::line(&error, &program, &words)
            }
            UsageError::Value(message) => message,
            UsageError::Config(error) => format!("{error:#}"),
        };
        Self::complain(&message);
        ExitCode::from(WRONG_USAGE)
    }

    /// Prints an error: one line, which a terminal shows without a cut word.
    pub(crate) fn complain(message: &str) {
        let message = Self::for_terminal(&format!("tictalk: {message}"));
        // If this cannot be written, the exit code still tells of the error.
        let _ = writeln!(io::stderr(), "{message}");
    }

    /// A line for standard error that commands no terminal and is broken between words.
    pub(crate) fn for_terminal(line: &str) -> String {
        layout::for_stderr(&visible(line).replace('\n', "\u{240a}"))
    }
}

/// Whether the program was called without arguments.
fn is_alone() -> bool {
    std::env::args_os().len() <= 1
}

/// Whether the error is the help of a program that was called without arguments.
fn is_help(error: &clap::Error) -> bool {
    error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand
}

/// Help without spaces at the ends of its lines.
fn trimmed(help: &str) -> String {
    let lines = help.lines().map(|line| format!("{}\n", line.trim_end()));
    lines.collect()
}

/// The exit code for wrong usage.
const WRONG_USAGE: u8 = 2;
