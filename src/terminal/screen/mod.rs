//! The console of a terminal: one thread owns what is typed, at the prompt and ahead of it.
//!
//! At the prompt the thread is in the line editor. Between prompts it collects what is typed
//! without showing it, and gives it to the next prompt to be edited there: nothing typed is lost,
//! nothing garbles the screen, and nothing is sent before its turn.

use super::editor::{Edited, LineEditor, Shared};
use super::interjector::Interjector;
use super::{Ask, Console, ConsoleError, Paint, Style, Typed};
use std::io::{self, Write as _};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::Duration;
use tokio::sync::mpsc as answers;

#[cfg(not(unix))]
mod portable;
#[cfg(unix)]
mod type_ahead;
#[cfg(unix)]
mod unix;

#[cfg(not(unix))]
use portable as system;
#[cfg(unix)]
use unix as system;

/// How long an editor that was told to stop may take before it is told again.
const PATIENCE: Duration = Duration::from_millis(10);

/// A terminal with a line editor.
#[derive(Debug)]
pub struct Screen {
    style: Style,
    printed: String,
    /// In which column the line ended that was entered last, while the cursor stands below it.
    entered: Option<usize>,
    is_prompting: bool,
    /// Whether something printed could not be put out.
    is_broken: bool,
    /// Whether an editor was told to stop by a signal that may have missed it.
    has_interrupted: bool,
    shared: Arc<Shared>,
    interjector: Interjector,
    waker: system::Waker,
    resumes: system::Resumes,
    requests: Option<mpsc::Sender<EditRequest>>,
    answers: answers::UnboundedReceiver<Edited>,
    thread: Option<JoinHandle<()>>,
}

/// What the thread is asked for.
#[derive(Debug)]
enum EditRequest {
    /// To show the prompt, and to answer with what comes of it.
    Prompt(Ask),
    /// To answer with what was typed ahead.
    Surrender,
}

impl Screen {
    /// Takes over the terminal until it is dropped. Behind a line of more than `limit` bytes stands
    /// how long it is. Must be called within a runtime, on its thread, before any other thread is started.
    ///
    /// # Errors
    /// When the terminal cannot be set up.
    pub fn open(paint: Paint, limit: usize) -> io::Result<Self> {
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
            printed: String::new(),
            entered: None,
            is_prompting: false,
            is_broken: false,
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

    /// Waits for what the thread gives back, and reminds it from time to time.
    async fn given_back(&mut self, remind: impl Fn(&mut system::Waker)) -> String {
        loop {
            remind(&mut self.waker);
            match tokio::time::timeout(PATIENCE, self.answers.recv()).await {
                Err(_) => {}
                Ok(None) => return String::new(),
                Ok(Some(Edited::Withdrawn(draft))) => return draft,
                // Entered in the same moment: it was not sent.
                Ok(Some(Edited::Typed(Typed::Line(line)))) => return line,
                Ok(Some(Edited::Typed(_))) => return String::new(),
                // Its start counts as typed ahead.
                #[cfg(unix)]
                Ok(Some(Edited::Overlong(..))) => return String::new(),
                #[cfg(unix)]
                Ok(Some(Edited::Ahead(_))) => {}
            }
        }
    }

    fn request(&mut self, request: EditRequest) {
        if let Some(requests) = &self.requests {
            // A thread that has ended has said why, or says so when we wait for it.
            let _ = requests.send(request);
            self.waker.wake_collector();
        }
    }
}

impl Console for Screen {
    fn style(&self) -> Style {
        self.style
    }

    fn columns(&self) -> Option<usize> {
        self.shared.columns()
    }

    fn completes(&self) -> bool {
        true
    }

    fn print(&mut self, text: &str) {
        self.entered = None;
        self.printed.push_str(text);
    }

    fn mark(&mut self, mark: &str) {
        match self.entered.take() {
            // Up to the entered line, behind its end, and back.
            Some(column) => {
                let column = column + 2;
                self.print(&format!("\x1b[A\x1b[{column}G{mark}\r\n"));
            }
            None => self.print(&format!("{mark}\n")),
        }
    }

    fn flush(&mut self) {
        let mut stdout = io::stdout().lock();
        let written = stdout
            .write_all(self.printed.as_bytes())
            .and_then(|()| stdout.flush());
        self.printed.clear();
        self.is_broken |= written.is_err();
    }

    async fn interject(&mut self, text: &str) {
        let shared = Arc::clone(&self.shared);
        self.flush();
        let print = || move |text: &str| shared.print_above(text.to_owned());
        self.interjector.interject(text, print).await;
    }

    async fn drain(&mut self) {
        self.interjector.drain().await;
    }

    fn prompt(&mut self, mut ask: Ask) {
        self.flush();
        self.learn(std::mem::take(&mut ask.words));
        self.is_prompting = true;
        self.request(EditRequest::Prompt(ask));
    }

    fn learn(&mut self, words: Vec<String>) {
        self.shared.learn(words);
    }

    async fn typed(&mut self) -> Typed {
        if self.is_broken {
            return Typed::Gone;
        }
        let answer = loop {
            tokio::select! {
                biased;
                answer = self.answers.recv() => break answer,
                // The line editor takes its terminal back by itself.
                () = self.resumes.next() => if !self.is_prompting {
                    system::hush();
                },
            }
        };
        match answer {
            Some(Edited::Typed(typed)) => {
                self.is_prompting = false;
                self.entered = self.shared.entered();
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
            Some(Edited::Withdrawn(_)) | None => {
                let error = io::Error::other("the terminal was taken away");
                Typed::Failed(ConsoleError::Input(error))
            }
        }
    }

    async fn withdraw(&mut self) -> String {
        let mut draft = String::new();
        if std::mem::take(&mut self.is_prompting) {
            self.shared.withdraw(true);
            self.has_interrupted = cfg!(unix);
            draft = self.given_back(|waker| waker.wake_editor()).await;
            self.shared.withdraw(false);
        }
        // When this is answered, no signal of ours is under way any more.
        self.request(EditRequest::Surrender);
        draft + &self.given_back(|_| {}).await
    }

    fn has_interrupted_itself(&mut self) -> bool {
        std::mem::take(&mut self.has_interrupted)
    }
}

impl Drop for Screen {
    /// Waits for the thread, so that the terminal is as it was before.
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
    }
}
