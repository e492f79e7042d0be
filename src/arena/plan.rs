//! The games of a tournament: which are waiting, and the results of the others.

use super::contender::{Contender, names};
use super::error::ArenaError;
use super::opening::openings;
use super::record::{ResultsFile, key};
use super::settings::Tournament;
use crate::tournament::{Fixture, GameResult, Legs, Schedule, TournamentTable};
use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use tokio::sync::Notify;

/// A tournament in progress.
pub(super) struct Plan {
    pub(super) tournament: Tournament,
    pub(super) key: String,
    pub(super) names: Vec<String>,
    pub(super) openings: Vec<Vec<String>>,
    pub(super) planned: usize,
    pub(super) state: RefCell<PlanState>,
    /// Wakes the workers when a remote player is free again.
    pub(super) freed: Notify,
}

#[derive(Default)]
pub(super) struct PlanState {
    /// The games that nobody plays yet, in order.
    pub(super) waiting: VecDeque<Fixture>,
    /// The remote players that are playing. Each plays one game at a time.
    pub(super) busy: Vec<usize>,
    pub(super) results: BTreeMap<u32, GameResult>,
    pub(super) file: Option<ResultsFile>,
}

/// The next step of a worker.
pub(super) enum Work {
    Game(Fixture),
    /// All waiting games need a player who is busy.
    Wait,
    Done,
}

impl Plan {
    /// The games of this tournament that have no result yet.
    ///
    /// # Errors
    /// [`ArenaError`].
    pub(super) fn new(tournament: Tournament) -> Result<Self, ArenaError> {
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

    /// The table so far.
    pub(super) fn table(&self) -> TournamentTable {
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

    /// The next game whose players are free. Remote ones are busy from then on.
    pub(super) fn next(&self) -> Work {
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

    /// Stores the result of a game.
    ///
    /// # Errors
    /// [`ArenaError::Results`].
    pub(super) fn done(&self, result: GameResult) -> Result<(), ArenaError> {
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

    pub(super) fn contender(&self, entrant: usize) -> Option<&Contender> {
        self.tournament
            .players
            .get(entrant)
            .map(|(_, contender)| contender)
    }

    pub(super) fn name(&self, entrant: usize) -> &str {
        self.names.get(entrant).map_or("", String::as_str)
    }

    /// The line that proposes the game.
    pub(super) fn proposal(&self) -> String {
        let Tournament { game, options, .. } = &self.tournament;
        format!("play {} {options}", game.name)
            .trim_end()
            .to_owned()
    }
}
