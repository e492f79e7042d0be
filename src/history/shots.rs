//! The text of a replayed session, split at its pauses.

use super::error::HistoryError;
use super::projector::{Projector, ReplayConsole, Step, steps};
use super::recorded::Recorded;
use crate::terminal::{Ask, Console, Echo, Label, Paint, Style, Typed};
use crate::text::visible;
use std::mem;
use std::time::Duration;
use unicode_width::UnicodeWidthStr as _;

/// The columns and rows of a recorded screen.
pub(super) const SCREEN: (usize, usize) = (80, 24);

/// What appeared on the screen at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shot {
    /// The number of the turn that it shows; 0 before the first.
    pub(super) turn: u64,
    /// The pause before it.
    pub(super) pause: Duration,
    /// Its text, with the program's escape sequences.
    pub(super) shown: String,
}

/// The shots of a session as this end saw it.
///
/// # Errors
/// [`JournalError::Altered`](crate::journal::JournalError::Altered) if no session can have these turns.
pub(super) async fn shots(recorded: &Recorded, style: Style) -> Result<Vec<Shot>, HistoryError> {
    let mut shots = Vec::new();
    each_shot(recorded, style, |shot| {
        shots.push(shot);
        Ok(())
    })
    .await?;
    Ok(shots)
}

/// Passes the shots of a session as this end saw it to `see`, each as soon as it is computed.
///
/// # Errors
/// [`JournalError::Altered`](crate::journal::JournalError::Altered) if no session can have these turns,
/// and those of `see`.
pub(super) async fn each_shot(
    recorded: &Recorded,
    style: Style,
    mut see: impl FnMut(Shot) -> Result<(), HistoryError>,
) -> Result<(), HistoryError> {
    let mut projector = Projector::start(recorded, ScriptedConsole::new(style)).await;
    let mut before = recorded.session.began;
    for step in steps(recorded) {
        let console = projector.console();
        if let Some(at) = step.at() {
            console.pass(at.since(before));
            before = at;
        }
        console.take_shots().try_for_each(&mut see)?;
        if let Step::Turn(written) = step {
            console.turn = written.number;
        }
        projector.step(step).await?;
    }
    let console = projector.console();
    console.pass(Duration::ZERO);
    console.take_shots().try_for_each(see)
}

/// A console without a person: it collects the output as shots, and its input is scripted.
#[derive(Debug)]
struct ScriptedConsole {
    style: Style,
    /// The shots that are complete.
    shots: Vec<Shot>,
    /// The number of the turn in the current shot.
    turn: u64,
    /// The pause before the current shot.
    pause: Duration,
    shown: String,
    is_prompting: bool,
    /// The current or the last prompt.
    label: Label,
    /// The next line of input.
    line: Option<String>,
    /// The column in which the last entered line ended, until its line ending is shown: a mark may
    /// follow it.
    entered: Option<usize>,
}

impl ScriptedConsole {
    fn new(style: Style) -> Self {
        Self {
            style,
            shots: Vec::new(),
            turn: 0,
            pause: Duration::ZERO,
            shown: String::new(),
            is_prompting: false,
            label: Label::of(Echo::Shown),
            line: None,
            entered: None,
        }
    }

    /// Begins a new shot after a pause.
    fn pass(&mut self, pause: Duration) {
        self.print("");
        self.cut();
        self.pause = self.pause.saturating_add(pause);
    }

    /// Takes the shots that are complete.
    fn take_shots(&mut self) -> std::vec::IntoIter<Shot> {
        mem::take(&mut self.shots).into_iter()
    }

    fn cut(&mut self) {
        if !self.shown.is_empty() {
            self.shots.push(Shot {
                turn: self.turn,
                pause: mem::take(&mut self.pause),
                shown: mem::take(&mut self.shown),
            });
        }
    }
}

impl ReplayConsole for ScriptedConsole {
    fn type_line(&mut self, line: String) {
        self.line = Some(line);
    }
}

impl Console for ScriptedConsole {
    fn style(&self) -> Style {
        self.style
    }

    fn print(&mut self, text: &str) {
        if self.entered.take().is_some() {
            self.shown.push('\n');
        }
        self.shown.push_str(text);
    }

    fn mark(&mut self, mark: &str) {
        let has_room = |column: usize| column + " ✓".width() <= SCREEN.0;
        if self.entered.is_some_and(has_room) {
            self.entered = None;
            self.shown.push(' ');
            self.print(mark);
            self.print("\n");
        }
    }

    fn flush(&mut self) {}

    fn prompt(&mut self, ask: Ask) {
        self.label = ask.label;
        let label = self.style.paint.ink(self.label.ink, &self.label.text);
        self.print(&label);
        self.print(&ask.draft);
        self.is_prompting = true;
    }

    async fn typed(&mut self) -> Typed {
        self.is_prompting = false;
        let Some(line) = self.line.take() else {
            return Typed::End;
        };
        let seen = visible(&line);
        self.print(&seen);
        let last = seen.lines().next_back().unwrap_or_default();
        let before = if seen.contains('\n') {
            ""
        } else {
            &self.label.text
        };
        self.entered = Some(before.width() + last.width());
        Typed::Line(line)
    }

    async fn withdraw(&mut self) -> String {
        if mem::take(&mut self.is_prompting) {
            // Removing the prompt takes an escape sequence.
            self.print(match self.style.paint {
                Paint::On => "\r\x1b[K",
                Paint::Off => "\n",
            });
        }
        String::new()
    }
}
