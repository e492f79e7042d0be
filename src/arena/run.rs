//! Runs a tournament.

use super::error::ArenaError;
use super::plan::{Plan, PlanState, Work};
use super::progress::{EVERY, ProgressThread};
use super::record::ResultsFile;
use super::settings::Tournament;
use crate::journal::Journal;
use crate::net::{Signal, Signals};
use crate::tournament::TournamentTable;
use std::io;
use std::rc::Rc;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{MissedTickBehavior, interval};

/// How a tournament ended.
#[derive(Debug)]
pub enum Ended {
    /// All games are played. The results are still stored, so that they survive if the table cannot be
    /// shown.
    Played(TournamentTable, StoredResults),
    /// A signal arrived. The results so far are kept, unless nothing is stored.
    Interrupted(TournamentTable, Signal),
}

/// The stored results of a tournament that is over.
#[derive(Debug)]
pub struct StoredResults(Option<ResultsFile>);

impl StoredResults {
    /// Removes them: the next tournament of this kind begins anew.
    ///
    /// # Errors
    /// [`ArenaError::Results`].
    pub fn remove(self) -> Result<(), ArenaError> {
        self.0.map_or(Ok(()), ResultsFile::remove)
    }
}

impl Tournament {
    /// Plays the games that have no result yet. Shows the progress on standard error.
    ///
    /// # Errors
    /// [`ArenaError`]. The results so far are kept.
    pub async fn run(self, signals: &mut Signals) -> Result<Ended, ArenaError> {
        let plan = Rc::new(Plan::new(self)?);
        let jobs = plan.tournament.jobs.max(1);
        let local = LocalSet::new();
        let ended = local
            .run_until(async {
                let mut workers = JoinSet::new();
                for _ in 0..jobs {
                    workers.spawn_local(Rc::clone(&plan).work());
                }
                plan.watch(workers, signals).await
            })
            .await;
        // Ends the tasks that copy the standard error of programs.
        drop(local);
        let signal = ended?;
        let table = plan.table();
        match signal {
            Some(signal) => Ok(Ended::Interrupted(table, signal)),
            None => {
                let file = plan.state.replace(PlanState::default()).file;
                Ok(Ended::Played(table, StoredResults(file)))
            }
        }
    }
}

impl Plan {
    /// Shows the progress until all workers are done, or a signal arrives.
    async fn watch(
        &self,
        mut workers: JoinSet<Result<(), ArenaError>>,
        signals: &mut Signals,
    ) -> Result<Option<Signal>, ArenaError> {
        let shown = ProgressThread::start();
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let ended = loop {
            tokio::select! {
                biased;
                signal = signals.next() => break Ok(Some(signal)),
                done = workers.join_next() => match done {
                    None => break Ok(None),
                    Some(Ok(Ok(()))) => {}
                    Some(Ok(Err(error))) => break Err(error),
                    Some(Err(error)) => break Err(io::Error::other(error).into()),
                },
                _ = ticks.tick() => shown.show(self.table()),
            }
        };
        // Kills the programs that are playing.
        workers.shutdown().await;
        shown.finish(self.table());
        ended
    }

    /// Plays one game after the other.
    async fn work(self: Rc<Self>) -> Result<(), ArenaError> {
        let mut journal = match &self.tournament.folder {
            Some(folder) => Some(Journal::open(folder)?),
            None => None,
        };
        loop {
            let freed = self.freed.notified();
            match self.next() {
                Work::Game(fixture) => {
                    let result = self.play(fixture, journal.as_mut()).await?;
                    self.done(result)?;
                }
                Work::Wait => freed.await,
                Work::Done => return Ok(()),
            }
        }
    }
}
