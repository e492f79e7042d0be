//! The console of a terminal: one thread owns the input, at the prompt and between prompts.
//!
//! At the prompt the thread runs the line editor. Between prompts it collects keys without showing
//! them and passes them to the next prompt as its draft: nothing typed is lost, nothing garbles the
//! screen, and nothing is sent before its turn.

use super::ask::{Ask, ConsoleError, Typed};
use super::console::{Console, ScreenSize};
use super::interjector::Interjector;
use super::paint::{Bell, Paint, Style};
use super::title::Title;
use crate::text::wrap;
use editor::LineEditor;
use request::{EditRequest, Edited};
use shared::{END_UPDATE, Entered, Shared};
use std::borrow::Cow;
use std::io::{self, Write as _};
use std::mem;
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use terminal_size::{Height, Width, terminal_size};
use tokio::sync::mpsc as answers;

mod cancel;
mod editor;
#[cfg(unix)]
mod keys;
#[cfg(not(unix))]
mod portable;
mod request;
mod shared;
#[cfg(unix)]
mod type_ahead;
#[cfg(unix)]
mod unix;
mod watcher;

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

/// How long to wait for a cancelled edit to end before it is interrupted again.
const PATIENCE: Duration = Duration::from_millis(10);

/// A terminal with a line editor.
#[derive(Debug)]
pub struct Screen {
    style: Style,
    bell: Bell,
    title: Title,
    printed: String,
    /// The line entered last, while the cursor is in the row below it.
    entered: Option<Entered>,
    /// The line above it, while there is nothing between the two.
    above: Option<Entered>,
    /// Whether an update of the terminal has begun that the next text or prompt ends.
    is_updating: bool,
    /// The text after the cursor in the line withdrawn last.
    tail: String,
    is_prompting: bool,
    /// Whether a write has failed.
    is_broken: bool,
    /// The end of an edit that came at the moment of its withdrawal, to be reported next.
    missed: Option<Typed>,
    /// The draft of a prompt that did not appear because of that.
    undrawn: String,
    /// Whether an edit was interrupted by a signal that may have arrived after its end.
    has_interrupted: bool,
    shared: Arc<Shared>,
    interjector: Interjector,
    waker: system::Waker,
    resumes: system::Resumes,
    requests: Option<mpsc::Sender<EditRequest>>,
    answers: answers::UnboundedReceiver<Edited>,
    thread: Option<JoinHandle<()>>,
}

impl Screen {
    /// Takes over the terminal until it is dropped. The length of a line of more than `limit` bytes
    /// is shown after it.
    ///
    /// Must be called on the thread of a runtime, before any other thread is started.
    ///
    /// # Errors
    /// If the terminal cannot be set up.
    pub fn open(paint: Paint, bell: Bell, limit: usize) -> io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let (outbox, answers) = answers::unbounded_channel();
        let shared = Arc::new(Shared::default());
        let editor_shared = Arc::clone(&shared);
        let (waker, thread) = system::start(
            move || LineEditor::new(paint, limit, editor_shared),
            inbox,
            outbox,
        )?;
        Ok(Self {
            style: Style::of_stdout(paint),
            bell,
            title: Title::detect(),
            printed: String::new(),
            entered: None,
            above: None,
            is_updating: false,
            tail: String::new(),
            is_prompting: false,
            is_broken: false,
            missed: None,
            undrawn: String::new(),
            has_interrupted: false,
            shared,
            interjector: Interjector::default(),
            waker,
            resumes: system::Resumes::watch()?,
            requests: Some(requests),
            answers,
            thread: Some(thread),
        })
    }

    /// Waits for the draft that the thread returns, and calls `remind` until it does.
    async fn given_back(&mut self, remind: impl Fn(&mut system::Waker)) -> (String, String) {
        loop {
            remind(&mut self.waker);
            match tokio::time::timeout(PATIENCE, self.answers.recv()).await {
                Err(_) => {}
                Ok(None) => return Default::default(),
                Ok(Some(Edited::Withdrawn(before, after))) => return (before, after),
                // Entered at the same moment, and not sent.
                Ok(Some(Edited::Typed(Typed::Line(line)))) => return (line, String::new()),
                Ok(Some(Edited::Typed(typed))) => {
                    let line = match &typed {
                        Typed::Interrupt => self.shared.noted(),
                        _ => String::new(),
                    };
                    self.missed = Some(typed);
                    return (line, String::new());
                }
                // The start of the line counts as typed ahead.
                #[cfg(unix)]
                Ok(Some(Edited::Overlong(..))) => return Default::default(),
                #[cfg(unix)]
                Ok(Some(Edited::Ahead(typed))) => self.missed = Some(typed),
            }
        }
    }

    /// `text` with long lines broken between words.
    fn wrapped<'text>(&self, text: &'text str) -> Cow<'text, str> {
        match self.shared.columns() {
            Some(columns) => wrap(text, columns),
            None => Cow::Borrowed(text),
        }
    }

    fn request(&mut self, request: EditRequest) {
        if let Some(requests) = &self.requests {
            // If the thread has ended, the next wait reports the reason.
            let _ = requests.send(request);
            self.waker.wake_collector();
        }
    }
}

/// Writes to the terminal at once.
fn write_all(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(text.as_bytes())?;
    stdout.flush()
}

impl Console for Screen {
    fn style(&self) -> Style {
        self.style
    }

    fn columns(&self) -> Option<usize> {
        self.shared.columns()
    }

    fn size(&self) -> Option<ScreenSize> {
        let (Width(columns), Height(rows)) = terminal_size()?;
        Some(ScreenSize {
            columns: columns.into(),
            rows: rows.into(),
        })
    }

    fn completes(&self) -> bool {
        true
    }

    fn print(&mut self, text: &str) {
        (self.entered, self.above) = (None, None);
        self.printed.push_str(text);
    }

    fn print_to_copy(&mut self, text: &str) {
        (self.entered, self.above) = (None, None);
        self.flush();
        self.is_broken |= write_all(text).is_err();
    }

    fn mark(&mut self, mark: &str) {
        if let Some(column) = self.entered.take().and_then(|entered| entered.column) {
            // Up to the entered line, past its end, and back.
            let column = column + 2;
            self.print(&format!("\x1b[A\x1b[{column}G{mark}\r\n"));
        }
    }

    fn take_back(&mut self) -> String {
        let Some(entered) = mem::replace(&mut self.entered, self.above.take()) else {
            return String::new();
        };
        let rows = entered.rows;
        self.printed.push_str(&format!("\x1b[{rows}A\r\x1b[J"));
        entered.line
    }

    fn title(&mut self, title: &str) {
        self.printed.push_str(&self.title.set(title));
    }

    fn ring(&mut self, _: &str) {
        if self.bell == Bell::On {
            self.printed.push('\x07');
        }
    }

    fn flush(&mut self) {
        if mem::take(&mut self.is_updating) {
            self.printed.push_str(END_UPDATE);
        }
        let written = write_all(&self.wrapped(&self.printed));
        self.printed.clear();
        self.is_broken |= written.is_err();
    }

    async fn interject(&mut self, text: &str) {
        let shared = Arc::clone(&self.shared);
        self.flush();
        let text = self.wrapped(text).into_owned();
        let print = || move |text: &str| shared.print_above(text.to_owned());
        self.interjector.interject(&text, print).await;
    }

    async fn drain(&mut self) {
        self.interjector.drain().await;
    }

    fn prompt(&mut self, mut ask: Ask) {
        if self.missed.is_some() {
            let label = self.style.paint.ink(ask.label.ink, &ask.label.text);
            self.print(&label);
            self.flush();
            self.undrawn = ask.draft;
            return;
        }
        // The editor ends the update when it has drawn the prompt.
        self.is_updating = false;
        self.flush();
        self.learn(mem::take(&mut ask.words));
        self.is_prompting = true;
        // A draft that was withdrawn keeps its cursor.
        let after = match ask.draft.strip_suffix(&self.tail) {
            Some(before) => {
                ask.draft = before.to_owned();
                mem::take(&mut self.tail)
            }
            None => String::new(),
        };
        self.tail.clear();
        self.request(EditRequest::Prompt(ask, after));
    }

    fn learn(&mut self, words: Vec<String>) {
        self.shared.learn(words);
    }

    async fn typed(&mut self) -> Typed {
        if self.is_broken {
            return Typed::Gone;
        }
        if let Some(missed) = self.missed.take() {
            return missed;
        }
        let answer = loop {
            tokio::select! {
                biased;
                answer = self.answers.recv() => break answer,
                // At a prompt the line editor restores its mode of the terminal itself.
                () = self.resumes.next() => if !self.is_prompting {
                    system::hush();
                },
            }
        };
        match answer {
            Some(Edited::Typed(typed)) => {
                self.is_prompting = false;
                self.above = mem::replace(&mut self.entered, self.shared.entered());
                typed
            }
            #[cfg(unix)]
            Some(Edited::Ahead(typed)) => typed,
            #[cfg(unix)]
            Some(Edited::Overlong(size, start)) => {
                self.is_prompting = false;
                if !start.is_empty() {
                    let kept = start.len();
                    self.print(&format!(
                        "Only the first {kept} bytes of this line are kept.\n"
                    ));
                }
                Typed::Overlong(size)
            }
            Some(Edited::Withdrawn(..)) | None => {
                let error = io::Error::other("the terminal's thread has ended");
                Typed::Failed(ConsoleError::Input(error))
            }
        }
    }

    async fn withdraw(&mut self) -> String {
        let (mut draft, mut after) = (mem::take(&mut self.undrawn), String::new());
        if mem::take(&mut self.is_prompting) {
            self.shared.withdraw(true);
            self.has_interrupted = cfg!(unix);
            (draft, after) = self.given_back(|waker| waker.wake_editor()).await;
            self.is_updating = true;
            self.shared.withdraw(false);
        }
        // Once this is answered, all signals sent above have been delivered.
        self.request(EditRequest::Surrender);
        let (ahead, _) = self.given_back(|_| {}).await;
        self.tail.clone_from(&after);
        draft + &ahead + &after
    }

    fn has_interrupted_itself(&mut self) -> bool {
        mem::take(&mut self.has_interrupted)
    }
}

impl Drop for Screen {
    /// Waits for the thread, which restores the terminal.
    fn drop(&mut self) {
        self.shared.withdraw(true);
        self.requests = None;
        self.waker.wake_collector();
        let Some(thread) = self.thread.take() else {
            return;
        };
        while !thread.is_finished() {
            if self.is_prompting {
                self.waker.wake_editor();
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        let _ = thread.join();
        self.printed.push_str(&self.title.restore());
        self.flush();
    }
}
