//! How a session makes and takes in comments. Nobody's turn changes.

use super::command::said;
use super::comments::Hearing;
use super::contract::{Effect, Ending, Record};
use super::dialogue::Dialogue;
use super::notice::Notice;
use super::refusal::Refusal;
use super::role::Side;
use super::turn::TurnState;

impl Dialogue {
    /// Says `words` to the partner during a game. Nobody's turn changes, so this works in every state
    /// before the end; a comment made while the connection is lost is sent after it is restored.
    ///
    /// # Errors
    /// [`Refusal`] if nothing was said.
    pub(super) fn comment(
        &mut self,
        words: &str,
        effects: &mut Vec<Effect>,
    ) -> Result<(), Refusal> {
        if self.activity.running().is_none() {
            return Err(Refusal::NoGameToComment);
        }
        if self.peer.is_foreign() {
            return Err(Refusal::CommentNeedsTictalk);
        }
        let turns = self.log.standing().turns;
        let comment = self.comments.say(self.me, turns, words)?;
        effects.push(Effect::Record(Record::Comment(comment.clone())));
        effects.push(Effect::Comment(comment));
        Ok(())
    }

    /// Carries out a line with `/say` that was entered without a prompt. Returns whether it is one.
    pub(super) fn comment_ahead(&mut self, line: &str, effects: &mut Vec<Effect>) -> bool {
        let Some(words) = said(line) else {
            return false;
        };
        let shown = match self.comment(words, effects) {
            Ok(()) => Notice::Commented(Side::Me, words.to_owned()),
            Err(refusal) => Notice::Refused(refusal),
        };
        effects.push(Effect::Show(shown));
        true
    }

    /// Takes in a comment of the partner.
    pub(super) fn overhear(
        &mut self,
        state: TurnState,
        number: u64,
        words: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let turns = self.log.standing().turns;
        if self.peer.is_foreign() || turns == 0 {
            // There is no game yet that it could be about.
            return state;
        }
        match self.comments.hear(self.me.other(), turns, number, words) {
            Hearing::New(comment) => {
                effects.push(Effect::Record(Record::Comment(comment.clone())));
                effects.push(Effect::Show(Notice::Commented(Side::Partner, comment.text)));
            }
            Hearing::Known => {}
            Hearing::TooMuch => {
                let ending = Ending::PartnerBrokeRule(Refusal::TooManyComments);
                return self.close(state, ending, effects);
            }
        }
        effects.push(Effect::Heard(self.comments.heard()));
        state
    }

    /// Sends the comments without a receipt again, after a reconnect.
    pub(super) fn repeat_comments(&self, effects: &mut Vec<Effect>) {
        let comments = self.comments.to_send_again().cloned();
        effects.extend(comments.map(Effect::Comment));
    }

    /// Shows the comments that the partner may not have got.
    pub(super) fn admit_unheard(&self, effects: &mut Vec<Effect>) {
        let texts = self.comments.unheard().map(|comment| comment.text.clone());
        effects.extend(texts.map(Notice::NotHeard).map(Effect::Show));
    }
}
