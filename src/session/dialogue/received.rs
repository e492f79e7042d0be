//! Messages of the peer, which are judged, shown, or kept until their turn.

use super::{Acknowledging, Dialogue};
use crate::session::activity::{Done, TurnOrigin, Verdict, Voice};
use crate::session::command::{Command, Parsed};
use crate::session::contract::{Effect, Ending};
use crate::session::notice::{Notice, to_partner};
use crate::session::peer::Peer;
use crate::session::refusal::Refusal;
use crate::session::role::Side;
use crate::session::turn::{MyTurn, TheirTurn, TurnState};

/// The number of refused messages in a row after which a foreign partner gives up a game: more than a
/// person sends, and an end to two programs that explain mistakes to each other.
const PATIENCE: u32 = 50;

impl Dialogue {
    /// Takes in a message of the peer.
    pub(super) fn text(
        &mut self,
        state: TurnState,
        text: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let text = match self.peer {
            Peer::Foreign {
                empty_message: Some(stand_in),
                ..
            } if text.is_empty() => stand_in.to_owned(),
            Peer::Foreign { .. } | Peer::Tictalk => text,
        };
        // Lines after a first line that plays or starts a game are for people to look at.
        let parsed = Parsed::of_partner(&text, self.peer);
        if matches!(parsed, Parsed::Command(Command::Quit)) {
            return self.partner_quits(state, effects);
        }
        if let Acknowledging::Each(received) = &mut self.acknowledging {
            *received += 1;
            effects.push(Effect::Send(format!("received {received}")));
        }
        self.place(state, text, effects)
    }

    /// Judges a message of the peer, shows it, or keeps it until its turn.
    pub(super) fn place(
        &mut self,
        state: TurnState,
        text: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        match state {
            TurnState::Apart(_) | TurnState::Over => state,
            TurnState::Mine(turn) if self.banners > 0 || self.is_acknowledged_chat(&text) => {
                self.banners = self.banners.saturating_sub(1);
                effects.push(Effect::Show(Notice::Said(text)));
                self.ask(String::new(), effects);
                TurnState::Mine(turn)
            }
            TurnState::Mine(mut turn) => {
                turn.hold(text);
                TurnState::Mine(turn)
            }
            TurnState::Theirs(turn) => self.judge_text(turn, text, effects),
        }
    }

    /// Whether these words get a receipt and are chat, so that they are shown although it is not the
    /// partner's turn. Proposals and moves wait for it.
    fn is_acknowledged_chat(&self, text: &str) -> bool {
        self.acknowledging != Acknowledging::Nothing
            && self.activity.running().is_none()
            && matches!(Parsed::of_partner(text, self.peer), Parsed::Words(_))
    }

    /// Judges a message that came on the partner's turn.
    fn judge_text(
        &mut self,
        turn: TheirTurn,
        text: String,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        let is_foreign = self.peer.is_foreign();
        let parsed = Parsed::of_partner(&text, self.peer);
        let is_proposal = matches!(parsed, Parsed::Play(_));
        let refusal = if text.trim().is_empty() {
            Refusal::Blank
        } else {
            let here = self.circumstances();
            match self
                .activity
                .judge(Side::Partner, parsed, TurnOrigin::Sent, here)
            {
                Verdict::Turn(done) => {
                    let turn = self.hear(turn, done, text, effects);
                    return self.take_turn(turn, effects);
                }
                Verdict::Quit => return self.partner_quits(TurnState::Theirs(turn), effects),
                Verdict::Question(question) if is_foreign => {
                    self.find_out(question, Side::Partner, effects);
                    return TurnState::Theirs(turn);
                }
                Verdict::Aside(notices) if is_foreign => {
                    self.answer(&notices, effects);
                    return TurnState::Theirs(turn);
                }
                Verdict::Question(_) | Verdict::Aside(_) => Refusal::NotATurn,
                Verdict::Refused(refusal) => refusal,
            }
        };
        if !is_foreign {
            let ending = Ending::PartnerBrokeRule(refusal);
            return self.close(TurnState::Theirs(turn), ending, effects);
        }
        self.refused += 1;
        if self.refused >= PATIENCE && self.activity.running().is_some() {
            return self.give_up_for_partner(turn, effects);
        }
        if is_proposal {
            effects.push(Effect::Show(Notice::ProposalRefused {
                said: text,
                refusal: refusal.clone(),
            }));
        }
        let mut answer = vec![Notice::Refused(refusal)];
        answer.extend(self.activity.view().map(Notice::Board));
        self.answer(&answer, effects);
        TurnState::Theirs(turn)
    }

    /// Ends the game of a foreign partner whose program sends no legal move.
    fn give_up_for_partner(&mut self, turn: TheirTurn, effects: &mut Vec<Effect>) -> TurnState {
        let here = self.circumstances();
        let resigns = Parsed::Command(Command::Resign);
        let origin = TurnOrigin::Sent;
        match self.activity.judge(Side::Partner, resigns, origin, here) {
            Verdict::Turn(done) => {
                effects.push(Effect::Show(Notice::NoLegalMove(self.refused)));
                let words = Command::Resign.word().to_owned();
                let turn = self.hear(turn, done, words, effects);
                self.take_turn(turn, effects)
            }
            // A running game can always be given up.
            _ => TurnState::Theirs(turn),
        }
    }

    /// Takes in what the partner has `done` by `text`. Returns our turn, before anything is done
    /// with it.
    pub(super) fn hear(
        &mut self,
        mut turn: TheirTurn,
        done: Done,
        text: String,
        effects: &mut Vec<Effect>,
    ) -> MyTurn {
        let Done { seen, voice, .. } = done;
        let words = done.words.unwrap_or(text);
        self.refused = 0;
        if self.peer.is_foreign() {
            self.owed.extend_from_slice(&seen);
        }
        self.count(&seen);
        // To answer our last turn, the partner must have it.
        self.acknowledge(&mut turn, self.log.standing().turns, effects);
        effects.push(self.record(self.me.other(), words.clone(), None));
        match voice {
            Voice::Aloud => effects.push(Effect::Show(Notice::Said(words))),
            Voice::Move => effects.push(Effect::Show(Notice::Moved(words))),
            Voice::Silent => {}
        }
        // Before a game that begins with the first words, so that its board is next to the prompt.
        self.instruct(effects);
        self.show(seen, effects);
        if !self.peer.is_foreign() {
            effects.push(Effect::Receipt(self.log.standing().turns));
        }
        turn.spend()
    }

    /// Answers a foreign partner that asked for something, or whose turn was refused. It stays its
    /// turn.
    pub(super) fn answer(&self, notices: &[Notice], effects: &mut Vec<Effect>) {
        let mut message = to_partner("", notices, self.me, self.peer);
        message.truncate(message.floor_char_boundary(self.peer.longest()));
        match self.peer.is_page() {
            true if message.is_empty() => {}
            true => effects.push(Effect::Tell(message)),
            false => effects.push(Effect::Send(message)),
        }
    }
}
