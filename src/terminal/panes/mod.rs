//! The console that uses the whole screen: a [`Scene`] on a terminal.
//!
//! One thread reads keys (`input_unix`, `decode`; elsewhere `input_portable`), one draws (`draw`,
//! `canvas`), and both share the scene with the shell (`shared`). A slow terminal delays only the
//! thread that draws. `modes` undoes everything at the end, also after a panic.

use super::ask::{Ask, Echo, Typed};
use super::console::{Console, ScreenSize};
use super::paint::{Audience, Bell, Paint, Style};
use super::title::Title;
use crate::drawing::Row;
use crate::scene::{Entry, LineEcho, Prompt, PromptKind, SMALLEST, Scene};
use canvas::codes;
use draw::{Depth, looks_elsewhere};
use shared::{SceneGuard, Shared, pass, size};
use std::io::{self, Write as _};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

mod canvas;
#[cfg(any(unix, test))]
mod decode;
mod draw;
#[cfg(not(unix))]
mod input_portable;
#[cfg(unix)]
mod input_unix;
mod modes;
pub(super) mod shared;

#[cfg(not(unix))]
use input_portable as input;
#[cfg(unix)]
use input_unix as input;

/// Maximum number of lines and keys that wait for the shell.
const TYPED: usize = 64;

/// How long the last frame may take.
const PATIENCE: Duration = Duration::from_secs(1);

/// The label of a prompt in a room ends with this, after the person's name.
const ROOM_LABEL: &str = "> ";

/// A console that uses the whole screen.
#[derive(Debug)]
pub struct Panes {
    style: Style,
    bell: Bell,
    title: Title,
    shared: Arc<Shared>,
    /// The start of a line that was not printed to its end.
    printed: String,
    /// The line that was entered last, while it is the last thing that was typed.
    entered: Option<String>,
    typed: mpsc::Receiver<Typed>,
    /// What was typed at the moment when the prompt was withdrawn.
    missed: Option<Typed>,
    sender: mpsc::Sender<Typed>,
    input: Option<input::Input>,
    drawing: Option<JoinHandle<()>>,
}

/// The panes that are on the terminal, of which a process has one.
static SHOWN: Mutex<Weak<Shared>> = Mutex::new(Weak::new());

/// Shows in the panes what takes long, or that it is over. Returns false if there are no panes.
pub(super) fn show_progress(what: Option<String>) -> bool {
    let shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(shared) = shown.upgrade() else {
        return false;
    };
    if shared.read().scene.progress() != what.as_deref() {
        shared.change().scene.set_progress(what);
    }
    true
}

/// Why panes cannot be shown on a terminal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("panes need a window of at least {} columns and {} rows", SMALLEST.columns, SMALLEST.rows)]
pub(super) struct TooSmall;

impl Panes {
    /// Checks that the window is large enough.
    pub(super) fn fit() -> Result<(), TooSmall> {
        match size() {
            Some(size) if size.columns >= SMALLEST.columns && size.rows >= SMALLEST.rows => Ok(()),
            _ => Err(TooSmall),
        }
    }

    /// Takes over the terminal until it is dropped. A line may have `limit` bytes.
    ///
    /// Must be called on the thread of a runtime.
    ///
    /// # Errors
    /// If the terminal cannot be set up.
    pub(super) fn open(paint: Paint, bell: Bell, limit: usize) -> io::Result<Self> {
        let scene = Scene::new(size().unwrap_or(SMALLEST), limit);
        let mouse = scene.mouse();
        let shared = Shared::new(scene);
        let (sender, typed) = mpsc::channel(TYPED);
        modes::begin(mouse)?;
        let mut panes = Self {
            style: Style {
                paint,
                audience: Audience::Person,
            },
            bell,
            title: Title::detect(),
            shared,
            printed: String::new(),
            entered: None,
            typed,
            missed: None,
            sender,
            input: None,
            drawing: None,
        };
        // From here on, a failure restores the terminal.
        panes.input = Some(input::Input::start(&panes.shared, &panes.sender)?);
        let (shared, sender) = (Arc::clone(&panes.shared), panes.sender.clone());
        let depth = Depth::detect(paint);
        let drawing = std::thread::Builder::new()
            .name("drawing".to_owned())
            .spawn(move || shared.draw_until_end(depth, &sender))?;
        panes.drawing = Some(drawing);
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Arc::downgrade(&panes.shared);
        drop(shown);
        Ok(panes)
    }

    /// Adds the whole lines that were printed.
    fn add_lines(&mut self, text: &str) {
        self.printed.push_str(text);
        let Some(end) = self.printed.rfind('\n') else {
            return;
        };
        let rest = self.printed.split_off(end + 1);
        let lines = mem::replace(&mut self.printed, rest);
        let mut state = self.shared.change();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            state.scene.add(Entry::note(line.to_owned()));
        }
    }

    /// How an entered line begins in the talk.
    fn speaker(&self, ask: &Ask) -> String {
        let paint = self.style.paint;
        match (ask.echo, ask.label.text.strip_suffix(ROOM_LABEL)) {
            (Echo::OnScreen, Some(name)) => paint.name(name, &format!("{name}:")),
            (Echo::Once | Echo::OnScreen, _) => ask.label.text.trim_end().to_owned(),
            (Echo::Shown | Echo::Hidden, _) => paint.ink(super::Ink::Name, "You:"),
        }
    }
}

impl Console for Panes {
    fn style(&self) -> Style {
        self.style
    }

    fn columns(&self) -> Option<usize> {
        Some(self.shared.read().scene.layout().talk.width.into())
    }

    fn size(&self) -> Option<ScreenSize> {
        let talk = self.shared.read().scene.layout().talk;
        Some(ScreenSize {
            columns: talk.width.into(),
            rows: talk.height.into(),
        })
    }

    fn completes(&self) -> bool {
        true
    }

    fn scene(&self) -> Option<SceneGuard<'_>> {
        Some(SceneGuard(self.shared.change()))
    }

    fn print(&mut self, text: &str) {
        self.add_lines(text);
    }

    fn add(&mut self, entry: Entry) {
        self.flush();
        self.shared.change().scene.add(entry);
    }

    fn mark(&mut self, _: &str) {
        self.shared.change().scene.mark_received();
    }

    fn take_back(&mut self) -> String {
        // What was typed at an interrupt is not in the talk: it is still the draft.
        let Some(line) = self.entered.take() else {
            return String::new();
        };
        self.shared.change().scene.take_back();
        line
    }

    fn title(&mut self, title: &str) {
        let sequence = self.title.set(title);
        let mut state = self.shared.change();
        state.signals.push_str(&sequence);
        let status = title.strip_prefix("tictalk: ").unwrap_or(title);
        state.scene.set_status(status.to_owned());
    }

    fn ring(&mut self) {
        if self.bell == Bell::Off {
            return;
        }
        let mut state = self.shared.change();
        state.signals.push('\x07');
        if looks_elsewhere(&state.scene) {
            let notification = notification(state.scene.status());
            state.signals.push_str(&notification);
        }
    }

    fn flush(&mut self) {
        if !self.printed.is_empty() {
            self.add_lines("\n");
        }
    }

    fn prompt(&mut self, ask: Ask) {
        self.flush();
        let prompt = Prompt {
            label: self.style.paint.ink(ask.label.ink, &ask.label.text),
            speaker: self.speaker(&ask),
            line: match ask.echo {
                Echo::Hidden => LineEcho::Hidden,
                Echo::Shown | Echo::OnScreen | Echo::Once => LineEcho::Shown,
            },
            kind: match (ask.echo, ask.label.text.ends_with(ROOM_LABEL)) {
                (Echo::OnScreen, true) => PromptKind::Standing,
                (Echo::OnScreen | Echo::Once, _) => PromptKind::Question,
                (Echo::Shown | Echo::Hidden, _) => PromptKind::Turn,
            },
        };
        let entered = self
            .shared
            .change()
            .scene
            .ask(prompt, &ask.draft, ask.words);
        if let Some(crate::scene::Outcome::Line(line)) = entered {
            pass(&self.sender, Typed::Line(line));
        }
    }

    fn learn(&mut self, words: Vec<String>) {
        self.shared.change().scene.learn(words);
    }

    async fn typed(&mut self) -> Typed {
        let typed = match self.missed.take() {
            Some(missed) => missed,
            // The console itself holds a sender, so the channel is never closed.
            None => self.typed.recv().await.unwrap_or(Typed::Gone),
        };
        self.entered = match &typed {
            Typed::Line(line) => Some(line.clone()),
            _ => None,
        };
        typed
    }

    async fn withdraw(&mut self) -> String {
        self.flush();
        let mut state = self.shared.change();
        let draft = state.scene.withdraw();
        match self.typed.try_recv() {
            // Entered at the same moment, and not sent.
            Ok(Typed::Line(line)) => {
                state.scene.take_back();
                line + &draft
            }
            Ok(typed) => {
                self.missed = Some(typed);
                draft
            }
            Err(_) => draft,
        }
    }
}

impl Drop for Panes {
    /// Restores the terminal. The last rows of the talk stay in view.
    fn drop(&mut self) {
        self.flush();
        self.input = None;
        self.shared.end();
        if let Some(thread) = self.drawing.take() {
            let begun = Instant::now();
            while !thread.is_finished() && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        modes::end();
        let mut last = String::new();
        let state = self.shared.read();
        let size = state.scene.size();
        let rows = usize::from(size.rows).saturating_sub(1);
        for shown in state.scene.talk().last_rows(size.columns.into(), rows) {
            last.push_str(&in_colour(&shown.row, Depth::detect(self.style.paint)));
            last.push('\n');
        }
        last.push_str(&self.title.restore());
        let mut stdout = io::stdout().lock();
        // A terminal that is gone shows nothing.
        let _ = stdout
            .write_all(last.as_bytes())
            .and_then(|()| stdout.flush());
    }
}

/// A notification of the desktop: OSC 9 for iTerm2, and OSC 777 for the others that know one.
fn notification(text: &str) -> String {
    let text: String = text
        .chars()
        .filter(|c| !c.is_control() && *c != ';')
        .collect();
    let is_iterm = std::env::var("TERM_PROGRAM").is_ok_and(|program| program == "iTerm.app");
    match is_iterm {
        true => format!("\x1b]9;tictalk: {text}\x1b\\"),
        false => format!("\x1b]777;notify;tictalk;{text}\x1b\\"),
    }
}

/// A row as text with escape sequences for colours.
fn in_colour(row: &Row, depth: Depth) -> String {
    let mut text = String::new();
    let mut column = 0;
    for run in &row.runs {
        text.push_str(&" ".repeat(run.column.saturating_sub(column)));
        column = run.column + run.width;
        match codes(depth.style(run.look)).as_str() {
            "" => text.push_str(&run.text),
            codes => text.push_str(&format!("\x1b[{codes}m{}\x1b[0m", run.text)),
        }
    }
    text
}
