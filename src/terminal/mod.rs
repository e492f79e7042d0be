//! What a person types and sees.
//!
//! [`Terminal::open`] chooses between the two consoles: [`Screen`], a line editor for when both the
//! input and the output are a terminal, and [`Plain`], lines in and text out, for pipes and files.
//! Both take their text as it is: whoever prints foreign text puts it through [`visible`] first.

use std::future::ready;
use std::io::{self, IsTerminal as _};

mod editor;
mod interjector;
mod lines;
mod paint;
mod plain;
mod progress;
mod screen;

pub use paint::{Audience, Ink, Paint, Style};
pub use plain::Plain;
pub use progress::with_progress;
pub use screen::Screen;

pub use crate::text::visible;

/// The prompt of the assignment, to the letter; it stands there exactly when it is our turn.
pub const PROMPT: &str = "Enter Input >";

/// The prompt in front of a line that is not shown while it is typed.
pub const HIDDEN_PROMPT: &str = "Enter Input (hidden) >";

/// What a person is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ask {
    /// What stands in the line already, to be edited where that is possible.
    pub draft: String,
    /// What Tab completes, and what is hinted at.
    pub words: Vec<String>,
    /// Whether the line can be seen.
    pub echo: Echo,
}

/// Whether what is typed can be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Echo {
    /// As it is.
    Shown,
    /// As stars on a terminal, and not at all elsewhere.
    Hidden,
    /// As it is on a terminal. Elsewhere neither the prompt nor the line is printed, since others
    /// may be heard in between.
    OnScreen,
}

impl Echo {
    /// The prompt in front of such a line.
    #[must_use]
    pub fn prompt(self) -> &'static str {
        match self {
            Self::Shown | Self::OnScreen => PROMPT,
            Self::Hidden => HIDDEN_PROMPT,
        }
    }
}

/// What came of a prompt, or without one.
#[derive(Debug)]
pub enum Typed {
    /// A line, or several that were pasted as one, without the last line ending.
    Line(String),
    /// A line of so many bytes, too long to be kept. On a terminal, its start stands at the next
    /// prompt.
    Overlong(usize),
    /// The end of the input: Ctrl-D, or the end of a pipe or file.
    End,
    /// Ctrl-C at the prompt.
    Interrupt,
    /// Nobody sees the output any more.
    Gone,
    /// The console is of no more use.
    Failed(ConsoleError),
}

/// A place where a person reads and types.
pub trait Console {
    /// How text may look there.
    fn style(&self) -> Style;

    /// How wide it is, in columns, where that can be known.
    fn columns(&self) -> Option<usize> {
        None
    }

    /// Whether a person is shown and can take the words of an [`Ask`].
    fn completes(&self) -> bool {
        false
    }

    /// Adds `text` to what the next [`flush`](Self::flush) or [`prompt`](Self::prompt) puts out.
    /// No prompt may be standing.
    fn print(&mut self, text: &str);

    /// Prints `mark` behind the line that was entered last, where the cursor stands right below it
    /// and there is room; else on a line of its own.
    fn mark(&mut self, mark: &str) {
        self.print(mark);
        self.print("\n");
    }

    /// Puts out what was printed. A failure makes [`typed`](Self::typed) say
    /// [`Typed::Gone`] or [`Typed::Failed`].
    fn flush(&mut self);

    /// Puts out `text`, whole lines, above the prompt and what is typed there, which stay as they
    /// are. Waits while too much is on its way to whoever reads it; dropping the future then takes
    /// `text` back.
    fn interject(&mut self, text: &str) -> impl Future<Output = ()> {
        self.print(text);
        self.flush();
        ready(())
    }

    /// Waits until all interjections are put out, for a second at most.
    fn drain(&mut self) -> impl Future<Output = ()> {
        ready(())
    }

    /// Puts out what was printed, and the prompt for what is asked.
    fn prompt(&mut self, ask: Ask);

    /// Tab completes these words from now on, until the next [`prompt`](Self::prompt), and in the
    /// line too that is being typed.
    fn learn(&mut self, words: Vec<String>) {
        drop(words);
    }

    /// Waits for what is typed. Dropping the future loses nothing.
    fn typed(&mut self) -> impl Future<Output = Typed>;

    /// Takes back the prompt, if one is standing; returns what was typed and not yet entered.
    fn withdraw(&mut self) -> impl Future<Output = String>;

    /// Whether [`withdraw`](Self::withdraw) has sent an interrupt signal to this process since this
    /// was last asked. It has come by then.
    fn has_interrupted_itself(&mut self) -> bool {
        false
    }
}

/// The console of this process.
#[derive(Debug)]
pub enum Terminal {
    /// A line editor on a terminal.
    Screen(Screen),
    /// Lines in, text out.
    Plain(Plain),
}

impl Terminal {
    /// Opens the process's standard input and output. A line should have `limit` bytes of UTF-8 at
    /// most; behind a longer one the line editor shows how long it is. Must be called within a runtime, on its thread, before any other thread is started.
    ///
    /// # Errors
    /// When the input cannot be watched.
    pub fn open(paint: Paint, limit: usize) -> io::Result<Self> {
        let is_terminal = io::stdin().is_terminal() && io::stdout().is_terminal();
        if is_terminal && has_line_editor() {
            Screen::open(paint, limit).map(Self::Screen)
        } else {
            Plain::open(paint).map(Self::Plain)
        }
    }
}

/// Whether the line editor can be used on this kind of terminal, whose name is in `TERM`; on
/// Windows there is no such name.
fn has_line_editor() -> bool {
    match std::env::var("TERM") {
        Ok(term) => !["dumb", "cons25", "emacs"].contains(&term.as_str()),
        Err(_) => cfg!(windows),
    }
}

/// Why a console is of no more use.
#[derive(Debug, thiserror::Error)]
pub enum ConsoleError {
    /// What is typed cannot be read.
    #[error("cannot read the input: {0}")]
    Input(io::Error),
    /// What is printed cannot be written.
    #[error("cannot write the output: {0}")]
    Output(io::Error),
}

impl Console for Terminal {
    fn style(&self) -> Style {
        match self {
            Self::Screen(screen) => screen.style(),
            Self::Plain(plain) => plain.style(),
        }
    }

    fn columns(&self) -> Option<usize> {
        match self {
            Self::Screen(screen) => screen.columns(),
            Self::Plain(plain) => plain.columns(),
        }
    }

    fn completes(&self) -> bool {
        match self {
            Self::Screen(screen) => screen.completes(),
            Self::Plain(plain) => plain.completes(),
        }
    }

    fn print(&mut self, text: &str) {
        match self {
            Self::Screen(screen) => screen.print(text),
            Self::Plain(plain) => plain.print(text),
        }
    }

    fn mark(&mut self, mark: &str) {
        match self {
            Self::Screen(screen) => screen.mark(mark),
            Self::Plain(plain) => plain.mark(mark),
        }
    }

    fn flush(&mut self) {
        match self {
            Self::Screen(screen) => screen.flush(),
            Self::Plain(plain) => plain.flush(),
        }
    }

    async fn interject(&mut self, text: &str) {
        match self {
            Self::Screen(screen) => screen.interject(text).await,
            Self::Plain(plain) => plain.interject(text).await,
        }
    }

    async fn drain(&mut self) {
        match self {
            Self::Screen(screen) => screen.drain().await,
            Self::Plain(plain) => plain.drain().await,
        }
    }

    fn prompt(&mut self, ask: Ask) {
        match self {
            Self::Screen(screen) => screen.prompt(ask),
            Self::Plain(plain) => plain.prompt(ask),
        }
    }

    fn learn(&mut self, words: Vec<String>) {
        match self {
            Self::Screen(screen) => screen.learn(words),
            Self::Plain(plain) => plain.learn(words),
        }
    }

    async fn typed(&mut self) -> Typed {
        match self {
            Self::Screen(screen) => screen.typed().await,
            Self::Plain(plain) => plain.typed().await,
        }
    }

    async fn withdraw(&mut self) -> String {
        match self {
            Self::Screen(screen) => screen.withdraw().await,
            Self::Plain(plain) => plain.withdraw().await,
        }
    }

    fn has_interrupted_itself(&mut self) -> bool {
        match self {
            Self::Screen(screen) => screen.has_interrupted_itself(),
            Self::Plain(plain) => plain.has_interrupted_itself(),
        }
    }
}
