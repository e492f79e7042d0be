//! The transitions of a session: from a state and an input to effects and the next state.
//!
//! [`Dialogue::advance`] names the transition for each state and input. The transitions are in the other
//! files: lines that the person has `entered` and messages that were `received`; how a turn is prompted,
//! `spoken` and repeated; `questions` that the shell answers; what happens when the connection is lost and
//! `restored`; and the `endings`.

use super::activity::{Activity, Circumstances};
use super::comments::Comments;
use super::contract::{Effect, Ending, Input, Loss, Record};
use super::game_tracker::GameTracker;
use super::log::{Turn, TurnLog};
use super::notice::Notice;
use super::outcome::Played;
use super::peer::Peer;
use super::refusal::Refusal;
use super::role::{Role, Side};
use super::tally::Tally;
use super::turn::TurnState;
use crate::games::Chance;
use crate::wire::Ticket;

mod endings;
mod entered;
mod questions;
mod received;
mod restored;
mod spoken;

/// Everything a session knows except whose turn it is. Each transition takes the state by value and
/// returns the next one.
#[derive(Debug, Clone)]
pub(super) struct Dialogue {
    pub(super) me: Role,
    pub(super) peer: Peer,
    pub(super) loss: Loss,
    pub(super) activity: Activity,
    pub(super) log: TurnLog,
    /// How many more messages before the first turn may be a server's banner.
    pub(super) banners: usize,
    /// Whether the person has been shown the instructions.
    is_instructed: bool,
    /// How many messages of a foreign partner in a row were refused.
    refused: u32,
    /// Whether the person has been told that a long message may fall apart.
    is_warned: bool,
    pub(super) acknowledging: Acknowledging,
    /// Notices that a foreign partner has not been sent yet.
    owed: Vec<Notice>,
    /// The source of secrets.
    chance: Chance,
    /// The side that waits for the answer to a question.
    pub(super) asked_by: Option<Side>,
    /// The games of this session that have ended.
    tally: Tally,
    /// The last of them.
    last_played: Option<Played>,
    games: GameTracker,
    pub(super) comments: Comments,
}

/// The answers of this program itself to the messages of a foreign partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Acknowledging {
    /// None: the answer of the person is enough.
    Nothing,
    /// A receipt for each message, with the number of messages so far. So the partner need not wait
    /// for its turn, and its chat is shown as it arrives.
    Each(u64),
}

impl Dialogue {
    /// A session without turns.
    pub(super) fn new(me: Role, peer: Peer, session: Ticket, loss: Loss, chance: Chance) -> Self {
        Self {
            me,
            peer,
            loss,
            activity: Activity::default(),
            log: TurnLog::new(session),
            banners: match (me, peer) {
                (Role::Client, Peer::Foreign { banners, .. }) => banners,
                (Role::Client, Peer::Tictalk) | (Role::Server, _) => 0,
            },
            is_instructed: false,
            refused: 0,
            is_warned: false,
            acknowledging: Acknowledging::Nothing,
            owed: Vec::new(),
            chance,
            asked_by: None,
            tally: Tally::default(),
            last_played: None,
            games: GameTracker::default(),
            comments: Comments::default(),
        }
    }

    /// Takes in `input` in this state. Adds what must be done to `effects` and returns the next
    /// state.
    pub(super) fn advance(
        &mut self,
        state: TurnState,
        input: Input,
        effects: &mut Vec<Effect>,
    ) -> TurnState {
        match (state, input) {
            (TurnState::Over, _) => TurnState::Over,
            (TurnState::Mine(turn), Input::Line(line)) => self.line(turn, line, effects),
            (TurnState::Mine(turn), Input::Overlong(size)) => {
                let limit = self.peer.longest();
                self.refuse(Refusal::TooLong { size, limit }, String::new(), effects);
                TurnState::Mine(turn)
            }
            // There is no prompt, so this cannot answer one.
            (
                state @ (TurnState::Theirs(_) | TurnState::Apart(_)),
                Input::Line(_) | Input::Overlong(_),
            ) => state,
            (state, Input::Ahead(line)) => self.ahead(state, line, effects),
            (state, Input::Met(partner)) => {
                self.comments.meet(partner);
                state
            }
            (state, Input::Heard(number)) => {
                self.comments.acknowledge(number);
                state
            }
            (state, Input::Hangup) => self.leave(state, effects),
            (state, Input::Back(theirs)) => self.rejoin(&state, &theirs, effects),
            (state, Input::GaveUp | Input::PeerBroken) => {
                let ending = match self.is_unanswered() {
                    true => Ending::PartnerUnanswered,
                    false => Ending::PartnerGone,
                };
                self.close(state, ending, effects)
            }
            // Late events of a connection that is already lost.
            (
                state @ TurnState::Apart(_),
                Input::Text(_) | Input::Receipt(_) | Input::Comment(..) | Input::PeerGone,
            ) => state,
            (state, Input::Comment(number, words)) => self.overhear(state, number, words, effects),
            (state, Input::Text(text)) => self.text(state, text, effects),
            (state, Input::Advised(advice)) => {
                self.answer_question(&state, Notice::Advice(advice), effects);
                state
            }
            (state, Input::Counted(tally)) => {
                self.answer_question(&state, Notice::Score(tally), effects);
                state
            }
            (TurnState::Theirs(mut turn), Input::Receipt(turns)) => {
                self.acknowledge(&mut turn, turns, effects);
                TurnState::Theirs(turn)
            }
            (state @ TurnState::Mine(_), Input::Receipt(_)) => state,
            (state, Input::PeerGone) => self.lose(state, effects),
        }
    }

    /// The side at the end of this role.
    pub(super) fn side(&self, role: Role) -> Side {
        if role == self.me {
            Side::Me
        } else {
            Side::Partner
        }
    }

    pub(super) fn circumstances(&self) -> Circumstances {
        Circumstances {
            id: self.log.game_id(),
            is_foreign: self.peer.is_foreign(),
        }
    }

    /// Adds a turn to the log.
    fn record(&mut self, by: Role, text: String, secret: Option<String>) -> Effect {
        let mut entry = self.log.add(Turn { by, text });
        entry.secret = secret;
        Effect::Record(Record::Turn(entry))
    }

    /// Counts the games that have ended.
    pub(super) fn count(&mut self, seen: &[Notice]) {
        for played in self.games.note(seen) {
            self.tally.add(&played);
            self.last_played = Some(played);
        }
    }

    /// Shows the notices of a turn; before a result, the score with it.
    fn show(&self, seen: Vec<Notice>, effects: &mut Vec<Effect>) {
        for notice in seen {
            if let (Notice::GameOver(_), Some(played)) = (&notice, &self.last_played) {
                let score = self.tally.score(played.game);
                effects.push(Effect::Show(Notice::NewScore(score)));
            }
            effects.push(Effect::Show(notice));
        }
    }
}
