//! How a machine finds the room, computes its state, and joins.

use super::{ClusterError, ClusterOptions, RoomLog, SavedState};
use crate::cluster::{
    ClusterChange, Engine, Genesis, GenesisSecrets, MachineId, Part, PublishError, Reader, Replica,
    StateError, StreamMessage, VERSION,
};
use crate::hex;
use crate::journal::{JournalError, Problem, Register, RoomSecrets};
use crate::net::new_cluster_key;
use crate::room::{HubEffect, PostRecord, Settings};
use crate::room_server::dispatch::StreamOrder;
use crate::room_server::error::RoomServerError;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, sleep, timeout};

/// How long the start waits for the next message of the stream.
const READ_LIMIT: Duration = Duration::from_secs(10);

/// The pause before a message is published again.
const RETRY: Duration = Duration::from_millis(200);

/// How many posts are written to the journal together.
const COMMIT: usize = 256;

/// How often the progress of the start is shown.
const PROGRESS: Duration = Duration::from_secs(1);

/// A machine that is about to join.
pub(in crate::room_server) struct Starting<'a> {
    pub(in crate::room_server) options: &'a ClusterOptions,
    /// The name of the room.
    pub(in crate::room_server) room: &'a str,
    /// Where the machine listens.
    pub(in crate::room_server) address: Arc<str>,
    /// The settings of the room, if this is its first machine.
    pub(in crate::room_server) settings: Settings,
    /// Its secrets, if it is to be private. The first machine's count.
    pub(in crate::room_server) secrets: Option<RoomSecrets>,
}

/// A machine that has joined.
pub(in crate::room_server) struct Started {
    pub(in crate::room_server) log: RoomLog,
    pub(in crate::room_server) reader: Reader,
    pub(in crate::room_server) id: MachineId,
    pub(in crate::room_server) address: Arc<str>,
    /// The secrets of the room, if it is private.
    pub(in crate::room_server) secrets: Option<RoomSecrets>,
    /// The last saved state.
    pub(in crate::room_server) saved: Option<SavedState>,
}

impl Starting<'_> {
    /// Computes the state of the room and joins. Reports the input that was applied last and the last
    /// one there is, about once a second.
    ///
    /// # Errors
    /// [`RoomServerError`].
    pub(in crate::room_server) async fn start(
        self,
        register: &mut Register,
        mut progress: impl FnMut(u64, u64),
    ) -> Result<(StreamOrder, Started), RoomServerError> {
        let engine = Engine::connect(&self.options.engine)
            .await
            .map_err(ClusterError::from)?;
        let stream = engine
            .room_stream(self.room, self.options.replicas)
            .await
            .map_err(ClusterError::from)?;
        let mut log = RoomLog { stream, base: 0 };
        let state = last_state(register)?;
        let (genesis, at) = self.genesis(&log, state.as_ref(), register).await?;
        log.base = genesis.base;
        if genesis.version != VERSION {
            let theirs = genesis.version;
            return Err(ClusterError::Version {
                theirs,
                ours: VERSION,
            }
            .into());
        }
        let secrets = match (&genesis.secrets, &self.secrets) {
            (None, None) => None,
            (Some(secrets), Some(_)) => Some(RoomSecrets {
                key: secrets.key.clone(),
                code: secrets.code.parse().map_err(|_| ClusterError::Genesis)?,
            }),
            (None, Some(_)) => return Err(ClusterError::Lines("without --private").into()),
            (Some(_), None) => return Err(ClusterError::Lines("with --private").into()),
        };
        register.join_cluster(&genesis.cluster)?;
        let last = log.stream.state().await.map_err(ClusterError::from)?.last;
        let last = log.input(last);
        let (mut replica, saved) = match state {
            Some((mut replica, saved)) => {
                if saved.input < genesis.base {
                    return Err(ClusterError::TooOld.into());
                }
                if saved.input > last || !replica.follow(genesis.stream, genesis.base) {
                    return Err(ClusterError::Ahead.into());
                }
                (replica, Some(saved))
            }
            None if genesis.base > 0 => return Err(ClusterError::TooOld.into()),
            None => (Replica::begin(genesis, at), None),
        };
        let mut reader = log.reader(replica.applied());
        let mut writer = Writer {
            known: register.known().last.0,
            register,
            waiting: Vec::new(),
        };
        let mut shown_at = Instant::now();
        while replica.applied() < last {
            step(&log, &mut reader, &mut replica, &mut writer).await?;
            if shown_at.elapsed() >= PROGRESS {
                shown_at = Instant::now();
                progress(replica.applied(), last);
            }
        }
        let nonce = new_cluster_key()?;
        join(&log, &self.address, nonce).await?;
        let id = loop {
            let changes = step(&log, &mut reader, &mut replica, &mut writer).await?;
            let joined = changes.into_iter().find_map(|change| match change {
                ClusterChange::Joined { id, nonce: of } if of == nonce => Some(id),
                _ => None,
            });
            if let Some(id) = joined {
                break id;
            }
        };
        writer.commit()?;
        let start = saved.as_ref().map_or(0, |saved| saved.input);
        let order = StreamOrder::new(replica, id, start);
        let started = Started {
            log,
            reader,
            id,
            address: self.address,
            secrets,
            saved,
        };
        Ok((order, started))
    }

    /// The beginning of the stream, which is written if there is none, and its time.
    async fn genesis(
        &self,
        log: &RoomLog,
        state: Option<&(Replica, SavedState)>,
        register: &Register,
    ) -> Result<(Genesis, Duration), RoomServerError> {
        loop {
            let found = log.stream.last(Part::Genesis).await;
            if let Some(entry) = found.map_err(ClusterError::from)? {
                let genesis = serde_json::from_slice(&entry.bytes);
                return Ok((genesis.map_err(|_| ClusterError::Genesis)?, entry.at));
            }
            // A beginning that this machine could not follow would keep the others out.
            if state.is_none() && register.cluster()?.is_some() {
                return Err(ClusterError::Ahead.into());
            }
            if state.is_none() && register.known().last.0 > 0 {
                return Err(JournalError::from(Problem::OtherRoom).into());
            }
            // A stream that was deleted continues with the state of the first machine that starts.
            let genesis = Genesis {
                version: VERSION.to_owned(),
                cluster: match state {
                    Some((replica, _)) => *replica.cluster(),
                    None => new_cluster_key()?,
                },
                stream: new_cluster_key()?,
                base: state.map_or(0, |(replica, _)| replica.applied()),
                seed: crate::net::new_chance()?.bytes(),
                settings: self.settings.clone(),
                secrets: self.secrets.as_ref().map(|secrets| GenesisSecrets {
                    key: secrets.key.clone(),
                    code: secrets.code.as_str().to_owned(),
                }),
            };
            let id = format!("genesis.{}", hex::digits(&genesis.seed));
            let bytes = serde_json::to_vec(&genesis).map_err(ClusterError::from)?;
            let published = log
                .stream
                .publish(Part::Genesis, &id, Some(0), bytes.into())
                .await;
            match published {
                // Another machine may have been first.
                Ok(_) | Err(PublishError::Outrun) => {}
                Err(PublishError::Unreachable(_)) => sleep(RETRY).await,
                Err(error) => return Err(ClusterError::from(error).into()),
            }
        }
    }
}

/// The last state in the journal that this version can read, and its bytes.
fn last_state(register: &Register) -> Result<Option<(Replica, SavedState)>, RoomServerError> {
    let mut why = None;
    for bytes in register.states()? {
        match Replica::load(&bytes) {
            Ok(replica) => {
                let input = replica.applied();
                let bytes = bytes.into();
                return Ok(Some((replica, SavedState { input, bytes })));
            }
            Err(StateError::Version(theirs)) => {
                return Err(ClusterError::Version {
                    theirs,
                    ours: VERSION,
                }
                .into());
            }
            Err(error) => why = Some(error),
        }
    }
    // A machine that was killed before its first state starts from the stream.
    match why {
        Some(error) => Err(ClusterError::State(error.to_string()).into()),
        None => Ok(None),
    }
}

/// Asks to be part of the room.
pub(super) async fn join(
    log: &RoomLog,
    address: &str,
    nonce: [u8; 16],
) -> Result<(), ClusterError> {
    let message = StreamMessage::Join {
        nonce,
        address: address.to_owned(),
        version: VERSION.to_owned(),
    };
    let id = format!("join.{}", hex::digits(&nonce));
    let bytes = bytes::Bytes::from(message.encode()?);
    loop {
        let published = log.stream.publish(Part::Inputs, &id, None, bytes.clone());
        match published.await {
            Ok(_) => return Ok(()),
            Err(PublishError::Unreachable(_)) => sleep(RETRY).await,
            Err(PublishError::Gone(_)) => return Err(ClusterError::Deleted),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Reads and applies the next message.
async fn step(
    log: &RoomLog,
    reader: &mut Reader,
    replica: &mut Replica,
    writer: &mut Writer<'_>,
) -> Result<Vec<ClusterChange>, RoomServerError> {
    let entry = match timeout(READ_LIMIT, reader.next()).await {
        Ok(Ok(entry)) => entry,
        Ok(Err(crate::cluster::ReadError::Trimmed { .. })) => {
            return Err(ClusterError::TooOld.into());
        }
        Ok(Err(error)) => return Err(ClusterError::from(error).into()),
        Err(_) => return Err(ClusterError::Silent.into()),
    };
    let applied = replica.apply(log.input(entry.sequence), entry.at, &entry.bytes);
    writer.add(applied.effects)?;
    Ok(applied.changes)
}

/// Writes the posts that the journal does not have yet.
struct Writer<'a> {
    register: &'a mut Register,
    /// The last post in the journal before the start.
    known: u64,
    waiting: Vec<PostRecord>,
}

impl Writer<'_> {
    fn add(&mut self, effects: Vec<HubEffect>) -> Result<(), RoomServerError> {
        for effect in effects {
            if let HubEffect::Store(record) = effect
                && record.post.id.0 > self.known
            {
                self.waiting.push(record);
            }
        }
        if self.waiting.len() >= COMMIT {
            self.commit()?;
        }
        Ok(())
    }

    fn commit(&mut self) -> Result<(), RoomServerError> {
        if !self.waiting.is_empty() {
            self.register.write(&std::mem::take(&mut self.waiting))?;
        }
        Ok(())
    }
}
