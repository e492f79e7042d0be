//! Two people who take strict turns: the protocol as a state machine.
//!
//! [`Session::handle`] is the whole protocol: an event goes in as an [`Input`], and [`Effect`]s come
//! out, to be performed in order. The session has no socket, no terminal, no clock and no file. The
//! caller must
//!
//! - write an [`Effect::Record`] to the journal before it performs the effects after it, so that
//!   nothing is sent, or shown as said, that a crash would forget;
//! - report [`Input::Line`] only in answer to an [`Effect::Prompt`], one line for each prompt, and a
//!   line entered at any other time as [`Input::Ahead`];
//! - report the peer's messages in the order in which they were sent, and only while
//!   [`Session::wants_text`] is true: TCP then throttles a peer that floods;
//! - close the connection and drop the session after [`Effect::Close`].
//!
//! # A lost connection
//! With [`Loss::Waits`], the session outlives its connection. It waits until [`Input::Back`] tells
//! how far the partner's end has come. The end that is one turn ahead sends that turn again, and the
//! session resumes. After a crash, [`Session::restore`] leads to the same state.
//!
//! # States
//! Each state is a type, and a transition consumes it: speaking takes our turn by value, so no code
//! path can speak twice.

use crate::games::Chance;
use crate::wire::{Dialect, Standing, Ticket};
use std::collections::VecDeque;
use std::mem;

mod activity;
mod command;
mod commenting;
mod comments;
mod contract;
mod dialogue;
mod game_tracker;
mod help;
mod log;
mod notice;
mod outcome;
mod peer;
mod refusal;
mod retelling;
mod role;
mod tally;
mod turn;

pub use activity::Running;
pub(crate) use command::acts_at_once;
pub use command::{Command, asides, help_lines, proposal};
pub use comments::Comment;
pub use contract::{Effect, Ending, Input, Loss, Record, Wait};
pub use help::Topic;
pub(crate) use help::playing_lines;
pub use log::{Diverged, Kept, LoggedTurn, RecordEntry, Turn, TurnLog};
pub(crate) use notice::AGAIN;
pub use notice::Notice;
pub use outcome::{Cause, GameEnd, News, Offer, Piece, Played, Ply, View};
pub use peer::{BoardsTo, Peer};
pub use refusal::Refusal;
pub use retelling::{Retelling, Told};
pub use role::{Role, Side};
pub use tally::Tally;

use activity::{Awaits, Voice};
use command::{SAY, command_lines};
use dialogue::{Acknowledging, Dialogue};
use turn::{MyTurn, Receipt, TheirTurn, TurnState};

/// How many of the last messages a person is shown again after a restart, line by line.
pub const RECALLED: usize = 6;

/// One conversation between two people, from the first turn to the goodbye.
#[derive(Debug, Clone)]
pub struct Session {
    state: TurnState,
    dialogue: Dialogue,
}

/// RecordEntry turns that no session can have had.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("turn {0} is impossible at its place")]
pub struct Unplayable(
    /// The number of the first impossible turn, from 1.
    pub u64,
);

impl Session {
    /// Starts a session over a connection that has been made and, if the dialect has a greeting,
    /// greeted. Both ends know the session by the ticket `session`; `chance` is the source of this
    /// end's secrets. Returns the first effects.
    #[must_use]
    pub fn start(
        me: Role,
        dialect: Dialect,
        session: Ticket,
        loss: Loss,
        chance: Chance,
    ) -> (Self, Vec<Effect>) {
        let mut dialogue = Dialogue::new(me, Peer::from(dialect), session, loss, chance);
        let mut effects = Vec::new();
        let state = match me {
            Role::Client => dialogue.take_turn(MyTurn::new(), &mut effects),
            Role::Server => TurnState::Theirs(TheirTurn::new(Receipt::Received)),
        };
        (Self { state, dialogue }, effects)
    }

    /// The same session with a receipt for each message of a foreign partner, which then need not
    /// wait for its turn. A partner that runs tictalk, or sits at a page, gets receipts anyway.
    #[must_use]
    pub fn acknowledging(mut self) -> Self {
        if self.dialogue.peer.may_wait_too() {
            self.dialogue.acknowledging = Acknowledging::Each(0);
        }
        self
    }

    /// Restores a session between two tictalk programs from its record, in order. It waits for
    /// [`Input::Back`]. Returns the effects that show the person the last `recall` messages and where
    /// the session stopped.
    ///
    /// # Errors
    /// [`Unplayable`] if no session can have had these turns.
    pub fn restore<R: Into<RecordEntry>>(
        me: Role,
        session: Ticket,
        record: impl IntoIterator<Item = R>,
        chance: Chance,
        recall: usize,
    ) -> Result<(Self, Vec<Effect>), Unplayable> {
        let mut dialogue = Dialogue::new(me, Peer::Tictalk, session, Loss::Waits, chance);
        let mut recalled = VecDeque::new();
        let mut show_again = |notice| {
            recalled.push_back(notice);
            if recalled.len() > recall {
                recalled.pop_front();
            }
        };
        for recorded in record {
            let (Kept { turn, secret }, at) = match recorded.into() {
                RecordEntry::Turn { kept, at } => (kept, at),
                RecordEntry::Comment(comment) => {
                    let by = dialogue.side(comment.by);
                    show_again(Notice::Commented(by, comment.text.clone()));
                    dialogue.comments.restore(me, comment);
                    continue;
                }
            };
            let unplayable = Unplayable(dialogue.log.standing().turns + 1);
            if turn.by != dialogue.log.speaker() {
                return Err(unplayable);
            }
            let by = dialogue.side(turn.by);
            let here = dialogue.circumstances();
            let done = dialogue
                .activity
                .repeat(by, &turn.text, secret.as_deref(), here)
                .ok_or(unplayable)?;
            dialogue.count(&done.seen);
            if done.voice != Voice::Silent {
                let text = turn.text.clone();
                show_again(Notice::Recalled { by, text, at });
            }
            dialogue.log.add(turn);
        }
        let mut effects = Vec::new();
        dialogue.instruct(&mut effects);
        effects.extend(recalled.into_iter().map(Effect::Show));
        effects.extend(
            dialogue
                .activity
                .view()
                .map(Notice::Board)
                .map(Effect::Show),
        );
        let state = TurnState::apart(Receipt::Received);
        Ok((Self { state, dialogue }, effects))
    }

    /// Takes in an event and returns the effects, in order. After the end there are none.
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        let state = mem::replace(&mut self.state, TurnState::Over);
        self.state = self.dialogue.advance(state, input, &mut effects);
        effects
    }

    /// How far this end has come.
    #[must_use]
    pub fn standing(&self) -> &Standing {
        self.dialogue.log.standing()
    }

    /// Checks that this session can resume with a partner that has come as far as `theirs`.
    ///
    /// # Errors
    /// [`Diverged`] if it cannot.
    pub fn meets(&self, theirs: &Standing) -> Result<(), Diverged> {
        self.dialogue
            .log
            .compare(theirs, self.dialogue.me)
            .map(drop)
    }

    /// The capabilities of the program at the other end.
    #[must_use]
    pub fn peer(&self) -> Peer {
        self.dialogue.peer
    }

    /// The effect of losing the connection.
    #[must_use]
    pub fn loss(&self) -> Loss {
        self.dialogue.loss
    }

    /// Whether the connection is lost and the partner may reconnect.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        matches!(self.state, TurnState::Apart(_))
    }

    /// Whether the session is over.
    #[must_use]
    pub fn is_over(&self) -> bool {
        matches!(self.state, TurnState::Over)
    }

    /// Whether another message of the peer can be taken in now.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        match &self.state {
            TurnState::Mine(turn) => turn.can_hold(),
            TurnState::Theirs(_) => self.dialogue.asked_by.is_none(),
            TurnState::Apart(_) | TurnState::Over => false,
        }
    }

    /// What the person here waits for. `None` if there is a prompt, or the session is over.
    #[must_use]
    pub fn waits_for(&self) -> Option<Wait> {
        let is_asking = self.dialogue.asked_by == Some(Side::Me);
        match &self.state {
            TurnState::Mine(_) | TurnState::Theirs(_) if is_asking => Some(Wait::Answer),
            TurnState::Theirs(_) => Some(Wait::Turn),
            TurnState::Apart(_) => Some(Wait::Reconnect),
            TurnState::Mine(_) | TurnState::Over => None,
        }
    }

    /// The running game.
    #[must_use]
    pub fn game(&self) -> Option<Running<'_>> {
        self.dialogue.activity.running()
    }

    /// Lines that a person can usefully type now: moves and commands.
    #[must_use]
    pub fn suggestions(&self) -> Vec<String> {
        let activity = &self.dialogue.activity;
        let mut lines: Vec<String> = match (activity.running(), activity.awaits(Side::Me)) {
            (Some(running), Awaits::Line) => running.game.legal(),
            _ => Vec::new(),
        };
        if activity.running().is_some() {
            lines.push(format!("{SAY} "));
        }
        let commands = command_lines().map(|(line, _)| line);
        lines.extend(
            commands.filter(|line| *line != Command::Rematch.word() || activity.has_last_game()),
        );
        lines
    }

    /// Carries out a recorded turn again, exactly as it was: nothing is left to chance, and no step
    /// is taken automatically. Returns `None` if the turn is impossible, after which the session is
    /// of no use.
    pub fn reenact(&mut self, kept: Kept) -> Option<Vec<Effect>> {
        let Kept { turn, secret } = kept;
        if turn.by != self.dialogue.log.speaker() {
            return None;
        }
        let mut effects = Vec::new();
        let state = mem::replace(&mut self.state, TurnState::Over);
        self.state = self
            .dialogue
            .reenact(state, turn, secret.as_deref(), &mut effects)?;
        Some(effects)
    }
}
