//! Shows the events of a session on a console.

use super::{Boards, PROMPT_START, SHORT_INSTRUCTIONS, Transcript};
use crate::games::addressed;
use crate::pair::exchange::{Due, drawn, folded, with_shapes};
use crate::pair::speaker::Speaker as _;
use crate::scene::{Attention, Delivery, EntryKind, TalkEntry};
use crate::session::{AGAIN, Cause, GameEnd, Notice, Side, View};
use crate::terminal::{Audience, Console, Ink, now};
use crate::text::{LocalTime, visible};
use std::borrow::Cow;
use std::io::{self, Write as _};
use unicode_width::UnicodeWidthStr as _;

impl<C: Console> Transcript<C> {
    /// Prints what concerns only the person here: to a terminal, or else to standard error, because a
    /// pipe gets the session and nothing else.
    pub(super) fn aside(&mut self, ink: Ink, text: &str) {
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
    pub(super) fn partner_called(&self) -> String {
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
    pub(super) fn said<'text>(&self, text: &'text str) -> Cow<'text, str> {
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
        // In panes, own messages begin with "You:". No other message may look like that.
        let has_panes = self.console.scene().is_some();
        let name = match &self.partner {
            Some(name) if has_panes && name.as_str().eq_ignore_ascii_case("you") => None,
            Some(name) => Some(visible(name.as_str()).into_owned()),
            None => None,
        };
        let name = name.or_else(|| has_panes.then(|| format!("the {}", self.me.other().name())));
        match name {
            Some(name) => {
                let name = format!("{name}:");
                format!("{} {text}", style.paint.ink(Ink::Name, &name)).into()
            }
            None => text.into(),
        }
    }

    /// The board in words.
    pub(super) fn described(&self, view: &View) -> String {
        view.words(Side::Me, &self.partner_called())
    }

    /// The board as a drawing, if it is to be drawn and there is space for it.
    pub(super) fn drawing(&self, view: &View) -> Option<String> {
        match self.boards {
            Boards::Drawn(glyphs) => {
                let paint = self.console.style().paint;
                drawn(&view.board, self.console.columns(), glyphs, paint)
            }
            Boards::Described => None,
        }
    }

    /// Prints the partner's words.
    pub(super) fn message(&mut self, text: String) {
        self.is_gap = false;
        self.console.add(TalkEntry {
            post: None,
            time: now(),
            kind: EntryKind::Message(Attention::Everybody),
            text,
        });
    }

    /// Adds a message from before a restart to the talk. The partner's `words` begin with its name.
    pub(super) fn recall(&mut self, by: Side, text: &str, words: String, time: Option<LocalTime>) {
        let (kind, text) = match by {
            Side::Me => {
                let speaker = self.console.style().paint.ink(Ink::Prompt, "You:");
                let text = visible(text).replace('\n', "\n  ");
                let kind = EntryKind::Own(Delivery::Received);
                (kind, format!("{speaker} {text}"))
            }
            Side::Partner => (EntryKind::Message(Attention::Everybody), words),
        };
        self.console.add(TalkEntry {
            post: None,
            time,
            kind,
            text,
        });
    }

    /// Prints a blank line, unless the last line is blank.
    pub(super) fn gap(&mut self) {
        if !self.is_gap {
            self.line("");
            self.is_gap = true;
        }
    }

    /// Shows a person the board, and beneath it what has led to it.
    pub(super) fn show_board(&mut self, view: &View) {
        let partner = self.partner_called();
        let Boards::Drawn(glyphs) = self.boards else {
            return self.tell_board(view);
        };
        let told = self.exchange.told(view, glyphs, &partner);
        let told = folded(&told, self.console.columns());
        // Panes show the board itself in its place.
        if self.console.scene().is_some() {
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
    pub(super) fn tell_board(&mut self, view: &View) {
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
    pub(super) fn report(&mut self) {
        if let Some(words) = self.exchange.take_report() {
            let partner = self.partner_called();
            self.line(&addressed(&words, &partner));
        }
    }

    /// Shows the board that has waited for a prompt.
    pub(super) fn catch_up(&mut self) {
        self.report();
        if let Some(view) = self.exchange.take_board() {
            self.show_board(&view);
        }
    }

    /// Shows a person the last board of a game.
    pub(in crate::pair) fn show_last_board(&mut self) {
        self.report();
        if let Some(view) = self.exchange.take_board() {
            self.show_board(&view);
            if self.boards == Boards::Described {
                self.line(&self.described(&view));
            }
        }
    }

    /// Shows a person the end of a game: the last board, the result, and how to play again.
    pub(super) fn show_end(&mut self, end: GameEnd) {
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
    pub(super) fn show_person(&mut self, notice: &Notice) -> bool {
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
    pub(super) fn words(&self, notice: &Notice) -> String {
        let paint = self.console.style().paint;
        let words = || notice.words(Side::Me, &self.partner_called());
        match notice {
            Notice::Recalled {
                by: Side::Partner,
                text,
                ..
            } if self.partner.is_some() => self.said(text).into_owned(),
            Notice::Recalled { .. } => visible(&words()).replace('\n', "\n  "),
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
}
