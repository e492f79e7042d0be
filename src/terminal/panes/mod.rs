//! The console that uses the whole screen: a [`Scene`] on a terminal.
//!
//! One thread reads keys (`input_unix`, `decode`; elsewhere `input_portable`), one draws (`draw`,
//! `canvas`), and both share the scene with the shell (`shared`). A slow terminal delays only the
//! thread that draws. `modes` undoes everything at the end, also after a panic.

use super::ask::{Ask, Echo, Label, Typed};
use super::console::{Console, ScreenSize};
use super::paint::{Audience, Bell, Paint, Style};
use crate::scene::{LineEcho, LinePrompt, Motion, PromptKind, SMALLEST, Scene, TalkEntry};
use display::Display;
use draw::looks_elsewhere;
use remains::remains;
use shared::{SceneGuard, SharedScene, pass, size};
use std::io::{self, Write as _};
use std::mem;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};
use tokio::sync::mpsc;

mod canvas;
#[cfg(any(unix, test))]
mod decode;
pub(super) mod display;
pub(super) mod draw;
#[cfg(not(unix))]
mod input_portable;
#[cfg(unix)]
mod input_unix;
mod modes;
mod remains;
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
    display: Display,
    shared: Arc<SharedScene>,
    /// The start of an unfinished line.
    printed: String,
    /// The last line entered, until something else is typed.
    entered: Option<String>,
    typed: mpsc::Receiver<Typed>,
    /// Input that arrived while the prompt was being withdrawn.
    missed: Option<Typed>,
    sender: mpsc::Sender<Typed>,
    input: Option<input::KeyReader>,
    drawing: Option<JoinHandle<()>>,
}

/// The panes on the terminal. There is one terminal per process.
static SHOWN: Mutex<Weak<SharedScene>> = Mutex::new(Weak::new());

/// Shows or clears the description of a slow operation. Returns `false` if there are no panes.
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
        let shared = SharedScene::new(scene);
        let (sender, typed) = mpsc::channel(TYPED);
        modes::begin(mouse)?;
        let mut panes = Self {
            style: Style {
                paint,
                audience: Audience::Person,
            },
            bell,
            display: Display::detect(paint),
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
        panes.input = Some(input::KeyReader::start(&panes.shared, &panes.sender)?);
        let (shared, sender) = (Arc::clone(&panes.shared), panes.sender.clone());
        let display = panes.display;
        let drawing = std::thread::Builder::new()
            .name("drawing".to_owned())
            .spawn(move || shared.draw_until_end(display, &sender))?;
        panes.drawing = Some(drawing);
        let mut shown = SHOWN.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Arc::downgrade(&panes.shared);
        drop(shown);
        Ok(panes)
    }

    /// The replay's current stop, its motion, and the time until the next stop.
    #[must_use]
    pub fn playback(&self) -> Option<(usize, Motion, Option<Duration>)> {
        let state = self.shared.read();
        let playback = state.scene.playback()?;
        Some((playback.place(), playback.motion(), playback.wait()))
    }

    /// Waits for console input; `None` if the person controlled the replay. Cancel safe.
    pub async fn steered(&mut self) -> Option<Typed> {
        let shared = Arc::clone(&self.shared);
        tokio::select! {
            biased;
            typed = self.typed() => Some(typed),
            () = shared.steered.notified() => None,
        }
    }

    /// Adds the complete lines that were printed.
    fn add_lines(&mut self, text: &str) {
        self.printed.push_str(text);
        let Some(end) = self.printed.rfind('\n') else {
            return;
        };
        let rest = self.printed.split_off(end + 1);
        let lines = mem::replace(&mut self.printed, rest);
        let mut state = self.shared.change();
        for line in lines.lines().filter(|line| !line.trim().is_empty()) {
            state.scene.add(TalkEntry::note(line.to_owned()));
        }
    }

    /// The speaker shown before an entered line.
    fn speaker(&self, ask: &Ask) -> String {
        let paint = self.style.paint;
        match (ask.echo, ask.label.text.strip_suffix(ROOM_LABEL)) {
            (Echo::OnScreen, Some(name)) => paint.name(name, &format!("{name}:")),
            (Echo::Once | Echo::OnScreen, _) => ask.label.text.trim_end().to_owned(),
            (Echo::Shown | Echo::Hidden, _) => paint.ink(super::Ink::Prompt, "You:"),
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
        Some(SceneGuard::shown(self.shared.change()))
    }

    fn print(&mut self, text: &str) {
        self.add_lines(text);
    }

    fn add(&mut self, entry: TalkEntry) {
        self.flush();
        self.shared.change().scene.add(entry);
    }

    fn mark(&mut self, _: &str) {
        self.shared.change().scene.mark_received();
    }

    fn take_back(&mut self) -> String {
        // At an interrupt, the input is still in the draft.
        let Some(line) = self.entered.take() else {
            return String::new();
        };
        match self.shared.change().scene.take_back() {
            true => line,
            false => String::new(),
        }
    }

    fn title(&mut self, title: &str) {
        let mut state = self.shared.change();
        state.wanted_title = Some(title.to_owned());
        let status = title.strip_prefix("tictalk: ").unwrap_or(title);
        state.scene.set_status(status.to_owned());
    }

    fn ring(&mut self, why: &str) {
        if self.bell == Bell::Off {
            return;
        }
        let mut state = self.shared.change();
        let notification = match looks_elsewhere(&state.scene) {
            true => notification(why),
            false => String::new(),
        };
        state.ring = Some(format!("\x07{notification}"));
    }

    fn flush(&mut self) {
        if !self.printed.is_empty() {
            self.add_lines("\n");
        }
    }

    fn prompt(&mut self, ask: Ask) {
        self.flush();
        let prompt = LinePrompt {
            label: self.style.paint.ink(ask.label.ink, &ask.label.text),
            speaker: self.speaker(&ask),
            line: match ask.echo {
                Echo::Hidden => LineEcho::Hidden,
                Echo::Shown | Echo::OnScreen | Echo::Once => LineEcho::Shown,
            },
            kind: kind(&ask),
        };
        let entered = self
            .shared
            .change()
            .scene
            .ask(prompt, &ask.draft, ask.words);
        if let Some(crate::scene::KeyOutcome::Line(line)) = entered {
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
            Ok(Typed::Line(line)) => match state.scene.take_back() {
                true => line + &draft,
                false => draft,
            },
            Ok(typed) => {
                self.missed = Some(typed);
                draft
            }
            Err(_) => draft,
        }
    }
}

impl Drop for Panes {
    /// Restores the terminal. The panes above the status row stay in view.
    fn drop(&mut self) {
        self.flush();
        self.input = None;
        self.shared.end();
        if let Some(thread) = &self.drawing {
            let begun = Instant::now();
            while !thread.is_finished() && begun.elapsed() < PATIENCE {
                std::thread::sleep(Duration::from_millis(1));
            }
        }
        if self
            .drawing
            .take()
            .is_some_and(|thread| !thread.is_finished())
        {
            // The terminal does not read, so nothing can be written either.
            return modes::abandon();
        }
        modes::end();
        let mut state = self.shared.read();
        let last = remains(&mut state.scene, self.display) + &state.title.restore();
        drop(state);
        let mut stdout = io::stdout().lock();
        // A terminal that is gone shows nothing.
        let _ = stdout
            .write_all(last.as_bytes())
            .and_then(|()| stdout.flush());
    }
}

/// The kind of prompt that this request needs.
fn kind(ask: &Ask) -> PromptKind {
    match (ask.echo, ask.label.text.ends_with(ROOM_LABEL)) {
        (Echo::OnScreen, true) => PromptKind::Standing,
        (Echo::OnScreen | Echo::Once, _) => PromptKind::Question,
        (Echo::Shown | Echo::Hidden, _) if ask.label == Label::of(ask.echo) => PromptKind::Turn,
        (Echo::Shown | Echo::Hidden, _) => PromptKind::Ahead,
    }
}

/// A desktop notification: OSC 9 for iTerm2, and OSC 777 for other terminals.
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

#[cfg(test)]
mod tests {
    use super::{Ask, Echo, Label, PromptKind, kind};

    #[test]
    fn the_label_says_whose_turn_it_is() {
        let labelled = |echo, label| {
            kind(&Ask {
                label,
                draft: String::new(),
                words: Vec::new(),
                echo,
            })
        };
        let asked = |echo, text: &'static str| {
            let text = text.into();
            labelled(
                echo,
                Label {
                    text,
                    ..Label::of(echo)
                },
            )
        };
        for echo in [Echo::Shown, Echo::Hidden] {
            assert_eq!(labelled(echo, Label::of(echo)), PromptKind::Turn);
            assert_eq!(asked(echo, "Ahead: "), PromptKind::Ahead);
        }
        assert_eq!(asked(Echo::OnScreen, "ann> "), PromptKind::Standing);
        assert_eq!(asked(Echo::OnScreen, "Name: "), PromptKind::Question);
        assert_eq!(asked(Echo::Once, "ann> "), PromptKind::Question);
    }
}
