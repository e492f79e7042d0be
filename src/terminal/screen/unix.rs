//! The terminal's thread and its signals on Unix.

use super::cancel;
use super::editor::LineEditor;
use super::keys::will_have_keys;
use super::request::{EditRequest, Edited};
use super::type_ahead::{KeyRequest, TypeAhead};
use crate::terminal::ask::{ConsoleError, Typed};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::pthread::{Pthread, pthread_self};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::termios::{InputFlags, LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::read;
use std::io::{self, Write as _};
use std::mem;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::mpsc as answers;

/// Wakes the thread of the terminal.
#[derive(Debug)]
pub(super) struct Waker {
    thread: Pthread,
    collector: UnixStream,
}

impl Waker {
    /// Ends the thread's current edit, if there is one. The caller repeats this until it answers.
    pub(super) fn wake_editor(&mut self) {
        cancel::interrupt(self.thread);
    }

    /// Makes the thread look for requests.
    pub(super) fn wake_collector(&mut self) {
        // A full buffer wakes the thread as well.
        let _ = self.collector.write(&[0]);
    }
}

pub(super) fn start(
    editor: impl FnOnce() -> io::Result<LineEditor> + Send + 'static,
    requests: mpsc::Receiver<EditRequest>,
    answers: answers::UnboundedSender<Edited>,
) -> io::Result<(Waker, JoinHandle<()>)> {
    let quiet = Quiet::begin()?;
    let (collector, wakes) = UnixStream::pair()?;
    collector.set_nonblocking(true)?;
    wakes.set_nonblocking(true)?;
    let (started, thread) = mpsc::channel();
    let handle = std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            let _quiet = quiet;
            let editor = editor();
            let _ = started.send(editor.as_ref().map(|_| pthread_self()).map_err(clone_error));
            if let Ok(editor) = editor {
                run(editor, &requests, &answers, &wakes);
            }
        })?;
    let thread = thread
        .recv()
        .map_err(|_| io::Error::other("the terminal's thread did not start"))??;
    // Signals to the whole process then reach the terminal's thread: the line editor ends, redraws
    // itself for a new window size, or is suspended.
    let mut for_thread = SigSet::empty();
    for_thread.add(Signal::SIGINT);
    for_thread.add(Signal::SIGWINCH);
    for_thread.add(Signal::SIGTSTP);
    for_thread.thread_block()?;
    Ok((Waker { thread, collector }, handle))
}

fn clone_error(error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), error.to_string())
}

fn run(
    mut editor: LineEditor,
    requests: &mpsc::Receiver<EditRequest>,
    answers: &answers::UnboundedSender<Edited>,
    wakes: &UnixStream,
) {
    let mut ahead = TypeAhead::default();
    // Whether what was typed ahead followed an Enter.
    let mut is_new_line = false;
    loop {
        let answer = match requests.try_recv() {
            Ok(EditRequest::Prompt(mut ask, after)) => {
                let typed = ahead.take();
                if mem::take(&mut is_new_line) && !ask.draft.is_empty() && !typed.is_empty() {
                    ask.draft.push('\n');
                }
                ask.draft.push_str(&typed);
                match editor.edit(ask, after, burst) {
                    Edited::Overlong(size, start) => {
                        ahead.append(&start);
                        match skip(&editor) {
                            Skipped::Bytes(rest) => Edited::Overlong(size + rest, start),
                            Skipped::Interrupt => Edited::Typed(Typed::Interrupt),
                        }
                    }
                    edited => edited,
                }
            }
            Ok(EditRequest::Surrender) => {
                // Reads keys that arrived before, such as those before a Ctrl-C.
                while has_keys() && matches!(collect(&mut ahead, wakes), Ok(KeyRequest::None)) {}
                is_new_line = false;
                Edited::Withdrawn(ahead.take(), String::new())
            }
            Err(mpsc::TryRecvError::Disconnected) => return,
            Err(mpsc::TryRecvError::Empty) => match collect(&mut ahead, wakes) {
                Ok(KeyRequest::None) => continue,
                Ok(KeyRequest::Leave) => Edited::Ahead(Typed::End),
                Err(error) => {
                    let _ = answers.send(Edited::Ahead(Typed::Failed(ConsoleError::Input(error))));
                    return;
                }
            },
        };
        if matches!(answer, Edited::Typed(Typed::Line(_))) {
            // Before anything is printed again, since this uses the screen.
            let leftover = editor.leftover();
            is_new_line = !leftover.is_empty();
            ahead.append(&leftover);
        }
        if answers.send(answer).is_err() {
            return;
        }
    }
}

/// Whether there are unread keys.
fn has_keys() -> bool {
    will_have_keys(PollTimeout::ZERO)
}

/// The rest of a paste that is still arriving, as text to be edited. Otherwise an Enter in it would
/// send the line. Ends after a pause of 20 ms or after 64 KiB.
fn burst() -> String {
    const PAUSE: u8 = 20;
    const READS: usize = 64;
    let mut keys = TypeAhead::default();
    let mut bytes = [0; 1024];
    for _ in 0..READS {
        if !will_have_keys(PollTimeout::from(PAUSE)) {
            break;
        }
        match read(io::stdin().as_fd(), &mut bytes) {
            // The editor reports a terminal that is gone.
            Ok(0) | Err(_) => break,
            Ok(length) => {
                keys.push(bytes.get(..length).unwrap_or_default());
            }
        }
    }
    keys.take()
}

/// The rest of a line that is too long to be edited.
enum Skipped {
    /// Its size in bytes, without the Enter at its end.
    Bytes(usize),
    /// It contained a Ctrl-C.
    Interrupt,
}

/// Reads and discards the rest of a line that is too long to be edited. Ends after a pause of 200
/// ms, or when the end of the edit is requested.
fn skip(editor: &LineEditor) -> Skipped {
    const PAUSE: u8 = 200;
    const INTERRUPT: u8 = 0x03;
    let mut bytes = [0; 4096];
    let (mut skipped, mut is_entered) = (0_usize, false);
    while !editor.is_withdrawn() && will_have_keys(PollTimeout::from(PAUSE)) {
        // The next read reports a terminal that is gone.
        let Ok(length @ 1..) = read(io::stdin().as_fd(), &mut bytes) else {
            break;
        };
        let keys = bytes.get(..length).unwrap_or_default();
        // Ctrl-C arrives as a byte only if typed before the editor restored the terminal's mode.
        if keys.contains(&INTERRUPT) {
            return Skipped::Interrupt;
        }
        skipped = skipped.saturating_add(length);
        is_entered = matches!(keys.last(), Some(b'\r' | b'\n'));
    }
    Skipped::Bytes(skipped - usize::from(is_entered))
}

/// Waits for keys or a wake, and collects the keys.
fn collect(ahead: &mut TypeAhead, wakes: &UnixStream) -> io::Result<KeyRequest> {
    let stdin = io::stdin();
    let mut watched = [
        PollFd::new(wakes.as_fd(), PollFlags::POLLIN),
        PollFd::new(stdin.as_fd(), PollFlags::POLLIN),
    ];
    match poll(&mut watched, PollTimeout::NONE) {
        Ok(_) => {}
        Err(nix::Error::EINTR) => return Ok(KeyRequest::None),
        Err(error) => return Err(error.into()),
    }
    let [woken, typed] = watched.map(|fd| fd.any().unwrap_or(false));
    let mut bytes = [0; 1024];
    if woken {
        // The bytes only count the wakes.
        let _ = read(wakes, &mut bytes);
    }
    if typed {
        return match read(stdin.as_fd(), &mut bytes) {
            Ok(0) => Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(length) => Ok(ahead.push(bytes.get(..length).unwrap_or_default())),
            Err(nix::Error::EINTR) => Ok(KeyRequest::None),
            Err(error) => Err(error.into()),
        };
    }
    Ok(KeyRequest::None)
}

/// A mode of the terminal without echo and with input key by key, in which Ctrl-C and Ctrl-Z still
/// work. Ends when dropped.
struct Quiet {
    before: Termios,
}

impl Quiet {
    fn begin() -> io::Result<Self> {
        let before = tcgetattr(io::stdin())?;
        set_quiet(before.clone())?;
        Ok(Self { before })
    }
}

fn set_quiet(mut mode: Termios) -> nix::Result<()> {
    mode.local_flags
        .remove(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON);
    // Otherwise a Ctrl-C would discard the keys typed just before it.
    mode.local_flags.insert(LocalFlags::NOFLSH);
    // Otherwise a Ctrl-S would block the output, and with it the whole program.
    mode.input_flags.remove(InputFlags::IXON);
    tcsetattr(io::stdin(), SetArg::TCSADRAIN, &mode)
}

/// Restores the quiet mode after a shell has used the terminal.
pub(super) fn hush() {
    // A failure means that the terminal is gone, which the next read reports.
    let _ = tcgetattr(io::stdin()).and_then(set_quiet);
}

/// Fires when the program continues after it was suspended (Ctrl-Z, `fg`).
#[derive(Debug)]
pub(super) struct Resumes(tokio::signal::unix::Signal);

impl Resumes {
    pub(super) fn watch() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        signal(SignalKind::from_raw(Signal::SIGCONT as i32)).map(Self)
    }

    pub(super) async fn next(&mut self) {
        if self.0.recv().await.is_none() {
            std::future::pending().await
        }
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // A terminal that is gone needs no mode.
        let _ = tcsetattr(io::stdin(), SetArg::TCSADRAIN, &self.before);
    }
}
