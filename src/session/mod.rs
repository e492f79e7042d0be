//! Two people who take strict turns: the protocol as a state machine.
//!
//! [`Session::handle`] is the whole protocol: what happened goes in as an [`Input`], what must be
//! done comes out as [`Effect`]s, to be done in order. The session has no socket, no terminal, no
//! clock and no file. What it needs of its caller:
//!
//! - an [`Effect::Record`] is written down before what stands behind it is done: nothing leaves
//!   this machine, or is shown as said, that would be forgotten in a crash;
//! - [`Input::Line`] comes only in answer to an [`Effect::Prompt`], one line for each prompt;
//! - messages of the peer come in the order in which they were sent, and only while
//!   [`Session::wants_text`] says so: a peer that floods is then slowed by TCP itself;
//! - after [`Effect::Close`] the connection is closed and the session dropped.
//!
//! # A broken connection
//! Where [`Loss::Waits`], the session outlives its connection: it is then apart from its partner
//! until [`Input::Back`] tells how far the partner's end has come. The end that has one turn more
//! sends it again, and the talk goes on as it was. A program that was killed comes to the same
//! point by [`Session::restore`].

use crate::games::Chance;
use crate::wire::{Dialect, MAX_TEXT, Standing, Ticket};
use std::collections::VecDeque;
use std::mem;

mod activity;
mod command;
mod contract;
mod log;
mod notice;
mod tally;

pub use activity::{Played, Retelling, Running, Told};
pub use command::{Command, game_lines, help_lines, proposal};
pub use contract::{Effect, Ending, Input, Loss, Record, Role, Side};
pub use log::{Diverged, Kept, LoggedTurn, Turn, TurnLog};
pub use notice::{GameEnd, Notice, Offer, Refusal, View};
pub use tally::Tally;

use activity::{Activity, Awaits, Done, Question, TurnOrigin, Verdict, Voice};
use command::Parsed;
use log::Ahead;
use notice::to_partner;

/// How many messages of an impatient peer are kept while it is not its turn: the one that is read
/// next, and one more so that a `/q` or a close right behind the first is still felt.
const HELD: usize = 2;

/// How many messages of a raw server before the first turn are shown at once as its banner; what
/// comes behind them waits like everything that is said too early.
const BANNERS: usize = 16;

/// What stands for an empty message: a framed program that sends one waits for an answer to it.
const EMPTY_LINE: &str = "(an empty line)";

/// How many of the last turns are shown again to a person whose program was restarted.
const RECALLED: usize = 6;

/// It is our turn to speak. Holds what an impatient peer has sent meanwhile.
#[derive(Debug, Clone, Default)]
struct MyTurn {
    held: VecDeque<String>,
}

impl MyTurn {
    /// Spends the turn on `words`: what to do, whose turn it is then, and what was held.
    fn say(self, words: String) -> (Effect, TheirTurn, VecDeque<String>) {
        let theirs = TheirTurn { is_received: false };
        (Effect::Send(words), theirs, self.held)
    }
}

/// It is the partner's turn to speak.
#[derive(Debug, Clone)]
struct TheirTurn {
    /// Whether the partner is known to have our last turn.
    is_received: bool,
}

impl TheirTurn {
    fn hear(self) -> MyTurn {
        MyTurn::default()
    }
}

#[derive(Debug, Clone)]
enum TurnState {
    Mine(MyTurn),
    Theirs(TheirTurn),
    Apart(Apart),
    Over,
}

/// There is no connection, and the partner is waited for.
#[derive(Debug, Clone)]
struct Apart {
    /// Whether the partner is known to have our last turn, if that was the last of all.
    is_received: bool,
}

/// One talk between two people, from the first turn to the end.
#[derive(Debug, Clone)]
pub struct Session {
    me: Role,
    dialect: Dialect,
    loss: Loss,
    activity: Activity,
    state: TurnState,
    log: TurnLog,
    /// How many more messages may be a banner; none once somebody has spoken.
    banners: usize,
    /// Whether the person here has been told how this works.
    instructed: bool,
    /// What a partner without a screen of its own has not been told yet.
    owed: Vec<Notice>,
    /// Where secrets come from.
    chance: Chance,
    /// Who has asked something that is being found out.
    asked: Option<Side>,
    /// The games of this session that have ended.
    tally: Tally,
    /// The game that goes on, if any.
    playing: Vec<Played>,
}

/// A list of turns that no session can have had: the number of the first wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("turn {0} cannot have been said at its place")]
pub struct Unplayable(pub u64);

impl Session {
    /// A session over a connection that has been made and, where the dialect has one, greeted;
    /// `session` is what its two ends call it, and `chance` is what the secrets of this end come
    /// from. Returns what must be done first.
    #[must_use]
    pub fn start(
        me: Role,
        dialect: Dialect,
        session: Ticket,
        loss: Loss,
        chance: Chance,
    ) -> (Self, Vec<Effect>) {
        let mut session = Self {
            state: TurnState::Theirs(TheirTurn { is_received: true }),
            banners: if me == Role::Client && dialect == Dialect::Raw {
                BANNERS
            } else {
                0
            },
            ..Self::apart(me, dialect, session, loss, chance)
        };
        let mut effects = Vec::new();
        if me == Role::Client {
            session.take_turn(&mut effects);
        }
        (session, effects)
    }

    /// A session between two programs of this kind that has come as far as `turns`, apart from its
    /// partner: [`Input::Back`] goes on with it. Returns what shows a person where it stands.
    ///
    /// # Errors
    /// [`Unplayable`] when no session can have had these turns.
    pub fn restore<K: Into<Kept>>(
        me: Role,
        session: Ticket,
        turns: impl IntoIterator<Item = K>,
        chance: Chance,
    ) -> Result<(Self, Vec<Effect>), Unplayable> {
        let mut session = Self::apart(me, Dialect::Tictalk, session, Loss::Waits, chance);
        let mut recalled = VecDeque::new();
        for kept in turns {
            let Kept { turn, secret } = kept.into();
            let unplayable = Unplayable(session.log.standing().turns + 1);
            if turn.by != session.log.speaker() {
                return Err(unplayable);
            }
            let by = session.side(turn.by);
            let here = session.log.circumstances(false);
            let done = session
                .activity
                .repeat(by, &turn.text, secret.as_deref(), here)
                .ok_or(unplayable)?;
            session.note(&done.seen);
            if done.voice == Voice::Aloud {
                if recalled.len() == RECALLED {
                    recalled.pop_front();
                }
                recalled.push_back(Notice::Recalled(by, turn.text.clone()));
            }
            session.log.add(turn);
        }
        let mut effects = Vec::new();
        session.instruct(&mut effects);
        effects.extend(recalled.into_iter().map(Effect::Show));
        effects.extend(session.activity.view().map(Notice::Board).map(Effect::Show));
        Ok((session, effects))
    }

    /// A session in which nothing has been said, without a connection.
    fn apart(me: Role, dialect: Dialect, session: Ticket, loss: Loss, chance: Chance) -> Self {
        Self {
            me,
            dialect,
            loss,
            activity: Activity::default(),
            state: TurnState::Apart(Apart { is_received: true }),
            log: TurnLog::new(session),
            banners: 0,
            instructed: false,
            owed: Vec::new(),
            chance,
            asked: None,
            tally: Tally::default(),
            playing: Vec::new(),
        }
    }

    /// How far this end has come.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.log.standing()
    }

    /// Whether a partner that stands at `theirs` can be gone on with.
    ///
    /// # Errors
    /// [`Diverged`] when it cannot.
    pub fn meets(&self, theirs: &Standing) -> Result<(), Diverged> {
        self.log.compare(theirs, self.me).map(drop)
    }

    /// What the partner speaks.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// What the loss of the connection means.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.loss
    }

    /// Whether there is no connection, and the partner is waited for.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        matches!(self.state, TurnState::Apart(_))
    }

    /// The running game.
    #[must_use]
    pub fn game(&self) -> Option<Running<'_>> {
        self.activity.running()
    }

    /// What a person can usefully type now, besides words of their own.
    #[must_use]
    pub fn suggestions(&self) -> Vec<String> {
        let mut words: Vec<String> = match (self.activity.running(), self.activity.awaits(Side::Me))
        {
            (Some(running), Awaits::Line) => running.game.legal(),
            _ => Vec::new(),
        };
        let lines = help_lines().into_iter().map(|(words, _)| words);
        words
            .extend(lines.filter(|words| {
                *words != Command::Rematch.word() || self.activity.has_last_game()
            }));
        words
    }

    /// Whether another message of the peer can be taken in now.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        match &self.state {
            TurnState::Mine(mine) => mine.held.len() < HELD,
            TurnState::Theirs(_) => self.asked.is_none(),
            TurnState::Apart(_) | TurnState::Over => false,
        }
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, TurnState::Over)
    }

    /// Takes in what happened and says what must be done, in order. After the end, nothing.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        match (input, &self.state) {
            (_, TurnState::Over) => {}
            (Input::Line(line), TurnState::Mine(_)) => self.line(line, &mut effects),
            (Input::Overlong(size), TurnState::Mine(_)) => {
                self.refuse(Refusal::TooLong { size }, String::new(), &mut effects);
            }
            // No prompt stands then, so there is nothing that could be an answer to one.
            (Input::Line(_) | Input::Overlong(_), TurnState::Theirs(_) | TurnState::Apart(_)) => {}
            (Input::Hangup, _) => self.leave(&mut effects),
            (Input::Back(theirs), _) => self.rejoin(&theirs, &mut effects),
            (Input::GaveUp | Input::PeerBroken, _) => {
                self.show_held(&mut effects);
                let ending = match self.is_unanswered() {
                    true => Ending::PartnerUnanswered,
                    false => Ending::PartnerGone,
                };
                self.close(ending, &mut effects);
            }
            // What still comes of a connection that is gone.
            (Input::Text(_) | Input::Receipt(_) | Input::PeerGone, TurnState::Apart(_)) => {}
            (Input::Text(text), _) => self.text(text, &mut effects),
            (Input::Advised(advice), _) => self.reply(Notice::Advice(advice), &mut effects),
            (Input::Counted(tally), _) => self.reply(Notice::Score(tally), &mut effects),
            (Input::Receipt(turns), _) => self.receipt(turns, &mut effects),
            (Input::PeerGone, _) => self.lose(&mut effects),
        }
        effects
    }

    fn line(&mut self, line: String, effects: &mut Vec<Effect>) {
        // Around a message they are lost on a raw line; what is left means the same to both ends.
        let line = line.trim_matches(['\r', '\n']).to_owned();
        let refusal = if line.trim().is_empty() {
            // Enter on an empty line is no mistake to explain: the prompt just stands there again.
            return self.ask(String::new(), effects);
        } else if line.len() > MAX_TEXT {
            Refusal::TooLong { size: line.len() }
        } else if self.dialect != Dialect::Tictalk && Parsed::is_more_than_a_command(&line) {
            Refusal::NotAlone
        } else {
            let here = self.log.circumstances(self.dialect != Dialect::Tictalk);
            let origin = TurnOrigin::Typed(&mut self.chance);
            let reading = match Parsed::of(&line) {
                // The partner's program may know it.
                Parsed::UnknownCommand(_) | Parsed::UnknownGame(_)
                    if here.is_foreign && self.activity.running().is_none() =>
                {
                    Parsed::Words(&line)
                }
                reading => reading,
            };
            match self.activity.judge(Side::Me, reading, origin, here) {
                Verdict::Turn(done) => return self.speak(done, line, false, effects),
                Verdict::Quit => return self.leave(effects),
                Verdict::Aside(notices) => {
                    effects.extend(notices.into_iter().map(Effect::Show));
                    return self.ask(String::new(), effects);
                }
                Verdict::Question(question) => {
                    return self.find_out(question, Side::Me, effects);
                }
                Verdict::Refused(refusal) => refusal,
            }
        };
        self.refuse(refusal, line, effects);
    }

    /// Explains why `line` was not taken, and gives it back where that is of use.
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

    /// Has something found out that `side` has asked.
    fn find_out(&mut self, question: Question, side: Side, effects: &mut Vec<Effect>) {
        self.asked = Some(side);
        effects.push(match question {
            Question::Hint => Effect::Advise,
            Question::Score => Effect::Count(self.tally.clone()),
        });
    }

    /// Tells what was found out.
    fn reply(&mut self, notice: Notice, effects: &mut Vec<Effect>) {
        match (self.asked.take(), &self.state) {
            (Some(Side::Me), TurnState::Mine(_)) => {
                effects.push(Effect::Show(notice));
                self.ask(String::new(), effects);
            }
            (Some(Side::Partner), TurnState::Theirs(_)) => self.answer(&[notice], effects),
            // The connection broke meanwhile: what comes back with it is another prompt.
            _ => {}
        }
    }

    /// Takes the turn that nobody has to choose.
    fn step(&mut self, effects: &mut Vec<Effect>) {
        let said = self.activity.step(&mut self.chance);
        let here = self.log.circumstances(self.dialect != Dialect::Tictalk);
        let origin = TurnOrigin::Written(said.secret.as_deref());
        let reading = Parsed::Words(&said.words);
        match self.activity.judge(Side::Me, reading, origin, here) {
            Verdict::Turn(done) => self.speak(done, said.words, true, effects),
            // No game refuses its own step; if one did, the person would have to go on.
            _ => effects.push(Effect::Prompt(String::new())),
        }
    }

    /// Spends our turn on what was `done` by `line`, then reads what an impatient peer has said
    /// already. `is_step`: no person waits to hear that it has arrived.
    fn speak(&mut self, done: Done, line: String, is_step: bool, effects: &mut Vec<Effect>) {
        self.banners = 0;
        let words = done.words.unwrap_or(line);
        let message = self.words_for_partner(words.clone(), &done.seen);
        let record = self.record(self.me, words, done.secret);
        let TurnState::Mine(mine) = mem::replace(&mut self.state, TurnState::Over) else {
            return;
        };
        let (said, mut theirs, held) = mine.say(message);
        theirs.is_received = is_step;
        self.state = TurnState::Theirs(theirs);
        self.note(&done.seen);
        effects.push(record);
        effects.push(said);
        effects.extend(done.seen.into_iter().map(Effect::Show));
        for text in held {
            self.text(text, effects);
        }
    }

    /// Counts the games that have ended.
    fn note(&mut self, seen: &[Notice]) {
        activity::note_games(&mut self.playing, seen);
        for played in self.playing.extract_if(.., |played| played.end.is_some()) {
            self.tally.add(&played);
        }
    }

    /// Adds a turn to the log.
    fn record(&mut self, by: Role, text: String, secret: Option<String>) -> Effect {
        let mut entry = self.log.add(Turn { by, text });
        entry.secret = secret;
        Effect::Record(Record::Turn(entry))
    }

    /// The side on which the end of this role is.
    fn side(&self, role: Role) -> Side {
        if role == self.me {
            Side::Me
        } else {
            Side::Partner
        }
    }

    /// The message that says `words`. A partner that draws no boards is given them behind the first
    /// line, with what it was not told before.
    fn words_for_partner(&mut self, words: String, seen: &[Notice]) -> String {
        if self.dialect == Dialect::Tictalk {
            return words;
        }
        self.owed.extend_from_slice(seen);
        let message = to_partner(&words, &self.owed, self.me);
        if message.len() <= MAX_TEXT {
            self.owed.clear();
            message
        } else {
            words
        }
    }

    fn text(&mut self, text: String, effects: &mut Vec<Effect>) {
        let foreign = self.dialect != Dialect::Tictalk;
        let text = match text.is_empty() && self.dialect == Dialect::Framed {
            true => EMPTY_LINE.to_owned(),
            false => text,
        };
        // What follows a first line that plays or starts a game is for people to look at.
        let reading = Parsed::of_partner(&text, foreign);
        if matches!(reading, Parsed::Command(Command::Quit)) {
            self.show_held(effects);
            effects.push(Effect::Record(Record::Goodbye(self.me.other())));
            effects.push(Effect::Show(Notice::PartnerQuit(self.me.other())));
            return self.close(Ending::PartnerLeft, effects);
        }
        match &mut self.state {
            TurnState::Apart(_) | TurnState::Over => return,
            TurnState::Mine(_) if self.banners > 0 => {
                self.banners -= 1;
                effects.push(Effect::Show(Notice::Said(text)));
                return self.ask(String::new(), effects);
            }
            TurnState::Mine(mine) => return mine.held.push_back(text),
            TurnState::Theirs(_) => {}
        }
        let is_proposal = matches!(reading, Parsed::Play(_));
        let refusal = if text.trim().is_empty() {
            Refusal::Blank
        } else {
            let here = self.log.circumstances(foreign);
            match self
                .activity
                .judge(Side::Partner, reading, TurnOrigin::Sent, here)
            {
                Verdict::Turn(done) => return self.listen(done, text, effects),
                Verdict::Quit => return,
                Verdict::Question(question) if foreign => {
                    return self.find_out(question, Side::Partner, effects);
                }
                Verdict::Question(_) => Refusal::NotATurn,
                Verdict::Aside(notices) if foreign => return self.answer(&notices, effects),
                Verdict::Aside(_) => Refusal::NotATurn,
                Verdict::Refused(refusal) => refusal,
            }
        };
        if foreign {
            if is_proposal {
                effects.push(Effect::Show(Notice::ProposalRefused {
                    said: text,
                    refusal: refusal.clone(),
                }));
            }
            let mut answer = vec![Notice::Refused(refusal)];
            answer.extend(self.activity.view().map(Notice::Board));
            self.answer(&answer, effects);
        } else {
            self.close(Ending::PartnerBrokeRule(refusal), effects);
        }
    }

    /// Takes in what the partner has `done` by `text`; then it is our turn.
    fn listen(&mut self, done: Done, text: String, effects: &mut Vec<Effect>) {
        self.hear(done, text, effects);
        self.take_turn(effects);
    }

    /// Takes in what the partner has `done` by `text`, and no more.
    fn hear(&mut self, done: Done, text: String, effects: &mut Vec<Effect>) {
        let Done { seen, voice, .. } = done;
        let words = done.words.unwrap_or(text);
        if self.dialect != Dialect::Tictalk {
            self.owed.extend_from_slice(&seen);
        }
        self.note(&seen);
        // To answer our last turn, the partner must have it.
        self.receipt(self.log.standing().turns, effects);
        effects.push(self.record(self.me.other(), words.clone(), None));
        if voice == Voice::Aloud {
            effects.push(Effect::Show(Notice::Said(words)));
        }
        // Before a game that begins with the first words, so that its board stands at the prompt.
        self.instruct(effects);
        effects.extend(seen.into_iter().map(Effect::Show));
        if self.dialect == Dialect::Tictalk {
            effects.push(Effect::Receipt(self.log.standing().turns));
        }
    }

    /// Marks our last turn as received, once.
    fn receipt(&mut self, turns: u64, effects: &mut Vec<Effect>) {
        if let TurnState::Theirs(theirs) = &mut self.state
            && self.dialect == Dialect::Tictalk
            && turns == self.log.standing().turns
            && !mem::replace(&mut theirs.is_received, true)
        {
            effects.push(Effect::Show(Notice::Received));
        }
    }

    /// Whether there is no turn of ours of which the partner is not known to have it.
    fn is_received(&self) -> bool {
        match &self.state {
            TurnState::Theirs(TheirTurn { is_received })
            | TurnState::Apart(Apart { is_received }) => *is_received,
            TurnState::Mine(_) | TurnState::Over => true,
        }
    }

    /// Whether a framed or raw client has not been answered yet: it has no greeting, so whoever
    /// connects and says anything is taken for one.
    fn is_unanswered(&self) -> bool {
        self.me == Role::Server && self.dialect != Dialect::Tictalk && self.log.standing().turns < 2
    }

    /// The connection is gone.
    fn lose(&mut self, effects: &mut Vec<Effect>) {
        if self.is_unanswered() {
            self.show_held(effects);
            self.close(Ending::PartnerUnanswered, effects);
        } else if self.loss == Loss::Ends && self.dialect != Dialect::Tictalk {
            // To these, a close is a goodbye.
            self.show_held(effects);
            effects.push(Effect::Record(Record::Goodbye(self.me.other())));
            effects.push(Effect::Show(Notice::PartnerClosed(self.me.other())));
            self.close(Ending::PartnerLeft, effects);
        } else if self.loss == Loss::Ends {
            self.show_held(effects);
            self.close(Ending::PartnerGone, effects);
        } else if self.me == Role::Server && self.log.standing().turns == 0 {
            // There is nothing yet for which the seat should be kept from others.
            self.close(Ending::NothingSaid, effects);
        } else {
            let is_received = self.is_received();
            self.state = TurnState::Apart(Apart { is_received });
            effects.push(Effect::Show(Notice::LineBroken(self.me.other())));
        }
    }

    /// The partner is there again, perhaps before we knew that it was away.
    fn rejoin(&mut self, theirs: &Standing, effects: &mut Vec<Effect>) {
        let ahead = match self.log.compare(theirs, self.me) {
            Ok(ahead) => ahead,
            Err(diverged) => return self.close(Ending::Diverged(diverged), effects),
        };
        self.state = TurnState::Theirs(TheirTurn {
            is_received: self.is_received(),
        });
        effects.push(Effect::Show(Notice::LineBack));
        match ahead {
            Ahead::Me(text) => effects.push(Effect::Send(text)),
            // Only the receipt was lost.
            Ahead::Nobody => self.receipt(self.log.standing().turns, effects),
            Ahead::Partner => {}
        }
        if self.log.speaker() == self.me {
            self.take_turn(effects);
        }
    }

    /// Tells a partner without commands of its own what it asked, or why not; it stays its turn.
    fn answer(&self, notices: &[Notice], effects: &mut Vec<Effect>) {
        effects.push(Effect::Send(to_partner("", notices, self.me)));
    }

    fn instruct(&mut self, effects: &mut Vec<Effect>) {
        if !mem::replace(&mut self.instructed, true) {
            effects.push(Effect::Show(Notice::Instructions));
        }
    }

    fn take_turn(&mut self, effects: &mut Vec<Effect>) {
        self.begin_turn(effects);
        if self.activity.awaits(Side::Me) == Awaits::Step {
            self.step(effects);
        }
    }

    /// It is our turn: asks the person for a line, if it is theirs to take.
    fn begin_turn(&mut self, effects: &mut Vec<Effect>) {
        if let TurnState::Theirs(theirs) = mem::replace(&mut self.state, TurnState::Over) {
            self.state = TurnState::Mine(theirs.hear());
        }
        if self.activity.awaits(Side::Me) != Awaits::Step {
            self.instruct(effects);
            self.ask(String::new(), effects);
        }
    }

    /// Takes a turn once more that was written down, just as it was: nothing in it is left to
    /// chance, and no other turn is taken by itself. Returns `None` when it cannot have been one.
    pub fn reenact(&mut self, kept: Kept) -> Option<Vec<Effect>> {
        let Kept { turn, secret } = kept;
        if turn.by != self.log.speaker() {
            return None;
        }
        let mut effects = Vec::new();
        let here = self.log.circumstances(self.dialect != Dialect::Tictalk);
        let by = self.side(turn.by);
        let done = self
            .activity
            .repeat(by, &turn.text, secret.as_deref(), here)?;
        match by {
            Side::Me => {
                let is_step = done.voice == Voice::Silent && secret.is_none();
                self.speak(done, turn.text, is_step, &mut effects);
            }
            Side::Partner => {
                self.hear(done, turn.text, &mut effects);
                self.begin_turn(&mut effects);
            }
        }
        Some(effects)
    }

    fn leave(&mut self, effects: &mut Vec<Effect>) {
        // To a partner who cannot hear it, a goodbye would be no end: the session can still go on.
        if !self.is_apart() {
            effects.push(Effect::Record(Record::Goodbye(self.me)));
            effects.push(Effect::Send(crate::wire::QUIT.to_owned()));
        }
        self.show_held(effects);
        effects.push(Effect::Show(Notice::ShuttingDown));
        self.close(Ending::Left, effects);
    }

    /// Shows what the peer said too early, so that it is not lost with the session.
    fn show_held(&mut self, effects: &mut Vec<Effect>) {
        if let TurnState::Mine(mine) = &mut self.state {
            effects.extend(
                mine.held
                    .drain(..)
                    .map(|text| Effect::Show(Notice::Said(text))),
            );
        }
    }

    fn close(&mut self, ending: Ending, effects: &mut Vec<Effect>) {
        self.state = TurnState::Over;
        effects.push(Effect::Close(ending));
    }
}
