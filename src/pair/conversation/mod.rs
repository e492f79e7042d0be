//! A session in progress: waits for a line, a frame or a signal, hands it to the [`Session`] and
//! performs the effects in order.
//!
//! `incoming` tells what an event means to the session. `unrecorded` decides with the person what to do
//! about a journal that cannot be written.

use super::error::PairError;
use super::heartbeat::Heartbeat;
use super::link::PartnerLink;
use super::partner_page::PartnerPage;
use super::questions::{Progress, Questions};
use super::speaker::{Prompt, Speaker, SpeakerInput};
use crate::journal::{JournalError, Ledger, Problem};
use crate::net::{Connection, Exit, ReceiveError, Signal, Signals, until};
use crate::session::{Effect, Ending, Input, Notice, Record, Role, Session};
use crate::terminal::{Echo, with_progress};
use crate::wire::{Abilities, Control, Frame, Standing, Text};
use std::collections::VecDeque;
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep_until};

mod incoming;
mod unrecorded;

/// The pause after a message at a terminal, so that a partner that floods leaves time to type.
const REST: Duration = Duration::from_millis(20);

/// A session that is about to start or to resume.
#[derive(Debug)]
pub struct SessionStart<'journal> {
    /// The session.
    pub session: Session,
    /// Its first effects.
    pub effects: Vec<Effect>,
    /// Its place in the journal.
    pub ledger: Ledger<'journal>,
    /// How long to wait for a partner whose connection is lost.
    pub reconnect: Duration,
    /// How long both sides may be silent before this end leaves, if there is such a limit.
    pub idle: Option<Duration>,
}

/// A partner that has reconnected.
#[derive(Debug)]
pub struct Reconnected {
    /// The new connection.
    pub connection: Connection,
    /// How far the partner's end has come.
    pub standing: Standing,
    /// What the partner's program can do.
    pub can: Abilities,
}

/// How a partner whose connection is lost reconnects.
pub trait Partner {
    /// Waits for the partner's new connection. A partner may reconnect before its old connection is
    /// known to be lost. Cancel safe.
    ///
    /// # Errors
    /// [`PairError`] if it cannot reconnect.
    fn reconnect(
        &mut self,
        session: &Session,
    ) -> impl Future<Output = Result<Reconnected, PairError>>;

    /// The command by which the person here can resume the session later, if there is one.
    fn resume_command(&self) -> Option<String> {
        None
    }
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConversationEnd {
    /// One side left.
    Over(Exit),
    /// The partner left before the first turn.
    NothingSaid,
    /// A framed or raw client left before this end had answered: it may have been any program.
    Unanswered,
}

/// One end of a session and everything it is connected to.
pub struct Conversation<'a, 'journal, P, S> {
    me: Role,
    session: Session,
    /// Effects that are still to be performed.
    effects: VecDeque<Effect>,
    ledger: Ledger<'journal>,
    reconnect: Duration,
    idle: Option<Duration>,
    link: PartnerLink,
    partner: &'a mut P,
    speaker: &'a mut S,
    /// What the partner's page shows, if it has one.
    page: Option<PartnerPage>,
    signals: &'a mut Signals,
    questions: Questions,
    heartbeat: Heartbeat,
    /// Goes off when the heartbeat is due. It is set only then, so that a message costs no more than
    /// reading the clock.
    alarm: Pin<Box<Sleep>>,
    /// When either side last said something.
    last_turn: Instant,
    /// Whether the person knows the way out when both sides wait.
    is_told_of_turn: bool,
    /// Until when nothing more is received, so that a person can type.
    rest: Option<Instant>,
    lost_at: Option<Instant>,
    /// Since when the journal has been locked.
    locked_since: Option<Instant>,
    exit: Exit,
    failure: Option<PairError>,
}

/// Something that happened outside the session.
enum Event {
    Signal(Signal),
    Entered(SpeakerInput),
    Received(Result<Option<Frame>, ReceiveError>),
    Reconnected(Result<Reconnected, PairError>),
    Answered(Input),
    ReconnectTimeout,
    ReceiptDue,
    IdleTimeout,
    LongSilence,
    /// The person has had time to type.
    Rested,
    Alarm,
}

/// How far the effects were performed.
enum Performed {
    All,
    Ended(Ending),
    /// The first effect that is left could not be recorded.
    Unrecorded(JournalError),
}

impl<'a, 'journal, P: Partner, S: Speaker> Conversation<'a, 'journal, P, S> {
    /// The end with the role `me` of a session over `connection`.
    pub fn new(
        me: Role,
        start: SessionStart<'journal>,
        connection: Connection,
        partner: &'a mut P,
        speaker: &'a mut S,
        signals: &'a mut Signals,
    ) -> Self {
        let now = Instant::now();
        let heartbeat = Heartbeat::new(now);
        Self {
            me,
            session: start.session,
            effects: VecDeque::from(start.effects),
            ledger: start.ledger,
            reconnect: start.reconnect,
            idle: start.idle,
            link: PartnerLink::new(connection),
            partner,
            speaker,
            page: None,
            signals,
            questions: Questions::default(),
            alarm: Box::pin(sleep_until(heartbeat.due())),
            heartbeat,
            last_turn: now,
            is_told_of_turn: false,
            rest: None,
            lost_at: None,
            locked_since: None,
            exit: Exit::Goodbye,
            failure: None,
        }
    }

    /// The same with a partner at a page.
    pub(super) fn with_page(self, page: PartnerPage) -> Self {
        Self {
            page: Some(page),
            ..self
        }
    }

    /// Runs the session until one of the two sides leaves.
    ///
    /// # Errors
    /// [`PairError`] if the session does not end with a goodbye.
    pub async fn run(mut self) -> Result<ConversationEnd, PairError> {
        loop {
            match self.perform().await {
                Performed::All => self.locked_since = None,
                Performed::Unrecorded(error) => {
                    self.decide(error).await?;
                    continue;
                }
                Performed::Ended(ending) => return self.end(ending).await,
            }
            let event = self.next_event().await;
            let is_message = matches!(event, Event::Received(_));
            if let Some(input) = self.input(event).await {
                let effects = self.session.handle(input);
                // A notice interrupts the line editor, which loses an Enter pressed at that moment.
                let interrupts = |effect: &Effect| matches!(effect, Effect::Show(_));
                if is_message && self.speaker.can_ask() && effects.iter().any(interrupts) {
                    self.rest = Some(Instant::now() + REST);
                }
                self.effects.extend(effects);
                self.note_loss();
            }
        }
    }

    /// Waits for the next event.
    async fn next_event(&mut self) -> Event {
        let receipt_due = self.link.receipt_due();
        let silence_due = self.silence_due();
        let rest = self.rest;
        let progress = match self.speaker.shows_waits() {
            true => Progress::Elsewhere,
            false => Progress::Shown,
        };
        tokio::select! {
            biased;
            signal = self.signals.next() => Event::Signal(signal),
            // Before the peer's messages, so that a peer that floods cannot keep anybody from
            // leaving.
            entry = self.speaker.entered() => Event::Entered(entry),
            received = self.link.receive(), if self.session.wants_text() && rest.is_none() => {
                Event::Received(received)
            }
            reconnected = reconnected(self.me, self.partner, &self.session, progress) => {
                Event::Reconnected(reconnected)
            }
            answer = self.questions.answer(&self.ledger, progress) => Event::Answered(answer),
            () = until(self.lost_at.map(|lost_at| lost_at + self.reconnect)) => {
                Event::ReconnectTimeout
            }
            () = until(receipt_due) => Event::ReceiptDue,
            () = until(self.idle.map(|idle| self.last_turn + idle)) => Event::IdleTimeout,
            () = until(silence_due) => Event::LongSilence,
            () = until(rest) => Event::Rested,
            // Last, so that what has arrived meanwhile counts first.
            () = &mut self.alarm, if self.session.peer().answers_pings() => Event::Alarm,
        }
    }

    /// Starts the reconnect timeout when the session has lost its connection.
    fn note_loss(&mut self) {
        if !self.session.is_apart() || self.lost_at.is_some() {
            return;
        }
        self.lost_at = Some(Instant::now());
        self.link.drop_connection();
        if self.ledger.is_taken_over() {
            self.failure = Some(PairError::Journal(Problem::TakenOver.into()));
            self.effects = self.session.handle(Input::GaveUp).into();
        }
    }

    /// Performs the effects in order and removes those that are done.
    async fn perform(&mut self) -> Performed {
        while let Some(effect) = self.effects.pop_front() {
            match effect {
                Effect::Record(record) => {
                    if let Err(error) = self.ledger.write(&record) {
                        self.effects.push_front(Effect::Record(record));
                        return Performed::Unrecorded(error);
                    }
                    if matches!(record, Record::Turn(_)) {
                        self.link.drop_receipt();
                    }
                }
                Effect::Send(text) => self.link.send_text(text),
                Effect::Tell(words) => self.link.send_control(Control::Tell {
                    text: Text::cut(words),
                    private: None,
                }),
                Effect::Receipt(turns) => self.link.delay_receipt(turns),
                Effect::Comment(comment) => self.link.send_control(Control::Comment {
                    number: comment.number,
                    text: Text::cut(comment.text),
                }),
                Effect::Heard(comments) => self.link.send_control(Control::Heard { comments }),
                // It interrupts nobody who is typing.
                Effect::Show(notice @ Notice::Commented(..)) => {
                    self.speaker.interject(&notice, &self.session).await;
                }
                Effect::Show(notice) => {
                    if let Some(page) = &mut self.page {
                        page.note(&notice);
                    }
                    self.withdraw_prompt().await;
                    self.speaker.show(&notice).await;
                }
                Effect::Prompt(draft) => {
                    self.withdraw_prompt().await;
                    let echo = Echo::Shown;
                    self.prompt(Prompt { draft, echo }).await;
                }
                Effect::PromptHidden => {
                    self.withdraw_prompt().await;
                    let (draft, echo) = (String::new(), Echo::Hidden);
                    self.prompt(Prompt { draft, echo }).await;
                }
                Effect::Keep(line) => self.speaker.keep(line),
                Effect::Advise => self.questions.ask_hint(&self.session),
                Effect::Count(tally) => self.questions.ask_score(tally),
                Effect::Close(ending) => return Performed::Ended(ending),
            }
        }
        if let Some(page) = &mut self.page {
            for control in page.update(&self.session) {
                self.link.send_control(control);
            }
        }
        let deadline = self.lost_at.map(|lost_at| lost_at + self.reconnect);
        self.speaker.observe(&self.session, deadline);
        if let Some(wait) = self.session.waits_for() {
            self.speaker.wait(wait, &self.session);
        }
        self.speaker.flush();
        Performed::All
    }

    async fn prompt(&mut self, prompt: Prompt) {
        self.speaker.prompt(prompt, &self.session).await;
    }

    /// Withdraws the prompt. This interrupts the editor, and the interrupt is forgotten before
    /// anything new is shown: from then on, an interrupt comes from the person.
    async fn withdraw_prompt(&mut self) {
        if self.speaker.set_aside().await {
            self.signals.forget_interrupts().await;
        }
    }

    /// Ends the conversation.
    async fn end(mut self, ending: Ending) -> Result<ConversationEnd, PairError> {
        self.withdraw_prompt().await;
        let Self {
            me,
            link,
            ledger,
            partner,
            speaker,
            lost_at,
            exit,
            failure,
            ..
        } = self;
        if ending == Ending::NothingSaid {
            return Ok(ConversationEnd::NothingSaid);
        }
        let may_resume = lost_at.is_some() && failure.is_none() && ledger.is_open();
        if may_resume && let Some(command) = partner.resume_command() {
            speaker.hint(&format!("`{command}` resumes this session."));
        }
        speaker.finish().await;
        if ending == Ending::Left
            && let Some(connection) = link.into_connection()
        {
            connection.close().await;
        }
        match ending {
            Ending::Left => failure.map_or(Ok(ConversationEnd::Over(exit)), Err),
            Ending::PartnerLeft => Ok(ConversationEnd::Over(exit)),
            Ending::NothingSaid => Ok(ConversationEnd::NothingSaid),
            Ending::PartnerUnanswered => Ok(ConversationEnd::Unanswered),
            Ending::PartnerGone => Err(failure.unwrap_or(PairError::PartnerGone(me.other()))),
            Ending::Diverged(diverged) => Err(PairError::Diverged(diverged)),
            Ending::PartnerBrokeRule(refusal) => Err(PairError::PartnerBrokeRule {
                role: me.other(),
                refusal,
            }),
        }
    }
}

/// Waits for the partner to reconnect, with a progress line while it is known to be away.
async fn reconnected(
    me: Role,
    partner: &mut impl Partner,
    session: &Session,
    progress: Progress,
) -> Result<Reconnected, PairError> {
    if session.is_apart() && progress == Progress::Shown {
        let waiting = match me {
            Role::Server => "Waiting for the client to reconnect",
            Role::Client => "Reconnecting",
        };
        with_progress(waiting, partner.reconnect(session)).await
    } else {
        partner.reconnect(session).await
    }
}
