//! The thread where there are no Unix signals. What is typed ahead waits in the system's own
//! buffer, and the editor is woken by an empty print and left by unwinding.

use super::{EditRequest, Edited, LineEditor};
use std::io;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::mpsc as answers;

/// What is printed to wake the editor: it wipes its rows first and then draws them again, and
/// this leaves the cursor where it was in between.
const WAKE: &str = "\x1b[A\n";

/// Reaches the thread of the terminal.
#[derive(Debug)]
pub(super) struct Waker(mpsc::SyncSender<()>);

impl Waker {
    /// Ends the edit that the thread is in, if it is in one: to be repeated until it answers.
    pub(super) fn wake_editor(&mut self) {
        // Full it wakes the thread as well.
        let _ = self.0.try_send(());
    }

    /// Nothing to do: the thread waits for requests themselves.
    pub(super) fn wake_collector(&mut self) {}
}

/// Nothing is to be done: the system shows what is typed ahead.
pub(super) fn hush() {}

/// Programs are not suspended here.
#[derive(Debug)]
pub(super) struct Resumes;

impl Resumes {
    #[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
    pub(super) fn watch() -> io::Result<Self> {
        Ok(Self)
    }

    pub(super) async fn next(&mut self) {
        std::future::pending().await
    }
}

pub(super) fn start(
    editor: impl FnOnce() -> io::Result<LineEditor> + Send + 'static,
    requests: mpsc::Receiver<EditRequest>,
    answers: answers::UnboundedSender<Edited>,
) -> io::Result<(Waker, JoinHandle<()>)> {
    let (started, waker) = mpsc::channel();
    let handle = std::thread::Builder::new()
        .name("terminal".to_owned())
        .spawn(move || {
            let mut editor = match editor() {
                Ok(editor) => editor,
                Err(error) => return drop(started.send(Err(error))),
            };
            let _ = started.send(editor.waker());
            for request in requests {
                let answer = match request {
                    EditRequest::Prompt(ask) => editor.edit(ask, String::new),
                    EditRequest::Surrender => Edited::Withdrawn(String::new()),
                };
                if answers.send(answer).is_err() {
                    return;
                }
            }
        })?;
    let mut printer = waker
        .recv()
        .map_err(|_| io::Error::other("the terminal's thread did not start"))??;
    // An editor that waits for a second key lets whoever prints wait too.
    let (waker, wakes) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("waker".to_owned())
        .spawn(move || {
            for () in wakes {
                let _ = printer.print(WAKE.to_owned());
            }
        })?;
    Ok((Waker(waker), handle))
}
