//! Prints lines in a separate thread, since their reader may be slow.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

/// The maximum number of texts that wait to be printed.
const WAITING: usize = 64;

/// How long to wait for pending texts at the end.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread that prints. Started with the first text.
#[derive(Debug, Default)]
pub(super) struct Interjector {
    thread: Option<(mpsc::Sender<Arc<str>>, JoinHandle<()>)>,
}

impl Interjector {
    /// Passes `text` to the thread, which `print`s it. Waits while too many texts are pending;
    /// dropping the future then discards `text`.
    pub(super) async fn interject<P>(&mut self, text: &str, print: impl FnOnce() -> P)
    where
        P: FnMut(&str) + Send + 'static,
    {
        let (texts, _) = self.thread.get_or_insert_with(|| {
            let mut print = print();
            let (texts, mut waiting) = mpsc::channel::<Arc<str>>(WAITING);
            let thread = thread::spawn(move || {
                while let Some(text) = waiting.blocking_recv() {
                    print(&text);
                }
            });
            (texts, thread)
        });
        // The thread runs as long as this sender exists.
        let _ = texts.send(text.into()).await;
    }

    /// Waits until everything is printed, for at most a second.
    pub(super) async fn drain(&mut self) {
        let Some((texts, thread)) = self.thread.take() else {
            return;
        };
        drop(texts);
        let begun = Instant::now();
        while !thread.is_finished() && begun.elapsed() < PATIENCE {
            sleep(Duration::from_millis(2)).await;
        }
    }
}
