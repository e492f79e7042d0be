//! Consoles: what a person types and sees.
//!
//! [`Terminal::open`] chooses between two consoles: [`Screen`], a line editor, if both the input
//! and the output are a terminal, and [`Plain`], lines in and text out, for pipes and files. Both
//! print text unchanged: callers pass foreign text through [`visible`](crate::text::visible) first.

use crate::scene::TalkEntry;
use std::io::{self, IsTerminal as _, Write as _};

mod ask;
mod clock;
mod console;
mod glyphs;
mod interjector;
mod lines;
mod paint;
mod panes;
mod plain;
mod progress;
mod qr_code;
mod screen;
mod title;
mod unicode;

pub use ask::{Ask, ConsoleError, Echo, Label, PROMPT, Typed};
pub use console::{Console, ScreenSize};
pub use glyphs::detect_glyphs;
pub use paint::{Audience, Bell, Ink, Paint, Style};
pub use panes::Panes;
pub use panes::display::{Depth, Display, Signs};
pub use panes::draw::draw;
pub use panes::shared::SceneGuard;
pub use plain::Plain;
pub use qr_code::{NoQrCode, QrCodes, qr_code};
pub use screen::Screen;

pub(crate) use clock::now;
pub(crate) use progress::with_progress;
pub(crate) use unicode::has_unicode;

/// The console of this process.
#[derive(Debug)]
pub enum Terminal {
    /// Panes on the whole screen of a terminal.
    Panes(Panes),
    /// A line editor on a terminal.
    Screen(Screen),
    /// Lines in, text out.
    Plain(Plain),
}

impl Terminal {
    /// Opens the process's standard input and output with this face or, where that is not possible,
    /// with a simpler one. Then standard error gets the reason. The line editor shows the length of a
    /// line with more than `limit` bytes of UTF-8. Pipes have no bell.
    ///
    /// Must be called on the thread of a runtime, before any other thread is started.
    ///
    /// # Errors
    /// If the terminal cannot be set up.
    pub fn open(face: Face, paint: Paint, bell: Bell, limit: usize) -> io::Result<Self> {
        if let Some(panes) = Self::panes(face, paint, bell, limit)? {
            return Ok(Self::Panes(panes));
        }
        if is_terminal() && has_line_editor() {
            Screen::open(paint, bell, limit).map(Self::Screen)
        } else {
            Plain::open(paint).map(Self::Plain)
        }
    }

    /// Opens panes if this face has them. Where that is not possible, standard error gets the reason.
    ///
    /// Must be called on the thread of a runtime.
    ///
    /// # Errors
    /// If the terminal cannot be set up.
    pub fn panes(face: Face, paint: Paint, bell: Bell, limit: usize) -> io::Result<Option<Panes>> {
        let reason = match face {
            Face::Lines => return Ok(None),
            Face::LinesToHear => "panes cannot be described in words".to_owned(),
            Face::Panes if !is_terminal() => "panes need a terminal".to_owned(),
            Face::Panes if !has_line_editor() => "this kind of terminal has no panes".to_owned(),
            Face::Panes => match Panes::fit() {
                Ok(()) => return Panes::open(paint, bell, limit).map(Some),
                Err(too_small) => too_small.to_string(),
            },
        };
        // Without standard error, nothing of the session is missed.
        let _ = writeln!(io::stderr(), "tictalk: {reason}; showing lines instead");
        Ok(None)
    }
}

/// Whether input and output are both a terminal.
fn is_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// How a program uses a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Face {
    /// Line by line, with the output left in place.
    Lines,
    /// The whole screen, with a place for everything.
    Panes,
    /// Line by line, although panes were asked for: they cannot be read out.
    LinesToHear,
}

/// Whether the line editor supports this kind of terminal, named by `TERM`. Windows sets no `TERM`.
fn has_line_editor() -> bool {
    match std::env::var("TERM") {
        Ok(term) => !["dumb", "cons25", "emacs"].contains(&term.as_str()),
        Err(_) => cfg!(windows),
    }
}

/// Calls the same method of whichever console this is.
macro_rules! forward {
    ($terminal:ident, $console:ident => $call:expr) => {
        match $terminal {
            Terminal::Panes($console) => $call,
            Terminal::Screen($console) => $call,
            Terminal::Plain($console) => $call,
        }
    };
}

impl Console for Terminal {
    fn style(&self) -> Style {
        forward!(self, console => console.style())
    }

    fn columns(&self) -> Option<usize> {
        forward!(self, console => console.columns())
    }

    fn size(&self) -> Option<ScreenSize> {
        forward!(self, console => console.size())
    }

    fn completes(&self) -> bool {
        forward!(self, console => console.completes())
    }

    fn scene(&self) -> Option<SceneGuard<'_>> {
        forward!(self, console => console.scene())
    }

    fn print(&mut self, text: &str) {
        forward!(self, console => console.print(text));
    }

    fn add(&mut self, entry: TalkEntry) {
        forward!(self, console => console.add(entry));
    }

    fn print_to_copy(&mut self, text: &str) {
        forward!(self, console => console.print_to_copy(text));
    }

    fn mark(&mut self, mark: &str) {
        forward!(self, console => console.mark(mark));
    }

    fn take_back(&mut self) -> String {
        forward!(self, console => console.take_back())
    }

    fn title(&mut self, title: &str) {
        forward!(self, console => console.title(title));
    }

    fn ring(&mut self, why: &str) {
        forward!(self, console => console.ring(why));
    }

    fn flush(&mut self) {
        forward!(self, console => console.flush());
    }

    async fn interject(&mut self, text: &str) {
        forward!(self, console => console.interject(text).await);
    }

    async fn drain(&mut self) {
        forward!(self, console => console.drain().await);
    }

    fn prompt(&mut self, ask: Ask) {
        forward!(self, console => console.prompt(ask));
    }

    fn learn(&mut self, words: Vec<String>) {
        forward!(self, console => console.learn(words));
    }

    async fn typed(&mut self) -> Typed {
        forward!(self, console => console.typed().await)
    }

    async fn withdraw(&mut self) -> String {
        forward!(self, console => console.withdraw().await)
    }

    fn has_interrupted_itself(&mut self) -> bool {
        forward!(self, console => console.has_interrupted_itself())
    }
}
