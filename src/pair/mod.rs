//! The shell of a pair: sockets, signals and a console around one [`Session`].
//!
//! [`converse`] is its heart: it waits for a line, a frame or a signal, hands it to the session,
//! and performs the effects in order. [`server`] and [`client`] bring it a connection, and another
//! one when that breaks.

use crate::games::{Advice, Chance, Skill};
use crate::journal::{self, Header, Journal, JournalError, Ledger, Problem};
use crate::net::{Address, AddressError, Connection, Exit, ReceiveError, Signal, Signals};
use crate::session::{
    Diverged, Effect, Ending, Input, Kept, Loss, Record, Refusal, Role, Session, Tally,
};
use crate::terminal::{ConsoleError, Echo, Typed, with_progress};
use crate::wire::{Control, Dialect, Frame, QUIT, Standing, WireError};
use heartbeat::{Beat, Pulse};
use std::collections::VecDeque;
use std::future::pending;
use std::io::{self, Write as _};
use std::time::Duration;
use tokio::task::{JoinHandle, spawn_blocking};
use tokio::time::{Instant, sleep, sleep_until};

pub mod client;
mod heartbeat;
pub mod robot;
pub mod server;
pub mod solo;
mod speaker;
mod transcript;

pub use speaker::{Prompt, Speaker};
pub use transcript::{Boards, Transcript};

/// Why a talk could not begin or go on. Each is one line: what, where, what to do.
#[derive(Debug, thiserror::Error)]
pub enum PairError {
    /// No server could be started, or none be reached.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// The two programs could not agree to talk.
    #[error(transparent)]
    Handshake(#[from] client::HandshakeError),
    /// The connection ended without `/q`.
    #[error("the {} has gone without saying /q: it was closed or the line broke", .0.name())]
    PartnerGone(Role),
    /// The peer broke the rules of the wire.
    #[error("the connection was closed, because the {}'s program broke the rules: {error}", .role.name())]
    PartnerBrokeWire {
        /// The peer's role.
        role: Role,
        /// What was expected and what came.
        error: WireError,
    },
    /// The peer broke a rule of the turns or of a game.
    #[error("the connection was closed, because the {}'s program broke the rules: {refusal}", .role.name())]
    PartnerBrokeRule {
        /// The peer's role.
        role: Role,
        /// Which rule.
        refusal: Refusal,
    },
    /// The partner's program has written down other turns than this one.
    #[error(
        "{0}, so the talk cannot go on. `tictalk history` shows what was said; begin a new one \
         without --resume"
    )]
    Diverged(Diverged),
    /// A program that plays with one partner has come to a room.
    #[error("the server keeps a room, where a bot has no partner: start it without --join")]
    Room,
    /// There is nothing to go on with.
    #[error("no unfinished talk with {0} is in the journal: leave out --resume to begin a new one")]
    NothingToResume(Address),
    /// What is said could not be written down.
    #[error("cannot write the journal: {0}; make room, or use --no-journal")]
    Unwritten(JournalError),
    /// What was said could not be read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The terminal, or the file that stands for it, failed.
    #[error(transparent)]
    Console(#[from] ConsoleError),
    /// The system refused something that a program can expect to get.
    #[error(transparent)]
    System(#[from] io::Error),
}

/// A talk that is to begin, or to go on.
#[derive(Debug)]
pub struct SessionStart<'journal> {
    /// Where it stands.
    pub session: Session,
    /// What is to be done first.
    pub effects: Vec<Effect>,
    /// Where it is written down.
    pub ledger: Ledger<'journal>,
    /// How long a partner is waited for whose connection broke.
    pub hold: Duration,
    /// How long nobody may say anything before this end leaves; for ever when zero.
    pub idle: Duration,
}

/// How a partner whose connection broke comes back.
pub trait Partner {
    /// Waits for the partner's new connection, and returns it with where the partner stands. A
    /// partner may come before its old connection is known to have broken. May be given up at any
    /// time.
    ///
    /// # Errors
    /// When it cannot come back.
    fn back(
        &mut self,
        session: &Session,
    ) -> impl Future<Output = Result<(Connection, Standing), PairError>>;

    /// The command by which the person here goes on with the talk later, where there is one.
    fn resume(&self) -> Option<String> {
        None
    }
}

/// How a talk ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Talked {
    /// Somebody left.
    Over(Exit),
    /// The partner went before anything was said.
    NothingSaid,
    /// A framed or raw client went before this end had said anything: it may have been anybody.
    Unanswered,
}

/// How long a receipt waits for a turn of our own that would say the same: nobody notices, and
/// where two programs answer each other at once it halves the packets (RFC 1122, 4.2.3.2, on
/// acknowledgements in TCP).
const RECEIPT_DELAY: Duration = Duration::from_millis(40);

/// A receipt that is still to be sent.
#[derive(Debug)]
struct Receipt {
    turns: u64,
    due: Instant,
}

/// The way to the partner.
struct PartnerLink {
    /// None while the partner is away.
    connection: Option<Connection>,
    receipt: Option<Receipt>,
}

impl PartnerLink {
    /// Sends a control frame. A broken line shows itself when we next read from it.
    fn say(&mut self, control: Control) {
        if let Some(connection) = &mut self.connection {
            drop(connection.send(&Frame::Control(control)));
        }
    }

    /// Sends a receipt that waits, in front of whatever is sent next.
    fn send_receipt(&mut self) {
        if let (Some(Receipt { turns, .. }), Some(connection)) =
            (self.receipt.take(), &mut self.connection)
        {
            connection.queue(&Frame::Control(Control::Receipt { turns }));
        }
    }
}

/// The keyword by which a person goes on without a journal that cannot be written.
const NO_JOURNAL: &str = "/no-journal";

/// Talks with the partner at the other end of `connection` until one of the two leaves.
///
/// # Errors
/// [`PairError`] when the talk does not end with a goodbye.
pub async fn converse<S: Speaker>(
    me: Role,
    talk: SessionStart<'_>,
    connection: Connection,
    partner: &mut impl Partner,
    speaker: &mut S,
    signals: &mut Signals,
) -> Result<Talked, PairError> {
    let SessionStart {
        mut session,
        effects,
        mut ledger,
        hold,
        idle,
    } = talk;
    let mut to_do = VecDeque::from(effects);
    let mut line = PartnerLink {
        connection: Some(connection),
        receipt: None,
    };
    // Pings are for a partner that answers them. The alarm is set anew only when it goes off, so that
    // a message costs no more than a look at the clock.
    let has_pulse = session.dialect() == Dialect::Tictalk;
    let mut pulse = Pulse::new(Instant::now());
    let mut alarm = std::pin::pin!(sleep_until(pulse.due()));
    let mut heard_at = Instant::now();
    let mut apart_since = None;
    let mut exit = Exit::Goodbye;
    let mut failure = None;
    let mut questions = Questions::default();
    let mut locked_since = None;
    loop {
        let performed = perform(
            &mut to_do,
            &session,
            &mut questions,
            &mut line,
            &mut ledger,
            speaker,
            signals,
        );
        match performed.await {
            Performed::All => locked_since = None,
            Performed::Unwritten(error) => {
                match settle(
                    error,
                    &mut locked_since,
                    &session,
                    &mut line,
                    speaker,
                    signals,
                )
                .await?
                {
                    Settled::Again => continue,
                    Settled::Unjournaled => {
                        ledger.close();
                        continue;
                    }
                    Settled::Leave(why) => {
                        exit = why;
                        ledger.close();
                        // What could not be written down was never said, unless it is a goodbye.
                        if !session.is_over() {
                            to_do = session.handle(Input::Hangup).into();
                        }
                        continue;
                    }
                }
            }
            Performed::Ended(Ending::NothingSaid) => return Ok(Talked::NothingSaid),
            Performed::Ended(ending) => {
                let may_go_on = apart_since.is_some() && failure.is_none() && ledger.is_open();
                if may_go_on && let Some(command) = partner.resume() {
                    speaker.hint(&format!("`{command}` goes on with this talk."));
                }
                speaker.finish().await;
                if ending == Ending::Left
                    && let Some(connection) = line.connection
                {
                    connection.close().await;
                }
                return match ending {
                    Ending::Left => failure.map_or(Ok(Talked::Over(exit)), Err),
                    Ending::PartnerLeft | Ending::NothingSaid => Ok(Talked::Over(exit)),
                    Ending::PartnerUnanswered => Ok(Talked::Unanswered),
                    Ending::PartnerGone => {
                        Err(failure.unwrap_or(PairError::PartnerGone(me.other())))
                    }
                    Ending::Diverged(diverged) => Err(PairError::Diverged(diverged)),
                    Ending::PartnerBrokeRule(refusal) => Err(PairError::PartnerBrokeRule {
                        role: me.other(),
                        refusal,
                    }),
                };
            }
        }
        let input = tokio::select! {
            biased;
            signal = signals.next() => {
                exit = Exit::Signalled(signal);
                Input::Hangup
            }
            // Before what the peer says, so that a peer that says much keeps nobody from leaving.
            typed = speaker.typed() => match typed {
                Typed::Line(line) => {
                    heard_at = Instant::now();
                    Input::Line(line)
                }
                Typed::Overlong(size) => Input::Overlong(size),
                Typed::Interrupt => {
                    exit = Exit::Signalled(Signal::Interrupt);
                    Input::Hangup
                }
                Typed::End | Typed::Gone => Input::Hangup,
                Typed::Failed(error) => {
                    failure = Some(PairError::Console(error));
                    Input::Hangup
                }
            },
            received = receive(&mut line.connection), if session.wants_text() => match received {
                Ok(Some(Frame::Text(text))) => {
                    heard_at = Instant::now();
                    pulse.hear(heard_at);
                    Input::Text(text)
                }
                Ok(Some(Frame::Control(Control::Ping))) => {
                    pulse.hear(Instant::now());
                    line.say(Control::Pong);
                    continue;
                }
                Ok(Some(Frame::Control(Control::Receipt { turns }))) => Input::Receipt(turns),
                // Nothing else that a pair tells by control frames demands an answer.
                Ok(Some(Frame::Control(_))) => {
                    pulse.hear(Instant::now());
                    continue;
                }
                // The line is dead: to a partner that cannot come back, that is no goodbye.
                Err(ReceiveError::Io(error))
                    if session.loss() == Loss::Ends && error.kind() == io::ErrorKind::TimedOut =>
                {
                    Input::PeerBroken
                }
                Ok(None)
                | Err(ReceiveError::Io(_) | ReceiveError::Wire(WireError::CutShort { .. })) => {
                    Input::PeerGone
                }
                Err(ReceiveError::Wire(error)) => {
                    let role = me.other();
                    failure = Some(PairError::PartnerBrokeWire { role, error });
                    Input::PeerBroken
                }
            },
            back = come_back(partner, &session) => match back {
                Ok((anew, theirs)) => {
                    line.connection = Some(anew);
                    apart_since = None;
                    pulse = Pulse::new(Instant::now());
                    alarm.as_mut().reset(pulse.due());
                    Input::Back(theirs)
                }
                Err(error) => {
                    if matches!(error, PairError::Handshake(client::HandshakeError::Ended(_))) {
                        // Said behind our back. A journal that fails now fails as it is read, too.
                        let _ = ledger.write(&Record::Goodbye(me.other()));
                    }
                    failure = Some(error);
                    Input::GaveUp
                }
            },
            answer = questions.answer(&ledger) => answer,
            () = until(apart_since.map(|since| since + hold)) => Input::GaveUp,
            () = until(line.receipt.as_ref().map(|receipt| receipt.due)) => {
                line.send_receipt();
                continue;
            }
            () = until((!idle.is_zero()).then(|| heard_at + idle)) => {
                speaker.line("The partner has been silent for too long.");
                Input::Hangup
            }
            // The last, so that what has come meanwhile is heard first.
            () = &mut alarm, if has_pulse => {
                let now = Instant::now();
                if line.connection.is_none() || !session.wants_text() {
                    pulse.hear(now);
                }
                let beat = pulse.beat(now);
                alarm.as_mut().reset(match beat {
                    Beat::Ping => pulse.due(),
                    Beat::Dead => now + hold,
                });
                match beat {
                    Beat::Dead => Input::PeerGone,
                    Beat::Ping => {
                        line.say(Control::Ping);
                        continue;
                    }
                }
            }
        };
        to_do.extend(session.handle(input));
        if session.is_apart() && apart_since.is_none() {
            apart_since = Some(Instant::now());
            line.connection = None;
            line.receipt = None;
            if ledger.is_taken_over() {
                failure = Some(PairError::Journal(Problem::TakenOver.into()));
                to_do = session.handle(Input::GaveUp).into();
            }
        }
    }
}

/// What the session has asked the shell to find out.
#[derive(Debug, Default)]
struct Questions {
    /// A thread that looks for a good move.
    hint: Option<JoinHandle<Option<Advice>>>,
    /// The games of this session, to which those of others are to be added.
    score: Option<Tally>,
}

impl Questions {
    /// Begins to look for a good move in the running game.
    fn ask_hint(&mut self, session: &Session) {
        let game = session.game().map(|running| running.game.boxed());
        self.hint = Some(spawn_blocking(move || {
            game?.advise(Skill::Perfect, &mut Chance::new([0; 32]))
        }));
    }

    /// Waits for the next answer. Dropping the future loses nothing.
    async fn answer(&mut self, ledger: &Ledger<'_>) -> Input {
        if let Some(mut tally) = self.score.take() {
            // A journal that cannot be read now cannot be written either, and says so then.
            for played in ledger.other_games().unwrap_or_default() {
                tally.add(&played);
            }
            return Input::Counted(tally);
        }
        let Some(thread) = &mut self.hint else {
            return pending().await;
        };
        let advice = with_progress("Thinking", thread).await;
        self.hint = None;
        Input::Advised(advice.unwrap_or_default())
    }
}

/// The next frame; none without a connection.
async fn receive(connection: &mut Option<Connection>) -> Result<Option<Frame>, ReceiveError> {
    match connection {
        Some(connection) => connection.receive().await,
        None => pending().await,
    }
}

/// Waits for the partner; where it is known to be away, with a sign of life.
async fn come_back(
    partner: &mut impl Partner,
    session: &Session,
) -> Result<(Connection, Standing), PairError> {
    if session.is_apart() {
        with_progress(
            "Waiting for your partner to come back",
            partner.back(session),
        )
        .await
    } else {
        partner.back(session).await
    }
}

async fn until(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => pending().await,
    }
}

/// How far [`perform`] came.
enum Performed {
    All,
    Ended(Ending),
    /// The first of the effects left to be done could not be written down.
    Unwritten(JournalError),
}

/// Performs the effects in order, and takes away those that are done.
async fn perform<S: Speaker>(
    to_do: &mut VecDeque<Effect>,
    session: &Session,
    questions: &mut Questions,
    line: &mut PartnerLink,
    ledger: &mut Ledger<'_>,
    speaker: &mut S,
    signals: &mut Signals,
) -> Performed {
    while let Some(effect) = to_do.pop_front() {
        match effect {
            Effect::Record(record) => {
                if let Err(error) = ledger.write(&record) {
                    to_do.push_front(Effect::Record(record));
                    return Performed::Unwritten(error);
                }
                if matches!(record, Record::Turn(_)) {
                    // A turn of ours says that we have the one before.
                    line.receipt = None;
                }
            }
            Effect::Send(text) => {
                line.send_receipt();
                if let Some(connection) = &mut line.connection {
                    // A broken line shows itself when we next read from it.
                    drop(connection.send(&Frame::Text(text)));
                }
            }
            Effect::Receipt(turns) => {
                let due = Instant::now() + RECEIPT_DELAY;
                line.receipt = Some(Receipt { turns, due });
            }
            Effect::Show(notice) => {
                set_aside(speaker, signals).await;
                speaker.show(&notice).await;
            }
            Effect::Prompt(draft) => {
                set_aside(speaker, signals).await;
                let echo = Echo::Shown;
                speaker.prompt(Prompt { draft, echo }, session).await;
            }
            Effect::PromptHidden => {
                set_aside(speaker, signals).await;
                let (draft, echo) = (String::new(), Echo::Hidden);
                speaker.prompt(Prompt { draft, echo }, session).await;
            }
            Effect::Advise => questions.ask_hint(session),
            Effect::Count(tally) => questions.score = Some(tally),
            Effect::Close(ending) => return Performed::Ended(ending),
        }
    }
    speaker.flush();
    Performed::All
}

/// Takes back a prompt that stands. The editor ends by an interrupt, which is forgotten before
/// anything new is seen: from then on, an interrupt is a person's.
async fn set_aside<S: Speaker>(speaker: &mut S, signals: &mut Signals) {
    if speaker.set_aside().await {
        signals.forget_interrupts().await;
    }
}

/// What a person decides whose journal cannot be written.
enum Settled {
    Again,
    Unjournaled,
    Leave(Exit),
}

/// How long a program that nobody sits at waits for a journal that another program has locked. A
/// journal is locked for milliseconds, unless a program is stopped or the disk hangs.
const LOCKED: Duration = Duration::from_secs(30);

/// How long it waits before it tries again, besides the time that each try waits by itself.
const RETRY: Duration = Duration::from_millis(50);

/// Lets a person decide what to do about a journal that cannot be written. Where nobody can, a locked
/// one is waited for, for up to [`LOCKED`] since `locked_since`. Where nothing can be done, it is an
/// error.
async fn settle<S: Speaker>(
    error: JournalError,
    locked_since: &mut Option<Instant>,
    session: &Session,
    line: &mut PartnerLink,
    speaker: &mut S,
    signals: &mut Signals,
) -> Result<Settled, PairError> {
    let is_final = matches!(
        error,
        JournalError::Use(Problem::TakenOver | Problem::Deleted)
    );
    if error.may_pass() && !speaker.can_decide() {
        let since = *locked_since.get_or_insert_with(|| {
            // Whoever does not hear it misses nothing of the talk.
            let _ = writeln!(
                io::stderr(),
                "tictalk: the journal is locked by another program: waiting for up to {} seconds",
                LOCKED.as_secs()
            );
            Instant::now()
        });
        if since.elapsed() < LOCKED {
            return Ok(tokio::select! {
                biased;
                signal = signals.next() => Settled::Leave(Exit::Signalled(signal)),
                () = sleep(RETRY) => Settled::Again,
            });
        }
    }
    if is_final || !speaker.can_decide() {
        speaker.finish().await;
        return Err(match is_final {
            true => PairError::Journal(error),
            false => PairError::Unwritten(error),
        });
    }
    speaker.warn(&format!(
        "The journal cannot be written: {error}. The talk waits. Make room and press Enter to try \
         again, type {NO_JOURNAL} to go on without it, or {QUIT} to leave."
    ));
    loop {
        let (draft, echo) = (String::new(), Echo::Shown);
        speaker.prompt(Prompt { draft, echo }, session).await;
        let typed = loop {
            tokio::select! {
                biased;
                signal = signals.next() => return Ok(Settled::Leave(Exit::Signalled(signal))),
                typed = speaker.typed() => break typed,
                // The partner is not answered meanwhile, and is to know that we are there.
                () = sleep(heartbeat::EVERY), if session.dialect() == Dialect::Tictalk => {
                    line.say(Control::Ping);
                }
            }
        };
        match typed {
            Typed::Line(line) => match line.trim() {
                "" => return Ok(Settled::Again),
                NO_JOURNAL => return Ok(Settled::Unjournaled),
                QUIT => return Ok(Settled::Leave(Exit::Goodbye)),
                _ => speaker.warn(&format!(
                    "Press Enter to try again, or type {NO_JOURNAL} or {QUIT}."
                )),
            },
            Typed::Overlong(_) => {}
            Typed::Interrupt => return Ok(Settled::Leave(Exit::Signalled(Signal::Interrupt))),
            Typed::End | Typed::Gone => return Ok(Settled::Leave(Exit::Goodbye)),
            Typed::Failed(error) => return Err(PairError::Console(error)),
        }
    }
}

/// A session as the journal has it, and what shows a person where it stands.
fn restore(
    journal: &Journal,
    of: &journal::StoredSession,
    chance: Chance,
) -> Result<(Session, Vec<Effect>), JournalError> {
    let turns = journal.turns(of)?;
    let turns = turns.into_iter().map(|written| Kept {
        turn: written.turn,
        secret: written.secret,
    });
    let Header { role, ticket, .. } = of.header;
    Session::restore(role, ticket, turns, chance).map_err(|error| JournalError::Altered {
        session: of.id,
        turn: error.0,
    })
}
