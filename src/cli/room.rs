//! Options of the command that hosts a room.

use super::address::{ListenOptions, Located};
use super::error::UsageError;
use super::page::PageOptions;
use super::shared::{
    ANY, BellOptions, ColorOptions, DISPLAY, DescribeOptions, FILES, JournalOptions, PanesOptions,
    number,
};
use clap::{Args, ValueEnum};
use std::num::{NonZeroU32, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;
use tictalk::journal::JournalError;
use tictalk::net::LinePolicy;
use tictalk::room::{Coordination, LineRate};
use tictalk::room_server::{Books, Limits, LogError, LogFile, RoomServer};
use tictalk::terminal::{Bell, Face, Paint, QrCodes};
use tictalk::wire::Name;

/// The heading of the limits.
const LIMITS: &str = "Limits (0 means no limit)";

/// Options of `room`.
#[derive(Debug, Args)]
pub(crate) struct RoomOptions {
    #[command(flatten)]
    place: Located<ListenOptions>,
    /// Name of the room; without it, the room has your name
    ///
    /// It has 1 to 20 characters.
    #[arg(long, env = "TICTALK_ROOM", value_name = "NAME")]
    room: Option<Name>,
    /// Your name in the room [default: host]
    ///
    /// It has 1 to 20 characters.
    #[arg(long, env = "TICTALK_NAME")]
    name: Option<Name>,
    /// Who may remove and mute others besides you
    #[arg(
        long,
        env = "TICTALK_COORDINATOR",
        value_enum,
        default_value_t = Coordinator::First,
        value_name = "WHO"
    )]
    coordinator: Coordinator,
    /// Encrypt everything; members enter a code
    ///
    /// The room prints the code of three words, and members enter it once. Browsers, nc and clients without --private
    /// are turned away.
    #[arg(long, env = "TICTALK_PRIVATE", value_parser = clap::builder::FalseyValueParser::new())]
    private: bool,
    /// With --private, let in plain connections too
    ///
    /// These are browsers, nc and clients without --private. Whoever can read such a connection can
    /// read what is said to everybody. /who marks these members.
    #[arg(long, env = "TICTALK_ALLOW_PLAIN", hide_short_help = true, value_parser = clap::builder::FalseyValueParser::new())]
    allow_plain: bool,
    #[command(flatten)]
    page: PageOptions,
    /// Maximum number of members
    #[arg(long, env = "TICTALK_MEMBERS", default_value_t = 1_000, help_heading = LIMITS, value_parser = number::<usize>(ANY))]
    members: usize,
    /// Connections from one address
    ///
    /// It is also the maximum number of members from one address.
    #[arg(
        long,
        env = "TICTALK_PER_ADDRESS",
        default_value_t = 256,
        value_name = "N",
        help_heading = LIMITS,
        value_parser = number::<usize>(ANY)
    )]
    per_address: usize,
    /// Seconds allowed for giving a name
    ///
    /// A connection that stays silent is closed.
    #[arg(
        long,
        env = "TICTALK_INTRODUCTION",
        default_value_t = 10,
        value_name = "SECONDS",
        help_heading = LIMITS,
        value_parser = number::<u32>(ANY)
    )]
    introduction: u32,
    /// Drop members silent for this long
    ///
    /// In seconds, without an answer from their program or without a reconnect.
    #[arg(
        long,
        env = "TICTALK_PATIENCE",
        default_value_t = 120,
        value_name = "SECONDS",
        help_heading = LIMITS,
        value_parser = number::<u32>(ANY)
    )]
    patience: u32,
    /// Lines a member may send at once
    ///
    /// A longer line counts once for each KiB.
    #[arg(
        long,
        env = "TICTALK_BURST",
        default_value_t = 20,
        value_name = "LINES",
        help_heading = LIMITS,
        value_parser = number::<u32>(ANY)
    )]
    burst: u32,
    /// Lines per second after these
    #[arg(
        long,
        env = "TICTALK_RATE",
        default_value_t = 5,
        value_name = "LINES",
        help_heading = LIMITS,
        value_parser = number::<u32>(ANY)
    )]
    rate: u32,
    /// Backlog of a slow reader, in KiB
    #[arg(
        long,
        env = "TICTALK_QUEUE",
        default_value_t = 256,
        value_name = "KIBIBYTES",
        help_heading = LIMITS,
        value_parser = number::<u32>(ANY)
    )]
    queue: u32,
    /// Log joins, leaves and other events, never messages
    ///
    /// Each event is a line at the end of this file.
    #[arg(long, env = "TICTALK_LOG", value_name = "FILE", help_heading = FILES)]
    log: Option<PathBuf>,
    /// Print no QR code at the start; /qr shows it
    #[arg(long, env = "TICTALK_NO_QR", help_heading = DISPLAY, value_parser = clap::builder::FalseyValueParser::new())]
    no_qr: bool,
    #[cfg(feature = "cluster")]
    #[command(flatten)]
    cluster: super::cluster::ClusterRoomOptions,
    #[command(flatten)]
    panes: PanesOptions,
    #[command(flatten)]
    describe: DescribeOptions,
    #[command(flatten)]
    bell: BellOptions,
    #[command(flatten)]
    color: ColorOptions,
    #[command(flatten)]
    journal: JournalOptions,
}

/// Who coordinates a room.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Coordinator {
    /// The first member who joins, and another one after that one leaves
    First,
    /// You alone
    Host,
    /// Nobody: as host, but no list names a coordinator
    None,
}

impl From<Coordinator> for Coordination {
    fn from(coordinator: Coordinator) -> Self {
        match coordinator {
            Coordinator::First => Self::First,
            Coordinator::Host => Self::Host,
            Coordinator::None => Self::None,
        }
    }
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

    /// How the host's console uses the terminal.
    pub(crate) fn face(&self) -> Face {
        self.panes.face(self.describe.board_form())
    }

    /// Whether the host's console rings its bell.
    pub(crate) fn bell(&self) -> Bell {
        self.bell.bell()
    }

    /// Which lines the room takes.
    fn lines(&self) -> Result<LinePolicy, UsageError> {
        match (self.private, self.allow_plain) {
            (false, false) => Ok(LinePolicy::Plain),
            (true, false) => Ok(LinePolicy::Private),
            (true, true) => Ok(LinePolicy::Mixed),
            (false, true) => {
                let why = "--allow-plain needs --private: without it, all connections are plain";
                Err(UsageError::Value(why.to_owned()))
            }
        }
    }

    /// The server of these options. 0 disables a limit.
    ///
    /// # Errors
    /// If the options contradict each other.
    pub(crate) fn into_server(self) -> Result<RoomServer, UsageError> {
        let lines = self.lines()?;
        let seconds = |seconds: u32| {
            let limit = Duration::from_secs(seconds.into());
            (!limit.is_zero()).then_some(limit)
        };
        let rate = NonZeroU32::new(self.burst).zip(NonZeroU32::new(self.rate));
        let queue = usize::try_from(self.queue).unwrap_or(usize::MAX);
        let pages = self.page.pages(&self.place.address);
        Ok(RoomServer {
            address: self.place.address,
            lines,
            pages,
            codes: match self.no_qr {
                true => QrCodes::OnRequest,
                false => QrCodes::AtStart,
            },
            room: self.room,
            host: self.name,
            coordination: self.coordinator.into(),
            boards: self.describe.board_form(),
            #[cfg(feature = "cluster")]
            cluster: self.cluster.into_options(),
            limits: Limits {
                members: NonZeroUsize::new(self.members),
                per_address: NonZeroUsize::new(self.per_address),
                introduction: seconds(self.introduction),
                patience: seconds(self.patience),
                rate: rate.map(|(burst, per_second)| LineRate::new(burst, per_second)),
                queue: NonZeroUsize::new(queue.saturating_mul(1_024)),
            },
        })
    }
}
