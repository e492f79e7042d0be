//! Options of the commands for pairs: server, client, solo, bot.

use super::address::{BotAddressOptions, ConnectOptions, ListenOptions, Located};
use super::error::UsageError;
use super::page::{PageOptions, named};
use super::shared::{ANY, CONNECTION, DataOptions, JournalOptions, ScreenOptions, number, one_of};
use super::wire::{WireOption, wire, wire_of_clients};
use crate::config::advice_for;
use clap::Args;
use clap::builder::TypedValueParser;
use std::ops::RangeInclusive;
use std::time::Duration;
use tictalk::games::{Chance, GAMES, Skill};
use tictalk::journal::{Journal, JournalError};
use tictalk::net::{LinePolicy, Pages};
use tictalk::pair::WireChoice;
use tictalk::pair::client::{Client, LineWish};
use tictalk::pair::robot::{Diary, Robot};
use tictalk::pair::server::{AfterSession, Receipts, Server};
use tictalk::pair::solo::Solo;
use tictalk::player::{ErrorOutput, PlayerCommand, PlayerProgram};
use tictalk::session::{Refusal, proposal};
use tictalk::wire::{Dialect, Name};
use tictalk::words::{Code, NotACode};

/// How long a bot that is a client tries to reconnect.
const RECONNECT: Duration = Duration::from_secs(120);

/// Options of `server`.
#[derive(Debug, Args)]
pub(crate) struct ServerOptions {
    #[command(flatten)]
    place: Located<ListenOptions>,
    /// Listen again after a session ends, until Ctrl-C
    #[arg(long, env = "TICTALK_KEEP", value_parser = clap::builder::FalseyValueParser::new())]
    keep: bool,
    #[command(flatten)]
    line: PrivateOption,
    // Not from the environment, whose value may be meant for a client.
    /// Dialect of clients that are not tictalk
    ///
    /// Browsers and clients of tictalk are always recognized. "tictalk help client" lists other forms of
    /// the size.
    #[arg(long, value_parser = wire_of_clients(), default_value = "auto", help_heading = CONNECTION)]
    wire: WireChoice,
    /// Answer each message of a client that is not tictalk with a receipt
    ///
    /// The client need not wait for its turn then, and its messages are shown as they arrive.
    #[arg(long, help_heading = CONNECTION)]
    acknowledge: bool,
    #[command(flatten)]
    page: PageOptions,
    #[command(flatten)]
    pub(crate) common: CommonOptions,
}

impl ServerOptions {
    /// The server of these options.
    pub(crate) fn into_server(self) -> Server {
        let pages = self.page.pages(&self.place.address);
        Server {
            address: self.place.address,
            pages,
            lines: match self.line.private {
                true => LinePolicy::Private,
                false => LinePolicy::Plain,
            },
            wire: self.wire,
            receipts: match self.acknowledge {
                true => Receipts::Each,
                false => Receipts::None,
            },
            name: self.common.name,
            reconnect: Duration::from_secs(self.common.reconnect.into()),
            idle: None,
            then: match self.keep {
                true => AfterSession::Listen,
                false => AfterSession::End,
            },
        }
    }
}

/// Options of `client`.
#[derive(Debug, Args)]
pub(crate) struct ClientOptions {
    #[command(flatten)]
    place: Located<ConnectOptions>,
    #[command(flatten)]
    wire: WireOption,
    /// Seconds to wait for a server to start
    #[arg(
        long,
        env = "TICTALK_WAIT",
        default_value_t = 0,
        value_name = "SECONDS",
        value_parser = number::<u32>(ANY)
    )]
    wait: u32,
    #[command(flatten)]
    line: PrivateOption,
    /// Resume the newest unfinished session with this server
    #[arg(long)]
    resume: bool,
    #[command(flatten)]
    pub(crate) common: CommonOptions,
}

impl ClientOptions {
    /// The client of these options.
    ///
    /// # Errors
    /// If the code in the environment is none, or the dialect has no private line.
    pub(crate) fn into_client(self) -> Result<Client, UsageError> {
        let wire = self.wire.choice();
        let line = match self.line.private {
            true if let WireChoice::Only(dialect) = wire
                && dialect != Dialect::Tictalk =>
            {
                let wire = dialect.name();
                let why = format!(
                    "--private does not go with --wire {wire}: only tictalk has private lines"
                );
                return Err(UsageError::Value(why));
            }
            // Whoever lists the processes of this machine reads it, and looking it up tells others.
            true if self.place.address.host.parse::<Code>().is_ok() => {
                let why = "a code is no argument: leave it out, and the client asks for it";
                return Err(UsageError::Value(why.to_owned()));
            }
            true => LineWish::Private(code_of_environment()?),
            false => LineWish::Plain,
        };
        Ok(Client {
            address: self.place.address,
            wire,
            wait: Duration::from_secs(self.wait.into()),
            name: self.common.name,
            reconnect: Duration::from_secs(self.common.reconnect.into()),
            resume: self.resume,
            data: self.common.journal.folder_to_name(),
            line,
        })
    }
}

/// Whether the line is private.
#[derive(Debug, Args)]
pub(super) struct PrivateOption {
    /// Encrypt everything: agree on a key by a code of three words
    ///
    /// The server prints the code. The client asks for it, or reads it from the variable TICTALK_CODE or
    /// the first line of a pipe.
    #[arg(long, env = "TICTALK_PRIVATE", value_parser = clap::builder::FalseyValueParser::new())]
    pub(super) private: bool,
}

/// The variable with the code of a private line. Arguments are no place for it: other users see them.
const CODE: &str = "TICTALK_CODE";

/// The code in the environment, if there is one.
fn code_of_environment() -> Result<Option<Code>, UsageError> {
    let Some(code) = std::env::var_os(CODE).filter(|code| !code.is_empty()) else {
        return Ok(None);
    };
    let code = code.to_string_lossy().parse();
    let code = code.map_err(|error: NotACode| UsageError::Value(format!("{CODE}: {error}")))?;
    Ok(Some(code))
}

/// Options shared by `server` and `client`.
#[derive(Debug, Args)]
pub(crate) struct CommonOptions {
    /// Your name, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    /// Seconds to wait for a lost partner
    ///
    /// 0 ends the session as soon as the connection is lost.
    #[arg(
        long,
        env = "TICTALK_RECONNECT",
        default_value_t = 120,
        value_name = "SECONDS",
        value_parser = number::<u32>(ANY),
        help_heading = CONNECTION
    )]
    reconnect: u32,
    #[command(flatten)]
    pub(crate) screen: ScreenOptions,
    #[command(flatten)]
    journal: JournalOptions,
}

impl CommonOptions {
    /// The journal to write to, if any.
    pub(crate) fn journal(&self) -> Result<Option<Journal>, JournalError> {
        self.journal.open()
    }
}

/// Options of `solo`.
#[derive(Debug, Args)]
pub(crate) struct SoloOptions {
    /// Game to play at once: tictactoe, rps 5, or "hangman --words"
    #[arg(value_name = "GAME")]
    game: Vec<String>,
    /// Skill of the computer
    #[arg(long, env = "TICTALK_LEVEL", value_parser = level(), default_value = "medium")]
    level: Skill,
    /// Your name in the journal, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    #[command(flatten)]
    pub(crate) screen: ScreenOptions,
    #[command(flatten)]
    journal: JournalOptions,
}

impl SoloOptions {
    /// The journal to write to, if any.
    pub(crate) fn journal(&self) -> Result<Option<Journal>, JournalError> {
        self.journal.open()
    }

    /// The game and session against the computer.
    ///
    /// # Errors
    /// If there is no such game.
    pub(crate) fn into_solo(self) -> Result<Solo, UsageError> {
        Ok(Solo {
            skill: self.level,
            wish: wish(&self.game)?,
            name: self.name,
        })
    }
}

/// Options of `bot`.
#[derive(Debug, Args)]
pub(crate) struct BotOptions {
    #[command(flatten)]
    place: Located<BotAddressOptions>,
    /// Skill of the bot
    #[arg(long, env = "TICTALK_LEVEL", value_parser = level(), default_value = "medium")]
    level: Skill,
    /// Command line of a program that plays instead: 'python3 mine.py'
    ///
    /// It reads on its standard input what a person would read in a game, and prints moves. The system's
    /// shell runs it.
    #[arg(long, value_name = "COMMAND", value_parser = PlayerCommand::shell)]
    exec: Option<PlayerCommand>,
    /// With --exec: seconds that the program may take for a move
    #[arg(long, default_value_t = 10, value_name = "SECONDS", requires = "exec", value_parser = number::<u32>(MOVE_TIMES))]
    move_time: u32,
    /// Game to propose when it speaks first: tictactoe, or "connect4 --toss"
    #[arg(long, value_name = "GAME", num_args = 1..)]
    play: Vec<String>,
    /// Connect to a server instead of being one
    #[arg(long)]
    join: bool,
    // Not from the environment, whose value may be meant for a client.
    /// With --join: dialect of the server
    ///
    /// "tictalk help client" lists other forms of the size.
    #[arg(long, value_parser = wire(), default_value = "auto", requires = "join")]
    wire: WireChoice,
    /// With --join: seconds to wait for a server to start
    #[arg(long, default_value_t = 0, value_name = "SECONDS", requires = "join", value_parser = number::<u32>(ANY))]
    wait: u32,
    /// Seconds a partner may stay silent before the bot serves the next one; 0 for no limit
    #[arg(
        long,
        default_value_t = 300,
        value_name = "SECONDS",
        conflicts_with = "join",
        value_parser = number::<u32>(ANY)
    )]
    idle: u32,
    /// Name of the bot, as its partner sees it, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME", default_value = "computer")]
    name: Name,
    #[command(flatten)]
    data: DataOptions,
}

/// The file for the standard error of a bot's program, in the folder of the journal.
const PROGRAM_ERRORS: &str = "bot-stderr.txt";

/// The times for a move that can be set, in seconds.
pub(super) const MOVE_TIMES: RangeInclusive<u64> = 1..=3_600;

/// How long a bot that is a server waits for a lost client: long enough for one that reconnects by
/// itself, but not for a person.
const BOT_HOLD: Duration = Duration::from_secs(10);

/// The side of the bot.
#[derive(Debug)]
pub(crate) enum BotSide {
    /// The bot waits for partners.
    Server(Server),
    /// The bot connects to a partner.
    Client(Client),
}

impl BotOptions {
    /// The player.
    ///
    /// # Errors
    /// If there is no such game.
    pub(crate) fn robot(&self, chance: Chance) -> Result<Robot, UsageError> {
        let wish = wish(&self.play)?;
        Ok(Robot::new(self.level, wish, chance, Diary::Printed))
    }

    /// The program that plays instead, if there is one.
    ///
    /// # Errors
    /// If there is no folder for its standard error.
    pub(crate) fn program(&self) -> Result<Option<PlayerProgram>, JournalError> {
        let Some(command) = &self.exec else {
            return Ok(None);
        };
        Ok(Some(PlayerProgram {
            command: command.clone(),
            move_time: Duration::from_secs(self.move_time.into()),
            errors: ErrorOutput::File(self.data.folder()?.join(PROGRAM_ERRORS)),
        }))
    }

    /// The side of the bot.
    pub(crate) fn into_side(self) -> BotSide {
        let address = self.place.address;
        let pages = Pages::On {
            allowed: named(&address),
        };
        let name = Some(self.name);
        if self.join {
            BotSide::Client(Client {
                address,
                wire: self.wire,
                wait: Duration::from_secs(self.wait.into()),
                name,
                reconnect: RECONNECT,
                resume: false,
                data: None,
                line: LineWish::Plain,
            })
        } else {
            BotSide::Server(Server {
                address,
                wire: WireChoice::Auto,
                receipts: Receipts::None,
                name,
                reconnect: BOT_HOLD,
                idle: (self.idle > 0).then(|| Duration::from_secs(self.idle.into())),
                then: AfterSession::Listen,
                pages,
                lines: LinePolicy::Plain,
            })
        }
    }
}

/// The line that proposes this game; `None` without words.
///
/// # Errors
/// If there is no such game.
pub(super) fn wish(game: &[String]) -> Result<Option<String>, UsageError> {
    if game.is_empty() {
        return Ok(None);
    }
    let proposed = proposal(&game.join(" ")).map_err(|refusal| match refusal {
        Refusal::UnknownGame(name) => {
            let games: Vec<&str> = GAMES.iter().map(|game| game.name).collect();
            let advice = advice_for(&name, &games);
            UsageError::Value(format!("there is no game {name:?}; {advice}"))
        }
        other => UsageError::Value(other.to_string()),
    })?;
    Ok(Some(proposed))
}

/// The parser of `--level`.
fn level() -> impl TypedValueParser<Value = Skill> {
    one_of(&Skill::ALL, Skill::name, |skill| match skill {
        Skill::Easy => "Plays like a beginner, who misses much",
        Skill::Medium => "Sees what happens next, but no trap",
        Skill::Perfect => "Plays as well as the game allows",
    })
}
