//! Tournaments: entries, their games, and the table at the end.

use super::offers::{LEVEL, computer, game_and_rest, player};
use super::{Hub, Sender, Step};
use crate::games::Seat;
use crate::room::command::Rank;
use crate::room::contest::{
    Availability, Contest, ContestStage, MOST_ENTRANTS, MoveLimits, NextGame, Slowness, is_computer,
};
use crate::room::notice::RoomNotice;
use crate::room::refusal::{RoomRefusal, names};
use crate::room::setup::Setup;
use crate::room::table::{COMPUTER, COMPUTER_NAME, Player, TableId};
use crate::text::count;
use crate::tournament::HowWon;
use crate::wire::{End, MAX_TEXT, MemberId, Text, What};
use std::sync::Arc;
use std::time::Duration;

/// How long members can enter a tournament. It begins earlier when somebody starts it.
const ENTRIES: Duration = Duration::from_secs(600);

/// How long a player may take for a move in a tournament.
const MOVE: MoveLimits = MoveLimits {
    warned: Duration::from_secs(120),
    lost: Duration::from_secs(180),
};

impl Hub {
    /// Opens, starts or stops a tournament, enters it or leaves it, or tells how it stands.
    pub(super) fn tournament(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        let word = words.to_ascii_lowercase();
        match word.as_str() {
            "" => {
                let words = match (&self.contest, &self.last_contest) {
                    (Some(contest), _) => self.standing_of(contest),
                    (None, Some(last)) => last.clone(),
                    (None, None) => return Err(RoomRefusal::NoTournament),
                };
                step.tell(by.reader, RoomNotice::Tournament(words));
                Ok(())
            }
            "join" => self.enter_contest(step, by),
            "leave" => self.leave_contest(step, by),
            _ if by.rank < Rank::Coordinator => Err(RoomRefusal::NotYourTournament),
            "start" => self.start_contest(step, by),
            "stop" => self.stop_contest(step, by),
            _ => self.open_contest(step, by, words),
        }
    }

    fn open_contest(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        words: &str,
    ) -> Result<(), RoomRefusal> {
        if self.contest.is_some() {
            return Err(RoomRefusal::TournamentOn);
        }
        let (game, rest) = game_and_rest(words).ok_or(RoomRefusal::UnknownGame)?;
        let (options, skill) =
            computer(&rest).map_or((&rest[..], None), |(options, skill)| (options, Some(skill)));
        let options = game.options(&options.join(" ").to_lowercase());
        let setup = Setup {
            game,
            options: options.ok_or(RoomRefusal::UnknownGame)?,
            skill: skill.unwrap_or(LEVEL),
        };
        let entrants = skill.map(|_| Player {
            id: COMPUTER,
            name: COMPUTER_NAME.into(),
        });
        let entrants = entrants.into_iter().collect();
        self.contest = Some(Contest::new(setup, entrants, step.now + ENTRIES));
        let text = format!(
            "{} opens a {} tournament: everyone plays everyone once. /tournament join enters it. \
             It begins with /tournament start, or in {} minutes.",
            by.name,
            game.name,
            ENTRIES.as_secs() / 60
        );
        self.post(
            step,
            by.id,
            What::Tournament {
                text: Text::cut(text),
            },
        );
        Ok(())
    }

    /// Whether members can enter a tournament now.
    pub(super) fn takes_entries(&self) -> bool {
        let contest = self.contest.as_ref();
        contest.is_some_and(|contest| matches!(contest.stage, ContestStage::Entries { .. }))
    }

    /// Enters a member.
    pub(super) fn enter_contest(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
    ) -> Result<(), RoomRefusal> {
        if by.id == MemberId::HOST {
            return Err(RoomRefusal::HostDoesNotPlay);
        }
        let contest = self.contest.as_mut().ok_or(RoomRefusal::NoTournament)?;
        if !matches!(contest.stage, ContestStage::Entries { .. }) {
            return Err(RoomRefusal::NoEntries);
        }
        if contest.has(by.id) {
            return Err(RoomRefusal::HasEntered);
        }
        if contest.entrants.len() >= MOST_ENTRANTS {
            return Err(RoomRefusal::TournamentFull(MOST_ENTRANTS));
        }
        contest.entrants.push(player(by));
        self.post_entrants(step, by, "enters");
        Ok(())
    }

    fn leave_contest(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let contest = self.contest.as_mut().ok_or(RoomRefusal::NoTournament)?;
        if !contest.has(by.id) {
            return Err(RoomRefusal::HasNotEntered);
        }
        if !matches!(contest.stage, ContestStage::Entries { .. }) {
            return Err(RoomRefusal::NoEntries);
        }
        contest.entrants.retain(|entrant| entrant.id != by.id);
        self.post_entrants(step, by, "leaves");
        Ok(())
    }

    /// Posts that a member enters or leaves, and how many players there are.
    fn post_entrants(&mut self, step: &mut Step<'_>, by: &Sender, does: &str) {
        let Some(contest) = &self.contest else {
            return;
        };
        let text = format!(
            "{} {does} the {} tournament: {} so far.",
            by.name,
            contest.setup.game.name,
            count(contest.entrants.len(), "player")
        );
        let text = Text::cut(text);
        self.post(step, by.id, What::Tournament { text });
    }

    fn start_contest(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let contest = self.contest.as_ref().ok_or(RoomRefusal::NoTournament)?;
        if !matches!(contest.stage, ContestStage::Entries { .. }) {
            return Err(RoomRefusal::NoEntries);
        }
        if contest.entrants.len() < 2 {
            return Err(RoomRefusal::TooFewEntrants);
        }
        self.begin_contest(step, by.id);
        Ok(())
    }

    /// Begins the games, as announced by this member or the host.
    fn begin_contest(&mut self, step: &mut Step<'_>, by: MemberId) {
        let Some(contest) = &mut self.contest else {
            return;
        };
        contest.begin();
        let ContestStage::Games(games) = &contest.stage else {
            return;
        };
        let planned = games.planned();
        let Some(contest) = &self.contest else {
            return;
        };
        let entrants = contest.entrants.iter().map(|entrant| self.name_of(entrant));
        let entrants: Vec<Arc<str>> = entrants.collect();
        let text = format!(
            "The {} tournament begins: {}. {}, with {} minutes for each move.",
            contest.setup.game.name,
            names(entrants.iter()),
            count(planned, "game"),
            MOVE.lost.as_secs() / 60
        );
        self.post(
            step,
            by,
            What::Tournament {
                text: Text::cut(text),
            },
        );
        // The games begin with the next tick, so that members read this post before a board.
    }

    fn stop_contest(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let contest = self.contest.take().ok_or(RoomRefusal::NoTournament)?;
        let text = format!(
            "{} stops the {} tournament. Running games continue.\n{}",
            by.name,
            contest.setup.game.name,
            self.standing_of(&contest)
        );
        self.post(
            step,
            by.id,
            What::Tournament {
                text: Text::cut(text),
            },
        );
        Ok(())
    }

    /// Begins every game whose players are free. Posts the table after the last one.
    fn play_on(&mut self, step: &mut Step<'_>) {
        while let Some(mut contest) = self.contest.take() {
            let next = contest.next_game(|id| self.availability(id));
            let setup = contest.setup.clone();
            self.contest = Some(contest);
            match next {
                None => break,
                Some(NextGame::Skip) => {}
                Some(NextGame::Begin(number, players)) => {
                    // They may have other names now.
                    let [first, second] = players.map(|player| Player {
                        name: self.name_of(&player),
                        id: player.id,
                    });
                    self.begin(step, setup, first, second, Seat::First);
                    let (table, now) = (self.last_table, step.now);
                    if let Some(contest) = &mut self.contest {
                        contest.begun(number, table, now);
                    }
                }
            }
        }
        if let Some(contest) = self.contest.take_if(|contest| contest.is_over()) {
            let result = self.result_of(&contest);
            self.last_contest = Some(result.clone());
            let text = Text::cut(result);
            self.post(step, MemberId::HOST, What::Tournament { text });
        }
    }

    fn availability(&self, id: MemberId) -> Availability {
        if is_computer(id) {
            return Availability::Free;
        }
        match self.members.get(&id) {
            None => Availability::Gone,
            Some(member) if member.playing.is_none() && member.here().is_some() => {
                Availability::Free
            }
            Some(_) => Availability::Busy,
        }
    }

    /// Notes the end of a game with this result for `seat`, and begins the next ones.
    pub(super) fn note_contest(
        &mut self,
        step: &mut Step<'_>,
        table: TableId,
        seat: Seat,
        end: End,
    ) {
        let Some(contest) = &mut self.contest else {
            return;
        };
        let won = match end {
            End::Won => Some((seat, HowWon::ByPlay)),
            End::Resigned => Some((seat.other(), HowWon::Resignation)),
            End::Forfeited => Some((seat.other(), HowWon::Gone)),
            End::Late => Some((seat.other(), HowWon::Timeout)),
            End::Drawn | End::Abandoned | End::Other => None,
        };
        contest.ended(table, won);
        self.play_on(step);
    }

    /// Begins or cancels a tournament whose time for entries is over, ends games without a move, and
    /// begins the games of players who are free again.
    pub(super) fn watch_contest(&mut self, step: &mut Step<'_>) {
        let Some(contest) = &mut self.contest else {
            return;
        };
        match contest.stage {
            ContestStage::Entries { until } if step.now < until => {}
            ContestStage::Entries { .. } if contest.entrants.len() < 2 => {
                let game = contest.setup.game.name;
                let text = format!("The {game} tournament is cancelled: too few players.");
                self.contest = None;
                let text = Text::cut(text);
                self.post(step, MemberId::HOST, What::Tournament { text });
            }
            ContestStage::Entries { .. } => self.begin_contest(step, MemberId::HOST),
            ContestStage::Games(_) => {
                let tables = &self.tables;
                let changes = |id| tables.get(&id).map(|table| table.changes);
                for (id, slowness) in contest.slow_games(step.now, MOVE, changes) {
                    let mover = self.tables.get(&id).and_then(|table| table.mover());
                    match (slowness, mover) {
                        (Slowness::Warned, Some(seat)) => self.warn_player(step, id, seat),
                        (Slowness::Warned, None) => {}
                        (Slowness::Lost, Some(seat)) => self.end(step, id, seat, End::Late),
                        (Slowness::Lost, None) => self.end(step, id, Seat::First, End::Drawn),
                    }
                }
                self.play_on(step);
            }
        }
    }

    /// Warns the player who is to move that the time is almost up.
    fn warn_player(&self, step: &mut Step<'_>, id: TableId, seat: Seat) {
        let player = self.tables.get(&id).map(|table| table.player(seat).id);
        if let Some(reader) = player.and_then(|player| self.reader(player)) {
            let left = MOVE.lost.saturating_sub(MOVE.warned).as_secs();
            let words = format!("It is your move: you lose the game in {left} seconds.");
            step.tell(reader, RoomNotice::Tournament(words));
        }
    }

    /// Refuses help at the table of a tournament.
    ///
    /// # Errors
    /// [`RoomRefusal::NotInTournament`].
    pub(super) fn may_get_help(&self, id: TableId) -> Result<(), RoomRefusal> {
        match &self.contest {
            Some(contest) if contest.plays_at(id) => Err(RoomRefusal::NotInTournament),
            _ => Ok(()),
        }
    }

    /// Refuses a game to a member who still has games to play in a tournament.
    ///
    /// # Errors
    /// [`RoomRefusal::TournamentFirst`].
    pub(super) fn may_begin_a_game(&self, id: MemberId) -> Result<(), RoomRefusal> {
        match &self.contest {
            Some(contest) if contest.awaits(id) => Err(RoomRefusal::TournamentFirst),
            _ => Ok(()),
        }
    }

    /// The words of the last post.
    fn result_of(&self, contest: &Contest) -> String {
        let game = contest.setup.game.name;
        let table = contest.table(|entrant| self.name_of(entrant));
        let winners = table.iter().flat_map(|table| {
            let rows = table.rows().iter().filter(|row| row.place == 1);
            rows.filter_map(|row| contest.entrants.get(row.entrant))
        });
        let winners: Vec<Arc<str>> = winners.map(|entrant| self.name_of(entrant)).collect();
        let who = match &winners[..] {
            [winner] => format!("{winner} wins."),
            several => format!("{} share the first place.", names(several.iter())),
        };
        let standing = self.standing_of(contest);
        format!("The {game} tournament is over: {who}\n{standing}")
    }

    fn name_of(&self, entrant: &Player) -> Arc<str> {
        match self.members.get(&entrant.id) {
            Some(member) => member.nick.shared(),
            None => Arc::clone(&entrant.name),
        }
    }

    /// How a tournament stands, in words.
    fn standing_of(&self, contest: &Contest) -> String {
        let name = |entrant: &Player| self.name_of(entrant);
        match contest.table(name) {
            Some(table) => table.post(MAX_TEXT),
            None if contest.entrants.is_empty() => format!(
                "A {} tournament is open: /tournament join enters it. Nobody has entered yet.",
                contest.setup.game.name
            ),
            None => format!(
                "A {} tournament is open: /tournament join enters it. So far: {}.",
                contest.setup.game.name,
                names(contest.entrants.iter().map(name).collect::<Vec<_>>().iter())
            ),
        }
    }
}
