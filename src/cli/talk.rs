//! The commands by which people talk and play: server, client, solo, bot.

use super::Cli;
use super::shared::{JournalOptions, ScreenOptions};
use clap::CommandFactory as _;
use clap::{Args, ValueEnum};
use std::time::Duration;
use tictalk::games::{Chance, GAMES, Skill};
use tictalk::journal::{Journal, JournalError};
use tictalk::net::{Address, DEFAULT_PORT};
use tictalk::pair::client::Client;
use tictalk::pair::robot::{Diary, Robot};
use tictalk::pair::server::{AfterSession, Server};
use tictalk::pair::solo::Solo;
use tictalk::session::{Refusal, proposal};
use tictalk::terminal::visible;
use tictalk::wire::{Dialect, Name};

pub(super) const SERVER_EXAMPLES: &str = "\
Examples:
  tictalk server
  tictalk server --port 0                 take any free port, and print it
  tictalk server --host 0.0.0.0 --name bob

`nc localhost 1059` can talk to it as well, and so can a program that sends
each message as <u32 big-endian size><UTF-8>.";

pub(super) const CLIENT_EXAMPLES: &str = "\
Examples:
  tictalk client
  tictalk client --wait 60 --name ann     keep trying for a minute
  tictalk client --resume                 go on with a talk that was cut off
  tictalk client --wire raw               talk to `nc -l localhost 1059`";

pub(super) const SOLO_EXAMPLES: &str = "\
Examples:
  tictalk solo                            talk, and see what can be played
  tictalk solo connect4 --level easy      play at once; you move first
  tictalk solo rps 5                      rock-paper-scissors, best of 5

Your partner is a program on this machine. It takes turns as any other partner
does, over a real connection.";

pub(super) const BOT_EXAMPLES: &str = "\
Examples:
  tictalk bot                             wait for partners, one after the other
  tictalk bot --join --play tictactoe     connect to a server, and propose a game

It says that it is a program, and understands only games. Ctrl-C ends it.";

/// How long a computer partner waits for somebody whose connection broke.
const RECONNECT: Duration = Duration::from_secs(120);

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
    /// How many seconds a partner may say nothing before the next one gets a turn; 0 for ever
    #[arg(
        long,
        default_value_t = 300,
        value_name = "SECONDS",
        conflicts_with = "join"
    )]
    idle: u32,
    /// What its partner sees in front of what it says, 1 to 20 characters
    #[arg(long, env = "TICTALK_NAME", default_value = "computer")]
    name: Name,
}

/// How long a computer partner keeps the seat for a client whose connection broke: long enough for a
/// client that comes back by itself, and not for one that will not.
const BOT_HOLD: Duration = Duration::from_secs(10);

/// On which side a computer partner plays.
#[derive(Debug)]
pub(crate) enum BotSide {
    /// It waits for partners.
    Server(Server),
    /// It goes to one.
    Client(Client),
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum LevelChoice {
    /// As a beginner
    Easy,
    /// Looks some moves ahead
    Medium,
    /// As well as the game allows
    Perfect,
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

impl CommonOptions {
    /// The journal to write into, if any.
    pub(crate) fn journal(&self) -> Result<Option<Journal>, JournalError> {
        self.journal.open()
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
            idle: None,
            then: AfterSession::End,
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
                reconnect: BOT_HOLD,
                idle: (self.idle > 0).then(|| Duration::from_secs(self.idle.into())),
                then: AfterSession::Listen,
            })
        }
    }
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
