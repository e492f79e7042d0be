//! Plays a tournament.

use super::contender::{Contender, names};
use super::duel::Duel;
use super::error::ArenaError;
use super::local::LocalPlayer;
use super::opening::{of_round, openings};
use super::progress::{EVERY, Progress};
use super::record::{EarlierResults, ResultsFile, key, write_errors};
use super::remote::{RemoteEnd, RemoteTable};
use crate::games::{Chance, Entry, Seat};
use crate::journal::{Header, Journal, JournalError, Ledger, StoredSession};
use crate::net::{Address, Signal, Signals, new_ticket};
use crate::player::{ErrorOutput, PlayerProgram, ProgramPlayer};
use crate::session::{GameEnd, Role, Side};
use crate::text::visible;
use crate::tournament::{Finish, Fixture, GameResult, HowWon, Legs, Schedule, TournamentTable};
use crate::wire::{Dialect, Name};
use serde_json::json;
use sha2::{Digest as _, Sha256};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::task::{JoinSet, LocalSet};
use tokio::time::{MissedTickBehavior, interval};

/// For how many games of each player the standard error is kept after a fault.
const KEPT_ERRORS: usize = 5;

/// A tournament to be played.
#[derive(Debug, Clone)]
pub struct Tournament {
    /// The game.
    pub game: &'static Entry,
    /// Its options in their standard form.
    pub options: String,
    /// The players as the person named them, and what plays.
    pub players: Vec<(String, Contender)>,
    /// How many rounds: in each, all play all others twice.
    pub rounds: u32,
    /// The time for a move of a program.
    pub move_time: Duration,
    /// What everything that is drawn by lot is drawn from.
    pub seed: u64,
    /// How many moves an opening has.
    pub opening: u32,
    /// How many games are played at once.
    pub jobs: usize,
    /// The folder of the journal; `None` stores nothing.
    pub folder: Option<PathBuf>,
    /// What becomes of the results of an interrupted run.
    pub earlier: EarlierResults,
}

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

    /// Everything that the results depend on, in one line.
    fn description(&self) -> io::Result<String> {
        let mut players = Vec::new();
        for (word, contender) in &self.players {
            let digest = match contender {
                Contender::Program {
                    file: Some(file), ..
                } => Some(crate::hex::digits(&Sha256::digest(std::fs::read(file)?))),
                Contender::Program { file: None, .. }
                | Contender::Level(_)
                | Contender::Remote { .. } => None,
            };
            let folder = std::env::current_dir()
                .ok()
                .filter(|_| matches!(contender, Contender::Program { .. }));
            players.push(json!({ "word": word, "folder": folder, "digest": digest }));
        }
        let description = json!({
            "tournament": 1,
            "game": self.game.name,
            "options": self.options,
            "players": players,
            "move_time": self.move_time.as_millis() as u64,
            "seed": self.seed,
            "opening": self.opening,
        });
        Ok(description.to_string())
    }

    /// The source of chance for this purpose.
    fn chance(&self, purpose: &str, number: u32) -> Chance {
        let seed = Sha256::new()
            .chain_update("tictalk tournament")
            .chain_update(self.seed.to_be_bytes())
            .chain_update(number.to_be_bytes())
            .chain_update(purpose);
        Chance::new(seed.finalize().into())
    }
}

/// A tournament in progress.
struct Plan {
    tournament: Tournament,
    key: String,
    names: Vec<String>,
    openings: Vec<Vec<String>>,
    planned: usize,
    state: RefCell<PlanState>,
    /// Wakes the workers when a remote player is free again.
    freed: Notify,
}

#[derive(Default)]
struct PlanState {
    /// The games that nobody plays yet, in order.
    waiting: VecDeque<Fixture>,
    /// The remote players that are playing. Each plays one game at a time.
    busy: Vec<usize>,
    results: BTreeMap<u32, GameResult>,
    file: Option<ResultsFile>,
}

/// What a worker does next.
enum Work {
    Game(Fixture),
    /// All waiting games need a player who is busy.
    Wait,
    Done,
}

impl Plan {
    fn new(tournament: Tournament) -> Result<Self, ArenaError> {
        let words: Vec<String> = tournament
            .players
            .iter()
            .map(|(word, _)| word.clone())
            .collect();
        let names = names(&words);
        let description = tournament.description()?;
        let key = key(&description);
        let (file, known) = match &tournament.folder {
            Some(folder) => ResultsFile::open(folder, &key, &description, tournament.earlier)?,
            None => (ResultsFile::none(), Vec::new()),
        };
        let schedule = Schedule::new(words.len(), tournament.rounds, Legs::Both);
        let known = known
            .into_iter()
            .map(|result: GameResult| (result.number, result));
        let known: BTreeMap<u32, GameResult> = known.collect();
        let mut results = BTreeMap::new();
        let mut waiting = VecDeque::new();
        for fixture in schedule.fixtures() {
            match known.get(&fixture.number) {
                Some(result)
                    if (result.first, result.second) == (fixture.first, fixture.second) =>
                {
                    results.insert(fixture.number, result.clone());
                }
                _ => waiting.push_back(*fixture),
            }
        }
        let mut chance = tournament.chance("openings", 0);
        let (game, options) = (tournament.game, &tournament.options);
        Ok(Self {
            openings: openings(game, options, tournament.opening, &mut chance),
            key,
            names,
            planned: schedule.len(),
            state: RefCell::new(PlanState {
                waiting,
                busy: Vec::new(),
                results,
                file: Some(file),
            }),
            freed: Notify::new(),
            tournament,
        })
    }

    fn table(&self) -> TournamentTable {
        let results = self
            .state
            .borrow()
            .results
            .values()
            .cloned()
            .collect::<Vec<_>>();
        TournamentTable::new(
            self.tournament.game.name,
            &self.names,
            self.planned,
            results,
        )
    }

    /// Shows the progress until all workers are done, or a signal arrives.
    async fn watch(
        &self,
        mut workers: JoinSet<Result<(), ArenaError>>,
        signals: &mut Signals,
    ) -> Result<Option<Signal>, ArenaError> {
        let shown = Progress::start();
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

    fn next(&self) -> Work {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        let is_free = |fixture: &Fixture| {
            !state.busy.contains(&fixture.first) && !state.busy.contains(&fixture.second)
        };
        let Some(at) = state.waiting.iter().position(is_free) else {
            return match state.waiting.is_empty() {
                true => Work::Done,
                false => Work::Wait,
            };
        };
        let Some(fixture) = state.waiting.remove(at) else {
            return Work::Done;
        };
        for entrant in [fixture.first, fixture.second] {
            if self.contender(entrant).is_some_and(Contender::is_remote) {
                state.busy.push(entrant);
            }
        }
        Work::Game(fixture)
    }

    fn done(&self, result: GameResult) -> Result<(), ArenaError> {
        let mut state = self.state.borrow_mut();
        if let Some(file) = &mut state.file {
            file.add(&result)?;
        }
        state
            .busy
            .retain(|entrant| ![result.first, result.second].contains(entrant));
        state.results.insert(result.number, result);
        self.freed.notify_waiters();
        Ok(())
    }

    fn contender(&self, entrant: usize) -> Option<&Contender> {
        self.tournament
            .players
            .get(entrant)
            .map(|(_, contender)| contender)
    }

    fn name(&self, entrant: usize) -> &str {
        self.names.get(entrant).map_or("", String::as_str)
    }

    /// The line that proposes the game.
    fn proposal(&self) -> String {
        let Tournament { game, options, .. } = &self.tournament;
        format!("play {} {options}", game.name)
            .trim_end()
            .to_owned()
    }

    /// A player on this machine, and what it writes on its standard error.
    fn local(&self, entrant: usize, chance: &mut Chance) -> Option<(LocalPlayer, KeptErrors)> {
        let kept = KeptErrors::default();
        let chance = Chance::new(chance.bytes());
        let player = match self.contender(entrant)? {
            Contender::Level(skill) => LocalPlayer::level(*skill, chance),
            Contender::Program { command, .. } => {
                LocalPlayer::Program(Box::new(ProgramPlayer::new(PlayerProgram {
                    command: command.clone(),
                    move_time: self.tournament.move_time,
                    errors: ErrorOutput::Kept(Arc::clone(&kept.0)),
                })))
            }
            Contender::Remote { .. } => return None,
        };
        Some((player, kept))
    }

    async fn play(
        &self,
        fixture: Fixture,
        journal: Option<&mut Journal>,
    ) -> Result<GameResult, ArenaError> {
        let mut chance = self.tournament.chance("game", fixture.number);
        let first = self.local(fixture.first, &mut chance);
        let second = self.local(fixture.second, &mut chance);
        match (first, second) {
            (Some(first), Some(second)) => {
                self.play_here(fixture, (first, second), journal, &mut chance)
                    .await
            }
            (Some(local), None) => self.play_there(fixture, Seat::First, local, journal).await,
            (None, Some(local)) => self.play_there(fixture, Seat::Second, local, journal).await,
            (None, None) => {
                Err(io::Error::other("two remote players cannot play each other").into())
            }
        }
    }

    /// A game between two players on this machine.
    async fn play_here(
        &self,
        fixture: Fixture,
        (first, second): ((LocalPlayer, KeptErrors), (LocalPlayer, KeptErrors)),
        journal: Option<&mut Journal>,
        chance: &mut Chance,
    ) -> Result<GameResult, ArenaError> {
        let ticket = new_ticket()?;
        let header = Header {
            role: Role::Server,
            ticket,
            dialect: Dialect::Tictalk,
            host: "localhost".to_owned(),
            port: 0,
            me: Some(self.name(fixture.first).to_owned()),
            partner: Some(self.name(fixture.second).to_owned()),
            key: None,
        };
        let ledger = Ledger::begin(journal, header);
        let opening = of_round(&self.openings, fixture.round);
        let proposal = self.proposal();
        let ((first, first_errors), (second, second_errors)) = (first, second);
        let players = (first, second);
        let mut duel = Duel::new(ticket, ledger, players, &proposal, opening, chance);
        let end = duel.play().await?;
        let Some(end) = end else {
            return Err(io::Error::other("a game ended without a result").into());
        };
        let loser = end.winner().map(Side::other);
        let fault = loser.map_or(Ok(None), |side| duel.player(side).fault())?;
        let session = duel.session();
        duel.finish().await;
        let errors = match loser {
            Some(Side::Me) => first_errors,
            Some(Side::Partner) | None => second_errors,
        };
        let side = Seat::First;
        Ok(self.result(fixture, side, end, fault, session, &errors))
    }

    /// A game between a player on this machine, in this seat, and a remote one.
    async fn play_there(
        &self,
        fixture: Fixture,
        seat: Seat,
        (mut player, errors): (LocalPlayer, KeptErrors),
        mut journal: Option<&mut Journal>,
    ) -> Result<GameResult, ArenaError> {
        let (here, there) = match seat {
            Seat::First => (fixture.first, fixture.second),
            Seat::Second => (fixture.second, fixture.first),
        };
        let Some(Contender::Remote { dialect, address }) = self.contender(there) else {
            return Err(io::Error::other("no remote player").into());
        };
        let proposal = self.proposal();
        let table = RemoteTable {
            address,
            dialect: *dialect,
            name: self.name(here).parse::<Name>().ok(),
            proposal: &proposal,
            seat,
            move_time: self.tournament.move_time,
        };
        let newest = |journal: &Option<&mut Journal>| match journal {
            Some(journal) => newest_session(journal, address),
            None => Ok(None),
        };
        let before = newest(&journal)?;
        let end = table.play(&mut player, journal.as_deref_mut()).await;
        let end = end.map_err(|error| io::Error::other(error.to_string()))?;
        let session = newest(&journal)?.filter(|session| Some(*session) > before);
        let fault = player.fault()?;
        player.finish().await;
        let gone = |how, why: String| GameResult {
            number: fixture.number,
            first: fixture.first,
            second: fixture.second,
            finish: Finish::Won(seat, how),
            session: session.and_then(|id| u64::try_from(id).ok()),
            why: Some(why),
        };
        Ok(match end {
            RemoteEnd::Over(end) => {
                let fault = fault.filter(|_| end.winner() == Some(Side::Partner));
                self.result(fixture, seat, end, fault, session, &errors)
            }
            RemoteEnd::Timeout => {
                let limit = self.tournament.move_time.as_secs_f64();
                gone(
                    HowWon::Timeout,
                    format!("made no legal move within {limit} s"),
                )
            }
            RemoteEnd::Gone(why) => gone(HowWon::Gone, why),
            RemoteEnd::Unreachable(why) => {
                let player = visible(self.name(there)).into_owned();
                return Err(ArenaError::Unreachable { player, why });
            }
        })
    }

    /// The result of a game that ended like this for the player in the seat `me`.
    fn result(
        &self,
        fixture: Fixture,
        me: Seat,
        end: GameEnd,
        fault: Option<(HowWon, String)>,
        session: Option<i64>,
        errors: &KeptErrors,
    ) -> GameResult {
        let seat = |side| match side {
            Side::Me => me,
            Side::Partner => me.other(),
        };
        let (finish, why) = match (end, fault) {
            (GameEnd::Drawn | GameEnd::Agreed, _) => (Finish::Drawn, None),
            (GameEnd::Won(side), _) => (Finish::Won(seat(side), HowWon::ByPlay), None),
            (GameEnd::Resigned(side), Some((how, why))) => {
                (Finish::Won(seat(side.other()), how), Some(why))
            }
            (GameEnd::Resigned(side), None) => {
                (Finish::Won(seat(side.other()), HowWon::Resignation), None)
            }
            (GameEnd::Caught(side, lie), _) => (
                Finish::Won(seat(side.other()), HowWon::IllegalMove),
                Some(lie.to_string()),
            ),
        };
        let mut result = GameResult {
            number: fixture.number,
            first: fixture.first,
            second: fixture.second,
            finish,
            session: session.and_then(|id| u64::try_from(id).ok()),
            why,
        };
        if let (Some((loser, _)), Some(why)) = (result.fault(), &mut result.why)
            && let Some(path) = self.keep_errors(loser, fixture.number, errors)
        {
            why.push_str(&format!("; its standard error is in {}", path.display()));
        }
        result
    }

    /// Keeps what a player has written on its standard error in a game that it lost by a fault.
    fn keep_errors(&self, loser: usize, game: u32, errors: &KeptErrors) -> Option<PathBuf> {
        let folder = self.tournament.folder.as_ref()?;
        let errors = errors.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_fault = |result: &&GameResult| result.fault().is_some_and(|(who, _)| who == loser);
        let before = self
            .state
            .borrow()
            .results
            .values()
            .filter(is_fault)
            .count();
        if errors.is_empty() || before >= KEPT_ERRORS {
            return None;
        }
        // The result counts without it.
        write_errors(folder, &self.key, game, &errors).ok()
    }
}

/// The newest session of this program with the server at this address.
fn newest_session(journal: &Journal, address: &Address) -> Result<Option<i64>, JournalError> {
    let is_with_it = |session: &&StoredSession| {
        let Header {
            role, host, port, ..
        } = &session.header;
        *role == Role::Client && *host == address.host && *port == address.port
    };
    let sessions = journal.sessions()?;
    Ok(sessions.iter().find(is_with_it).map(|session| session.id))
}

/// What a program has written on its standard error.
#[derive(Debug, Default)]
struct KeptErrors(Arc<Mutex<Vec<u8>>>);
