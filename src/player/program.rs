//! The place of a program in a session.

use super::command::PlayerCommand;
use super::errors::ErrorOutput;
use super::fault::PlayerFault;
use super::process::PlayerProcess;
use crate::games::{Seat, sentence};
use crate::session::{Command, Notice, Session, Side};
use crate::text::{cut, in_line, visible};
use std::collections::VecDeque;
use std::future::pending;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// The name of the other side in the words for a program.
const PARTNER: &str = "the partner";

/// The most lines that a program may print in one game. No game has so many moves, but a fleet can
/// be placed again and again.
const LINES: u32 = 2_000;

/// How many lines are kept of what a program has read and printed in the running game.
const TRANSCRIPT: usize = 20;

/// The most of a line that is kept of it, in columns.
const WIDTH: usize = 200;

/// A program, and the conditions under which it plays.
#[derive(Debug, Clone)]
pub struct PlayerProgram {
    /// How it is started.
    pub command: PlayerCommand,
    /// The time for a move.
    pub move_time: Duration,
    /// Where its standard error goes.
    pub errors: ErrorOutput,
}

/// A program in a session. It is started with the first game. One process plays all games of a
/// session, unless it loses one by a fault: the next game has a new process.
#[derive(Debug)]
pub struct ProgramPlayer {
    program: PlayerProgram,
    process: Option<PlayerProcess>,
    /// One that was killed for a fault, until what it has written on its standard error is kept.
    killed: Option<PlayerProcess>,
    /// How it has lost the running game, which it resigns.
    fault: Option<PlayerFault>,
    /// The last line that it has printed in the running game.
    last: Option<String>,
    /// How many lines it has printed in the running game.
    lines: u32,
    /// The last lines that it has read and printed in the running game.
    transcript: VecDeque<String>,
    /// Until when it may answer; `None` unless it is asked.
    due: Option<Instant>,
}

impl ProgramPlayer {
    /// A program that has not started yet.
    #[must_use]
    pub fn new(program: PlayerProgram) -> Self {
        Self {
            program,
            process: None,
            killed: None,
            fault: None,
            last: None,
            lines: 0,
            transcript: VecDeque::new(),
            due: None,
        }
    }

    /// How the program has lost the running game, or the last one.
    #[must_use]
    pub fn fault(&self) -> Option<&PlayerFault> {
        self.fault.as_ref()
    }

    /// The last lines that the program has read and printed in the running game, on one line each.
    pub fn transcript(&self) -> impl Iterator<Item = &str> {
        self.transcript.iter().map(String::as_str)
    }

    fn note(&mut self, does: &str, line: &str) {
        if self.transcript.len() == TRANSCRIPT {
            self.transcript.pop_front();
        }
        let line = cut(&in_line(line), WIDTH);
        self.transcript.push_back(format!("{does} {line}"));
    }

    /// The running game is lost by this fault, unless it was lost by one before. Its process is killed.
    pub fn blame(&mut self, fault: PlayerFault) {
        if let Some(mut process) = self.process.take() {
            process.kill();
            self.killed = Some(process);
        }
        self.fault.get_or_insert(fault);
    }

    /// Tells the program what happens in the session, as far as it concerns a game. Must be called
    /// within a runtime.
    pub fn show(&mut self, notice: &Notice) {
        match notice {
            Notice::Toss(_) | Notice::GameStarted { .. } if self.lines == 0 => {
                self.begin();
                self.tell(&notice.words(Side::Me, PARTNER));
            }
            Notice::GameStarted { .. }
            | Notice::Toss(_)
            | Notice::Moved(_)
            | Notice::News(_)
            | Notice::Offered(..)
            | Notice::Declined(..)
            | Notice::Agreed(..) => self.tell(&notice.words(Side::Me, PARTNER)),
            // A board before the program's own move is told when it is asked: nothing else may look
            // like a question.
            Notice::Board(view) if view.next == Some(Side::Me) => {}
            Notice::Board(view) => self.tell(&view.words(Side::Me, PARTNER)),
            Notice::GameOver(_) => {
                self.tell(&notice.words(Side::Me, PARTNER));
                self.lines = 0;
                self.transcript.clear();
                self.last = None;
                self.due = None;
            }
            Notice::Refused(refusal) => {
                if let Some(line) = self.last.take() {
                    self.blame(PlayerFault::refused(&line, &refusal.to_string()));
                }
            }
            Notice::Instructions
            | Notice::Said(_)
            | Notice::Commented(..)
            | Notice::NotHeard(_)
            | Notice::Help(_)
            | Notice::Games
            | Notice::Awaited(_)
            | Notice::Described(_)
            | Notice::Advice(_)
            | Notice::Score(_)
            | Notice::NewScore(_)
            | Notice::ProposalRefused { .. }
            | Notice::NoLegalMove(_)
            | Notice::MayFallApart { .. }
            | Notice::Received
            | Notice::ConnectionLost(_)
            | Notice::Reconnected
            | Notice::Recalled { .. }
            | Notice::ShuttingDown
            | Notice::PartnerQuit(_)
            | Notice::PartnerClosed(_) => {}
        }
    }

    /// A game begins.
    fn begin(&mut self) {
        self.fault = None;
        if self.process.is_some() {
            return;
        }
        match PlayerProcess::start(&self.program.command, &self.program.errors) {
            Ok(process) => self.process = Some(process),
            Err(error) => self.blame(PlayerFault::not_started(&error)),
        }
    }

    fn tell(&mut self, words: &str) {
        for line in visible(words).lines() {
            self.note("reads ", line);
            if let Some(process) = &mut self.process
                && let Err(fault) = process.tell(line)
            {
                self.blame(fault);
            }
        }
    }

    /// Asks the program for a line in the running game. Its time begins.
    pub fn ask(&mut self, session: &Session) {
        let Some(running) = session.game() else {
            return;
        };
        if self.process.is_none() && self.fault.is_none() {
            // The session was resumed in the middle of a game.
            self.begin();
        }
        let seat = match running.first {
            Side::Me => Seat::First,
            Side::Partner => Seat::Second,
        };
        let words = sentence(&running.game.describe(seat), PARTNER);
        self.tell(&format!("{words}; your move."));
        self.last = None;
        self.due = Some(Instant::now() + self.program.move_time);
    }

    /// Waits for the program's answer: a move, or the command that resigns. `None` if it has lost the
    /// game by a [`fault`](Self::fault). Waits for ever unless it was asked. Cancel safe.
    pub async fn answer(&mut self) -> Option<String> {
        let Some(due) = self.due else {
            return pending().await;
        };
        let printed = match (&self.fault, &mut self.process) {
            (None, Some(process)) => match timeout_at(due, process.line()).await {
                Ok(printed) => printed,
                Err(_) => Err(PlayerFault::Timeout(self.program.move_time)),
            },
            (Some(_), _) | (None, None) => return None,
        };
        self.due = None;
        self.lines += 1;
        if let Ok(line) = &printed {
            self.note("prints", line);
        }
        let fault = match printed {
            Ok(line) if line == Command::Resign.word() => return Some(line),
            Ok(line) if line.starts_with('/') => {
                PlayerFault::refused(&line, "A program can only move, or /resign.")
            }
            Ok(_) if self.lines > LINES => {
                PlayerFault::Illegal(format!("printed more than {LINES} lines in one game"))
            }
            Ok(line) => {
                self.last = Some(line.clone());
                return Some(line);
            }
            Err(fault) => fault,
        };
        self.blame(fault);
        None
    }

    /// The session is over: its process ends.
    pub async fn finish(&mut self) {
        self.due = None;
        self.lines = 0;
        self.transcript.clear();
        let processes = [self.killed.take(), self.process.take()];
        for process in processes.into_iter().flatten() {
            process.finish().await;
        }
    }

    /// A new session begins.
    pub fn restart(&mut self) {
        self.process = None;
        self.killed = None;
        self.fault = None;
        self.last = None;
        self.lines = 0;
        self.transcript.clear();
        self.due = None;
    }
}
