//! The computer's moves and hints, which another thread searches for.

use super::{Hub, HubEffect, Sender, Step};
use crate::games::{Advice, Forecast, Offer, Seat, Skill};
use crate::room::notice::RoomNotice;
use crate::room::refusal::RoomRefusal;
use crate::room::table::{COMPUTER, TableId};
use crate::room::thought::{GameProblem, Solution, Thought, ThoughtId, ThoughtPurpose};
use crate::wire::{End, MemberId};

/// Maximum number of problems at a time where the number of members has no limit.
const THOUGHTS: usize = 1_000;

impl Hub {
    /// Has a move searched for if it is the computer's turn.
    pub(super) fn think(&mut self, step: &mut Step<'_>, id: TableId) {
        let Some(table) = self.tables.get(&id) else {
            return;
        };
        let Some(seat) = table.computers_seat() else {
            return;
        };
        if table.mover() == Some(seat) {
            let (owner, skill) = (table.player(seat.other()).id, table.setup.skill);
            // Another thought of this member may still be under way: its end comes back here.
            self.ask(step, owner, id, seat, skill, ThoughtPurpose::Move);
        }
    }

    /// Has moves searched for in all games that wait for one and are not being thought about.
    pub(super) fn think_on(&mut self, step: &mut Step<'_>) {
        let waits = self.tables.iter().filter(|(_, table)| {
            let seat = table.computers_seat();
            seat.is_some() && table.mover() == seat
        });
        let waits: Vec<TableId> = waits.map(|(id, _)| *id).collect();
        for id in waits {
            self.think(step, id);
        }
    }

    /// Has a problem solved for a member. Returns whether it could be asked.
    fn ask(
        &mut self,
        step: &mut Step<'_>,
        owner: MemberId,
        id: TableId,
        seat: Seat,
        skill: Skill,
        purpose: ThoughtPurpose,
    ) -> bool {
        let limit = self.settings.members.map_or(THOUGHTS, |limit| limit.get());
        let mut thoughts = self.thoughts.values();
        let is_busy = thoughts.any(|thought| thought.owner == owner);
        let Some(table) = self.tables.get(&id) else {
            return false;
        };
        if is_busy || self.thoughts.len() >= limit {
            return false;
        }
        self.last_thought = ThoughtId(self.last_thought.0 + 1);
        let thought = Thought {
            owner,
            table: id,
            changes: table.changes,
            seat,
            skill,
            seed: self.chance.bytes(),
            purpose,
        };
        self.thoughts.insert(self.last_thought, thought);
        let problem = self.problem(self.last_thought, &thought);
        step.effects.push(HubEffect::Think(problem));
        true
    }

    /// The problems that are being solved, each as it was in [`HubEffect::Think`]. One whose game has
    /// gone on since has an empty solution, which is handed in as well.
    #[must_use]
    pub fn problems(&self) -> Vec<GameProblem> {
        let thoughts = self.thoughts.iter();
        thoughts
            .map(|(id, thought)| self.problem(*id, thought))
            .collect()
    }

    fn problem(&self, id: ThoughtId, thought: &Thought) -> GameProblem {
        let table = self.tables.get(&thought.table);
        let table = table.filter(|table| table.changes == thought.changes);
        GameProblem {
            id,
            game: table.map(|table| table.as_seen_by(thought.seat).boxed()),
            skill: thought.skill,
            seed: thought.seed,
        }
    }

    pub(super) fn hint(&mut self, step: &mut Step<'_>, by: &Sender) -> Result<(), RoomRefusal> {
        let (id, seat) = self.seat_of(by.id).ok_or(RoomRefusal::NoGame)?;
        let table = self.tables.get(&id).ok_or(RoomRefusal::NoGame)?;
        if table.mover() != Some(seat) {
            return Err(RoomRefusal::NoHint);
        }
        self.may_get_help(id)?;
        if self.ask(step, by.id, id, seat, Skill::Perfect, ThoughtPurpose::Hint) {
            Ok(())
        } else {
            Err(RoomRefusal::StillThinking)
        }
    }

    /// Makes the computer an offer. It takes back any move, and agrees to a draw unless it wins.
    pub(super) fn ask_computer(
        &mut self,
        step: &mut Step<'_>,
        by: &Sender,
        id: TableId,
        seat: Seat,
        offer: Offer,
    ) -> Result<(), RoomRefusal> {
        let table = self.tables.get(&id).ok_or(RoomRefusal::NoGame)?;
        if table.mover() != Some(seat) {
            return Err(RoomRefusal::StillThinking);
        }
        let skill = table.setup.skill;
        match offer {
            Offer::Undo => {
                self.agree(step, id, seat, offer);
                Ok(())
            }
            Offer::Draw if self.ask(step, by.id, id, seat, skill, ThoughtPurpose::Draw) => Ok(()),
            Offer::Draw => Err(RoomRefusal::StillThinking),
        }
    }

    /// Uses a solution.
    pub(super) fn thought(&mut self, step: &mut Step<'_>, solution: Solution) {
        let Solution { id, advice } = solution;
        let Some(thought) = self.thoughts.remove(&id) else {
            return;
        };
        let table = self.tables.get(&thought.table);
        if table.is_some_and(|table| table.changes == thought.changes) {
            match thought.purpose {
                ThoughtPurpose::Move => self.computer_moves(step, thought.table, advice),
                ThoughtPurpose::Hint => {
                    if let Some(reader) = self.reader(thought.owner) {
                        step.tell(reader, RoomNotice::Advice(advice));
                    }
                }
                ThoughtPurpose::Draw => self.computer_answers(step, thought, advice.as_ref()),
            }
        }
        if let Some((table, _)) = self.seat_of(thought.owner) {
            self.think(step, table);
        }
    }

    fn computer_moves(&mut self, step: &mut Step<'_>, id: TableId, advice: Option<Advice>) {
        let Some(table) = self.tables.get(&id) else {
            return;
        };
        let Some(seat) = table.seat(COMPUTER) else {
            return;
        };
        let legal = table.as_seen_by(seat).legal();
        let any = self.chance.pick(&legal).cloned();
        let words = advice.map(|advice| advice.words).or(any);
        let moved = words.map(|words| self.make_move(step, id, seat, &words));
        if !matches!(moved, Some(Ok(()))) {
            self.end(step, id, seat, End::Resigned);
        }
    }

    /// The computer answers an offer of a draw. The owner is to move, and loses if the computer wins.
    fn computer_answers(&mut self, step: &mut Step<'_>, thought: Thought, advice: Option<&Advice>) {
        let is_winning = matches!(
            advice.and_then(|advice| advice.forecast),
            Some(Forecast::Loses(_))
        );
        let Some((_, seat)) = self.seat_of(thought.owner) else {
            return;
        };
        if !is_winning {
            return self.agree(step, thought.table, seat, Offer::Draw);
        }
        if let Some(reader) = self.reader(thought.owner) {
            step.tell(reader, RoomNotice::NoDraw);
        }
    }
}
