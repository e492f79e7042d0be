//! The terminal's thread on systems without Unix signals. Keys typed ahead stay in the system's
//! buffer.

use super::cancel::WAKE;
use super::editor::LineEditor;
use super::request::{EditRequest, Edited};
use std::io;
use std::sync::mpsc;
use std::thread::JoinHandle;
use tokio::sync::mpsc as answers;

/// Wakes the thread of the terminal.
#[derive(Debug)]
pub(super) struct Waker(mpsc::SyncSender<()>);

impl Waker {
    /// Ends the thread's current edit, if there is one. The caller repeats this until it answers.
    pub(super) fn wake_editor(&mut self) {
        // A full channel wakes the thread as well.
        let _ = self.0.try_send(());
    }

    /// Does nothing: the thread waits for requests directly.
    pub(super) fn wake_collector(&mut self) {}
}

/// Does nothing: the system echoes keys typed ahead.
pub(super) fn hush() {}

/// Never fires: programs are not suspended on these systems.
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
                    EditRequest::Prompt(ask, after) => editor.edit(ask, after, String::new),
                    EditRequest::Surrender => Edited::Withdrawn(String::new(), String::new()),
                };
                if answers.send(answer).is_err() {
                    return;
                }
            }
        })?;
    let mut printer = waker
        .recv()
        .map_err(|_| io::Error::other("the terminal's thread did not start"))??;
    // A print blocks while the editor waits for the rest of a key, so a thread does it.
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
