//! Replays a session on a console as this end saw it.
//!
//! The turns of the journal pass through the real [`Session`] and the real [`Transcript`], so
//! boards, names and hints are the original ones.
//!
//! The journal does not store refusals, `/help` and `/board`, the addresses of connections, and the
//! exact words of moves and commands, so these are not replayed.

use super::recorded::Recorded;
use crate::games::{Chance, Glyphs};
use crate::journal::{JournalError, Moment, StoredComment, Written};
use crate::net::Address;
use crate::pair::{Boards, Prompt, Speaker, Transcript};
use crate::session::{
    Comment, Effect, Input, Kept, LoggedTurn, Loss, Notice, Record, Role, Session, Side, Turn,
};
use crate::terminal::{Console, Echo, Typed};
use crate::text::in_line;
use crate::wire::{Dialect, QUIT};
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// The longest pause between two steps. A replay shortens longer ones to this.
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(3);

/// A console without a person. Its input is scripted.
pub(super) trait ReplayConsole: Console {
    /// Types `line` at the prompt.
    fn type_line(&mut self, line: String);
}

/// One thing that happened in a session after its beginning.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'recorded> {
    /// A side took a turn.
    Turn(&'recorded Written),
    /// A side said something without taking a turn.
    Comment(&'recorded StoredComment),
    /// The side with this role left.
    Goodbye(Moment, Role),
    /// The session was never ended.
    BreakOff,
}

impl Step<'_> {
    /// When it happened, if that is known.
    pub(super) fn at(self) -> Option<Moment> {
        match self {
            Self::Turn(written) => Some(written.at),
            Self::Comment(stored) => Some(stored.at),
            Self::Goodbye(at, _) => Some(at),
            Self::BreakOff => None,
        }
    }
}

/// All that happened in a session after its beginning.
pub(super) fn steps(recorded: &Recorded) -> impl Iterator<Item = Step<'_>> {
    let turns = recorded.turns.iter().flat_map(|written| {
        let comments = recorded.comments_after(written.number);
        std::iter::once(Step::Turn(written)).chain(comments.map(Step::Comment))
    });
    let end = match recorded.session.ended {
        Some((at, by)) => Step::Goodbye(at, by),
        None => Step::BreakOff,
    };
    turns.chain([end])
}

/// Replays a session on a console, which types what the person typed.
pub(super) struct Projector<'recorded, C> {
    recorded: &'recorded Recorded,
    session: Session,
    transcript: Transcript<C>,
    /// The kind of prompt on the screen, if there is one.
    asked: Option<Echo>,
}

impl<'recorded, C: ReplayConsole> Projector<'recorded, C> {
    /// The session at its beginning, which the console shows.
    pub(super) async fn start(recorded: &'recorded Recorded, console: C) -> Self {
        let journal = &recorded.session;
        let me = journal.header.role;
        let (session, effects) = Session::start(
            me,
            journal.header.dialect,
            journal.header.ticket,
            Loss::Ends,
            // A replay draws no random numbers.
            Chance::new([0; 32]),
        );
        let mut transcript = Transcript::new(console, me, Boards::Drawn(Glyphs::Ascii));
        let server = Address {
            host: in_line(&journal.header.host),
            port: journal.header.port,
        };
        match me {
            Role::Client => transcript.line(&format!("Connected to: {server}")),
            Role::Server => {
                transcript.line(&format!("Server listening on: {server}"));
                transcript.line("Waiting for message...");
            }
        }
        let partner = journal.header.partner.as_deref();
        transcript.introduce(partner.and_then(|name| name.parse().ok()));
        let mut projector = Self {
            recorded,
            session,
            transcript,
            asked: None,
        };
        projector.perform(effects).await;
        projector.transcript.observe(&projector.session, None);
        projector
    }

    /// The console.
    pub(super) fn console(&mut self) -> &mut C {
        &mut self.transcript.console
    }

    /// Replays the next step of the session.
    ///
    /// # Errors
    /// [`JournalError::Altered`] if no session can have this turn here.
    pub(super) async fn step(&mut self, step: Step<'_>) -> Result<(), JournalError> {
        match step {
            Step::Turn(written) => {
                self.turn(written).await?;
                self.receipt(written).await;
            }
            Step::Comment(stored) => self.comment(&stored.comment).await,
            Step::Goodbye(_, by) => self.goodbye(by).await,
            Step::BreakOff => self.break_off().await,
        }
        self.transcript.observe(&self.session, None);
        Ok(())
    }

    /// Performs the visible effects. Returns the turn among them.
    async fn perform(&mut self, effects: Vec<Effect>) -> Option<LoggedTurn> {
        let mut turn = None;
        for effect in effects {
            match effect {
                Effect::Record(Record::Turn(entry)) => turn = Some(entry),
                Effect::Show(notice) => self.transcript.show(&notice).await,
                Effect::Prompt(draft) => self.ask(draft, Echo::Shown).await,
                Effect::PromptHidden => self.ask(String::new(), Echo::Hidden).await,
                Effect::Record(Record::Goodbye(_) | Record::Comment(_))
                | Effect::Send(_)
                | Effect::Comment(_)
                | Effect::Heard(_)
                | Effect::Tell(_)
                | Effect::Receipt(_)
                | Effect::Keep(_)
                | Effect::Advise
                | Effect::Count(_)
                | Effect::Close(_) => {}
            }
        }
        turn
    }

    async fn ask(&mut self, draft: String, echo: Echo) {
        let prompt = Prompt { draft, echo };
        self.transcript.prompt(prompt, &self.session).await;
        self.asked = Some(echo);
    }

    /// Types `line` at the prompt. Returns `false` without a prompt.
    async fn enter(&mut self, line: &str) -> bool {
        let Some(echo) = self.asked.take() else {
            return false;
        };
        let line = match echo {
            Echo::Shown | Echo::OnScreen | Echo::Once => line.to_owned(),
            Echo::Hidden => "*".repeat(line.width()),
        };
        self.transcript.console.type_line(line);
        matches!(self.transcript.typed().await, Typed::Line(_))
    }

    /// Replays a turn.
    ///
    /// # Errors
    /// [`JournalError::Altered`] if the session does not accept it unchanged.
    async fn turn(&mut self, written: &Written) -> Result<(), JournalError> {
        let Turn { by, text } = &written.turn;
        if *by == self.recorded.session.header.role {
            // The turn of a secret is a commitment; the secret begins with the typed line.
            let typed = match &written.secret {
                Some(secret) => secret.split(' ').next().unwrap_or_default(),
                None => text,
            };
            self.enter(typed).await;
        }
        let effects = self.session.reenact(Kept {
            turn: written.turn.clone(),
            secret: written.secret.clone(),
        });
        match self.perform(effects.unwrap_or_default()).await {
            Some(entry) if *entry.turn == written.turn => Ok(()),
            _ => Err(JournalError::Altered {
                session: self.recorded.session.id,
                turn: written.number,
            }),
        }
    }

    /// Replays what was said without taking a turn.
    async fn comment(&mut self, comment: &Comment) {
        let by = match comment.by == self.recorded.session.header.role {
            true => Side::Me,
            false => Side::Partner,
        };
        let notice = Notice::Commented(by, comment.text.clone());
        self.transcript.interject(&notice, &self.session).await;
    }

    /// Marks a turn of this end as received if a later act of the partner proves it.
    async fn receipt(&mut self, written: &Written) {
        let session = &self.recorded.session;
        let last = self.recorded.turns.last();
        let is_last = last.is_some_and(|last| last.number == written.number);
        let partner_left = matches!(session.ended, Some((_, by)) if by != session.header.role);
        if session.header.dialect == Dialect::Tictalk && (!is_last || partner_left) {
            let effects = self.session.handle(Input::Receipt(written.number));
            self.perform(effects).await;
        }
    }

    /// Replays the goodbye of the side with this role.
    async fn goodbye(&mut self, by: Role) {
        let effects = if by != self.recorded.session.header.role {
            self.session.handle(Input::Text(QUIT.to_owned()))
        } else if self.enter(QUIT).await {
            self.session.handle(Input::Line(QUIT.to_owned()))
        } else {
            self.session.handle(Input::Hangup)
        };
        self.perform(effects).await;
        self.transcript.finish().await;
    }

    /// Ends an unfinished session.
    async fn break_off(&mut self) {
        self.transcript.finish().await;
        self.transcript.hint("The session stops here, unfinished.");
    }
}
