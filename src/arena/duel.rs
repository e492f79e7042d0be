//! A game between two players on this machine: two sessions that are joined without a connection.

use super::local::LocalPlayer;
use crate::games::Chance;
use crate::journal::{JournalError, Ledger};
use crate::session::{Effect, GameEnd, Input, Loss, Notice, Role, Session, Side};
use crate::wire::{Dialect, Ticket};
use std::collections::VecDeque;

/// The two ends of a session, and what connects them.
pub(super) struct Duel<'journal> {
    /// Moves first. Its end is the one in the journal.
    first: DuelEnd,
    /// Proposes the game, so that the other one moves first.
    second: DuelEnd,
    ledger: Ledger<'journal>,
    /// The moves that are made for the players.
    opening: VecDeque<String>,
    /// The line that proposes the game.
    proposal: String,
}

/// One end of the session.
struct DuelEnd {
    session: Session,
    player: LocalPlayer,
    effects: VecDeque<Effect>,
    end: Option<GameEnd>,
    /// Whether it has a prompt.
    is_asked: bool,
}

impl DuelEnd {
    fn new(me: Role, ticket: Ticket, chance: Chance, player: LocalPlayer) -> Self {
        let (session, effects) = Session::start(me, Dialect::Tictalk, ticket, Loss::Ends, chance);
        Self {
            session,
            player,
            effects: effects.into(),
            end: None,
            is_asked: false,
        }
    }

    fn handle(&mut self, input: Input) {
        self.effects.extend(self.session.handle(input));
    }
}

impl<'journal> Duel<'journal> {
    /// A game between `first`, who moves first, and `second`. It is proposed with the line
    /// `proposal`, and the moves of `opening` are made for the players.
    pub(super) fn new(
        ticket: Ticket,
        ledger: Ledger<'journal>,
        (first, second): (LocalPlayer, LocalPlayer),
        proposal: &str,
        opening: &[String],
        chance: &mut Chance,
    ) -> Self {
        let mut end = |role, player| {
            let chance = Chance::new(chance.bytes());
            DuelEnd::new(role, ticket, chance, player)
        };
        Self {
            first: end(Role::Server, first),
            second: end(Role::Client, second),
            ledger,
            opening: opening.to_vec().into(),
            proposal: proposal.to_owned(),
        }
    }

    /// Plays the game to its end. Returns how it ended, as the first seat sees it; `None` if it did not.
    ///
    /// # Errors
    /// If the journal cannot be written.
    pub(super) async fn play(&mut self) -> Result<Option<GameEnd>, JournalError> {
        loop {
            self.settle()?;
            if let (Some(end), Some(_)) = (self.first.end, self.second.end) {
                self.first.handle(Input::Hangup);
                self.settle()?;
                return Ok(Some(end));
            }
            if self.first.session.is_over() || self.second.session.is_over() {
                return Ok(None);
            }
            let end = match self.first.is_asked {
                true => &mut self.first,
                false => &mut self.second,
            };
            if !end.is_asked {
                return Ok(None);
            }
            end.is_asked = false;
            let line = match end.session.game() {
                None => self.proposal.clone(),
                Some(_) => match self.opening.pop_front() {
                    Some(line) => line,
                    None => {
                        end.player.ask(&end.session);
                        end.player.answer().await
                    }
                },
            };
            end.handle(Input::Line(line));
        }
    }

    /// Performs all effects at both ends.
    fn settle(&mut self) -> Result<(), JournalError> {
        loop {
            let (first, second) = (&mut self.first, &mut self.second);
            if let Some(effect) = first.effects.pop_front() {
                if let Effect::Record(record) = &effect {
                    self.ledger.write(record)?;
                }
                perform(effect, first, second);
            } else if let Some(effect) = second.effects.pop_front() {
                perform(effect, second, first);
            } else {
                return Ok(());
            }
        }
    }

    /// The player on this side, as the first seat sees it.
    pub(super) fn player(&self, side: Side) -> &LocalPlayer {
        match side {
            Side::Me => &self.first.player,
            Side::Partner => &self.second.player,
        }
    }

    /// The number of the session in the journal.
    pub(super) fn session(&self) -> Option<i64> {
        self.ledger.session()
    }

    /// Ends the processes of both players.
    pub(super) async fn finish(&mut self) {
        tokio::join!(self.first.player.finish(), self.second.player.finish());
    }
}

/// Performs one effect of `end`.
fn perform(effect: Effect, end: &mut DuelEnd, other: &mut DuelEnd) {
    match effect {
        Effect::Send(text) => other.handle(Input::Text(text)),
        Effect::Show(notice) => {
            if let Notice::GameOver(how) = &notice {
                end.end = Some(*how);
            }
            end.player.show(&notice);
        }
        Effect::Prompt(_) | Effect::PromptHidden => end.is_asked = true,
        // Two ends in one process need no receipts, and nobody here asks questions or comments.
        Effect::Record(_)
        | Effect::Tell(_)
        | Effect::Receipt(_)
        | Effect::Comment(_)
        | Effect::Heard(_)
        | Effect::Keep(_)
        | Effect::Advise
        | Effect::Count(_)
        | Effect::Close(_) => {}
    }
}
