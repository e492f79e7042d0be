//! A tournament between members of a room: who has entered, which games are to be played, and what
//! came of them.

use super::data::time;
use super::setup::Setup;
use super::table::{COMPUTER, Player, TableId};
use crate::games::Seat;
use crate::tournament::{Finish, Fixture, GameResult, HowWon, Legs, Schedule, TournamentTable};
use crate::wire::MemberId;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The most entrants. Each plays each, so this many have 276 games.
pub(super) const MOST_ENTRANTS: usize = 24;

/// A tournament of a room.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Contest {
    pub(super) setup: Setup,
    pub(super) entrants: Vec<Player>,
    pub(super) stage: ContestStage,
}

/// How far a tournament has come.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum ContestStage {
    /// Members can enter, at most until this time.
    Entries {
        #[serde(with = "time")]
        until: Duration,
    },
    /// The games are played.
    Games(ContestGames),
}

/// The games of a tournament.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct ContestGames {
    /// Those that have not begun, in the order of the schedule.
    waiting: Vec<Fixture>,
    running: BTreeMap<TableId, RunningGame>,
    results: Vec<GameResult>,
    planned: usize,
    /// The entrants who have left the room.
    departed: BTreeSet<MemberId>,
}

/// A game that is being played.
#[derive(Debug, Serialize, Deserialize)]
struct RunningGame {
    fixture: Fixture,
    /// The number of changes of its table when it was last looked at, and since when it has it.
    changes: u64,
    #[serde(with = "time")]
    since: Duration,
    /// Whether the player who is to move has been warned since then.
    is_warned: bool,
}

/// A game that can begin, or that can never be played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum NextGame {
    /// Both players are free. The first one moves first.
    Begin(u32, [Player; 2]),
    /// The players in one of the seats, or in both, have left.
    Skip,
}

/// How long a player may take for a move.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MoveLimits {
    /// The player is warned after this time.
    pub(super) warned: Duration,
    /// The game is lost after this time.
    pub(super) lost: Duration,
}

/// How slow a game is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slowness {
    /// The player who is to move has to be warned.
    Warned,
    /// The player who is to move has lost.
    Lost,
}

/// Whether a player can begin a game.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Availability {
    Free,
    /// In a game, or disconnected.
    Busy,
    /// No member any more.
    Gone,
}

impl Contest {
    pub(super) fn new(setup: Setup, entrants: Vec<Player>, until: Duration) -> Self {
        Self {
            setup,
            entrants,
            stage: ContestStage::Entries { until },
        }
    }

    /// Whether the games are those between its entrants. Anything else comes from a damaged file.
    pub(super) fn is_consistent(&self) -> bool {
        let count = self.entrants.len();
        let is_entrant = |index: usize| index < count;
        let games_fit = match &self.stage {
            ContestStage::Entries { .. } => true,
            ContestStage::Games(games) => {
                let running = games.running.values().map(|game| &game.fixture);
                let mut fixtures = games.waiting.iter().chain(running);
                let mut results = games.results.iter();
                let played = [
                    games.waiting.len(),
                    games.running.len(),
                    games.results.len(),
                ];
                games.planned == played.into_iter().sum::<usize>()
                    && fixtures.all(|it| is_entrant(it.first) && is_entrant(it.second))
                    && results.all(|it| is_entrant(it.first) && is_entrant(it.second))
            }
        };
        count <= MOST_ENTRANTS && games_fit
    }

    /// Whether this member has entered.
    pub(super) fn has(&self, id: MemberId) -> bool {
        self.entrants.iter().any(|entrant| entrant.id == id)
    }

    /// A member leaves the room: their games that have not begun are lost.
    pub(super) fn depart(&mut self, id: MemberId) {
        match &mut self.stage {
            ContestStage::Entries { .. } => self.entrants.retain(|entrant| entrant.id != id),
            ContestStage::Games(games) => {
                games.departed.insert(id);
            }
        }
    }

    /// Ends the entries. Each entrant plays each once.
    pub(super) fn begin(&mut self) {
        let schedule = Schedule::new(self.entrants.len(), 1, Legs::One);
        self.stage = ContestStage::Games(ContestGames {
            waiting: schedule.fixtures().to_vec(),
            running: BTreeMap::new(),
            results: Vec::new(),
            planned: schedule.len(),
            departed: BTreeSet::new(),
        });
    }

    /// The next game to begin, in the order of the schedule. Games of players who have left count as
    /// lost, those of two such players not at all.
    pub(super) fn next_game(
        &mut self,
        availability: impl Fn(MemberId) -> Availability,
    ) -> Option<NextGame> {
        let ContestStage::Games(games) = &mut self.stage else {
            return None;
        };
        let of = |index: usize| {
            let entrant = self.entrants.get(index).map(|entrant| entrant.id);
            match entrant.filter(|id| !games.departed.contains(id)) {
                Some(id) => availability(id),
                None => Availability::Gone,
            }
        };
        let (at, pair) = games.waiting.iter().enumerate().find_map(|(at, fixture)| {
            let pair = [of(fixture.first), of(fixture.second)];
            let can_begin = pair == [Availability::Free; 2];
            (can_begin || pair.contains(&Availability::Gone)).then_some((at, pair))
        })?;
        let won_by = match pair {
            [Availability::Gone, Availability::Gone] => None,
            [Availability::Gone, _] => Some(Seat::Second),
            [_, Availability::Gone] => Some(Seat::First),
            _ => {
                let fixture = games.waiting.get(at)?;
                let first = self.entrants.get(fixture.first)?.clone();
                let second = self.entrants.get(fixture.second)?.clone();
                return Some(NextGame::Begin(fixture.number, [first, second]));
            }
        };
        let fixture = games.waiting.remove(at);
        match won_by {
            Some(seat) => games.add(fixture, Finish::Won(seat, HowWon::Gone)),
            None => games.planned -= 1,
        }
        Some(NextGame::Skip)
    }

    /// Notes that the game of this number has begun at this table.
    pub(super) fn begun(&mut self, number: u32, table: TableId, now: Duration) {
        let ContestStage::Games(games) = &mut self.stage else {
            return;
        };
        let at = games.waiting.iter().position(|it| it.number == number);
        if let Some(at) = at {
            let fixture = games.waiting.remove(at);
            let game = RunningGame {
                fixture,
                changes: 0,
                since: now,
                is_warned: false,
            };
            games.running.insert(table, game);
        }
    }

    /// The games without a move for a while. `changes` tells how often a table has changed.
    pub(super) fn slow_games(
        &mut self,
        now: Duration,
        limits: MoveLimits,
        changes: impl Fn(TableId) -> Option<u64>,
    ) -> Vec<(TableId, Slowness)> {
        let ContestStage::Games(games) = &mut self.stage else {
            return Vec::new();
        };
        let mut slow = Vec::new();
        for (id, game) in &mut games.running {
            let changes = changes(*id).unwrap_or(game.changes);
            let waited = now.saturating_sub(game.since);
            if changes != game.changes {
                (game.changes, game.since, game.is_warned) = (changes, now, false);
            } else if waited >= limits.lost {
                slow.push((*id, Slowness::Lost));
            } else if waited >= limits.warned && !game.is_warned {
                game.is_warned = true;
                slow.push((*id, Slowness::Warned));
            }
        }
        slow
    }

    /// Notes how the game at this table has ended: `None` for a draw, or the seat that won, and how.
    pub(super) fn ended(&mut self, table: TableId, won: Option<(Seat, HowWon)>) {
        let ContestStage::Games(games) = &mut self.stage else {
            return;
        };
        let Some(game) = games.running.remove(&table) else {
            return;
        };
        let finish = match won {
            None => Finish::Drawn,
            Some((seat, how)) => Finish::Won(seat, how),
        };
        games.add(game.fixture, finish);
    }

    /// Whether one of its games is played at this table.
    pub(super) fn plays_at(&self, table: TableId) -> bool {
        match &self.stage {
            ContestStage::Entries { .. } => false,
            ContestStage::Games(games) => games.running.contains_key(&table),
        }
    }

    /// Whether this member still has games to play.
    pub(super) fn awaits(&self, id: MemberId) -> bool {
        let ContestStage::Games(games) = &self.stage else {
            return false;
        };
        let is = |index: usize| self.entrants.get(index).is_some_and(|it| it.id == id);
        let mut waiting = games.waiting.iter();
        waiting.any(|fixture| is(fixture.first) || is(fixture.second))
    }

    /// Whether all games have been played.
    pub(super) fn is_over(&self) -> bool {
        match &self.stage {
            ContestStage::Entries { .. } => false,
            ContestStage::Games(games) => games.waiting.is_empty() && games.running.is_empty(),
        }
    }

    /// The table, with these names of the entrants.
    pub(super) fn table(&self, name: impl Fn(&Player) -> Arc<str>) -> Option<TournamentTable> {
        let ContestStage::Games(games) = &self.stage else {
            return None;
        };
        let names = self
            .entrants
            .iter()
            .map(|entrant| name(entrant).to_string());
        let names: Vec<String> = names.collect();
        let results = games.results.iter().cloned();
        let game = self.setup.game.name;
        Some(TournamentTable::new(game, &names, games.planned, results))
    }
}

impl ContestGames {
    fn add(&mut self, fixture: Fixture, finish: Finish) {
        self.results.push(GameResult {
            number: fixture.number,
            first: fixture.first,
            second: fixture.second,
            finish,
            session: None,
            why: None,
        });
    }

    /// The tables of the games that are being played.
    pub(super) fn tables(&self) -> impl Iterator<Item = TableId> {
        self.running.keys().copied()
    }

    /// How many games are to be played in all.
    pub(super) fn planned(&self) -> usize {
        self.planned
    }
}

/// Whether this player never leaves and is never busy.
pub(super) fn is_computer(id: MemberId) -> bool {
    id == COMPUTER
}
