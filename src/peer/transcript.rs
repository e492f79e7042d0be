//! How a talk reads on a console: each notice as lines, for a person or for a pipe.

use super::PeerAddress;
use crate::session::{GameEnd, Notice, Role, Side};
use crate::terminal::{Audience, Console, Ink, Typed, visible};
use crate::wire::{Name, QUIT};
use std::borrow::Cow;
use std::io::{self, Write as _};

/// A console, and what is to be known to write on it.
#[derive(Debug)]
pub struct Transcript<C> {
    /// Where it is written.
    pub console: C,
    me: Role,
    partner: Option<Name>,
    /// Whether the prompt stands.
    is_prompting: bool,
    /// What was half typed when the prompt was withdrawn to print something.
    draft: String,
}

impl<C: Console> Transcript<C> {
    /// The transcript of the program in the role `me`.
    pub fn new(console: C, me: Role) -> Self {
        Self {
            console,
            me,
            partner: None,
            is_prompting: false,
            draft: String::new(),
        }
    }

    /// Prints one line of the program's own.
    pub fn line(&mut self, text: &str) {
        self.console.print(text);
        self.console.print("\n");
    }

    /// Prints a line that only a person needs.
    pub fn hint(&mut self, text: &str) {
        let style = self.console.style();
        if style.audience == Audience::Person {
            self.line(&style.paint.ink(Ink::Hint, text));
        }
    }

    /// Tells a person what went wrong, with what was typed kept; a prompt has to follow.
    pub fn warn(&mut self, text: &str) {
        let paint = self.console.style().paint;
        self.line(&paint.ink(Ink::Refusal, &visible(text)));
    }

    /// Prints what only concerns the person in front: on a terminal among the rest, else on standard
    /// error, since the output of a pipe is the talk and nothing else.
    fn aside(&mut self, ink: Ink, text: &str) {
        let style = self.console.style();
        match style.audience {
            Audience::Person => self.line(&style.paint.ink(ink, text)),
            // Who does not hear it misses nothing of the talk.
            Audience::Pipe => {
                let line = text.replace('\n', " ");
                let _ = writeln!(io::stderr(), "tictalk: {line}");
            }
        }
    }

    /// Prints who has connected.
    pub fn connected_by(&mut self, peer: PeerAddress) {
        self.line(&format!("Connected by {peer}"));
        self.line("Waiting for message...");
    }

    /// Prints that a visitor is no partner.
    pub(super) fn left_again(&mut self, visitor: PeerAddress, why: &impl std::fmt::Display) {
        self.line(&format!("{visitor} is gone again: {why}. Still listening."));
    }

    /// From now on the partner is called by `name`.
    pub fn introduce(&mut self, name: Option<Name>) {
        if let Some(name) = &name {
            let role = self.me.other().name();
            self.hint(&format!("The {role} is {}.", visible(name.as_str())));
        }
        self.partner = name;
    }

    /// Puts out what was printed.
    pub fn flush(&mut self) {
        self.console.flush();
    }

    /// Takes back a prompt that stands; what was typed is kept for the next.
    pub(super) async fn set_aside(&mut self) {
        if std::mem::take(&mut self.is_prompting) {
            self.draft = self.console.withdraw().await;
        }
    }

    /// Shows `notice`; a prompt that stands is withdrawn, and what was typed kept for the next.
    pub(crate) async fn show(&mut self, notice: &Notice) {
        let audience = self.console.style().audience;
        if audience == Audience::Pipe && matches!(notice, Notice::Received | Notice::Recalled(..)) {
            return;
        }
        self.set_aside().await;
        let style = self.console.style();
        let words = || notice.words(Side::Me, &self.partner_called());
        let words = match notice {
            Notice::Received => {
                let mark = style.paint.ink(Ink::Hint, &words());
                return self.console.mark(&mark);
            }
            Notice::LineBroken(_) | Notice::LineBack => {
                let text = words();
                return self.aside(Ink::Refusal, &text);
            }
            Notice::Recalled(Side::Partner, text) if self.partner.is_some() => self.said(text),
            Notice::Recalled(..) => visible(&words()).replace('\n', "\n  ").into(),
            Notice::Said(text) => self.said(text),
            Notice::Board(board) => style.paint.board(board).trim_end().to_owned().into(),
            Notice::Refused(_) => style.paint.ink(Ink::Refusal, &visible(&words())).into(),
            Notice::GameOver(GameEnd::Won(Side::Me) | GameEnd::Resigned(Side::Partner)) => {
                style.paint.ink(Ink::Win, &words()).into()
            }
            Notice::GameStarted { .. } | Notice::GameOver(_) => {
                style.paint.ink(Ink::Game, &words()).into()
            }
            Notice::Instructions | Notice::Help | Notice::ShuttingDown | Notice::PartnerQuit(_) => {
                words().into()
            }
        };
        self.line(&words);
        if let Some(hint) = notice.hint() {
            self.hint(&hint);
        }
    }

    /// What the program calls the partner: by name to a person who was told it.
    fn partner_called(&self) -> String {
        match &self.partner {
            Some(name) if self.console.style().audience == Audience::Person => {
                visible(name.as_str()).into_owned()
            }
            _ => format!("the {}", self.me.other().name()),
        }
    }

    /// What the partner said. A person sees who spoke, and further lines set in, so that none of
    /// them can pass for a line of the program.
    fn said<'text>(&self, text: &'text str) -> Cow<'text, str> {
        let style = self.console.style();
        let text = visible(text);
        if style.audience == Audience::Pipe {
            return text;
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

    /// Asks for a line, with `draft` in it already and what was half typed before behind that.
    pub(crate) async fn prompt(&mut self, draft: &str) {
        self.set_aside().await;
        let kept = std::mem::take(&mut self.draft);
        self.console.prompt(&(draft.to_owned() + &kept));
        self.is_prompting = true;
    }

    /// Waits for what is typed. Dropping the future loses nothing.
    pub(crate) async fn typed(&mut self) -> Typed {
        let typed = self.console.typed().await;
        // The end of the input is shown as what it does.
        if std::mem::take(&mut self.is_prompting) && matches!(typed, Typed::End) {
            self.line(QUIT);
        }
        typed
    }

    /// The last words: what was typed and never sent, so that it is not lost.
    pub(crate) async fn finish(&mut self) {
        let typed = self.console.withdraw().await;
        self.is_prompting = false;
        let unsent = std::mem::take(&mut self.draft) + &typed;
        if !unsent.trim().is_empty() {
            self.line(&format!("Not sent: {}", visible(&unsent)));
        }
        self.flush();
    }
}
