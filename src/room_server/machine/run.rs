//! Reads the stream, and publishes what comes to this machine.

use super::rebuild::{Rebuilt, rebuild};
use super::start::join;
use super::watch::Watch;
use super::{ClusterError, RoomLog, SavedState, Started};
use crate::cluster::{
    CHECKPOINT, Checkpoint, ClusterChange, Departure, MachineId, Part, PublishError, ReadError,
    Reader, Replica, StreamEntry, StreamMessage, Submission, Verdict,
};
use crate::net::{new_cluster_key, until};
use crate::room_server::dispatch::Dispatch;
use crate::room_server::error::RoomServerError;
use crate::wire::Others;
use bytes::Bytes;
use std::future::pending;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep, sleep_until, timeout};
use tracing::{info, warn};

/// How often a machine reports.
const REPORT: Duration = Duration::from_secs(1);

/// The time between two ticks of the room.
const TICK: Duration = Duration::from_secs(1);

/// How much longer another machine than the last one waits before it publishes a tick.
const TAKEOVER: Duration = Duration::from_millis(500);

/// The pause before a message is published again.
const RETRY: Duration = Duration::from_millis(200);

/// How many inputs there are between two saved states: a multiple of [`CHECKPOINT`].
const SAVED: u64 = 10 * CHECKPOINT;

/// The time between two attempts to trim the stream.
const TRIM: Duration = Duration::from_secs(60);

/// How long a machine that leaves waits for the engine.
const LEAVE_LIMIT: Duration = Duration::from_secs(1);

/// What the host reads of a machine that the others have given up.
const SILENT: &str = "The other machines have heard nothing of this one. Its members reconnect.";

/// What the host reads when the states of two machines differ, and what comes of it.
const DIFFERENT: &str =
    "Another machine has another state of the room. This one computes its state again.";
const RIGHT: &str = "The state of the room at this machine is right.";
const WRONG: &str =
    "The state of the room at this machine was wrong, and is replaced. Its members reconnect.";

/// After this time, each machine has reported its last checkpoint.
const REPORTED: Duration = Duration::from_secs(3);

/// Another machine has had another state.
#[derive(Debug, Clone, Copy)]
enum Doubt {
    /// Since then, and from this input on. This machine has computed its own state once more.
    Since(Instant, u64),
    /// The state of this machine was right up to this input.
    Settled(u64),
}

type Joining = Pin<Box<dyn Future<Output = Result<(), ClusterError>>>>;
type Publishing = Pin<Box<dyn Future<Output = Result<(), PublishError>>>>;

/// A machine of the room.
pub(in crate::room_server) struct Machine {
    log: RoomLog,
    reader: Reader,
    address: Arc<str>,
    id: MachineId,
    dispatch: Rc<Dispatch>,
    watch: Watch,
    /// The message that is being published.
    publishing: Option<Publishing>,
    /// The tick that is being published.
    ticking: Option<Pin<Box<dyn Future<Output = ()>>>>,
    tick_at: Instant,
    /// The message by which this machine joins again, and how it recognizes its effect.
    joining: Option<Joining>,
    nonce: Option<[u8; 16]>,
    /// Whether another machine has had another state.
    doubt: Option<Doubt>,
    /// The last state that can be started from, and its input.
    saved: Option<SavedState>,
    /// A state that no other machine has confirmed yet.
    unconfirmed: Option<(u64, Vec<u8>)>,
    trimmed_at: Instant,
}

impl Machine {
    /// A machine that has joined.
    pub(in crate::room_server) fn new(started: Started, dispatch: Rc<Dispatch>) -> Self {
        let Started {
            log,
            reader,
            address,
            id,
            saved,
            ..
        } = started;
        Self {
            log,
            reader,
            address,
            id,
            dispatch,
            watch: Watch::default(),
            publishing: None,
            ticking: None,
            tick_at: Instant::now() + TICK,
            joining: None,
            nonce: None,
            doubt: None,
            saved,
            unconfirmed: None,
            trimmed_at: Instant::now(),
        }
    }

    /// Serves the room until something is wrong that waiting cannot mend.
    pub(in crate::room_server) async fn run(mut self) -> RoomServerError {
        let mut reports = interval(REPORT);
        reports.set_missed_tick_behavior(MissedTickBehavior::Delay);
        self.tell_addresses();
        let error = loop {
            if let Err(error) = self.next(&mut reports).await {
                break error;
            }
        };
        if let RoomServerError::Cluster(why) = &error
            && let ClusterError::Deleted = **why
        {
            // A new stream continues from here.
            self.save_last().await;
        }
        error
    }

    async fn next(&mut self, reports: &mut Interval) -> Result<(), RoomServerError> {
        let dispatch = Rc::clone(&self.dispatch);
        let is_behind = dispatch.is_journal_behind();
        tokio::select! {
            biased;
            () = dispatch.leaving() => self.leave().await?,
            published = ready(&mut self.publishing) => self.published(published)?,
            joined = ready(&mut self.joining) => {
                self.joining = None;
                joined?;
            }
            () = ready(&mut self.ticking) => self.ticking = None,
            () = until(self.watch.due()) => {
                let notice = self.watch.tell();
                dispatch.tell_everybody(&notice);
            }
            entry = self.reader.next(), if !is_behind => self.apply(entry).await?,
            () = dispatch.journal_written(), if is_behind => {}
            () = dispatch.submitted(), if self.publishing.is_none() => {
                self.publish(Duration::ZERO)?;
            }
            _ = reports.tick() => dispatch.report(),
            () = sleep_until(self.tick_at), if self.ticking.is_none() => self.tick()?,
        }
        Ok(())
    }

    /// Publishes what waits, after a pause: one message at a time.
    fn publish(&mut self, pause: Duration) -> Result<(), RoomServerError> {
        let next = self.dispatch.submission().map_err(ClusterError::from)?;
        self.publishing = next.map(|Submission { id, bytes }| -> Publishing {
            self.watch.begin();
            let stream = self.log.stream.clone();
            Box::pin(async move {
                sleep(pause).await;
                let published = stream.publish(Part::Inputs, &id, None, bytes);
                published.await.map(drop)
            })
        });
        Ok(())
    }

    fn published(&mut self, published: Result<(), PublishError>) -> Result<(), RoomServerError> {
        match published {
            Ok(()) => {
                self.dispatch.published();
                self.publish(Duration::ZERO)
            }
            Err(PublishError::Gone(_)) => Err(ClusterError::Deleted.into()),
            // The message may be in the stream: it is published again under the same id.
            Err(error) => {
                warn!(%error, "input not stored");
                self.watch.fail(&error);
                self.publish(RETRY)
            }
        }
    }

    /// Publishes a tick, unless another machine is faster.
    fn tick(&mut self) -> Result<(), RoomServerError> {
        self.tick_at = Instant::now() + TICK;
        let dispatch = &self.dispatch;
        let Some((ticked, machines)) =
            dispatch.with_replica(|replica| (replica.ticked(), replica.machines()))
        else {
            return Ok(());
        };
        let machine = self.id;
        let message = StreamMessage::Tick { machine, machines };
        let bytes = message.encode().map_err(ClusterError::from)?;
        let expected = self.log.sequence(ticked);
        let stream = self.log.stream.clone();
        self.ticking = Some(Box::pin(async move {
            let id = format!("tick.{}.{expected}", machine.0);
            let bytes = Bytes::from(bytes);
            let ticked = stream.publish(Part::Tick, &id, Some(expected), bytes.clone());
            // Where this fails, the next attempt follows soon.
            if let Err(PublishError::Outrun) = ticked.await
                && let Ok(last) = stream.last(Part::Tick).await
            {
                let last = last.map_or(0, |last| last.sequence);
                // Somebody has removed the tick from the stream.
                if last < expected {
                    let id = format!("tick.{}.{expected}.{last}", machine.0);
                    let _ = stream.publish(Part::Tick, &id, Some(last), bytes).await;
                }
            }
        }));
        Ok(())
    }

    async fn apply(
        &mut self,
        entry: Result<StreamEntry, ReadError>,
    ) -> Result<(), RoomServerError> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(ReadError::Gone(_)) => return Err(ClusterError::Deleted.into()),
            Err(ReadError::Trimmed { .. }) => return Err(ClusterError::TooOld.into()),
            Err(error) => return Err(ClusterError::from(error).into()),
        };
        let input = self.log.input(entry.sequence);
        let (origin, changes) = self.dispatch.apply(input, entry.at, &entry.bytes);
        match entry.part {
            Some(Part::Inputs) if origin == Some(self.id) => {
                if let Some(notice) = self.watch.end() {
                    self.dispatch.tell_everybody(&notice);
                }
            }
            Some(Part::Tick) => self.ticked(origin),
            _ => {}
        }
        for change in changes {
            self.changed(change).await?;
        }
        if input.is_multiple_of(SAVED) {
            self.save(input)?;
        }
        Ok(())
    }

    /// Notes a tick: the machine that has published it publishes the next one, and another one follows
    /// if it does not.
    fn ticked(&mut self, by: Option<MachineId>) {
        let here = self.here();
        let place = here
            .iter()
            .position(|(id, _)| *id == self.id)
            .unwrap_or(here.len());
        let turn = match by == Some(self.id) {
            true => 0,
            false => u32::try_from(place + 1).unwrap_or(u32::MAX),
        };
        self.tick_at = Instant::now() + TICK + TAKEOVER.saturating_mul(turn);
        if by == Some(self.id) && self.trimmed_at.elapsed() >= TRIM {
            self.trimmed_at = Instant::now();
            let needed = self.dispatch.with_replica(Replica::needed).unwrap_or(0);
            let before = self.log.sequence(needed);
            let stream = self.log.stream.clone();
            tokio::task::spawn_local(async move {
                if let Err(error) = stream.trim(before).await {
                    warn!(%error, "stream not trimmed");
                }
            });
        }
    }

    /// The machines of the room and their addresses.
    fn here(&self) -> Vec<(MachineId, String)> {
        let machines = self.dispatch.with_replica(|replica| {
            let here = replica.here();
            here.map(|(id, machine)| (id, machine.address.clone()))
                .collect()
        });
        machines.unwrap_or_default()
    }

    async fn changed(&mut self, change: ClusterChange) -> Result<(), RoomServerError> {
        match change {
            ClusterChange::Joined { id, nonce } => {
                if self.nonce == Some(nonce) {
                    self.nonce = None;
                    self.id = id;
                    self.dispatch.rejoined(id);
                }
                self.tell_addresses();
            }
            ClusterChange::Gone(id, why) => {
                if id == self.id {
                    match why {
                        Departure::Left => {}
                        Departure::Replaced => {
                            let address = self.address.to_string();
                            return Err(ClusterError::Replaced(address).into());
                        }
                        Departure::Silent => self.join_again(SILENT)?,
                    }
                }
                self.tell_addresses();
            }
            // What this machine reports itself confirms nothing.
            ClusterChange::Confirmed(id, _) if id == self.id => {}
            ClusterChange::Confirmed(_, input) => {
                // The saved state leads to the confirmed one. Under load, a machine is not heard
                // between two checkpoints.
                if let Some((of, state)) = self.unconfirmed.take_if(|(of, _)| *of <= input) {
                    self.keep(of, state);
                }
                self.settle(input);
            }
            ClusterChange::Differs(id, theirs) => self.examine(id, theirs).await?,
        }
        Ok(())
    }

    /// Tells the members through which other machines they can return.
    fn tell_addresses(&self) {
        let here = self.here().into_iter();
        let others = here
            .filter(|(id, _)| *id != self.id)
            .map(|(_, address)| address);
        self.dispatch.set_others(others.collect::<Others>());
    }

    /// Drops all connections, since the room counts their members as disconnected, and asks to be part
    /// of the room again.
    fn join_again(&mut self, why: &str) -> Result<(), RoomServerError> {
        warn!(why, "machine joins again");
        self.dispatch.host_queue.notice(why.to_owned());
        self.dispatch.drop_connections();
        self.publishing = None;
        let nonce = new_cluster_key()?;
        self.nonce = Some(nonce);
        let (log, address) = (self.log.clone(), Arc::clone(&self.address));
        self.joining = Some(Box::pin(async move { join(&log, &address, nonce).await }));
        Ok(())
    }

    /// Saves the state, or keeps it until another machine confirms it.
    fn save(&mut self, input: u64) -> Result<(), RoomServerError> {
        let Some(state) = self.dispatch.with_replica(Replica::save) else {
            return Ok(());
        };
        let state = state.map_err(ClusterError::from)?;
        match self.here().len() {
            0 | 1 => self.keep(input, state),
            _ => self.unconfirmed = Some((input, state)),
        }
        Ok(())
    }

    fn keep(&mut self, input: u64, state: Vec<u8>) {
        self.saved = Some(SavedState {
            input,
            bytes: state.as_slice().into(),
        });
        self.dispatch.save_state(input, state);
    }

    /// Another machine has computed another state: computes it again, from the last saved state. If that
    /// does not settle the matter, the machines decide by their number.
    async fn examine(
        &mut self,
        other: MachineId,
        theirs: Checkpoint,
    ) -> Result<(), RoomServerError> {
        let (at, from) = match self.doubt {
            Some(Doubt::Settled(input)) if theirs.input <= input => return Ok(()),
            Some(Doubt::Since(at, from)) => (at, from),
            Some(Doubt::Settled(_)) | None => {
                warn!(input = theirs.input, machine = other.0, "states differ");
                self.dispatch.host_queue.notice(DIFFERENT.to_owned());
                let rebuilt = self.rebuild(self.saved.clone()).await?;
                if rebuilt.replica.checkpoint_at(theirs.input) == Some(theirs) {
                    return self.replace(rebuilt).await;
                }
                (Instant::now(), theirs.input)
            }
        };
        self.doubt = Some(Doubt::Since(at, from));
        // By then, every machine has reported.
        if at.elapsed() < REPORTED {
            return Ok(());
        }
        match self.verdict(from) {
            Some(Verdict::Right) | None => {
                self.doubt = Some(Doubt::Settled(theirs.input));
                self.dispatch.host_queue.notice(RIGHT.to_owned());
                Ok(())
            }
            // The saved state is wrong as well.
            Some(Verdict::Wrong) => match self.rebuild(None).await {
                Ok(rebuilt) if rebuilt.replica.checkpoint_at(theirs.input) == Some(theirs) => {
                    self.replace(rebuilt).await
                }
                _ => Err(ClusterError::Diverged.into()),
            },
        }
    }

    /// Notes that another machine agrees: it may have replaced the state that was wrong.
    fn settle(&mut self, input: u64) {
        if let Some(Doubt::Since(at, from)) = self.doubt
            && at.elapsed() >= REPORTED
            && self.verdict(from) == Some(Verdict::Right)
        {
            self.doubt = Some(Doubt::Settled(input));
            self.dispatch.host_queue.notice(RIGHT.to_owned());
        }
    }

    fn verdict(&self, from: u64) -> Option<Verdict> {
        self.dispatch
            .with_replica(|replica| replica.verdict(self.id, from))
    }

    /// Computes the present state once more.
    async fn rebuild(&self, saved: Option<SavedState>) -> Result<Rebuilt, RoomServerError> {
        let applied = self
            .dispatch
            .with_replica(Replica::applied)
            .unwrap_or_default();
        rebuild(&self.log, saved.as_ref(), applied).await
    }

    /// Replaces the state, and begins anew with other connections: what their members have read may be
    /// wrong.
    async fn replace(&mut self, rebuilt: Rebuilt) -> Result<(), RoomServerError> {
        warn!("state replaced");
        self.doubt = None;
        self.unconfirmed = None;
        let state = rebuilt.replica.save().map_err(ClusterError::from)?;
        let input = rebuilt.replica.applied();
        self.dispatch.replace(rebuilt);
        self.keep(input, state);
        self.send_leave(StreamMessage::Leave(self.id)).await?;
        self.join_again(WRONG)
    }

    /// Leaves the room. Its members return through other machines, or the room is closed for them.
    async fn leave(&mut self) -> Result<(), RoomServerError> {
        let others = self.here().iter().any(|(id, _)| *id != self.id);
        // What somebody has entered just before is sent as well.
        let _ = timeout(LEAVE_LIMIT, self.publish_rest()).await;
        self.save_last().await;
        let _ = timeout(LEAVE_LIMIT, self.send_leave(StreamMessage::Leave(self.id))).await;
        info!("machine leaves");
        self.dispatch.end(others);
        pending().await
    }

    /// Publishes everything that waits.
    async fn publish_rest(&mut self) -> Result<(), RoomServerError> {
        if self.publishing.is_none() {
            self.publish(Duration::ZERO)?;
        }
        while self.publishing.is_some() {
            let published = ready(&mut self.publishing).await;
            self.published(published)?;
        }
        Ok(())
    }

    async fn send_leave(&self, message: StreamMessage) -> Result<(), RoomServerError> {
        let bytes = message.encode().map_err(ClusterError::from)?;
        let id = format!("leave.{}", self.id.0);
        let published = self
            .log
            .stream
            .publish(Part::Inputs, &id, None, bytes.into());
        // A machine that does not say so is gone soon as well.
        let _ = published.await;
        Ok(())
    }

    /// Saves the state for the next start.
    async fn save_last(&mut self) {
        let last = |replica: &Replica| Some((replica.applied(), replica.save().ok()?));
        if let Some((input, state)) = self.dispatch.with_replica(last).flatten() {
            self.keep(input, state);
            let saved = async {
                while self.dispatch.saved() < input {
                    self.dispatch.journal_written().await;
                }
            };
            // Without it, the next start takes longer.
            let _ = timeout(LEAVE_LIMIT, saved).await;
        }
    }
}

/// Waits for a future, if there is one.
async fn ready<T>(future: &mut Option<Pin<Box<dyn Future<Output = T>>>>) -> T {
    match future {
        Some(future) => future.await,
        None => pending().await,
    }
}
