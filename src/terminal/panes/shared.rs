//! The state shared by the threads of the panes.

use super::canvas::Canvas;
use super::display::Display;
use super::draw::draw;
use super::modes;
use crate::scene::{Key, KeyOutcome, Scene, Size};
use crate::terminal::ask::{ConsoleError, Typed};
use crate::terminal::clock::now;
use crate::terminal::title::Title;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use std::cell::RefMut;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
#[cfg(unix)]
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use terminal_size::{Height, Width, terminal_size};
use tokio::sync::{Notify, mpsc};

/// The shortest time between two frames.
const FRAME: Duration = Duration::from_millis(50);

/// The interval of redraws while a countdown is shown.
const SECOND: Duration = Duration::from_secs(1);

/// Maximum number of bells in a burst. One more is allowed each second.
const BELLS: u32 = 10;

/// The largest area that is drawn. The rest of a larger screen stays blank.
const LARGEST: Size = Size {
    columns: 1000,
    rows: 400,
};

/// The state shared by the threads.
#[derive(Debug)]
pub(super) struct SharedScene {
    state: Mutex<State>,
    changed: Condvar,
    /// Notified when the person controls the replay.
    pub(super) steered: Notify,
    /// Whether the next SIGTSTP is our own.
    #[cfg(unix)]
    is_stopping: AtomicBool,
}

/// The scene and the pending output.
#[derive(Debug)]
pub(super) struct State {
    pub(super) scene: Scene,
    pub(super) title: Title,
    /// The pending title.
    pub(super) wanted_title: Option<String>,
    /// The pending bell, with a notification if there is one.
    pub(super) ring: Option<String>,
    /// The number of bells allowed at a time.
    bells: (u32, Instant),
    /// The deadline for reconnecting, while the connection is lost.
    deadline: Option<Instant>,
    wanted: Wanted,
}

/// The work requested from the drawing thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Nothing,
    /// Draw what has changed.
    Frame,
    /// Draw everything: something else may have written to the screen.
    Screen,
    /// Draw nothing until the terminal is ours again.
    Pause,
    End,
}

/// Exclusive access to the scene of a console. Dropping it redraws the screen.
pub struct SceneGuard<'console>(Guarded<'console>);

/// Where the scene is.
enum Guarded<'console> {
    /// On the terminal.
    Shown(Changing<'console>),
    /// In memory only.
    Unseen(RefMut<'console, Scene>),
}

impl<'console> SceneGuard<'console> {
    pub(super) fn shown(state: Changing<'console>) -> Self {
        Self(Guarded::Shown(state))
    }

    /// The guard of a scene that is on no terminal.
    pub fn unseen(scene: RefMut<'console, Scene>) -> Self {
        Self(Guarded::Unseen(scene))
    }

    /// Shows the time that is left to come back, until `deadline`; `None` when the connection is there.
    pub fn set_deadline(&mut self, deadline: Option<Instant>) {
        match &mut self.0 {
            Guarded::Shown(state) => state.deadline = deadline,
            // Time passes only on a terminal.
            Guarded::Unseen(_) => {}
        }
    }
}

impl std::ops::Deref for SceneGuard<'_> {
    type Target = Scene;

    fn deref(&self) -> &Scene {
        match &self.0 {
            Guarded::Shown(state) => &state.scene,
            Guarded::Unseen(scene) => scene,
        }
    }
}

impl std::ops::DerefMut for SceneGuard<'_> {
    fn deref_mut(&mut self) -> &mut Scene {
        match &mut self.0 {
            Guarded::Shown(state) => &mut state.scene,
            Guarded::Unseen(scene) => scene,
        }
    }
}

/// The state of the threads, until it is let go: then the screen is drawn.
pub(super) struct Changing<'shared> {
    state: MutexGuard<'shared, State>,
    changed: &'shared Condvar,
}

impl std::ops::Deref for Changing<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl std::ops::DerefMut for Changing<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.state
    }
}

impl Drop for Changing<'_> {
    fn drop(&mut self) {
        if self.state.wanted == Wanted::Nothing {
            self.state.wanted = Wanted::Frame;
            self.changed.notify_all();
        }
    }
}

impl State {
    /// Takes the pending title and, within the limit, the pending bell.
    fn take_signals(&mut self) -> String {
        let mut signals = match self.wanted_title.take() {
            Some(title) => self.title.set(&title),
            None => String::new(),
        };
        if let Some(ring) = self.ring.take() {
            let (left, then) = self.bells;
            let seconds = u32::try_from(then.elapsed().as_secs()).unwrap_or(BELLS);
            let left = left.saturating_add(seconds).min(BELLS);
            let since = if seconds > 0 { Instant::now() } else { then };
            self.bells = (left.saturating_sub(1), since);
            if left > 0 {
                signals.push_str(&ring);
            }
        }
        signals
    }
}

impl SharedScene {
    pub(super) fn new(scene: Scene) -> Arc<Self> {
        Arc::new(Self {
            state: Mutex::new(State {
                scene,
                title: Title::detect(),
                wanted_title: None,
                ring: None,
                bells: (BELLS, Instant::now()),
                deadline: None,
                wanted: Wanted::Screen,
            }),
            changed: Condvar::new(),
            steered: Notify::new(),
            #[cfg(unix)]
            is_stopping: AtomicBool::new(false),
        })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, to be read.
    pub(super) fn read(&self) -> MutexGuard<'_, State> {
        self.lock()
    }

    /// The state, to be changed.
    pub(super) fn change(&self) -> Changing<'_> {
        Changing {
            state: self.lock(),
            changed: &self.changed,
        }
    }

    fn want(&self, wanted: Wanted) {
        let mut state = self.lock();
        if state.wanted != Wanted::End {
            state.wanted = wanted;
        }
        drop(state);
        self.changed.notify_all();
    }

    /// Draws everything again.
    pub(super) fn redraw(&self) {
        self.want(Wanted::Screen);
    }

    /// Ends the drawing thread.
    pub(super) fn end(&self) {
        self.want(Wanted::End);
    }

    /// Gives the terminal to the shell until this program is continued.
    #[cfg(unix)]
    fn suspend(&self, stop_others: impl FnOnce()) {
        use nix::sys::signal::{Signal, raise};
        self.want(Wanted::Pause);
        modes::end();
        stop_others();
        // SIGTSTP is caught to get here; this one stops the whole process.
        let _ = raise(Signal::SIGSTOP);
        self.resume();
    }

    /// Suspends the whole job, as Ctrl-Z does elsewhere: the shell waits for all of its processes.
    /// Without a shell, nobody could continue it, so nothing happens.
    #[cfg(unix)]
    pub(super) fn suspend_job(&self) {
        use nix::sys::signal::{Signal, kill};
        use nix::unistd::{getppid, getsid};
        if getsid(Some(getppid())) != getsid(None) {
            return;
        }
        self.suspend(|| {
            self.is_stopping.store(true, Ordering::SeqCst);
            // 0 is the group of this process, which gets the signal too. The shell takes the terminal
            // as soon as another process has stopped, so it is restored by now.
            let _ = kill(nix::unistd::Pid::from_raw(0), Signal::SIGTSTP);
        });
    }

    /// Handles SIGTSTP, unless [`suspend_job`](Self::suspend_job) sent it.
    #[cfg(unix)]
    pub(super) fn asked_to_stop(&self) {
        if !self.is_stopping.swap(false, Ordering::SeqCst) {
            self.suspend(|| {});
        }
    }

    #[cfg(not(unix))]
    pub(super) fn suspend_job(&self) {}

    /// Takes the terminal back.
    pub(super) fn resume(&self) {
        let mouse = self.lock().scene.mouse();
        // A terminal that is gone is reported by the next read.
        let _ = modes::begin(mouse);
        self.redraw();
    }

    /// Handles keys and passes on their outcomes.
    pub(super) fn press(&self, keys: Vec<Key>, typed: &mpsc::Sender<Typed>) {
        for key in keys {
            let (outcome, is_asked) = {
                let mut state = self.change();
                let is_asked = state.scene.is_asked();
                (state.scene.key(key, now()), is_asked)
            };
            match outcome {
                None => {}
                Some(KeyOutcome::Line(line)) => pass(typed, Typed::Line(line)),
                // Nobody waits for a key, but always for a signal.
                #[cfg(unix)]
                Some(KeyOutcome::Interrupt) if !is_asked => {
                    use nix::sys::signal::{Signal, kill};
                    let _ = kill(nix::unistd::Pid::this(), Signal::SIGINT);
                }
                Some(KeyOutcome::Interrupt) => pass(typed, Typed::Interrupt),
                Some(KeyOutcome::End) if is_asked => pass(typed, Typed::End),
                Some(KeyOutcome::End) => {}
                Some(KeyOutcome::Suspend) => self.suspend_job(),
                Some(KeyOutcome::Redraw) => self.redraw(),
                Some(KeyOutcome::Steered) => self.steered.notify_one(),
                Some(KeyOutcome::Quit) => pass(typed, Typed::End),
                Some(KeyOutcome::Mouse(mouse)) => {
                    let _ = modes::set_mouse(mouse);
                }
            }
        }
    }

    /// Draws the scene whenever it has changed, at most 20 times a second, until the end.
    pub(super) fn draw_until_end(&self, display: Display, typed: &mpsc::Sender<Typed>) {
        until_failure(typed, ConsoleError::Output, || self.draw_frames(display));
    }

    fn draw_frames(&self, display: Display) -> io::Result<()> {
        let mut canvas = Canvas::new();
        loop {
            let mut state = self.lock();
            while matches!(state.wanted, Wanted::Nothing | Wanted::Pause) {
                let is_counting = state.deadline.is_some();
                if is_counting && state.wanted == Wanted::Nothing {
                    let waited = self.changed.wait_timeout(state, SECOND);
                    let timed_out;
                    (state, timed_out) = waited.unwrap_or_else(PoisonError::into_inner);
                    if timed_out.timed_out() && state.wanted == Wanted::Nothing {
                        state.wanted = Wanted::Frame;
                    }
                } else {
                    let waited = self.changed.wait(state);
                    state = waited.unwrap_or_else(PoisonError::into_inner);
                }
            }
            match state.wanted {
                Wanted::End => return Ok(()),
                Wanted::Screen => canvas.forget(),
                Wanted::Frame | Wanted::Nothing | Wanted::Pause => {}
            }
            state.wanted = Wanted::Nothing;
            if let Some(size) = size() {
                state.scene.resize(size);
            }
            let begun = Instant::now();
            let left = state
                .deadline
                .map(|deadline| deadline.saturating_duration_since(begun));
            state.scene.set_time_left(left);
            let Size { columns, rows } = state.scene.size();
            let mut buffer = Buffer::empty(Rect::new(0, 0, columns, rows));
            let cursor = draw(&state.scene, display, &mut buffer);
            let signals = state.take_signals();
            drop(state);
            let frame = canvas.change(buffer, cursor) + &signals;
            if !frame.is_empty() {
                modes::write_frame(&frame)?;
            }
            self.rest(begun + FRAME);
        }
    }

    /// Waits until this moment, or until the panes end.
    fn rest(&self, until: Instant) {
        let mut state = self.lock();
        while state.wanted != Wanted::End {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return;
            }
            let waited = self.changed.wait_timeout(state, left);
            (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Runs `work` and reports an error or a panic to the shell.
pub(super) fn until_failure(
    typed: &mpsc::Sender<Typed>,
    kind: fn(io::Error) -> ConsoleError,
    work: impl FnOnce() -> io::Result<()>,
) {
    let done = catch_unwind(AssertUnwindSafe(work));
    let failed = match done {
        Ok(Ok(())) => return,
        Ok(Err(error)) => error,
        Err(_) => io::Error::other("a defect of tictalk"),
    };
    pass(typed, Typed::Failed(kind(failed)));
}

/// Passes input to the shell. The channel is full only if the shell has stopped reading.
pub(super) fn pass(typed: &mpsc::Sender<Typed>, what: Typed) {
    let _ = typed.try_send(what);
}

/// The size of the terminal.
pub(super) fn size() -> Option<Size> {
    let (Width(columns), Height(rows)) = terminal_size()?;
    (columns > 0 && rows > 0).then_some(Size {
        columns: columns.min(LARGEST.columns),
        rows: rows.min(LARGEST.rows),
    })
}
