//! Lines that are printed by a thread of their own, since whoever reads them may take their time.

use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};

/// How much may be on its way.
const WAITING: usize = 64;

/// How long what is on its way is waited for.
const PATIENCE: Duration = Duration::from_secs(1);

/// A thread that prints, once there is something to print.
#[derive(Debug, Default)]
pub(super) struct Interjector {
    thread: Option<(mpsc::Sender<Arc<str>>, JoinHandle<()>)>,
}

impl Interjector {
    /// Hands `text` to the thread, which `print`s it. Waits while too much is on its way; dropping
    /// the future before that takes `text` back.
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
        // The thread ends only with this sender.
        let _ = texts.send(text.into()).await;
    }

    /// Waits until all is printed, for a second at most.
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
