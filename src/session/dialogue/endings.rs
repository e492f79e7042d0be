//! How a session ends.

use super::Dialogue;
use crate::session::contract::{Effect, Ending, Record};
use crate::session::notice::Notice;
use crate::session::turn::TurnState;
use crate::wire::QUIT;

impl Dialogue {
    /// The person here leaves.
    pub(super) fn leave(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
        // A goodbye that the partner cannot hear would not end the session: it can still be resumed.
        if matches!(state, TurnState::Apart(_)) {
            self.admit_unheard(effects);
        } else {
            effects.push(Effect::Record(Record::Goodbye(self.me)));
            effects.push(Effect::Send(QUIT.to_owned()));
        }
        show_held(state, effects);
        effects.push(Effect::Show(Notice::ShuttingDown));
        self.close(TurnState::Over, Ending::Left, effects)
    }

    /// The partner says goodbye.
    pub(super) fn partner_quits(
        &mut self,
        state: TurnState,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let partner = self.me.other();
        show_held(state, effects);
        effects.push(Effect::Record(Record::Goodbye(partner)));
        effects.push(Effect::Show(Notice::PartnerQuit(partner)));
        self.close(TurnState::Over, Ending::PartnerLeft, effects)
    }

    /// Ends the session. Shows what would be lost with it.
    pub(in crate::session) fn close(
        &self,
        state: TurnState,
        ending: Ending,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        match ending {
            Ending::PartnerGone | Ending::Diverged(_) | Ending::PartnerBrokeRule(_) => {
                self.admit_unheard(effects);
            }
            // Whoever got the goodbye has got what was said before it.
            Ending::Left
            | Ending::PartnerLeft
            | Ending::NothingSaid
            | Ending::PartnerUnanswered => {}
        }
        show_held(state, effects);
        effects.push(Effect::Close(ending));
        TurnState::Over
    }
}

/// Shows the messages that came too early, so that they are not lost with the session.
pub(super) fn show_held(state: TurnState, effects: &mut Vec<Effect>) {
    let held = state.into_held().into_iter();
    effects.extend(held.map(|text| Effect::Show(Notice::Said(text))));
}
