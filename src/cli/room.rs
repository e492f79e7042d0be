//! Options of the command that hosts a room.

use super::shared::{ColorOptions, JournalOptions};
use clap::Args;
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;
use tictalk::journal::JournalError;
use tictalk::net::{Address, DEFAULT_PORT};
use tictalk::room::LineRate;
use tictalk::room_server::{Books, Limits, LogError, LogFile, RoomServer};
use tictalk::terminal::Paint;
use tictalk::wire::Name;

/// Options of `room`.
#[derive(Debug, Args)]
pub(crate) struct RoomOptions {
    /// Name or address to listen on; localhost is both ::1 and 127.0.0.1
    #[arg(long, env = "TICTALK_HOST", default_value = "localhost")]
    host: String,
    /// TCP port to listen on; 0 takes a free one and prints it
    #[arg(long, env = "TICTALK_PORT", default_value_t = DEFAULT_PORT)]
    port: u16,
    /// Name of the room, and yours in it, 1 to 20 characters [default: host]
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    /// Maximum number of members
    #[arg(long, env = "TICTALK_MEMBERS", default_value_t = 1_000)]
    members: usize,
    /// Maximum number of connections, and of members, from one address
    #[arg(
        long,
        env = "TICTALK_PER_ADDRESS",
        default_value_t = 256,
        value_name = "CONNECTIONS"
    )]
    per_address: usize,
    /// Time for a new connection to identify itself
    #[arg(
        long,
        env = "TICTALK_INTRODUCTION",
        default_value_t = 10,
        value_name = "SECONDS"
    )]
    introduction: u32,
    /// Remove members whose program does not answer for this long; also how long a disconnected
    /// member may return
    #[arg(
        long,
        env = "TICTALK_PATIENCE",
        default_value_t = 120,
        value_name = "SECONDS"
    )]
    patience: u32,
    /// Lines of up to 1 KiB that a member may send at once
    #[arg(
        long,
        env = "TICTALK_BURST",
        default_value_t = 20,
        value_name = "LINES"
    )]
    burst: u32,
    /// Lines per second that a member may send after these
    #[arg(long, env = "TICTALK_RATE", default_value_t = 5, value_name = "LINES")]
    rate: u32,
    /// Outgoing backlog allowed per slow reader
    #[arg(
        long,
        env = "TICTALK_QUEUE",
        default_value_t = 256,
        value_name = "KIBIBYTES"
    )]
    queue: u32,
    /// Append a line to this file for each event in the room, except for what is said
    #[arg(long, env = "TICTALK_LOG", value_name = "FILE")]
    log: Option<PathBuf>,
    #[command(flatten)]
    journal: JournalOptions,
    #[command(flatten)]
    color: ColorOptions,
}

impl RoomOptions {
    /// The two connections to the journal, for writing and for reading, if any.
    pub(crate) fn books(&self) -> Result<Option<Books>, JournalError> {
        let Some(written) = self.journal.open()? else {
            return Ok(None);
        };
        let read = self.journal.open()?;
        Ok(read.map(|read| Books { written, read }))
    }

    /// The log, if any.
    pub(crate) fn log(&self) -> Result<Option<LogFile>, LogError> {
        self.log.as_deref().map(LogFile::open).transpose()
    }

    /// Whether the host's console uses colours.
    pub(crate) fn paint(&self) -> Paint {
        self.color.paint()
    }

    /// The server of these options. 0 disables a limit.
    pub(crate) fn into_server(self) -> RoomServer {
        let seconds = |seconds: u32| {
            let limit = Duration::from_secs(seconds.into());
            (!limit.is_zero()).then_some(limit)
        };
        let rate = NonZeroU32::new(self.burst).zip(NonZeroU32::new(self.rate));
        let queue = usize::try_from(self.queue).unwrap_or(usize::MAX);
        RoomServer {
            address: Address {
                host: self.host,
                port: self.port,
            },
            name: self.name,
            limits: Limits {
                members: NonZeroUsize::new(self.members),
                per_address: NonZeroUsize::new(self.per_address),
                introduction: seconds(self.introduction),
                patience: seconds(self.patience),
                rate: rate.map(|(burst, per_second)| LineRate::new(burst, per_second)),
                queue: NonZeroUsize::new(queue.saturating_mul(1_024)),
            },
        }
    }
}
