//! Questions that the shell answers: for a hint, for the score.

use super::Dialogue;
use crate::session::activity::Question;
use crate::session::contract::Effect;
use crate::session::notice::Notice;
use crate::session::role::Side;
use crate::session::turn::TurnState;

impl Dialogue {
    /// Has the shell answer a question of `side`.
    pub(super) fn find_out(&mut self, question: Question, side: Side, effects: &mut Vec<Effect>) {
        self.asked_by = Some(side);
        effects.push(match question {
            Question::Hint => Effect::Advise,
            Question::Score => Effect::Count(self.tally.clone()),
        });
    }

    /// Passes the answer to the side that asked.
    pub(super) fn answer_question(
        &mut self,
        state: &TurnState,
        notice: Notice,
        effects: &mut Vec<Effect>,
    ) {
        match (self.asked_by.take(), state) {
            (Some(Side::Me), TurnState::Mine(_)) => {
                effects.push(Effect::Show(notice));
                self.ask(String::new(), effects);
            }
            (Some(Side::Me), TurnState::Theirs(_) | TurnState::Apart(_)) => {
                effects.push(Effect::Show(notice));
            }
            (Some(Side::Partner), TurnState::Theirs(_)) => self.answer(&[notice], effects),
            // The partner's connection was lost meanwhile.
            (Some(Side::Partner), _) | (None, _) | (Some(Side::Me), TurnState::Over) => {}
        }
    }
}
