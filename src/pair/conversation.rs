//! A session in progress: waits for a line, a frame or a signal, hands it to the [`Session`] and
//! performs the effects in order.

use super::error::PairError;
use super::handshake::HandshakeError;
use super::heartbeat::{self, Beat, Heartbeat};
use super::link::PartnerLink;
use super::partner_page::PartnerPage;
use super::questions::{Progress, Questions};
use super::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use crate::journal::{JournalError, Ledger, Problem};
use crate::net::{Connection, Exit, ReceiveError, Signal, Signals, until};
use crate::session::{Effect, Ending, Input, Loss, Notice, Record, Role, Session, Wait};
use crate::terminal::{Echo, Typed, with_progress};
use crate::wire::{Abilities, Control, Frame, QUIT, Standing, Text, WireError};
use std::collections::VecDeque;
use std::io::{self, Write as _};
use std::pin::Pin;
use std::time::Duration;
use tokio::time::{Instant, Sleep, sleep, sleep_until};

/// The keyword that continues a session without a journal that cannot be written.
const NO_JOURNAL: &str = "/no-journal";

/// How long a program without a person waits for a journal that another program has locked. A
/// journal is locked for milliseconds, unless a program is stopped or the disk hangs.
const LOCKED: Duration = Duration::from_secs(30);

/// The pause after a message at a terminal, so that a partner that floods leaves time to type.
const REST: Duration = Duration::from_millis(20);

/// How long a partner without tictalk may be silent before the person is told of the way out.
const LONG_SILENCE: Duration = Duration::from_secs(10);

/// The way out when both sides wait.
const WAY_OUT: &str =
    "No answer yet. If your partner's program waits for you, too, /turn takes the turn.";

/// How long it pauses between attempts, besides the time that each attempt waits by itself.
const RETRY: Duration = Duration::from_millis(50);

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

    /// Handles an event. Returns the input for the session, if there is one.
    async fn input(&mut self, event: Event) -> Option<Input> {
        match event {
            Event::Signal(signal) => {
                self.exit = Exit::Signalled(signal);
                Some(Input::Hangup)
            }
            Event::Entered(entry) => self.entered(entry),
            Event::Received(received) => self.received(received),
            Event::Reconnected(Ok(Reconnected {
                connection,
                standing,
                can,
            })) => {
                self.link.restore(connection);
                self.effects.extend(self.session.handle(Input::Met(can)));
                self.lost_at = None;
                self.heartbeat = Heartbeat::new(Instant::now());
                self.alarm.as_mut().reset(self.heartbeat.due());
                Some(Input::Back(standing))
            }
            Event::Reconnected(Err(error)) => {
                if matches!(error, PairError::Handshake(HandshakeError::Ended(_))) {
                    // The partner left while we were away. A journal that cannot be written now
                    // reports that when it is read, too.
                    let _ = self.ledger.write(&Record::Goodbye(self.me.other()));
                }
                self.failure = Some(error);
                Some(Input::GaveUp)
            }
            Event::Answered(input) => Some(input),
            Event::ReconnectTimeout => Some(Input::GaveUp),
            Event::ReceiptDue => {
                self.link.send_receipt();
                None
            }
            Event::IdleTimeout => {
                self.withdraw_prompt().await;
                self.speaker
                    .line("The partner has been silent for too long.");
                Some(Input::Hangup)
            }
            Event::Rested => {
                self.rest = None;
                None
            }
            Event::LongSilence => {
                self.is_told_of_turn = true;
                self.withdraw_prompt().await;
                self.speaker.hint(WAY_OUT);
                None
            }
            Event::Alarm => self.beat(),
        }
    }

    /// When to tell the person that the partner's program may wait, too. Once is enough.
    fn silence_due(&self) -> Option<Instant> {
        let may_wait = !self.is_told_of_turn
            && self.session.peer().may_wait_too()
            && self.session.waits_for() == Some(Wait::Turn)
            && self.session.game().is_none();
        may_wait.then(|| self.last_turn + LONG_SILENCE)
    }

    fn entered(&mut self, entry: SpeakerInput) -> Option<Input> {
        Some(match (entry.typed, entry.place) {
            (Typed::Line(line), TypedAt::Prompt) => {
                self.last_turn = Instant::now();
                Input::Line(line)
            }
            (Typed::Line(line), TypedAt::Ahead) => Input::Ahead(line),
            (Typed::Overlong(size), TypedAt::Prompt) => Input::Overlong(size),
            // Its start is the draft, which is judged on the person's turn.
            (Typed::Overlong(_), TypedAt::Ahead) => return None,
            (Typed::Interrupt, _) => {
                self.exit = Exit::Signalled(Signal::Interrupt);
                Input::Hangup
            }
            (Typed::End | Typed::Gone, _) => Input::Hangup,
            (Typed::Failed(error), _) => {
                self.failure = Some(PairError::Console(error));
                Input::Hangup
            }
        })
    }

    fn received(&mut self, received: Result<Option<Frame>, ReceiveError>) -> Option<Input> {
        if let Ok(Some(_)) = &received {
            self.heartbeat.hear(Instant::now());
        }
        match received {
            Ok(Some(Frame::Text(text))) => {
                self.last_turn = Instant::now();
                if let Some(page) = &mut self.page {
                    page.heard();
                }
                Some(Input::Text(text))
            }
            Ok(Some(Frame::Control(Control::Ping))) => {
                self.link.send_control(Control::Pong);
                None
            }
            Ok(Some(Frame::Control(Control::Receipt { turns }))) => Some(Input::Receipt(turns)),
            Ok(Some(Frame::Control(Control::Comment { number, text }))) => {
                Some(Input::Comment(number, text.into()))
            }
            Ok(Some(Frame::Control(Control::Heard { comments }))) => Some(Input::Heard(comments)),
            Ok(Some(Frame::Control(Control::Pong | Control::Boards { .. } | Control::Unknown))) => {
                None
            }
            // These belong to the greeting or to a room, and mean nothing here.
            Ok(Some(Frame::Control(
                Control::Hello { .. }
                | Control::Challenge { .. }
                | Control::Proof { .. }
                | Control::Welcome { .. }
                | Control::Refuse { .. }
                | Control::Say { .. }
                | Control::Stored { .. }
                | Control::Post(_)
                | Control::Gathered(_)
                | Control::Recall(_)
                | Control::Tell { .. }
                | Control::Members { .. }
                | Control::Board(_)
                | Control::Ended { .. }
                | Control::Turn { .. }
                | Control::Open { .. }
                | Control::Connected { .. }
                | Control::Results { .. },
            ))) => None,
            // The connection timed out: for a partner that cannot reconnect, this is no goodbye.
            Err(ReceiveError::Io(error))
                if self.session.loss() == Loss::Ends && error.kind() == io::ErrorKind::TimedOut =>
            {
                Some(Input::PeerBroken)
            }
            Ok(None)
            | Err(
                ReceiveError::Io(_)
                | ReceiveError::Line(_)
                | ReceiveError::Wire(WireError::CutShort { .. }),
            ) => Some(Input::PeerGone),
            Err(ReceiveError::Wire(error)) => {
                let role = self.me.other();
                self.failure = Some(PairError::PartnerBrokeWire { role, error });
                Some(Input::PeerBroken)
            }
        }
    }

    /// Pings the partner, or counts the connection as lost.
    fn beat(&mut self) -> Option<Input> {
        let now = Instant::now();
        if !self.link.is_up() || !self.session.wants_text() {
            // Nothing could be received.
            self.heartbeat.hear(now);
        }
        match self.heartbeat.beat(now) {
            Beat::Ping => {
                self.alarm.as_mut().reset(self.heartbeat.due());
                self.link.send_control(Control::Ping);
                None
            }
            Beat::Dead => {
                self.alarm.as_mut().reset(now + self.reconnect);
                Some(Input::PeerGone)
            }
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

    /// Decides what to do about a journal that cannot be written: the person chooses, if there is
    /// one. Otherwise a locked journal is retried for up to [`LOCKED`].
    async fn decide(&mut self, error: JournalError) -> Result<(), PairError> {
        if error.may_pass() && !self.speaker.can_decide() {
            let since = *self.locked_since.get_or_insert_with(|| {
                // Without standard error, nothing of the session is missed.
                let _ = writeln!(
                    io::stderr(),
                    "tictalk: the journal is locked by another program: waiting for up to {} seconds",
                    LOCKED.as_secs()
                );
                Instant::now()
            });
            if since.elapsed() < LOCKED {
                tokio::select! {
                    biased;
                    signal = self.signals.next() => self.leave_unrecorded(Exit::Signalled(signal)),
                    () = sleep(RETRY) => {}
                }
                return Ok(());
            }
        }
        self.withdraw_prompt().await;
        let is_final = matches!(
            error,
            JournalError::Use(Problem::TakenOver | Problem::Deleted)
        );
        if is_final || !self.speaker.can_decide() {
            self.speaker.finish().await;
            return Err(match is_final {
                true => PairError::Journal(error),
                false => PairError::Unrecorded(error),
            });
        }
        self.speaker.warn(&format!(
            "The journal cannot be written: {error}. The session is paused. Press Enter to try \
             again, type {NO_JOURNAL} to continue without a journal, or {QUIT} to leave."
        ));
        loop {
            let (draft, echo) = (String::new(), Echo::Shown);
            self.prompt(Prompt { draft, echo }).await;
            match self.decision().await {
                Typed::Line(line) => match line.trim() {
                    "" => return Ok(()),
                    NO_JOURNAL => {
                        self.ledger.close();
                        return Ok(());
                    }
                    QUIT => {
                        self.leave_unrecorded(Exit::Goodbye);
                        return Ok(());
                    }
                    _ => self.speaker.warn(&format!(
                        "Press Enter to try again, or type {NO_JOURNAL} or {QUIT}."
                    )),
                },
                Typed::Overlong(_) => {}
                Typed::Interrupt => {
                    self.leave_unrecorded(Exit::Signalled(Signal::Interrupt));
                    return Ok(());
                }
                Typed::End | Typed::Gone => {
                    self.leave_unrecorded(self.exit);
                    return Ok(());
                }
                Typed::Failed(error) => return Err(PairError::Console(error)),
            }
        }
    }

    /// Waits for the person's decision about the journal.
    async fn decision(&mut self) -> Typed {
        loop {
            tokio::select! {
                biased;
                signal = self.signals.next() => {
                    self.exit = Exit::Signalled(signal);
                    return Typed::Gone;
                }
                typed = self.speaker.typed() => return typed,
                // The partner gets no answer meanwhile, but should know that we are still here.
                () = sleep(heartbeat::EVERY), if self.session.peer().answers_pings() => {
                    self.link.send_control(Control::Ping);
                }
            }
        }
    }

    /// Leaves without a journal.
    fn leave_unrecorded(&mut self, exit: Exit) {
        self.exit = exit;
        self.ledger.close();
        // A turn that could not be recorded was never said. Only a goodbye has ended the session.
        if !self.session.is_over() {
            self.effects = self.session.handle(Input::Hangup).into();
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
