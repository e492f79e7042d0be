//! Plays one game of a tournament.

use super::contender::Contender;
use super::duel::Duel;
use super::error::ArenaError;
use super::local::LocalPlayer;
use super::opening::of_round;
use super::plan::Plan;
use super::record::write_errors;
use super::remote::{RemoteEnd, RemoteTable};
use crate::games::{Chance, Seat};
use crate::journal::{Header, Journal, JournalError, Ledger, StoredSession};
use crate::net::{Address, new_ticket};
use crate::player::{ErrorOutput, PlayerProgram, ProgramPlayer};
use crate::session::{GameEnd, Role, Side};
use crate::text::visible;
use crate::tournament::{Finish, Fixture, GameResult, HowWon};
use crate::wire::{Dialect, Name};
use std::io;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

/// For how many games of each player the standard error is kept after a fault.
const KEPT_ERRORS: usize = 5;

impl Plan {
    /// A player on this machine, and its standard error.
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

    /// Plays a game, and stores it in the journal.
    ///
    /// # Errors
    /// [`ArenaError`].
    pub(super) async fn play(
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

    /// Keeps the standard error of a player in a game that it lost by a fault.
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

/// The standard error of a program.
#[derive(Debug, Default)]
struct KeptErrors(Arc<Mutex<Vec<u8>>>);
