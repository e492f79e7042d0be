//! The transitions of a session: from a state and an input to effects and the next state.

use super::activity::{
    Activity, Awaits, Circumstances, Done, Question, TurnOrigin, Verdict, Voice,
};
use super::command::{Command, Parsed, Timing, said};
use super::comments::Comments;
use super::contract::{Effect, Ending, Input, Loss, Record};
use super::game_tracker::GameTracker;
use super::log::{Ahead, Turn, TurnLog};
use super::notice::{Notice, to_partner};
use super::outcome::Played;
use super::peer::Peer;
use super::refusal::Refusal;
use super::role::{Role, Side};
use super::tally::Tally;
use super::turn::{MyTurn, Receipt, TheirTurn, TurnState};
use crate::games::Chance;
use crate::wire::{QUIT, Standing, Ticket};
use std::mem;

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

/// The number of refused messages in a row after which a foreign partner gives up a game: more than a
/// person sends, and an end to two programs that explain mistakes to each other.
const PATIENCE: u32 = 50;

/// The turn of a partner from whom it was taken.
const NO_ANSWER: &str = "(no answer)";

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

    /// Takes in a line that the person entered.
    fn line(&mut self, turn: MyTurn, line: String, effects: &mut Vec<Effect>) -> TurnState {
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
    fn ahead(&mut self, state: TurnState, line: String, effects: &mut Vec<Effect>) -> TurnState {
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
    fn refuse(&self, refusal: Refusal, line: String, effects: &mut Vec<Effect>) {
        let draft = if refusal.gives_back() {
            line
        } else {
            String::new()
        };
        effects.push(Effect::Show(Notice::Refused(refusal)));
        self.ask(draft, effects);
    }

    /// Asks the person for a line.
    fn ask(&self, draft: String, effects: &mut Vec<Effect>) {
        effects.push(match self.activity.awaits(Side::Me) {
            Awaits::Hidden => Effect::PromptHidden,
            Awaits::Line | Awaits::Step => Effect::Prompt(draft),
        });
    }

    /// Has the shell answer a question of `side`.
    fn find_out(&mut self, question: Question, side: Side, effects: &mut Vec<Effect>) {
        self.asked_by = Some(side);
        effects.push(match question {
            Question::Hint => Effect::Advise,
            Question::Score => Effect::Count(self.tally.clone()),
        });
    }

    /// Passes the answer to the side that asked.
    fn answer_question(&mut self, state: &TurnState, notice: Notice, effects: &mut Vec<Effect>) {
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
    fn speak(
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

    /// Adds a turn to the log.
    fn record(&mut self, by: Role, text: String, secret: Option<String>) -> Effect {
        let mut entry = self.log.add(Turn { by, text });
        entry.secret = secret;
        Effect::Record(Record::Turn(entry))
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

    /// Takes in a message of the peer.
    fn text(&mut self, state: TurnState, text: String, effects: &mut Vec<Effect>) -> TurnState {
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
    fn place(&mut self, state: TurnState, text: String, effects: &mut Vec<Effect>) -> TurnState {
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

    fn partner_quits(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
        let partner = self.me.other();
        show_held(state, effects);
        effects.push(Effect::Record(Record::Goodbye(partner)));
        effects.push(Effect::Show(Notice::PartnerQuit(partner)));
        self.close(TurnState::Over, Ending::PartnerLeft, effects)
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
    fn hear(
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

    /// Notes that the partner has received this many turns; shows it the first time it is true of
    /// our last turn.
    fn acknowledge(&self, turn: &mut TheirTurn, turns: u64, effects: &mut Vec<Effect>) {
        if !self.peer.is_foreign() && turns == self.log.standing().turns && turn.acknowledge() {
            effects.push(Effect::Show(Notice::Received));
        }
    }

    /// Whether a framed or raw client has not been answered yet. Without a greeting, any program
    /// that connects and sends something looks like one.
    fn is_unanswered(&self) -> bool {
        self.me == Role::Server && self.peer.is_foreign() && self.log.standing().turns < 2
    }

    /// The connection is lost.
    fn lose(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
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
    fn rejoin(
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

    /// Answers a foreign partner that asked for something, or whose turn was refused. It stays its
    /// turn.
    fn answer(&self, notices: &[Notice], effects: &mut Vec<Effect>) {
        let mut message = to_partner("", notices, self.me, self.peer);
        message.truncate(message.floor_char_boundary(self.peer.longest()));
        match self.peer.is_page() {
            true if message.is_empty() => {}
            true => effects.push(Effect::Tell(message)),
            false => effects.push(Effect::Send(message)),
        }
    }

    /// Shows the instructions, once.
    pub(super) fn instruct(&mut self, effects: &mut Vec<Effect>) {
        if !mem::replace(&mut self.is_instructed, true) {
            effects.push(Effect::Show(Notice::Instructions));
        }
    }

    /// Begins our turn: prompts the person, or takes a step that needs no decision.
    pub(super) fn take_turn(&mut self, turn: MyTurn, effects: &mut Vec<Effect>) -> TurnState {
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

    /// Carries out a recorded turn again. No step is taken automatically. Returns `None` if the turn
    /// does not belong to `state`.
    pub(super) fn reenact(
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

    /// The person here leaves.
    fn leave(&mut self, state: TurnState, effects: &mut Vec<Effect>) -> TurnState {
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

    pub(super) fn close(
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
fn show_held(state: TurnState, effects: &mut Vec<Effect>) {
    let held = state.into_held().into_iter();
    effects.extend(held.map(|text| Effect::Show(Notice::Said(text))));
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
