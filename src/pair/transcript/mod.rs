//! A session on a console: each notice as lines, for a person or for a pipe.

use crate::games::Glyphs;
use crate::net::until;
use crate::pair::board_watch::{BoardChange, BoardWatch};
use crate::pair::exchange::MoveExchange;
use crate::pair::key_offers::offers;
use crate::pair::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use crate::pair::waiting::{DELAY, Planned, Who};
use crate::scene::KEPT_ENTRIES;
use crate::session::{Notice, RECALLED, Role, Session, Side, Wait, acts_at_once, asides};
use crate::terminal::{Ask, Audience, Console, Echo, Ink, Label, Typed};
use crate::text::{LocalTime, visible};
use crate::wire::{Name, QUIT, Sees};
use std::io::{self, IsTerminal as _};
use std::mem;
use std::time::Duration;
use tokio::time::Instant;
use unicode_width::UnicodeWidthStr as _;

mod showing;

/// Shows a session on a console.
#[derive(Debug)]
pub struct Transcript<C> {
    /// The console.
    pub console: C,
    me: Role,
    partner: Option<Name>,
    /// What the person edits.
    editing: Editing,
    /// The waiting line that appears next.
    planned: Option<Planned>,
    /// How long the next wait lasts before its line appears: nothing, once one has appeared since
    /// our last turn.
    delay: Duration,
    /// The unfinished line of a prompt that was withdrawn to print something, or a line that was
    /// entered ahead.
    draft: String,
    kept: KeptHint,
    /// The last line that was entered ahead and kept. A command may be entered after it.
    kept_line: String,
    boards: Boards,
    /// What is not shown of a game yet.
    exchange: MoveExchange,
    /// The board of a console with panes.
    board: Option<BoardWatch>,
    /// Whether the last line is blank.
    is_gap: bool,
}

/// What the person edits on the console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Editing {
    Nothing,
    /// A line at the prompt.
    Prompt(Echo),
    /// A line ahead of their turn.
    Waiting,
}

/// Whether the person has been told that the draft is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum KeptHint {
    Untold,
    Told,
}

/// The answer to a line that was entered ahead.
const KEPT: &str = "Kept for your turn. Ctrl-U clears it.";

/// The title of the terminal at the prompt.
const OUR_TURN: &str = "tictalk: your turn";

/// The start of our prompts.
const PROMPT_START: &str = "Enter Input";

/// The instructions for somebody who hears them in each session.
const SHORT_INSTRUCTIONS: &str = "Type /q to quit. /help lists the commands.";
/// How many columns an answer to a question needs.
const ANSWER: usize = 6;

/// How boards are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boards {
    /// As drawings.
    Drawn(Glyphs),
    /// In words, for a screen reader: on a terminal, only what has changed.
    Described,
}

impl<C: Console> Transcript<C> {
    /// The transcript of the end with the role `me`.
    pub fn new(console: C, me: Role, boards: Boards) -> Self {
        let boards = match boards {
            // Panes draw pieces as letters, so messages name them by letters too.
            Boards::Drawn(_) if console.scene().is_some() => Boards::Drawn(Glyphs::Ascii),
            boards => boards,
        };
        Self {
            console,
            me,
            partner: None,
            editing: Editing::Nothing,
            planned: None,
            delay: DELAY,
            draft: String::new(),
            kept: KeptHint::Untold,
            kept_line: String::new(),
            boards,
            exchange: MoveExchange::default(),
            board: None,
            is_gap: false,
        }
    }

    /// Returns the console.
    pub fn into_console(self) -> C {
        self.console
    }

    /// Names the partner without a word about it.
    pub(super) fn name_partner(&mut self, name: Option<Name>) {
        self.partner = name;
    }

    /// Whether boards are described in words.
    pub(super) fn is_described(&self) -> bool {
        self.boards == Boards::Described
    }

    /// Withdraws the prompt. The draft is kept for the next one, unless it is hidden.
    pub(super) async fn withdraw(&mut self) {
        let editing = mem::replace(&mut self.editing, Editing::Nothing);
        if editing == Editing::Nothing {
            return;
        }
        let typed = self.console.withdraw().await;
        self.draft = match editing {
            Editing::Prompt(Echo::Hidden) => String::new(),
            Editing::Prompt(Echo::Shown | Echo::OnScreen | Echo::Once) | Editing::Waiting => typed,
            Editing::Nothing => return,
        };
    }

    /// The command that was entered after the line that is kept, which remains as the draft; or the
    /// whole line.
    fn without_kept(&mut self, line: String) -> String {
        let after = line.strip_prefix(&self.kept_line).map(str::trim_start);
        match after {
            Some(command) if !self.kept_line.is_empty() && acts_at_once(command) => {
                self.draft.clone_from(&self.kept_line);
                command.to_owned()
            }
            _ => line,
        }
    }

    /// Shows the waiting line.
    fn open_waiting_line(&mut self) {
        let Some(planned) = self.planned.take() else {
            return;
        };
        let who = Who::new(self.me, self.partner.as_ref());
        self.console.title(&who.title(planned.wait));
        let draft = mem::take(&mut self.draft);
        let ask = planned.ask(&who, self.console.columns(), draft);
        self.console.prompt(ask);
        self.editing = Editing::Waiting;
        self.delay = Duration::ZERO;
    }

    /// Lines that a person can usefully type now.
    fn suggestions(&self, session: &Session) -> Vec<String> {
        match self.console.completes() {
            true => session.suggestions(),
            false => Vec::new(),
        }
    }
}

impl<C: Console> Speaker for Transcript<C> {
    fn line(&mut self, text: &str) {
        self.is_gap = false;
        self.console.print(text);
        self.console.print("\n");
    }

    fn hint(&mut self, text: &str) {
        let style = self.console.style();
        if style.audience == Audience::Person {
            self.line(&style.paint.ink(Ink::Hint, text));
        }
    }

    fn warn(&mut self, text: &str) {
        let paint = self.console.style().paint;
        self.line(&paint.ink(Ink::Refusal, &visible(text)));
    }

    fn introduce(&mut self, name: Option<Name>) {
        if let Some(name) = &name {
            let role = self.me.other().name();
            self.hint(&format!("The {role} is {}.", visible(name.as_str())));
        }
        self.partner = name;
        // Nothing of an earlier session is left.
        self.exchange = MoveExchange::default();
        self.board = None;
        if let Some(mut scene) = self.console.scene() {
            scene.hide_board();
        }
    }

    fn sees(&self) -> Sees {
        let has_panes = self.console.scene().is_some();
        Sees {
            members: has_panes,
            boards: has_panes,
        }
    }

    fn recalls(&self) -> usize {
        match self.console.scene() {
            // The talk can be scrolled.
            Some(_) => KEPT_ENTRIES,
            None => RECALLED,
        }
    }

    fn can_decide(&self) -> bool {
        self.console.style().audience == Audience::Person
    }

    fn can_ask(&self) -> bool {
        self.can_decide() && io::stdin().is_terminal()
    }

    async fn show(&mut self, notice: &Notice) {
        let style = self.console.style();
        if style.audience == Audience::Pipe
            && matches!(
                notice,
                Notice::Received | Notice::Recalled { .. } | Notice::NewScore(_)
            )
        {
            return;
        }
        self.withdraw().await;
        if let Some(board) = &mut self.board {
            board.note(notice);
        }
        if style.audience == Audience::Person && self.show_person(notice) {
            return;
        }
        let words = self.words(notice);
        match notice {
            Notice::Received => self.console.mark(&style.paint.ink(Ink::Hint, &words)),
            Notice::ConnectionLost(_) | Notice::Reconnected => self.aside(Ink::Refusal, &words),
            Notice::Said(_) | Notice::Moved(_) => self.message(words),
            Notice::Recalled { by, text, at } if self.console.scene().is_some() => {
                self.recall(*by, text, words, at.and_then(LocalTime::of));
            }
            _ => {
                self.line(&words);
                if let Some(hint) = notice.hint() {
                    self.hint(&hint);
                }
                if matches!(notice, Notice::Help(_)) && self.shows_waits() {
                    let asides = asides().join(", ");
                    self.hint(&format!("At any time: {asides}."));
                }
            }
        }
    }

    async fn interject(&mut self, notice: &Notice, session: &Session) {
        let words = self.words(notice);
        match self.editing {
            Editing::Nothing => self.line(&words),
            Editing::Prompt(_) | Editing::Waiting if self.console.completes() => {
                self.is_gap = false;
                self.console.interject(&format!("{words}\n")).await;
                // What is printed next does not pass the interjector.
                self.console.drain().await;
            }
            Editing::Waiting => self.line(&words),
            Editing::Prompt(echo) => {
                self.withdraw().await;
                self.line(&words);
                let draft = String::new();
                self.prompt(Prompt { draft, echo }, session).await;
            }
        }
    }

    async fn ask(&mut self, question: &str, words: &[&str]) {
        self.withdraw().await;
        let question = visible(question);
        // The last row is the prompt, or only the choices if it leaves no space for the answer.
        let (before, last) = question.rsplit_once('\n').unwrap_or(("", &question));
        let columns = self.console.columns().unwrap_or(usize::MAX);
        let (asked, choices) = match last.rsplit_once(' ') {
            Some((asked, choices)) if last.width() + ANSWER > columns => (asked, choices),
            _ => ("", last),
        };
        for line in [before, asked] {
            if !line.is_empty() {
                self.line(line);
            }
        }
        self.planned = None;
        self.console.prompt(Ask {
            label: Label {
                text: format!("{choices} ").into(),
                ink: Ink::Prompt,
            },
            draft: String::new(),
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            echo: Echo::Once,
        });
        self.editing = Editing::Prompt(Echo::Once);
    }

    async fn prompt(&mut self, prompt: Prompt, session: &Session) {
        self.withdraw().await;
        self.catch_up();
        self.is_gap = false;
        let kept = mem::take(&mut self.draft);
        self.kept = KeptHint::Untold;
        self.kept_line.clear();
        self.planned = None;
        self.console.title(OUR_TURN);
        if mem::replace(&mut self.delay, DELAY).is_zero() {
            self.console.ring("your turn");
        }
        self.console.prompt(Ask {
            label: Label::of(prompt.echo),
            draft: prompt.draft + &kept,
            words: self.suggestions(session),
            echo: prompt.echo,
        });
        self.editing = Editing::Prompt(prompt.echo);
    }

    fn observe(&mut self, session: &Session, deadline: Option<Instant>) {
        let partner = self.partner_called();
        let Some(mut scene) = self.console.scene() else {
            return;
        };
        let start = || BoardWatch::new(Side::Me, "you".into(), partner.into());
        let change = self.board.get_or_insert_with(start).update(session);
        match change {
            Some(BoardChange::Board(board)) => scene.show_board(*board),
            Some(BoardChange::Ended(Some(board))) => {
                scene.show_board(*board);
                scene.end_board();
            }
            Some(BoardChange::Ended(None)) => scene.hide_board(),
            None => {}
        }
        scene.set_deadline(deadline.map(Instant::into_std));
        scene.set_offers(offers(session));
    }

    fn wait(&mut self, wait: Wait, session: &Session) {
        if !self.shows_waits() || self.editing != Editing::Nothing {
            return;
        }
        let now = Instant::now();
        let due = match &self.planned {
            Some(planned) if planned.wait == wait => planned.due,
            // The status row must not show the previous wait.
            _ if self.console.scene().is_some() => now,
            _ if wait == Wait::Answer => now + DELAY,
            _ => now + self.delay,
        };
        self.planned = Some(Planned::new(wait, due, self.suggestions(session)));
        if due <= now {
            self.open_waiting_line();
        }
    }

    fn keep(&mut self, line: String) {
        self.console.take_back();
        if mem::replace(&mut self.kept, KeptHint::Told) == KeptHint::Untold {
            self.hint(KEPT);
        }
        self.kept_line.clone_from(&line);
        self.draft = line;
    }

    fn shows_waits(&self) -> bool {
        self.console.completes()
    }

    async fn entered(&mut self) -> SpeakerInput {
        let typed = loop {
            tokio::select! {
                biased;
                typed = self.console.typed() => break typed,
                () = until(self.planned.as_ref().map(|planned| planned.due)) => {
                    self.open_waiting_line();
                }
            }
        };
        let editing = mem::replace(&mut self.editing, Editing::Nothing);
        match (editing, &typed) {
            (Editing::Nothing, _) => {}
            // The end of the input acts as `/q`, and is shown as that.
            (Editing::Prompt(_) | Editing::Waiting, Typed::End) => self.line(QUIT),
            (Editing::Waiting, Typed::Interrupt) => self.draft = self.console.take_back(),
            (Editing::Waiting, Typed::Line(line)) if line.trim().is_empty() => {
                self.console.take_back();
                self.kept = KeptHint::Untold;
            }
            (Editing::Prompt(_) | Editing::Waiting, _) => {}
        }
        let place = match editing {
            Editing::Prompt(_) => TypedAt::Prompt,
            Editing::Waiting | Editing::Nothing => TypedAt::Ahead,
        };
        let typed = match (editing, typed) {
            (Editing::Waiting, Typed::Line(line)) => Typed::Line(self.without_kept(line)),
            (_, typed) => typed,
        };
        SpeakerInput { typed, place }
    }

    async fn set_aside(&mut self) -> bool {
        self.withdraw().await;
        self.console.has_interrupted_itself()
    }

    fn flush(&mut self) {
        self.console.flush();
    }

    /// Prints the draft, so that it is not lost.
    async fn finish(&mut self) {
        self.planned = None;
        self.delay = DELAY;
        let is_hidden = self.editing == Editing::Prompt(Echo::Hidden);
        self.editing = Editing::Nothing;
        let typed = self.console.withdraw().await;
        let unsent = mem::take(&mut self.draft) + &typed;
        if !is_hidden && !unsent.trim().is_empty() {
            self.line(&format!("Not sent: {}", visible(&unsent)));
        }
        self.flush();
    }
}
