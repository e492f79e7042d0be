//! Lines that the person has entered, in answer to a prompt or ahead of it.

use super::Dialogue;
use crate::session::activity::{TurnOrigin, Verdict};
use crate::session::command::{Command, Parsed, Timing, said};
use crate::session::contract::Effect;
use crate::session::notice::Notice;
use crate::session::refusal::Refusal;
use crate::session::role::Side;
use crate::session::turn::{MyTurn, Receipt, TurnState};

/// The turn of a partner from whom it was taken.
const NO_ANSWER: &str = "(no answer)";

impl Dialogue {
    /// Takes in a line that the person entered.
    pub(super) fn line(
        &mut self,
        turn: MyTurn,
        line: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        // A raw connection loses line endings around a message; what is left means the same to both
        // ends.
        let line = without_line_ends(line);
        let refusal = if line.trim().is_empty() {
            // Enter on an empty line is no mistake to explain: prompt again.
            self.ask(String::new(), effects);
            return TurnState::Mine(turn);
        } else if line.len() > self.peer.longest() {
            let (size, limit) = (line.len(), self.peer.longest());
            Refusal::TooLong { size, limit }
        } else if let Some(words) = said(&line)
            && !(self.peer.is_foreign() && self.activity.running().is_none())
        {
            match self.comment(words, effects) {
                Ok(()) => {
                    self.ask(String::new(), effects);
                    return TurnState::Mine(turn);
                }
                Err(refusal) => refusal,
            }
        } else if self.peer.is_foreign() && Parsed::is_more_than_a_command(&line) {
            Refusal::NotAlone
        } else {
            let here = self.circumstances();
            let parsed = self.parse(&line);
            let origin = TurnOrigin::Typed(&mut self.chance);
            match self.activity.judge(Side::Me, parsed, origin, here) {
                Verdict::Turn(done) => {
                    return self.speak(turn, done, line, Receipt::Pending, effects);
                }
                Verdict::Quit => return self.leave(TurnState::Mine(turn), effects),
                Verdict::Aside(notices) => {
                    effects.extend(notices.into_iter().map(Effect::Show));
                    self.ask(String::new(), effects);
                    return TurnState::Mine(turn);
                }
                Verdict::Question(question) => {
                    self.find_out(question, Side::Me, effects);
                    return TurnState::Mine(turn);
                }
                Verdict::Refused(refusal) => refusal,
            }
        };
        self.refuse(refusal, line, effects);
        TurnState::Mine(turn)
    }

    /// Takes in a line that the person entered without a prompt. A command that takes no turn is
    /// carried out; anything else is kept for the turn of the person.
    pub(super) fn ahead(
        &mut self,
        state: TurnState,
        line: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let line = without_line_ends(line);
        if line.trim().is_empty() {
            return state;
        }
        if self.comment_ahead(&line, effects) {
            return state;
        }
        let parsed = self.parse(&line);
        if matches!(parsed, Parsed::Command(Command::Turn)) {
            return self.take_over(state, effects);
        }
        if parsed.timing() == Timing::OnTurn {
            effects.push(Effect::Keep(line));
            return state;
        }
        let here = self.circumstances();
        let origin = TurnOrigin::Typed(&mut self.chance);
        // On a copy, so that whatever the verdict is, the activity changes only in its turn.
        match self.activity.clone().judge(Side::Me, parsed, origin, here) {
            Verdict::Quit => return self.leave(state, effects),
            Verdict::Aside(notices) => effects.extend(notices.into_iter().map(Effect::Show)),
            Verdict::Refused(refusal) => effects.push(Effect::Show(Notice::Refused(refusal))),
            Verdict::Question(question) if self.asked_by.is_none() => {
                self.find_out(question, Side::Me, effects);
            }
            // Another question is still open.
            Verdict::Question(_) | Verdict::Turn(_) => effects.push(Effect::Keep(line)),
        }
        state
    }

    /// Takes the turn from a partner whose program waits for a message, too. Its turn counts as one
    /// without an answer.
    fn take_over(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
        let refusal = match state {
            TurnState::Theirs(turn) => {
                if self.peer.may_wait_too() && self.activity.running().is_none() {
                    effects.push(self.record(self.me.other(), NO_ANSWER.to_owned(), None));
                    return self.take_turn(turn.spend(), effects);
                }
                let refusal = match self.peer.may_wait_too() {
                    true => Refusal::TurnInGame,
                    false => Refusal::TurnFromTictalk,
                };
                effects.push(Effect::Show(Notice::Refused(refusal)));
                return TurnState::Theirs(turn);
            }
            TurnState::Mine(_) | TurnState::Over => return state,
            TurnState::Apart(_) => Refusal::TurnFromTictalk,
        };
        effects.push(Effect::Show(Notice::Refused(refusal)));
        state
    }

    /// Parses a line that the person entered.
    fn parse<'line>(&self, line: &'line str) -> Parsed<'line> {
        match Parsed::of(line) {
            // The partner's program may know it.
            Parsed::UnknownCommand(_) | Parsed::UnknownGame(_)
                if self.peer.is_foreign() && self.activity.running().is_none() =>
            {
                Parsed::Words(line)
            }
            parsed => parsed,
        }
    }

    /// Explains why `line` was refused, and returns it to the prompt if it is worth editing.
    pub(super) fn refuse(&self, refusal: Refusal, line: String, effects: &mut Vec<Effect>) {
        let draft = if refusal.gives_back() {
            line
        } else {
            String::new()
        };
        effects.push(Effect::Show(Notice::Refused(refusal)));
        self.ask(draft, effects);
    }
}

/// `line` without line ends around it. Most lines have none, and are not copied.
fn without_line_ends(mut line: String) -> String {
    const LINE_ENDS: [char; 2] = ['\r', '\n'];
    line.truncate(line.trim_end_matches(LINE_ENDS).len());
    match line.starts_with(LINE_ENDS) {
        true => line.trim_start_matches(LINE_ENDS).to_owned(),
        false => line,
    }
}
