//! Our turn: how the person is prompted, how a turn is spoken, and how a recorded one is repeated.

use super::Dialogue;
use crate::session::activity::{Awaits, Done, TurnOrigin, Verdict, Voice};
use crate::session::command::Parsed;
use crate::session::contract::Effect;
use crate::session::log::Turn;
use crate::session::notice::{Notice, to_partner};
use crate::session::role::Side;
use crate::session::turn::{MyTurn, Receipt, TurnState};
use std::mem;

impl Dialogue {
    /// Begins our turn: prompts the person, or takes a step that needs no decision.
    pub(in crate::session) fn take_turn(
        &mut self,
        turn: MyTurn,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        if self.activity.awaits(Side::Me) == Awaits::Step {
            self.step(turn, effects)
        } else {
            self.prompt(effects);
            TurnState::Mine(turn)
        }
    }

    fn prompt(&mut self, effects: &mut Vec<Effect>) {
        self.instruct(effects);
        self.ask(String::new(), effects);
    }

    /// Shows the instructions, once.
    pub(in crate::session) fn instruct(&mut self, effects: &mut Vec<Effect>) {
        if !mem::replace(&mut self.is_instructed, true) {
            effects.push(Effect::Show(Notice::Instructions));
        }
    }

    /// Asks the person for a line.
    pub(super) fn ask(&self, draft: String, effects: &mut Vec<Effect>) {
        effects.push(match self.activity.awaits(Side::Me) {
            Awaits::Hidden => Effect::PromptHidden,
            Awaits::Line | Awaits::Step => Effect::Prompt(draft),
        });
    }

    /// Takes a turn that needs no decision.
    fn step(&mut self, turn: MyTurn, effects: &mut Vec<Effect>) -> TurnState {
        let said = self.activity.step(&mut self.chance);
        let here = self.circumstances();
        let origin = TurnOrigin::Written(said.secret.as_deref());
        let parsed = Parsed::Words(&said.words);
        match self.activity.judge(Side::Me, parsed, origin, here) {
            // No person waits for its receipt.
            Verdict::Turn(done) => self.speak(turn, done, said.words, Receipt::Received, effects),
            // No game refuses its own step. If one did, the person would have to take the turn.
            _ => {
                effects.push(Effect::Prompt(String::new()));
                TurnState::Mine(turn)
            }
        }
    }

    /// Spends our turn on what was `done` by `line`, then takes in the messages that came early.
    pub(super) fn speak(
        &mut self,
        turn: MyTurn,
        done: Done,
        line: String,
        receipt: Receipt,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        self.banners = 0;
        let words = done.words.unwrap_or(line);
        effects.push(self.record(self.me, words.clone(), done.secret));
        self.count(&done.seen);
        self.send_turn(words, &done.seen, effects);
        self.show(done.seen, effects);
        let (theirs, held) = turn.spend(receipt);
        held.into_iter()
            .fold(TurnState::Theirs(theirs), |state, text| {
                self.place(state, text, effects)
            })
    }

    /// Sends a turn that says `words`. A foreign partner is also told what its program does not know,
    /// with everything that it has not been told yet: after the first line, or at a page apart from
    /// the words of its partner.
    fn send_turn(&mut self, words: String, seen: &[Notice], effects: &mut Vec<Effect>) {
        if !self.peer.is_foreign() {
            return effects.push(Effect::Send(words));
        }
        self.owed.extend_from_slice(seen);
        if self.peer.is_page() {
            effects.push(Effect::Send(words));
            let owed = mem::take(&mut self.owed);
            return self.answer(&owed, effects);
        }
        // Of what fits into no message at all, the oldest is left out first.
        while to_partner("", &self.owed, self.me, self.peer).len() > self.peer.longest() {
            self.owed.remove(0);
        }
        let message = to_partner(&words, &self.owed, self.me, self.peer);
        let message = if message.len() <= self.peer.longest() {
            self.owed.clear();
            message
        } else {
            words
        };
        if let Some(reads) = self.peer.reads()
            && message.len() > reads
            && !mem::replace(&mut self.is_warned, true)
        {
            let size = message.len();
            effects.push(Effect::Show(Notice::MayFallApart { size, reads }));
        }
        effects.push(Effect::Send(message));
    }

    /// Carries out a recorded turn again. No step is taken automatically. Returns `None` if the turn
    /// does not belong to `state`.
    pub(in crate::session) fn reenact(
        &mut self,
        state: TurnState,
        turn: Turn,
        secret: Option<&str>,
        effects: &mut Vec<Effect>,
    ) -> Option<TurnState> {
        let by = self.side(turn.by);
        let here = self.circumstances();
        let done = self.activity.repeat(by, &turn.text, secret, here)?;
        match (by, state) {
            (Side::Me, TurnState::Mine(mine)) => {
                let is_step = done.voice == Voice::Silent && secret.is_none();
                let receipt = match is_step {
                    true => Receipt::Received,
                    false => Receipt::Pending,
                };
                Some(self.speak(mine, done, turn.text, receipt, effects))
            }
            (Side::Partner, TurnState::Theirs(theirs)) => {
                let mine = self.hear(theirs, done, turn.text, effects);
                if self.activity.awaits(Side::Me) != Awaits::Step {
                    self.prompt(effects);
                }
                Some(TurnState::Mine(mine))
            }
            _ => None,
        }
    }
}
