//! Options of rooms on several machines.

use super::error::UsageError;
use super::shared::number;
use clap::{Args, Subcommand};
use tictalk::cluster::{ClusterStatus, Engine, EngineUrl, Replicas};
use tictalk::net::HostPort;
use tictalk::room_server::ClusterOptions;
use tictalk::wire::Name;

/// The heading of the options.
const CLUSTER: &str = "Several machines";

/// Options of `room` that make it a machine of a cluster.
#[derive(Debug, Args)]
pub(crate) struct ClusterRoomOptions {
    /// NATS server that connects the machines of the room
    ///
    /// Such as nats://localhost:4222, with JetStream. All machines with the same engine and --room are
    /// one room. Several servers are separated by commas.
    #[arg(long, env = "TICTALK_CLUSTER", value_name = "URL", help_heading = CLUSTER)]
    cluster: Option<EngineUrl>,
    /// Address where members reach this machine
    ///
    /// By default, the address where it listens. Clients return through it when another machine dies.
    #[arg(long, env = "TICTALK_ADVERTISE", value_name = "HOST:PORT", requires = "cluster", help_heading = CLUSTER)]
    advertise: Option<HostPort>,
    /// On how many NATS servers the room is kept
    #[arg(long, env = "TICTALK_REPLICAS", value_name = "N", default_value_t = 1, help_heading = CLUSTER, hide_short_help = true, value_parser = number::<u8>(1..=5))]
    replicas: u8,
}

impl ClusterRoomOptions {
    /// The cluster, if the room is part of one.
    pub(crate) fn into_options(self) -> Option<ClusterOptions> {
        Some(ClusterOptions {
            engine: self.cluster?,
            replicas: Replicas::new(self.replicas).unwrap_or_default(),
            address: self.advertise,
        })
    }
}

/// Options of `cluster`.
#[derive(Debug, Args)]
pub(crate) struct ClusterCommand {
    #[command(subcommand)]
    action: ClusterAction,
}

/// The actions of `cluster`.
#[derive(Debug, Subcommand)]
enum ClusterAction {
    /// Show the machines of a room
    #[command(after_help = super::help::CLUSTER)]
    Status {
        /// NATS server that connects the machines of the room
        #[arg(long, env = "TICTALK_CLUSTER", value_name = "URL")]
        cluster: EngineUrl,
        /// Name of the room
        #[arg(long, env = "TICTALK_ROOM", value_name = "NAME")]
        room: Name,
    },
}

impl ClusterCommand {
    /// Carries out the command. Returns what to print.
    ///
    /// # Errors
    /// If the engine cannot be asked, or has no such room.
    pub(crate) async fn run(self) -> anyhow::Result<String> {
        let ClusterAction::Status { cluster, room } = self.action;
        let engine = Engine::connect(&cluster).await.map_err(in_line)?;
        let status = ClusterStatus::read(&engine, room.as_str())
            .await
            .map_err(in_line)?;
        match status {
            Some(status) => Ok(status.to_string()),
            None => Err(UsageError::Value(format!("the engine has no room {room}")).into()),
        }
    }
}

/// An error of the engine, which is a sentence, as a part of the program's line.
fn in_line(error: impl std::fmt::Display) -> anyhow::Error {
    anyhow::Error::msg(tictalk::cluster::in_line(&error.to_string()))
}
