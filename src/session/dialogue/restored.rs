//! What becomes of the session when its connection is lost and restored.

use super::Dialogue;
use super::endings::show_held;
use crate::session::contract::{Effect, Ending, Loss, Record};
use crate::session::log::Ahead;
use crate::session::notice::Notice;
use crate::session::peer::Peer;
use crate::session::role::Role;
use crate::session::turn::{TheirTurn, TurnState};
use crate::wire::Standing;

impl Dialogue {
    /// The connection is lost.
    pub(super) fn lose(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
        let partner = self.me.other();
        match (self.loss, self.peer) {
            _ if self.is_unanswered() => self.close(state, Ending::PartnerUnanswered, effects),
            (Loss::Ends, Peer::Foreign { .. }) => {
                // To a foreign peer, closing the connection is a goodbye.
                show_held(state, effects);
                effects.push(Effect::Record(Record::Goodbye(partner)));
                effects.push(Effect::Show(Notice::PartnerClosed(partner)));
                self.close(TurnState::Over, Ending::PartnerLeft, effects)
            }
            (Loss::Ends, Peer::Tictalk) => self.close(state, Ending::PartnerGone, effects),
            // There is nothing yet to keep the seat for.
            (Loss::Waits, _) if self.me == Role::Server && self.log.standing().turns == 0 => {
                self.close(TurnState::Over, Ending::NothingSaid, effects)
            }
            (Loss::Waits, _) => {
                effects.push(Effect::Show(Notice::ConnectionLost(partner)));
                TurnState::apart(state.receipt())
            }
        }
    }

    /// The partner has reconnected, perhaps before its old connection was known to be lost.
    pub(super) fn rejoin(
        &mut self,
        state: &TurnState,
        theirs: &Standing,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let ahead = match self.log.compare(theirs, self.me) {
            Ok(ahead) => ahead,
            Err(diverged) => {
                return self.close(TurnState::Over, Ending::Diverged(diverged), effects);
            }
        };
        let mut turn = TheirTurn::new(state.receipt());
        effects.push(Effect::Show(Notice::Reconnected));
        match ahead {
            Ahead::Me(text) => effects.push(Effect::Send(text)),
            // Only the receipt was lost.
            Ahead::Nobody => self.acknowledge(&mut turn, self.log.standing().turns, effects),
            Ahead::Partner => {}
        }
        self.repeat_comments(effects);
        if self.log.speaker() == self.me {
            self.take_turn(turn.spend(), effects)
        } else {
            TurnState::Theirs(turn)
        }
    }

    /// Notes that the partner has received this many turns; shows it the first time it is true of
    /// our last turn.
    pub(super) fn acknowledge(&self, turn: &mut TheirTurn, turns: u64, effects: &mut Vec<Effect>) {
        if !self.peer.is_foreign() && turns == self.log.standing().turns && turn.acknowledge() {
            effects.push(Effect::Show(Notice::Received));
        }
    }

    /// Whether a framed or raw client has not been answered yet. Without a greeting, any program
    /// that connects and sends something looks like one.
    pub(super) fn is_unanswered(&self) -> bool {
        self.me == Role::Server && self.peer.is_foreign() && self.log.standing().turns < 2
    }
}
