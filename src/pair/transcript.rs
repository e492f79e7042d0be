//! A session on a console: each notice as lines, for a person or for a pipe.

use super::board_watch::{BoardChange, BoardWatch};
use super::exchange::{Due, MoveExchange, drawn, folded, with_shapes};
use super::key_offers::offers;
use super::speaker::{Prompt, Speaker, SpeakerInput, TypedAt};
use super::waiting::{DELAY, Planned, Who};
use crate::games::{Glyphs, addressed};
use crate::net::until;
use crate::scene::{Attention, Delivery, Entry, EntryKind, KEPT_ENTRIES};
use crate::session::{
    AGAIN, Cause, GameEnd, Notice, RECALLED, Role, Session, Side, View, Wait, acts_at_once, asides,
};
use crate::terminal::{Ask, Audience, Console, Echo, Ink, Label, Typed, now};
use crate::text::visible;
use crate::wire::{Name, QUIT, Sees};
use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write as _};
use std::mem;
use std::time::Duration;
use tokio::time::Instant;
use unicode_width::UnicodeWidthStr as _;

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

    /// Prints what concerns only the person here: to a terminal, or else to standard error, because a
    /// pipe gets the session and nothing else.
    fn aside(&mut self, ink: Ink, text: &str) {
        let style = self.console.style();
        match style.audience {
            Audience::Person => self.line(&style.paint.ink(ink, text)),
            // Without standard error, nothing of the session is missed.
            Audience::Pipe => {
                let line = text.replace('\n', " ");
                let _ = writeln!(io::stderr(), "tictalk: {line}");
            }
        }
    }

    /// The name for the partner: its own, for a person who has been told it.
    fn partner_called(&self) -> String {
        match &self.partner {
            Some(name) if self.console.style().audience == Audience::Person => {
                visible(name.as_str()).into_owned()
            }
            _ => format!("the {}", self.me.other().name()),
        }
    }

    /// The partner's words. A person sees the name of the speaker. Further lines are indented, so that
    /// none of them can pass for a line of the program. A pipe gets the first line unchanged, unless
    /// it looks like our prompt.
    fn said<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let style = self.console.style();
        let text = visible(text);
        if style.audience == Audience::Pipe {
            return match (text.starts_with(PROMPT_START), text.contains('\n')) {
                (false, false) => text,
                (false, true) => text.replace('\n', "\n  ").into(),
                (true, _) => format!("  {}", text.replace('\n', "\n  ")).into(),
            };
        }
        let text = text.replace('\n', "\n  ");
        match &self.partner {
            Some(name) => {
                let name = format!("{}:", visible(name.as_str()));
                format!("{} {text}", style.paint.ink(Ink::Name, &name)).into()
            }
            None => text.into(),
        }
    }

    /// The board in words.
    fn described(&self, view: &View) -> String {
        view.words(Side::Me, &self.partner_called())
    }

    /// The board as a drawing, if it is to be drawn and there is space for it.
    fn drawing(&self, view: &View) -> Option<String> {
        match self.boards {
            Boards::Drawn(glyphs) => {
                let paint = self.console.style().paint;
                drawn(&view.board, self.console.columns(), glyphs, paint)
            }
            Boards::Described => None,
        }
    }

    /// Prints the partner's words.
    fn message(&mut self, text: String) {
        self.is_gap = false;
        self.console.add(Entry {
            post: None,
            time: now(),
            kind: EntryKind::Message(Attention::Everybody),
            text,
        });
    }

    /// Prints a blank line, unless the last line is blank.
    fn gap(&mut self) {
        if !self.is_gap {
            self.line("");
            self.is_gap = true;
        }
    }

    /// Shows a person the board, and beneath it what has led to it.
    fn show_board(&mut self, view: &View) {
        let partner = self.partner_called();
        let Boards::Drawn(glyphs) = self.boards else {
            return self.tell_board(view);
        };
        let told = self.exchange.told(view, glyphs, &partner);
        let told = folded(&told, self.console.columns());
        // Panes show the board itself in its place.
        if self.board.is_some() {
            if !told.is_empty() {
                self.line(&told);
            }
            return;
        }
        match self.drawing(view) {
            Some(drawing) => {
                self.gap();
                self.line(&drawing);
                self.gap();
            }
            None => self.line(&self.described(view)),
        }
        if !told.is_empty() {
            self.line(&told);
        }
    }

    /// Tells a person who does not see the board what has changed; the whole board on request.
    fn tell_board(&mut self, view: &View) {
        let partner = self.partner_called();
        let told = self.exchange.spoken(view, &partner);
        let told = match view.cause {
            Cause::Asked => self.described(view),
            Cause::Start | Cause::Step => String::new(),
            Cause::Turn(..) => told,
        };
        if !told.is_empty() {
            self.line(&told);
        }
    }

    /// Shows the report that has waited for its board.
    fn report(&mut self) {
        if let Some(words) = self.exchange.take_report() {
            let partner = self.partner_called();
            self.line(&addressed(&words, &partner));
        }
    }

    /// Shows the board that has waited for a prompt.
    fn catch_up(&mut self) {
        self.report();
        if let Some(view) = self.exchange.take_board() {
            self.show_board(&view);
        }
    }

    /// Shows a person the last board of a game.
    pub(super) fn show_last_board(&mut self) {
        self.report();
        if let Some(view) = self.exchange.take_board() {
            self.show_board(&view);
            if self.boards == Boards::Described {
                self.line(&self.described(&view));
            }
        }
    }

    /// Shows a person the end of a game: the last board, the result, and how to play again.
    fn show_end(&mut self, end: GameEnd) {
        let paint = self.console.style().paint;
        let partner = self.partner_called();
        self.show_last_board();
        let mut result = end.result(&partner);
        if let Some(score) = self.exchange.take_score() {
            result = format!("{result} {}.", score.with(&partner));
        }
        let ink = match end.winner() {
            Some(Side::Me) => Ink::Win,
            Some(Side::Partner) | None => Ink::Game,
        };
        let width = result.width() + 1 + AGAIN.width();
        let is_wide = self
            .console
            .columns()
            .is_none_or(|columns| width <= columns);
        let gap = if is_wide { ' ' } else { '\n' };
        let (result, again) = (paint.ink(ink, &result), paint.ink(Ink::Hint, AGAIN));
        self.line(&format!("{result}{gap}{again}"));
    }

    /// Shows a person what a pipe gets in other words. Returns `false` if there is no difference.
    fn show_person(&mut self, notice: &Notice) -> bool {
        let is_described = self.boards == Boards::Described;
        if !matches!(notice, Notice::Board(_)) {
            self.report();
        }
        match notice {
            // Told beneath the board, with the result.
            Notice::Moved(_) => {}
            Notice::NewScore(score) => self.exchange.score(*score),
            Notice::Board(view) => match self.exchange.board(view) {
                Due::Now => {
                    self.exchange.take_report();
                    self.show_board(view);
                }
                Due::Later => self.report(),
            },
            Notice::News(news) => {
                if self.exchange.news(news) && !is_described {
                    return true;
                }
                self.exchange.take_report();
                let partner = self.partner_called();
                self.line(&addressed(&news.words, &partner));
                if is_described && !news.unseen.is_empty() {
                    self.line(&addressed(&news.unseen, &partner));
                }
            }
            Notice::GameOver(end) => self.show_end(*end),
            // A mark is read out as what it looks like.
            Notice::Received if is_described => {}
            Notice::Instructions if is_described => self.line(SHORT_INSTRUCTIONS),
            // Instead of a move: the board of the person's own move comes first.
            Notice::Said(_) | Notice::Offered(_, Side::Partner) => {
                self.catch_up();
                return false;
            }
            _ => return false,
        }
        true
    }

    /// The text of a notice, in its colour.
    fn words(&self, notice: &Notice) -> String {
        let paint = self.console.style().paint;
        let words = || notice.words(Side::Me, &self.partner_called());
        match notice {
            Notice::Recalled(Side::Partner, text) if self.partner.is_some() => {
                self.said(text).into_owned()
            }
            Notice::Recalled(..) => visible(&words()).replace('\n', "\n  "),
            Notice::Said(text) | Notice::Moved(text) => self.said(text).into_owned(),
            Notice::Commented(Side::Partner, text) => {
                let speaker = Notice::Commented(Side::Partner, String::new());
                let speaker = speaker.words(Side::Me, &self.partner_called());
                let text = visible(text).replace('\n', "\n  ");
                format!("{} {text}", paint.ink(Ink::Name, speaker.trim_end()))
            }
            Notice::Commented(Side::Me, _) | Notice::NotHeard(_) => {
                visible(&words()).replace('\n', "\n  ")
            }
            Notice::Board(view) => self.drawing(view).unwrap_or_else(|| self.described(view)),
            Notice::GameStarted { pieces, .. } => {
                let intro = match self.boards {
                    Boards::Drawn(glyphs) => with_shapes(&words(), pieces, glyphs),
                    Boards::Described => words(),
                };
                paint.ink(Ink::Game, &intro)
            }
            Notice::Refused(_) => paint.ink(Ink::Refusal, &visible(&words())),
            Notice::ProposalRefused { .. } => visible(&words()).replace('\n', "\n  "),
            Notice::GameOver(end) if end.winner() == Some(Side::Me) => {
                paint.ink(Ink::Win, &words())
            }
            Notice::Toss(_)
            | Notice::Awaited(_)
            | Notice::GameOver(_)
            | Notice::Offered(..)
            | Notice::Agreed(..)
            | Notice::Declined(..)
            | Notice::Advice(_) => paint.ink(Ink::Game, &words()),
            Notice::Instructions
            | Notice::Help(_)
            | Notice::Games
            | Notice::Described(_)
            | Notice::News(_)
            | Notice::Score(_)
            | Notice::NewScore(_)
            | Notice::NoLegalMove(_)
            | Notice::MayFallApart { .. }
            | Notice::Received
            | Notice::ConnectionLost(_)
            | Notice::Reconnected
            | Notice::ShuttingDown
            | Notice::PartnerQuit(_)
            | Notice::PartnerClosed(_) => words(),
        }
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
            // They can be scrolled.
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
                Notice::Received | Notice::Recalled(..) | Notice::NewScore(_)
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
            Notice::Recalled(by, text) if self.console.scene().is_some() => {
                let (kind, text) = match by {
                    Side::Me => {
                        let speaker = style.paint.ink(Ink::Name, "You:");
                        let text = visible(text).replace('\n', "\n  ");
                        let kind = EntryKind::Own(Delivery::Received);
                        (kind, format!("{speaker} {text}"))
                    }
                    Side::Partner => (EntryKind::Message(Attention::Everybody), words),
                };
                // The session does not know when it was said.
                self.console.add(Entry {
                    post: None,
                    time: None,
                    kind,
                    text,
                });
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
            self.console.ring();
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
