//! The command that keeps a room.

use super::shared::{ColorOptions, JournalOptions};
use clap::Args;
use std::path::PathBuf;
use std::time::Duration;
use tictalk::journal::JournalError;
use tictalk::net::{Address, DEFAULT_PORT};
use tictalk::room_server::{Books, Limits, LogError, LogFile, RoomServer};
use tictalk::terminal::Paint;
use tictalk::wire::Name;

pub(super) const ROOM_EXAMPLES: &str = "\
Examples:
  tictalk room                            for this machine
  tictalk room --host 0.0.0.0 --name math for a whole class
  tictalk room --burst 0 --per-address 0  without these limits
  tictalk room --log room.log             note who comes and goes

`tictalk client` joins it, and so does `nc localhost 1059`: the first line is
the name. Of a number, 0 switches its limit off.";

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
    /// The most connections, and members, of one address
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
    /// How many lines of up to 1 KiB a member may send at once
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
    pub(crate) fn log(&self) -> Result<Option<LogFile>, LogError> {
        self.log.as_deref().map(LogFile::open).transpose()
    }

    /// How the host's window looks.
    pub(crate) fn paint(&self) -> Paint {
        self.color.paint()
    }

    /// What these options ask for.
    pub(crate) fn hall(self) -> RoomServer {
        let seconds = |seconds: u32| Duration::from_secs(seconds.into());
        RoomServer {
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
