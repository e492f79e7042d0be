//! A session on a console: each notice as lines, for a person or for a pipe.

use super::speaker::{Prompt, Speaker};
use crate::games::Board;
use crate::session::{Notice, Role, Session, Side};
use crate::terminal::{Ask, Audience, Console, Echo, Ink, Label, Typed};
use crate::text::visible;
use crate::wire::{Name, QUIT};
use std::borrow::Cow;
use std::io::{self, Write as _};

/// Shows a session on a console.
#[derive(Debug)]
pub struct Transcript<C> {
    /// The console.
    pub console: C,
    me: Role,
    partner: Option<Name>,
    /// Whether there is a prompt.
    is_prompting: bool,
    /// Whether the line at the prompt is shown.
    echo: Echo,
    /// The unfinished line of a prompt that was withdrawn to print something.
    draft: String,
    boards: Boards,
}

/// The start of our prompts.
const PROMPT_START: &str = "Enter Input";

/// How boards are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boards {
    /// As drawings.
    Drawn,
    /// In words, for a screen reader.
    Described,
}

impl<C: Console> Transcript<C> {
    /// The transcript of the end with the role `me`.
    pub fn new(console: C, me: Role, boards: Boards) -> Self {
        Self {
            console,
            me,
            partner: None,
            is_prompting: false,
            echo: Echo::Shown,
            draft: String::new(),
            boards,
        }
    }

    /// Returns the console.
    pub fn into_console(self) -> C {
        self.console
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

    /// Whether the console is wide enough for this board.
    fn fits(&self, board: &Board) -> bool {
        let columns = self.console.columns();
        columns.is_none_or(|columns| board.width() <= columns)
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
            Notice::Said(text) => self.said(text).into_owned(),
            Notice::Board(view) => match self.boards {
                Boards::Drawn if self.fits(&view.board) => {
                    paint.board(&view.board).trim_end().to_owned()
                }
                _ => view.words(Side::Me, &self.partner_called()),
            },
            Notice::Refused(_) => paint.ink(Ink::Refusal, &visible(&words())),
            Notice::ProposalRefused { .. } => visible(&words()).replace('\n', "\n  "),
            Notice::GameOver(end) if end.winner() == Some(Side::Me) => {
                paint.ink(Ink::Win, &words())
            }
            Notice::Toss(_)
            | Notice::GameStarted { .. }
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
            | Notice::Received
            | Notice::ConnectionLost(_)
            | Notice::Reconnected
            | Notice::ShuttingDown
            | Notice::PartnerQuit(_)
            | Notice::PartnerClosed(_) => words(),
        }
    }

    /// Withdraws the prompt. The draft is kept for the next one, unless it is hidden.
    async fn withdraw(&mut self) {
        if std::mem::take(&mut self.is_prompting) {
            let typed = self.console.withdraw().await;
            self.draft = match self.echo {
                Echo::Shown | Echo::OnScreen => typed,
                Echo::Hidden => String::new(),
            };
        }
    }
}

impl<C: Console> Speaker for Transcript<C> {
    fn line(&mut self, text: &str) {
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
    }

    fn can_decide(&self) -> bool {
        self.console.style().audience == Audience::Person
    }

    async fn show(&mut self, notice: &Notice) {
        let style = self.console.style();
        if style.audience == Audience::Pipe
            && matches!(notice, Notice::Received | Notice::Recalled(..))
        {
            return;
        }
        self.withdraw().await;
        let words = self.words(notice);
        match notice {
            Notice::Received => self.console.mark(&style.paint.ink(Ink::Hint, &words)),
            Notice::ConnectionLost(_) | Notice::Reconnected => self.aside(Ink::Refusal, &words),
            _ => {
                self.line(&words);
                if let Some(hint) = notice.hint() {
                    self.hint(&hint);
                }
            }
        }
    }

    async fn prompt(&mut self, prompt: Prompt, session: &Session) {
        self.withdraw().await;
        let kept = std::mem::take(&mut self.draft);
        self.echo = prompt.echo;
        let words = match self.console.completes() {
            true => session.suggestions(),
            false => Vec::new(),
        };
        self.console.prompt(Ask {
            label: Label::of(prompt.echo),
            draft: prompt.draft + &kept,
            words,
            echo: prompt.echo,
        });
        self.is_prompting = true;
    }

    async fn typed(&mut self) -> Typed {
        let typed = self.console.typed().await;
        // The end of the input acts as `/q`, and is shown as that.
        if std::mem::take(&mut self.is_prompting) && matches!(typed, Typed::End) {
            self.line(QUIT);
        }
        typed
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
        let is_hidden = std::mem::take(&mut self.is_prompting) && self.echo == Echo::Hidden;
        let typed = self.console.withdraw().await;
        let unsent = std::mem::take(&mut self.draft) + &typed;
        if !is_hidden && !unsent.trim().is_empty() {
            self.line(&format!("Not sent: {}", visible(&unsent)));
        }
        self.flush();
    }
}
