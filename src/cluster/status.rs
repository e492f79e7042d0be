//! The machines of a room, for people.

use super::engine::{Engine, EngineError, Part};
use super::entry::{Genesis, StreamMessage};
use super::machine::{ListedMachine, MachinePresence};
use crate::hex;
use crate::text::{count, visible};
use std::fmt::{self, Write as _};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A room without a tick for so long is closed, or its engine was away.
const CLOSED: Duration = Duration::from_secs(10);

/// How many bytes of a digest are shown: enough to see a difference.
const SHOWN: usize = 4;

/// A room as its stream shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterStatus {
    stream: String,
    /// The version of its machines.
    version: String,
    /// The number of the last input, and of inputs that the stream still has, and their bytes.
    last: u64,
    kept: u64,
    bytes: u64,
    /// How long ago a machine has published a tick.
    ticked: Option<Duration>,
    machines: Vec<ListedMachine>,
}

impl ClusterStatus {
    /// Reads the status of a room; nothing if the engine has no stream for it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub async fn read(engine: &Engine, room: &str) -> Result<Option<Self>, EngineError> {
        let Some(stream) = engine.find_stream(room).await? else {
            return Ok(None);
        };
        let Some(genesis) = stream.last(Part::Genesis).await? else {
            return Ok(None);
        };
        let Ok(genesis) = serde_json::from_slice::<Genesis>(&genesis.bytes) else {
            return Ok(None);
        };
        let tick = stream.last(Part::Tick).await?;
        let state = stream.state().await?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.unwrap_or_default();
        let ticked = tick.as_ref().map(|tick| now.saturating_sub(tick.at));
        let machines = tick.and_then(|tick| match StreamMessage::decode(&tick.bytes) {
            Some(StreamMessage::Tick { machines, .. }) => Some(machines),
            _ => None,
        });
        Ok(Some(Self {
            stream: stream.name().to_owned(),
            version: genesis.version,
            last: genesis.base + state.last,
            kept: state.messages,
            bytes: state.bytes,
            ticked,
            machines: machines.unwrap_or_default(),
        }))
    }
}

impl fmt::Display for ClusterStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            stream,
            version,
            last,
            kept,
            bytes,
            ticked,
            machines,
        } = self;
        let kept = count(usize::try_from(*kept).unwrap_or(usize::MAX), "input");
        writeln!(
            f,
            "Stream:    {}, {kept} in {} KiB",
            visible(stream),
            bytes.div_ceil(1_024)
        )?;
        writeln!(f, "Version:   {}", visible(version))?;
        match ticked {
            None => writeln!(f, "Last tick: never")?,
            Some(ago) if *ago < CLOSED => writeln!(f, "Last tick: {} s ago", ago.as_secs())?,
            Some(ago) => writeln!(
                f,
                "Last tick: {} s ago, so no machine serves the room now. The last ones were:",
                ago.as_secs()
            )?,
        }
        f.write_str(&table(machines, *last))
    }
}

/// The machines, each with its members and how far it is behind the input `last`.
#[must_use]
pub fn table(machines: &[ListedMachine], last: u64) -> String {
    let mut rows = vec![["Machine", "Members", "Behind", "Saved", "Checkpoint"].map(str::to_owned)];
    for machine in machines {
        let report = machine.report;
        let checkpoint = report.checkpoint.map_or_else(String::new, |checkpoint| {
            let digest = checkpoint.digest.get(..SHOWN).unwrap_or_default();
            format!("{} {}", checkpoint.input, hex::digits(digest))
        });
        let (members, behind) = match machine.presence {
            MachinePresence::Here => (
                machine.members.to_string(),
                last.saturating_sub(report.applied).to_string(),
            ),
            MachinePresence::Away => ("away".to_owned(), String::new()),
        };
        rows.push([
            visible(&machine.address).into_owned(),
            members,
            behind,
            report.saved.to_string(),
            checkpoint,
        ]);
    }
    let mut widths = [0; 5];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    let mut text = String::new();
    for row in rows {
        let cells = row
            .iter()
            .zip(widths)
            .map(|(cell, width)| format!("{cell:width$}"));
        let cells: Vec<String> = cells.collect();
        let _ = writeln!(text, "{}", cells.join("  ").trim_end());
    }
    text
}
